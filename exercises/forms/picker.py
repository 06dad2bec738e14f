"""What the program builder asks of the library: a search, and the program that rows are added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from config.lib.forms import HouseForm
from config.lib.paging import CountedPaginator
from exercises.enums import Kind
from exercises.forms.facets import Browse
from exercises.models import Exercise
from patients.access import Actor

MOST_PICKS = 20


class PickerForm(HouseForm, forms.Form):
    program = forms.UUIDField(required=False)


@dataclass(frozen=True, slots=True)
class Picks:
    """The best rows for a search, how many there are in all, and the program they may be added to."""

    browse: Browse
    rows: list[Any]
    total: int
    program_id: UUID | None
    kinds = Kind.choices()


def picks(actor: Actor, params: QueryDict, program_id: UUID | None = None) -> Picks:
    """Rows to pick from, for the first page of the builder and for every keystroke after it."""
    browse = Browse(params, Exercise.objects.for_actor(actor).published())
    page = CountedPaginator(browse.found, MOST_PICKS).get_page(1)
    return Picks(browse, list(page.object_list), page.paginator.count, program_id)
