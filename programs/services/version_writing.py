"""Writing down one version of a prescription: items, alternatives, and what was answered to each warning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import User
from programs import safety
from programs.enums import Decision, Frequency, Rating, Situation
from programs.models import (
    ItemColumns,
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    SafetyDecision,
)
from programs.safety import SafetyWarning
from programs.schedule import Rule

MIN_REASON = 10
# What has been answered before: exercise, condition, feature, rating.
Answered = Mapping[tuple[UUID, str, str, int], SafetyDecision]
Warnings = Mapping[UUID, list[SafetyWarning]]


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One exercise as it is to be prescribed.

    `dose` holds values of `ITEM_DOSE_FIELDS`; days, slots, core and variants as in `ItemColumns`; `alternatives` the
    exercise that is allowed in each situation.
    """

    exercise: Exercise
    dose: Mapping[str, object]
    weekdays: int | None = None
    note: str = ""
    every_days: int | None = None
    times_per_week: int | None = None
    slots: Sequence[str] = ()
    is_core: bool = False
    variants: Mapping[str, Any] = field(default_factory=dict)
    alternatives: Mapping[Situation, Exercise] = field(default_factory=dict)

    @classmethod
    def of(cls, row: ItemColumns) -> Self:
        """As a row of a program or of an earlier version says it."""
        return cls(
            exercise=row.exercise,
            dose=row.dose_values(),
            weekdays=row.weekdays,
            note=row.note,
            every_days=row.every_days,
            times_per_week=row.times_per_week,
            slots=tuple(row.slots),
            is_core=row.is_core,
            variants=dict(row.variants),
            alternatives={Situation(one.situation): one.exercise for one in row.alternatives.all()},  # type: ignore[attr-defined]
        )

    @property
    def exercises(self) -> list[Exercise]:
        """The exercise and those that may stand in for it."""
        return [self.exercise, *self.alternatives.values()]


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


def warnings_by_exercise(
    exercises: Iterable[Exercise], conditions: frozenset[Condition]
) -> dict[UUID, list[SafetyWarning]]:
    """The warnings of every exercise, worst first; an exercise without any has an empty list."""
    return {exercise.pk: safety.check(exercise.feature_set, conditions) for exercise in exercises}


def answered_in(version: PrescriptionVersion | None) -> dict[tuple[UUID, str, str, int], SafetyDecision]:
    """The decisions that stand in `version`: the same warning about the same exercise is not asked again."""
    if version is None:
        return {}
    rows = SafetyDecision.objects.filter(item__version=version).select_related("item", "alternative", "decided_by")
    return {(_about(row), row.condition, row.feature, row.rating): row for row in rows}


def _about(row: SafetyDecision) -> UUID:
    return row.alternative.exercise_id if row.alternative else row.item.exercise_id


def demand_answers(warnings: Warnings, answers: Mapping[UUID, SafetyAnswer], before: Answered) -> None:
    """Raise SafetyUnanswered while a new avoid has no reason or a new caution no confirmation."""
    missing = {
        exercise_id: new
        for exercise_id, found in warnings.items()
        if (new := unanswered(exercise_id, found, before))
        and not answers.get(exercise_id, NO_ANSWER).settles(safety.worst(new))
    }
    if missing:
        raise SafetyUnanswered(missing)


def unanswered(exercise_id: UUID, found: Iterable[SafetyWarning], before: Answered) -> list[SafetyWarning]:
    """The warnings about one exercise that `before` holds no answer to."""
    return [warning for warning in found if _key(exercise_id, warning) not in before]


def _key(exercise_id: UUID, warning: SafetyWarning) -> tuple[UUID, str, str, int]:
    return exercise_id, warning.condition, warning.feature, warning.rating


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was said to the warnings: now by `actor`, and before in the version that this one follows."""

    warnings: Warnings
    now: Mapping[UUID, SafetyAnswer]
    before: Answered
    actor: User
    at: datetime


def write_version(
    *,
    prescription: Prescription,
    number: int,
    drafts: Sequence[ItemDraft],
    rule: Rule,
    effective_from: date,
    answers: Answers,
    **columns: Any,
) -> PrescriptionVersion:
    """One version with its items, alternatives and decisions, in at most four statements.

    `columns` are further columns of the version (`change_note`, `step`, `step_title`, `progression`). The caller holds
    the locks and has called `demand_answers`.
    """
    columns = {"counts_from": rule.anchor if rule.every_days else None} | columns
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=number,
        effective_from=effective_from,
        created_by=answers.actor,
        **_schedule(rule),
        **columns,
    )
    items = PrescriptionItem.objects.bulk_create(_item(version, order, draft) for order, draft in enumerate(drafts))
    pairs = list(zip(items, drafts, strict=True))
    alternatives = PrescriptionAlternative.objects.bulk_create(
        PrescriptionAlternative(item=item, situation=situation, exercise=exercise, name=exercise.name)
        for item, draft in pairs
        for situation, exercise in sorted(draft.alternatives.items())
    )
    about = [(item, None, item.exercise_id) for item in items]
    about += [(row.item, row, row.exercise_id) for row in alternatives]  # type: ignore[misc]
    SafetyDecision.objects.bulk_create(
        _decision(item, alternative, exercise_id, warning, answers)
        for item, alternative, exercise_id in about
        for warning in answers.warnings[exercise_id]
    )
    return version


def _schedule(rule: Rule) -> dict[str, Any]:
    frequency = Frequency.WEEKDAYS
    if rule.every_days:
        frequency = Frequency.EVERY_DAYS
    elif rule.is_flexible:
        frequency = Frequency.TIMES_PER_WEEK
    return {
        "frequency": frequency,
        "weekdays": 127 if rule.weekdays is None else rule.weekdays,
        "times_per_week": rule.times_per_week if frequency is Frequency.TIMES_PER_WEEK else None,
        "every_days": rule.every_days,
        "slots": list(rule.slots),
        "break_minutes": rule.break_minutes,
    }


def _item(version: PrescriptionVersion, order: int, draft: ItemDraft) -> PrescriptionItem:
    # A times-per-week rule leaves the days to the patient, so an item cannot have days of its own.
    is_free = version.frequency == Frequency.TIMES_PER_WEEK
    return PrescriptionItem(
        version=version,
        exercise=draft.exercise,
        name=draft.exercise.name,
        order=order,
        weekdays=None if is_free else draft.weekdays,
        every_days=None if is_free else draft.every_days,
        times_per_week=None if is_free else draft.times_per_week,
        slots=[slot for slot in draft.slots if slot in version.slots],
        note=draft.note,
        is_core=draft.is_core,
        variants=dict(draft.variants),
        **draft.dose,
    )


def _decision(
    item: PrescriptionItem,
    alternative: PrescriptionAlternative | None,
    exercise_id: UUID,
    warning: SafetyWarning,
    answers: Answers,
) -> SafetyDecision:
    earlier = answers.before.get(_key(exercise_id, warning))
    answer = answers.now.get(exercise_id, NO_ANSWER)
    # A reason written now says more than the earlier answer; otherwise that one goes on, with its name and time.
    if earlier and not answer.has_reason:
        said = {"reason": earlier.reason, "decided_by": earlier.decided_by, "decided_at": earlier.decided_at}
    else:
        said = {"reason": answer.reason.strip(), "decided_by": answers.actor, "decided_at": answers.at}
    return SafetyDecision(
        item=item,
        alternative=alternative,
        condition=warning.condition,
        feature=warning.feature,
        rating=warning.rating,
        matrix_reason=warning.reason,
        decision=Decision.OVERRIDDEN if warning.rating is Rating.AVOID else Decision.CONFIRMED,
        **said,
    )
