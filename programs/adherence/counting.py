"""The definition itself: courses and logs in, counts out. No clock, no database.

The figure covers 28 local days that end today. Past days: every exercise that was due counts, in the variant that was
in force; a paused day expects nothing. Today: an occurrence counts once it is logged, so that a morning view does not
punish. Done is done; partly is shown beside it and is not counted as done. What a log says was due stays true when the
plan changes later. A number of times a week is counted apart, by `programs.adherence.weekly`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from programs.enums import DayState, EntryStatus
from programs.schedule import Due, Plan, days_between, occurrences_on

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

    def __sub__(self, other: Figures) -> Figures:
        return Figures(
            self.expected - other.expected,
            self.done - other.done,
            self.partly - other.partly,
            self.skipped - other.skipped,
        )

    def within(self, expected: int) -> Figures:
        """The same against `expected`: what goes beyond it does not count, done first."""
        done = min(self.done, expected)
        partly = min(self.partly, expected - done)
        return Figures(expected, done, partly, min(self.skipped, expected - done - partly))


class Course(NamedTuple):
    """One version of a prescription, and when it was in force and due."""

    prescription_id: UUID
    version_id: UUID
    plan: Plan
    number: int = 1


class Log(NamedTuple):
    """One logged occurrence; `figures.expected` is what was due in it."""

    prescription_id: UUID
    version_id: UUID
    day: date
    slot: str
    figures: Figures

    @property
    def is_done(self) -> bool:
        """Something in it was done, wholly or in part."""
        return bool(self.figures.done or self.figures.partly)

    @property
    def is_silent(self) -> bool:
        """Opened (to rate pain, say), and no exercise has an answer."""
        return self.figures.not_logged == self.figures.expected


class FreeEntry(NamedTuple):
    """The answer to an exercise that has a number of times a week of its own. Its log counts it as well."""

    prescription_id: UUID
    item_id: UUID
    day: date
    slot: str
    status: str

    @property
    def figures(self) -> Figures:
        return Figures(1, *(int(self.status == status) for status in EntryStatus))

    @property
    def is_done(self) -> bool:
        """Wholly or in part."""
        return self.status in (EntryStatus.DONE, EntryStatus.PARTLY)


@dataclass(frozen=True, slots=True)
class Record:
    """What adherence needs to know of one patient over some days."""

    courses: list[Course] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    free: list[FreeEntry] = field(default_factory=list)


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


def dated_figures(record: Record, today: date, days: int = WINDOW) -> Figures:
    """The figure for the `days` local days that end with `today`, without what is counted by the week."""
    first = today - timedelta(days=days - 1)
    # A session of today in which nothing is said yet is still to come.
    logs = [log for log in fixed_logs(record) if first <= log.day <= today and not (log.day == today and log.is_silent)]
    said = sum((log.figures for log in logs), Figures())
    free = sum((entry.figures for entry in record.free if first <= entry.day <= today), Figures())
    missing = _missing(record.courses, logs, first, today - timedelta(days=1))
    return said - free + Figures(expected=missing.total())


def cells_of(record: Record, first: date, last: date, today: date) -> list[DayCell]:
    """One cell for each day from `first` to `last`. Days after today say what will be due.

    What is counted by the week is owed on no single day: it shows where it was logged.
    """
    flexible = flexible_versions(record)
    logs = settled_logs(record)
    missing = _missing(record.courses, logs, first, last)
    logged: defaultdict[date, Figures] = defaultdict(Figures)
    for log in logs:
        if not (log.is_silent and log.version_id in flexible):
            logged[log.day] += log.figures
    return [_cell(day, logged[day], missing[day], today) for day in days_between(first, last)]


def flexible_versions(record: Record) -> set[UUID]:
    return {course.version_id for course in record.courses if course.plan.rule.is_flexible}


def fixed_logs(record: Record) -> list[Log]:
    """The logs of versions whose occurrences have dates."""
    flexible = flexible_versions(record)
    return [log for log in settled_logs(record) if log.version_id not in flexible]


def settled_logs(record: Record) -> list[Log]:
    """All logs; of a day that was paused after it was begun, only what was answered counts."""
    plans = {course.version_id: course.plan for course in record.courses if course.plan.pauses}
    return [_settled(log, plans.get(log.version_id)) for log in record.logs]


def _settled(log: Log, plan: Plan | None) -> Log:
    if plan is None or not plan.is_paused(log.day):
        return log
    figures = log.figures
    return log._replace(figures=replace(figures, expected=figures.expected - figures.not_logged))


def _missing(courses: Iterable[Course], logs: Sequence[Log], first: date, last: date) -> Counter[date]:
    """Exercises that were owed on each day and that no log answers."""
    answered: defaultdict[tuple[UUID, date], set[str]] = defaultdict(set)
    for log in logs:
        answered[log.prescription_id, log.day].add(log.slot)
    missing: Counter[date] = Counter()
    for course in courses:
        plan = course.plan
        for day in days_between(max(first, plan.first), min(last, plan.last or last)):
            open_ones = unanswered(occurrences_on(day, plan), answered[course.prescription_id, day])
            missing[day] += sum(len(due.firm) for due in open_ones)
    return missing


def unanswered(occurrences: Sequence[Due], slots: Iterable[str]) -> list[Due]:
    """The occurrences of a day without a log at any of `slots`.

    A log for a time that is not planned any more answers one of the others, the earliest.
    """
    planned = {due.slot for due in occurrences}
    logged = set(slots)
    rest = [due for due in occurrences if due.slot not in logged]
    return rest[len(logged - planned) :]


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
