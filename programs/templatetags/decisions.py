"""What was answered to the warnings of a prescribed exercise, as the history prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from programs.enums import Rating
from programs.models import PrescriptionItem, SafetyDecision

register = template.Library()


@dataclass(slots=True)
class Answered:
    """One answer by one person on one day, and all that it answers."""

    rating: Rating
    about: str
    reason: str
    who: Any
    on: date
    rows: list[SafetyDecision] = field(default_factory=list)


@register.filter
def answers_of(item: PrescriptionItem) -> list[Answered]:
    """Worst first. Two people, or two days, are two answers. `about` names an exercise that may stand in."""
    found: dict[tuple, Answered] = {}
    for row in item.decisions.all():
        about = row.alternative.name if row.alternative_id and row.alternative else ""
        on = timezone.localdate(row.decided_at)
        key = (row.rating, about, row.reason, row.decided_by_id, on)
        answer = found.setdefault(key, Answered(Rating(row.rating), about, row.reason, row.decided_by, on))
        answer.rows.append(row)
    return sorted(found.values(), key=lambda answer: (-answer.rating, answer.about))
