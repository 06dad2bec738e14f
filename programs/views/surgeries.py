"""Hip replacements of a patient: writing them down, correcting them, and saying that the surgeon has cleared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from config.lib.revisions import RevisionConflict
from patients.access import THERAPIST, Request, open_patient, staff
from patients.forms.surgeries import ClearForm, SurgeryForm, TakeBackForm
from patients.models import Patient, PatientCondition, Surgery
from patients.precautions import REPLACED
from patients.services import surgeries
from patients.views.patients import refused
from programs.services import facts

TWICE = "An operation on this side and day is on record already."
CONFLICT = "Somebody changed this record meanwhile. What they wrote is shown below your fields; check and save again."


@staff(THERAPIST)
def surgery_add(request: Request, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = SurgeryForm(request.POST or None, patient=patient, today=actor.today)
    if request.method == "POST" and form.is_valid():
        try:
            row = facts.record_surgery(actor=actor.user, patient=patient, now=actor.now, **form.facts())
        except surgeries.AlreadyRecorded:
            form.add_error("operated_on", TWICE)
        else:
            messages.success(request, f"{row} is on record.")
            return _back(patient)
    return render(request, "programs/surgery_form.html", {"form": form, "patient": patient}, status=refused(form))


@staff(THERAPIST)
def surgery_edit(request: Request, patient_id: UUID, surgery_id: UUID) -> HttpResponse:
    """Correct the record; one that was changed meanwhile is shown beside what was typed, and nothing is lost."""
    actor = request.actor
    patient, row = _opened(request, patient_id, surgery_id)
    form = SurgeryForm(request.POST or None, patient=patient, today=actor.today, surgery=row)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or 0
            facts.change_surgery(actor=actor.user, surgery=row, revision=revision, now=actor.now, **form.facts())
        except surgeries.AlreadyRecorded:
            form.add_error("operated_on", TWICE)
        except RevisionConflict:
            theirs = _opened(request, patient_id, surgery_id)[1]
            form.add_error(None, CONFLICT)
            form.data = {**form.data.dict(), "revision": theirs.revision}  # type: ignore[attr-defined]
        else:
            messages.success(request, "Saved.")
            return _back(patient)
    context = {"form": form, "patient": patient, "surgery": row, "theirs": theirs}
    return render(request, "programs/surgery_form.html", context, status=409 if theirs else refused(form))


@staff(THERAPIST)
def surgery_clear(request: Request, patient_id: UUID, surgery_id: UUID) -> HttpResponse:
    """The surgeon has cleared, on a day, told by somebody; or the clearance is taken back, with a reason."""
    actor = request.actor
    patient, row = _opened(request, patient_id, surgery_id)
    form = _clearing(request, row)
    if request.method == "POST" and form.is_valid():
        _turn(request, row, form)
        return _back(patient)
    by_hand = PatientCondition.objects.for_clinic(actor.clinic).in_force(actor.today)
    context = {
        "form": form,
        "patient": patient,
        "surgery": row,
        "by_hand": by_hand.filter(patient=patient, condition__in=REPLACED),
    }
    return render(request, "programs/surgery_clear.html", context, status=refused(form))


def _clearing(request: Request, row: Surgery) -> Any:
    if row.cleared_on:
        return TakeBackForm(request.POST or None)
    return ClearForm(request.POST or None, surgery=row, today=request.actor.today)


def _turn(request: Request, row: Surgery, form: Any) -> None:
    """Whoever comes second finds it done and is told nothing new."""
    act = facts.clear_surgery if isinstance(form, ClearForm) else facts.take_back_clearance
    try:
        act(actor=request.actor.user, surgery=row, now=request.actor.now, **form.cleaned_data)
    except surgeries.AlreadyCleared:
        return
    messages.success(request, "Cleared." if row.cleared_on else "Precautions hold again.")


def _opened(request: Request, patient_id: UUID, surgery_id: UUID) -> tuple[Patient, Surgery]:
    patient = open_patient(request.actor, patient_id)
    rows = Surgery.objects.for_clinic(request.actor.clinic).select_related("patient__clinic")
    return patient, get_object_or_404(rows, pk=surgery_id, patient=patient)


def _back(patient: Patient) -> HttpResponse:
    return redirect("patients:patient_detail", patient.pk)
