"""Courses and logs from the database: two queries, whatever the number of patients."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from patients.models import Patient
from programs.adherence.counting import WINDOW, Course, DayCell, Figures, Log, Record, cells_of, figures_of
from programs.enums import Frequency
from programs.models import PrescriptionVersion, Session
from programs.schedule import Rule, Span

VERSION_COLUMNS = (
    "pk",
    "number",
    "prescription_id",
    "prescription__patient_id",
    "prescription__starts_on",
    "prescription__ends_on",
    "effective_from",
    "frequency",
    "weekdays",
    "times_per_week",
    "slots",
    "items__weekdays",
)


def records_for(patient_ids: Collection[UUID], first: date, last: date) -> dict[UUID, Record]:
    """Courses and logs of these patients that touch the days from `first` to `last`."""
    records = {patient_id: Record() for patient_id in patient_ids}
    for patient_id, course in courses_for(patient_ids, first, last):
        records[patient_id].courses.append(course)
    # A session that holds only a rating or a note answers nothing yet.
    rows = Session.objects.filter(patient__in=patient_ids).exclude(done=0, partly=0, skipped=0).between(first, last)
    columns = ("prescription_id", "version_id", "local_date", "expected", "done", "partly", "skipped")
    logs = rows.order_by().values_list("patient_id", *columns)
    for patient_id, prescription_id, version_id, day, *counts in logs:
        records[patient_id].logs.append(Log(prescription_id, version_id, day, Figures(*counts)))
    return records


def courses_for(patient_ids: Collection[UUID], first: date, last: date) -> Iterator[tuple[UUID, Course]]:
    """Every version of prescriptions that run in these days, with its patient; one query."""
    rows = (
        PrescriptionVersion.objects.filter(
            Q(prescription__ends_on=None) | Q(prescription__ends_on__gte=first),
            prescription__patient__in=patient_ids,
            prescription__starts_on__lte=last,
        )
        .order_by("prescription_id", "effective_from")
        .values(*VERSION_COLUMNS)
        .annotate(alike=Count("items"))
        .values_list(*VERSION_COLUMNS, "alike", named=True)
    )
    for _, own in groupby(rows, key=attrgetter("prescription_id")):
        versions = [list(same) for _, same in groupby(own, key=attrgetter("pk"))]
        for version, later in zip_longest(versions, versions[1:]):
            yield version[0].prescription__patient_id, _course(version, later[0] if later else None)


def _course(rows: Sequence[Any], later: Any | None) -> Course:
    """The version told by `rows` (one for each set of items with the same weekdays), until `later` begins."""
    row = rows[0]
    until = later.effective_from - timedelta(days=1) if later else None
    rule = Rule(row.weekdays if row.frequency == Frequency.WEEKDAYS else None, row.times_per_week, tuple(row.slots))
    span = Span(
        first=max(row.effective_from, row.prescription__starts_on),
        last=min((day for day in (until, row.prescription__ends_on) if day), default=None),
        rule=rule,
        item_masks=tuple(mask for same in rows for mask in [same.items__weekdays] * same.alike),
    )
    return Course(row.prescription_id, row.pk, span, row.number)


def figures_for(patients: Collection[Patient], now: datetime, days: int = WINDOW) -> dict[UUID, Figures]:
    """The figure of each patient for the `days` days that end with the patient's own today."""
    todays = {patient.pk: patient.local_today(now) for patient in patients}
    if not todays:
        return {}
    first = min(todays.values()) - timedelta(days=days - 1)
    records = records_for(todays.keys(), first, max(todays.values()))
    return {pk: figures_of(records[pk], today, days) for pk, today in todays.items()}


def day_cells(patient: Patient, first: date, last: date, now: datetime) -> list[DayCell]:
    """The patient's calendar from `first` to `last`."""
    return cells_of(records_for([patient.pk], first, last)[patient.pk], first, last, patient.local_today(now))
