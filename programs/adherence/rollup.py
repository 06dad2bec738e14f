"""`PatientStatus`: true in the transaction of each log write, and moved on when the patient's day ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from config.lib.clock import local_date
from patients.models import PainEntry, Patient
from programs.adherence.counting import WINDOW, Record
from programs.adherence.rows import records_for
from programs.adherence.weekly import figures_of
from programs.models import PatientStatus, Session

PAIN_DAYS = 14
WEEK = 7
COLUMNS = [f.name for f in PatientStatus._meta.concrete_fields if not f.primary_key]


class Rating(NamedTuple):
    """One pain score; ratings of a patient come oldest first."""

    day: date
    score: int


def statuses_for(patients: Collection[Patient], now: datetime) -> dict[UUID, PatientStatus]:
    """What the rollup row of each patient should hold, computed afresh and not stored. Five queries, and one more
    where exercises have a number of times a week of their own."""
    todays = {patient.pk: patient.local_today(now) for patient in patients}
    if not todays:
        return {}
    last = max(todays.values())
    records = records_for(todays.keys(), min(todays.values()) - timedelta(days=WINDOW - 1), last)
    ratings = _ratings(todays.keys(), min(todays.values()) - timedelta(days=PAIN_DAYS - 1), last)
    statuses = {pk: _status(pk, today, records[pk], ratings[pk]) for pk, today in todays.items()}
    _look_further_back([s for s in statuses.values() if s.last_pain is None or not records[s.pk].logs])
    return statuses


def refresh_status(patients: Iterable[Patient], now: datetime) -> None:
    """Store the status of these patients, in five statements while they are active.

    Call it in the transaction of the write, after the patient's row was locked: two writes that read side by side
    would each miss the other.
    """
    rows = statuses_for(list(patients), now).values()
    PatientStatus.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["patient"], update_fields=COLUMNS, batch_size=500
    )


@transaction.atomic
def refresh_stale(now: datetime, limit: int = 500) -> int:
    """Refresh up to `limit` patients whose status is missing or of an earlier day than their own today; how many."""
    patients = list(stale(now).select_for_update(of=("self",), skip_locked=True, no_key=True)[:limit])
    refresh_status(patients, now)
    return len(patients)


def stale(now: datetime) -> QuerySet[Patient]:
    """Patients whose rollup row is missing or is of a day before their own today, the oldest first."""
    zones: defaultdict[date, set[str]] = defaultdict(set)
    for zone in available_timezones():
        zones[local_date(now, zone)].add(zone)
    # Where it is not the earliest day of the world any more, yesterday's row is old as well.
    earliest = min(zones)
    old = Q(status=None) | Q(status__as_of__lt=earliest)
    for day in set(zones) - {earliest}:
        old |= Q(status__as_of__lt=day, time_zone__in=sorted(zones[day]))
    return Patient.objects.active().filter(old).order_by(F("status__as_of").asc(nulls_first=True), "pk")


def _status(pk: UUID, today: date, record: Record, ratings: list[Rating]) -> PatientStatus:
    figures = figures_of(record, today)
    ratings = [rating for rating in ratings if rating.day <= today]
    pain_days = pain_by_day(ratings, today - timedelta(days=PAIN_DAYS - 1), today)
    days = {log.day for log in record.logs if log.day <= today} | {rating.day for rating in ratings}
    return PatientStatus(
        patient_id=pk,
        as_of=today,
        expected=figures.expected,
        done=figures.done,
        partly=figures.partly,
        skipped=figures.skipped,
        adherence=figures.percent,
        last_pain=ratings[-1].score if ratings else None,
        last_pain_on=ratings[-1].day if ratings else None,
        pain_mean_week=mean(pain_days[WEEK:]),
        pain_mean_before=mean(pain_days[:WEEK]),
        pain_days=pain_days,
        last_activity_on=max(days, default=None),
    )


def pain_by_day(ratings: Iterable[Rating], first: date, last: date) -> list[float | None]:
    """The mean of each day's ratings from `first` to `last`; None where nothing was rated, which is not 0."""
    scores: defaultdict[date, list[float | None]] = defaultdict(list)
    for rating in ratings:
        scores[rating.day].append(rating.score)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [mean(scores[day]) for day in days]


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are there, to two places; None when there are none."""
    there = [value for value in values if value is not None]
    return round(sum(there) / len(there), 2) if there else None


def _ratings(patient_ids: Collection[UUID], first: date, last: date) -> defaultdict[UUID, list[Rating]]:
    found: defaultdict[UUID, list[Rating]] = defaultdict(list)
    rows = (
        PainEntry.objects.filter(patient__in=patient_ids, local_date__range=(first, last))
        .order_by("local_date", "recorded_at", "pk")
        .values_list("patient_id", "local_date", "score")
    )
    for patient_id, day, score in rows:
        found[patient_id].append(Rating(day, score))
    return found


def _look_further_back(statuses: Collection[PatientStatus]) -> None:
    """Fill in the last rating and the last activity of those who were silent of late; one query."""
    if not statuses:
        return
    logs = Session.objects.filter(patient=OuterRef("pk")).order_by("-local_date")
    pains = PainEntry.objects.filter(patient=OuterRef("pk")).order_by("-local_date", "-recorded_at", "-pk")
    rows = Patient.objects.filter(pk__in=[status.pk for status in statuses]).values_list(
        "pk",
        Subquery(logs.values("local_date")[:1]),
        Subquery(pains.values("local_date")[:1]),
        Subquery(pains.values("score")[:1]),
    )
    found = {row[0]: row[1:] for row in rows}
    for status in statuses:
        logged_on, rated_on, score = found[status.pk]
        if status.last_pain is None:
            status.last_pain, status.last_pain_on = score, rated_on
        days = [day for day in (logged_on, rated_on, status.last_activity_on) if day]
        status.last_activity_on = max(days, default=None)
