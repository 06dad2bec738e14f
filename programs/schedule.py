"""When something is due. Pure: local calendar days and slots in, occurrences out.

Two kinds of rule. A weekday rule names its days, so each occurrence has a date. A times-per-week rule leaves
the days to the patient: it is counted in blocks of seven days, never held against a single day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
EVERY_DAY = 0b1111111
BLOCK = 7


def in_mask(day: date, weekdays: int) -> bool:
    """True when `day` is in the mask (Monday = 1, Tuesday = 2, ... Sunday = 64)."""
    return bool(weekdays >> day.weekday() & 1)


def mask_of(weekdays: list[int]) -> int:
    """The mask of day numbers, Monday = 0."""
    return sum(1 << number for number in set(weekdays))


def days_of(weekdays: int) -> list[int]:
    """The day numbers of a mask, Monday = 0."""
    return [number for number in range(7) if weekdays >> number & 1]


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
        if self.every_days:
            return self.anchor is None or (day - self.anchor).days % self.every_days == 0
        return self.weekdays is None or in_mask(day, self.weekdays)

    @property
    def text(self) -> str:
        """`every day at 07:30`, `3 times a week`, `every other day`."""
        return f"{self._days} at {' and '.join(self.slots)}" if self.slots else self._days

    @property
    def _days(self) -> str:
        if self.every_days:
            return "every other day" if self.every_days == 2 else f"every {self.every_days} days"
        if self.weekdays is not None:
            return say_days(self.weekdays)
        times = self.times_per_week or 1
        return "once a week" if times == 1 else f"{times} times a week"


def items_due(day: date, item_masks: list[int | None]) -> int:
    """How many items are due on `day`: those without days of their own, and those whose days include it."""
    return sum(1 for mask in item_masks if mask is None or in_mask(day, mask))


@dataclass(frozen=True, slots=True)
class Span:
    """One version in force from `first` to `last` (both included; `last` None = open), with its items' masks."""

    first: date
    last: date | None
    rule: Rule
    item_masks: tuple[int | None, ...]

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def expected_on(day: date, spans: list[Span]) -> int:
    """Exercises due on `day` under weekday rules (times-per-week rules are counted by `expected_flexible`)."""
    return sum(
        items_due(day, list(span.item_masks)) * len(span.rule.slots_or_any)
        for span in spans
        if not span.rule.is_flexible and span.covers(day) and span.rule.due_on(day)
    )


def expected_flexible(first: date, span: Span, last: date) -> list[tuple[date, date, int]]:
    """Blocks of seven days from `first` to `last` with the exercises expected in each, for a times-per-week rule.

    A block in which the version ran only some days expects its share, rounded half up.
    """
    blocks = []
    start = first
    while start <= last:
        end = min(start + timedelta(days=BLOCK - 1), last)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        running = sum(1 for day in days if span.covers(day))
        sessions = int((span.rule.times_per_week or 1) * running / BLOCK + 0.5)
        per_session = len(span.item_masks) * len(span.rule.slots_or_any)
        blocks.append((start, end, sessions * per_session))
        start = end + timedelta(days=1)
    return blocks
