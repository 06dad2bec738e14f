"""Conditions of a patient that matter for safety. What runs is looked at again with each of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patients.access import THERAPIST, Request, open_patient, staff
from patients.conditions import Condition
from patients.forms.patients import ConditionEndForm, ConditionForm
from patients.models import PatientCondition
from patients.services import patients
from patients.views.patients import refused
from programs.services import facts


@staff(THERAPIST)
def condition_add(request: Request, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = ConditionForm(request.POST or None, patient=patient, today=actor.today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = facts.add_condition(
                actor=actor.user,
                patient=patient,
                condition=Condition(data["condition"]),
                since=data["since"],
                note=data["note"],
                now=actor.now,
            )
        except patients.AlreadyRecorded:
            form.add_error("condition", "This condition is on record already.")
        else:
            messages.success(request, f"{row} is on record.")
            return redirect("patients:patient_detail", patient.pk)
    return render(request, "programs/condition_form.html", {"form": form, "patient": patient}, status=refused(form))


@staff(THERAPIST)
def condition_end(request: Request, patient_id: UUID, condition_id: UUID) -> HttpResponse:
    """A person says that a condition counts no more; ending it again leads back without a change."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    row = get_object_or_404(
        PatientCondition.objects.for_clinic(actor.clinic).select_related("patient"), pk=condition_id, patient=patient
    )
    form = ConditionEndForm(request.POST or None, condition=row, today=actor.today)
    if row.ended_on or (request.method == "POST" and form.is_valid() and _end(request, row, form)):
        return redirect("patients:patient_detail", patient.pk)
    context = {"form": form, "patient": patient, "condition": row}
    return render(request, "programs/condition_end.html", context, status=refused(form))


def _end(request: Request, row: PatientCondition, form: ConditionEndForm) -> bool:
    try:
        facts.end_condition(actor=request.actor.user, condition=row, on=form.cleaned_data["on"], now=request.actor.now)
    except patients.AlreadyEnded:
        return True
    messages.success(request, f"{row} does not count any more.")
    return True
