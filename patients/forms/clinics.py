"""Running a clinic."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from config.lib.forms import HouseForm
from patients.forms.care_team import TherapistField
from patients.models import Clinic, Patient
from patients.services import care_team


class HandOverForm(HouseForm, forms.Form):
    """A patient whose therapists have left, and the colleague who takes over."""

    patient: Any = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)
    therapist = TherapistField(label="New therapist", queryset=None, empty_label="Choose a therapist")

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        patient: Any = self.fields["patient"]
        patient.queryset = Patient.objects.for_clinic(clinic).active()
        therapist: Any = self.fields["therapist"]
        therapist.queryset = care_team.colleagues(clinic)


class ClinicChoiceForm(HouseForm, forms.Form):
    """One of the clinics this person works in."""

    clinic = forms.UUIDField()

    def clinic_id(self) -> UUID:
        chosen: UUID = self.cleaned_data["clinic"]
        return chosen
