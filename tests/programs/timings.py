"""A reader of FHIR Timings that knows nothing of our schedules: which days does this resource ask for?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

CODES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def days_of(timing: dict[str, Any], first: date, last: date) -> set[date]:
    """The days from `first` to `last` on which the timing asks for something; for "n times a week" all it allows."""
    repeat = timing.get("repeat")
    if repeat is None:
        return set()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    paused = [one["valuePeriod"] for one in timing.get("modifierExtension", []) if one["url"].endswith("/pause")]
    return {day for day in days if _asks(repeat, day) and not any(_within(period, day) for period in paused)}


def _asks(repeat: dict[str, Any], day: date) -> bool:
    bounds = repeat["boundsPeriod"]
    if not _within(bounds, day) or CODES[day.weekday()] not in repeat.get("dayOfWeek", CODES):
        return False
    if repeat["periodUnit"] == "wk":
        return True
    return (day - date.fromisoformat(bounds["start"])).days % repeat["period"] == 0


def _within(period: dict[str, str], day: date) -> bool:
    return period["start"] <= day.isoformat() <= period.get("end", "9999-12-31")
