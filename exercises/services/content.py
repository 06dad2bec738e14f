"""Writing the content of exercises. The only door: it keeps index, gaps, search line and history true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from config.lib.revisions import take_revision
from exercises.completeness import gaps_in
from exercises.enums import Equipment, Kind, Labelled
from exercises.features import Feature
from exercises.library import TEXTS
from exercises.models import DOSE_FIELDS, Exercise, ExerciseTrait, Facet
from exercises.models.exercises import FACET_WORDS
from exercises.search import search_line
from patients.models import User

# What a person edits, and what moves from a working copy to the exercise, into an edition, or into a clinic's copy.
CONTENT = [
    *("name", "kind", "level", "facets", "features", "aliases", "frequency", "figure", *TEXTS, "steps"),
    *("particulars", "neighbours", "strength", "source", "evidence_note", "review_due_on", *DOSE_FIELDS),
]
DERIVED = ["missing", "search_text"]


def content_of(exercise: Exercise) -> dict[str, Any]:
    """All content by column, ready for JSON."""
    values = {name: getattr(exercise, name) for name in CONTENT}
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def put(exercise: Exercise, content: Mapping[str, Any]) -> Exercise:
    """Set the content columns that are named; nothing is saved."""
    for name in CONTENT:
        if name in content:
            value = content[name]
            if name == "review_due_on" and isinstance(value, str):
                value = date.fromisoformat(value) if value else None
            setattr(exercise, name, value)
    return exercise


def derive(exercise: Exercise) -> Exercise:
    """Bring the columns that follow from the content up to date; nothing is saved."""
    exercise.missing = sorted({gap.field for gap in gaps_in({name: getattr(exercise, name) for name in CONTENT})})
    exercise.search_text = search_line(exercise.name, exercise.aliases, labels_of(exercise), exercise.code)
    return exercise


def labels_of(exercise: Exercise) -> list[str]:
    """The words, beside its names, by which an exercise should be found."""
    words: list[Labelled] = [Kind(exercise.kind), *exercise.regions, *exercise.positions, *exercise.equipment]
    return [part for word in words if word != Equipment.NONE for part in (word.label, word.value)]


def check(exercise: Exercise) -> None:
    """Raise ValidationError, by field, for content that its columns or vocabularies refuse. Asks no database."""
    fits = {"code", *CONTENT}
    exercise.clean_fields(exclude=[f.name for f in Exercise._meta.fields if f.name not in fits])
    if wrong := [*_unknown(exercise)]:
        raise ValidationError({"facets": [f"{word} is in no vocabulary." for word in wrong]})


@transaction.atomic
def create(*, actor: User | None, exercise: Exercise, reason: str) -> Exercise:
    """Store a new exercise with index and history. Raises ValidationError for content that does not fit."""
    return create_many(actor=actor, exercises=[exercise], reason=reason)[0]


@transaction.atomic
def create_many(*, actor: User | None, exercises: Sequence[Exercise], reason: str) -> list[Exercise]:
    """Several new exercises in a fixed number of statements."""
    if not exercises:
        return []
    for exercise in exercises:
        exercise.written_by = exercise.written_by or actor
        derive(sign(exercise, actor, reason))
        check(exercise)
    made = bulk_create_with_history(
        list(exercises), Exercise, default_user=actor, default_change_reason=reason, batch_size=200
    )
    index(exercises)
    return list(made)


@transaction.atomic
def write(*, actor: User | None, exercise: Exercise, revision: int, reason: str) -> Exercise:
    """Store what was set on `exercise`, if nobody has written it since `revision`.

    Raises RevisionConflict, or ValidationError for content that does not fit.
    """
    derive(exercise)
    check(exercise)
    exercise.revision = take_revision(Exercise.objects.filter(pk=exercise.pk), revision)
    sign(exercise, actor, reason)
    exercise.save()
    index([exercise])
    return exercise


def sign(exercise: Exercise, actor: User | None, reason: str) -> Exercise:
    """Say who writes the next line of its history, and why; what an earlier write has said no longer counts."""
    exercise._history_user = actor  # type: ignore[attr-defined]
    exercise._change_reason = reason  # type: ignore[attr-defined]
    return exercise


@transaction.atomic
def write_many(*, actor: User | None, exercises: Sequence[Exercise], reason: str, fields: Iterable[str]) -> None:
    """Store the `fields` of several exercises that were checked and locked by the caller; raises no conflict."""
    if not exercises:
        return
    for exercise in exercises:
        derive(sign(exercise, actor, reason))
        exercise.revision += 1
    columns = list(dict.fromkeys([*fields, *DERIVED, "revision", "updated_at"]))
    bulk_update_with_history(
        list(exercises), Exercise, columns, default_user=actor, default_change_reason=reason, batch_size=200
    )
    index(exercises)


def index(exercises: Sequence[Exercise]) -> None:
    """Write the rows by which facets filter and count."""
    ExerciseTrait.objects.filter(exercise__in=exercises).delete()
    ExerciseTrait.objects.bulk_create(traits_of(exercises), batch_size=500)


def traits_of(exercises: Iterable[Exercise]) -> list[ExerciseTrait]:
    """The index rows of some exercises, not yet stored."""
    return [
        ExerciseTrait(exercise=exercise, facet=facet.value, value=value, order=order)
        for exercise in exercises
        for order, (facet, value) in enumerate(
            (facet, value) for facet in Facet for value in exercise.facets.get(facet.value, [])
        )
    ]


def _unknown(exercise: Exercise) -> Iterator[str]:
    for facet in Facet:
        known = set(FACET_WORDS[facet])
        yield from (f"{facet.value} {value}" for value in exercise.facets.get(facet.value, []) if value not in known)
    yield from (f"feature {value}" for value in exercise.features if value not in set(Feature))
