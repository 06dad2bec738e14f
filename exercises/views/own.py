"""A clinic's own exercises: the list, copying one from the library, offering one to everybody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from config.lib.paging import CountedPaginator
from exercises import search
from exercises.forms.own import OwnSearchForm, ProposeForm
from exercises.models import Exercise
from exercises.services import clinic_exercises
from exercises.services.clinic_exercises import CannotPropose
from patients.access import CLINIC_ADMIN, THERAPIST, Actor, Request, staff

PAGE_SIZE = 24


@staff(THERAPIST, CLINIC_ADMIN)
def own_list(request: Request) -> HttpResponse:
    """What this clinic has written, drafts and retired ones too, with where each stands."""
    actor = request.actor
    form = OwnSearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    own = Exercise.objects.own_of(actor.workplace).select_related("written_by", "working_copy").with_proposals()
    page = CountedPaginator(search.matching(own, typed), PAGE_SIZE).get_page(request.GET.get("page", 1))
    mine = set(Exercise.objects.editable_by(actor).filter(pk__in=[e.pk for e in page]).values_list("pk", flat=True))
    context = {"typed": typed, "page_obj": page, "mine": mine}
    return render(request, "exercises/own_list.html", context)


@staff(THERAPIST)
@require_POST
def own_copy(request: Request, code: str) -> HttpResponse:
    """Make a draft of the clinic's own out of any exercise that can be browsed."""
    actor = request.actor
    exercise = get_object_or_404(search.library_of(actor), code=code)
    copy = clinic_exercises.copy_to_clinic(actor=actor.user, clinic=actor.workplace, exercise=exercise)
    messages.success(request, f"“{copy.name}” is yours to change. Nobody sees it until you publish it.")
    return redirect("exercises:curation_edit", copy.code)


@staff(THERAPIST, CLINIC_ADMIN)
def own_propose(request: Request, code: str) -> HttpResponse:
    """Say why, and send a copy to the curators."""
    exercise = _to_offer(request.actor, code)
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.actor
        try:
            clinic_exercises.propose(actor=actor.user, exercise=exercise, note=form.cleaned_data["note"], now=actor.now)
        except CannotPropose:
            form.add_error(None, "Only a complete, published exercise can be offered. Publish it in your clinic first.")
        else:
            messages.success(request, "The curators have it. Your own exercise stays as it is.")
            return redirect("exercises:own_list")
    context = {"exercise": exercise, "form": form, "waiting": clinic_exercises.open_proposal(exercise)}
    return render(request, "exercises/own_propose.html", context, status=422 if form.errors else 200)


@staff(THERAPIST, CLINIC_ADMIN)
@require_POST
def own_withdraw(request: Request, code: str) -> HttpResponse:
    """Take a proposal back that nobody has decided yet."""
    exercise = _to_offer(request.actor, code)
    if clinic_exercises.withdraw(actor=request.actor.user, exercise=exercise):
        messages.success(request, "The proposal is withdrawn.")
    else:
        messages.info(request, "There was no open proposal any more.")
    return redirect("exercises:own_list")


def _to_offer(actor: Actor, code: str) -> Exercise:
    """The clinic's exercise when this person may offer it: its author, or who runs the clinic."""
    own = Exercise.objects.own_of(actor.workplace)
    if not actor.is_clinic_admin:
        own = own & Exercise.objects.editable_by(actor)
    return get_object_or_404(own, code=code)
