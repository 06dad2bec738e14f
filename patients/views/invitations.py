"""Asking people in, and the page behind the mailed link."""

from __future__ import annotations

from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from patients.access import CLINIC_ADMIN, THERAPIST, Request, open_patient, public, require, staff
from patients.forms.invitations import InviteForm, JoinForm, StaffInviteForm
from patients.models import Invitation, User
from patients.services import invitations
from patients.views.patients import refused


@staff(THERAPIST)
def invitation_send(request: Request, patient_id: UUID) -> HttpResponse:
    """Mail the patient a link; a bare POST uses the address on record."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    data = {"email": request.POST.get("email", patient.email)} if request.method == "POST" else None
    form = InviteForm(data, initial={"email": patient.email})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            invitations.invite_patient(actor=actor.user, patient=patient, email=email, now=actor.now)
        except invitations.InvitationRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"The invitation is on its way to {email}.")
            return redirect("patients:patient_detail", patient.pk)
    context = {"form": form, "patient": patient}
    return render(request, "patients/invitation_send.html", context, status=refused(form))


@staff(CLINIC_ADMIN)
def staff_invite(request: Request) -> HttpResponse:
    actor = request.actor
    form = StaffInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite_staff(actor=actor.user, clinic=actor.workplace, now=actor.now, **form.cleaned_data)
        except invitations.InvitationRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"The invitation is on its way to {form.cleaned_data['email']}.")
            return redirect("patients:clinic_team")
    return render(request, "patients/staff_invite.html", {"form": form}, status=refused(form))


@staff(THERAPIST, CLINIC_ADMIN)
@require_POST
def invitation_revoke(request: Request, invitation_id: UUID) -> HttpResponse:
    """Stop a link: the clinic admin a colleague's, the treating therapist a patient's."""
    actor = request.actor
    rows = Invitation.objects.for_clinic(actor.clinic).select_related("patient", "clinic")
    invitation = get_object_or_404(rows, pk=invitation_id)
    if invitation.patient is None:
        require(actor, "clinic.manage", invitation.clinic)
        back = redirect("patients:clinic_team")
    else:
        open_patient(actor, invitation.patient.pk)
        back = redirect("patients:patient_detail", invitation.patient.pk)
    if invitations.revoke(actor=actor.user, invitation=invitation, now=actor.now):
        messages.success(request, "The link does not work any more.")
    else:
        messages.info(request, "This link was used or stopped before.")
    return back


@public
@never_cache
def invitation_open(request: Request, token: str) -> HttpResponse:
    """Reading the page changes nothing: mail scanners follow links too. The button uses the link."""
    now = request.actor.now
    try:
        invitation = invitations.find(token=token, now=now)
        known = invitations.account_of(invitation)
        needs_password = invitation.patient is None and not (known and known.has_usable_password())
        form = JoinForm(request.POST or None, invitation=invitation) if needs_password else None
        if request.method == "POST" and (form is None or form.is_valid()):
            chosen = form.cleaned_data if form else {}
            user = invitations.accept(token=token, now=now, **chosen)
            return _enter(request, user, is_new=form is not None or known is None)
    except invitations.LinkNotValid:
        return render(request, "patients/invitation_not_valid.html", status=404)
    context = {"invitation": invitation, "form": form, "known": known}
    return render(request, "patients/invitation_open.html", context, status=refused(form) if form else 200)


def _enter(request: Request, user: User, *, is_new: bool) -> HttpResponse:
    """Sign in whom the link alone may let in. An account with a password of its own still asks for that."""
    home = reverse("home")
    if request.user.is_authenticated and request.user.pk == user.pk:
        return redirect(home)
    if user.has_usable_password() and not is_new:
        messages.success(request, "You have joined. Sign in as usual to go on.")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': home})}")
    return perform_login(request, user, redirect_url=home)
