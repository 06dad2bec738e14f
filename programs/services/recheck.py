"""What newly speaks against a running prescription, and the note that says so.

One path for both sides: an exercise that changes its features (`library_impact`) and a patient about whom something
else is known (`facts`). It looks at the version in force and those planned ahead, at their exercises and at the
allowed alternatives. What the therapist has answered already is not asked again. The app changes no program itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from exercises.features import Feature
from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import Patient, User
from programs import safety
from programs.enums import Rating, WorkKind
from programs.models import (
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    SafetyDecision,
    WorkItem,
)
from programs.models.prescriptions import PrescriptionQuerySet
from programs.safety import SafetyWarning
from programs.services import work
from programs.services.conditions import conditions_of, conditions_of_each

LONGEST_NOTE = 1000
MOST_NAMED = 5
NOBODY: frozenset[Condition] = frozenset()


# --- What speaks against it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """One exercise of a prescription with what nobody has answered yet, worst first."""

    exercise: Exercise
    name: str
    warnings: list[SafetyWarning]


class Hit(NamedTuple):
    """One live prescription that needs a look, its worst exercise first."""

    prescription_id: UUID
    patient_id: UUID
    clinic_id: UUID
    findings: list[Finding]

    @property
    def warnings(self) -> list[SafetyWarning]:
        """All of them, worst first, each pair once."""
        found = {warning.key: warning for one in self.findings for warning in one.warnings}
        return sorted(found.values(), key=lambda hit: (-hit.rating, hit.condition, hit.feature))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: only of `exercise`, only about `features`, only because of `conditions`. None: of all."""

    exercise: Exercise | None = None
    features: Set[Feature] | None = None
    conditions: Set[Condition] | None = None

    def of(self, exercise: Exercise, held: Set[Condition]) -> list[SafetyWarning]:
        features = exercise.feature_set if self.features is None else self.features
        return [warning for warning in safety.check(features, held) if self._asks(warning)]

    def _asks(self, warning: SafetyWarning) -> bool:
        by_feature = self.features is None or warning.feature in self.features
        return by_feature and (self.conditions is None or warning.condition in self.conditions)

    def meant_by(self, *paths: str) -> Q:
        """The rows that are looked at, through `paths` to item and alternative; merged is the one that stayed."""
        meant = Q()
        for path in paths if self.exercise else ():
            meant |= Q(**{f"{path}exercise": self.exercise}) | Q(**{f"{path}exercise__merged_into": self.exercise})
        return meant


EVERYTHING = Question()


@dataclass(slots=True)
class _Held:
    """One prescription with its exercises by id, and where each was found."""

    patient_id: UUID
    clinic_id: UUID
    exercises: dict[UUID, tuple[Exercise, str]] = field(default_factory=dict)

    def add(self, exercise: Exercise, name: str, where: str = "") -> None:
        row = exercise.merged_into or exercise
        self.exercises.setdefault(row.pk, (row, f"“{name}”{where}"))


def hits(live: PrescriptionQuerySet, day: date, question: Question) -> list[Hit]:
    """The prescriptions among `live` that `question` finds something new in. Five statements for any number."""
    held = _held(live, day, question)
    conditions = conditions_of_each(live.order_by().values("patient"), day)
    answered = _answered(live, day, question)
    found = []
    for prescription_id in sorted(held):
        one = held[prescription_id]
        findings = _findings(one, conditions[one.patient_id], question, answered[prescription_id])
        if findings:
            found.append(Hit(prescription_id, one.patient_id, one.clinic_id, findings))
    return found


def _findings(one: _Held, held: Set[Condition], question: Question, answered: Set[tuple]) -> list[Finding]:
    found = []
    for exercise, name in one.exercises.values():
        asked = question.of(exercise, held)
        if new := [w for w in asked if (exercise.pk, w.condition, w.feature, w.rating) not in answered]:
            found.append(Finding(exercise, name, new))
    return sorted(found, key=lambda finding: safety.severity(finding.warnings), reverse=True)


def _held(live: PrescriptionQuerySet, day: date, question: Question) -> dict[UUID, _Held]:
    """Exercises in force or to come, the ones in force first; then what may stand in for them."""
    items = PrescriptionItem.objects.not_replaced(day).filter(version__prescription__in=live.order_by().values("pk"))
    found: dict[UUID, _Held] = {}
    rows = items.filter(question.meant_by("")).select_related("version__prescription", "exercise__merged_into")
    for item in rows.order_by("version__effective_from", "order", "pk"):
        version = item.version
        where = f" (from {version.effective_from:%-d %B %Y})" if version.effective_from > day else ""
        _put(found, item).add(item.exercise, item.name, where)
    alternatives = PrescriptionAlternative.objects.filter(question.meant_by(""), item__in=items.order_by().values("pk"))
    for row in alternatives.select_related("item__version__prescription", "exercise__merged_into").order_by("pk"):
        _put(found, row.item).add(row.exercise, row.name, f" (allowed instead of “{row.item.name}”)")
    return found


def _put(found: dict[UUID, _Held], item: PrescriptionItem) -> _Held:
    prescription = item.version.prescription
    return found.setdefault(prescription.pk, _Held(prescription.patient_id, prescription.clinic_id))


def _decisions(live: PrescriptionQuerySet, day: date, question: Question = EVERYTHING) -> Iterable[SafetyDecision]:
    items = PrescriptionItem.objects.not_replaced(day).filter(version__prescription__in=live.order_by().values("pk"))
    rows = SafetyDecision.objects.filter(
        question.meant_by("item__", "alternative__"), item__in=items.order_by().values("pk")
    )
    return rows.select_related(
        "item__version", "item__exercise__merged_into", "alternative__exercise__merged_into"
    ).order_by("item__order", "pk")


def _about(row: SafetyDecision) -> Exercise:
    exercise = row.alternative.exercise if row.alternative else row.item.exercise
    return exercise.merged_into or exercise


def _answered(live: PrescriptionQuerySet, day: date, question: Question) -> defaultdict[UUID, set[tuple]]:
    """What stands answered in each prescription: exercise, condition, feature, rating."""
    found: defaultdict[UUID, set[tuple]] = defaultdict(set)
    for row in _decisions(live, day, question):
        key = (_about(row).pk, Condition(row.condition), Feature(row.feature), Rating(row.rating))
        found[row.item.version.prescription_id].add(key)
    return found


# --- A patient about whom something else is known ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `source` names the fact, `key` this change of it; `said` is the sentence that opens the note."""

    source: str
    key: str
    said: str


def hold_still(patient: Patient, day: date) -> frozenset[Condition]:
    """What counts for the patient now. Their exercises, then they themselves, stay locked until the transaction ends.

    So whoever is assigning or publishing at this moment waits for us and sees the new fact, or we wait and see theirs.
    """
    live = Prescription.objects.filter(patient=patient).live(day)
    used = PrescriptionItem.objects.filter(version__prescription__in=live.order_by().values("pk"))
    instead = PrescriptionAlternative.objects.filter(item__in=used.order_by().values("pk"))
    meant = Q(pk__in=used.order_by().values("exercise")) | Q(pk__in=instead.order_by().values("exercise"))
    list(Exercise.objects.select_for_update(of=("self",), no_key=True).filter(meant).order_by("pk").values_list("pk"))
    list(Patient.objects.select_for_update().filter(pk=patient.pk).values_list("pk"))
    return conditions_of(patient, day)


def conditions_changed(
    *,
    actor: User | None,
    patient: Patient,
    before: Set[Condition],
    event: Event,
    now: datetime,
    replaced: Set[Condition] = NOBODY,
) -> int:
    """Write one note for each live prescription that the change touches; answers with how many.

    Where something ends, open notes of the same source are settled: what they asked has changed. `replaced` are the
    conditions of which those notes may have spoken, and which are therefore asked about anew.
    """
    day = patient.local_today(now)
    after = conditions_of(patient, day)
    new, gone = after - before, before - after
    if not new and not gone:
        return 0
    if gone:
        work.withdraw(actor=actor, source=event.source, now=now)
        new |= after & replaced
    live = Prescription.objects.filter(patient=patient).live(day)
    found = {hit.prescription_id: hit for hit in hits(live, day, Question(conditions=new))} if new else {}
    unneeded = _unneeded(live, day, gone) if gone else {}
    rows = Prescription.objects.filter(pk__in={*found, *unneeded}).order_by("pk")
    return work.write([_note(row, event, found.get(row.pk), unneeded.get(row.pk, []), day) for row in rows])


def _unneeded(live: PrescriptionQuerySet, day: date, gone: Set[Condition]) -> Mapping[UUID, list[str]]:
    """Names of the exercises whose answers rest on something that does not count any more."""
    names: defaultdict[UUID, dict[str, None]] = defaultdict(dict)
    for row in _decisions(live, day):
        if row.condition in gone:
            names[row.item.version.prescription_id][
                f"“{row.alternative.name if row.alternative else row.item.name}”"
            ] = None
    return {prescription_id: list(found) for prescription_id, found in names.items()}


def _note(prescription: Prescription, event: Event, hit: Hit | None, unneeded: list[str], day: date) -> WorkItem:
    words = [event.said, *([say(hit.findings)] if hit else [])]
    if unneeded:
        words.append(f"What was answered for it is not needed any more: {_listed(unneeded)}.")
    return WorkItem(
        clinic_id=prescription.clinic_id,
        patient_id=prescription.patient_id,
        prescription=prescription,
        exercise=hit.findings[0].exercise if hit else None,
        kind=WorkKind.SAFETY,
        rating=safety.worst(hit.warnings) if hit else Rating.ALLOW,
        reason="\n".join(words)[:LONGEST_NOTE],
        due_on=day,
        dedupe_key=f"{event.key}:{prescription.pk}",
    )


def say(findings: list[Finding]) -> str:
    """What to look at, a line each and worst first: what is about the whole program, then the exercises by name."""
    wholes = {w.key: w for one in findings for w in one.warnings if w.feature is Feature.ANY_EXERCISE}
    lines = [(w.rating, f"{w.rating.label} any exercise: {_plain(w.reason)}.") for w in wholes.values()]
    own = [(one, [w for w in one.warnings if w.feature is not Feature.ANY_EXERCISE]) for one in findings]
    named = [(safety.worst(found), f"{_worst_of(found)} {one.name}: {_reasons(found)}.") for one, found in own if found]
    lines = sorted(lines + named[:MOST_NAMED], key=lambda line: -line[0])
    more = len(named) - MOST_NAMED
    return "\n".join([words for _, words in lines] + ([f"And {more} more."] if more > 0 else []))


def _worst_of(warnings: list[SafetyWarning]) -> str:
    return safety.worst(warnings).label


def _reasons(warnings: list[SafetyWarning]) -> str:
    """The features of the worst rating, and the first reason."""
    worst = [w for w in warnings if w.rating is safety.worst(warnings)]
    features = dict.fromkeys(_small(w.feature.label) for w in worst)
    return f"{', '.join(features)}. {_plain(worst[0].reason)}"


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _plain(reason: str) -> str:
    return reason.rstrip(".")


def _small(words: str) -> str:
    """In the middle of a sentence; abbreviations keep their capitals."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
