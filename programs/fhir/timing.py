"""When something is due as a FHIR Timing: the same days as `programs.schedule`, and the pauses within them.

Days are counted from the start of the bounds, so an "every other day" begins its bounds on the first day that is due.
FHIR has no way to leave days out; pauses are a modifier extension, so that nobody reads past them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import lcm
from typing import Any

from programs.schedule import (
    EVERY_DAY,
    ItemPlan,
    Rule,
    Stretch,
    days_of,
    say_days,
    say_distance,
    say_slots,
    say_times,
)

DAY_CODES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True, slots=True)
class Days:
    """The days and slots that remain when a rule and an item's own days are laid over each other.

    `per_week` leaves the days to the patient; otherwise every `step`-th day from `anchor` that is in `weekdays`.
    """

    weekdays: int
    step: int
    per_week: int | None
    slots: tuple[str, ...]
    anchor: date | None

    @classmethod
    def of(cls, rule: Rule, own: ItemPlan) -> Days:
        if rule.is_flexible:  # the days are the patient's, so an item has none of its own
            return cls(EVERY_DAY, 1, rule.times_per_week or 1, own.slots or rule.slots, None)
        first, second = (EVERY_DAY if mask is None else mask for mask in (rule.weekdays, own.weekdays))
        step = lcm(rule.every_days or 1, own.every_days or 1)
        return cls(first & second, step, own.times_per_week, own.slots or rule.slots, rule.anchor or own.anchor)

    @property
    def text(self) -> str:
        """`Mon, Wed, Fri at 07:30`, `2 times a week, only Monday to Friday`."""
        often = [say_distance(self.step)] if self.step > 1 else []
        often += [say_times(self.per_week)] if self.per_week else []
        if self.weekdays != EVERY_DAY or not often:
            often.append(say_days(self.weekdays))
        days = ", only ".join(often)
        return f"{days} at {say_slots(self.slots)}" if self.slots else days

    def first_due(self, day: date) -> date:
        """The first day from `day` on from which the steps count."""
        if self.step == 1 or self.anchor is None:
            return day
        return day + timedelta(days=-(day - self.anchor).days % self.step)


@dataclass(frozen=True, slots=True)
class Course:
    """The days on which one version holds, and the pauses that touch them; both ends included, None is open."""

    first: date
    last: date | None
    pauses: tuple[Stretch, ...] = ()


def timing(rule: Rule, own: ItemPlan, course: Course | None, base: str) -> dict[str, Any]:
    """The Timing of one item. Without a `course` (a program has no dates) it has no bounds."""
    days = Days.of(rule, own)
    start = days.first_due(course.first) if course else None
    if not days.weekdays or (course and start and course.last and start > course.last):
        return {"code": {"text": "Never due in this version"}}
    told: dict[str, Any] = {"repeat": _repeat(days), "code": {"text": rule.text if own == ItemPlan() else days.text}}
    if course and start:
        told["repeat"] = {"boundsPeriod": period(start, course.last), **told["repeat"]}
        told["modifierExtension"] = [pause(one, base) for one in course.pauses]
    return {name: value for name, value in told.items() if value}


def _repeat(days: Days) -> dict[str, Any]:
    times = len(days.slots) or 1
    if days.per_week:
        told: dict[str, Any] = {"frequency": days.per_week * times, "period": 1, "periodUnit": "wk"}
    else:
        told = {"frequency": times, "period": days.step, "periodUnit": "d"}
    if days.weekdays != EVERY_DAY:
        told["dayOfWeek"] = [DAY_CODES[number] for number in days_of(days.weekdays)]
    if days.slots:
        told["timeOfDay"] = [f"{slot}:00" for slot in days.slots]
    return told


def period(first: date, last: date | None) -> dict[str, str]:
    return {"start": first.isoformat()} | ({"end": last.isoformat()} if last else {})


def pause(days: Stretch, base: str) -> dict[str, Any]:
    """Nothing is due on these days, both ends included."""
    return {"url": f"{base}/StructureDefinition/pause", "valuePeriod": period(days.first, days.last)}


def touching(pauses: Iterable[Stretch], first: date, last: date | None) -> tuple[Stretch, ...]:
    """Those that share a day with the span, in order."""
    return tuple(
        one
        for one in sorted(pauses, key=lambda one: one.first)
        if (one.last is None or one.last >= first) and (last is None or one.first <= last)
    )
