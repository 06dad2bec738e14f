"""Real rows for tests. Each maker sets only what it must; keywords set the rest."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.services import content
from patients.conditions import Condition
from patients.enums import Role
from patients.models import (
    CareTeam,
    Clinic,
    ContactPreference,
    Flare,
    Membership,
    PainEntry,
    Patient,
    PatientCondition,
    User,
)
from programs.enums import EntryStatus
from programs.models import (
    Entry,
    Prescription,
    PrescriptionItem,
    PrescriptionVersion,
    Program,
    ProgramItem,
    Session,
)

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
PASSWORD = "correct-horse-battery"
_numbers = count(1)


def make_user(name: str = "", *, email: str = "", password: str | None = None, **fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        email or f"person{number}@example.org", password, name=name or f"Person {number}", **fields
    )


def make_clinic(name: str = "", **fields: Any) -> Clinic:
    return Clinic.objects.create(name=name or f"Clinic {next(_numbers)}", **fields)


def make_member(clinic: Clinic, name: str = "", role: str = Role.THERAPIST, **user_fields: Any) -> User:
    """A login with one role at `clinic`, password `PASSWORD`."""
    user = make_user(name, **{"password": PASSWORD, **user_fields})
    Membership.objects.create(clinic=clinic, user=user, role=role)
    return user


def make_patient(
    clinic: Clinic, name: str = "", *, therapist: User | None = None, login: bool = True, **fields: Any
) -> Patient:
    """A patient with a login (no password) and a place in `therapist`'s caseload."""
    number = next(_numbers)
    given, _, family = (name or f"Given{number} Family{number}").partition(" ")
    fields.setdefault("email", f"patient{number}@example.org")
    fields.setdefault("birth_date", date(1980, 5, 17))
    user = make_user(name, email=fields["email"]) if login else None
    patient = Patient.objects.create(
        clinic=clinic, user=user, given_name=given, family_name=family or f"Family{number}", **fields
    )
    ContactPreference.objects.create(patient=patient)
    if therapist:
        CareTeam.objects.create(
            patient=patient, therapist=therapist, starts_on=TODAY - timedelta(days=365), is_lead=True
        )
    return patient


def make_condition(patient: Patient, condition: Condition, **fields: Any) -> PatientCondition:
    return PatientCondition.objects.create(patient=patient, condition=condition, **fields)


def make_exercise(
    name: str = "", *, features: Iterable[str] = (), regions: Iterable[str] = ("hip",), **fields: Any
) -> Exercise:
    """A published exercise of the shared library, 3 x 30 s."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"X{number}",
        "name": name or f"Exercise {number}",
        "kind": "stretching",
        "level": "beginner",
        "strength": "C",
        "state": ExerciseState.PUBLISHED,
        "shared": fields.get("clinic") is None,
        "features": list(features),
        "repetitions": 3,
        "hold_seconds": 30,
        "set_up": "Stand tall.",
        "steps": ["Move.", "Hold.", "Come back."],
        "facets": {"region": list(regions), "position": ["standing"], "equipment": ["none"]},
    } | fields
    exercise = Exercise.objects.create(**values)
    content.index([exercise])
    return exercise


def make_program(clinic: Clinic | None, *exercises: Exercise, name: str = "", **fields: Any) -> Program:
    program = Program.objects.create(
        clinic=clinic, shared=clinic is None, name=name or f"Program {next(_numbers)}", **fields
    )
    for order, exercise in enumerate(exercises):
        ProgramItem.objects.create(program=program, exercise=exercise, order=order, **exercise.dose_values())
    return program


def make_prescription(
    patient: Patient,
    *exercises: Exercise,
    starts_on: date = TODAY - timedelta(days=60),
    ends_on: date | None = None,
    title: str = "Hips in the morning",
    slots: Iterable[str] = ("07:30",),
    **version_fields: Any,
) -> Prescription:
    """A running prescription with one version of the given exercises (three new ones when none are named)."""
    prescription = Prescription.objects.create(
        clinic=patient.clinic, patient=patient, title=title, starts_on=starts_on, ends_on=ends_on
    )
    version = PrescriptionVersion.objects.create(
        prescription=prescription, effective_from=starts_on, slots=list(slots), **version_fields
    )
    for order, exercise in enumerate(exercises or [make_exercise() for _ in range(3)]):
        PrescriptionItem.objects.create(
            version=version, exercise=exercise, name=exercise.name, order=order, **exercise.dose_values()
        )
    return prescription


def make_session(
    prescription: Prescription, day: date = TODAY, statuses: str = "ddd", *, slot: str = "07:30", **fields: Any
) -> Session:
    """What was logged of one occurrence: a letter for each exercise, d(one), p(artly), s(kipped), -(nothing said)."""
    version = fields.pop("version", None) or prescription.version_on(day)
    words = {"d": EntryStatus.DONE, "p": EntryStatus.PARTLY, "s": EntryStatus.SKIPPED}
    session = Session.objects.create(
        **{
            "clinic_id": prescription.clinic_id,
            "patient_id": prescription.patient_id,
            "prescription": prescription,
            "version": version,
            "local_date": day,
            "slot": slot,
            "expected": len(statuses),
            "done": statuses.count("d"),
            "partly": statuses.count("p"),
            "skipped": statuses.count("s"),
            "logged_at": NOW - timedelta(days=(TODAY - day).days),
        }
        | fields
    )
    for item, letter in zip(version.items.all(), statuses, strict=False):
        if letter in words:
            reason = "pain" if letter == "s" else ""
            Entry.objects.create(session=session, item=item, status=words[letter], reason=reason)
    return session


def make_pain(patient: Patient, score: int, day: date = TODAY, **fields: Any) -> PainEntry:
    at = NOW - timedelta(days=(TODAY - day).days)
    return PainEntry.objects.create(
        **{"clinic_id": patient.clinic_id, "patient": patient, "score": score, "local_date": day, "recorded_at": at}
        | fields
    )


def make_flare(patient: Patient, started_on: date = TODAY, ended_on: date | None = None) -> Flare:
    return Flare.objects.create(clinic_id=patient.clinic_id, patient=patient, started_on=started_on, ended_on=ended_on)
