"""Browsing the library: the list, one exercise, and the rows that the program builder picks from."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from config.lib.htmx import page_or_partial
from config.lib.paging import CountedPaginator
from exercises.forms.facets import Browse
from exercises.forms.picker import PickerForm, picks
from exercises.models import Exercise
from exercises.search import neighbours_of
from patients.access import Request, staff

PAGE_SIZE = 24


def _browse(request: Request) -> Browse:
    library = Exercise.objects.for_actor(request.actor).published()
    return Browse(request.GET, library)


@staff()
def exercise_list(request: Request) -> HttpResponse:
    """The library with search and facets. The address holds the state; htmx swaps the results."""
    browse = _browse(request)
    page = CountedPaginator(browse.found, PAGE_SIZE).get_page(request.GET.get("page", 1))
    query = browse.query(page=page.number if page.number > 1 else "")
    context = {"browse": browse, "page_obj": page, "query": query}
    response = page_or_partial(request, "exercises/exercise_list.html", "exercises/_results.html", context)
    if request.htmx:
        response.headers["HX-Replace-Url"] = reverse("exercises:exercise_list") + query
    return response


@staff()
def exercise_detail(request: Request, code: str) -> HttpResponse:
    """One exercise in full. The search it was found by stays in the address, for the way back."""
    library = Exercise.objects.for_actor(request.actor).published()
    exercise = get_object_or_404(library, code=code)
    browse = Browse(request.GET, library)
    page = request.GET.get("page", "")
    query = browse.query(page=page if page.isascii() and page.isdecimal() and len(page) < 6 else "")
    context = {
        "exercise": exercise,
        "neighbours": neighbours_of(exercise, library),
        "query": query,
        "is_narrowed": bool(browse.query()),
    }
    return render(request, "exercises/exercise_detail.html", context)


@staff()
def exercise_picker(request: Request) -> HttpResponse:
    """The rows that the program builder picks from; `program` says where their buttons add to."""
    form = PickerForm(request.GET)
    if not form.is_valid():
        raise Http404
    found = picks(request.actor, request.GET, form.cleaned_data["program"])
    return render(request, "exercises/_picks.html", {"picks": found})
