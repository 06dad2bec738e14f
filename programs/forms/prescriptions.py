"""The course of a prescription: its end, pauses, and what is made of it for others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from config.lib.forms import DateInput, HouseForm
from patients.access import Actor
from patients.forms.fields import DayField
from patients.models import Patient
from programs.enums import PauseKind

HIDDEN = forms.HiddenInput
A_YEAR = timedelta(days=366)


class EndForm(HouseForm, forms.Form):
    """The last day on which anything is due."""

    on = forms.DateField(label="Last day", widget=DateInput({"class": "form-control"}))


class PauseForm(HouseForm, forms.Form):
    """Which prescriptions, why, and from when to when. An empty last day means until somebody resumes it."""

    ONE, ALL = "one", "all"
    KINDS = (
        (PauseKind.PAUSE, "Pause"),
        (PauseKind.HOLIDAY, "Holiday"),
        (PauseKind.HOLD, "Hold for safety: only a therapist lifts it"),
    )

    scope = forms.ChoiceField(widget=forms.RadioSelect, initial=ONE, label="What is paused")
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, initial=PauseKind.PAUSE, label="Why")
    starts_on = DayField(label="First day without exercises")
    last_day = DayField(
        label="Last day without exercises", required=False, help_text="Leave empty to pause until you resume it."
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        label="Note for the team",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    key = forms.UUIDField(required=False, widget=HIDDEN)

    def __init__(self, *args: Any, title: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope: Any = self.fields["scope"]
        scope.choices = [(self.ONE, f"Only “{title}”"), (self.ALL, "Everything this patient does")]
        for name in ("starts_on", "last_day"):
            field: Any = self.fields[name]
            field.limit(today, today + A_YEAR * (1 if name == "starts_on" else 2))
            field.widget.attrs["class"] = "form-control"

    @property
    def is_for_all(self) -> bool:
        return bool(self.cleaned_data["scope"] == self.ALL)


class ResumeForm(HouseForm, forms.Form):
    """The first day on which something is due again."""

    on = DayField(label="Due again from")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on: Any = self.fields["on"]
        on.limit(today, today + A_YEAR)
        on.widget.attrs["class"] = "form-control"


class PatientChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Patient) -> str:
        return f"{obj.name}, born {obj.birth_date:%Y}"


class CopyForm(HouseForm, forms.Form):
    """For whom, under which title, from when. Notes were written for one person and stay behind unless wanted."""

    to = PatientChoice(queryset=Patient.objects.none(), label="For", empty_label="Choose a patient")
    title = forms.CharField(max_length=120, label="Title", widget=forms.TextInput({"class": "form-control"}))
    starts_on = DayField(label="Starts on")
    with_notes = forms.BooleanField(required=False, label="Take the notes to the patient along")
    key = forms.UUIDField(required=False, widget=HIDDEN)

    def __init__(self, *args: Any, actor: Actor, without: Patient, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = Patient.objects.for_therapist(actor).active().exclude(pk=without.pk)
        to.widget.attrs["class"] = "form-select"
        starts: Any = self.fields["starts_on"]
        starts.limit(today, today + A_YEAR)
        starts.widget.attrs["class"] = "form-control"


class TemplateForm(HouseForm, forms.Form):
    """Name and summary of the program that is made; nothing of the patient is in it."""

    name = forms.CharField(max_length=120, label="Name", widget=forms.TextInput({"class": "form-control"}))
    summary = forms.CharField(
        max_length=500,
        required=False,
        label="What it is for",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    with_notes = forms.BooleanField(
        required=False, label="Keep the notes to the patient. Everybody in the clinic can read them then."
    )
    key = forms.UUIDField(required=False, widget=HIDDEN)
