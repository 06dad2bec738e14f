"""Links to a handout that open without a login and name nobody. The secret is in the address alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from patients import audit
from patients.models import User
from programs.models import Prescription, ShareLink

LIFETIME = timedelta(days=7)
MOST_OPEN = 10  # links to one prescription at a time
LONGEST = 100  # characters of a token that are worth a look


class LinkNotValid(Exception):
    """Never made, over, taken back, or what it led to has ended. Nobody learns which."""


class TooManyLinks(Exception):
    """One of the open links has to be taken back first."""


def open_links(prescription: Prescription, now: datetime) -> list[ShareLink]:
    """Those that open a page now, the newest first."""
    return list(ShareLink.objects.filter(prescription=prescription).open_at(now).select_related("created_by"))


@transaction.atomic
def create(*, actor: User, prescription: Prescription, now: datetime) -> tuple[ShareLink, str]:
    """A link for seven days, and its secret, which nobody can read again later."""
    Prescription.objects.select_for_update(no_key=True).get(pk=prescription.pk)
    if ShareLink.objects.filter(prescription=prescription).open_at(now).count() >= MOST_OPEN:
        raise TooManyLinks
    token = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        prescription=prescription, token_digest=_digest(token), expires_at=now + LIFETIME, created_by=actor
    )
    audit.record(actor, "share.create", link, patient=prescription.patient)
    return link, token


@transaction.atomic
def revoke(*, actor: User, link: ShareLink, now: datetime) -> ShareLink:
    """Close the link from now on. Closing it again changes nothing."""
    if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        audit.record(actor, "share.revoke", link, patient=link.prescription.patient)
    link.refresh_from_db(fields=["revoked_at"])
    return link


def find(*, token: str, now: datetime) -> Prescription:
    """What an open link leads to, with versions and items loaded. Raises LinkNotValid."""
    links = ShareLink.objects.open_at(now).filter(token_digest=_digest(token)) if len(token) <= LONGEST else None
    link = links.select_related("prescription__patient__clinic").first() if links is not None else None
    if link is None or link.prescription.patient.archived_at is not None:
        raise LinkNotValid
    prescription = link.prescription
    if prescription.ends_on and prescription.ends_on < prescription.patient.local_today(now):
        raise LinkNotValid
    return prescription


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
