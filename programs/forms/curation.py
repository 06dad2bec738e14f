"""The forms with which a curator publishes, retires, restores and merges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from config.lib.forms import DateInput, HouseForm, WholeNumberField
from config.lib.words import Word

FARTHEST = timedelta(days=366)


class Reach(Word):
    """How far a change of the library goes."""

    NEW = "new"
    DATE = "date"


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


class ReachForm(HouseForm, forms.Form):
    """Who gets a change: new versions only, or everybody from a day on."""

    revision = WholeNumberField(low=1, high=999_999_999, widget=forms.HiddenInput)
    reach = forms.ChoiceField(choices=Reach.choices(), initial=Reach.NEW, label="Who gets it")
    since = forms.DateField(label="From", widget=DateInput, required=False)

    def __init__(self, *args: Any, today: date, is_asked: bool = True, **kwargs: Any) -> None:
        self.today = today
        self.is_asked = is_asked  # a new exercise reaches nobody, so there is nothing to choose
        kwargs["initial"] = {"since": next_monday(today), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if not is_asked:
            del self.fields["reach"], self.fields["since"]
            return
        attrs = {"class": "form-control", "min": today.isoformat(), "max": (today + FARTHEST).isoformat()}
        self.fields["since"].widget.attrs |= attrs

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since = data.get("since")
        is_asked = data.get("reach") == Reach.DATE and "since" not in self.errors
        if is_asked and (since is None or not self.today <= since <= self.today + FARTHEST):
            self.add_error("since", "Choose a day from today to one year ahead.")
        return data

    @property
    def day(self) -> date | None:
        """The day from which everybody gets it; None for new versions only."""
        return self.cleaned_data["since"] if self.cleaned_data.get("reach") == Reach.DATE else None


class PublishForm(ReachForm):
    note = forms.CharField(
        max_length=500,
        required=False,
        label="What has changed",
        help_text="For the history; curators read it.",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class RetireForm(ReachForm):
    reason = forms.CharField(
        min_length=5,
        max_length=400,
        label="Why",
        help_text="Therapists who are asked to replace it read this.",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class RestoreForm(HouseForm, forms.Form):
    revision = WholeNumberField(low=1, high=999_999_999, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=400, required=False)


class MergeForm(HouseForm, forms.Form):
    revision = WholeNumberField(low=1, high=999_999_999, widget=forms.HiddenInput)
    into = forms.CharField(max_length=24, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=400,
        required=False,
        label="Why",
        help_text="For the history; curators read it.",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
