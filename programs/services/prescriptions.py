"""Giving a program to a patient, and ending it. The safety check stands in front and is answered for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from config.lib.ids import uuid7
from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.services import shelf
from patients import audit
from patients.conditions import Condition
from patients.models import Patient, PatientCondition, User
from patients.services import diary, reminder_settings
from programs import adherence, safety
from programs.enums import Decision, Frequency, Rating
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion, Program, SafetyDecision
from programs.safety import SafetyWarning
from programs.schedule import Rule

MIN_REASON = 10


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One exercise as it is to be prescribed. `dose` holds the values of `DOSE_FIELDS`."""

    exercise: Exercise
    dose: Mapping[str, object]
    weekdays: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """What the therapist says to the warnings of one exercise."""

    confirmed: bool = False
    reason: str = ""

    @property
    def has_reason(self) -> bool:
        return len(self.reason.strip()) >= MIN_REASON

    def settles(self, rating: Rating) -> bool:
        """Avoid wants a written reason, caution a confirmation (or a reason, which says more)."""
        if rating is Rating.AVOID:
            return self.has_reason
        return rating is Rating.ALLOW or self.confirmed or self.has_reason


NO_ANSWER = SafetyAnswer()


class SafetyUnanswered(Exception):
    """Warnings that nobody has answered yet, by exercise. Nothing was stored."""

    def __init__(self, missing: Mapping[UUID, list[SafetyWarning]]) -> None:
        super().__init__(f"{len(missing)} exercises with unanswered warnings")
        self.missing = missing


class NothingToAssign(Exception):
    """A prescription needs at least one exercise."""


class KeyTaken(Exception):
    """The id that was to make this request repeatable belongs to something else."""


class ExerciseRetired(Exception):
    """An exercise was taken out of the library; nothing new is given with it. Nothing was stored."""


class EndRefused(Exception):
    """The prescription cannot end on that day; the text says why."""


def conditions_of(patient: Patient, today: date) -> frozenset[Condition]:
    """What counts for this patient's safety on `today`."""
    return frozenset(c.word for c in PatientCondition.objects.filter(patient=patient).in_force(today))


def warnings_by_exercise(
    exercises: Iterable[Exercise], conditions: frozenset[Condition]
) -> dict[UUID, list[SafetyWarning]]:
    """The warnings of every exercise, worst first; an exercise without any has an empty list."""
    return {exercise.pk: safety.check(exercise.feature_set, conditions) for exercise in exercises}


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
    exercises = _current(draft.exercise for draft in items)
    # The lock holds back a condition recorded at this very moment until the check has been answered.
    patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    if made := _made_before(key, patient):
        return made
    if any(exercise.state == ExerciseState.RETIRED for exercise in exercises):
        raise ExerciseRetired
    warnings = warnings_by_exercise(exercises, conditions_of(patient, patient.local_today(now)))
    _demand_answers(warnings, answers)

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
    version = _first_version(prescription, rule, actor)
    rows = PrescriptionItem.objects.bulk_create(_item(version, order, draft) for order, draft in enumerate(items))
    decisions = SafetyDecision.objects.bulk_create(
        decision for row in rows for decision in _decisions(row, warnings[row.exercise_id], answers, actor)
    )
    shelf.note_use(actor=actor, exercises=[draft.exercise for draft in items], now=now)
    audit.record(actor, "prescription.assign", prescription, items=len(rows), decisions=len(decisions))
    reminder_settings.ensure_schedules(patient=patient, slots=rule.slots, now=now)
    adherence.refresh_status([patient], now)
    return prescription


def _current(exercises: Iterable[Exercise]) -> list[Exercise]:
    """As they are now. Locked until the end, and before the patient: whoever publishes a new feature at this moment
    waits for us and then sees the new prescription, or we wait and see the feature."""
    wanted = {exercise.pk for exercise in exercises}
    return list(Exercise.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk"))


def _made_before(key: UUID | None, patient: Patient) -> Prescription | None:
    made = Prescription.objects.filter(pk=key).first() if key else None
    if made and made.patient_id != patient.pk:
        raise KeyTaken
    return made


def _demand_answers(warnings: Mapping[UUID, list[SafetyWarning]], answers: Mapping[UUID, SafetyAnswer]) -> None:
    missing = {
        exercise_id: found
        for exercise_id, found in warnings.items()
        if not answers.get(exercise_id, NO_ANSWER).settles(safety.worst(found))
    }
    if missing:
        raise SafetyUnanswered(missing)


def _first_version(prescription: Prescription, rule: Rule, actor: User) -> PrescriptionVersion:
    return PrescriptionVersion.objects.create(
        prescription=prescription,
        effective_from=prescription.starts_on,
        frequency=Frequency.TIMES_PER_WEEK if rule.is_flexible else Frequency.WEEKDAYS,
        weekdays=127 if rule.weekdays is None else rule.weekdays,
        times_per_week=rule.times_per_week if rule.is_flexible else None,
        slots=list(rule.slots),
        created_by=actor,
    )


def _item(version: PrescriptionVersion, order: int, draft: ItemDraft) -> PrescriptionItem:
    return PrescriptionItem(
        version=version,
        exercise=draft.exercise,
        name=draft.exercise.name,
        order=order,
        # A times-per-week rule leaves the days to the patient, so an item cannot have days of its own.
        weekdays=draft.weekdays if version.frequency == Frequency.WEEKDAYS else None,
        note=draft.note,
        **draft.dose,
    )


def _decisions(
    item: PrescriptionItem, warnings: list[SafetyWarning], answers: Mapping[UUID, SafetyAnswer], actor: User
) -> Iterable[SafetyDecision]:
    answer = answers.get(item.exercise_id, NO_ANSWER)
    for warning in warnings:
        is_avoid = warning.rating is Rating.AVOID
        yield SafetyDecision(
            item=item,
            condition=warning.condition,
            feature=warning.feature,
            rating=warning.rating,
            matrix_reason=warning.reason,
            decision=Decision.OVERRIDDEN if is_avoid else Decision.CONFIRMED,
            reason=answer.reason.strip(),
            decided_by=actor,
        )


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
