"""The curator's home: what waits, what is missing, how much there is, and the table of everything."""

from __future__ import annotations

from collections.abc import Sequence
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
from programs import cockpit, usage
from programs.cockpit import Queue, Waiting
from programs.forms.library_table import Asked, Sort
from programs.usage import Usage

PAGE_SIZE = 40
DESK = {
    ExerciseState.DRAFT: "exercises:curation_edit",
    ExerciseState.IN_REVIEW: "exercises:curation_review",
    ExerciseState.PUBLISHED: "exercises:exercise_detail",
    ExerciseState.RETIRED: "programs:curation_retire",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the table, with how it fares and where it is opened."""

    exercise: Exercise
    in_use: int
    usage: Usage
    url: str


@staff(CURATOR)
def curation_home(request: Request) -> HttpResponse:
    """Queues first, then everything. A fixed number of statements; htmx gets the table alone."""
    actor = request.actor
    asked = Asked(request.GET)
    context = _table(asked, actor)
    if not request.htmx or request.htmx.history_restore_request:
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
    page, in_use = _page(asked, actor)
    rows = [Row(one, in_use.get(one.pk, 0), _usage_of(one), address_of(one)) for one in page]
    return {
        "asked": asked,
        "page_obj": page,
        "rows": rows,
        "columns": asked.columns(),
        "chips": asked.chips(),
        "today": actor.today,
    }


def _usage_of(exercise: Exercise) -> Usage:
    return usage.usage_of(getattr(exercise, "usage", None))


def _page(asked: Asked, actor: Actor) -> tuple[Page, dict[UUID, int]]:
    """The page asked for, and how many live prescriptions hold each of its rows; sorting by that counts all."""
    found = asked.found(actor).select_related("usage")
    if asked.sort is not Sort.USE:
        page = CountedPaginator(found, PAGE_SIZE).get_page(asked.page)
        return page, usage.running(actor.today, [exercise.pk for exercise in page])
    in_use = usage.running(actor.today)
    order = -1 if asked.descending else 1
    ids = sorted(found.values_list("pk", flat=True), key=lambda pk: order * in_use.get(pk, 0))
    page = Paginator(ids, PAGE_SIZE).get_page(asked.page)
    return Page(cockpit.by_pk(found, list(page)), page.number, page.paginator), in_use
