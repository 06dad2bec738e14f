"""Putting the right edition of each exercise before whoever reads a prescription. At most one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from exercises.models import ExerciseEdition
from exercises.services import content
from programs.editions import Edition, edition_on
from programs.models import PrescriptionAlternative, PrescriptionItem

Kept = dict[UUID, dict[Edition, dict[str, Any]]]


Reads = PrescriptionItem | PrescriptionAlternative


def reword(items: Iterable[Reads], day: date) -> None:
    """`reword_each` for one and the same day."""
    reword_each((item, day) for item in items)


def with_alternatives(items: list[PrescriptionItem], day: date) -> None:
    """Load what may be done instead of each item, in the words of that day; three statements at most."""
    prefetch_related_objects(items, "alternatives__exercise")
    reword((one for item in items for one in item.alternatives.all()), day)


def reword_each(pairs: Iterable[tuple[Reads, date]]) -> None:
    """Give the exercise of each item the words that count for its version on that day; nothing is saved.

    Expects `exercise` and `version` loaded. The row itself holds the newest edition, so an exercise that never had
    a second one costs nothing.
    """
    changed = [(item, day) for item, day in pairs if item.exercise.edition > 1]
    kept = _kept({item.exercise_id for item, _ in changed})
    for item, day in changed:
        editions = kept.get(item.exercise_id, {})
        number = edition_on(day, editions, written_at=item.version.created_at)
        if number is not None and number != item.exercise.edition:
            words = next(words for edition, words in editions.items() if edition.number == number)
            item.exercise = content.put(copy(item.exercise), words)


def _kept(exercise_ids: set[UUID]) -> Kept:
    if not exercise_ids:
        return {}
    kept: Kept = defaultdict(dict)
    columns = ("exercise_id", "number", "published_at", "applies_from", "content")
    for exercise_id, number, published_at, applies_from, words in ExerciseEdition.objects.filter(
        exercise__in=exercise_ids
    ).values_list(*columns):
        kept[exercise_id][Edition(number, published_at, applies_from)] = words
    return kept
