"""Series and words for what the charts show. Pure apart from the rows it is given; drawn by `chart-panel.js`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.lib.words import Word

WEEK = 7
# Fewer rated days than this in either week is too little to speak of a direction.
ENOUGH_DAYS = 2
# A change of one point on the 0-10 scale is the least we call a change.
NOTABLE = 1.0
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 96, 24, 2
MOST_PAIN = 10


class Direction(Word):
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    SMALL_DATA = "small_data"
    NOT_RATED = "not_rated"

    @property
    def label(self) -> str:
        return "few ratings" if self is Direction.SMALL_DATA else self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Trend:
    """The last seven days against the seven before, as means of the rated days."""

    direction: Direction
    week: float | None
    before: float | None

    @property
    def is_clear(self) -> bool:
        return self.direction in (Direction.RISING, Direction.FALLING, Direction.STEADY)

    @property
    def is_small(self) -> bool:
        return self.direction is Direction.SMALL_DATA

    @property
    def sentence(self) -> str:
        """`Mean 4.2 in the last 7 days, 5.6 in the 7 before.`"""
        if self.direction is Direction.NOT_RATED:
            return "No pain rating in the last 14 days."
        return f"Mean {_said(self.week)} in the last 7 days, {_said(self.before)} in the 7 before."


def _said(mean: float | None) -> str:
    return "not rated" if mean is None else f"{mean:.1f}"


def pain_trend(pain_days: Sequence[float | None]) -> Trend:
    """Which way the pain of the last 14 days goes (`PatientStatus.pain_days`: oldest first, None where not rated)."""
    before, week = [[day for day in part if day is not None] for part in (pain_days[:WEEK], pain_days[WEEK:])]
    means = [sum(part) / len(part) if part else None for part in (week, before)]
    return Trend(_direction(week, before), *means)


def _direction(week: Sequence[float], before: Sequence[float]) -> Direction:
    if not week and not before:
        return Direction.NOT_RATED
    if min(len(week), len(before)) < ENOUGH_DAYS:
        return Direction.SMALL_DATA
    change = round(sum(week) / len(week) - sum(before) / len(before), 2)
    if abs(change) < NOTABLE:
        return Direction.STEADY
    return Direction.RISING if change > 0 else Direction.FALLING


@dataclass(frozen=True, slots=True)
class Spark:
    """Two SVG paths over 96 x 24: lines through neighbouring days, and dots for lone days and for the last one."""

    line: str
    dots: str


def spark(values: Sequence[float | None], most: float = MOST_PAIN) -> Spark:
    """A small chart of pain by day. Nothing is drawn over a gap."""
    step = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(1, len(values) - 1)
    scale = (SPARK_HEIGHT - 2 * SPARK_EDGE) / most
    line, dots = "", ""
    last = max((number for number, value in enumerate(values) if value is not None), default=None)
    for number, value in enumerate(values):
        if value is None:
            continue
        place = f"{SPARK_EDGE + number * step:.0f} {SPARK_HEIGHT - SPARK_EDGE - value * scale:.1f}"
        follows = number > 0 and values[number - 1] is not None
        goes_on = number + 1 < len(values) and values[number + 1] is not None
        if follows or goes_on:
            line += f"{'L' if follows else 'M'}{place}"
        if number == last or not (follows or goes_on):
            dots += f"M{place}h0"
    return Spark(line, dots)


def ago(day: date, today: date) -> str:
    """A past day as people say it: `today`, `yesterday`, `4 days ago`, `Mon 3 Nov`, `3 Nov 2025`."""
    distance = (today - day).days
    if distance in (0, 1):
        return "today" if distance == 0 else "yesterday"
    if 1 < distance < WEEK:
        return f"{distance} days ago"
    return _dated(day, today)


def since(day: date, today: date) -> str:
    """The same for the start of something that lasts: `today`, `yesterday`, `Fri 20 Nov`."""
    return ago(day, today) if (today - day).days < 2 else _dated(day, today)


def _dated(day: date, today: date) -> str:
    return f"{day:%a} {day.day} {day:%b}" if abs((today - day).days) < 200 else f"{day.day} {day:%b %Y}"


# --- Pain and stiffness over weeks ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A thin vertical line in the chart."""

    day: date
    name: str
    tone: str = "navy"


def _days(days: Sequence[date]) -> dict[date, str]:
    return {day: f"{day.day} {day:%b}" for day in days}


def pain_chart(days: Sequence[date], pain: Sequence[float | None], marks: Sequence[Mark]) -> dict[str, Any]:
    """What `chart-panel.js` draws of pain: a line from 0 to 10 with gaps, and events as thin lines."""
    labels = _days(days)
    return {
        "labels": list(labels.values()),
        "series": [{"name": "Pain", "values": list(pain), "tone": "brand"}],
        "y": {"min": 0, "max": MOST_PAIN, "step": 2},
        "events": [{"at": labels[m.day], "name": m.name, "tone": m.tone} for m in marks if m.day in labels],
    }


def stiffness_chart(days: Sequence[date], minutes: Sequence[int | None]) -> dict[str, Any]:
    """Minutes of morning stiffness as bars; a day without an answer has no bar, and 0 has none either."""
    return {
        "labels": list(_days(days).values()),
        "series": [{"name": "Morning stiffness", "values": list(minutes), "tone": "navy", "kind": "bar"}],
        "y": {"min": 0, "step": 30},
    }
