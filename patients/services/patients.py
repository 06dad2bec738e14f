"""A patient's record, and the conditions on it that matter for safety. Conditions end; they never vanish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from config.lib.text import fold
from patients import audit
from patients.conditions import Condition
from patients.models import CareTeam, Clinic, ContactPreference, Patient, PatientCondition, User
from patients.models.patients import PatientQuerySet
from patients.services import reminder_settings


class AlreadyRecorded(Exception):
    """The patient has this condition on record, and it has not ended."""


class AlreadyEnded(Exception):
    """Somebody ended this a moment ago."""


def namesakes(
    *, clinic: Clinic, given_name: str, family_name: str, birth_date: date, other_than: Patient | None = None
) -> PatientQuerySet:
    """Patients of the clinic with the same name (whatever case and accents) and date of birth."""
    found = Patient.objects.for_clinic(clinic).filter(
        search_name=fold(f"{given_name} {family_name}")[:320], birth_date=birth_date
    )
    return found.exclude(pk=other_than.pk) if other_than else found


@transaction.atomic
def create(
    *,
    actor: User,
    clinic: Clinic,
    given_name: str,
    family_name: str,
    birth_date: date,
    time_zone: str,
    today: date,
    language: str = "en",
    email: str = "",
    phone: str = "",
    diagnosis_date: date | None = None,
    conditions: Iterable[Condition] = (),
    patient_id: UUID | None = None,
) -> Patient:
    """Open a record, `actor` leading its care team. `patient_id` names the row, so that a repeat fails."""
    patient = Patient(
        clinic=clinic,
        given_name=given_name,
        family_name=family_name,
        birth_date=birth_date,
        time_zone=time_zone,
        language=language,
        email=email,
        phone=phone,
        diagnosis_date=diagnosis_date,
    )
    if patient_id:
        patient.pk = patient_id
    patient.save(force_insert=True)
    ContactPreference.objects.create(patient=patient)
    CareTeam.objects.create(patient=patient, therapist=actor, starts_on=today, is_lead=True)
    PatientCondition.objects.bulk_create(
        PatientCondition(patient=patient, condition=condition, recorded_by=actor)
        for condition in sorted(set(conditions))
    )
    audit.record(actor, "patient.create", patient)
    return patient


@transaction.atomic
def update(*, actor: User, patient: Patient, now: datetime, **fields: Any) -> Patient:
    """Correct the record. Only the named fields are written, and only their names are kept in the audit.

    After a change of time zone the reminders follow the new clock.
    """
    changed = sorted(name for name, value in fields.items() if getattr(patient, name) != value)
    if not changed:
        return patient
    for name in changed:
        setattr(patient, name, fields[name])
    patient.save(update_fields=[*changed, "search_name"])
    if "time_zone" in changed:
        reminder_settings.rebuild(patient=patient, now=now)
    audit.record(actor, "patient.update", patient, fields=changed)
    return patient


@transaction.atomic
def add_condition(
    *, actor: User, patient: Patient, condition: Condition, since: date | None = None, note: str = ""
) -> PatientCondition:
    """Put a condition on record. Raises AlreadyRecorded while the same one has not ended."""
    try:
        with transaction.atomic():
            row = PatientCondition.objects.create(
                patient=patient, condition=condition, since=since, note=note, recorded_by=actor
            )
    except IntegrityError as error:
        raise AlreadyRecorded from error
    audit.record(actor, "condition.add", row)
    return row


@transaction.atomic
def end_condition(*, actor: User, condition: PatientCondition, on: date) -> PatientCondition:
    """From `on` the condition counts no more; it stays on record. Raises AlreadyEnded on the second call."""
    if not PatientCondition.objects.filter(pk=condition.pk, ended_on=None).update(ended_on=on):
        raise AlreadyEnded
    condition.ended_on = on
    audit.record(actor, "condition.end", condition)
    return condition
