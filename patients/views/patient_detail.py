"""One patient's page. What programs know of them comes in as panels of that app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from config.lib.clock import local_date
from patients.access import THERAPIST, Request, open_patient, staff
from patients.models import CareTeam, Delivery, Invitation, Patient, PatientCondition

LAST_DELIVERIES = 5


@dataclass(frozen=True, slots=True)
class Login:
    """How far the patient's way in is. `is_needed`: somebody has to send a link."""

    icon: str
    text: str
    is_needed: bool = False
    invitation: Invitation | None = None


@staff(THERAPIST)
def patient_detail(request: Request, patient_id: UUID) -> HttpResponse:
    """Everything about one patient on one page; the read is written down."""
    actor = request.actor
    patient = open_patient(actor, patient_id, reading="patient")
    today = patient.local_today(actor.now)
    context = {
        "patient": patient,
        "today": today,
        "age": patient.age_on(today),
        # As text: a template would turn an instant back into the server's own time zone.
        "clock": f"{actor.now.astimezone(ZoneInfo(patient.time_zone)):%H:%M}",
        "login": _login(patient, actor.now),
        "conditions": list(PatientCondition.objects.for_clinic(actor.clinic).filter(patient=patient).in_force(today)),
        "seats": _seats(patient, today),
        "deliveries": _deliveries(patient),
    }
    return render(request, "patients/patient_detail.html", context)


def _seats(patient: Patient, today: date) -> list[CareTeam]:
    """Who treats the patient now or will, the lead first."""
    seats = CareTeam.objects.for_clinic(patient.clinic).filter(
        Q(ended_on=None) | Q(ended_on__gt=today), patient=patient
    )
    return list(seats.select_related("therapist").order_by("-is_lead", "starts_on", "pk"))


def _deliveries(patient: Patient) -> list[Delivery]:
    """The last reminders. They begin once the patient has come in."""
    if patient.user is None:
        return []
    return list(Delivery.objects.for_clinic(patient.clinic).reminders_to(patient)[:LAST_DELIVERIES])


def _login(patient: Patient, now: datetime) -> Login:
    if patient.user and patient.user.last_login:
        return Login("person-check", f"Signed in last on {_day(patient.user.last_login, patient)}")
    if patient.user:
        return Login("person-check", "Has a login, not used yet")
    invitation = Invitation.objects.for_clinic(patient.clinic).filter(patient=patient).order_by("-created_at").first()
    if invitation is None:
        return Login("envelope", "Not invited yet", is_needed=True)
    if invitation.revoked_at:
        return Login("envelope", "The invitation was withdrawn", is_needed=True)
    if invitation.expires_at <= now:
        return Login("envelope", f"The invitation ran out on {_day(invitation.expires_at, patient)}", is_needed=True)
    sent = _day(invitation.created_at, patient)
    return Login("hourglass-split", f"Invited on {sent}, not opened yet", invitation=invitation)


def _day(moment: datetime, patient: Patient) -> str:
    day = local_date(moment, patient.time_zone)
    return f"{day.day} {day:%B %Y}"
