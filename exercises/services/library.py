"""Bringing the shared library in the database up to date with its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from exercises.enums import Equipment, ExerciseState, Labelled
from exercises.library import TEXTS, Entry, LibraryError
from exercises.models import Exercise, ExerciseTrait, Facet
from exercises.search import search_line

# Columns that a file decides; the rest (key, dates, clinic) stay as they are.
COLUMNS = [
    *("shared", "state", "name", "kind", "level", "features", "aliases", "frequency", *TEXTS, "steps"),
    *("particulars", "neighbours", "strength", "source", "evidence_note", "search_text"),
    *("sets", "repetitions", "hold_seconds", "duration_minutes", "per_side", "effort"),
]
Traits = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did."""

    created: int
    changed: int
    unchanged: int

    def __str__(self) -> str:
        total = self.created + self.changed + self.unchanged
        return f"Library: {total} exercises ({self.created} new, {self.changed} changed, {self.unchanged} unchanged)."


@transaction.atomic
def load(*, entries: Sequence[Entry]) -> Loaded:
    """Create or update the shared exercises by code, all or none.

    Exercises without a file stay: a curator may have written them here. Prescribed exercises keep their key.
    """
    present = {e.code: e for e in Exercise.objects.filter(code__in=[entry.code for entry in entries]).with_traits()}
    fresh, changed = [], []
    for entry in entries:
        row = exercise_from(entry)
        known = present.get(entry.code)
        if known is None:
            fresh.append(row)
        elif known.clinic_id is not None:
            raise LibraryError(f"{entry.code}.toml", "code", "a clinic's own exercise has this code already")
        elif _differs(known, row, traits_from(entry)):
            row.pk = known.pk
            changed.append(row)
    _write(fresh, changed, {entry.code: traits_from(entry) for entry in entries})
    return Loaded(len(fresh), len(changed), len(entries) - len(fresh) - len(changed))


def _differs(known: Exercise, row: Exercise, traits: Traits) -> bool:
    if any(getattr(known, column) != getattr(row, column) for column in COLUMNS):
        return True
    return [(trait.facet, trait.value) for trait in known.traits.all()] != traits


def _write(fresh: list[Exercise], changed: list[Exercise], traits: dict[str, Traits]) -> None:
    rows = fresh + changed
    if not rows:
        return
    Exercise.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=[*COLUMNS, "updated_at"]
    )
    if changed:
        ExerciseTrait.objects.filter(exercise__in=changed).delete()
    ExerciseTrait.objects.bulk_create(
        ExerciseTrait(exercise=row, facet=facet, value=value, order=order)
        for row in rows
        for order, (facet, value) in enumerate(traits[row.code])
    )


def exercise_from(entry: Entry) -> Exercise:
    """The row for one file, checked against the limits of its columns."""
    row = Exercise(
        code=entry.code,
        shared=True,
        state=ExerciseState.PUBLISHED.value,
        name=entry.name,
        kind=entry.kind.value,
        level=entry.level.value,
        features=[feature.value for feature in entry.features],
        aliases=list(entry.aliases),
        frequency=entry.frequency,
        steps=list(entry.steps),
        particulars=entry.particulars,
        neighbours=entry.neighbours,
        strength=entry.strength.value,
        source=entry.source,
        evidence_note=entry.note,
        search_text=search_line(entry.name, entry.aliases, labels_of(entry), entry.code),
        per_side=entry.per_side,
        effort=entry.particulars.get("effort", ""),
        **entry.texts,
        **entry.counts,
    )
    try:
        row.clean_fields(exclude=["features", "aliases", "particulars", "neighbours"])
    except ValidationError as error:
        key, messages = next(iter(error.message_dict.items()))
        raise LibraryError(f"{entry.code}.toml", key, " ".join(messages)) from error
    return row


def traits_from(entry: Entry) -> Traits:
    """Facet and value of every trait, in order."""
    return [
        *((Facet.REGION.value, region.value) for region in entry.regions),
        *((Facet.POSITION.value, position.value) for position in entry.positions),
        *((Facet.EQUIPMENT.value, thing.value) for thing in entry.equipment),
    ]


def labels_of(entry: Entry) -> list[str]:
    """The words, beside its names, by which an exercise should be found."""
    words: list[Labelled] = [entry.kind, *entry.regions, *entry.positions, *entry.equipment]
    return [part for word in words if word != Equipment.NONE for part in (word.label, word.value)]
