"""A clinic's staff: who works there, and the end of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from patients import audit
from patients.enums import Role
from patients.models import Clinic, Membership, User


class LastAdmin(Exception):
    """Without this person nobody could run the clinic."""


@transaction.atomic
def end_membership(*, actor: User, membership: Membership, now: datetime) -> Membership:
    """End one role. Access ends with the next request. Ending it again changes nothing."""
    Clinic.objects.select_for_update().get(pk=membership.clinic_id)
    membership.refresh_from_db()
    if membership.ended_at is not None:
        return membership
    if membership.role == Role.CLINIC_ADMIN and not _other_admins(membership):
        raise LastAdmin
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    audit.record(actor, "membership.end", membership, user=str(membership.user_id), role=membership.role)
    return membership


def _other_admins(membership: Membership) -> bool:
    admins = Membership.objects.for_clinic(membership.clinic).current().filter(role=Role.CLINIC_ADMIN)
    return admins.exclude(pk=membership.pk).exists()
