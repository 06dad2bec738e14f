"""What a therapist writes down about a hip replacement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from config.lib.revisions import LARGEST_REVISION
from patients.enums import Approach, SurgerySide
from patients.forms.fields import DayField
from patients.models import Patient, Surgery
from patients.services.surgeries import USUAL_PRECAUTIONS

FARTHEST_PLAN = timedelta(days=2 * 366)
FARTHEST_PRECAUTIONS = timedelta(days=20 * 366)
APPROACHES = [
    (Approach.POSTERIOR, "Posterior"),
    (Approach.LATERAL, "Lateral or anterolateral"),
    (Approach.ANTERIOR, "Anterior"),
    (Approach.DIRECT_SUPERIOR, "Direct superior"),
]


class SurgeryForm(HouseForm, forms.Form):
    """Side, approach, day, and what the surgeon asks for. An empty day to ask becomes the usual one."""

    side = forms.ChoiceField(choices=SurgerySide.choices(), widget=forms.RadioSelect, label="Which hip")
    approach = forms.ChoiceField(
        choices=APPROACHES,
        widget=forms.RadioSelect,
        label="Approach",
        help_text="It stands in the surgeon's letter. Direct superior is checked like posterior: the safest reading.",
    )
    operated_on = DayField(label="Date of the operation", help_text="A planned one counts from its day.")
    precautions_until = DayField(
        label="Ask about precautions on",
        required=False,
        help_text="Empty: 12 weeks after the operation. On that day you are asked; nothing ends by itself.",
    )
    for_life = forms.BooleanField(label="The surgeon wants precautions for good: do not ask", required=False)
    instructions = forms.CharField(
        label="In the surgeon's own words",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Movements, weight to bear, how long. It is shown again when a program is assigned.",
    )
    revision = WholeNumberField(low=1, high=LARGEST_REVISION, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, patient: Patient, today: date, surgery: Surgery | None = None, **kwargs: Any
    ) -> None:
        self.surgery = surgery
        super().__init__(*args, initial=_known(surgery), **kwargs)
        operated: Any = self.fields["operated_on"]
        operated.limit(patient.birth_date, today + FARTHEST_PLAN)
        until: Any = self.fields["precautions_until"]
        until.limit(patient.birth_date, today + FARTHEST_PRECAUTIONS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        done, until = data.get("operated_on"), data.get("precautions_until")
        if done and until and until < done:
            self.add_error("precautions_until", "Precautions cannot end before the operation.")
        if until and data.get("for_life"):
            self.add_error("for_life", "Choose one: a day to ask, or for good.")
        cleared = self.surgery.cleared_on if self.surgery else None
        if done and cleared and done > cleared:
            self.add_error("operated_on", f"It was cleared on {cleared:%-d %B %Y}. Take the clearance back first.")
        return data

    def facts(self) -> dict[str, Any]:
        """The values for the record."""
        data = self.cleaned_data
        usual = None if data["for_life"] else data["operated_on"] + USUAL_PRECAUTIONS
        return {
            "side": SurgerySide(data["side"]),
            "approach": Approach(data["approach"]),
            "operated_on": data["operated_on"],
            "precautions_until": data["precautions_until"] or usual,
            "instructions": data["instructions"],
        }


def _known(surgery: Surgery | None) -> dict[str, Any]:
    if surgery is None:
        return {}
    names = ("side", "approach", "operated_on", "precautions_until", "instructions", "revision")
    return {name: getattr(surgery, name) for name in names} | {"for_life": surgery.precautions_until is None}


class ClearForm(HouseForm, forms.Form):
    """A person says that the surgeon has cleared."""

    on = DayField(label="Cleared on")
    told_by = forms.CharField(
        label="Told by", max_length=200, help_text="Who told you, and how: “Dr Weber, letter of 3 March”."
    )

    def __init__(self, *args: Any, surgery: Surgery, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        on: Any = self.fields["on"]
        on.limit(surgery.operated_on, today, "today")


class TakeBackForm(HouseForm, forms.Form):
    """Why a clearance does not hold."""

    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
