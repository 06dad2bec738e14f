"""Versions and drafts as plans, the values between which `programs.changes` tells the differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from programs.changes import Difference, Line, Plan, differences
from programs.models import ItemColumns, PrescriptionVersion, Program

PLANNED_ITEMS = ("items__exercise", "items__alternatives")  # what `of_version` reads


def of_version(version: PrescriptionVersion) -> Plan:
    """Expects `PLANNED_ITEMS` prefetched. An exercise is called what the patient was told."""
    return Plan(version.rule, tuple(_line(item, item.name) for item in version.items.all()))


def of_draft(draft: Program) -> Plan:
    """Expects items with exercises and alternatives. Of a draft with stages: the first stage."""
    items = [item for item in draft.items.all() if item.from_step == 1]
    return Plan(draft.rule_from(), tuple(_line(item, item.exercise.name) for item in items))


def _line(item: ItemColumns, name: str) -> Line:
    return Line(
        # What was merged counts as what it was merged into, so that a change of names is no change of exercise.
        exercise=item.exercise.merged_into_id or item.exercise.pk,
        name=name,
        dose=item.dose,
        weekdays=item.weekdays,
        every_days=item.every_days,
        times_per_week=item.times_per_week,
        slots=tuple(item.slots),
        note=item.note,
        is_core=item.is_core,
        variants={variant: own for variant, own in item.variants.items() if own},
        alternatives={one.situation: _called(one) for one in item.alternatives.all()},  # type: ignore[attr-defined]
    )


def _called(alternative: object) -> str:
    """A prescribed alternative keeps its name; that of a draft is called what its exercise is."""
    return getattr(alternative, "name", "") or alternative.exercise.name  # type: ignore[attr-defined]


def since_each(versions: Sequence[PrescriptionVersion]) -> dict[PrescriptionVersion, list[Difference]]:
    """For each version what differs from the one that held before it; nothing for the first."""
    ordered = sorted(versions, key=lambda version: version.effective_from)
    pairs = pairwise(ordered)
    return {later: differences(of_version(earlier), of_version(later)) for earlier, later in pairs}


def holding_on(versions: Iterable[PrescriptionVersion], day: date) -> PrescriptionVersion:
    """The version in force on `day`; before the start the first one."""
    ordered = sorted(versions, key=lambda version: version.effective_from)
    begun = [version for version in ordered if version.effective_from <= day]
    return begun[-1] if begun else ordered[0]


def holding_before(versions: Sequence[PrescriptionVersion], day: date, today: date) -> PrescriptionVersion:
    """What the patient does until a change from `day` on: the version of the day before, or of today."""
    return holding_on(versions, max(today, day - timedelta(days=1)))


def planned_after(versions: Iterable[PrescriptionVersion], day: date) -> list[PrescriptionVersion]:
    """Versions that begin after `day`, the next one first."""
    later = [version for version in versions if version.effective_from > day]
    return sorted(later, key=lambda version: version.effective_from)
