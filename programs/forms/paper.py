"""A grid as it is typed in: one key a cell, a number from 0 to 10 for pain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from config.lib.forms import HouseForm
from patients.forms.fields import DayField
from programs.enums import EntryStatus
from programs.services.paper import EDIT_DAYS, SHEET_DAYS, Cell, DayTyped, Paper

# What is on the paper, and what is quick to type. The first of each is shown for an answer that is stored.
KEYS = {
    EntryStatus.DONE: "dx1✓y",
    EntryStatus.PARTLY: "p/2",
    EntryStatus.SKIPPED: "s-–—30n",
}
MEANING = {key: status for status, keys in KEYS.items() for key in keys}
BAD_MARK = "Type d, p or s."
BAD_PAIN = "Type a whole number from 0 to 10."


class FirstDayForm(HouseForm, forms.Form):
    """The first day on the paper."""

    first_day = DayField(label="First day on the sheet")

    def __init__(self, data: QueryDict, *, today: date) -> None:
        usual = (today - timedelta(days=SHEET_DAYS - 1)).isoformat()
        super().__init__({**data.dict(), "first_day": data.get("first_day") or usual})
        self.today = today
        self.fields["first_day"].limit(today - timedelta(days=EDIT_DAYS), today, "today")  # type: ignore[attr-defined]

    @property
    def first(self) -> date:
        """As chosen, or so that the sheet ends today."""
        chosen: date | None = self.cleaned_data.get("first_day") if not self.errors.get("first_day") else None
        return chosen or self.today - timedelta(days=SHEET_DAYS - 1)


class PaperForm(FirstDayForm):
    """The whole page. The cells are read by `read`, because which there are depends on the first day."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    overwrite = forms.BooleanField(label="The paper counts: replace what is stored already", required=False)


def cell_name(cell: Cell) -> str:
    return f"c-{cell.item_id.hex}-{cell.slot.replace(':', '') or 'any'}-{cell.day:%Y%m%d}"


def pain_name(day: date) -> str:
    return f"p-{day:%Y%m%d}"


def key_of(status: str) -> str:
    """The letter that stands for a stored answer; "" for none."""
    return KEYS[EntryStatus(status)][0] if status else ""


@dataclass(slots=True)
class Reading:
    """What was typed: good days, and what is wrong in which field. A day with a fault is not among the good ones."""

    days: list[DayTyped] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def read(paper: Paper, data: Mapping[str, str]) -> Reading:
    """Read every cell of the grid from what was sent; other names are not looked at."""
    reading = Reading()
    marks: dict[date, dict[Any, EntryStatus]] = {}
    bad: set[date] = set()
    for cell in paper.cells:
        name = cell_name(cell)
        text = _text(data, name, reading)
        if not text:
            continue
        if text in MEANING:
            marks.setdefault(cell.day, {})[cell.item_id, cell.slot] = MEANING[text]
        else:
            reading.faults[name] = BAD_MARK
            bad.add(cell.day)
    pains = _pains(paper, data, reading, bad)
    reading.days = [
        DayTyped(day, marks.get(day, {}), pains.get(day))
        for day in paper.days
        if day not in bad and (day in marks or day in pains)
    ]
    return reading


def _pains(paper: Paper, data: Mapping[str, str], reading: Reading, bad: set[date]) -> dict[date, int]:
    pains = {}
    for day in filter(paper.is_past, paper.days):
        text = _text(data, pain_name(day), reading)
        if text and text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= 10:
            pains[day] = int(text)
        elif text:
            reading.faults[pain_name(day)] = BAD_PAIN
            bad.add(day)
    return pains


def _text(data: Mapping[str, str], name: str, reading: Reading) -> str:
    """What stands in a field, kept for showing it again."""
    text = data.get(name, "").strip()[:20]
    if text:
        reading.typed[name] = text
    return text.lower()
