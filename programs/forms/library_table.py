"""What a curator asks of the library table by its address. Whatever is not understood is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, FloatField, IntegerField, Q, Value, When
from django.db.models.functions import Cast, NullIf
from django.http import QueryDict

from config.lib.text import has_unstorable
from config.lib.words import Word
from exercises import search
from exercises.completeness import FACETS, PARTICULAR_WORDS, WANTED
from exercises.enums import EvidenceStrength, ExerciseState, Kind
from exercises.models.exercises import ExerciseQuerySet
from exercises.search.text import closeness
from patients.access import Actor
from programs import cockpit
from programs.cockpit import Lack, Queue
from programs.usage import ENOUGH

LONGEST_SEARCH = 100
PIECES = sorted({*WANTED, *FACETS, *PARTICULAR_WORDS, "aliases", "dose", "steps"})


def _share(number: str, of: str) -> Any:
    return Cast(F(f"usage__{number}"), FloatField()) / NullIf(F(f"usage__{of}"), Value(0))


class Due(Word):
    OVERDUE = "overdue"
    SOON = "soon"
    NONE = "none"


class Sort(Word):
    NAME = "name"
    REVIEW = "review"
    CHANGED = "changed"
    USE = "use"
    SKIPPED = "skipped"
    PAIN = "pain"
    SWAPPED = "swapped"


LABELS = {
    Sort.NAME: "Exercise",
    Sort.REVIEW: "Review due",
    Sort.CHANGED: "Changed",
    Sort.USE: "In use",
    Sort.SKIPPED: "Skipped",
    Sort.PAIN: "Pain after",
    Sort.SWAPPED: "Swapped out",
}
DUE_LABELS = {Due.OVERDUE: "Review overdue", Due.SOON: "Review due in 30 days", Due.NONE: "No review date"}
IMPORTED = [("yes", "Imported"), ("no", "Written here")]
# The first click on a column shows what asks for a look.
FIRST_UP = {Sort.NAME, Sort.REVIEW}
# Each figure with the number it rests on, as columns of the rollup.
FIGURES = {
    Sort.SKIPPED: (_share("skips", "answers"), "answers"),
    Sort.PAIN: (F("usage__pain_change"), "pain_sessions"),
    Sort.SWAPPED: (_share("swaps", "changes"), "changes"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One sortable head of the table."""

    label: str
    query: str
    aria: str
    icon: str


@dataclass(frozen=True, slots=True)
class Menu:
    """One select of the filter bar."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    query: str


CHOICES: dict[str, list[tuple[str, str]]] = {
    "state": ExerciseState.choices(),
    "kind": Kind.choices(),
    "grade": [(grade.value, f"Evidence {grade.value}") for grade in EvidenceStrength],
    "due": [(due.value, label) for due, label in DUE_LABELS.items()],
    "lack": [(lack.value, lack.label) for lack in Lack]
    + [(name, f"No {name.replace('_', ' ').removesuffix(' on')}") for name in PIECES],
    "imported": IMPORTED,
    "show": [(queue.value, queue.label) for queue in Queue],
}
MENUS = {
    "state": "Any state",
    "kind": "Any kind",
    "grade": "Any evidence",
    "due": "Any review date",
    "lack": "Any gap",
    "imported": "From anywhere",
}


class Asked:
    """Search, filters and order, each valid; and the addresses that change one of them."""

    def __init__(self, params: QueryDict) -> None:
        self.text = "".join(c for c in params.get("q", "") if not has_unstorable(c))[:LONGEST_SEARCH].strip()
        self.state = {name: _one_of(params.get(name, ""), choices) for name, choices in CHOICES.items()}
        sort = params.get("sort", "")
        name = sort.removeprefix("-")
        self.sort = Sort(name) if name in set(Sort) else Sort.NAME
        self.descending = sort.startswith("-") and name in set(Sort)
        self.page = params.get("page", "1")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or any(self.state.values()))

    @property
    def sort_value(self) -> str:
        """The order as the address says it; nothing for the usual one."""
        value = f"-{self.sort}" if self.descending else str(self.sort)
        return "" if value == Sort.NAME else value

    def query(self, **changes: Any) -> str:
        """The address with some parts changed; only what is set, "?" when nothing is."""
        state = {"q": self.text, **self.state, "sort": self.sort_value} | changes
        return f"?{urlencode({name: value for name, value in state.items() if value})}"

    def columns(self) -> dict[str, Column]:
        return {sort.value: self._column(sort) for sort in Sort}

    def _column(self, sort: Sort) -> Column:
        if sort is not self.sort:
            value = str(sort) if sort in FIRST_UP else f"-{sort}"
            return Column(LABELS[sort], self.query(sort=value), "", "chevron-expand")
        if self.descending:
            return Column(LABELS[sort], self.query(sort=str(sort)), "descending", "sort-down")
        return Column(LABELS[sort], self.query(sort=f"-{sort}"), "ascending", "sort-up")

    def menus(self) -> list[Menu]:
        return [Menu(name, label, CHOICES[name], self.state[name]) for name, label in MENUS.items()]

    def chips(self) -> list[Chip]:
        """What is set, each with the address without it."""
        return [
            Chip(dict(CHOICES[name])[value], self.query(**{name: ""})) for name, value in self.state.items() if value
        ]

    # --- What it finds ---------------------------------------------------------------------------------------

    def found(self, actor: Actor) -> ExerciseQuerySet:
        """The rows that fit, in the order asked for where the database knows it, else by name."""
        rows = cockpit.library(actor)
        if self.state["show"]:
            rows = cockpit.with_last_move(rows).filter(
                cockpit.in_queue(Queue(self.state["show"]), actor.user, actor.today)
            )
        rows = rows.filter(self._wanted(actor.today))
        near = [] if self.sort_value else closeness(self.text)
        return search.matching(rows, self.text).order_by(*near, *self._order())

    def _wanted(self, today: date) -> Q:
        state = self.state
        wanted = Q()
        for name, column in (("state", "state"), ("kind", "kind"), ("grade", "strength")):
            if state[name]:
                wanted &= Q(**{column: state[name]})
        if state["due"]:
            wanted &= _due(Due(state["due"]), today)
        if state["lack"]:
            wanted &= _lacking(state["lack"])
        if state["imported"]:
            wanted &= Q(imported_from="") if state["imported"] == "no" else ~Q(imported_from="")
        return wanted

    def _order(self) -> list[Any]:
        """Figures that rest on too little come last either way. What is in use is sorted where it is counted."""
        columns = {Sort.REVIEW: F("review_due_on"), Sort.CHANGED: F("updated_at")}
        column: Any = columns.get(self.sort, F("name"))
        before: list[Any] = []
        if self.sort in FIGURES:
            column, rests_on = FIGURES[self.sort]
            enough = Case(When(**{f"usage__{rests_on}__gte": ENOUGH}, then=0), default=1, output_field=IntegerField())
            before = [enough]
        if self.descending and self.sort is not Sort.USE:
            return [*before, column.desc(nulls_last=True), "-pk"]
        return [*before, column.asc(nulls_last=True), "name", "pk"]


def _one_of(value: str, choices: list[tuple[str, str]]) -> str:
    return value if value in dict(choices) else ""


def _due(due: Due, today: date) -> Q:
    published = Q(state=ExerciseState.PUBLISHED)
    if due is Due.NONE:
        return published & Q(review_due_on=None)
    until = today - timedelta(days=1) if due is Due.OVERDUE else today + cockpit.REVIEW_AHEAD
    return published & Q(review_due_on__lte=until)


def _lacking(name: str) -> Q:
    return cockpit.lacking(Lack(name)) if name in set(Lack) else cockpit.lacks_piece(name)
