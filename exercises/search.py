"""Finding exercises by what somebody types and ticks. One definition for pages, picker and API.

Text: each exercise keeps one line of folded words, ` name | other names | where, how, with what | code`. A word
that starts with what was typed follows a space, so that plain LIKE finds it on both databases.
Facets: any of the values ticked in one facet, and all facets at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import Contains, LessThan

from config.lib.text import fold
from exercises.enums import FLOOR_POSITIONS, Equipment
from exercises.features import Feature
from exercises.models import Exercise, ExerciseTrait, Facet
from exercises.models.exercises import ExerciseQuerySet

NAME_ENDS = "|"
MOST_WORDS = 8  # more than this names no exercise; it keeps the statement small
NOT_A_WORD = re.compile(r"[\W_]+")
COLUMNS = ("kind", "level")
TRAITS = tuple(facet.value for facet in Facet)
FLOOR = "floor"
FACETS = ("kind", *TRAITS, "level", FLOOR)
NEIGHBOUR_LABELS = {
    "easier": "Easier",
    "harder": "Harder",
    "too_painful": "When it hurts too much",
    "no_floor": "Without the floor",
    "no_roller": "Without a roller",
    "at_work": "At work",
}
State = Mapping[str, Any]  # q, floor: text; the other facets: lists of values


def words_of(text: str) -> list[str]:
    """The folded words of `text`; hyphens and other signs separate."""
    return NOT_A_WORD.sub(" ", fold(text)).split()


def search_line(name: str, aliases: Iterable[str], labels: Iterable[str], code: str) -> str:
    """What `matching` looks into. Starts with a space; parts are separated, so that a hit tells where it was."""
    rest = dict.fromkeys(words_of(f"{' '.join(labels)} {code}"))
    parts = [words_of(name), words_of(" ".join(aliases)), rest]
    return "".join(f" {' '.join(part)} {NAME_ENDS}" for part in parts)


def matching(queryset: ExerciseQuerySet, text: str) -> ExerciseQuerySet:
    """The rows of `queryset` in which every word of `text` begins some word; hits in the name come first."""
    if not text.strip():
        return queryset
    words = words_of(text)[:MOST_WORDS]
    if not words:  # signs alone, as in "%": there is no such exercise
        return queryset.none()
    for word in words:
        queryset = queryset.filter(search_text__contains=f" {word}")
    return queryset.order_by(_outside_the_name(words), _not_at_the_start(words), "name", "pk")


def _outside_the_name(words: list[str]) -> Any:
    """How many of the words are not in the name."""
    end = StrIndex(F("search_text"), Value(NAME_ENDS))
    counts = [
        Case(
            When(LessThan(StrIndex(F("search_text"), Value(f" {word}")), end), then=0),
            default=1,
            output_field=IntegerField(),
        )
        for word in words
    ]
    total: Any = counts[0]
    for count in counts[1:]:
        total = total + count
    return total


def _not_at_the_start(words: list[str]) -> Case:
    """0 when the line begins with the first word typed."""
    starts = Q(search_text__startswith=f" {words[0]}")
    return Case(When(starts, then=0), default=1, output_field=IntegerField())


def narrow(queryset: ExerciseQuerySet, state: State, *, without: str = "") -> ExerciseQuerySet:
    """The rows that fit `state`; the facet named by `without` is left out, for counting its choices."""
    for facet in FACETS:
        values = state.get(facet)
        if values and facet != without:
            queryset = _with_facet(queryset, facet, values)
    return matching(queryset, state.get("q") or "")


def _with_facet(queryset: ExerciseQuerySet, facet: str, values: Any) -> ExerciseQuerySet:
    if facet in COLUMNS:
        return queryset.filter(**{f"{facet}__in": values})
    if facet == FLOOR:
        return queryset.filter(needs_floor() if values == "yes" else ~needs_floor())
    return queryset.filter(_trait(facet, value__in=values))


def _trait(facet: str, **which: Any) -> Exists:
    return Exists(ExerciseTrait.objects.filter(exercise=OuterRef("pk"), facet=facet, **which))


def needs_floor() -> Q:
    """`Exercise.needs_floor` as a condition of the database; a test holds the two together."""
    said = Q(Contains(Cast("features", TextField()), f'"{Feature.FLOOR_TRANSFER.value}"'))
    low = _trait(Facet.POSITION) & ~Exists(
        ExerciseTrait.objects.filter(exercise=OuterRef("pk"), facet=Facet.POSITION).exclude(value__in=FLOOR_POSITIONS)
    )
    return said | Q(low) & ~Q(_trait(Facet.EQUIPMENT, value__in=[Equipment.BED, Equipment.CHAIR]))


def facet_counts(queryset: ExerciseQuerySet, state: State) -> dict[str, dict[str, int]]:
    """For each facet, how many rows each of its choices would leave beside the other facets. One statement."""
    parts = [_counted(narrow(queryset, state, without=facet).order_by(), facet) for facet in FACETS]
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for facet, value, number in parts[0].union(*parts[1:], all=True):
        counts[facet][value] = number
    return counts


def _counted(rows: ExerciseQuerySet, facet: str) -> QuerySet[Any, Any]:
    """Rows of facet, value, number."""
    grouped: QuerySet[Any, Any] = rows
    if facet in TRAITS:
        grouped = ExerciseTrait.objects.filter(facet=facet, exercise__in=rows.values("pk")).order_by()
        word: Any = F("value")
    else:
        word = Case(When(needs_floor(), then=Value("yes")), default=Value("no")) if facet == FLOOR else F(facet)
    grouped = grouped.values(word=Cast(word, CharField()))
    return grouped.annotate(number=Count("pk")).values_list(Value(facet, CharField()), "word", "number")


def neighbours_of(exercise: Exercise, library: ExerciseQuerySet) -> list[tuple[str, Exercise]]:
    """The exercises beside this one that can be seen in `library`, each with what it is for."""
    purposes: dict[str, list[str]] = {}
    for key, label in NEIGHBOUR_LABELS.items():
        if code := exercise.neighbours.get(key):
            purposes.setdefault(code, []).append(label)
    if not purposes:
        return []
    rows = {row.code: row for row in library.filter(code__in=purposes)}
    told = {code: ", ".join(labels).capitalize() for code, labels in purposes.items()}
    return [(told[code], rows[code]) for code in purposes if code in rows]
