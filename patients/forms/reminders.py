"""A patient's reminder settings: switch, quiet hours, and times with their days."""

from __future__ import annotations

from datetime import time
from typing import Any, cast

from django import forms

from config.lib.forms import HouseForm, TimeInput
from patients.models.messages import EVERY_DAY
from patients.reminders import in_quiet_hours
from patients.services.reminder_settings import ReminderTime

MOST_TIMES = 8
DAYS = [(str(number), name) for number, name in enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])]
CLOCK = {"invalid": "Write a time of day, for example 07:15."}


def _clock(**kwargs: Any) -> forms.TimeField:
    widget = TimeInput(attrs={"class": "form-control"})
    return forms.TimeField(required=False, widget=widget, error_messages=CLOCK, **kwargs)


def _tick() -> forms.CheckboxInput:
    return forms.CheckboxInput(attrs={"class": "form-check-input"})


class ReminderForm(HouseForm, forms.Form):
    """Switch and quiet hours."""

    reminders_on = forms.BooleanField(label="Send me reminders", required=False, widget=_tick())
    quiet_from = _clock(label="Quiet from")
    quiet_until = _clock(label="Quiet until")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = data.get("quiet_from"), data.get("quiet_until")
        broken = {"quiet_from", "quiet_until"} & set(self.errors)
        if not broken and (begins is None) != (ends is None):
            missing = "quiet_from" if begins is None else "quiet_until"
            self.add_error(missing, "Fill in both times, or neither.")
        if not broken and begins is not None and begins == ends:
            self.add_error("quiet_until", "Choose a time different from the beginning.")
        return data

    def is_quiet(self, clock: time) -> bool:
        """Whether `clock` lies in the quiet hours that were typed."""
        return in_quiet_hours(clock, self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until"))


class TimeForm(HouseForm, forms.Form):
    """One reminder time. Empty means there is none."""

    slot = _clock(label="Time")
    weekdays = forms.MultipleChoiceField(
        label="Days",
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose days from Monday to Sunday."},
    )
    remove = forms.BooleanField(label="Remove", required=False, widget=_tick())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("slot") and not data.get("remove") and not data.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", "Choose at least one day, or remove this time.")
        return data

    @property
    def chosen(self) -> ReminderTime | None:
        """The time as a value; None for an empty or removed row."""
        slot = self.cleaned_data.get("slot")
        if not slot or self.cleaned_data.get("remove"):
            return None
        mask = sum(1 << int(number) for number in self.cleaned_data["weekdays"])
        return ReminderTime(slot.replace(second=0, microsecond=0), mask)


class BaseTimes(forms.BaseFormSet):
    """The rows that exist and one empty row, so that adding needs no script."""

    def clean(self) -> None:
        if any(self.errors):
            return
        met: set[time] = set()
        for form in self.forms:
            chosen = form.chosen
            if chosen and chosen.slot in met:
                form.add_error("slot", "This time is listed twice.")
            elif chosen:
                met.add(chosen.slot)
        if len(met) > max(MOST_TIMES, self.initial_form_count()):
            raise forms.ValidationError(f"At most {MOST_TIMES} times a day.")

    def chosen(self) -> list[ReminderTime]:
        return [form.chosen for form in self.forms if form.chosen]


Times = forms.formset_factory(TimeForm, formset=BaseTimes, extra=1, max_num=MOST_TIMES, absolute_max=50)


def initial_row(slot: time | None, weekdays: int) -> dict[str, Any]:
    return {"slot": slot, "weekdays": [str(number) for number in range(7) if weekdays >> number & 1]}


def times_formset(data: Any, rows: list[tuple[time, int]]) -> BaseTimes:
    """Bound to `data`, or showing what is stored; the empty row offers every day."""
    known = [initial_row(slot, weekdays) for slot, weekdays in rows]
    # A bound row is read as it was typed: compared with what is stored, a repeated save would look empty.
    formset: Any = Times(data, initial=known if data is None else None, prefix="times")
    if data is None and len(formset.forms) > len(known):
        formset.forms[-1].initial = initial_row(None, EVERY_DAY)
    return cast(BaseTimes, formset)


def agree(form: ReminderForm, times: BaseTimes) -> bool:
    """Both valid, and together: a time inside the quiet hours would never ring, a switch without times neither."""
    if not all([form.is_valid(), times.is_valid()]):
        return False
    for row in times.forms:
        if row.chosen and form.is_quiet(row.chosen.slot):
            row.add_error("slot", "This lies in your quiet hours, so it would never ring. Change one of them.")
    if form.cleaned_data["reminders_on"] and not times.chosen():
        form.add_error("reminders_on", "Add a time below, or switch the reminders off.")
    return not form.errors and not any(row.errors for row in times.forms)
