"""The search form of the library: one set of filters for the pages, the picker and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.http import QueryDict
from django.utils.functional import cached_property

from config.lib.models import storable
from config.lib.text import has_unstorable
from config.lib.words import Word
from exercises import search
from exercises.enums import Equipment, Kind, Level, Position, Region
from exercises.models.exercises import ExerciseQuerySet

LONGEST_SEARCH = 100
FLOOR_CHOICES = [("no", "No floor needed"), ("yes", "On the floor")]
WORDS: dict[str, type[Word]] = {
    "kind": Kind,
    "region": Region,
    "position": Position,
    "equipment": Equipment,
    "level": Level,
}
LABELS = {"q": "Search", "floor": "Floor"} | {name: name.capitalize() for name in WORDS}


def _only(choices: list[tuple[str, str]]) -> dict[str, str]:
    """A refusal that names what can be asked, not what was."""
    return {"invalid_choice": f"Choose from: {', '.join(value for value, _ in choices)}."}


def _any_of(name: str) -> filters.MultipleChoiceFilter:
    choices = WORDS[name].choices()
    return filters.MultipleChoiceFilter(label=LABELS[name], choices=choices, error_messages=_only(choices))


class ExerciseFilter(filters.FilterSet):
    """Checks what was asked; `exercises.search` does the finding."""

    q = filters.CharFilter(label=LABELS["q"], max_length=LONGEST_SEARCH, validators=[storable])
    kind = _any_of("kind")
    region = _any_of("region")
    position = _any_of("position")
    equipment = _any_of("equipment")
    level = _any_of("level")
    floor = filters.ChoiceFilter(label=LABELS["floor"], choices=FLOOR_CHOICES, error_messages=_only(FLOOR_CHOICES))

    def filter_queryset(self, queryset: ExerciseQuerySet) -> ExerciseQuerySet:
        return search.narrow(queryset, self.form.cleaned_data)


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


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    query: str


class Browse:
    """What somebody asked of the library by an address: what was understood of it, and what that finds.

    Whatever is not understood is left out and named in `notes`, so that an old link still opens the page.
    """

    def __init__(self, params: QueryDict, queryset: ExerciseQuerySet) -> None:
        self.everything = queryset
        self.notes: list[str] = []
        self.typed = "".join(c for c in params.get("q", "")[:LONGEST_SEARCH] if not has_unstorable(c))
        self.state = self._understood(params)

    def _understood(self, params: QueryDict) -> dict[str, Any]:
        known = QueryDict(mutable=True)
        for name, words in WORDS.items():
            wanted = list(dict.fromkeys(value for value in params.getlist(name) if value))
            kept = [value for value in wanted if value in set(words)]
            if len(kept) < len(wanted):
                self.notes.append(f"{LABELS[name]}: a choice that does not exist was left out.")
            known.setlist(name, kept)
        for name in ("q", "floor"):
            known[name] = params.get(name, "")
        form = ExerciseFilter(known, self.everything).form
        for name, errors in form.errors.items():
            self.notes.append(f"{LABELS[name]} was left out. {' '.join(map(str, errors))}")
        return {name: form.cleaned_data.get(name) or "" for name in ("q", *search.FACETS)}

    @cached_property
    def found(self) -> ExerciseQuerySet:
        return search.narrow(self.everything, self.state)

    def query(self, **changes: Any) -> str:
        """The address of this search with some facets changed: only what is set, `` when nothing is."""
        state = {name: value for name, value in (self.state | changes).items() if value}
        return f"?{urlencode(state, doseq=True)}" if state else ""

    @cached_property
    def facets(self) -> list[FacetChoices]:
        """The tick boxes with their numbers; a choice that finds nothing is shown only while it is ticked."""
        counts = search.facet_counts(self.everything, self.state)
        pairs = {name: words.choices() for name, words in WORDS.items()} | {"floor": FLOOR_CHOICES}
        return [FacetChoices(name, LABELS[name], self._choices(name, counts[name], pairs[name])) for name in pairs]

    def _choices(self, name: str, counts: dict[str, int], pairs: list[tuple[str, str]]) -> list[Choice]:
        chosen = self.state[name] if name in WORDS else [self.state[name]]
        options = [Choice(value, label, counts.get(value, 0), value in chosen) for value, label in pairs]
        return [option for option in options if option.number or option.chosen]

    @cached_property
    def chips(self) -> list[Chip]:
        """What is ticked, each with the address without it."""
        chips = []
        for name, words in WORDS.items():
            values = list(self.state[name])
            for value in values:
                rest = [other for other in values if other != value]
                chips.append(Chip(words(value).label, self.query(**{name: rest})))
        if self.state["floor"]:
            chips.append(Chip(dict(FLOOR_CHOICES)[self.state["floor"]], self.query(floor="")))
        return chips
