"""The measured world: two caseloads (50 and 1,000 patients), 200 days of logs each, written in bulk from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from exercises.models import Exercise
from patients.models import CareTeam, Clinic, ContactPreference, Membership, PainEntry, Patient, User
from programs import adherence
from programs.enums import Source
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion, Session

DAYS = 200
EXERCISES = 8
CASELOADS = {"small": 50, "large": 1000}


@dataclass
class World:
    clinic: Clinic
    therapists: dict[str, User]
    patients: dict[str, list[Patient]]
    versions: dict[Any, PrescriptionVersion]
    items: dict[Any, list[PrescriptionItem]]


def build(now: datetime) -> World:
    """Fill an empty, migrated database that holds the library."""
    random = Random(7)
    clinic = Clinic.objects.create(name="Bench Clinic", time_zone="UTC")
    exercises = list(islice(Exercise.objects.order_by("code"), EXERCISES))
    therapists, patients = {}, {}
    for size, count in CASELOADS.items():
        user = User.objects.create_user(f"{size}@bench.example", None, name=f"Therapist {size}")
        Membership.objects.create(clinic=clinic, user=user, role="therapist")
        therapists[size] = user
        patients[size] = _patients(clinic, user, size, count, now.date())
    everyone = [patient for group in patients.values() for patient in group]
    versions, items = _prescribe(clinic, everyone, exercises, now.date())
    _logs(clinic, everyone, versions, now, random)
    for start in range(0, len(everyone), 100):
        adherence.refresh_status(everyone[start : start + 100], now)
    return World(clinic, therapists, patients, versions, items)


def _patients(clinic: Clinic, therapist: User, size: str, count: int, today: date) -> list[Patient]:
    users = User.objects.bulk_create(
        [User(email=f"{size}{n}@patients.example", password="!", name=f"Patient {n}") for n in range(count)]
    )
    rows = [
        Patient(
            clinic=clinic,
            user=user,
            given_name=f"Given{number}",
            family_name=f"Family{number:04d}",
            search_name=f"given{number} family{number:04d}",
            birth_date=date(1980, 1, 1),
            time_zone="UTC",
            email=user.email,
        )
        for number, user in enumerate(users)
    ]
    made = Patient.objects.bulk_create(rows)
    ContactPreference.objects.bulk_create(ContactPreference(patient=patient) for patient in made)
    CareTeam.objects.bulk_create(
        CareTeam(patient=patient, therapist=therapist, starts_on=today - timedelta(days=DAYS), is_lead=True)
        for patient in made
    )
    return made


def _prescribe(
    clinic: Clinic, patients: list[Patient], exercises: list[Exercise], today: date
) -> tuple[dict[Any, PrescriptionVersion], dict[Any, list[PrescriptionItem]]]:
    start = today - timedelta(days=DAYS)
    given = Prescription.objects.bulk_create(
        Prescription(clinic=clinic, patient=patient, title="Twelve weeks", starts_on=start) for patient in patients
    )
    versions = PrescriptionVersion.objects.bulk_create(
        PrescriptionVersion(prescription=prescription, effective_from=start, slots=["07:30"]) for prescription in given
    )
    rows = PrescriptionItem.objects.bulk_create(
        [
            PrescriptionItem(version=version, exercise=e, name=e.name, order=order, **e.dose_values())
            for version in versions
            for order, e in enumerate(exercises)
        ],
        batch_size=2000,
    )
    items: dict[Any, list[PrescriptionItem]] = {}
    for row in rows:
        items.setdefault(row.version.prescription.patient_id, []).append(row)
    return {version.prescription.patient_id: version for version in versions}, items


def _logs(
    clinic: Clinic, patients: list[Patient], versions: dict[Any, PrescriptionVersion], now: datetime, random: Random
) -> None:
    """One day row a patient and day, in day order; pain on half of the days."""
    for ago in range(DAYS, 0, -1):
        day = now.date() - timedelta(days=ago)
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        sessions, pain = [], []
        for patient in patients:
            if random.random() < 0.2:
                continue
            done = random.randint(4, EXERCISES)
            version = versions[patient.pk]
            sessions.append(
                Session(
                    clinic=clinic,
                    patient=patient,
                    prescription=version.prescription,
                    version=version,
                    local_date=day,
                    slot="07:30",
                    expected=EXERCISES,
                    done=done,
                    skipped=EXERCISES - done,
                    source=Source.DEMO,
                    logged_at=at,
                )
            )
            if random.random() < 0.5:
                score = random.randint(0, 10)
                pain.append(PainEntry(clinic=clinic, patient=patient, local_date=day, score=score, recorded_at=at))
        Session.objects.bulk_create(sessions, batch_size=2000)
        PainEntry.objects.bulk_create(pain, batch_size=2000)
