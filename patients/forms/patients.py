"""What a therapist writes down about a patient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from config.lib.forms import HouseForm
from config.lib.ids import uuid7
from patients.conditions import RECORDABLE, Condition
from patients.forms.fields import DayField, ZoneField
from patients.models import Clinic, Patient, PatientCondition
from patients.services import patients

EARLIEST_BIRTH = date(1900, 1, 1)
C = Condition
GROUPS: dict[str, list[Condition]] = {
    "Spine and bone": [
        C.FUSED_CERVICAL_SPINE,
        C.FUSED_THORACOLUMBAR_SPINE,
        C.ATLANTOAXIAL_INSTABILITY,
        C.OSTEOPOROSIS,
        C.VERTEBRAL_FRACTURE_HISTORY,
        C.SUSPECTED_ACUTE_FRACTURE,
    ],
    "Hip": [
        C.ADVANCED_HIP_ARTHRITIS,
        C.THA_POSTERIOR,
        C.THA_LATERAL,
        C.THA_ANTERIOR,
        C.THA_CLEARED,
        C.THA_WITH_STIFF_SPINE,
    ],
    "Now": [C.ACUTE_FLARE, C.ACUTE_UVEITIS, C.FEVER_OR_INFECTION, C.PREGNANCY],
    "Heart, lungs and blood": [
        C.CARDIAC_INVOLVEMENT,
        C.UNCONTROLLED_HYPERTENSION,
        C.RESTRICTIVE_LUNG_DISEASE,
        C.ANTICOAGULATION,
        C.DVT_SUSPECTED_OR_ACUTE,
    ],
    "Skin, heat and cold": [
        C.SKIN_LESION_OR_OPEN_WOUND,
        C.HEAT_INSENSITIVITY,
        C.RAYNAUD,
        C.COLD_URTICARIA,
    ],
    "Balance and weight": [C.BALANCE_PROBLEM_FALL_RISK, C.OBESITY],
}


@dataclass(frozen=True, slots=True)
class ConditionBox:
    condition: Condition
    checked: bool

    @property
    def help(self) -> str:
        """The full wording, where it says more than the name."""
        more = set(_words(self.condition.description)) - set(_words(self.condition.label))
        return self.condition.description if more - {"bmi", "30"} else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class PersonForm(HouseForm, forms.ModelForm):
    """The facts of a record, and the question that a namesake raises."""

    birth_date = DayField(label="Date of birth")
    diagnosis_date = DayField(label="Diagnosed on (optional)", required=False)
    time_zone = ZoneField(help_text="Type a city. Reminders follow the patient's own clock.")
    another_person = forms.BooleanField(label="This is another person", required=False)

    class Meta:
        model = Patient
        fields = [
            "given_name",
            "family_name",
            "birth_date",
            "diagnosis_date",
            "email",
            "phone",
            "time_zone",
            "language",
        ]
        labels = {"email": "E-mail (optional)", "phone": "Phone (optional)"}
        help_texts = {"email": "The invitation and reminders go there. They name no diagnosis and no exercise."}
        widgets = {"phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, clinic: Clinic, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.namesakes: list[Patient] = []
        day: Any = self.fields["birth_date"]
        day.limit(EARLIEST_BIRTH, today, "today")
        diagnosed: Any = self.fields["diagnosis_date"]
        diagnosed.limit(EARLIEST_BIRTH, today, "today")
        for name in ("given_name", "family_name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        born, diagnosed = data.get("birth_date"), data.get("diagnosis_date")
        if born and diagnosed and diagnosed < born:
            self.add_error("diagnosis_date", "The diagnosis cannot be earlier than the birth.")
        if not self.errors:
            self._ask_about_namesakes(data)
        return data

    def _ask_about_namesakes(self, data: dict[str, Any]) -> None:
        known = self.instance if not self.instance._state.adding else None
        who = {name: data[name] for name in ("given_name", "family_name", "birth_date")}
        if known and all(getattr(known, name) == value for name, value in who.items()):
            return
        self.namesakes = list(patients.namesakes(clinic=self.clinic, other_than=known, **who))
        if self.namesakes and not data["another_person"]:
            self.add_error(
                "another_person",
                "tick this if so. Your clinic has a patient with this name and date of birth.",
            )

    def facts(self) -> dict[str, Any]:
        """The values for the record itself."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PatientForm(PersonForm):
    """A new record. `key` is made with the page, so that sending it twice opens one record."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    conditions = forms.MultipleChoiceField(
        choices=[(c.value, c.label) for c in RECORDABLE], required=False, widget=forms.CheckboxSelectMultiple
    )
    invite = forms.BooleanField(label="Send the invitation now", required=False)

    def __init__(self, *args: Any, clinic: Clinic, today: date, **kwargs: Any) -> None:
        initial = {"key": uuid7(), "time_zone": clinic.time_zone, **kwargs.pop("initial", {})}
        super().__init__(*args, clinic=clinic, today=today, initial=initial, **kwargs)

    def condition_groups(self) -> Iterator[tuple[str, list[ConditionBox]]]:
        chosen = set(self["conditions"].value() or [])
        for title, members in GROUPS.items():
            yield title, [ConditionBox(condition, condition.value in chosen) for condition in members]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("invite") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the address that the invitation shall go to.")
        return data

    def chosen_conditions(self) -> list[Condition]:
        return [Condition(value) for value in self.cleaned_data["conditions"]]


class PatientEditForm(PersonForm):
    pass


class ConditionForm(HouseForm, forms.Form):
    """One more condition, with the day from which it counts as known."""

    condition = forms.ChoiceField()
    since = DayField(label="Since (optional)", required=False)
    note = forms.CharField(
        label="Note (optional)", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, patient: Patient, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = PatientCondition.objects.for_clinic(patient.clinic).filter(patient=patient, ended_on=None)
        open_ones = set(rows.values_list("condition", flat=True))
        groups = [
            (title, [(c.value, c.description) for c in members if c.value not in open_ones])
            for title, members in GROUPS.items()
        ]
        field: Any = self.fields["condition"]
        field.choices = [("", "Choose a condition"), *((title, rows) for title, rows in groups if rows)]
        since: Any = self.fields["since"]
        since.limit(patient.birth_date, today, "today")


class ConditionEndForm(HouseForm, forms.Form):
    on = DayField(
        label="It does not count from", help_text="Safety checks leave it out from then on. It stays on record."
    )

    def __init__(self, *args: Any, condition: PatientCondition, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        on: Any = self.fields["on"]
        on.limit(condition.since or condition.patient.birth_date, today, "today")
