"""Changing a running prescription: the draft is opened, used from a day on, or thrown away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from config.lib.revisions import RevisionConflict
from patients.access import THERAPIST, Actor, Request, staff
from programs.forms.drafts import DraftBar
from programs.models import Prescription, PrescriptionVersion, Program
from programs.services import revisions
from programs.services.prescriptions import ExerciseRetired, KeyTaken, NothingToAssign
from programs.services.revisions import ChangeRefused
from programs.services.version_writing import SafetyUnanswered
from programs.views import builder
from programs.views.prescriptions import opened

GONE = "Somebody has used or thrown away this draft meanwhile. Nothing of theirs was overwritten."
CHANGED = "This was changed elsewhere meanwhile. Nothing was overwritten; look at it once more and use it again."
EMPTY = "Add at least one exercise before you use it."


@staff(THERAPIST)
@require_POST
def prescription_change(request: Request, prescription_id: UUID) -> HttpResponse:
    """Open the one draft, begun from the version named `version` or from the newest, and go to the builder."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    try:
        draft = revisions.open_draft(
            actor=actor.user, prescription=prescription, now=actor.now, base=_named(prescription, request)
        )
    except ChangeRefused as refusal:
        messages.warning(request, refusal.message)
        return redirect("programs:prescription_detail", prescription.pk)
    return redirect("programs:program_detail", draft.pk)


def _named(prescription: Prescription, request: Request) -> PrescriptionVersion | None:
    wanted = request.POST.get("version")
    if not wanted:
        return None
    try:
        return get_object_or_404(prescription.versions, pk=UUID(wanted))
    except ValueError as error:
        raise Http404 from error


@staff(THERAPIST)
@require_POST
def draft_apply(request: Request, prescription_id: UUID) -> HttpResponse:
    """Use the draft from the chosen day on; with `look` only show what that would mean."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    if made := _made_before(prescription, request):
        return _used(request, made)
    draft = _draft(actor, prescription)
    if draft is None or str(draft.pk) != request.POST.get("draft"):
        return _gone(request, prescription)
    if "look" in request.POST:
        return _answer(request, _bar(actor, draft, prescription, request.POST, judge=False))
    bar = _bar(actor, draft, prescription, request.POST)
    if not bar.is_valid():
        return _answer(request, bar, status=422)
    return _apply(request, bar)


def _draft(actor: Actor, prescription: Prescription) -> Program | None:
    found = Program.objects.drafts_for(actor).select_related("prescription", "base").with_items()
    return found.filter(prescription=prescription).first()


def _bar(actor: Actor, draft: Program, prescription: Prescription, data: Any, *, judge: bool = True) -> DraftBar:
    return DraftBar(actor=actor, draft=draft, patient=prescription.patient, data=data, judge=judge)


def _made_before(prescription: Prescription, request: Request) -> PrescriptionVersion | None:
    """The version that this very form has made already."""
    try:
        return prescription.versions.filter(pk=UUID(request.POST.get("key", ""))).first()
    except ValueError:
        return None


def _apply(request: Request, bar: DraftBar) -> HttpResponse:
    actor, data = request.actor, bar.form.cleaned_data
    try:
        version = revisions.apply_draft(
            actor=actor.user,
            draft=bar.draft,
            revision=data["revision"],
            plan_revision=data["plan_revision"],
            effective_from=bar.day,
            change_note=data["change_note"],
            answers=bar.said(),
            now=actor.now,
            key=data["key"],
            drop_later=data["drop_later"],
        )
    except (RevisionConflict, SafetyUnanswered, ExerciseRetired, KeyTaken):
        return _conflict(request, bar)
    except NothingToAssign:
        bar.form.add_error(None, EMPTY)
    except ChangeRefused as refusal:
        bar.form.add_error("when", refusal.message)
    else:
        return _used(request, version)
    return _answer(request, bar, status=422)


def _conflict(request: Request, bar: DraftBar) -> HttpResponse:
    """As it stands now, with what was typed; somebody else may have used the draft in this very moment."""
    prescription = opened(request.actor, bar.prescription.pk)
    draft = _draft(request.actor, prescription)
    if draft is None or draft.pk != bar.draft.pk:
        return _gone(request, prescription)
    again = _bar(request.actor, draft, prescription, request.POST, judge=False)
    return _answer(request, again, status=409, alert=CHANGED)


def _answer(request: Request, bar: DraftBar, *, status: int = 200, alert: str = "") -> HttpResponse:
    if request.htmx:
        context = {"bar": bar, "alert": alert}
        return render(request, "programs/_draft_parts.html", context, status=status)
    request.draft_bar = bar  # type: ignore[attr-defined]
    return builder.show(request, bar.draft, status=status, alert=alert)


def _used(request: Request, version: PrescriptionVersion) -> HttpResponse:
    day = version.effective_from
    messages.success(request, f"The change holds from {day:%A} {day.day} {day:%B}.")
    return _go(request, reverse("programs:prescription_detail", args=[version.prescription_id]))


def _gone(request: Request, prescription: Prescription) -> HttpResponse:
    """What was typed is said back, so that nothing of it is lost."""
    note = request.POST.get("change_note", "").strip()[:500]
    messages.warning(request, f"{GONE} Your note was: “{note}”" if note else GONE)
    return _go(request, reverse("programs:prescription_detail", args=[prescription.pk]))


def _go(request: Request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@staff(THERAPIST)
@require_POST
def draft_discard(request: Request, prescription_id: UUID) -> HttpResponse:
    """Throw the draft away as it was seen. Gone already is fine."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    draft = Program.objects.drafts_for(actor).filter(prescription=prescription).first()
    revision = request.POST.get("revision", "")
    try:
        seen = int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else 0
        if draft and revisions.discard_draft(actor=actor.user, draft=draft, revision=seen):
            messages.success(request, "The draft is thrown away. The program runs on as it was.")
    except RevisionConflict:
        messages.warning(request, "The draft was changed meanwhile, so it was kept. Look at it first.")
    return redirect("programs:prescription_detail", prescription.pk)


@staff(THERAPIST)
@require_POST
def version_drop(request: Request, prescription_id: UUID, version_id: UUID) -> HttpResponse:
    """Take out a version that is only planned."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    version = prescription.versions.filter(pk=version_id).first()
    try:
        if version and revisions.drop_planned(actor=actor.user, version=version, now=actor.now):
            day = version.effective_from
            messages.success(request, f"What was planned from {day.day} {day:%B %Y} is taken out.")
    except ChangeRefused as refusal:
        messages.warning(request, refusal.message)
    return redirect("programs:prescription_detail", prescription.pk)
