"""What the program builder asks of the library: a search, and the program that rows are added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from config.lib.forms import HouseForm
from config.lib.words import Word
from exercises.enums import Equipment, Kind, Region
from exercises.features import Unsafe
from exercises.forms.facets import Browse
from patients.access import Actor

MOST_PICKS = 20
NARROW: dict[str, tuple[str, type[Word]]] = {
    "kind": ("Kind", Kind),
    "region": ("Region", Region),
    "equipment": ("Equipment", Equipment),
}
BESIDE = ("floor", "safe", "mine")  # what can be ticked beside the search, with numbers


class PickerForm(HouseForm, forms.Form):
    program = forms.UUIDField(required=False)


class StarForm(HouseForm, forms.Form):
    """Whether an exercise is to be a favourite, and the page to go back to without JavaScript."""

    starred = forms.ChoiceField(choices=[("1", "Favourite"), ("0", "Not a favourite")])
    worded = forms.BooleanField(required=False)
    back = forms.CharField(required=False, max_length=2000)


@dataclass(frozen=True, slots=True)
class Menu:
    """One drop-down list: its name in the address, its label, the words for no choice, the choices."""

    name: str
    label: str
    everything: str
    choices: list[tuple[str, str]]
    chosen: list[str]


@dataclass(frozen=True, slots=True)
class Picks:
    """The best rows for a search, how many there are in all, and the program they may be added to."""

    browse: Browse
    rows: list[Any]
    program_id: UUID | None

    @property
    def menus(self) -> list[Menu]:
        """The drop-down lists beside the search, with what is chosen in each."""
        return [
            Menu(name, words.__name__, everything, words.choices(), self.browse.state[name])
            for name, (everything, words) in NARROW.items()
        ]

    @property
    def total(self) -> int:
        return self.browse.total

    @property
    def exactly(self) -> str:
        """The address that looks for what was typed and nothing else."""
        return self.browse.query(exact="1", program=self.program_id or "")


def picks(actor: Actor, params: QueryDict, program_id: UUID | None = None, unsafe: Unsafe | None = None) -> Picks:
    """Rows to pick from, for the first page of the builder and for every keystroke after it.

    With `unsafe` the rows are rated for a patient, and `safe` narrows them.
    """
    browse = Browse(params, actor, unsafe, counted=BESIDE)
    return Picks(browse, list(browse.page(1, MOST_PICKS)), program_id)
