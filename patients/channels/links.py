"""Addresses that stand in messages. They begin with SITE_URL, never with the Host header of a request."""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from config.lib import tokens

UNSUBSCRIBE = "unsubscribe"
INVITATION = "invitation"
_TOKEN = "TOKEN"  # noqa: S105  stands where the token will


@cache
def _route(name: str, *args: str) -> str:
    """Looked up once: a sender writes thousands of the same kind."""
    return reverse(name, args=args)


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def home() -> str:
    """The front page, which asks for a sign-in and leads each person to their own first page."""
    return absolute(_route("home"))


def unsubscribe(patient_id: UUID) -> str:
    """Leads to a page with one button; good for as long as the patient is."""
    token = tokens.make(UNSUBSCRIBE, str(patient_id))
    return absolute(_route("patients:unsubscribe", _TOKEN).replace(_TOKEN, token))


def invitation(invitation_id: UUID) -> str:
    """The single-use way in; the row decides whether it is still good."""
    token = tokens.make(INVITATION, str(invitation_id))
    return absolute(_route("patients:invitation_open", _TOKEN).replace(_TOKEN, token))
