"""What becomes known about a patient's safety: conditions and hip replacements.

Each act is that of `patients.services`, and in the same transaction the running prescriptions are looked at again
(`recheck`); so that nothing is given meanwhile, the patient stays locked until the end.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime
from typing import Any

from django.db import transaction

from patients.conditions import Condition
from patients.enums import Approach, SurgerySide
from patients.models import Patient, PatientCondition, Surgery, User
from patients.precautions import REPLACED
from patients.services import patients, surgeries
from programs.services import recheck, work
from programs.services.recheck import NOBODY, Event

# Of which the notes that a surgery left may speak.
FROM_SURGERY = REPLACED | {Condition.THA_WITH_STIFF_SPINE}


@transaction.atomic
def add_condition(
    *, actor: User, patient: Patient, condition: Condition, now: datetime, since: date | None = None, note: str = ""
) -> PatientCondition:
    """Put a condition on record and re-check what runs. Raises `patients.AlreadyRecorded`."""
    before = recheck.hold_still(patient, patient.local_today(now))
    row = patients.add_condition(actor=actor, patient=patient, condition=condition, since=since, note=note)
    said = f"{row} is on record now."
    _tell(actor, patient, before, Event(f"condition:{row.pk}", f"condition:{row.pk}:added", said), now)
    return row


@transaction.atomic
def end_condition(*, actor: User, condition: PatientCondition, on: date, now: datetime) -> PatientCondition:
    """From `on` it counts no more; says which answers are not needed any longer. Raises `patients.AlreadyEnded`."""
    patient = condition.patient
    before = recheck.hold_still(patient, patient.local_today(now))
    row = patients.end_condition(actor=actor, condition=condition, on=on)
    said = f"{row} does not count any more."
    _tell(actor, patient, before, Event(f"condition:{row.pk}", f"condition:{row.pk}:ended", said), now)
    return row


@transaction.atomic
def record_surgery(
    *,
    actor: User,
    patient: Patient,
    side: SurgerySide,
    approach: Approach,
    operated_on: date,
    now: datetime,
    **more: Any,
) -> Surgery:
    """Put a hip replacement on record and re-check what runs; one that is planned counts from its day.

    `more`: `precautions_until`, `instructions`. Raises `surgeries.AlreadyRecorded`.
    """
    before = recheck.hold_still(patient, patient.local_today(now))
    row = surgeries.record(actor=actor, patient=patient, side=side, approach=approach, operated_on=operated_on, **more)
    _tell(actor, patient, before, begins(row), now)
    return row


@transaction.atomic
def change_surgery(*, actor: User, surgery: Surgery, revision: int, now: datetime, **fields: Any) -> Surgery:
    """Correct it and re-check what runs. Raises RevisionConflict and `surgeries.AlreadyRecorded`."""
    patient = surgery.patient
    before = recheck.hold_still(patient, patient.local_today(now))
    until = surgery.precautions_until
    row = surgeries.change(actor=actor, surgery=surgery, revision=revision, **fields)
    if row.precautions_until != until:
        work.withdraw(actor=actor, source=f"clearance:{row.pk}", now=now)
    said = f"The record of the hip replacement ({_side(row)}, {_day(row.operated_on)}) has changed."
    event = Event(f"surgery:{row.pk}", f"surgery:{row.pk}:r{row.revision}", said)
    _tell(actor, patient, before, event, now, FROM_SURGERY)
    return row


@transaction.atomic
def clear_surgery(*, actor: User, surgery: Surgery, on: date, told_by: str, now: datetime) -> Surgery:
    """The surgeon has cleared. What was asked about it is settled. Raises `surgeries.AlreadyCleared`."""
    patient = surgery.patient
    before = recheck.hold_still(patient, patient.local_today(now))
    row = surgeries.clear(actor=actor, surgery=surgery, on=on, told_by=told_by)
    work.withdraw(actor=actor, source=f"clearance:{row.pk}", now=now)
    said = f"The surgeon has cleared the hip replacement ({_side(row)}, {_day(row.operated_on)})."
    event = Event(f"surgery:{row.pk}", f"surgery:{row.pk}:r{row.revision}", said)
    _tell(actor, patient, before, event, now, FROM_SURGERY)
    return row


@transaction.atomic
def take_back_clearance(*, actor: User, surgery: Surgery, reason: str, now: datetime) -> Surgery:
    """Precautions hold again. Raises `surgeries.AlreadyCleared`."""
    patient = surgery.patient
    before = recheck.hold_still(patient, patient.local_today(now))
    row = surgeries.take_back_clearance(actor=actor, surgery=surgery, reason=reason)
    said = f"The clearance of the hip replacement ({_side(row)}, {_day(row.operated_on)}) was taken back."
    event = Event(f"surgery:{row.pk}", f"surgery:{row.pk}:r{row.revision}", said)
    _tell(actor, patient, before, event, now, FROM_SURGERY)
    return row


def begins(surgery: Surgery) -> Event:
    """That a hip replacement counts; the same event whether it was written down later or its day has come."""
    said = f"Hip replacement, {surgery.get_approach_display().lower()} approach ({_side(surgery)}, "
    said += f"{_day(surgery.operated_on)}): its precautions count now."
    return Event(f"surgery:{surgery.pk}", f"surgery:{surgery.pk}:begins:{surgery.operated_on}", said)


def _tell(
    actor: User,
    patient: Patient,
    before: Set[Condition],
    event: Event,
    now: datetime,
    replaced: Set[Condition] = NOBODY,
) -> None:
    recheck.conditions_changed(actor=actor, patient=patient, before=before, event=event, now=now, replaced=replaced)


def _side(surgery: Surgery) -> str:
    return surgery.get_side_display().lower()


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
