"""Opening and correcting a patient's record, and the conditions on it."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patients.access import THERAPIST, Request, open_patient, staff
from patients.forms.patients import ConditionEndForm, ConditionForm, PatientEditForm, PatientForm
from patients.models import Patient, PatientCondition
from patients.services import invitations, patients


def refused(form: Any) -> int:
    """422 for a form with errors, so that nobody mistakes it for a saved one."""
    return 422 if form.is_bound and form.errors else 200


@staff(THERAPIST)
def patient_create(request: Request) -> HttpResponse:
    """A new record with its conditions; on request the invitation leaves with it."""
    actor = request.actor
    form = PatientForm(request.POST or None, clinic=actor.workplace, today=actor.today)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            patient = patients.create(
                actor=actor.user,
                clinic=actor.workplace,
                today=actor.today,
                conditions=form.chosen_conditions(),
                patient_id=key,
                **form.facts(),
            )
        except IntegrityError:  # the same page sent twice
            patient = open_patient(actor, key)
        else:
            messages.success(request, f"{patient.name} is in your caseload.")
            if form.cleaned_data["invite"]:
                _invite(request, patient)
        return redirect("patients:patient_detail", patient.pk)
    return render(request, "patients/patient_form.html", _with_namesakes(request, form), status=refused(form))


def _invite(request: Request, patient: Patient) -> None:
    actor = request.actor
    try:
        invitations.invite_patient(actor=actor.user, patient=patient, email=patient.email, now=actor.now)
    except invitations.InvitationRefused as refusal:
        messages.warning(request, f"No invitation was sent. {refusal}")
    else:
        messages.success(request, f"The invitation is on its way to {patient.email}.")


def _with_namesakes(request: Request, form: Any, patient: Patient | None = None) -> dict[str, Any]:
    """The page's context; a namesake gets a link where this therapist may open that record."""
    actor = request.actor
    found = [other.pk for other in form.namesakes]
    mine = Patient.objects.for_therapist(actor).filter(pk__in=found) if found else []
    return {"form": form, "patient": patient, "namesakes": mine, "has_namesake": bool(found)}


@staff(THERAPIST)
def patient_edit(request: Request, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = PatientEditForm(request.POST or None, instance=copy.copy(patient), clinic=actor.workplace, today=actor.today)
    if request.method == "POST" and form.is_valid():
        patients.update(actor=actor.user, patient=patient, now=actor.now, **form.facts())
        messages.success(request, "Saved.")
        return redirect("patients:patient_detail", patient.pk)
    return render(request, "patients/patient_form.html", _with_namesakes(request, form, patient), status=refused(form))


@staff(THERAPIST)
def condition_add(request: Request, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = ConditionForm(request.POST or None, patient=patient, today=actor.today)
    if request.method == "POST" and form.is_valid():
        try:
            row = patients.add_condition(actor=actor.user, patient=patient, **form.cleaned_data)
        except patients.AlreadyRecorded:
            form.add_error("condition", "This condition is on record already.")
        else:
            messages.success(request, f"{row} is on record.")
            return redirect("patients:patient_detail", patient.pk)
    return render(request, "patients/condition_form.html", {"form": form, "patient": patient}, status=refused(form))


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
    return render(request, "patients/condition_end.html", context, status=refused(form))


def _end(request: Request, row: PatientCondition, form: ConditionEndForm) -> bool:
    try:
        patients.end_condition(
            actor=request.actor.user,
            condition=row,
            on=form.cleaned_data["on"],
        )
    except patients.AlreadyEnded:
        return True
    messages.success(request, f"{row} does not count any more.")
    return True
