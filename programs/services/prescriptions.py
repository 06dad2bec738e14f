"""Giving a program to a patient, and ending it. The safety check stands in front and is answered for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from config.lib.ids import uuid7
from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.services import shelf
from patients import audit
from patients.models import Patient, User
from patients.services import diary, reminder_settings
from programs import adherence
from programs.models import Prescription, Program
from programs.schedule import Rule
from programs.services.conditions import conditions_of
from programs.services.version_writing import (
    MIN_REASON,
    Answers,
    ItemDraft,
    SafetyAnswer,
    SafetyUnanswered,
    demand_answers,
    warnings_by_exercise,
    write_version,
)

__all__ = ["MIN_REASON", "ItemDraft", "SafetyAnswer", "SafetyUnanswered", "conditions_of", "warnings_by_exercise"]


class NothingToAssign(Exception):
    """A prescription needs at least one exercise."""


class KeyTaken(Exception):
    """The id that was to make this request repeatable belongs to something else."""


class ExerciseRetired(Exception):
    """An exercise was taken out of the library; nothing new is given with it. Nothing was stored."""


class EndRefused(Exception):
    """The prescription cannot end on that day; the text says why."""


@transaction.atomic
def assign(
    *,
    actor: User,
    patient: Patient,
    title: str,
    items: Sequence[ItemDraft],
    rule: Rule,
    starts_on: date,
    ends_on: date | None = None,
    answers: Mapping[UUID, SafetyAnswer],
    program: Program | None = None,
    now: datetime,
    key: UUID | None = None,
) -> Prescription:
    """A prescription with its first version, which copies names and doses and never changes afterwards.

    `key` makes a repeated request answer with the prescription that the first one made. Raises SafetyUnanswered
    while an avoid has no reason or a caution no confirmation, and ExerciseRetired.
    """
    if not items:
        raise NothingToAssign
    exercises = current_exercises(one for draft in items for one in draft.exercises)
    # The lock holds back a condition recorded at this very moment until the check has been answered.
    patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    if made := _made_before(key, patient):
        return made
    if any(exercise.state == ExerciseState.RETIRED for exercise in exercises):
        raise ExerciseRetired
    warnings = warnings_by_exercise(exercises, conditions_of(patient, patient.local_today(now)))
    demand_answers(warnings, answers, {})

    prescription = Prescription.objects.create(
        pk=key or uuid7(),
        clinic=patient.clinic,
        patient=patient,
        program=program,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=actor,
    )
    write_version(
        prescription=prescription,
        number=1,
        drafts=items,
        rule=rule,
        effective_from=starts_on,
        answers=Answers(warnings, answers, {}, actor, now),
    )
    shelf.note_use(actor=actor, exercises=[draft.exercise for draft in items], now=now)
    decisions = sum(len(warnings[one.pk]) for draft in items for one in draft.exercises)
    audit.record(actor, "prescription.assign", prescription, items=len(items), decisions=decisions)
    reminder_settings.ensure_schedules(patient=patient, slots=rule.slots, now=now)
    adherence.refresh_status([patient], now)
    return prescription


def current_exercises(exercises: Iterable[Exercise]) -> list[Exercise]:
    """As they are now. Locked until the end, and before the patient: whoever publishes a new feature at this moment
    waits for us and then sees the new prescription, or we wait and see the feature."""
    wanted = {exercise.pk for exercise in exercises}
    return list(Exercise.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk"))


def _made_before(key: UUID | None, patient: Patient) -> Prescription | None:
    made = Prescription.objects.filter(pk=key).first() if key else None
    if made and made.patient_id != patient.pk:
        raise KeyTaken
    return made


@transaction.atomic
def end(*, actor: User, prescription: Prescription, on: date, now: datetime) -> Prescription:
    """Make `on` the last day on which anything is due; what is logged stays. Ending twice alike changes nothing."""
    diary.lock(prescription.patient)
    current = Prescription.objects.select_for_update(of=("self",)).select_related("patient").get(pk=prescription.pk)
    if current.ends_on == on:
        return current
    if on < current.starts_on:
        raise EndRefused(f"The last day cannot be before the start on {current.starts_on:%-d %B %Y}.")
    if current.ends_on and current.ends_on < current.patient.local_today(now):
        raise EndRefused(f"It ended on {current.ends_on:%-d %B %Y} already.")
    Prescription.objects.filter(pk=current.pk).update(ends_on=on)
    current.refresh_from_db(fields=["ends_on"])
    audit.record(actor, "prescription.end", current, ends_on=on.isoformat())
    adherence.refresh_status([current.patient], now)
    return current


@transaction.atomic
def withdraw(*, actor: User, prescription: Prescription, now: datetime) -> None:
    """Take back a prescription in which nothing was logged, as if it had not been given. The audit entry stays."""
    diary.lock(prescription.patient)
    current = Prescription.objects.select_for_update(of=("self",)).filter(pk=prescription.pk).first()
    if current is None:
        return
    patient = current.patient
    if current.sessions.exists():
        raise EndRefused("Sessions are logged for it already. End it instead.")
    audit.record(actor, "prescription.withdraw", current, starts_on=current.starts_on.isoformat())
    current.delete()
    adherence.refresh_status([patient], now)
