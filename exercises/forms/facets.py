"""The search form of the library: one set of filters for the pages, the picker and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.functional import cached_property

from config.lib.models import storable
from config.lib.paging import CountedPaginator
from config.lib.text import has_unstorable
from config.lib.words import Word
from exercises import search
from exercises.enums import Equipment, EvidenceStrength, Kind, Level, Position, Region
from exercises.features import Unsafe
from exercises.models.exercises import ExerciseQuerySet
from patients.access import Actor

LONGEST_SEARCH = 100
WORDS: dict[str, type[Word]] = {
    "kind": Kind,
    "region": Region,
    "position": Position,
    "equipment": Equipment,
    "level": Level,
    "strength": EvidenceStrength,
}
ONE_OF = {
    "floor": [("no", "No floor needed"), ("yes", "On the floor")],
    "safe": [("allow", "No warning"), ("caution", "Nothing to avoid")],
    "exact": [("1", "Exactly as typed")],
}
ANY_OF = {name: words.choices() for name, words in WORDS.items()} | {
    "mine": [("starred", "Your favourites"), ("used", "Used lately")]
}
TOGGLES = ("safe", "mine")
LABELS = {
    "q": "Search",
    "floor": "Floor",
    "safe": "Safety",
    "exact": "Exact",
    "strength": "Evidence",
    "mine": "Yours",
} | {name: name.capitalize() for name in WORDS if name != "strength"}


def _only(choices: list[tuple[str, str]]) -> dict[str, str]:
    """A refusal that names what can be asked, not what was."""
    return {"invalid_choice": f"Choose from: {', '.join(value for value, _ in choices)}."}


def _any_of(name: str) -> filters.MultipleChoiceFilter:
    return filters.MultipleChoiceFilter(label=LABELS[name], choices=ANY_OF[name], error_messages=_only(ANY_OF[name]))


def one_of(name: str) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(label=LABELS[name], choices=ONE_OF[name], error_messages=_only(ONE_OF[name]))


class ExerciseFilter(filters.FilterSet):
    """Checks what was asked; `exercises.search` does the finding."""

    q = filters.CharFilter(label=LABELS["q"], max_length=LONGEST_SEARCH, validators=[storable])
    kind = _any_of("kind")
    region = _any_of("region")
    position = _any_of("position")
    equipment = _any_of("equipment")
    level = _any_of("level")
    strength = _any_of("strength")
    floor = one_of("floor")
    mine = _any_of("mine")
    exact = one_of("exact")

    def filter_queryset(self, queryset: ExerciseQuerySet) -> ExerciseQuerySet:
        return search.narrow(queryset, self.form.cleaned_data)


class SafeExerciseFilter(ExerciseFilter):
    """For rows that are rated for a patient."""

    safe = one_of("safe")


@dataclass(frozen=True, slots=True)
class Choice:
    """One tick box of a facet."""

    value: str
    label: str
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetChoices:
    name: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)

    @property
    def takes_one(self) -> bool:
        return self.name in ONE_OF


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    query: str


class Browse:
    """What somebody asked of the library by an address: what was understood of it, and what that finds.

    Whatever is not understood is left out and named in `notes`, so that an old link still opens the page. With
    `unsafe`, the rows are rated for a patient and may be asked for by `safe`.
    """

    def __init__(
        self,
        params: QueryDict,
        actor: Actor,
        unsafe: Unsafe | None = None,
        *,
        counted: Sequence[str] = search.FACETS,
    ) -> None:
        self.actor = actor
        library = search.library_of(actor)
        self.everything = search.rated(library, unsafe) if unsafe else library
        self.form_class = SafeExerciseFilter if unsafe else ExerciseFilter
        self.counted = [name for name in counted if name in self.form_class.base_filters]
        self.notes: list[str] = []
        self.typed = "".join(c for c in params.get("q", "")[:LONGEST_SEARCH] if not has_unstorable(c))
        self.state = self._understood(params)

    def _understood(self, params: QueryDict) -> dict[str, Any]:
        names = [name for name in self.form_class.base_filters if name not in ANY_OF]
        known = QueryDict(mutable=True)
        for name, choices in ANY_OF.items():
            wanted = list(dict.fromkeys(value for value in params.getlist(name) if value))
            kept = [value for value in wanted if value in dict(choices)]
            if len(kept) < len(wanted):
                self.notes.append(f"{LABELS[name]}: a choice that does not exist was left out.")
            known.setlist(name, kept)
        for name in names:
            known[name] = params.get(name, "")
        form = self.form_class(known, self.everything).form
        for name, errors in form.errors.items():
            self.notes.append(f"{LABELS[name]} was left out. {' '.join(map(str, errors))}")
        return {name: form.cleaned_data.get(name) or "" for name in ("q", *search.FACETS, "exact")}

    # --- What is found ---------------------------------------------------------------------------------------

    @cached_property
    def _told(self) -> tuple[str, search.Counts]:
        """What is looked for instead of words that find nothing, or "", and the numbers for it."""
        counts = search.facet_counts(self.everything, self.state, self.counted)
        if search.total_of(counts) or self.state["exact"] or not self.state["q"]:
            return "", counts
        meant = search.respelled(self.actor, self.state["q"])
        better = search.facet_counts(self.everything, self.state | {"q": meant}, self.counted) if meant else counts
        return (meant, better) if search.total_of(better) else ("", counts)

    @property
    def showing(self) -> str:
        """The words that are looked for when those typed find nothing, unless `exact` was asked."""
        return self._told[0]

    @property
    def total(self) -> int:
        return search.total_of(self._told[1])

    @property
    def found(self) -> ExerciseQuerySet:
        state = self.state | {"q": self.showing or self.state["q"]}
        return search.listed(search.narrow(self.everything, state))

    def page(self, number: Any, size: int) -> Page:
        """One page of what is found, or the nearest that there is."""
        paginator = CountedPaginator(self.found, size)
        paginator.__dict__["count"] = self.total  # known already
        return paginator.get_page(number)

    # --- The address -----------------------------------------------------------------------------------------

    def query(self, **changes: Any) -> str:
        """The address of this search with some facets changed: only what is set, `` when nothing is."""
        state = {name: value for name, value in (self.state | changes).items() if value}
        return f"?{urlencode(state, doseq=True)}" if state else ""

    @property
    def exactly(self) -> str:
        """The address that looks for what was typed and nothing else."""
        return self.query(exact="1")

    @property
    def leniently(self) -> str:
        """The address that puts slips right again."""
        return self.query(exact="")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query())

    # --- What can be ticked ----------------------------------------------------------------------------------

    @cached_property
    def facets(self) -> dict[str, FacetChoices]:
        """The tick boxes with their numbers; a choice that finds nothing is shown only while it is ticked."""
        return {name: FacetChoices(name, LABELS[name], self._choices(name)) for name in self.counted}

    @property
    def menus(self) -> list[FacetChoices]:
        """The facets that open as menus; the others stand as toggles."""
        return [facet for facet in self.facets.values() if facet.name not in TOGGLES]

    def _choices(self, name: str) -> list[Choice]:
        chosen = self.state[name] if name in ANY_OF else [self.state[name]]
        numbers = self._told[1][name]
        options = [Choice(value, label, numbers[value], value in chosen) for value, label in (ANY_OF | ONE_OF)[name]]
        return [option for option in options if option.number or option.chosen or name in TOGGLES]

    @cached_property
    def chips(self) -> list[Chip]:
        """What is ticked, each with the address without it."""
        chips = []
        for name, pairs in ANY_OF.items():
            values = list(self.state[name])
            for value in values:
                rest = [other for other in values if other != value]
                chips.append(Chip(dict(pairs)[value], self.query(**{name: rest})))
        single = [(name, self.state[name]) for name in ("floor", "safe") if self.state[name]]
        return chips + [Chip(dict(ONE_OF[name])[value], self.query(**{name: ""})) for name, value in single]
