"""One prescription as its therapist sees it: what runs now, what is planned, and its end."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patients.access import THERAPIST, Actor, Request, open_patient, staff
from programs import change_words
from programs.forms.prescriptions import EndForm
from programs.models import Pause, Prescription, PrescriptionVersion, Program
from programs.services import editions, plans, prescriptions
from programs.services.prescriptions import EndRefused

WHOLE = (
    "versions__items__exercise",
    "versions__items__alternatives__exercise",
    "versions__items__decisions__decided_by",
    "versions__items__decisions__alternative",
)


def opened(actor: Actor, prescription_id: UUID, *, reading: str | None = None, whole: bool = False) -> Prescription:
    """Scope, then the right to treat this patient; the patient comes along, and with `whole` every version."""
    found = Prescription.objects.for_clinic(actor.clinic).select_related("created_by", "program")
    if whole:
        found = found.prefetch_related("versions__created_by", *WHOLE)
    prescription = get_object_or_404(found, pk=prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id, reading=reading)
    return prescription


def pauses_of(actor: Actor, prescription: Prescription) -> list[Pause]:
    """Its own pauses and those of everything that the patient does, the latest first."""
    found = Pause.objects.for_clinic(actor.clinic).filter(patient=prescription.patient)
    return list(found.filter(Q(prescription=prescription) | Q(prescription=None)).select_related("created_by"))


def draft_of(actor: Actor, prescription: Prescription) -> Program | None:
    """The change that somebody is preparing."""
    found = Program.objects.drafts_for(actor).select_related("created_by", "base")
    return found.filter(prescription=prescription).first()


def _planned(prescription: Prescription, today: date) -> list[dict[str, Any]]:
    """Each version ahead, with what differs then."""
    versions = list(prescription.versions.all())
    differences = plans.since_each(versions)
    start = max(today, prescription.starts_on)
    return [
        {"version": version, "sentences": change_words.sentences(differences[version])}
        for version in plans.planned_after(versions, start)
    ]


def _page(request: Request, prescription: Prescription, form: EndForm, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    today = prescription.patient.local_today(actor.now)
    is_over = prescription.ends_on is not None and prescription.ends_on < today
    version: PrescriptionVersion | None = prescription.version_on(max(today, prescription.starts_on))
    if version:
        editions.reword(version.items.all(), today)
    pauses = [pause for pause in pauses_of(actor, prescription) if pause.last_day is None or pause.last_day >= today]
    context = {
        "prescription": prescription,
        "patient": prescription.patient,
        "version": version,
        "today": today,
        "is_over": is_over,
        "is_running": prescription.starts_on <= today and not is_over,
        "paused": next((pause for pause in pauses if pause.starts_on <= today), None),
        "pauses": pauses,
        "planned": _planned(prescription, today),
        "draft": None if is_over else draft_of(actor, prescription),
        "can_withdraw": not prescription.sessions.exists(),
        "form": form,
    }
    return render(request, "programs/prescription_detail.html", context, status=status)


@staff(THERAPIST)
def prescription_detail(request: Request, prescription_id: UUID) -> HttpResponse:
    """The home of one prescription; the read is written down."""
    actor: Actor = request.actor
    prescription = opened(actor, prescription_id, reading="prescription", whole=True)
    today = prescription.patient.local_today(actor.now)
    last = prescription.ends_on or max(today, prescription.starts_on)
    return _page(request, prescription, EndForm(initial={"on": last}))


@staff(THERAPIST)
@require_POST
def prescription_end(request: Request, prescription_id: UUID) -> HttpResponse:
    """End on a day, or with `withdraw` take back what nobody has used yet."""
    actor: Actor = request.actor
    prescription = opened(actor, prescription_id, whole=True)
    form = EndForm(request.POST)
    is_valid = form.is_valid()
    try:
        if "withdraw" in request.POST:
            prescriptions.withdraw(actor=actor.user, prescription=prescription, now=actor.now)
            messages.success(request, f"“{prescription.title}” is taken back.")
            return redirect("patients:patient_detail", prescription.patient_id)
        if is_valid:
            on = form.cleaned_data["on"]
            prescriptions.end(actor=actor.user, prescription=prescription, on=on, now=actor.now)
            messages.success(request, f"“{prescription.title}” ends on {on:%-d %B %Y}.")
            return redirect("programs:prescription_detail", prescription.pk)
    except EndRefused as refusal:
        form.add_error("on", str(refusal))
    return _page(request, prescription, form, status=422)
