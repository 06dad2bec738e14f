"""Opening and correcting a patient's record."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from patients.access import THERAPIST, Request, open_patient, staff
from patients.forms.patients import PatientEditForm, PatientForm
from patients.models import Patient
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
