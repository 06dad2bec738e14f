"""The curator's home: what waits, what is missing, how much there is, and the table of everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.urls import reverse

from config.lib.htmx import page_or_partial
from config.lib.paging import CountedPaginator
from exercises.enums import EvidenceStrength, ExerciseState, Kind
from exercises.models import Exercise
from exercises.services.library import WORKING
from patients.access import CURATOR, Actor, Request, staff
from programs import cockpit
from programs.cockpit import Queue, Waiting
from programs.forms.library_table import COUNTED, Asked, Sort
from programs.usage import UNUSED, Usage, usage

PAGE_SIZE = 40
DESK = {
    ExerciseState.DRAFT: "exercises:curation_edit",
    ExerciseState.IN_REVIEW: "exercises:curation_review",
    ExerciseState.PUBLISHED: "exercises:exercise_detail",
    ExerciseState.RETIRED: "programs:curation_retire",
}
NUMBER: dict[Sort, Callable[[Usage], tuple[bool, float]]] = {
    Sort.USE: lambda one: (False, one.running),
    Sort.SKIPPED: lambda one: (one.skipped.is_thin, one.skipped.percent or 0),
    Sort.PAIN: lambda one: (one.pain.is_thin, one.pain.mean or 0),
    Sort.SWAPPED: lambda one: (one.swapped.is_thin, one.swapped.percent or 0),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the table, with how it fares and where it is opened."""

    exercise: Exercise
    usage: Usage
    url: str


@staff(CURATOR)
def curation_home(request: Request) -> HttpResponse:
    """Queues first, then everything. A fixed number of statements; htmx gets the table alone."""
    actor = request.actor
    asked = Asked(request.GET)
    context = _table(asked, actor)
    if not request.htmx:
        context |= _overview(actor)
    return page_or_partial(request, "programs/curation_home.html", "programs/_curation_table.html", context)


# --- Above the table -----------------------------------------------------------------------------------------


def _overview(actor: Actor) -> dict[str, Any]:
    waiting = cockpit.queues(actor)
    counts = cockpit.counts(actor)
    return {
        "waiting": [one for one in waiting if one.total],
        "quiet": [one for one in waiting if not one.total],
        "media": cockpit.media_in_trouble(actor),
        "gaps": cockpit.gaps(actor),
        "counts": counts,
        "states": [(state, counts.states[state]) for state in ExerciseState],
        "kinds": [(kind, counts.kinds[kind]) for kind in Kind],
        "grades": [(grade, counts.grades[grade]) for grade in EvidenceStrength],
        "sentence": _sentence(waiting),
        "addresses": {row.pk: address_of(row) for one in waiting for row in one.rows},
    }


def _sentence(waiting: Sequence[Waiting]) -> str:
    """What there is to do, in one line."""
    totals = {one.queue: one.total for one in waiting}
    to_judge = totals[Queue.REVIEW] + totals[Queue.PROPOSAL]
    parts = [
        f"{to_judge} to review" if to_judge else "",
        f"{totals[Queue.SENT_BACK]} sent back to you" if totals[Queue.SENT_BACK] else "",
        f"{totals[Queue.DUE]} with a review due" if totals[Queue.DUE] else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said}." if said else "Nothing waits for you."


def address_of(exercise: Exercise) -> str:
    """Where this curator goes on with it: to the editor, the review, the exercise, or the way back."""
    return reverse(DESK[ExerciseState(exercise.state)], args=[exercise.code.removesuffix(WORKING)])


# --- The table -----------------------------------------------------------------------------------------------


def _table(asked: Asked, actor: Actor) -> dict[str, Any]:
    page, figures = _page(asked, actor)
    rows = [Row(one, figures.get(one.pk, UNUSED), address_of(one)) for one in page]
    return {
        "asked": asked,
        "page_obj": page,
        "rows": rows,
        "columns": asked.columns(),
        "chips": asked.chips(),
        "today": actor.today,
    }


def _page(asked: Asked, actor: Actor) -> tuple[Page, dict[UUID, Usage]]:
    """The page asked for, and the figures of its rows. Sorting by a figure needs those of all rows."""
    found = asked.found(actor)
    if asked.sort not in COUNTED:
        page = CountedPaginator(found, PAGE_SIZE).get_page(asked.page)
        return page, usage(actor.today, [exercise.pk for exercise in page])
    figures = usage(actor.today)
    ids = _by_figure(list(found.values_list("pk", flat=True)), figures, asked.sort, descending=asked.descending)
    page = Paginator(ids, PAGE_SIZE).get_page(asked.page)
    return Page(cockpit.by_pk(found, list(page)), page.number, page.paginator), figures


def _by_figure(ids: list[UUID], figures: dict[UUID, Usage], sort: Sort, *, descending: bool) -> list[UUID]:
    """In order of one figure; those that rest on too few uses come last either way."""

    def key(pk: UUID) -> tuple[bool, float]:
        is_thin, number = NUMBER[sort](figures.get(pk, UNUSED))
        return is_thin, -number if descending else number

    return sorted(ids, key=key)
