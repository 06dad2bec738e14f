"""The definition itself: courses and logs in, counts out. No clock, no database.

The figure covers 28 local days that end today. Past days: every exercise that was due counts. Today: an
occurrence counts once it is logged, so that a morning view does not punish. Done is done; partly is shown beside it
and is not counted as done. A times-per-week rule is counted in blocks of seven days, each capped at what it expects.
What a log says was due stays true when the plan changes later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from programs.enums import DayState
from programs.schedule import Span, expected_flexible, expected_on

WINDOW = 28


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of exercises. `expected` is the denominator of everything else."""

    expected: int = 0
    done: int = 0
    partly: int = 0
    skipped: int = 0

    @property
    def percent(self) -> int | None:
        """Done in per cent, rounded half up; None when nothing was due."""
        return (200 * self.done + self.expected) // (2 * self.expected) if self.expected else None

    @property
    def not_logged(self) -> int:
        return self.expected - self.done - self.partly - self.skipped

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.expected + other.expected,
            self.done + other.done,
            self.partly + other.partly,
            self.skipped + other.skipped,
        )

    def within(self, expected: int) -> Figures:
        """The same against `expected`: what goes beyond it does not count, done first."""
        done = min(self.done, expected)
        partly = min(self.partly, expected - done)
        return Figures(expected, done, partly, min(self.skipped, expected - done - partly))


class Course(NamedTuple):
    """One version of a prescription and the days on which it was in force."""

    prescription_id: UUID
    version_id: UUID
    span: Span
    number: int = 1


class Log(NamedTuple):
    """One logged occurrence; `figures.expected` is what was due in it."""

    prescription_id: UUID
    version_id: UUID
    day: date
    figures: Figures

    @property
    def is_silent(self) -> bool:
        """Opened (to rate pain, say), and no exercise has an answer."""
        return self.figures.not_logged == self.figures.expected


@dataclass(frozen=True, slots=True)
class Record:
    """What adherence needs to know of one patient over some days."""

    courses: list[Course] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayCell:
    """One square of a calendar. `is_open`: due today and not all logged yet, which is no fault."""

    day: date
    state: DayState
    expected: int = 0
    done: int = 0
    partly: int = 0
    skipped: int = 0
    is_open: bool = False


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def figures_of(record: Record, today: date, days: int = WINDOW) -> Figures:
    """The figure for the `days` local days that end with `today`."""
    first = today - timedelta(days=days - 1)
    flexible = _flexible_versions(record)
    # A session of today in which nothing is said yet is still to come.
    logs = [log for log in record.logs if first <= log.day <= today and not (log.day == today and log.is_silent)]
    fixed = sum((log.figures for log in logs if log.version_id not in flexible), Figures())
    missing = _missing(record.courses, logs, first, today - timedelta(days=1))
    free = [log for log in logs if log.version_id in flexible and not log.is_silent]
    weekly = _weekly(record.courses, free, first, today)
    return fixed + Figures(expected=missing.total()) + weekly


def cells_of(record: Record, first: date, last: date, today: date) -> list[DayCell]:
    """One cell for each day from `first` to `last`. Days after today say what will be due."""
    flexible = _flexible_versions(record)
    missing = _missing(record.courses, record.logs, first, last)
    logged: defaultdict[date, Figures] = defaultdict(Figures)
    for log in record.logs:
        if not (log.is_silent and log.version_id in flexible):  # no single day is owed there
            logged[log.day] += log.figures
    return [_cell(day, logged[day], missing[day], today) for day in days_between(first, last)]


def _flexible_versions(record: Record) -> set[UUID]:
    return {course.version_id for course in record.courses if course.span.rule.is_flexible}


def _missing(courses: Iterable[Course], logs: Iterable[Log], first: date, last: date) -> Counter[date]:
    """Exercises that were due on each day and that no log answers, under weekday rules.

    A log answers one slot of its prescription on its day, whatever time of day it was meant for.
    """
    answered = Counter((log.prescription_id, log.day) for log in logs)
    missing: Counter[date] = Counter()
    for course in courses:
        span = course.span
        slots = len(span.rule.slots_or_any)
        for day in days_between(max(first, span.first), min(last, span.last or last)):
            unanswered = slots - answered[course.prescription_id, day]
            if unanswered > 0:
                missing[day] += expected_on(day, [span]) // slots * unanswered
    return missing


def _weekly(courses: Iterable[Course], logs: Sequence[Log], first: date, today: date) -> Figures:
    """The sum over all blocks of seven days of all prescriptions under a times-per-week rule."""
    spans: defaultdict[UUID, list[Span]] = defaultdict(list)
    for course in courses:
        if course.span.rule.is_flexible:
            spans[course.prescription_id].append(course.span)
    total = Figures()
    for prescription_id, own in spans.items():
        mine = [log for log in logs if log.prescription_id == prescription_id]
        blocks = zip(*(expected_flexible(first, span, today) for span in own), strict=True)
        for block in blocks:
            start, end, _ = block[0]
            inside = [log for log in mine if start <= log.day <= end]
            expected = sum(part[2] for part in block)
            if end == today:
                expected = _without_today(expected, inside, own, today)
            total += sum((log.figures for log in inside), Figures()).within(expected)
    return total


def _without_today(expected: int, inside: Sequence[Log], spans: Iterable[Span], today: date) -> int:
    """While today has no log, the session that may still be done today is not held against the patient."""
    if any(log.day == today for log in inside):
        return expected
    today_size = sum(len(span.item_masks) * len(span.rule.slots_or_any) for span in spans if span.covers(today))
    logged = sum(log.figures.expected for log in inside)
    return min(expected, max(expected - today_size, logged))


def _cell(day: date, logged: Figures, missing: int, today: date) -> DayCell:
    expected = logged.expected + missing
    return DayCell(
        day,
        _state(logged, missing, is_over=day < today),
        expected,
        logged.done,
        logged.partly,
        logged.skipped,
        is_open=day == today and logged.not_logged + missing > 0,
    )


def _state(logged: Figures, missing: int, *, is_over: bool) -> DayState:
    if not (logged.done or logged.partly or logged.skipped):
        return DayState.NOT_LOGGED if is_over and missing + logged.expected else DayState.NOT_DUE
    if not logged.done and not logged.partly:
        return DayState.SKIPPED
    return DayState.DONE if logged.done >= logged.expected + missing else DayState.PARTLY
