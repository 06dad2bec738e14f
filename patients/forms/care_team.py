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


class HandOverForm(HouseForm, forms.Form):
    """Hand over to a colleague, from when, until a day or for good."""

    DAY, GOOD = "day", "good"
    A_FORTNIGHT = timedelta(days=13)

    therapist = TherapistField(label="Hand over to", queryset=None, empty_label="Choose a colleague")
    starts_on = DayField(label="From")
    until = forms.ChoiceField(
        choices=[
            (DAY, "Until a day. Their access ends by itself that night; you stay in the care team."),
            (GOOD, "For good. Your own access ends on the first day."),
        ],
        widget=forms.RadioSelect,
        label="How long",
    )
    last_day = DayField(label="Last day")

    def __init__(self, *args: Any, patient: Patient, without: User, today: date, **kwargs: Any) -> None:
        usual = {"starts_on": today, "until": self.DAY, "last_day": today + self.A_FORTNIGHT}
        super().__init__(*args, initial=usual, **kwargs)
        therapist: Any = self.fields["therapist"]
        therapist.queryset = care_team.colleagues(patient.clinic).exclude(pk=without.pk)
        therapist.widget.attrs["class"] = "form-select"
        for name, furthest in (("starts_on", A_YEAR), ("last_day", FIVE_YEARS)):
            field: Any = self.fields[name]
            field.limit(today, today + furthest)
            field.widget.attrs["class"] = "form-control"
        last: Any = self.fields["last_day"]
        last.required = self.data.get("until") != self.GOOD
        last.error_messages["required"] = "Choose the last day on which they have access."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("last_day")
        if data.get("until") == self.DAY and first and last and last < first:
            self.add_error("last_day", "The last day cannot be before the first.")
        return data

    def seat(self) -> dict[str, Any]:
        """The values for `care_team.hand_on`."""
        data = self.cleaned_data
        last = data["last_day"] if data["until"] == self.DAY else None
        return {"therapist": data["therapist"], "starts_on": data["starts_on"], "last_day": last}


class SeatEndForm(HouseForm, forms.Form):
    on = DayField(label="No access from", help_text="From this day on they cannot open the record.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        on: Any = self.fields["on"]
        on.limit(today, today + A_YEAR)
