"""Exercises that could be meant by the same name. Shown before somebody writes what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process

from config.lib.text import fold
from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet

ALIKE = 84.0  # of 100, by words in any order; found by looking at the pairs that it finds in our own library
MOST = 5
SIGNS = re.compile(r"[\W_]+")
LONGEST = 200  # letters; no name is longer
SHORTEST = 3  # letters; less than that is like everything


@dataclass(frozen=True, slots=True)
class Similar:
    """An exercise that is there already. `name` is its name or alias that comes near; `is_same`: it is the same."""

    exercise: Exercise
    name: str
    score: float
    is_same: bool

    @property
    def is_alias(self) -> bool:
        return self.name != self.exercise.name


def similar_to(
    names: Iterable[str], library: ExerciseQuerySet, *, without: Sequence[UUID | None] = ()
) -> list[Similar]:
    """The exercises of `library` nearest to any of `names`, by their names and aliases; the nearest first."""
    wanted = {words for name in names if len(words := _words(name[:LONGEST])) >= SHORTEST}
    if not wanted:
        return []
    rows = library.exclude(pk__in=[pk for pk in without if pk]).order_by().values_list("pk", "name", "aliases")
    known = [(pk, name) for pk, own, aliases in rows for name in (own, *aliases)]
    lines = [_words(name) for _, name in known]
    best: dict[UUID, tuple[float, str]] = {}
    for words in wanted:
        found = process.extract(words, lines, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=MOST * 2)
        for _, score, place in found:
            pk, name = known[place]
            best[pk] = max(best.get(pk, (0.0, "")), (score, name))
    nearest = sorted(best, key=lambda pk: best[pk], reverse=True)[:MOST]
    exercises = library.in_bulk(nearest)
    return [_similar(exercises[pk], *best[pk]) for pk in nearest if pk in exercises]


def same_name(name: str, library: ExerciseQuerySet, *, without: Sequence[UUID | None] = ()) -> Exercise | None:
    """Another exercise of `library` with this very name, case and accents aside."""
    near = similar_to([name], library, without=without)
    return next((one.exercise for one in near if one.is_same and not one.is_alias), None)


def _similar(exercise: Exercise, score: float, name: str) -> Similar:
    return Similar(exercise, name, score, score == 100)


def _words(name: str) -> str:
    return SIGNS.sub(" ", fold(name)).strip()
