"""Browsing the library: the list, one exercise, its star, and the rows that the program builder picks from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.lib.htmx import page_or_partial
from exercises import search
from exercises.features import Unsafe
from exercises.forms.facets import Browse
from exercises.forms.picker import PickerForm, StarForm, picks
from exercises.models import Exercise
from exercises.services import shelf
from patients.access import Actor, Request, staff

PAGE_SIZE = 24
NOTHING = Unsafe(avoid=frozenset(), caution=frozenset())


def list_page(
    request: Request, browse: Browse, address: str, *, context: dict[str, Any] | None = None, **carried: str
) -> HttpResponse:
    """The library with search and facets at `address`, which holds the state; htmx swaps the results.

    What is `carried` goes along to the page of an exercise.
    """
    page = browse.page(request.GET.get("page", 1), PAGE_SIZE)
    number = page.number if page.number > 1 else ""
    shown = {
        "browse": browse,
        "page_obj": page,
        "list_url": address,
        "here": address + browse.query(page=number),
        "query": browse.query(page=number, **carried),
        **(context or {}),
    }
    response = page_or_partial(request, "exercises/exercise_list.html", "exercises/_results.html", shown)
    if request.htmx:
        response.headers["HX-Replace-Url"] = address + browse.query(page=number)
    return response


@staff()
def exercise_list(request: Request) -> HttpResponse:
    """The library as this person may browse it."""
    return list_page(request, Browse(request.GET, request.actor), reverse("exercises:exercise_list"))


@staff()
def exercise_detail(request: Request, code: str) -> HttpResponse:
    """One exercise in full. The search it was found by stays in the address, for the way back."""
    library = search.library_of(request.actor)
    exercise = library.filter(code=code).first()
    if exercise is None:
        return redirect("exercises:exercise_detail", _merged_into(request.actor, code).code)
    patient = _patient_named(request)
    browse = Browse(request.GET, request.actor, NOTHING if patient else None)  # for its address alone
    number = request.GET.get("page", "")
    page = number if number.isascii() and number.isdecimal() and len(number) < 6 else ""
    carried = browse.query(page=page, patient=patient)
    context = {
        "exercise": exercise,
        "neighbours": search.neighbours_of(exercise, library),
        "query": browse.query(page=page),
        "carried": carried,
        "here": reverse("exercises:exercise_detail", args=[exercise.code]) + carried,
        "is_narrowed": browse.is_narrowed,
    }
    return render(request, "exercises/exercise_detail.html", context)


def _merged_into(actor: Actor, code: str) -> Exercise:
    """What an exercise was merged into, so that an old address leads on."""
    old = Exercise.objects.for_actor(actor).filter(code=code)
    return get_object_or_404(search.library_of(actor), merged__in=old)


def _patient_named(request: Request) -> str:
    """The patient in the address when it is one, to carry on; who may see what of them is asked elsewhere."""
    try:
        return str(UUID(request.GET.get("patient", "")))
    except ValueError:
        return ""


@staff()
@require_POST
def star(request: Request, code: str) -> HttpResponse:
    """Keep an exercise among one's favourites, or take it out. htmx gets the new button and mark."""
    exercise = get_object_or_404(search.library_of(request.actor), code=code)
    form = StarForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Say with starred=1 or starred=0 whether it is to be a favourite.", status=422)
    is_starred = form.cleaned_data["starred"] == "1"
    shelf.set_star(actor=request.user, exercise=exercise, is_starred=is_starred, now=request.actor.now)
    if request.htmx:
        exercise.is_starred = is_starred
        worded = form.cleaned_data["worded"]
        return render(request, "exercises/_star.html", {"exercise": exercise, "worded": worded, "is_answer": True})
    back = form.cleaned_data["back"]
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else reverse("exercises:exercise_detail", args=[exercise.code]))


@staff()
def exercise_picker(request: Request) -> HttpResponse:
    """The rows that the program builder picks from; `program` says where their buttons add to."""
    form = PickerForm(request.GET)
    if not form.is_valid():
        raise Http404
    found = picks(request.actor, request.GET, form.cleaned_data["program"])
    return render(request, "exercises/_picks.html", {"picks": found})
