"""Writes the demo clinics: two clinics, six staff, 30 patients with twelve weeks behind them.

Prescriptions go through the same service as a therapist's; the history is written in bulk, because it is many
thousand rows and nobody was there to do it one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from config.lib.clock import local_date
from config.lib.ids import uuid7
from patients.conditions import Condition
from patients.enums import ChannelName, DeliveryState, MessageKind, PainMoment, Role
from patients.models import (
    CareTeam,
    Clinic,
    ContactPreference,
    Delivery,
    Flare,
    Membership,
    Message,
    PainEntry,
    Patient,
    PatientCondition,
    ReminderSchedule,
    Stiffness,
    User,
)
from patients.services import reminder_settings
from programs import adherence, usage
from programs.demo import curation, people
from programs.demo.people import Account, Person, Story
from programs.demo.story import BACK_AFTER, LoggedDay, Teller
from programs.enums import EntryStatus, Source
from programs.models import Entry, Prescription, PrescriptionItem, Program, Session
from programs.schedule import Rule, in_mask
from programs.services import prescriptions
from programs.services.prescriptions import ItemDraft, SafetyAnswer

AFTER_SURGERY = ["T22", "T23", "B01", "M14"]  # isometric sets, breathing, heel slide under 90 degrees
SEED = 20_260_101
REMINDERS_KEPT = timedelta(days=14)
REASON = "Discussed with the patient; small range, first two weeks supervised in the clinic."


@dataclass(slots=True)
class Rows:
    """What is written in bulk at the end, parents before children."""

    sessions: list[Session] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    pain: list[PainEntry] = field(default_factory=list)
    stiffness: list[Stiffness] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def save(self) -> None:
        Session.objects.bulk_create(self.sessions, batch_size=500)
        Entry.objects.bulk_create(self.entries, batch_size=500)
        PainEntry.objects.bulk_create(self.pain, batch_size=500)
        Stiffness.objects.bulk_create(self.stiffness, batch_size=500)
        Message.objects.bulk_create(self.messages, batch_size=500)
        Delivery.objects.bulk_create(self.deliveries, batch_size=500)


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
    rows = Rows()
    patients: list[Patient] = []
    for therapist, clinic, persons in caseloads:
        for person in persons:
            patient = _patient(person, clinic, therapist, secret, now)
            _history(person, patient, therapist, rows, now, SEED + len(patients))
            patients.append(patient)
    rows.save()
    _have_signed_in(rows.sessions)
    _schedule_from(now, patients)
    adherence.refresh_status(patients, now)
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


def _history(person: Person, patient: Patient, therapist: User, rows: Rows, now: datetime, seed: int) -> None:
    teller = Teller(person, patient.local_today(now), seed)
    Flare.objects.bulk_create(
        Flare(clinic=patient.clinic, patient=patient, started_on=spell.first, ended_on=spell.last)
        for spell in teller.flares()
    )
    if person.story is Story.NO_PROGRAM:
        return
    program = Program.objects.prefetch_related("items__exercise").get(code=person.program)
    drafts = [ItemDraft(i.exercise, i.dose_values(), i.weekdays, i.note) for i in program.items.all()]
    surgery = teller.surgery
    last = surgery - timedelta(days=1) if surgery else None
    first = _prescribe(person, patient, therapist, program, drafts, teller.start, last, now)
    _log(person, first, teller, teller.start, last or teller.today, rows, now)
    if surgery:
        PatientCondition.objects.create(
            patient=patient, condition=Condition.THA_POSTERIOR, since=surgery, recorded_by=therapist
        )
        back = surgery + timedelta(days=BACK_AFTER)
        second = _prescribe(person, patient, therapist, None, _after_surgery(), back, None, now)
        _log(person, second, teller, back, teller.today, rows, now)


def _after_surgery() -> list[ItemDraft]:
    from exercises.models import Exercise

    found = {e.code: e for e in Exercise.objects.filter(code__in=AFTER_SURGERY)}
    return [ItemDraft(found[code], found[code].dose_values(), None, "") for code in AFTER_SURGERY]


def _prescribe(
    person: Person,
    patient: Patient,
    therapist: User,
    program: Program | None,
    drafts: list[ItemDraft],
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> Prescription:
    rule = Rule(
        weekdays=None if person.times_per_week else person.weekdays,
        times_per_week=person.times_per_week,
        slots=person.slots,
    )
    return prescriptions.assign(
        actor=therapist,
        patient=patient,
        title=program.name if program else "After the hip replacement",
        items=drafts,
        rule=rule,
        starts_on=starts_on,
        ends_on=ends_on,
        answers={draft.exercise.pk: SafetyAnswer(confirmed=True, reason=REASON) for draft in drafts},
        program=program,
        now=now,
    )


def _log(
    person: Person, prescription: Prescription, teller: Teller, first: date, last: date, rows: Rows, now: datetime
) -> None:
    version = prescription.versions.prefetch_related("items").get()
    zone = ZoneInfo(prescription.patient.time_zone)
    for day in teller.days(first, last):
        if person.times_per_week is None and not version.rule.due_on(day):
            continue
        if person.times_per_week and day.weekday() >= person.times_per_week:
            continue
        items = [i for i in version.items.all() if i.weekdays is None or in_mask(day, i.weekdays)]
        for slot in person.slots:
            planned = datetime.combine(day, time.fromisoformat(slot), zone)
            is_ahead = planned + timedelta(minutes=50) > now
            if is_ahead or (day == teller.today and person.name == people.PATIENT.name):
                continue  # the demo patient's today is left for the visitor
            told = teller.tell(day, slot, len(items))
            if now - planned < REMINDERS_KEPT:
                _remind(prescription, planned, rows)
            if told:
                _keep(prescription, version.pk, items, told, planned, rows)


def _keep(
    prescription: Prescription,
    version_id: UUID,
    items: list[PrescriptionItem],
    told: LoggedDay,
    planned: datetime,
    rows: Rows,
) -> None:
    counts = {status: sum(1 for s, _ in told.statuses if s is status) for status in EntryStatus}
    logged_at = planned + timedelta(minutes=35)
    session = Session(
        clinic=prescription.clinic,
        patient=prescription.patient,
        prescription=prescription,
        version_id=version_id,
        local_date=told.day,
        slot=told.slot,
        expected=len(items),
        done=counts[EntryStatus.DONE],
        partly=counts[EntryStatus.PARTLY],
        skipped=counts[EntryStatus.SKIPPED],
        note=told.note,
        source=Source.DEMO,
        logged_at=logged_at,
    )
    rows.sessions.append(session)
    rows.entries += [
        Entry(session=session, item=item, status=status, reason=reason)
        for item, (status, reason) in zip(items, told.statuses, strict=True)
    ]
    whose = {"clinic": prescription.clinic, "patient": prescription.patient, "local_date": told.day}
    for moment, score in ((PainMoment.BEFORE, told.pain_before), (PainMoment.AFTER, told.pain_after)):
        if score is not None:
            rows.pain.append(
                PainEntry(**whose, moment=moment, score=score, session_key=session.pk, recorded_at=logged_at)
            )
    if told.stiffness is not None and not _has_stiffness(rows, prescription.patient, told.day):
        rows.stiffness.append(Stiffness(**whose, minutes=min(240, told.stiffness), recorded_at=logged_at))


def _has_stiffness(rows: Rows, patient: Patient, day: date) -> bool:
    """Whether the latest stiffness row is of the same patient and day (two slots a day share one)."""
    return bool(rows.stiffness) and rows.stiffness[-1].patient == patient and rows.stiffness[-1].local_date == day


def _remind(prescription: Prescription, planned: datetime, rows: Rows) -> None:
    """One reminder that was handed over in its time."""
    patient = prescription.patient
    message = Message(
        id=uuid7(),
        clinic=prescription.clinic,
        patient=patient,
        kind=MessageKind.REMINDER,
        local_date=planned.date(),
        slot=planned.time(),
        expires_at=planned + timedelta(hours=2),
    )
    rows.messages.append(message)
    rows.deliveries.append(
        Delivery(
            message=message,
            channel=ChannelName.EMAIL,
            address=patient.email,
            state=DeliveryState.SENT,
            due_at=planned,
            attempt=1,
            ended_at=planned + timedelta(seconds=2),
        )
    )


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
