"""Writing an exercise: the editor, and what it says while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.lib.revisions import RevisionConflict
from exercises import duplicates, search
from exercises.access import Desk, new_desk, open_desk
from exercises.completeness import gaps_in, hints_in, pieces_of, reading_in
from exercises.differences import compare
from exercises.duplicates import Similar
from exercises.enums import ExerciseState
from exercises.forms.editor import EditorForm, FindForm, dose_of
from exercises.models import Exercise
from exercises.services import curation
from exercises.services.content import content_of, put
from exercises.services.curation import Incomplete, WrongState
from patients.access import CURATOR, THERAPIST, Request, staff

MOST_FOUND = 6
Deed = Literal["look", "save", "submit"]


@staff(CURATOR, THERAPIST)
def curation_new(request: Request) -> HttpResponse:
    """A new exercise: a curator's for everybody, a therapist's for the clinic."""
    desk = new_desk(request.actor, own=request.GET.get("for") == "clinic")
    form = _form(request, desk)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {"content": form.content, "reason": data["reason"]}
        try:
            draft = curation.create(actor=request.user, clinic=desk.clinic, key=data["key"], **words)
        except WrongState as trouble:
            form.add_error(None, str(trouble))
        else:
            return _go_on(request, form, draft)
    return _page(request, desk, form, status=422 if form.errors else 200)


@staff(CURATOR, THERAPIST)
def curation_edit(request: Request, code: str) -> HttpResponse:
    """Change a draft, or begin or go on with the working copy of a published exercise."""
    desk = open_desk(request.actor, code)
    if desk.is_retired:
        messages.info(request, "It is retired. Restore it before you change it.")
        return redirect("exercises:curation_history", desk.code)
    form = _form(request, desk)
    if request.method == "POST" and form.is_valid():
        try:
            return _go_on(request, form, _store(request, desk, form))
        except RevisionConflict:
            return _conflict(request, form, open_desk(request.actor, code))
    return _page(request, desk, form, status=422 if form.errors else 200)


def _form(request: Request, desk: Desk) -> EditorForm:
    deed: Deed = "submit" if request.POST.get("do") == "submit" else "save"
    data = request.POST if request.method == "POST" else None
    return EditorForm(data, desk=desk, today=request.actor.today, do=deed, **_revisions(desk))


def _revisions(desk: Desk) -> dict[str, int]:
    """What the next save is made from: the draft as it stands, or else the published words."""
    if desk.draft:
        return {"revision": desk.draft.revision, "base": 0}
    return {"revision": 0, "base": desk.published.revision if desk.published else 0}


def _store(request: Request, desk: Desk, form: EditorForm) -> Exercise:
    data = form.cleaned_data
    words: dict[str, Any] = {"actor": request.user, "content": form.content, "reason": data["reason"]}
    if desk.draft:
        return curation.save(exercise=desk.draft, revision=data["revision"] or 0, **words)
    if desk.published is None or data["revision"]:
        raise RevisionConflict  # the draft that this page was about is gone
    return curation.change(exercise=desk.published, revision=data["base"] or 0, **words)


def _go_on(request: Request, form: EditorForm, draft: Exercise) -> HttpResponse:
    """Where a stored draft leads: back into the editor, or to the second person."""
    if draft.state == ExerciseState.PUBLISHED:
        messages.info(request, "Nothing was changed.")
        return redirect("exercises:curation_edit", draft.code)
    code = draft.replaces.code if draft.replaces else draft.code
    if form.do == "save":
        messages.success(request, "Saved as a draft.")
        return redirect("exercises:curation_edit", code)
    if not draft.shared:
        return redirect("exercises:curation_review", code)
    return hand_in(request, draft, code, form.cleaned_data["reason"])


def hand_in(request: Request, draft: Exercise, code: str, note: str) -> HttpResponse:
    """Submit what is stored; while pieces are missing, lead back to them."""
    try:
        curation.submit(actor=request.user, exercise=draft, revision=draft.revision, note=note, now=request.actor.now)
    except Incomplete as missing:
        count = len(missing.gaps)
        pieces = "one piece is" if count == 1 else f"{count} pieces are"
        messages.warning(request, f"Saved as a draft. It cannot be reviewed yet: {pieces} missing.")
        return redirect("exercises:curation_edit", code)
    messages.success(request, "Submitted. Another curator looks at it now.")
    return redirect("exercises:curation_review", code)


def _page(request: Request, desk: Desk, form: EditorForm, *, status: int, **more: Any) -> HttpResponse:
    content = form.content if form.is_bound else content_of(desk.exercise) if desk.exercise else form.fresh
    context = {"desk": desk, "form": form, "panel": _panel(request, content), "asks": _asks(request, desk), **more}
    if form.is_bound:
        context["similar"] = _similar(desk, content)
    return render(request, "exercises/curation_edit.html", context, status=status)


def _conflict(request: Request, form: EditorForm, desk: Desk) -> HttpResponse:
    """Somebody was faster. Theirs stands; what was typed stays in the form, beside what differs."""
    stored = desk.exercise
    theirs = content_of(stored) if stored else {}
    form.hold_on(**_revisions(desk))
    conflict = {
        "differences": compare(theirs, form.content, form.neighbour_names),
        "who": stored.written_by if stored else None,
        "when": stored.updated_at if stored else None,
        "is_gone": desk.draft is None,
    }
    return _page(request, desk, form, status=409, conflict=conflict)


# --- While somebody types --------------------------------------------------------------------------------------


def _panel(request: Request, content: dict[str, Any]) -> dict[str, Any]:
    gaps = gaps_in(content, request.actor.today)
    total = len(pieces_of(content))
    return {
        "exercise": put(Exercise(), content),
        "gaps": gaps,
        "hints": hints_in(content),
        "reading": reading_in(content),
        "total": total,
        "there": total - len({gap.field for gap in gaps}),
        "dose": dose_of(content),
    }


@staff(CURATOR, THERAPIST)
@require_POST
def curation_gaps(request: Request) -> HttpResponse:
    """What is missing in what is typed, and how it reads. Stores nothing."""
    form = EditorForm(request.POST, desk=Desk(None), today=request.actor.today, do="look")
    form.is_valid()
    return render(request, "exercises/_curation_gaps.html", {"panel": _panel(request, form.content)})


@staff(CURATOR, THERAPIST)
@require_POST
def curation_similar(request: Request) -> HttpResponse:
    """Exercises with a name or alias near to what is typed. Stores nothing."""
    desk = _desk_of(request)
    form = EditorForm(request.POST, desk=desk, today=request.actor.today, do="look")
    form.is_valid()
    similar = _similar(desk, form.content)
    return render(request, "exercises/_curation_similar.html", {"similar": similar})


def _similar(desk: Desk, content: Mapping[str, Any]) -> list[Similar]:
    return duplicates.similar_to([content["name"], *content["aliases"]], desk.in_sight, without=desk.keys)


@staff(CURATOR, THERAPIST)
def curation_find(request: Request) -> HttpResponse:
    """Exercises to name as a neighbour: the first few that fit what is typed into the box of one `slot`."""
    form = FindForm(request.GET)
    if not form.is_valid():
        raise Http404
    desk = _desk_of(request)
    typed = form.cleaned_data[form.cleaned_data["slot"]]
    rows = search.narrow(desk.library.exclude(pk__in=desk.keys), {"q": typed}) if typed else Exercise.objects.none()
    context = {"found": list(search.listed(rows)[:MOST_FOUND]), "typed": typed}
    return render(request, "exercises/_curation_found.html", context)


def _asks(request: Request, desk: Desk) -> str:
    """The query by which the live parts of the page say at which desk they are."""
    if desk.code:
        return f"?code={desk.code}"
    return "?for=clinic" if request.GET.get("for") == "clinic" else ""


def _desk_of(request: Request) -> Desk:
    """The desk of the page that asks: the exercise in its `code`, or a new one."""
    code = request.GET.get("code", "")
    own = request.GET.get("for") == "clinic"
    return open_desk(request.actor, code) if code else new_desk(request.actor, own=own)
