"""The therapist's first page: their patients, how each one does, who asks for a look."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import apnumber
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse

from config.lib.clock import local_date
from config.lib.htmx import page_or_partial
from patients.access import THERAPIST, Actor, Request, staff
from patients.conditions import Condition
from patients.models import Patient
from patients.models.patients import years_between
from programs import adherence, charts, search
from programs.charts import Spark, Trend
from programs.forms.caseload import Asked
from programs.search import Notes, Sign
from programs.services.conditions import conditions_of_each
from programs.templatetags.work_notes import icon_of

PAGE_SIZE = 50
CHIPS = 2
STATUS = ("expected", "done", "adherence", "last_pain", "last_pain_on", "pain_days", "last_activity_on")
# Plain columns: whole rows of two models would cost more than everything else on the page.
COLUMNS = (
    "pk",
    "given_name",
    "family_name",
    "birth_date",
    "time_zone",
    "flare_now__started_on",
    "status__as_of",
    *(f"status__{name}" for name in STATUS),
)


class Row(NamedTuple):
    """One patient as the table shows them."""

    id: UUID
    name: str
    age: int
    flare_since: str
    notes: int
    note: str
    note_head: str
    note_rating: str
    note_icon: str
    conditions: list[str]
    more_conditions: list[str]
    programs: list[str]
    expected: int
    done: int
    percent: int | None
    pain: int | None
    pain_note: str
    trend: Trend
    spark: Spark
    active: str
    active_on: date | None


class CountedPages(Paginator):
    """Pages of rows whose number is known already."""

    def __init__(self, rows: QuerySet, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.__dict__["count"] = count


@staff(THERAPIST)
def caseload(request: Request) -> HttpResponse:
    """My patients, searched, filtered and sorted by the address. A fixed number of statements for any caseload."""
    actor = request.actor
    asked = Asked(request.GET)
    mine = search.caseload(actor)
    wanted = search.wanted(asked.text, asked.sign, actor.today)
    numbers = search.counts(mine, wanted, actor.today)
    found = search.ordered(mine.filter(wanted), asked.sort, descending=asked.descending)
    pages = CountedPages(found.values_list(*COLUMNS, named=True), PAGE_SIZE, numbers["found"])
    page = pages.get_page(asked.page)
    context = {
        "asked": asked,
        "numbers": numbers,
        "sentence": _sentence(numbers),
        "chips": asked.chips(numbers),
        "columns": asked.columns(),
        "page_obj": page,
        "rows": _rows(page, actor),
    }
    return page_or_partial(request, "programs/caseload.html", "programs/_caseload.html", context)


def _sentence(numbers: dict[str, int]) -> str:
    """`30 patients. Two report a flare now; one has not logged for a week.`"""
    total = numbers["all"]
    if not total:
        return ""
    parts = [
        _people(numbers[Sign.FLARE], "reports a flare now", "report a flare now"),
        _people(numbers[Sign.QUIET], "has not logged for a week", "have not logged for a week"),
    ]
    said = "; ".join(filter(None, parts))
    start = "One patient" if total == 1 else f"{total} patients"
    return f"{start}. {said[:1].upper()}{said[1:]}." if said else f"{start}. Nobody reports a flare."


def _people(number: int, one: str, many: str) -> str:
    return f"{apnumber(number)} {one if number == 1 else many}" if number else ""


def _rows(page: Page, actor: Actor) -> list[Row]:
    """The rows of this page with what four more statements know of them."""
    facts = list(page)
    ids = [fact.pk for fact in facts]
    conditions, programs = conditions_of_each(ids, actor.today), search.programs_of(ids, actor)
    notes = search.work_of(ids, actor)
    return [
        _row(fact, today, status, _labels(conditions[fact.pk]), programs.get(fact.pk, []), notes.get(fact.pk))
        for fact, today, status in _with_status(facts, actor.now)
    ]


def _labels(conditions: Set[Condition]) -> list[str]:
    return [condition.label for condition in sorted(conditions)]


def _with_status(facts: Sequence[Any], now: datetime) -> list[tuple[Any, date, tuple]]:
    """Each patient with their own today and status: the stored one, or a fresh one where that is of another day.

    Reading a page writes nothing; the beat stores the fresh ones.
    """
    todays = {fact.pk: local_date(now, fact.time_zone) for fact in facts}
    known = {fact.pk: fact[-len(STATUS) :] for fact in facts if fact.status__as_of == todays[fact.pk]}
    old = [Patient(pk=fact.pk, time_zone=fact.time_zone) for fact in facts if fact.pk not in known]
    for pk, status in adherence.statuses_for(old, now).items():
        known[pk] = tuple(getattr(status, name) for name in STATUS)
    return [(fact, todays[fact.pk], known[fact.pk]) for fact in facts]


def _row(fact: Any, today: date, status: tuple, conditions: list[str], programs: list[str], notes: Notes | None) -> Row:
    expected, done, percent, pain, pain_on, pain_days, active_on = status
    trend = charts.pain_trend(pain_days)
    flare = fact.flare_now__started_on
    return Row(
        id=fact.pk,
        name=f"{fact.given_name} {fact.family_name}",
        age=years_between(fact.birth_date, today),
        flare_since=charts.since(flare, today) if flare else "",
        notes=notes.number if notes else 0,
        note=notes.worst.reason if notes else "",
        note_head=notes.worst.headline if notes else "",
        note_rating=notes.worst.rating_word if notes else "",
        note_icon=icon_of(notes.worst) if notes else "",
        conditions=conditions[:CHIPS],
        more_conditions=conditions[CHIPS:],
        programs=programs,
        expected=expected,
        done=done,
        percent=percent,
        pain=pain,
        pain_note=_pain_note(pain_on, trend, today),
        trend=trend,
        spark=charts.spark(pain_days),
        active=charts.ago(active_on, today) if active_on else "",
        active_on=active_on,
    )


def _pain_note(rated_on: date | None, trend: Trend, today: date) -> str:
    """The direction while there are ratings to judge by, else how old the last one is."""
    if rated_on is None:
        return ""
    return charts.ago(rated_on, today) if trend.direction is charts.Direction.NOT_RATED else trend.direction.label
