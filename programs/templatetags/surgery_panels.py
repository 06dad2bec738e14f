"""Hip replacements on a patient's page: how long ago or ahead, what counts, and when to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template

from patients.conditions import Condition
from patients.enums import Approach
from patients.models import AuditEvent, Patient, PatientCondition, Surgery
from patients.precautions import Operation, conditions_on

register = template.Library()


@dataclass(frozen=True, slots=True)
class Seen:
    """One surgery as it is shown on a day."""

    row: Surgery
    when: str
    counts: Condition | None
    told_by: str
    is_time_to_ask: bool

    @property
    def is_cleared(self) -> bool:
        return self.row.cleared_on is not None


@register.simple_tag(takes_context=True)
def derived_conditions(
    context: dict[str, Any], patient: Patient, recorded: Iterable[PatientCondition]
) -> list[Condition]:
    """What follows today from the operations, besides what is `recorded` by hand."""
    known = {row.word for row in recorded}
    operations = [_operation(row) for row in _rows(context["request"], patient)]
    return sorted(conditions_on(_today(context, patient), operations, known) - known)


@register.inclusion_tag("programs/_surgery_panel.html", takes_context=True)
def surgery_panel(context: dict[str, Any], patient: Patient) -> dict[str, Any]:
    """The operations of a patient whom the view has opened, newest first, and what follows from them today."""
    today, rows = _today(context, patient), _rows(context["request"], patient)
    told = _told(patient) if any(row.cleared_on for row in rows) else {}
    seen = [_seen(row, today, told.get(row.pk, "")) for row in rows]
    is_stiff = Condition.THA_WITH_STIFF_SPINE in context.get("derived", ())
    return {"patient": patient, "surgeries": seen, "today": today, "is_stiff": is_stiff}


def _today(context: dict[str, Any], patient: Patient) -> date:
    return patient.local_today(context["request"].actor.now)


def _rows(request: Any, patient: Patient) -> list[Surgery]:
    """Looked up once a request."""
    if not hasattr(request, "_surgeries"):
        rows = Surgery.objects.for_clinic(patient.clinic).filter(patient=patient)
        request._surgeries = list(rows.select_related("cleared_by"))
    return request._surgeries


def _operation(row: Surgery) -> Operation:
    return Operation(Approach(row.approach), row.operated_on, row.cleared_on)


def _told(patient: Patient) -> dict[Any, str]:
    events = AuditEvent.objects.for_clinic(patient.clinic).filter(patient=patient, verb="surgery.clear")
    return dict(events.order_by("created_at").values_list("object_id", "reason"))


def _seen(row: Surgery, today: date, told_by: str) -> Seen:
    asks = row.cleared_on is None and row.precautions_until is not None and row.precautions_until <= today
    return Seen(row, say_weeks(row.operated_on, today), _operation(row).condition_on(today), told_by, asks)


def say_weeks(day: date, today: date) -> str:
    """`today`, `in 3 weeks`, `9 days ago`, `5 weeks ago`, `3 years ago`: whole ones, as programs count them."""
    days = (today - day).days
    if days == 0:
        return "today"
    number, word = _largest(abs(days))
    said = f"{number} {word}" if number == 1 else f"{number} {word}s"
    return f"{said} ago" if days > 0 else f"in {said}"


def _largest(days: int) -> tuple[int, str]:
    if days < 14:
        return days, "day"
    return (days // 7, "week") if days < 2 * 365 else (days // 365, "year")
