"""The way in: a mailed link, good once and for seven days. The row decides; the token only names it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from config.lib import tokens
from patients import audit
from patients.channels import links
from patients.enums import DeliveryState, MessageKind, Role
from patients.models import Clinic, Delivery, Invitation, Membership, Patient, User
from patients.models.clinics import InvitationQuerySet
from patients.services import messages

GOOD_FOR = timedelta(days=7)


class LinkNotValid(Exception):
    """Used, revoked, expired, changed, or never ours: whoever holds the link learns no more than that."""


class InvitationRefused(Exception):
    """This invitation cannot be written; the message says why."""


def link(invitation: Invitation) -> str:
    """The address in the mail."""
    return links.invitation(invitation.pk)


def find(*, token: str, now: datetime) -> Invitation:
    """The open invitation behind a token. Reads only. Raises LinkNotValid for every fault alike."""
    key = tokens.read(links.INVITATION, token)
    try:
        pk = UUID(key or "")
    except ValueError as error:
        raise LinkNotValid from error
    found = Invitation.objects.open_at(now).select_related("clinic", "patient", "invited_by").filter(pk=pk).first()
    if found is None or (found.patient and found.patient.archived_at):
        raise LinkNotValid
    return found


@transaction.atomic
def invite_patient(*, actor: User, patient: Patient, email: str, now: datetime) -> Invitation:
    """Mail a new link; links sent to this patient before stop working."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    _refuse_known_login(patient, email)
    _close(Invitation.objects.filter(patient=patient), now)
    if not patient.email:
        Patient.objects.filter(pk=patient.pk).update(email=email)
    invitation = Invitation.objects.create(
        clinic=patient.clinic,
        kind=MessageKind.INVITATION,
        email=email,
        name=patient.name,
        patient=patient,
        invited_by=actor,
        expires_at=now + GOOD_FOR,
    )
    _send(invitation, now, language=patient.language)
    audit.record(actor, "invitation.send", invitation)
    return invitation


def _refuse_known_login(patient: Patient, email: str) -> None:
    if patient.user and patient.user.email.lower() == email.lower():
        raise InvitationRefused("This patient can sign in already, with a code mailed to this address.")
    others = Patient.objects.for_clinic(patient.clinic).exclude(pk=patient.pk)
    if others.filter(user__email__iexact=email).exists():
        raise InvitationRefused("Another patient of this clinic signs in with this address. Ask for a different one.")


@transaction.atomic
def invite_staff(*, actor: User, clinic: Clinic, email: str, name: str, role: str, now: datetime) -> Invitation:
    """Mail a colleague a link to join `clinic` in this role; an earlier link for the same role stops working."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if Membership.objects.for_clinic(clinic).current().filter(user__email__iexact=email, role=role).exists():
        raise InvitationRefused("This person already has this role in your clinic.")
    _close(Invitation.objects.for_clinic(clinic).filter(patient=None, email__iexact=email, role=role), now)
    invitation = Invitation.objects.create(
        clinic=clinic,
        kind=MessageKind.STAFF_INVITATION,
        email=email,
        name=name,
        role=Role(role),
        invited_by=actor,
        expires_at=now + GOOD_FOR,
    )
    _send(invitation, now)
    audit.record(actor, "invitation.send", invitation, role=str(role))
    return invitation


def _send(invitation: Invitation, now: datetime, language: str = "en") -> None:
    messages.enqueue(
        kind=MessageKind(invitation.kind),
        clinic=invitation.clinic,
        address=invitation.email,
        due_at=now,
        expires_at=invitation.expires_at,
        patient=invitation.patient,
        invitation=invitation,
        language=language,
    )


@transaction.atomic
def revoke(*, actor: User, invitation: Invitation, now: datetime) -> bool:
    """Stop the link, and its mail if it has not left. False when it was used or stopped already."""
    stopped = _close(Invitation.objects.filter(pk=invitation.pk), now)
    if stopped:
        audit.record(actor, "invitation.revoke", invitation)
    return bool(stopped)


def _close(invitations: InvitationQuerySet, now: datetime) -> int:
    keys = list(invitations.filter(used_at=None, revoked_at=None).values_list("pk", flat=True))
    waiting = Delivery.objects.filter(message__invitation__in=keys, state=DeliveryState.DUE)
    waiting.update(state=DeliveryState.CANCELLED, ended_at=now, reason="The invitation was withdrawn.")
    return Invitation.objects.filter(pk__in=keys, used_at=None, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def accept(*, token: str, now: datetime, name: str = "", password: str | None = None) -> User:
    """Use the link and give its holder their account. Exactly one caller succeeds; the others get LinkNotValid.

    A password is set only for staff whose account has none; patients keep signing in by mailed code.
    """
    invitation = find(token=token, now=now)
    if not Invitation.objects.open_at(now).filter(pk=invitation.pk).update(used_at=now):
        raise LinkNotValid
    user = _account(invitation, name or invitation.name)
    if not user.is_active:
        raise LinkNotValid
    _confirm_address(user)
    if invitation.patient is not None:
        _give_record(invitation.patient, user)
    else:
        _give_role(invitation, user, password)
    audit.record(user, "invitation.accept", invitation)
    return user


def account_of(invitation: Invitation) -> User | None:
    """The account that has the invited address already."""
    return User.objects.filter(email__iexact=invitation.email).first()


def _account(invitation: Invitation, name: str) -> User:
    known = account_of(invitation)
    if known:
        return known
    try:
        with transaction.atomic():
            return User.objects.create_user(invitation.email, None, name=name)
    except IntegrityError:  # another invitation for the same address was accepted in this very moment
        return User.objects.get(email__iexact=invitation.email)


def _confirm_address(user: User) -> None:
    """The mailed link has shown that the address is theirs, so a claim of another account no longer counts."""
    if EmailAddress.objects.filter(email__iexact=user.email, verified=True).exists():
        return
    has_primary = EmailAddress.objects.filter(user=user, primary=True).exists()
    EmailAddress.objects.update_or_create(
        user=user,
        email=user.email.lower(),
        defaults={"verified": True},
        create_defaults={"verified": True, "primary": not has_primary},
    )


def _give_record(patient: Patient, user: User) -> None:
    try:
        with transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(user=user)
    except IntegrityError as error:  # this login opens another record of the same clinic
        raise LinkNotValid from error


def _give_role(invitation: Invitation, user: User, password: str | None) -> None:
    if password and not user.has_usable_password():
        user.set_password(password)
    user.name = user.name or invitation.name
    user.save(update_fields=["password", "name"])
    Membership.objects.get_or_create(clinic=invitation.clinic, user=user, role=invitation.role, ended_at=None)
