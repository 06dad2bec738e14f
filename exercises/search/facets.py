"""Narrowing by what is ticked: any of the values in one facet, and all facets at once. And counting the choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from exercises.enums import FLOOR_POSITIONS, Equipment
from exercises.features import Feature
from exercises.models import ExerciseTrait, Facet
from exercises.models.exercises import ExerciseQuerySet
from exercises.search.library import has, has_feature, shelf_first
from exercises.search.text import closeness, matching

COLUMNS = ("kind", "level", "strength")
TRAITS = tuple(facet.value for facet in Facet)
FLOOR = "floor"
SAFE = "safe"
MINE = "mine"
FACETS = ("kind", *TRAITS, "level", "strength", FLOOR, SAFE, MINE)
# What each answer to "how safe?" lets through.
LETS_THROUGH = {"allow": ["allow"], "caution": ["allow", "caution"]}
STARRED, USED = "starred", "used"
SHELF = {STARRED: Q(is_starred=True), USED: Q(used_lately=True)}
EVERY = "every"  # a facet with one choice, which everything has: its number is the total
State = Mapping[str, Any]  # q, floor, safe: text; the other facets: lists of values
Counts = dict[str, Counter[str]]


def narrow(queryset: ExerciseQuerySet, state: State, *, without: str = "") -> ExerciseQuerySet:
    """The rows that fit `state`, best first; the facet named by `without` is left out, for counting its choices.

    `safe` and `mine` narrow only rows that carry what `rated` and `library_of` add.
    """
    for facet in FACETS:
        values = state.get(facet)
        if values and facet != without:
            queryset = _with_facet(queryset, facet, values)
    text = state.get("q") or ""
    return shelf_first(matching(queryset, text), *closeness(text))


def _with_facet(queryset: ExerciseQuerySet, facet: str, values: Any) -> ExerciseQuerySet:
    if facet in COLUMNS:
        return queryset.filter(**{f"{facet}__in": values})
    if facet in TRAITS:
        return queryset.filter(_trait(facet, value__in=values))
    if facet == FLOOR:
        return queryset.filter(needs_floor() if values == "yes" else ~needs_floor())
    if facet == SAFE:
        return queryset.filter(care__in=LETS_THROUGH[values]) if has(queryset, "care") else queryset
    return _of_mine(queryset, values) if has(queryset, "is_starred") else queryset


def _of_mine(queryset: ExerciseQuerySet, values: Sequence[str]) -> ExerciseQuerySet:
    wanted = Q()
    for value in values:
        wanted |= SHELF[value]
    return queryset.filter(wanted)


def _trait(facet: str, **which: Any) -> Exists:
    return Exists(ExerciseTrait.objects.filter(exercise=OuterRef("pk"), facet=facet, **which))


def needs_floor() -> Q:
    """`Exercise.needs_floor` as a condition of the database; a test holds the two together."""
    low = _trait(Facet.POSITION) & ~Exists(
        ExerciseTrait.objects.filter(exercise=OuterRef("pk"), facet=Facet.POSITION).exclude(value__in=FLOOR_POSITIONS)
    )
    soft = Q(_trait(Facet.EQUIPMENT, value__in=[Equipment.BED, Equipment.CHAIR]))
    return has_feature(Feature.FLOOR_TRANSFER) | Q(low) & ~soft


# --- Counting ------------------------------------------------------------------------------------------------


def facet_counts(queryset: ExerciseQuerySet, state: State, facets: Sequence[str] = FACETS) -> Counts:
    """For each of `facets`, how many rows each choice would leave beside the other facets; `every` is the total.

    One statement: the facets in which nothing is ticked are counted together, each other one by itself.
    """
    known = [facet for facet in facets if facet in (*COLUMNS, *TRAITS, FLOOR) or has(queryset, _NEEDS[facet])]
    ticked = [facet for facet in known if state.get(facet)]
    together = narrow(queryset, state)
    columns = [facet for facet in known if facet not in (*TRAITS, *ticked)]
    parts = [_by_columns(together, [EVERY, *columns])]
    if traits := [facet for facet in known if facet in TRAITS and facet not in ticked]:
        parts.append(_by_traits(together, traits))
    for facet in ticked:
        rest = narrow(queryset, state, without=facet)
        parts.append(_by_traits(rest, [facet]) if facet in TRAITS else _by_columns(rest, [facet]))
    return _sorted_out(parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])


class Joined(Func):
    """Texts that are never null, one after the other; `Concat` guards each pair against null at a cost."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = CharField()


_NEEDS = {SAFE: "care", MINE: "is_starred"}
_WORDS: dict[str, Any] = {
    EVERY: Value(""),
    **{column: F(column) for column in COLUMNS},
    FLOOR: Case(When(needs_floor(), then=Value("yes")), default=Value("no")),
    SAFE: F("care"),
    MINE: Joined(
        *[Case(When(condition, then=Value(f"{word} ")), default=Value("")) for word, condition in SHELF.items()]
    ),
}


def total_of(counts: Counts) -> int:
    return counts[EVERY][""]


def _by_columns(rows: ExerciseQuerySet, facets: list[str]) -> QuerySet[Any, Any]:
    """Rows of names of facets, one word for each, number."""
    words: list[Any] = [_WORDS[facet] for facet in facets]
    told = Joined(*[part for word in words for part in (word, Value("|"))])
    grouped: QuerySet[Any, Any] = rows.order_by().values(told=told).annotate(number=Count("pk"))
    return grouped.values_list(Value("|".join(facets), CharField()), "told", "number")


def _by_traits(rows: ExerciseQuerySet, facets: list[str]) -> QuerySet[Any, Any]:
    """Rows of facet, value, number."""
    traits = ExerciseTrait.objects.filter(facet__in=facets, exercise__in=rows.order_by().values("pk")).order_by()
    grouped: QuerySet[Any, Any] = traits.values(name=Cast("facet", CharField()), told=Cast("value", CharField()))
    return grouped.annotate(number=Count("pk")).values_list("name", "told", "number")


def _sorted_out(rows: QuerySet[Any, Any]) -> Counts:
    counts: Counts = {facet: Counter() for facet in (EVERY, *FACETS)}
    for names, told, number in rows:
        for facet, word in zip(names.split("|"), told.split("|"), strict=False):
            for choice in _choices_of(facet, word):
                counts[facet][choice] += number
    return counts


def _choices_of(facet: str, word: str) -> list[str]:
    """The choices of `facet` that would keep a row which is told by `word`."""
    if facet == SAFE:
        return [choice for choice, words in LETS_THROUGH.items() if word in words]
    return word.split() if facet == MINE else [word]
