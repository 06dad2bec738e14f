"""Seats in a care team."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from config.lib.forms import HouseForm
from patients.forms.fields import DayField
from patients.models import Patient, User
from patients.services import care_team

A_YEAR = timedelta(days=366)
FIVE_YEARS = timedelta(days=5 * 366)


class TherapistField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name or obj.email


class SeatForm(HouseForm, forms.Form):
    """A colleague, from when, and for how long."""

    therapist = TherapistField(label="Colleague", queryset=None, empty_label="Choose a colleague")
    starts_on = DayField(label="From")
    last_day = DayField(
        label="Last day (optional)",
        required=False,
        help_text="Leave empty for a colleague who stays. Access ends that night.",
    )

    def __init__(self, *args: Any, patient: Patient, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"starts_on": today}, **kwargs)
        field: Any = self.fields["therapist"]
        field.queryset = care_team.colleagues(patient.clinic).exclude(
            pk__in=patient.care_team.on(today).filter(ended_on=None).values("therapist")
        )
        starts: Any = self.fields["starts_on"]
        starts.limit(today, today + A_YEAR)
        last: Any = self.fields["last_day"]
        last.limit(today, today + FIVE_YEARS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day cannot be before the first.")
        return data

    def seat(self) -> dict[str, Any]:
        """The values for `care_team.add`."""
        last = self.cleaned_data["last_day"]
        return {
            "therapist": self.cleaned_data["therapist"],
            "starts_on": self.cleaned_data["starts_on"],
            "ended_on": last + timedelta(days=1) if last else None,
        }


class SeatEndForm(HouseForm, forms.Form):
    on = DayField(label="No access from", help_text="From this day on they cannot open the record.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        on: Any = self.fields["on"]
        on.limit(today, today + A_YEAR)
