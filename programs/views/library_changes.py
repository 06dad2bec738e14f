"""Changes of the library that reach into programs: publish, retire, restore. Each shows first what it touches."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.lib.revisions import RevisionConflict
from exercises.access import Desk, open_desk
from exercises.completeness import gaps_in
from exercises.models import Exercise
from exercises.services import curation
from exercises.services.content import content_of
from exercises.services.curation import Incomplete, WrongState
from patients.access import CURATOR, THERAPIST, Actor, Request, staff
from programs.forms.curation import PublishForm, ReachForm, RestoreForm, RetireForm
from programs.services import library_impact

CHANGED = "It has changed since you opened this page. Look at it as it stands now, and decide again."


# --- Publish -------------------------------------------------------------------------------------------------


@staff(CURATOR, THERAPIST)
def curation_publish(request: Request, code: str) -> HttpResponse:
    """What publishing would touch, then the act. GET changes nothing."""
    actor = request.actor
    desk = open_desk(actor, code)
    if desk.draft is None:
        messages.info(request, f"There is no draft of “{desk.name}” to publish.")
        return redirect(*_way_out(desk))
    if request.method != "POST":
        return _publish_page(request, desk, desk.draft, _fresh(PublishForm, desk, desk.draft, actor))
    form = PublishForm(request.POST, today=actor.today, is_asked=desk.published is not None)
    if not form.is_valid():
        return _publish_page(request, desk, desk.draft, form, status=422)
    return _publish(request, desk, desk.draft, form)


def _publish(request: Request, desk: Desk, draft: Exercise, form: PublishForm) -> HttpResponse:
    actor = request.actor
    try:
        done = library_impact.publish_with_impact(
            actor=actor.user,
            exercise=draft,
            revision=form.cleaned_data["revision"],
            now=actor.now,
            today=actor.today,
            note=form.cleaned_data["note"],
            applies_from=form.day,
        )
    except (RevisionConflict, WrongState, Incomplete):
        return _again(request, desk.code, PublishForm, _publish_page)
    notes = _notes(done.notes, "to look at the program")
    messages.success(request, f"“{done.exercise.name}” is published.{notes}")
    return redirect("exercises:exercise_detail", done.exercise.code)


def _publish_page(
    request: Request, desk: Desk, draft: Exercise, form: PublishForm, status: int = 200, conflict: str = ""
) -> HttpResponse:
    actor = request.actor
    matters = library_impact.matters(draft, actor.today)
    context = {
        "desk": desk,
        "draft": draft,
        "form": form,
        "conflict": conflict,
        "impact": library_impact.impact_of(desk.published, actor.today) if desk.published else None,
        "features": sorted(library_impact.new_features(draft)),
        "hits": [one for one in matters if one.patients],
        "missed": [one for one in matters if not one.patients],
        "gaps": gaps_in(content_of(draft), actor.now.date()),
        "is_own_work": not curation.may_approve(actor.user, draft),
        "is_ready": draft.state in curation.publishable(draft),
    }
    return render(request, "programs/curation_publish.html", context, status=status)


# --- Retire and restore --------------------------------------------------------------------------------------


@staff(CURATOR, THERAPIST)
def curation_retire(request: Request, code: str) -> HttpResponse:
    """What retiring would touch, then the act; of a retired one, the way back."""
    actor = request.actor
    desk = open_desk(actor, code)
    if desk.published is None:
        messages.info(request, f"“{desk.name}” was never published. Discard the draft instead.")
        return redirect(*_way_out(desk))
    exercise = desk.published
    if request.method != "POST" or desk.is_retired:
        return _retire_page(request, desk, exercise, _fresh(RetireForm, desk, exercise, actor))
    form = RetireForm(request.POST, today=actor.today)
    if not form.is_valid():
        return _retire_page(request, desk, exercise, form, status=422)
    try:
        done = library_impact.retire_with_impact(
            actor=actor.user,
            exercise=exercise,
            revision=form.cleaned_data["revision"],
            reason=form.cleaned_data["reason"],
            now=actor.now,
            today=actor.today,
            replace_by=form.day,
        )
    except (RevisionConflict, WrongState):
        return _again(request, desk.code, RetireForm, _retire_page)
    notes = _notes(done.notes, "to replace it")
    messages.success(request, f"“{exercise.name}” is retired.{notes}")
    return redirect("programs:curation_retire", desk.code)


def _retire_page(
    request: Request, desk: Desk, exercise: Exercise, form: RetireForm, status: int = 200, conflict: str = ""
) -> HttpResponse:
    context = {
        "desk": desk,
        "exercise": exercise,
        "form": form,
        "conflict": conflict,
        "impact": library_impact.impact_of(exercise, request.actor.today),
    }
    return render(request, "programs/curation_retire.html", context, status=status)


@staff(CURATOR, THERAPIST)
@require_POST
def curation_restore(request: Request, code: str) -> HttpResponse:
    """Undo of retiring."""
    actor = request.actor
    desk = open_desk(actor, code)
    form = RestoreForm(request.POST)
    if desk.published is None or not form.is_valid():
        return redirect("programs:curation_retire", desk.code)
    try:
        library_impact.restore_with_impact(
            actor=actor.user,
            exercise=desk.published,
            revision=form.cleaned_data["revision"],
            reason=form.cleaned_data["reason"],
            now=actor.now,
        )
    except RevisionConflict:
        messages.warning(request, CHANGED)
    except WrongState as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"“{desk.name}” is back in the library.")
        return redirect("exercises:exercise_detail", desk.code)
    return redirect("programs:curation_retire", desk.code)


# --- Parts ---------------------------------------------------------------------------------------------------


def _fresh(kind: Any, desk: Desk, exercise: Exercise, actor: Actor) -> Any:
    return kind(initial={"revision": exercise.revision}, today=actor.today, is_asked=desk.published is not None)


def _again(request: Request, code: str, kind: Any, page: Any) -> HttpResponse:
    """After a refusal: the page as things stand now, with what was typed."""
    desk = open_desk(request.actor, code)
    exercise = desk.draft if kind is PublishForm else desk.published
    if exercise is None:
        messages.warning(request, CHANGED)
        return redirect(*_way_out(desk))
    data = with_revision(request.POST, exercise)
    form: ReachForm = kind(data, today=request.actor.today, is_asked=desk.published is not None)
    answer: HttpResponse = page(request, desk, exercise, form, status=409, conflict=CHANGED)
    return answer


def with_revision(data: QueryDict, exercise: Exercise) -> QueryDict:
    """What was typed, to be decided on the exercise as it stands now."""
    fresh = data.copy()
    fresh["revision"] = str(exercise.revision)
    return fresh


def _way_out(desk: Desk) -> tuple[str, str]:
    return ("exercises:curation_history", desk.code)


def _notes(number: int, wanted: str) -> str:
    if not number:
        return ""
    return f" {number} work {'note asks' if number == 1 else 'notes ask'} therapists {wanted}."
