"""What is to be done a number of times a week: whole programs, and single exercises inside a program with days.

Weeks run from Monday to Sunday, as Today and the reminders count them. The figure holds every week whose Sunday lies
in its 28 days, whole, and of the running week what is done and what can no longer be made up. More than the number
never counts as more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from programs.adherence.counting import (
    WINDOW,
    Figures,
    FreeEntry,
    Log,
    Record,
    dated_figures,
    flexible_versions,
    settled_logs,
    unanswered,
)
from programs.schedule import Plan, Week, item_week, monday_of, occurrences_on, program_week

SUNDAY = timedelta(days=6)


def figures_of(record: Record, today: date, days: int = WINDOW) -> Figures:
    """The figure for the `days` local days that end with `today`."""
    first = today - timedelta(days=days - 1)
    return dated_figures(record, today, days) + _weekly(record, weeks_between(first, today), today)


def weeks_between(first: date, today: date) -> list[date]:
    """The Mondays of the weeks that count: those whose Sunday lies in the days, and the one of today."""
    monday = monday_of(first)
    return [monday + timedelta(days=n) for n in range(0, (today - monday).days + 1, 7)]


def reaches_back_to(first: date) -> date:
    """The first day of which a figure that begins on `first` needs to know."""
    return monday_of(first)


def _weekly(record: Record, mondays: Sequence[date], today: date) -> Figures:
    plans: defaultdict[UUID, list[Plan]] = defaultdict(list)
    for course in record.courses:
        plans[course.prescription_id].append(course.plan)
    total = Figures()
    logs = _by_prescription(record)
    entries = _by_line(record)
    for prescription_id, own in plans.items():
        for monday in mondays:
            if any(plan.rule.is_flexible for plan in own):
                total += _program_figures(monday, own, logs[prescription_id], today)
            for line in _lines(own):
                total += _item_figures(monday, own, line, entries[prescription_id, line], today)
    return total


def _by_prescription(record: Record) -> defaultdict[UUID, list[Log]]:
    """The logs under times-per-week rules, without those in which nothing is said."""
    flexible = flexible_versions(record)
    logs: defaultdict[UUID, list[Log]] = defaultdict(list)
    for log in settled_logs(record):
        if log.version_id in flexible and not log.is_silent:
            logs[log.prescription_id].append(log)
    return logs


def _by_line(record: Record) -> defaultdict[tuple[UUID, Hashable], list[FreeEntry]]:
    lines = {item.key: item.line for course in record.courses for item in course.plan.items}
    entries: defaultdict[tuple[UUID, Hashable], list[FreeEntry]] = defaultdict(list)
    for entry in record.free:
        entries[entry.prescription_id, lines.get(entry.item_id)].append(entry)
    return entries


def _lines(plans: Iterable[Plan]) -> dict[Hashable, None]:
    """The exercises with a number of their own, once each."""
    fixed = [plan for plan in plans if not plan.rule.is_flexible]
    return {item.line: None for plan in fixed for item in plan.items if item.times_per_week}


# --- A whole program -------------------------------------------------------------------------------------------


def _program_figures(monday: date, plans: Sequence[Plan], logs: Iterable[Log], today: date) -> Figures:
    week = program_week(monday, plans)
    by_day: defaultdict[date, list[Log]] = defaultdict(list)
    for log in logs:
        if monday <= log.day <= min(monday + SUNDAY, today):
            by_day[log.day].append(log)
    done = [day for day in sorted(by_day) if any(log.is_done for log in by_day[day])]
    owed = sum(_day_size(day, by_day[day], plans, today) for day in done[: week.goal])
    if missing := week.missing(done, today):
        owed += missing * _size(week.days[-1], plans)
    return sum((log.figures for own in by_day.values() for log in own), Figures()).within(owed)


def _day_size(day: date, logs: Sequence[Log], plans: Sequence[Plan], today: date) -> int:
    """What was due on a day that was logged: as its logs say, and at the other times of a day that is over."""
    said = sum(log.figures.expected for log in logs)
    if day == today:
        return said
    occurrences = [due for plan in plans if plan.rule.is_flexible for due in occurrences_on(day, plan)]
    return said + sum(len(due.free) for due in unanswered(occurrences, [log.slot for log in logs]))


def _size(day: date, plans: Sequence[Plan]) -> int:
    return sum(len(due.free) for plan in plans if plan.rule.is_flexible for due in occurrences_on(day, plan))


# --- One exercise ----------------------------------------------------------------------------------------------


def _item_figures(
    monday: date, plans: Sequence[Plan], line: Hashable, entries: Iterable[FreeEntry], today: date
) -> Figures:
    """Skipped once and done on another day is done: only what is short of the number is held against anybody."""
    week = item_week(monday, plans, line)
    own = [entry for entry in entries if monday <= entry.day <= min(monday + SUNDAY, today)]
    done = {entry.day for entry in own if entry.is_done}
    owed = min(len(done), week.goal) + week.missing(done, today)
    said = sum((entry.figures for entry in own), Figures())
    return said.within(owed * _times_a_day(week, plans, line))


def _times_a_day(week: Week, plans: Sequence[Plan], line: Hashable) -> int:
    if not week.days:
        return 1
    day = week.days[-1]
    return sum(item.line == line for plan in plans for due in occurrences_on(day, plan) for item in due.free)
