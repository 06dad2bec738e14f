"""The clinic admin's page, and the switch for people who work in two clinics."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patients.access import CLINIC_ADMIN, Request, staff
from patients.forms.clinics import ClinicChoiceForm, HandOverForm
from patients.middleware import CLINIC_KEY
from patients.models import Invitation, Membership
from patients.services import care_team, clinics


@staff(CLINIC_ADMIN)
def clinic_team(request: Request) -> HttpResponse:
    """Who works here, who is asked to join, and which patients have lost their therapist."""
    return _page(request)


def _page(request: Request, failed: HandOverForm | None = None) -> HttpResponse:
    actor = request.actor
    staff_rows = Membership.objects.for_clinic(actor.clinic).current().select_related("user")
    invited = Invitation.objects.for_clinic(actor.clinic).open_at(actor.now).filter(patient=None)
    context = {
        "clinic": actor.clinic,
        "memberships": staff_rows.order_by("user__name", "user__email", "role"),
        "invitations": invited.select_related("invited_by").order_by("-created_at"),
        "left_alone": care_team.without_therapist(clinic=actor.workplace, on=actor.today),
        "therapists": list(care_team.colleagues(actor.workplace)),
        "failed": failed,
    }
    return render(request, "patients/clinic_team.html", context, status=422 if failed else 200)


@staff(CLINIC_ADMIN)
def membership_end(request: Request, membership_id: UUID) -> HttpResponse:
    """Ask once, then end a role. The last admin stays."""
    actor = request.actor
    rows = Membership.objects.for_clinic(actor.clinic).select_related("user", "clinic")
    membership = get_object_or_404(rows, pk=membership_id)
    refusal = ""
    if request.method == "POST":
        try:
            clinics.end_membership(actor=actor.user, membership=membership, now=actor.now)
        except clinics.LastAdmin:
            refusal = "This is the clinic's last admin. Invite another one first."
        else:
            messages.success(request, f"{membership.user} no longer has this role.")
            is_mine = membership.user_id == request.user.pk
            return redirect("home" if is_mine else "patients:clinic_team")
    context = {"membership": membership, "refusal": refusal}
    return render(request, "patients/membership_end.html", context, status=422 if refusal else 200)


@staff(CLINIC_ADMIN)
@require_POST
def hand_over(request: Request) -> HttpResponse:
    """Give a patient without a therapist to a colleague."""
    actor = request.actor
    form = HandOverForm(request.POST, clinic=actor.workplace)
    if not form.is_valid():
        return _page(request, form)
    patient, therapist = form.cleaned_data["patient"], form.cleaned_data["therapist"]
    try:
        care_team.hand_over(actor=actor.user, patient=patient, therapist=therapist, on=actor.today)
    except care_team.SeatRefused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"{therapist} now treats {patient.name}.")
    return redirect("patients:clinic_team")


@staff()
@require_POST
def clinic_switch(request: Request) -> HttpResponse:
    """Work in another of one's own clinics from here on."""
    actor = request.actor
    form = ClinicChoiceForm(request.POST)
    mine = {membership.clinic_id for membership in actor.memberships}
    if not form.is_valid() or form.clinic_id() not in mine:
        raise Http404
    request.session[CLINIC_KEY] = str(form.clinic_id())
    return redirect("home")
