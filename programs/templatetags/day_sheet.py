"""Small words for the pages of a day."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import template

from programs.enums import SkipReason
from programs.schedule import say_days
from programs.today import Occurrence

register = template.Library()
STIFFNESS = [(0, "0"), (15, "15"), (30, "30"), (60, "60"), (90, "90"), (120, "120+")]


@register.simple_tag
def fresh_uuid() -> UUID:
    """The id of a write that may follow from this form; a script makes a newer one when it can."""
    return uuid4()


@register.simple_tag
def skip_reasons() -> list[SkipReason]:
    return list(SkipReason)


@register.simple_tag
def stiffness_steps() -> list[tuple[int, str]]:
    return STIFFNESS


@register.filter
def reason_words(reason: str) -> str:
    return SkipReason(reason).label if reason else ""


@register.filter
def day_words(weekdays: int) -> str:
    """`Mon, Wed, Fri` for a mask of weekdays."""
    return say_days(weekdays)


@register.simple_tag
def open_values(occurrences: list[Occurrence]) -> list[str]:
    """What "all done" will answer: `prescription|slot|item` for each exercise without an answer."""
    return [f"{one.prescription_id}|{one.slot}|{line.item.pk}" for one in occurrences for line in one.open_lines]
