"""What using a draft from a day on would mean, looked at before anybody decides. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from exercises.enums import ExerciseState
from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import Patient
from programs import safety
from programs.change_words import note_to_patient, sentences
from programs.changes import Difference, differences
from programs.models import Prescription, PrescriptionVersion, Program, SafetyDecision
from programs.safety import SafetyWarning
from programs.services import next_version, plans
from programs.services.conditions import conditions_during
from programs.services.next_version import LOGGED_TODAY, ChangeRefused
from programs.services.version_writing import answered_in, unanswered


@dataclass(frozen=True, slots=True)
class Asked:
    """An exercise of the draft with the warnings that nobody has answered yet, worst first."""

    exercise: Exercise
    warnings: list[SafetyWarning]


@dataclass(frozen=True, slots=True)
class Preview:
    """`before` holds until then; `replaced` was planned for that very day; `later` are planned after it and stay
    unless they are dropped; `refusal` says why that day cannot be; `retired` are new but left the library."""

    day: date
    before: PrescriptionVersion
    differences: list[Difference]
    replaced: PrescriptionVersion | None
    later: list[PrescriptionVersion]
    asked: list[Asked]
    retired: list[Exercise]
    refusal: str

    @property
    def sentences(self) -> list[str]:
        return sentences(self.differences)

    @property
    def note(self) -> str:
        """What the patient would be told of it."""
        return note_to_patient(self.differences)


class Look:
    """One draft beside the versions of its prescription, loaded once; `on` looks at it for a day."""

    def __init__(self, prescription: Prescription, draft: Program, patient: Patient, today: date) -> None:
        """Expects the draft's items with exercises and alternatives."""
        self.prescription, self.draft, self.patient, self.today = prescription, draft, patient, today
        self.versions: Sequence[PrescriptionVersion] = list(
            prescription.versions.prefetch_related(*plans.PLANNED_ITEMS)
        )

    def on(self, day: date) -> Preview:
        before = plans.holding_before(self.versions, day, self.today)
        replaced = next((version for version in self.versions if version.effective_from == day), None)
        sources = self._sources(before, replaced)
        known = {item.exercise_id for version in sources for item in version.items.all()}
        return Preview(
            day=day,
            before=before,
            differences=differences(plans.of_version(before), plans.of_draft(self.draft)),
            replaced=replaced if replaced != before else None,
            later=plans.planned_after(self.versions, day),
            asked=self._asked(sources, conditions_during(self.patient, self.today, *self._days(day))),
            retired=[one for one in self._exercises() if one.pk not in known and one.state == ExerciseState.RETIRED],
            refusal=self._refusal(day, replaced),
        )

    def _sources(self, *named: PrescriptionVersion | None) -> list[PrescriptionVersion]:
        wanted = {self.draft.base_id, *(version.pk for version in named if version)}
        return [version for version in self.versions if version.pk in wanted]

    def _exercises(self) -> list[Exercise]:
        found = {one.pk: one for item in self.draft.items.all() for one in next_version.exercises_of(item)}
        return list(found.values())

    def _days(self, day: date) -> list[date]:
        """The first day of each stage."""
        weeks = [int(step.get("weeks") or 0) for step in self.draft.steps[:-1]]
        return [day + timedelta(weeks=sum(weeks[:count])) for count in range(len(weeks) + 1)]

    def _asked(self, sources: Iterable[PrescriptionVersion], conditions: frozenset[Condition]) -> list[Asked]:
        answered: Mapping[tuple[UUID, str, str, int], SafetyDecision] = {
            key: row for version in sources for key, row in answered_in(version).items()
        }
        found = [
            Asked(one, unanswered(one.pk, safety.check(one.feature_set, conditions), answered))
            for one in self._exercises()
        ]
        return sorted((asked for asked in found if asked.warnings), key=lambda asked: -safety.worst(asked.warnings))

    def _refusal(self, day: date, replaced: PrescriptionVersion | None) -> str:
        try:
            next_version.check_day(self.prescription, day, self.today)
        except ChangeRefused as refusal:
            return refusal.message
        return LOGGED_TODAY if replaced and replaced.sessions.exists() else ""
