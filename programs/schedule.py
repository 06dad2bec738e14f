"""When something is due. Pure: local calendar days and slots in, occurrences out.

A day is the patient's own calendar day and a slot a time on their wall clock, so a clock change never makes an
occurrence more or fewer: 02:30 on the night of a change is one occurrence, whether it exists once, twice or not at all.

Rules name their days, so each occurrence has a date; or they name a number of times a week and leave the days to the
patient. Such a number is counted from Monday to Sunday, on whichever days, and never held against a single day.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from programs.enums import Variant
from programs.variants import Overrides, Spell, is_in, variant_on

WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
EVERY_DAY = 0b1111111
WEEK = 7
DAY_MINUTES = 24 * 60


# --- Days and times --------------------------------------------------------------------------------------------


def in_mask(day: date, weekdays: int) -> bool:
    """True when `day` is in the mask (Monday = 1, Tuesday = 2, ... Sunday = 64)."""
    return bool(weekdays >> day.weekday() & 1)


def mask_of(weekdays: list[int]) -> int:
    """The mask of day numbers, Monday = 0."""
    return sum(1 << number for number in set(weekdays))


def days_of(weekdays: int) -> list[int]:
    """The day numbers of a mask, Monday = 0."""
    return [number for number in range(7) if weekdays >> number & 1]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(day: date) -> list[date]:
    """Monday to Sunday around `day`."""
    monday = monday_of(day)
    return [monday + timedelta(days=n) for n in range(WEEK)]


def window_slots(first: str, last: str, minutes: int) -> tuple[str, ...]:
    """Movement breaks laid into a window: every `minutes` from `first`, the last one not after `last`.

    Raises ValueError when the window ends before it begins or the breaks have no distance.
    """
    start, end = _minute(first), _minute(last)
    if end < start or minutes < 1:
        raise ValueError(f"no breaks every {minutes} minutes from {first} to {last}")
    return tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(start, end + 1, minutes))


def _minute(clock: str) -> int:
    hour, minute = int(clock[:2]), int(clock[3:])
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise ValueError(f"no time of day: {clock}")
    return hour * 60 + minute


# --- Words -----------------------------------------------------------------------------------------------------


def say_days(weekdays: int) -> str:
    """`every day`, `Monday to Friday`, `Mon, Wed, Fri`."""
    if weekdays == EVERY_DAY:
        return "every day"
    if weekdays == 0b0011111:
        return "Monday to Friday"
    if weekdays == 0b1100000:
        return "at the weekend"
    names = [WEEKDAY_NAMES[number] for number in days_of(weekdays)]
    return names[0] if len(names) == 1 else ", ".join(name[:3] for name in names)


def say_times(times: int) -> str:
    return "once a week" if times == 1 else f"{times} times a week"


def say_distance(days: int) -> str:
    return "every other day" if days == 2 else f"every {days} days"


def say_slots(slots: Sequence[str]) -> str:
    """`07:30`, `07:30 and 19:00`, `08:00, 12:00 and 16:00`."""
    return " and ".join(filter(None, [", ".join(slots[:-1]), slots[-1]]))


def say_breaks(minutes: int) -> str:
    if minutes == 60:
        return "every hour"
    return f"every {minutes // 60} hours" if minutes % 60 == 0 else f"every {minutes} minutes"


def _say(weekdays: int | None, every_days: int | None, times_per_week: int | None) -> str:
    if every_days:
        return say_distance(every_days)
    if weekdays is not None:
        return say_days(weekdays)
    return say_times(times_per_week) if times_per_week else ""


# --- Rules -----------------------------------------------------------------------------------------------------


def _on_days(day: date, weekdays: int | None, every_days: int | None, anchor: date | None) -> bool:
    if every_days:
        return anchor is None or (day - anchor).days % every_days == 0
    return weekdays is None or in_mask(day, weekdays)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a whole program is due. Exactly one of `weekdays`, `times_per_week` and `every_days` is set.

    `every_days` counts from `anchor` (2 = every other day). `slots` are planned times of day, at least one
    ("" = any). `break_minutes`: the slots are movement breaks, so many minutes apart.
    """

    weekdays: int | None = EVERY_DAY
    times_per_week: int | None = None
    slots: tuple[str, ...] = ()
    every_days: int | None = None
    anchor: date | None = None
    break_minutes: int | None = None

    @property
    def is_flexible(self) -> bool:
        return self.weekdays is None and self.every_days is None

    @property
    def slots_or_any(self) -> tuple[str, ...]:
        return self.slots or ("",)

    def due_on(self, day: date) -> bool:
        """May be done on `day`; for a times-per-week rule that is every day."""
        return _on_days(day, self.weekdays, self.every_days, self.anchor)

    @property
    def text(self) -> str:
        """`every day at 07:30`, `3 times a week`, `Monday to Friday, every hour from 09:00 to 17:00`."""
        days = _say(self.weekdays, self.every_days, self.times_per_week or 1)
        if self.break_minutes and len(self.slots) > 1:
            return f"{days}, {say_breaks(self.break_minutes)} from {self.slots[0]} to {self.slots[-1]}"
        return f"{days} at {say_slots(self.slots)}" if self.slots else days


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """When one exercise of the whole is due, and in which variants.

    At most one of `weekdays`, `every_days` and `times_per_week` is set; none means whenever the whole is due. Days of
    its own narrow those of the whole, never widen them. Empty `slots` means at every slot of the whole. Two plans
    with the same `line` are the same exercise in two versions; `key` names the row.
    """

    weekdays: int | None = None
    every_days: int | None = None
    anchor: date | None = None
    times_per_week: int | None = None
    slots: tuple[str, ...] = ()
    is_core: bool = False
    variants: Overrides = field(default_factory=dict)
    key: UUID | None = None
    line: Hashable = None

    def due_on(self, day: date) -> bool:
        """Among its own days; with a number of times a week that is every day."""
        return _on_days(day, self.weekdays, self.every_days, self.anchor)

    @property
    def has_days(self) -> bool:
        return self.weekdays is not None or self.every_days is not None

    def is_at(self, slot: str) -> bool:
        return not self.slots or slot in self.slots

    @property
    def text(self) -> str:
        """Its own days and times in words, empty when it has none: `every other day`, `2 times a week at 19:00`."""
        days = _say(self.weekdays, self.every_days, self.times_per_week)
        times = f"at {say_slots(self.slots)}" if self.slots else ""
        return " ".join(filter(None, [days, times]))


# --- Plans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` to `last`, both included; `last` None means open."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Due(NamedTuple):
    """One occurrence: what is owed in it, and what may be done in it and is counted by the week (`free`)."""

    day: date
    slot: str
    firm: tuple[ItemPlan, ...]
    free: tuple[ItemPlan, ...]

    @property
    def items(self) -> tuple[ItemPlan, ...]:
        return self.firm + self.free


class _Held(NamedTuple):
    """What one variant holds at one time of day, before the days of single exercises are asked."""

    firm: tuple[ItemPlan, ...]
    free: tuple[ItemPlan, ...]
    has_days: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One version in force from `first` to `last` (both included; None = open), and what changes its course."""

    first: date
    last: date | None
    rule: Rule
    items: tuple[ItemPlan, ...]
    pauses: tuple[Stretch, ...] = ()
    spells: tuple[Spell, ...] = ()
    # The same for every day, and asked for every day.
    _held: dict[tuple[str, Variant], _Held] = field(default_factory=dict, init=False, repr=False, compare=False)

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def is_paused(self, day: date) -> bool:
        return any(pause.covers(day) for pause in self.pauses)

    def runs_on(self, day: date) -> bool:
        """In force and not paused."""
        return self.covers(day) and not self.is_paused(day)

    def variant_on(self, day: date) -> Variant:
        return variant_on(day, self.spells) if self.spells else Variant.NORMAL

    def items_in(self, variant: Variant) -> tuple[ItemPlan, ...]:
        """The items that belong to `variant`, in order."""
        if variant is Variant.NORMAL:
            return self.items
        has_core = any(item.is_core for item in self.items)
        return tuple(
            item for item in self.items if is_in(variant, item.variants, is_core=item.is_core, has_core=has_core)
        )

    def is_free(self, item: ItemPlan) -> bool:
        """Done on days that the patient chooses, a number of times a week."""
        return self.rule.is_flexible or item.times_per_week is not None

    def due_at(self, day: date, slot: str, variant: Variant) -> Due:
        """What `variant` holds on such a day at such a time, whether or not the plan runs then.

        Under a times-per-week rule the items have no days of their own.
        """
        held = self._held_at(slot, variant)
        if not held.has_days:
            return Due(day, slot, held.firm, held.free)
        return Due(day, slot, tuple(item for item in held.firm if item.due_on(day)), held.free)

    def _held_at(self, slot: str, variant: Variant) -> _Held:
        held = self._held.get((slot, variant))
        if held is None:
            items = [item for item in self.items_in(variant) if item.is_at(slot)]
            firm = tuple(item for item in items if not self.is_free(item))
            free = tuple(item for item in items if self.is_free(item))
            has_days = not self.rule.is_flexible and any(item.has_days for item in firm)
            held = self._held[slot, variant] = _Held(firm, free, has_days)
        return held


def occurrences_on(day: date, plan: Plan) -> list[Due]:
    """What is expected on `day`: every slot at which something is due, with the items due there."""
    if not plan.runs_on(day) or not plan.rule.due_on(day):
        return []
    variant = plan.variant_on(day)
    found = (plan.due_at(day, slot, variant) for slot in plan.rule.slots_or_any)
    return [due for due in found if due.items]


def occurrences_between(first: date, last: date, plans: Iterable[Plan]) -> list[Due]:
    """The occurrences of all `plans` from `first` to `last`, by day and time."""
    found = [
        due
        for plan in plans
        for day in days_between(max(first, plan.first), min(last, plan.last or last))
        for due in occurrences_on(day, plan)
    ]
    return sorted(found, key=lambda due: (due.day, due.slot))


# --- Numbers of times a week -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Week:
    """How often something is to be done from a Monday to its Sunday: on `goal` of `days`, whichever they are."""

    goal: int
    days: tuple[date, ...]

    def missing(self, done: Iterable[date], today: date) -> int:
        """Of the goal, how many days can no longer be made up. Today can be while nothing is done on it."""
        done = set(done)
        ahead = sum(1 for day in self.days if day >= today and day not in done)
        return max(0, self.goal - len(done) - ahead)

    def is_reached(self, done: Iterable[date], day: date) -> bool:
        """Whether it was done often enough on the other days of the week, so that it need not be done on `day`."""
        return len(set(done) - {day}) >= self.goal


def program_week(monday: date, plans: Sequence[Plan]) -> Week:
    """The week of one prescription under a times-per-week rule; `plans` are its versions.

    A week that runs only some days (it starts, ends, pauses or changes within) expects its share, rounded half up.
    """
    running = [(day, plan) for day in week_of(monday) for plan in plans if plan.rule.is_flexible and plan.runs_on(day)]
    open_days = [(day, plan) for day, plan in running if plan.items_in(plan.variant_on(day))]
    return _week([(day, plan.rule.times_per_week or 1) for day, plan in open_days], [day for day, _ in open_days])


def item_week(monday: date, plans: Sequence[Plan], line: Hashable) -> Week:
    """The week of one exercise with a number of its own inside a program with days; `plans` as above."""
    running: list[tuple[date, int]] = []
    due: list[date] = []
    for day in week_of(monday):
        for plan in plans:
            item = _free_item(plan, day, line)
            if item:
                running.append((day, item.times_per_week or 1))
                due += [day] if plan.rule.due_on(day) else []
    return _week(running, due)


def _free_item(plan: Plan, day: date, line: Hashable) -> ItemPlan | None:
    if plan.rule.is_flexible or not plan.runs_on(day):
        return None
    items = plan.items_in(plan.variant_on(day))
    return next((item for item in items if item.times_per_week and item.line == line), None)


def _week(running: Sequence[tuple[date, int]], due: Sequence[date]) -> Week:
    share = (2 * sum(times for _, times in running) + WEEK) // (2 * WEEK)
    return Week(min(share, len(due)), tuple(due))
