"""Looking at what somebody wrote: the difference, the decision, and everything that was before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from config.lib.paging import CountedPaginator
from config.lib.revisions import RevisionConflict
from exercises.access import Desk, open_desk
from exercises.completeness import gaps_in, hints_in
from exercises.differences import compare
from exercises.forms.review import DecisionForm, SendBackForm, SubmitForm, VersionsForm
from exercises.models import Exercise
from exercises.services import curation
from exercises.services.content import content_of
from exercises.services.curation import Incomplete, WrongState
from exercises.versions import names_in, versions_of
from patients.access import CURATOR, THERAPIST, Request, staff

PAGE_SIZE = 25
CHANGED = "It has changed since you opened this page. Nothing was decided; look at it as it stands now."


@staff(CURATOR, THERAPIST)
def curation_review(request: Request, code: str) -> HttpResponse:
    """Published and proposed side by side, and what may be decided about it."""
    desk = open_desk(request.actor, code)
    if desk.draft is None:
        messages.info(request, "Nothing waits for a review here.")
        return redirect("exercises:curation_history", desk.code)
    return _review(request, desk, desk.draft)


def _review(request: Request, desk: Desk, draft: Exercise, *, status: int = 200, **forms: Any) -> HttpResponse:
    before = content_of(desk.published) if desk.published else {}
    after = content_of(draft)
    held = {"revision": draft.revision}
    context = {
        "desk": desk,
        "draft": draft,
        "differences": compare(before, after, names_in(before, after)),
        "gaps": gaps_in(after, request.actor.today),
        "hints": hints_in(after),
        "is_mine": not curation.may_approve(request.user, draft),
        "may_publish": draft.state in curation.publishable(draft),
        "submit_form": SubmitForm(initial=held | {"note": draft.curation_note}),
        "send_back_form": SendBackForm(initial=held),
        **forms,
    }
    return render(request, "exercises/curation_review.html", context, status=status)


@staff(CURATOR, THERAPIST)
@require_POST
def curation_submit(request: Request, code: str) -> HttpResponse:
    """Ask for a second person, from the review page."""
    desk, draft = _draft(request, code)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return _review(request, desk, draft, status=422, submit_form=form)
    data = form.cleaned_data
    try:
        curation.submit(
            actor=request.user, exercise=draft, revision=data["revision"], note=data["note"], now=request.actor.now
        )
    except Incomplete:
        messages.warning(request, "It cannot be reviewed yet: pieces are missing.")
    except RevisionConflict:
        messages.warning(request, CHANGED)
    else:
        messages.success(request, "Submitted. Another curator looks at it now.")
    return redirect("exercises:curation_review", desk.code)


@staff(CURATOR, THERAPIST)
@require_POST
def curation_send_back(request: Request, code: str) -> HttpResponse:
    """Back to the writer, with a note that says what is to be mended."""
    desk, draft = _draft(request, code)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _review(request, desk, draft, status=422, send_back_form=form)
    data = form.cleaned_data
    try:
        curation.send_back(
            actor=request.user, exercise=draft, revision=data["revision"], note=data["note"], now=request.actor.now
        )
    except RevisionConflict:
        messages.warning(request, CHANGED)
    else:
        messages.success(request, "Sent back with your note.")
    return redirect("exercises:curation_review", desk.code)


@staff(CURATOR, THERAPIST)
@require_POST
def curation_discard(request: Request, code: str) -> HttpResponse:
    """Throw the draft away. A published exercise stays as it is."""
    desk = open_desk(request.actor, code)
    form = DecisionForm(request.POST)
    if desk.draft is None or not form.is_valid():
        messages.info(request, "There was nothing to discard.")
        return redirect("exercises:exercise_list")
    try:
        curation.discard(actor=request.user, exercise=desk.draft, revision=form.cleaned_data["revision"])
    except RevisionConflict:
        messages.warning(request, CHANGED)
        return redirect("exercises:curation_review", desk.code)
    messages.success(request, "The draft is discarded.")
    return redirect("exercises:curation_history", desk.code) if desk.published else redirect("exercises:exercise_list")


def _draft(request: Request, code: str) -> tuple[Desk, Exercise]:
    desk = open_desk(request.actor, code)
    if desk.draft is None:
        raise Http404
    return desk, desk.draft


# --- History -----------------------------------------------------------------------------------------------------


@staff(CURATOR, THERAPIST)
def curation_history(request: Request, code: str) -> HttpResponse:
    """Every version with who, when and why, and the difference between any two."""
    desk = open_desk(request.actor, code)
    versions = versions_of(desk.keys)
    page = CountedPaginator(versions, PAGE_SIZE).get_page(request.GET.get("page", 1))
    form = VersionsForm(request.GET)
    context: dict[str, Any] = {"desk": desk, "page_obj": page, "form": form}
    if form.is_valid() and form.is_asked:
        older, newer = sorted(
            (get_object_or_404(versions, history_id=form.cleaned_data[name]) for name in ("older", "newer")),
            key=lambda version: version.history_id,
        )
        before, after = content_of(older), content_of(newer)
        differences = compare(before, after, names_in(before, after))
        context |= {"older": older, "newer": newer, "differences": differences}
    return render(request, "exercises/curation_history.html", context)


@staff(CURATOR, THERAPIST)
@require_POST
def curation_restore_version(request: Request, code: str) -> HttpResponse:
    """The words of an earlier version as a draft; nothing is published by it."""
    desk = open_desk(request.actor, code)
    form = VersionsForm(request.POST)
    if desk.exercise is None or not form.is_valid() or not form.cleaned_data["older"]:
        raise Http404
    version = get_object_or_404(versions_of(desk.keys), history_id=form.cleaned_data["older"])
    reason = f"Words of {version.history_date:%d %B %Y, %H:%M} brought back."
    try:
        curation.restore_version(actor=request.user, exercise=desk.exercise, version=content_of(version), reason=reason)
    except WrongState as trouble:
        messages.warning(request, str(trouble))
        return redirect("exercises:curation_history", desk.code)
    except RevisionConflict:
        messages.warning(request, CHANGED)
        return redirect("exercises:curation_history", desk.code)
    messages.success(request, "Its words are a draft now. Read them, then submit.")
    return redirect("exercises:curation_edit", desk.code)
