"""Writes the demo clinics: two clinics, six staff, 30 patients with twelve weeks behind them.

What people decided goes through the services, with the clock of its day; what they wrote down is written in bulk,
because it is many thousand rows and nobody was there to do it one by one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from config.lib.clock import local_date
from patients.enums import Role
from patients.models import (
    CareTeam,
    Clinic,
    ContactPreference,
    Flare,
    Membership,
    Patient,
    PatientCondition,
    ReminderSchedule,
    User,
)
from patients.services import reminder_settings
from programs import adherence, usage
from programs.demo import curation, diary, people
from programs.demo.course import Course
from programs.demo.people import Account, Person
from programs.demo.story import Teller
from programs.models import Program, Session
from programs.services import clearances, progression

SEED = 20_260_101


@transaction.atomic
def build(now: datetime) -> int:
    """Write everything as of `now`, or nothing; returns the number of patients, 0 when the clinics exist already."""
    if Clinic.objects.filter(is_demo=True).exists():
        return 0
    secret = make_password(people.PASSWORD)
    harbour, hill = (
        Clinic.objects.create(name=name, time_zone=zone, country=country, is_demo=True)
        for name, zone, country in (people.HARBOUR, people.HILL)
    )
    curators = [_staff(account, None, "", secret) for account in people.CURATORS]
    _staff(people.CLINIC_ADMIN, harbour, Role.CLINIC_ADMIN, secret)
    caseloads = [
        (_staff(people.THERAPIST, harbour, Role.THERAPIST, secret), harbour, people.MARAS),
        (_staff(people.SECOND_THERAPIST, harbour, Role.THERAPIST, secret), harbour, people.JONAS),
        (_staff(people.HILL_THERAPIST, hill, Role.THERAPIST, secret), hill, people.PRIYAS),
    ]
    programs = {program.code: program for program in Program.objects.filter(shared=True).with_items()}
    told: list[Course] = []
    for therapist, clinic, persons in caseloads:
        for person in persons:
            patient = _patient(person, clinic, therapist, secret, now)
            teller = Teller(person, patient.local_today(now), SEED + len(told))
            told.append(Course(person, patient, therapist, teller, programs))
            told[-1].run()
    Flare.objects.bulk_create(flare for course in told for flare in _felt(course))
    rows = diary.write(told, now)
    rows.save()
    patients = [course.patient for course in told]
    _have_signed_in(rows.sessions)
    _schedule_from(now, patients)
    adherence.refresh_status(patients, now)
    clearances.ask(now)
    progression.suggest_all(now)
    curation.build(now, *curators)
    usage.recount(now)
    return len(patients)


def _staff(account: Account, clinic: Clinic | None, role: str, secret: str) -> User:
    user = User(email=account.email, name=account.name, password=secret, is_curator=account in people.CURATORS)
    user.save()
    if clinic:
        Membership.objects.create(clinic=clinic, user=user, role=role)
    return user


def _patient(person: Person, clinic: Clinic, therapist: User, secret: str, now: datetime) -> Patient:
    given, _, family = person.name.partition(" ")
    zone = person.zone or clinic.time_zone
    is_account = person.name == people.PATIENT.name
    email = people.PATIENT.email if is_account else f"{given}.{family}".lower().encode("ascii", "ignore").decode()
    email = email if is_account else f"{email}@{people.DOMAIN}"
    user = None
    if person.has_login:
        user = User(email=email, name=person.name, password=secret if is_account else make_password(None))
        user.save()
    patient = Patient.objects.create(
        clinic=clinic,
        user=user,
        given_name=given,
        family_name=family,
        birth_date=person.born,
        time_zone=zone,
        diagnosis_date=date(person.diagnosed, 3, 1),
        email=email,
    )
    ContactPreference.objects.create(patient=patient, quiet_from=time(21), quiet_until=time(6, 30))
    start = local_date(now, zone) - timedelta(days=120)
    CareTeam.objects.create(patient=patient, therapist=therapist, starts_on=start, is_lead=True)
    PatientCondition.objects.bulk_create(
        PatientCondition(patient=patient, condition=condition, since=start, recorded_by=therapist)
        for condition in person.conditions
    )
    return patient


def _felt(course: Course) -> list[Flare]:
    """The flares that are over; one that runs is chosen by the patient."""
    patient, spells = course.patient, [spell for spell in course.teller.flares() if spell.last]
    return [Flare(clinic=patient.clinic, patient=patient, started_on=one.first, ended_on=one.last) for one in spells]


def _have_signed_in(sessions: list[Session]) -> None:
    """Whoever logged had signed in before."""
    last: dict[UUID, datetime] = {}
    for session in sorted(sessions, key=lambda session: session.logged_at):
        if session.patient.user_id:
            last[session.patient.user_id] = session.logged_at
    users = list(User.objects.filter(pk__in=last))
    for user in users:
        user.last_login = last[user.pk]
    User.objects.bulk_update(users, ["last_login"])


def _schedule_from(now: datetime, patients: list[Patient]) -> None:
    """Reminder times fall due from `now` on, not from the beginning of the story."""
    ReminderSchedule.objects.filter(patient__in=patients).update(next_due_at=None)
    for patient in patients:
        slots = [f"{s.slot:%H:%M}" for s in patient.reminder_schedules.all()]
        reminder_settings.ensure_schedules(patient=patient, slots=slots, now=now)
