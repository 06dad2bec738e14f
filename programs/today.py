"""How one day is laid out for a patient: what is due now, what comes later, what is done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from config.lib.words import Word
from exercises.dosage import Dose, minutes_of
from programs.enums import Variant
from programs.schedule import Plan, occurrences_on
from programs.variants import dose_in

EARLY = 60  # minutes before its time from which a planned set counts as due now
LOOK_AHEAD = 60  # days in which the next due day is looked for
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def key_of(pk: UUID, slot: str) -> str:
    """Names an exercise or a set of one time of day on a page."""
    return f"{pk}-{slot.replace(':', '') or 'any'}"


class Place(Word):
    NOW = "now"
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One exercise due, and the answer to it; an empty status means none yet. `item` carries texts and usual dose.

    `weekly_goal` is set where the exercise has a number of times a week of its own; `weekly_done` counts the other
    days of the week. `swapped_for` and `swapped_to` name the approved alternative that was done instead.
    """

    item: Any
    slot: str
    status: str = ""
    reason: str = ""
    is_edited: bool = False
    variant: Variant = Variant.NORMAL
    weekly_goal: int | None = None
    weekly_done: int = 0
    swapped_to: UUID | None = None
    swapped_for: str = ""

    @property
    def dose(self) -> Dose:
        """The dose in the variant that holds."""
        if self.variant is Variant.NORMAL or not self.item.variants.get(self.variant):
            return self.item.dose
        return Dose(**dose_in(self.variant, self.item.dose_values(), self.item.variants))

    @property
    def key(self) -> str:
        return key_of(self.item.pk, self.slot)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One set of exercises at one time of one day. Pain None means not rated, which is not 0.

    `variant` is the one whose exercises and doses it shows. `is_break`: one of several movement breaks.
    """

    prescription_id: UUID
    title: str
    slot: str
    lines: tuple[Line, ...]
    pain_before: int | None = None
    pain_after: int | None = None
    is_pain_edited: bool = False
    note: str = ""
    is_edited: bool = False
    weekly_goal: int | None = None
    weekly_done: int = 0
    place: Place = Place.NOW
    variant: Variant = Variant.NORMAL
    is_break: bool = False

    @property
    def key(self) -> str:
        return key_of(self.prescription_id, self.slot)

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if not line.status]

    @property
    def is_complete(self) -> bool:
        return not self.open_lines

    @property
    def is_extra(self) -> bool:
        """A times-per-week program whose week is full: more is welcome and not due."""
        return self.weekly_goal is not None and self.weekly_done >= self.weekly_goal and not self._is_begun

    @property
    def _is_begun(self) -> bool:
        return any(line.status for line in self.lines)

    def count(self, status: str) -> int:
        return sum(1 for line in self.lines if line.status == status)

    @property
    def tally(self) -> str:
        """`3 of 4 done, 1 skipped`: the denominator is always there."""
        words = [f"{self.count('done')} of {len(self.lines)} done"]
        words += [f"{self.count(status)} {status}" for status in ("partly", "skipped") if self.count(status)]
        return ", ".join(words)


def minute_of(clock: str) -> int:
    """`07:30` as minutes after midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def place_of(occurrence: Occurrence, clock: time | None) -> Place:
    """Where a set stands at `clock` on the patient's watch; without a clock (another day) nothing is later."""
    if occurrence.is_complete:
        return Place.DONE
    if occurrence.is_extra:
        return Place.LATER
    if clock is None or not occurrence.slot:
        return Place.NOW
    is_near = minute_of(occurrence.slot) <= clock.hour * 60 + clock.minute + EARLY
    return Place.NOW if is_near else Place.LATER


def arrange(occurrences: Iterable[Occurrence], clock: time | None) -> list[Occurrence]:
    """Now before later before done, each by time of day; sets without a time stand last in their group."""
    placed = [replace(one, place=place_of(one, clock)) for one in occurrences]
    return sorted(placed, key=lambda one: (list(Place).index(one.place), one.slot or "99:99", one.title))


def up_next(arranged: Sequence[Occurrence]) -> list[Occurrence]:
    """What "all done" speaks of: all that is due now; before the day has begun, the set that comes first."""
    now = [one for one in arranged if one.place is Place.NOW]
    is_begun = any(line.status for one in arranged for line in one.lines)
    later = [] if is_begun else [one for one in arranged if one.place is Place.LATER and not one.is_extra]
    return now or later[:1]


def spell(number: int) -> str:
    """`four`, and figures above twelve."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def say_load(lines: Sequence[Line], *, left: bool = False) -> str:
    """`Four exercises, about nine minutes.`"""
    count, minutes = len(lines), minutes_of([line.dose for line in lines])
    what = "exercise" if count == 1 else "exercises"
    unit = "minute" if minutes == 1 else "minutes"
    return f"{spell(count).capitalize()} {what}{' left' if left else ''}, about {spell(minutes)} {unit}."


def greeting(clock: time) -> str:
    if 4 <= clock.hour < 12:
        return "Good morning."
    return "Good afternoon." if 12 <= clock.hour < 18 else "Good evening."


def next_due(after: date, plans: Sequence[Plan]) -> date | None:
    """The first day after `after` on which something is due."""
    days = (after + timedelta(days=n) for n in range(1, LOOK_AHEAD + 1))
    return next((day for day in days if any(occurrences_on(day, plan) for plan in plans)), None)
