"""All that one patient's page tells of the last weeks: days, pain, stiffness, flares, log. Five queries, and
one more where exercises have a number of times a week of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, DateField, IntegerField, Q, UUIDField, Value
from django.db.models.functions import Cast

from patients.enums import PainMoment
from patients.models import Flare, PainEntry, Patient, Stiffness
from programs.adherence.counting import (
    Course,
    DayCell,
    Figures,
    Log,
    Record,
    cells_of,
)
from programs.adherence.courses import courses_for
from programs.adherence.rollup import mean
from programs.adherence.rows import free_entries
from programs.adherence.weekly import figures_of
from programs.enums import EntryStatus, Situation, SkipReason
from programs.models import Entry, Session
from programs.schedule import days_between

DAYS = 84
LOG_DAYS = 14


class Spell(NamedTuple):
    """A flare; `last` None while it lasts."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Rated(NamedTuple):
    day: date
    score: int
    moment: str
    session_key: UUID | None


@dataclass(slots=True)
class Line:
    """One exercise in the log; `why` is the reason and what the patient wrote."""

    name: str
    why: str
    is_edited: bool


@dataclass(slots=True)
class LoggedSession:
    """One logged occurrence with its exercises by status."""

    day: date
    slot: str
    figures: Figures
    note: str
    is_edited: bool
    pain_before: int | None = None
    pain_after: int | None = None
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))

    @property
    def has_pain(self) -> bool:
        return self.pain_before is not None or self.pain_after is not None

    @property
    def done(self) -> list[Line]:
        return self.lines[EntryStatus.DONE]

    @property
    def partly(self) -> list[Line]:
        return self.lines[EntryStatus.PARTLY]

    @property
    def skipped(self) -> list[Line]:
        return self.lines[EntryStatus.SKIPPED]


@dataclass(slots=True)
class Diary:
    """What the patient wrote of how they feel."""

    ratings: list[Rated] = field(default_factory=list)
    stiffness: dict[date, int] = field(default_factory=dict)
    flares: list[Spell] = field(default_factory=list)


class History:
    """The days from `first` to `today` of one patient. Everything below is counted from rows loaded once."""

    def __init__(self, patient: Patient, now: datetime, days: int = DAYS) -> None:
        self.patient = patient
        self.today = patient.local_today(now)
        self.first = self.today - timedelta(days=days - 1)
        # What the running week can still bring is known only with its end.
        self._plans = [c for _, c in courses_for([patient.pk], self.first, self.today + timedelta(days=6))]
        self.courses: list[Course] = [c for c in self._plans if c.plan.first <= self.today]
        self._sessions = _sessions(patient, self.first, self.today)
        self.diary = _diary(patient, self.first, self.today)

    @cached_property
    def days(self) -> list[date]:
        return list(days_between(self.first, self.today))

    @cached_property
    def record(self) -> Record:
        """As the rollup counts it: a session that holds only a rating or a note answers nothing yet."""
        columns = [(row.prescription_id, row.version_id, row.local_date, row.slot) for row in self._sessions]
        logs = [Log(*named, _figures(row)) for named, row in zip(columns, self._sessions, strict=True)]
        record = Record(self._plans, [log for log in logs if not log.is_silent])
        record.free.extend(entry for _, entry in free_entries({self.patient.pk: record}, self.first, self.today))
        return record

    @cached_property
    def figures(self) -> Figures:
        return figures_of(self.record, self.today)

    @cached_property
    def cells(self) -> list[DayCell]:
        return cells_of(self.record, self.first, self.today, self.today)

    @cached_property
    def pain(self) -> list[float | None]:
        """The mean rating of each day; None where nothing was rated."""
        scores: defaultdict[date, list[float | None]] = defaultdict(list)
        for rated in self.diary.ratings:
            scores[rated.day].append(rated.score)
        return [mean(scores[day]) for day in self.days]

    @property
    def stiffness(self) -> list[int | None]:
        return [self.diary.stiffness.get(day) for day in self.days]

    @property
    def flare(self) -> Spell | None:
        """The flare that lasts, if there is one."""
        return next((spell for spell in self.diary.flares if spell.last is None), None)

    @property
    def has_days(self) -> bool:
        """Whether any day of this history had something due or logged."""
        return bool(self.courses or self._sessions)

    @property
    def has_program(self) -> bool:
        return any(course.plan.covers(self.today) for course in self.courses)

    @property
    def last_log(self) -> date | None:
        """The last day of this history about which anything was logged or rated."""
        days = {row.local_date for row in self._sessions} | {rated.day for rated in self.diary.ratings}
        return max(days, default=None)

    def is_quiet(self, days: int) -> bool:
        """Nothing logged for `days` days although a program has run that long, without a pause."""
        since = self.today - timedelta(days=days)
        plans = [course.plan for course in self.courses]
        has_run = any(all(plan.runs_on(day) for day in days_between(since, self.today)) for plan in plans)
        return has_run and (self.last_log is None or self.last_log <= since)

    @cached_property
    def log(self) -> list[LoggedSession]:
        """The sessions of the last 14 days, newest first; one query for their exercises."""
        since = self.today - timedelta(days=LOG_DAYS - 1)
        rows = {row.pk: row for row in self._sessions if row.local_date >= since}
        sessions = {pk: _logged(row) for pk, row in rows.items()}
        for rated in self.diary.ratings:
            session = sessions.get(rated.session_key) if rated.session_key else None
            if session and rated.moment == PainMoment.BEFORE:
                session.pain_before = rated.score
            elif session and rated.moment == PainMoment.AFTER:
                session.pain_after = rated.score
        for session_id, status, line in _lines(sessions.keys()):
            sessions[session_id].lines[status].append(line)
        return sorted(sessions.values(), key=lambda session: (session.day, session.slot), reverse=True)


def _sessions(patient: Patient, first: date, last: date) -> list[Any]:
    columns = ("pk", "prescription_id", "version_id", "local_date", "slot", "note", "edited_at")
    counts = ("expected", "done", "partly", "skipped")
    rows = Session.objects.filter(patient=patient).between(first, last).order_by()
    return list(rows.values_list(*columns, *counts, named=True))


def _figures(row: Any) -> Figures:
    return Figures(row.expected, row.done, row.partly, row.skipped)


def _logged(row: Any) -> LoggedSession:
    return LoggedSession(row.local_date, row.slot, _figures(row), row.note, row.edited_at is not None)


def _lines(session_ids: Iterable[UUID]) -> Iterable[tuple[UUID, str, Line]]:
    wanted = list(session_ids)
    if not wanted:
        return
    rows = Entry.objects.filter(session__in=wanted).order_by("item__order", "pk")
    columns = ("session_id", "status", "reason", "note", "edited_at", "item__name", "swapped_to__name", "swapped_for")
    for session_id, status, reason, note, edited_at, name, instead, situation in rows.values_list(*columns):
        if instead:
            name = f"{instead} instead of {name} ({Situation(situation).label.lower()})"
        why = ": ".join(filter(None, [SkipReason(reason).label if reason else "", note]))
        yield session_id, status, Line(name, why, edited_at is not None)


PAIN, STIFFNESS, FLARE = "p", "s", "f"


def _diary(patient: Patient, first: date, last: date) -> Diary:
    """Ratings, stiffness and flares in one statement; the columns fit each other by casts."""
    no_day, no_number = Cast(Value(None), DateField()), Cast(Value(None), IntegerField())
    no_key, no_word = Cast(Value(None), UUIDField()), Value("", CharField())

    def rows(queryset: Any, kind: str, *columns: Any) -> Any:
        return queryset.order_by().values_list(Value(kind, CharField()), *columns)

    span = {"patient": patient, "local_date__range": (first, last)}
    pain = rows(PainEntry.objects.filter(**span), PAIN, "local_date", no_day, "score", "moment", "session_key")
    stiff = rows(Stiffness.objects.filter(**span), STIFFNESS, "local_date", no_day, "minutes", no_word, no_key)
    touching = Q(ended_on=None) | Q(ended_on__gte=first)
    flares = Flare.objects.filter(touching, patient=patient, started_on__lte=last)
    flare = rows(flares, FLARE, "started_on", "ended_on", no_number, no_word, no_key)
    return _sorted(pain.union(stiff, flare, all=True))


def _sorted(rows: Sequence[Any]) -> Diary:
    diary = Diary()
    for kind, day, until, number, moment, key in rows:
        if kind == PAIN:
            diary.ratings.append(Rated(day, number, moment, key))
        elif kind == STIFFNESS:
            diary.stiffness[day] = number
        else:
            diary.flares.append(Spell(day, until))
    diary.flares.sort(key=lambda spell: spell.first)
    return diary
