"""The bar over a draft in the builder: from which day it is used, and what the patient is told."""

from __future__ import annotations

from typing import Any

from django import template

from programs.forms.drafts import DraftBar
from programs.models import Program

register = template.Library()


@register.inclusion_tag("programs/_draft_form.html", takes_context=True)
def draft_form(context: dict[str, Any], program: Program) -> dict[str, Any]:
    """The form as it was sent, when this page answers it; else a fresh one."""
    request = context["request"]
    bar = getattr(request, "draft_bar", None)
    if bar is None:
        patient = context["patient"]
        bar = DraftBar(actor=request.actor, draft=program, patient=patient)
    return {"bar": bar, "request": request, "csrf_token": context.get("csrf_token")}
