"""What one use of a draft does to the versions of a prescription: checked here, and done by `revisions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from exercises.models import Exercise
from programs.models import Prescription, PrescriptionVersion, Program, ProgramItem, SafetyDecision
from programs.services import plans
from programs.services.prescriptions import NothingToAssign, Stage, begun, stages_of
from programs.services.version_writing import ItemDraft, answered_in

FURTHEST = timedelta(days=366)
LOGGED_TODAY = "Exercises of today are logged under the version that began today. Use the change from tomorrow on."


class ChangeRefused(Exception):
    """Nothing was stored; `message` is for the therapist, `field` says where it belongs."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What one use of a draft does to the row of versions; checked, and not done yet."""

    draft: Program
    versions: list[PrescriptionVersion]
    before: PrescriptionVersion
    replaced: list[PrescriptionVersion]
    dropped: list[PrescriptionVersion]
    items: list[ProgramItem]
    stages: list[tuple[date, Stage]]

    @classmethod
    def of(cls, prescription: Prescription, draft: Program, day: date, today: date, *, drop_later: bool) -> NextVersion:
        check_day(prescription, day, today)
        versions = list(prescription.versions.all())
        items = list(draft.items.select_related("exercise").prefetch_related("alternatives__exercise"))
        stages = begun(_stages(draft, items), day, prescription.ends_on)
        if not all(stage.items for _, stage in stages):
            raise NothingToAssign
        days = {first for first, _ in stages}
        replaced = [version for version in versions if version.effective_from in days]
        if any(version.sessions.exists() for version in replaced):
            raise ChangeRefused("effective_from", LOGGED_TODAY)
        later = [one for one in plans.planned_after(versions, day) if one not in replaced] if drop_later else []
        return cls(draft, versions, plans.holding_before(versions, day, today), replaced, later, items, stages)

    @property
    def days(self) -> list[date]:
        """The first day of each stage."""
        return [day for day, _ in self.stages]

    @property
    def effective_from(self) -> date:
        return self.days[0]

    @property
    def number(self) -> int:
        return max(version.number for version in self.versions) + 1

    @property
    def sources(self) -> list[PrescriptionVersion]:
        """Where a warning may have been answered already: what holds until then, what is replaced, and the base."""
        named = {self.before.pk, self.draft.base_id, *(version.pk for version in self.replaced)}
        return [version for version in self.versions if version.pk in named]

    @property
    def answered(self) -> dict[tuple[UUID, str, str, int], SafetyDecision]:
        return {key: row for version in self.sources for key, row in answered_in(version).items()}

    @property
    def known(self) -> set[UUID]:
        """Exercises that the patient has already, or has been promised."""
        return {item.exercise_id for version in self.sources for item in version.items.all()}

    @property
    def anchor(self) -> date | None:
        """Every other day goes on in its rhythm unless the rhythm of the whole changes."""
        if self.draft.every_days != self.before.every_days:
            return self.effective_from
        has_rhythm = self.draft.every_days or any(item.every_days for item in self.items)
        return self.before.anchor if has_rhythm else None

    def stage_columns(self, place: int, stage: Stage) -> dict[str, Any]:
        """Where the version stands in a program that builds up. One that does not stays in the stage it is in."""
        if len(self.stages) == 1:
            return {"step": self.before.step, "step_title": self.before.step_title}
        return {"step": place + 1, "step_title": stage.title}

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit entry tells of it."""
        facts: dict[str, Any] = {"effective_from": self.effective_from.isoformat(), "items": len(self.items)}
        for name in ("replaced", "dropped"):
            if numbers := [version.number for version in getattr(self, name)]:
                facts[name] = numbers
        return facts

    def clear_the_way(self) -> None:
        """Take out what the new versions replace; none of it was ever used."""
        gone = [version.pk for version in (*self.replaced, *self.dropped)]
        PrescriptionVersion.objects.filter(pk__in=gone).delete()


def _stages(draft: Program, items: Sequence[ProgramItem]) -> list[Stage]:
    if not draft.steps:
        return [Stage([ItemDraft.of(item) for item in items])]
    return stages_of(draft.steps, [(ItemDraft.of(item), item.from_step, item.until_step) for item in items])


def check_day(prescription: Prescription, day: date, today: date) -> None:
    """Raise ChangeRefused unless a new version may begin on `day`."""
    if day < today:
        raise ChangeRefused("effective_from", "Choose today or a later day. The past stays as it was.")
    if day < prescription.starts_on:
        raise ChangeRefused("effective_from", f"It starts on {prescription.starts_on:%-d %B %Y}. Choose that day on.")
    if prescription.ends_on and day > prescription.ends_on:
        raise ChangeRefused("effective_from", f"It ends on {prescription.ends_on:%-d %B %Y}, before that day.")
    if day > today + FURTHEST:
        raise ChangeRefused("effective_from", "Choose a day within a year from today.")


def exercises_of(item: ProgramItem) -> list[Exercise]:
    """The exercise and those that may stand in for it."""
    return [item.exercise, *(one.exercise for one in item.alternatives.all())]
