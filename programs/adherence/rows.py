"""Courses and logs from the database: three queries, whatever the number of patients, and one more for exercises
with a number of times a week of their own, where there are any."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from patients.models import Patient
from programs.adherence.counting import WINDOW, Course, DayCell, Figures, FreeEntry, Log, Record, cells_of
from programs.adherence.courses import courses_for
from programs.adherence.weekly import figures_of, reaches_back_to
from programs.models import Entry, Session
from programs.schedule import Due, ItemPlan, occurrences_between


def records_for(patient_ids: Collection[UUID], first: date, last: date) -> dict[UUID, Record]:
    """Courses and logs of these patients from the Monday before `first` to the Sunday after `last`."""
    records = {patient_id: Record() for patient_id in patient_ids}
    first = reaches_back_to(first)
    for patient_id, course in courses_for(patient_ids, first, last + timedelta(days=6)):
        records[patient_id].courses.append(course)
    # A session that holds only a rating or a note answers nothing yet.
    rows = Session.objects.filter(patient__in=patient_ids).exclude(done=0, partly=0, skipped=0).between(first, last)
    columns = ("prescription_id", "version_id", "local_date", "slot", "expected", "done", "partly", "skipped")
    logs = rows.order_by().values_list("patient_id", *columns)
    for patient_id, prescription_id, version_id, day, slot, *counts in logs:
        records[patient_id].logs.append(Log(prescription_id, version_id, day, slot, Figures(*counts)))
    for patient_id, entry in free_entries(records, first, last):
        records[patient_id].free.append(entry)
    return records


def free_entries(records: dict[UUID, Record], first: date, last: date) -> Iterator[tuple[UUID, FreeEntry]]:
    """Answers to exercises with a number of their own; no query for patients who have none."""
    ids = [pk for pk, record in records.items() if any(has_free_items(course) for course in record.courses)]
    if not ids:
        return
    rows = Entry.objects.filter(
        session__patient__in=ids, session__local_date__range=(first, last), item__times_per_week__isnull=False
    ).order_by()
    columns = ("session__prescription_id", "item_id", "session__local_date", "session__slot", "status")
    free = {item.key for pk in ids for course in records[pk].courses for item in free_items(course)}
    for patient_id, *values in rows.values_list("session__patient_id", *columns):
        entry = FreeEntry(*values)
        if entry.item_id in free:
            yield patient_id, entry


def free_items(course: Course) -> list[ItemPlan]:
    plan = course.plan
    return [] if plan.rule.is_flexible else [item for item in plan.items if item.times_per_week]


def has_free_items(course: Course) -> bool:
    return bool(free_items(course))


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


class Expected(NamedTuple):
    """One occurrence of one prescription; the keys of its items are those of the rows."""

    prescription_id: UUID
    version_id: UUID
    due: Due


def expected_for(patient_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Expected]]:
    """What is expected of each patient from `first` to `last`, by day and time; two queries."""
    expected: dict[UUID, list[Expected]] = {patient_id: [] for patient_id in patient_ids}
    for patient_id, course in courses_for(patient_ids, first, last):
        found = occurrences_between(first, last, [course.plan])
        expected[patient_id] += [Expected(course.prescription_id, course.version_id, due) for due in found]
    for own in expected.values():
        own.sort(key=lambda one: (one.due.day, one.due.slot or "99:99", one.prescription_id))
    return expected
