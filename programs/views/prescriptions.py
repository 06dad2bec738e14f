"""One prescription as its therapist sees it: what is in force, what was weighed, and its end."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patients.access import THERAPIST, Actor, Request, open_patient, staff
from programs.forms.prescriptions import EndForm
from programs.models import Prescription
from programs.services import editions, prescriptions
from programs.services.prescriptions import EndRefused


def _opened(actor: Actor, prescription_id: UUID, *, reading: str | None = None) -> Prescription:
    """Scope, then the right to treat this patient; the patient comes along."""
    found = Prescription.objects.for_clinic(actor.clinic).select_related("created_by", "program")
    found = found.prefetch_related("versions__items__exercise", "versions__items__decisions__decided_by")
    prescription = get_object_or_404(found, pk=prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id, reading=reading)
    return prescription


def _page(request: Request, prescription: Prescription, form: EndForm, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    today = prescription.patient.local_today(actor.now)
    is_over = prescription.ends_on is not None and prescription.ends_on < today
    version = prescription.version_on(max(today, prescription.starts_on))
    if version:
        editions.reword(version.items.all(), today)
    context = {
        "prescription": prescription,
        "patient": prescription.patient,
        "version": version,
        "today": today,
        "is_over": is_over,
        "is_running": prescription.starts_on <= today and not is_over,
        "can_withdraw": not prescription.sessions.exists(),
        "form": form,
    }
    return render(request, "programs/prescription_detail.html", context, status=status)


@staff(THERAPIST)
def prescription_detail(request: Request, prescription_id: UUID) -> HttpResponse:
    actor: Actor = request.actor
    prescription = _opened(actor, prescription_id, reading="prescription")
    today = prescription.patient.local_today(actor.now)
    return _page(
        request, prescription, EndForm(initial={"on": prescription.ends_on or max(today, prescription.starts_on)})
    )


@staff(THERAPIST)
@require_POST
def prescription_end(request: Request, prescription_id: UUID) -> HttpResponse:
    """End on a day, or with `withdraw` take back what nobody has used yet."""
    actor: Actor = request.actor
    prescription = _opened(actor, prescription_id)
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
