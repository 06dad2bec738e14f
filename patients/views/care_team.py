"""Who treats a patient."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patients.access import THERAPIST, Request, may, open_patient, staff
from patients.forms.care_team import HandOverForm, SeatEndForm, SeatForm
from patients.models import CareTeam
from patients.services import care_team
from patients.views.patients import refused


@staff(THERAPIST)
def care_team_add(request: Request, patient_id: UUID) -> HttpResponse:
    """Give a colleague a seat, for good or until a day."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = SeatForm(request.POST or None, patient=patient, today=actor.today)
    if request.method == "POST" and form.is_valid():
        try:
            seat = care_team.add(actor=actor.user, patient=patient, **form.seat())
        except care_team.SeatRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"{seat.therapist} is in the care team.")
            return redirect("patients:patient_detail", patient.pk)
    return render(request, "patients/care_team_add.html", {"form": form, "patient": patient}, status=refused(form))


@staff(THERAPIST)
def care_team_hand_over(request: Request, patient_id: UUID) -> HttpResponse:
    """Hand the patient to a colleague, until a day or for good. In place on the patient's page, or as a page."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = HandOverForm(request.POST or None, patient=patient, without=actor.user, today=actor.today)
    if request.method == "POST" and form.is_valid():
        try:
            seat = care_team.hand_on(actor=actor.user, patient=patient, **form.seat())
        except care_team.SeatRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _handed_over(seat))
            stays = may(actor, "patient.read", patient)
            return redirect("patients:patient_detail", patient.pk) if stays else redirect("programs:caseload")
    template = "patients/_hand_over_form.html" if request.htmx else "patients/care_team_hand_over.html"
    return render(request, template, {"form": form, "patient": patient}, status=refused(form))


def _handed_over(seat: CareTeam) -> str:
    """`Dan Weber is handed over to Ben Okafor from 1 December 2026 until 14 December 2026.`"""
    said = f"{seat.patient.name} is handed over to {seat.therapist} from {seat.starts_on:%-d %B %Y}"
    if seat.last_day is None:
        return f"{said} for good."
    return f"{said} until {seat.last_day:%-d %B %Y}. Access ends by itself that night."


@staff(THERAPIST)
def care_team_end(request: Request, patient_id: UUID, seat_id: UUID) -> HttpResponse:
    """End a seat. Whoever ends their own goes back to the caseload."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    seats = CareTeam.objects.for_clinic(actor.clinic).select_related("patient__clinic", "therapist")
    seat = get_object_or_404(seats, pk=seat_id, patient=patient)
    form = SeatEndForm(request.POST or None, today=actor.today)
    if request.method == "POST" and form.is_valid():
        try:
            care_team.end(actor=actor.user, seat=seat, on=form.cleaned_data["on"])
        except care_team.SeatRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{seat.therapist} leaves the care team.")
            is_mine = seat.therapist_id == request.user.pk
            return redirect("programs:caseload") if is_mine else redirect("patients:patient_detail", patient.pk)
    context = {"form": form, "patient": patient, "seat": seat, "is_mine": seat.therapist_id == request.user.pk}
    return render(request, "patients/care_team_end.html", context, status=refused(form))
