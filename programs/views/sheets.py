"""What the pages of a day share: the sheet, and the answer to a write with or without htmx."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from exercises.dosage import minutes_of
from patients.access import Request
from patients.models import Patient
from patients.services.diary import LogConflict, LogRefused
from programs.services import days, editions, variants
from programs.services.days import DaySheet
from programs.today import Line, Place, greeting, say_load, up_next

CONFLICT = "This page was not up to date. Here is what is saved."
CORE = "core"  # `?only=core`: the minimum core alone


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused write, told where it happened: `where` is the key of a card, a set or a panel."""

    where: str
    message: str
    status: int = 422
    field: str = ""
    typed: str = ""

    @property
    def is_question(self) -> bool:
        """Skipped without a reason: the next step, not a mistake."""
        return self.field == "reason"

    @property
    def is_general(self) -> bool:
        """Belongs to the whole page, not to one card."""
        return not self.where or self.field in {"local_date", "prescription", "prescription_id", "client_uuid", "slot"}

    @classmethod
    def of_form(cls, form: forms.Form, where: str, typed: str = "") -> Problem:
        name = next(iter(form.errors))
        return cls(where, str(form.errors[name][0]), field=name, typed=typed)

    @classmethod
    def of_refusal(cls, refusal: LogRefused | LogConflict, where: str, typed: str = "") -> Problem:
        if isinstance(refusal, LogConflict):
            return cls("", CONFLICT, status=409)
        return cls(where, refusal.message, field=refusal.field, typed=typed)


@dataclass(frozen=True, slots=True)
class Undo:
    """The write that puts things back: where it goes and what it sends."""

    url: str
    fields: dict[str, Any]


def address(day: date, today: date) -> str:
    return reverse("programs:today") if day == today else reverse("programs:day", args=[day])


def asks_for_core(request: Request) -> bool:
    """Whether the reader looks at the minimum core alone; each form of that page says so again."""
    return (request.POST.get("only") or request.GET.get("only")) == CORE


def context_of(request: Request, day: date, problem: Problem | None = None) -> dict[str, Any]:
    """Everything that `programs/_day.html` and its parts show."""
    actor = request.actor
    patient = actor.own_record
    whole = days.load(patient, day, actor.now)
    prefetch_related_objects(whole.pauses, "prescription")
    if whole.is_open:
        editions.with_alternatives([line.item for one in whole.occurrences for line in one.lines], day)
    only = CORE if whole.is_open and asks_for_core(request) and _has_core(whole) else ""
    sheet = _core_of(whole) if only else whole
    clock = actor.now.astimezone(ZoneInfo(patient.time_zone)).time()
    ahead = up_next(sheet.occurrences) if sheet.is_open else []
    return {
        "sheet": sheet,
        "patient": patient,
        "greeting": greeting(clock),
        "load": _load(sheet, only),
        "only": only,
        "core_minutes": 0 if only else _core_minutes(whole),
        **_standing(whole, patient),
        "ahead": ahead,
        "is_ahead_later": bool(ahead) and ahead[0].place is Place.LATER,
        "lead": None if sheet.has_program else days.lead_of(patient, sheet.today),
        "yesterday": sheet.today - timedelta(days=1),
        "problem": problem,
        "set_in_question": _set_of(sheet, problem),
    }


def _set_of(sheet: DaySheet, problem: Problem | None) -> str:
    """The key of the set that a problem is about, so that it is not folded away."""
    where = problem.where if problem else ""
    for one in sheet.occurrences:
        if one.key in where or any(line.key in where for line in one.lines):
            return one.key
    return ""


def _standing(sheet: DaySheet, patient: Patient) -> dict[str, Any]:
    """The spell that holds today, or the lapsed one that the patient is to be asked about."""
    spell = variants.latest(patient, sheet.today) if sheet.is_today else None
    return {
        "spell": spell if variants.runs_on(spell, sheet.today) else None,
        "lapsed": spell if variants.asks_on(spell, sheet.today) else None,
    }


def _core(sheet: DaySheet) -> list[Line]:
    return [line for one in sheet.occurrences for line in one.lines if line.item.is_core]


def _has_core(sheet: DaySheet) -> bool:
    return bool(_core(sheet))


def _core_of(sheet: DaySheet) -> DaySheet:
    """The same day with its most important exercises alone. What is answered there is the day's own answer."""
    kept = [replace(one, lines=tuple(line for line in one.lines if line.item.is_core)) for one in sheet.occurrences]
    return replace(sheet, occurrences=[one for one in kept if one.lines])


def _core_minutes(sheet: DaySheet) -> int:
    """How long the most important ones take; 0 when none of them is open today, or nothing else."""
    waiting = [line for one in sheet.occurrences if not one.is_extra for line in one.open_lines]
    core = [line for line in waiting if line.item.is_core]
    is_less = sheet.is_today and len(core) < len(waiting)
    return minutes_of([line.dose for line in core]) if core and is_less else 0


def _load(sheet: DaySheet, only: str) -> str:
    """What is still to do today, or that all is done."""
    waiting = [one for one in sheet.occurrences if not one.is_extra]
    lines = [line for one in waiting for line in one.open_lines]
    is_begun = any(line.status for one in sheet.occurrences for line in one.lines)
    if lines:
        return say_load(lines, left=is_begun)
    if only:
        return "The most important is done. The rest can wait."
    return "That is everything for today. Be kind to yourself." if is_begun else ""


def show(request: Request, day: date, problem: Problem | None = None) -> HttpResponse:
    """The whole page of `day`."""
    context = context_of(request, day, problem)
    page = "programs/today.html" if context["sheet"].is_today else "programs/day.html"
    return render(request, page, context, status=problem.status if problem else 200)


def answer(
    request: Request,
    day: date,
    *,
    text: str = "",
    undo: Undo | None = None,
    problem: Problem | None = None,
    touched: Collection[str] = (),
    redraw: bool = False,
) -> HttpResponse:
    """After a write. htmx gets the `touched` elements anew (by id) or with `redraw` the day, a plain form the page."""
    actor = request.actor
    if request.htmx:
        context = context_of(request, day, problem) | {
            "toast": text,
            "undo": undo,
            "undo_uuid": uuid4(),
            "touched": {*touched, *([problem.where] if problem else [])},
            "redraw": redraw,
        }
        return render(request, "programs/_day_update.html", context, status=problem.status if problem else 200)
    if problem:
        return show(request, day, problem)
    messages.success(request, text)
    anchor = next(iter(touched), "")
    query = f"?only={CORE}" if asks_for_core(request) else ""
    return redirect(address(day, actor.today) + query + (f"#{anchor}" if anchor else ""))
