"""The therapist's first page: their patients, how each one does, who asks for a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse

from config.lib.htmx import page_or_partial
from config.lib.paging import CountedPaginator
from patients.access import THERAPIST, staff
from patients.conditions import Condition
from programs import adherence, charts, search
from programs.charts import Direction, Spark
from programs.forms.caseload import Asked
from programs.models import PatientStatus
from programs.search import Sign

PAGE_SIZE = 50
CHIPS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One patient as the table shows them; words and numbers only, so that the template stays lean."""

    id: UUID
    name: str
    age: int
    flare_since: str
    conditions: list[str]
    more_conditions: list[str]
    program: str
    more_programs: int
    expected: int
    done: int
    percent: int | None
    pain: int | None
    pain_note: str
    direction: str
    pain_title: str
    spark: Spark
    active: str
    active_on: date | None


@staff(THERAPIST)
def caseload(request: HttpRequest) -> HttpResponse:
    """My patients, searched, filtered and sorted by the address. A fixed number of statements for any caseload."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = Asked(request.GET)
    mine = search.caseload(actor)
    numbers = search.counts(mine, actor.today)
    found = search.narrow(mine, text=asked.text, sign=asked.sign, today=actor.today)
    found = search.ordered(found, asked.sort, descending=asked.descending)
    page = CountedPaginator(search.with_row_facts(found, actor), PAGE_SIZE).get_page(asked.page)
    context = {
        "asked": asked,
        "numbers": numbers,
        "sentence": _sentence(numbers),
        "chips": asked.chips(numbers),
        "columns": asked.columns(),
        "page_obj": page,
        "rows": _rows(page.object_list, actor.now),
    }
    return page_or_partial(request, "programs/caseload.html", "programs/_caseload.html", context)


def _sentence(numbers: dict[str, int]) -> str:
    """`30 patients. Two report a flare now; one has not logged for 7 days.`"""
    total = numbers["all"]
    parts = [
        _people(numbers[Sign.FLARE], "reports a flare now", "report a flare now"),
        _people(numbers[Sign.QUIET], "has not logged for a week", "have not logged for a week"),
    ]
    said = "; ".join(filter(None, parts))
    start = "One patient" if total == 1 else f"{total} patients"
    return f"{start}. {said[:1].upper()}{said[1:]}." if said else f"{start}. Nobody reports a flare."


def _people(number: int, one: str, many: str) -> str:
    return f"{apnumber(number)} {one if number == 1 else many}" if number else ""


def _rows(patients: Sequence[Any], now: datetime) -> list[Row]:
    todays = {patient.pk: patient.local_today(now) for patient in patients}
    fresh = _fresh_statuses(patients, todays, now)
    return [_row(patient, fresh[patient.pk], todays[patient.pk]) for patient in patients]


def _fresh_statuses(patients: Sequence[Any], todays: dict[UUID, date], now: datetime) -> dict[UUID, PatientStatus]:
    """Stored statuses; computed ones where the stored one is missing or of another day. Reading writes nothing."""
    stored = {patient.pk: getattr(patient, "status", None) for patient in patients}
    fresh = {pk: status for pk, status in stored.items() if status and status.as_of == todays[pk]}
    return fresh | adherence.statuses_for([patient for patient in patients if patient.pk not in fresh], now)


def _row(patient: Any, status: PatientStatus, today: date) -> Row:
    conditions = [Condition(fact.condition).label for fact in patient.facts]
    trend = charts.pain_trend(status.pain_days)
    return Row(
        id=patient.pk,
        name=patient.name,
        age=patient.age_on(today),
        flare_since=charts.since(patient.flare_since, today) if patient.flare_since else "",
        conditions=conditions[:CHIPS],
        more_conditions=conditions[CHIPS:],
        program=patient.running[0].title if patient.running else "",
        more_programs=max(0, len(patient.running) - 1),
        expected=status.expected,
        done=status.done,
        percent=status.adherence,
        pain=status.last_pain,
        pain_note=_pain_note(status, trend.direction, today),
        direction=trend.direction,
        pain_title=trend.sentence,
        spark=charts.spark(status.pain_days),
        active=charts.ago(status.last_activity_on, today) if status.last_activity_on else "",
        active_on=status.last_activity_on,
    )


def _pain_note(status: PatientStatus, direction: Direction, today: date) -> str:
    """The direction while there are ratings to judge by, else how old the last one is."""
    if status.last_pain_on is None:
        return ""
    if direction is Direction.NOT_RATED:
        return charts.ago(status.last_pain_on, today)
    return direction.label
