"""What the builder says of one item in words."""

from __future__ import annotations

from typing import Any

from django import template

from programs.models import ProgramItem
from programs.schedule import say_days

register = template.Library()
WEEKEND = 0b1100000


@register.filter
def stage_words(item: ProgramItem, steps: list[dict[str, Any]]) -> str:
    """`Weeks 1-4`, or `Weeks 1-4 to the end`: the stages in which an item is done."""
    titles = [step["title"] for step in steps]
    first = titles[item.from_step - 1] if item.from_step <= len(titles) else ""
    last = titles[item.until_step - 1] if item.until_step and item.until_step <= len(titles) else "the end"
    return first if first == last else f"{first} to {last}"


@register.filter
def item_words(item: ProgramItem) -> list[str]:
    """What an item says besides its dose: `rest 60 s`, `only on Mon, Wed`, `at 07:30`, its note."""
    days = {
        "weekdays": lambda: f"only {'on ' if item.weekdays != WEEKEND else ''}{say_days(item.weekdays or 0)}",
        "every_days": lambda: "every other day" if item.every_days == 2 else f"every {item.every_days} days",
        "times_per_week": lambda: "once a week" if item.times_per_week == 1 else f"{item.times_per_week} times a week",
    }
    return [
        *([f"rest {item.rest_seconds} s"] if item.rest_seconds else []),
        *[words for words in (item.tempo, item.effort) if words],
        *[say() for name, say in days.items() if getattr(item, name)],
        *([f"at {' and '.join(item.slots)}"] if item.slots else []),
        *([item.note] if item.note else []),
    ]
