"""The library as it looks for one patient: each exercise with what speaks against it, or only the safe ones."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from exercises.forms.facets import Browse
from exercises.forms.picker import PickerForm, picks
from exercises.views.exercises import list_page
from patients.access import THERAPIST, Request, open_patient, staff
from programs import safety
from programs.services.prescriptions import conditions_of


@staff(THERAPIST)
def patient_library(request: Request, patient_id: UUID) -> HttpResponse:
    """Search and facets as for everybody, and how each exercise is rated for this patient."""
    actor = request.actor
    patient = open_patient(actor, patient_id, reading=None if request.htmx else "patient")
    conditions = conditions_of(patient, patient.local_today(actor.now))
    browse = Browse(request.GET, actor, safety.unsafe_for(conditions))
    address = reverse("programs:patient_library", args=[patient.pk])
    context = {"patient": patient, "conditions": conditions, "named": sorted(conditions)}
    return list_page(request, browse, address, context=context, patient=str(patient.pk))


@staff(THERAPIST)
def patient_picker(request: Request, patient_id: UUID) -> HttpResponse:
    """The rows that the program builder picks from while it is looked at for a patient."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = PickerForm(request.GET)
    if not form.is_valid():
        raise Http404
    conditions = conditions_of(patient, patient.local_today(actor.now))
    found = picks(actor, request.GET, form.cleaned_data["program"], safety.unsafe_for(conditions))
    context = {"picks": found, "patient": patient, "conditions": conditions, "suffix": f"?patient={patient.pk}"}
    return render(request, "exercises/_picks.html", context)
