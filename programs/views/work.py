"""Settling a work note about a patient, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patients.access import THERAPIST, Request, open_patient, staff
from programs.models import WorkItem
from programs.services import work
from programs.templatetags.work_notes import work_notes_of

GONE = "A colleague has settled this note already."


def _opened(request: Request, item_id: UUID) -> WorkItem:
    """Scope, then the right to treat this patient."""
    notes = WorkItem.objects.for_clinic(request.actor.clinic).select_related("patient")
    item = get_object_or_404(notes, pk=item_id)
    item.patient = open_patient(request.actor, item.patient_id)
    return item


@staff(THERAPIST)
@require_POST
def work_settle(request: Request, item_id: UUID) -> HttpResponse:
    """The therapist has looked at the program."""
    item = _opened(request, item_id)
    is_done = work.settle(actor=request.user, item=item, now=request.actor.now)
    return _answer(request, item, undo=item if is_done else None, said="" if is_done else GONE)


@staff(THERAPIST)
@require_POST
def work_reopen(request: Request, item_id: UUID) -> HttpResponse:
    """Undo of settling."""
    item = _opened(request, item_id)
    work.reopen(actor=request.user, item=item)
    return _answer(request, item, said="The note is open again.")


def _answer(request: Request, item: WorkItem, *, undo: WorkItem | None = None, said: str = "") -> HttpResponse:
    """htmx gets the panel anew; without it the patient's page, which can still take it back."""
    if request.htmx:
        context = work_notes_of(item.patient, request.actor, undo) | {"said": said}
        return render(request, "programs/_work_panel.html", context)
    if said:
        messages.info(request, said)
    address = reverse("patients:patient_detail", args=[item.patient_id])
    return redirect(f"{address}?settled={undo.pk}#work-notes" if undo else f"{address}#work-notes")
