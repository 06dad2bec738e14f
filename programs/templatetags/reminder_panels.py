"""Panels about reminders that pages of lower apps borrow. They take an object that is already authorised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from patients.models import Patient
from programs.services import reminders

register = template.Library()


@register.inclusion_tag("programs/_next_reminder.html")
def next_reminder(patient: Patient, now: datetime) -> dict[str, Any]:
    """When the next reminder will really be sent: days without exercises and quiet hours are left out."""
    return {"patient": patient, "occurrence": reminders.next_reminder(patient=patient, now=now)}
