"""Addresses that stand in messages. They begin with SITE_URL, never with the Host header of a request."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from config.lib import tokens

UNSUBSCRIBE = "unsubscribe"
INVITATION = "invitation"


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def home() -> str:
    """The front page, which asks for a sign-in and leads each person to their own first page."""
    return absolute(reverse("home"))


def unsubscribe(patient_id: UUID) -> str:
    """Leads to a page with one button; good for as long as the patient is."""
    return absolute(reverse("patients:unsubscribe", args=[tokens.make(UNSUBSCRIBE, str(patient_id))]))


def invitation(invitation_id: UUID) -> str:
    """The single-use way in; the row decides whether it is still good."""
    return absolute(reverse("patients:invitation_open", args=[tokens.make(INVITATION, str(invitation_id))]))
