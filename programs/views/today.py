"""The patient's day: what is due, and the answers to it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from patients.access import Request, patient
from patients.services.diary import LogConflict, LogRefused
from programs.forms.sessions import OPEN, AllDoneForm, SessionForm
from programs.models import Prescription
from programs.services import sessions
from programs.services.sessions import SessionDraft
from programs.today import key_of
from programs.views.sheets import Problem, Undo, answer, show

SAID = {"done": "done", "partly": "partly done", "skipped": "skipped. That is fine", "open": "open again"}


@patient
@require_GET
def today(request: Request) -> HttpResponse:
    """What is due now, later and done."""
    return show(request, request.actor.today)


@patient
@require_GET
def day(request: Request, day: date) -> HttpResponse:
    """One day of the past: the last seven can be corrected, older ones read."""
    if day > request.actor.today:
        raise Http404
    return show(request, day)


@patient
@require_POST
def session_log(request: Request) -> HttpResponse:
    """One answer, rating or note."""
    actor = request.actor
    form = SessionForm(request.POST)
    typed = request.POST.get("note", "")
    if not form.is_valid():
        problem = Problem.of_form(form, _touched(form), typed)
        return answer(request, _day_of(form.cleaned_data, actor.today), problem=problem)
    draft = form.draft
    try:
        sessions.log(
            actor=request.user,
            patient=actor.own_record,
            draft=draft,
            client_uuid=form.cleaned_data["client_uuid"],
            now=actor.now,
        )
    except (LogRefused, LogConflict) as refusal:
        _hide_foreign(actor, [draft])
        problem = Problem.of_refusal(refusal, _touched(form), typed)
        return answer(request, _day_of(form.cleaned_data, actor.today), problem=problem)
    text, undo = _said(form.cleaned_data, draft)
    return answer(request, draft.local_date, text=text, undo=undo, touched=[_touched(form)])


@patient
@require_POST
def session_all_done(request: Request) -> HttpResponse:
    """Everything that was open, done in one answer, with one rating."""
    actor = request.actor
    form = AllDoneForm(request.POST)
    if not form.is_valid():
        return answer(request, _day_of(form.cleaned_data, actor.today), problem=Problem.of_form(form, ""))
    drafts = form.drafts
    try:
        sessions.log_all(
            actor=request.user,
            patient=actor.own_record,
            drafts=drafts,
            client_uuid=form.cleaned_data["client_uuid"],
            now=actor.now,
        )
    except (LogRefused, LogConflict) as refusal:
        _hide_foreign(actor, drafts)
        problem = Problem.of_refusal(refusal, "")
        return answer(request, _day_of(form.cleaned_data, actor.today), problem=problem)
    is_undo = form.cleaned_data["answer"] == OPEN
    text = "Open again." if is_undo else _all_said(drafts)
    undo = None if is_undo else _undo_all(request, drafts)
    touched = [f"card-{key_of(item, slot)}" for _, slot, item in form.cleaned_data["lines"]]
    touched += [f"after-{key_of(draft.prescription_id, draft.slot)}" for draft in drafts]
    return answer(request, drafts[0].local_date, text=text, undo=undo, touched=touched)


def _day_of(data: dict[str, Any], today: date) -> date:
    """The day to show after a refusal: the one that was meant when it can be shown at all."""
    meant = data.get("local_date") or today
    return min(meant, today)


def _touched(form: SessionForm) -> str:
    """The element of the page that this write came from."""
    data = form.cleaned_data
    prescription, item, slot = data.get("prescription"), data.get("item"), data.get("slot") or ""
    if item:
        return f"card-{key_of(item, slot)}"
    if not prescription:
        return ""
    part = next((part for part in ("before", "after") if f"pain_{part}" in form.data), "note")
    return f"{part}-{key_of(prescription, slot)}"


def _hide_foreign(actor: Any, drafts: list[SessionDraft]) -> None:
    """Somebody else's program or exercise is not there at all."""
    own = Prescription.objects.for_actor(actor)
    for draft in drafts:
        get_object_or_404(own, pk=draft.prescription_id)
        for entry in draft.entries:
            _require_own_item(own, entry.item_id)


def _require_own_item(own: Any, item_id: UUID) -> None:
    if not own.filter(versions__items=item_id).exists():
        raise Http404


def _said(data: dict[str, Any], draft: SessionDraft) -> tuple[str, Undo | None]:
    """What to tell after a write, and the write that takes it back."""
    url = reverse("programs:session_log")
    base = {"prescription": draft.prescription_id, "local_date": draft.local_date, "slot": draft.slot}
    if data["item"]:
        status = data["answer"].partition(":")[0]
        back = base | {"item": data["item"], "answer": data["was"] or OPEN, "was": data["answer"]}
        what = ", with another exercise" if draft.entries[0].swapped_to else ""
        return f"Saved: {SAID[status]}{what}.", Undo(url, back)
    for name in ("pain_before", "pain_after"):
        if data[name]:
            said = "Rating taken back." if data[name] == "none" else f"Saved: pain {data[name]}."
            return said, Undo(url, base | {name: data["was_pain"] or "none", "was_pain": data[name]})
    return "Note saved.", None


def _all_said(drafts: list[SessionDraft]) -> str:
    pain = drafts[-1].pain_after
    return "All done, saved." if pain is None else f"All done, pain {pain}. Saved."


def _undo_all(request: Request, drafts: list[SessionDraft]) -> Undo:
    fields = {
        "local_date": drafts[0].local_date,
        "answer": OPEN,
        "lines": request.POST.getlist("lines"),
        "pain": "none" if drafts[-1].pain_after is not None else "",
    }
    return Undo(reverse("programs:session_all_done"), fields)
