"""Bringing the shared library in the database up to date with its files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from exercises.enums import ExerciseState
from exercises.library import Entry, LibraryError
from exercises.models import Exercise, Facet
from exercises.services import content
from exercises.services.content import CONTENT

SHIPPED = "The shipped library"
WORKING = "-draft"  # behind the code of a working copy
# Columns that a file decides; the rest (key, dates, clinic, state) stay as they are.
COLUMNS = [*CONTENT, "shipped_digest"]


@dataclass(slots=True)
class Loaded:
    """What loading did. `kept`: curators have their own words for it; the file became a draft for them to judge."""

    created: list[Exercise] = field(default_factory=list)
    changed: list[Exercise] = field(default_factory=list)
    kept: list[Exercise] = field(default_factory=list)
    unchanged: int = 0

    def __str__(self) -> str:
        new, changed, kept = len(self.created), len(self.changed), len(self.kept)
        waiting = f", {kept} waiting for a curator" if kept else ""
        total = new + changed + kept + self.unchanged
        return f"Library: {total} exercises ({new} new, {changed} changed, {self.unchanged} unchanged{waiting})."


@transaction.atomic
def load(*, entries: Sequence[Entry]) -> Loaded:
    """Create or update the shared exercises by code, all or none.

    A row is written only when its file has changed since it was loaded. Where curators have rewritten an exercise
    since, their words stay, and the file becomes a working copy for them. Other exercises stay as they are.
    """
    known = {e.code: e for e in Exercise.objects.filter(code__in=[entry.code for entry in entries])}
    loaded = Loaded()
    for entry in entries:
        row = exercise_from(entry)
        present = known.get(entry.code)
        if present is None:
            loaded.created.append(row)
        elif present.clinic_id is not None:
            raise LibraryError(f"{entry.code}.toml", "code", "a clinic's own exercise has this code already")
        elif present.shipped_digest == row.shipped_digest:
            loaded.unchanged += 1
        elif present.edition <= 1:
            loaded.changed.append(_taken_over(present, row))
        else:
            loaded.kept.append(_taken_over(present, row, columns=["shipped_digest"]))
            _propose(present, row)
    content.create_many(actor=None, exercises=loaded.created, reason=SHIPPED)
    content.write_many(actor=None, exercises=loaded.changed, reason=SHIPPED, fields=COLUMNS)
    Exercise.objects.bulk_update(loaded.kept, ["shipped_digest"])
    return loaded


def _taken_over(present: Exercise, row: Exercise, *, columns: Sequence[str] = COLUMNS) -> Exercise:
    for column in columns:
        setattr(present, column, getattr(row, column))
    return present


def _propose(present: Exercise, row: Exercise) -> None:
    """A working copy with the words of the file, unless curators are at work on one already."""
    if Exercise.objects.filter(replaces=present).exists():
        return
    copy = Exercise(
        code=working_code(present),
        shared=True,
        state=ExerciseState.DRAFT.value,
        replaces=present,
        curation_note="The shipped library has a new text for this exercise.",
        **{column: getattr(row, column) for column in CONTENT},
    )
    content.create(actor=None, exercise=copy, reason=SHIPPED)


def working_code(exercise: Exercise) -> str:
    """The code of the working copy of a published exercise."""
    return f"{exercise.code}{WORKING}"


def exercise_from(entry: Entry) -> Exercise:
    """The row for one file, checked against the limits of its columns."""
    row = Exercise(
        code=entry.code,
        shared=True,
        state=ExerciseState.PUBLISHED.value,
        edition=1,
        published_at=timezone.now(),
        name=entry.name,
        kind=entry.kind.value,
        level=entry.level.value,
        facets=facets_of(entry),
        features=[feature.value for feature in entry.features],
        aliases=list(entry.aliases),
        frequency=entry.frequency,
        figure=entry.code,
        steps=list(entry.steps),
        particulars=entry.particulars,
        neighbours=entry.neighbours,
        strength=entry.strength.value,
        source=entry.source,
        evidence_note=entry.note,
        review_due_on=entry.review_due,
        per_side=entry.per_side,
        effort=entry.particulars.get("effort", ""),
        shipped_digest=digest_of(entry),
        **entry.texts,
        **entry.counts,
    )
    try:
        content.check(content.derive(row))
    except ValidationError as error:
        key, messages = next(iter(error.message_dict.items()))
        raise LibraryError(f"{entry.code}.toml", key, " ".join(messages)) from error
    return row


def digest_of(entry: Entry) -> str:
    """Changes with anything in the file; the layout of the file does not matter."""
    return hashlib.sha256(repr(entry).encode()).hexdigest()


def facets_of(entry: Entry) -> dict[str, list[str]]:
    """The words of every facet, in order."""
    return {
        Facet.REGION.value: [region.value for region in entry.regions],
        Facet.POSITION.value: [position.value for position in entry.positions],
        Facet.EQUIPMENT.value: [thing.value for thing in entry.equipment],
    }
