"""Panels of a patient's page: what was done, how it hurt, what was logged. All draw on one `History`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from config.lib.templatetags.ui import icon
from patients.models import Patient
from programs import charts
from programs.adherence import DayCell, History
from programs.charts import Mark
from programs.enums import DayState

register = template.Library()

WEEKS = 12
TREND_DAYS = 14
QUIET_DAYS = 7
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORDS = {
    DayState.DONE: "done",
    DayState.PARTLY: "partly done",
    DayState.SKIPPED: "skipped",
    DayState.NOT_DUE: "nothing due",
    DayState.NOT_LOGGED: "not logged",
}


@register.simple_tag(takes_context=True)
def patient_history(context: dict[str, Any], patient: Patient) -> History:
    """The last twelve weeks of a patient whom the view has opened already."""
    return History(patient, context["request"].actor.now)


# --- Adherence -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Square:
    """One day in the calendar: its shape, and in words what the shape says."""

    state: str
    words: str
    is_today: bool
    in_flare: bool


@dataclass(frozen=True, slots=True)
class Week:
    """The head of one column."""

    monday: date
    month: str


@register.inclusion_tag("programs/_adherence_panel.html")
def adherence_panel(history: History) -> dict[str, Any]:
    """The four-week figure with its denominator, and twelve weeks of days in five shapes."""
    start = history.today - timedelta(days=history.today.weekday() + 7 * (WEEKS - 1))
    cells = {cell.day: cell for cell in history.cells}
    mondays = [start + timedelta(days=7 * week) for week in range(WEEKS)]
    rows = []
    for number, name in enumerate(WEEKDAYS):
        days = (monday + timedelta(days=number) for monday in mondays)
        rows.append((name, [_square(cells[day], history) if day in cells else None for day in days]))
    return {
        "figures": history.figures,
        "rows": rows,
        "weeks": list(_heads(mondays)),
        "has_flare": bool(history.diary.flares),
        "has_days": history.has_days,
    }


@register.simple_tag
def day_square(square: Square | None) -> SafeString:
    """One cell of the calendar; days after today are empty."""
    if square is None:
        return mark_safe("<td></td>")  # a constant
    return format_html(
        '<td class="state-{}{}" title="{}" {}>{}</td>',
        square.state,
        " weeks-flare" if square.in_flare else "",
        square.words,
        "data-today" if square.is_today else "",
        icon(f"state-{square.state}", label=square.words),
    )


def _heads(mondays: list[date]) -> Iterator[Week]:
    """Columns with the name of a month where it begins."""
    shown = None
    for monday in mondays:
        yield Week(monday, f"{monday:%b}" if monday.month != shown else "")
        shown = monday.month


def _square(cell: DayCell, history: History) -> Square:
    in_flare = any(spell.covers(cell.day) for spell in history.diary.flares)
    return Square(cell.state, _square_words(cell, in_flare), cell.day == history.today, in_flare)


def _square_words(cell: DayCell, in_flare: bool) -> str:
    """`Mon 3 Nov: partly done, 3 of 4, 1 skipped, in a flare`."""
    parts = ["still open" if cell.is_open else WORDS[cell.state]]
    if cell.done or cell.partly or cell.skipped:
        parts.append(f"{cell.done} of {cell.expected}")
        parts += [f"{cell.partly} partly"] if cell.partly else []
        parts += [f"{cell.skipped} skipped"] if cell.skipped else []
    if in_flare:
        parts.append("in a flare")
    return f"{cell.day:%a} {cell.day.day} {cell.day:%b}: {', '.join(parts)}"


# --- Pain ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the table beside the chart."""

    day: date
    pain: float | None
    stiffness: int | None
    marks: str


@register.inclusion_tag("programs/_pain_panel.html")
def pain_panel(history: History) -> dict[str, Any]:
    """Pain and morning stiffness of twelve weeks, with flares and program changes; and the same as a table."""
    marks = sorted(_marks(history), key=lambda mark: mark.day)
    stiffness = history.stiffness
    named: dict[date, list[str]] = {}
    for mark in marks:
        named.setdefault(mark.day, []).append(mark.name)
    rows = [
        DayRow(day, pain, minutes, ", ".join(named.get(day, [])))
        for day, pain, minutes in zip(history.days, history.pain, stiffness, strict=True)
        if pain is not None or minutes is not None or day in named
    ]
    return {
        "pain": charts.pain_chart(history.days, history.pain, marks),
        "stiffness": charts.stiffness_chart(history.days, stiffness),
        "trend": charts.pain_trend(history.pain[-TREND_DAYS:]),
        "has_pain": bool(history.diary.ratings),
        "has_stiffness": bool(history.diary.stiffness),
        "rows": rows[::-1],
    }


def _marks(history: History) -> Iterator[Mark]:
    for spell in history.diary.flares:
        yield Mark(spell.first, "Flare", "warm")
        if spell.last:
            yield Mark(spell.last, "Flare over", "warm")
    for course in history.courses:
        name = "New program" if course.number == 1 else f"Version {course.number}"
        yield Mark(course.plan.first, name)


# --- Log and next step ------------------------------------------------------------------------------------------


@register.inclusion_tag("programs/_log_panel.html")
def log_panel(history: History) -> dict[str, Any]:
    """The sessions of the last two weeks, newest first."""
    return {"sessions": history.log, "today": history.today}


@register.filter
def ago(day: date | None, today: date) -> str:
    """A day as people say it, seen from `today` (the patient's own)."""
    return charts.ago(day, today) if day else ""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, why, and where."""

    icon: str
    tone: str
    text: str
    label: str
    url: str


@register.simple_tag
def next_step(history: History) -> Step | None:
    """The one thing that asks for the therapist on this page; None when all is well."""
    patient_url = {"patient_id": history.patient.pk}
    if not history.has_program:
        text = "No program is running."
        return Step("layers", "info", text, "Assign a program", reverse("programs:assign", kwargs=patient_url))
    if history.flare:
        since = charts.since(history.flare.first, history.today)
        return Step(
            "fire", "flare", f"In a flare since {since}. Is the program still right?", "See the program", "#program"
        )
    if history.is_quiet(QUIET_DAYS):
        last = f"since {charts.since(history.last_log, history.today)}" if history.last_log else "yet"
        return Step("chat-left-text", "info", f"Nothing logged {last}. A short call often helps.", "", "")
    return None
