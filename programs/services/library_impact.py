"""Library changes seen from the programs: whom they touch, and the notes they leave with the therapists.

Publishing, retiring and restoring are done by `exercises.services.curation`; here the work notes are written in the
same transaction. A curator is told numbers, never who. The app changes no program by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from exercises.features import Feature
from exercises.models import Exercise
from exercises.services import curation
from patients.conditions import Condition
from patients.models import User
from programs import safety
from programs.enums import Rating, WorkKind
from programs.models import Prescription, Program, WorkItem
from programs.safety import SafetyWarning
from programs.services import recheck, work
from programs.services.recheck import Hit, Question

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Impact:
    """How many live prescriptions hold an exercise, of how many patients in how many clinics; and how many
    reusable programs name it."""

    prescriptions: int
    patients: int
    programs: int
    clinics: int

    @property
    def is_none(self) -> bool:
        return not (self.prescriptions or self.programs)


@dataclass(frozen=True, slots=True)
class Mattering:
    """A pair of the safety matrix that a new feature brings in, and how many patients it hits."""

    warning: SafetyWarning
    patients: int

    @property
    def who(self) -> str:
        return _who(self.warning.condition)


def impact_of(exercise: Exercise, today: date) -> Impact:
    """What a change of this exercise touches. Of a working copy: what a change of its exercise touches."""
    subject = exercise.replaces or exercise
    numbers = (
        Prescription.objects.holding(subject, today)
        .order_by()
        .aggregate(
            prescriptions=Count("pk"),
            patients=Count("patient", distinct=True),
            clinics=Count("clinic", distinct=True),
        )
    )
    programs = Program.objects.current().filter(items__exercise=subject).distinct().count()
    return Impact(programs=programs, **numbers)


# --- New features --------------------------------------------------------------------------------------------


def new_features(exercise: Exercise) -> frozenset[Feature]:
    """What a working copy asks of the body that its published exercise does not."""
    published = exercise.replaces
    return exercise.feature_set - published.feature_set if published else frozenset()


def matters(exercise: Exercise, today: date) -> list[Mattering]:
    """The conditions for which publishing this working copy newly matters, worst first, with patients hit."""
    added = new_features(exercise)
    if not added or exercise.replaces is None:
        return []
    patients: Counter[tuple[Condition, Feature]] = Counter()
    counted = set()
    for hit in _hits(exercise.replaces, added, today):
        for warning in hit.warnings:
            if (hit.patient_id, warning.key) not in counted:
                counted.add((hit.patient_id, warning.key))
                patients[warning.key] += 1
    pairs = Question(features=added).of(exercise, set(Condition))
    found = [Mattering(warning, patients[warning.key]) for warning in pairs]
    return sorted(found, key=lambda one: (-one.warning.rating, -one.patients))


def _hits(published: Exercise, features: Set[Feature], today: date) -> list[Hit]:
    """Live prescriptions with warnings for these features. A fixed number of statements for any number of patients."""
    holding = Prescription.objects.holding(published, today)
    return recheck.hits(holding, today, Question(exercise=published, features=features))


# --- Acts ----------------------------------------------------------------------------------------------------


class Published(NamedTuple):
    """The row that everybody sees now, and how many work notes went out."""

    exercise: Exercise
    notes: int


@transaction.atomic
def publish_with_impact(
    *,
    actor: User,
    exercise: Exercise,
    revision: int,
    now: datetime,
    today: date,
    note: str = "",
    applies_from: date | None = None,
) -> Published:
    """`curation.publish`, and a work note for each live prescription that its new features hit."""
    # Waits for whoever is assigning the exercise at this moment, and they for us.
    before = _locked(exercise.replaces_id)
    known = before.feature_set if before else frozenset(Feature)
    row = curation.publish(
        actor=actor, exercise=exercise, revision=revision, now=now, note=note, applies_from=applies_from
    )
    added = row.feature_set - known
    hits = _hits(row, added, today) if added else ()
    return Published(row, work.write([_safety_note(row, added, hit, today) for hit in hits]))


def _locked(pk: UUID | None) -> Exercise | None:
    return Exercise.objects.select_for_update(no_key=True).filter(pk=pk).first() if pk else None


def _safety_note(row: Exercise, added: Iterable[Feature], hit: Hit, today: date) -> WorkItem:
    features = ", ".join(sorted(_small(feature.label) for feature in added))
    found = " ".join(
        f"{one.rating.label} for {_small(_who(one.condition))}: {one.reason.rstrip('.')}." for one in hit.warnings
    )
    return WorkItem(
        clinic_id=hit.clinic_id,
        patient_id=hit.patient_id,
        prescription_id=hit.prescription_id,
        exercise=row,
        kind=WorkKind.SAFETY,
        rating=safety.worst(hit.warnings),
        reason=f"“{row.name}” now counts as: {features}. {found} Look at the program."[:LONGEST_NOTE],
        due_on=today,
        dedupe_key=f"safety:{row.pk}:{row.edition}:{hit.prescription_id}",
    )


def _who(condition: Condition) -> str:
    return "Everybody with AS" if condition is Condition.AS_BASELINE else condition.label


def _small(words: str) -> str:
    """In the middle of a sentence; abbreviations keep their capitals."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


@transaction.atomic
def retire_with_impact(
    *,
    actor: User,
    exercise: Exercise,
    revision: int,
    reason: str,
    now: datetime,
    today: date,
    replace_by: date | None = None,
) -> Published:
    """`curation.retire`. Running prescriptions go on; with `replace_by` each gets a note to replace it by then."""
    _locked(exercise.pk)
    row = curation.retire(actor=actor, exercise=exercise, revision=revision, reason=reason, now=now)
    if replace_by is None:
        return Published(row, 0)
    holding = Prescription.objects.holding(row, today).order_by("pk")
    facts = holding.values_list("pk", "patient_id", "clinic_id")
    return Published(row, work.write([_replace_note(row, reason, replace_by, *fact) for fact in facts]))


def _replace_note(
    row: Exercise, reason: str, by: date, prescription_id: UUID, patient_id: UUID, clinic_id: UUID
) -> WorkItem:
    said = f"“{row.name}” was taken out of the library: {reason.rstrip('.')}. Replace it by {by:%A %-d %B %Y}."
    return WorkItem(
        clinic_id=clinic_id,
        patient_id=patient_id,
        prescription_id=prescription_id,
        exercise=row,
        kind=WorkKind.REPLACE,
        rating=Rating.ALLOW,
        reason=said[:LONGEST_NOTE],
        due_on=by,
        dedupe_key=f"replace:{row.pk}:{row.revision}:{prescription_id}",
    )


@transaction.atomic
def restore_with_impact(*, actor: User, exercise: Exercise, revision: int, reason: str, now: datetime) -> Published:
    """`curation.restore`; notes that asked to replace it are settled, since nobody needs to any more."""
    row = curation.restore(actor=actor, exercise=exercise, revision=revision, reason=reason, now=now)
    return Published(row, work.take_back(actor=actor, exercise=row, kind=WorkKind.REPLACE, now=now))
