"""A week at a glance: five states a day, and the way to each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from patients.access import Request, patient
from patients.models import PainEntry
from programs import adherence
from programs.adherence import DayCell

EARLIEST = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class WeekDay:
    cell: DayCell
    worst_pain: int | None
    today: date

    @property
    def is_future(self) -> bool:
        return self.cell.day > self.today

    @property
    def is_planned(self) -> bool:
        """Exercises are due on this day, which has not come yet: none of the five states fits."""
        return self.is_future and self.cell.expected > 0

    @property
    def is_today(self) -> bool:
        return self.cell.day == self.today

    @property
    def words(self) -> str:
        """`3 of 4 done`, with what was left out."""
        cell = self.cell
        if not cell.expected:
            return ""
        if self.is_future:
            return f"{cell.expected} planned"
        parts = [f"{cell.done} of {cell.expected} done"]
        parts += [f"{n} {word}" for n, word in ((cell.partly, "partly"), (cell.skipped, "skipped")) if n]
        return ", ".join(parts)


@patient
@require_GET
def week(request: Request) -> HttpResponse:
    """Monday to Sunday around `?monday=`, else the current week."""
    actor = request.actor
    this_monday = _monday_of(actor.today)
    monday = _asked(request, this_monday)
    sunday = monday + timedelta(days=6)
    cells = adherence.day_cells(actor.own_record, monday, sunday, actor.now)
    pains = PainEntry.objects.for_actor(actor).filter(local_date__range=(monday, sunday), site="overall")
    worst: dict[date, int] = {}
    for day, score in pains.values_list("local_date", "score"):
        worst[day] = max(score, worst.get(day, 0))
    days = [WeekDay(cell, worst.get(cell.day), actor.today) for cell in cells]
    past = [one.cell for one in days if not one.is_future]
    context = {
        "days": days,
        "monday": monday,
        "sunday": sunday,
        "is_this_week": monday == this_monday,
        "previous": monday - timedelta(days=7) if monday > EARLIEST else None,
        "next": monday + timedelta(days=7) if monday < this_monday else None,
        "done": sum(cell.done for cell in past),
        "expected": sum(cell.expected for cell in past),
    }
    return render(request, "programs/week.html", context)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _asked(request: Request, this_monday: date) -> date:
    text = request.GET.get("monday")
    if not text:
        return this_monday
    try:
        monday = _monday_of(date.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if not EARLIEST <= monday <= this_monday:
        raise Http404
    return monday
