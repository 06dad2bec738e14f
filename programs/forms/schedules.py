"""When a program is due: the fields in which it is said, and the columns they make."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms

from config.lib.forms import HouseForm, TimeInput, WholeNumberField
from programs import schedule
from programs.enums import Frequency
from programs.forms.doses import DaysField
from programs.models import ScheduleColumns
from programs.schedule import EVERY_DAY, Rule

MOST_SLOTS = 6
SLOTS = [f"slot_{number}" for number in range(1, MOST_SLOTS + 1)]
ANY, AT, BREAKS = "any", "slots", "breaks"
CLOSEST, FARTHEST, MOST_BREAKS = 15, 240, 16
FREQUENCIES = [
    (Frequency.WEEKDAYS, "On certain days"),
    (Frequency.EVERY_DAYS, "Every so many days"),
    (Frequency.TIMES_PER_WEEK, "A number of times a week"),
]
TIMES = [(ANY, "Any time"), (AT, "At certain times"), (BREAKS, "Movement breaks")]


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=TimeInput(attrs={"class": "form-control"}),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": "Enter a time like 07:30."},
    )


def _number(label: str, low: int, high: int, initial: int) -> WholeNumberField:
    field = WholeNumberField(low=low, high=high, required=False, label=label, initial=initial)
    field.widget.attrs["class"] = "form-control"
    return field


class ScheduleFields(HouseForm, forms.Form):
    """All kinds of schedule: certain days, every so many days, times a week; any time, certain times, breaks."""

    frequency = forms.ChoiceField(
        choices=FREQUENCIES, widget=forms.RadioSelect, initial=Frequency.WEEKDAYS, label="How often"
    )
    weekdays = DaysField(label="Days", initial=EVERY_DAY)
    every_days = _number("Days from one to the next", 2, 28, 2)
    times_per_week = _number("Times a week", 1, 7, 3)
    times = forms.ChoiceField(choices=TIMES, widget=forms.RadioSelect, initial=ANY, label="Times of day")
    break_from = _time("First break")
    break_to = _time("Last break")
    break_minutes = _number("Minutes apart", CLOSEST, FARTHEST, 60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(SLOTS, 1):
            self.fields[name] = _time(f"Time {number}")

    @property
    def slot_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SLOTS]

    @property
    def window_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("break_from", "break_to", "break_minutes")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = {
            Frequency.WEEKDAYS: ("weekdays", "Choose at least one day."),
            Frequency.EVERY_DAYS: ("every_days", "Enter a whole number from 2 to 28."),
            Frequency.TIMES_PER_WEEK: ("times_per_week", "Enter a whole number from 1 to 7."),
        }
        if data.get("frequency") in wanted:
            self._demand(*wanted[Frequency(data["frequency"])])
        if data.get("times") == AT and not any(data.get(name) or name in self.errors for name in SLOTS):
            self._demand(SLOTS[0], "Enter at least one time, or choose “Any time”.")
        if data.get("times") == BREAKS:
            self._clean_breaks(data)
        return data

    def _demand(self, name: str, fault: str) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, fault)

    def _clean_breaks(self, data: dict[str, Any]) -> None:
        self._demand("break_from", "When is the first break?")
        self._demand("break_to", "When is the last break at the latest?")
        self._demand("break_minutes", f"Enter a whole number from {CLOSEST} to {FARTHEST}.")
        if self.errors.keys() & {"break_from", "break_to", "break_minutes"}:
            return
        if data["break_to"] <= data["break_from"]:
            self.add_error("break_to", "The last break must be after the first one, on the same day.")
        elif (number := len(self._breaks())) > MOST_BREAKS:
            fault = f"That makes {number} breaks a day. Choose a longer distance: at most {MOST_BREAKS} are useful."
            self.add_error("break_minutes", fault)

    def _breaks(self) -> tuple[str, ...]:
        data = self.cleaned_data
        return schedule.window_slots(_said(data["break_from"]), _said(data["break_to"]), data["break_minutes"])

    @property
    def columns(self) -> dict[str, Any]:
        """What is said, as the columns of `ScheduleColumns`."""
        data = self.cleaned_data
        frequency, times = data["frequency"], data["times"]
        at = sorted({_said(data[name]) for name in SLOTS if data[name]})
        return {
            "frequency": str(frequency),
            "weekdays": data["weekdays"] if frequency == Frequency.WEEKDAYS else EVERY_DAY,
            "times_per_week": data["times_per_week"] if frequency == Frequency.TIMES_PER_WEEK else None,
            "every_days": data["every_days"] if frequency == Frequency.EVERY_DAYS else None,
            "slots": list(self._breaks()) if times == BREAKS else at if times == AT else [],
            "break_minutes": data["break_minutes"] if times == BREAKS else None,
        }

    def rule_from(self, anchor: date) -> Rule:
        """The same as a value; every so many days counts from `anchor`."""
        columns = self.columns
        frequency = columns["frequency"]
        return Rule(
            weekdays=columns["weekdays"] if frequency == Frequency.WEEKDAYS else None,
            times_per_week=columns["times_per_week"],
            every_days=columns["every_days"],
            anchor=anchor if frequency == Frequency.EVERY_DAYS else None,
            slots=tuple(columns["slots"]),
            break_minutes=columns["break_minutes"],
        )


def initial_of(row: ScheduleColumns) -> dict[str, Any]:
    """What the fields show for a stored schedule; fields that are not in use keep their usual values."""
    values: dict[str, Any] = {"frequency": row.frequency, "times": AT if row.slots else ANY}
    if row.frequency == Frequency.WEEKDAYS:
        values["weekdays"] = row.weekdays
    for name in ("every_days", "times_per_week"):
        if getattr(row, name):
            values[name] = getattr(row, name)
    if row.break_minutes and row.slots:
        window = {"break_from": row.slots[0], "break_to": row.slots[-1], "break_minutes": row.break_minutes}
        return values | {"times": BREAKS} | window
    return values | dict(zip(SLOTS, row.slots, strict=False))


def _said(at: time) -> str:
    return f"{at:%H:%M}"
