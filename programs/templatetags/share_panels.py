"""The list of open links to a handout, for the prescription's page."""

from __future__ import annotations

from typing import Any

from django import template

from programs.models import Prescription, ShareLink
from programs.services import sharing

register = template.Library()


@register.simple_tag(takes_context=True)
def open_links(context: dict[str, Any], prescription: Prescription) -> list[ShareLink]:
    """Links to this prescription that open a page now, the newest first."""
    return sharing.open_links(prescription, context["request"].actor.now)
