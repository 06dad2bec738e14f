"""Clinics and who works in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.lib.models import Row, ShortText, is_time_zone
from patients.enums import MessageKind, Paper, Role
from patients.tenancy import ClinicScopedQuerySet

if TYPE_CHECKING:
    from patients.models.users import User


class Clinic(Row):
    name = ShortText(max_length=120)
    time_zone = models.CharField(max_length=64, default="Europe/Berlin", validators=[is_time_zone])
    country = models.CharField(max_length=2, default="DE")
    paper = models.CharField(max_length=8, choices=Paper.choices(), default=Paper.A4)
    is_demo = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        return self.name


class ClinicLogo(models.Model):
    """The logo on paper, re-encoded by us as PNG; a row of its own because every page reads the clinic."""

    clinic = models.OneToOneField(Clinic, primary_key=True, on_delete=models.CASCADE, related_name="logo")
    png = models.BinaryField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Logo of {self.clinic_id}"


class MembershipQuerySet(ClinicScopedQuerySet):
    def current(self) -> Self:
        """Roles in force: not ended, and the account is active."""
        return self.filter(ended_at=None, user__is_active=True)

    def of(self, user: User) -> Self:
        return self.filter(user=user)


class Membership(Row):
    """One role of one account in one clinic. Ended rather than deleted, so that history keeps its names."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"], condition=Q(ended_at=None), name="membership_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.clinic}"


class InvitationQuerySet(ClinicScopedQuerySet):
    def open_at(self, now: datetime) -> Self:
        """Invitations that can still be used."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(Row):
    """A single-use way in. The link is signed from this row (`patients.services.invitations`); no secret is stored."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(
        max_length=20,
        choices=[(k.value, k.label) for k in (MessageKind.INVITATION, MessageKind.STAFF_INVITATION)],
        default=MessageKind.INVITATION,
    )
    email = models.EmailField(max_length=254)
    name = ShortText(max_length=150, blank=True)
    patient = models.ForeignKey(
        "patients.Patient", null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=16, choices=Role.choices(), blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_patient_or_role",
                condition=Q(patient__isnull=False, role="") | Q(patient__isnull=True) & ~Q(role=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.email}"
