"""What is decided about a draft, and which versions are looked at."""

from __future__ import annotations

from django import forms

from config.lib.forms import HouseForm
from exercises.forms.editor import LONGEST_NOTE

HIGHEST = 2**31 - 1


class DecisionForm(HouseForm, forms.Form):
    """The state on which somebody decides."""

    revision = forms.IntegerField(min_value=0, max_value=HIGHEST, widget=forms.HiddenInput)


class SubmitForm(DecisionForm):
    note = forms.CharField(
        label="What is new, and why?",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )


class SendBackForm(DecisionForm):
    note = forms.CharField(
        label="What is to be mended?",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        error_messages={"required": "Say what is to be mended."},
    )


class VersionsForm(HouseForm, forms.Form):
    """Two versions to compare, or one to bring back."""

    older = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST)
    newer = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST)

    @property
    def is_asked(self) -> bool:
        return bool(self.cleaned_data["older"] and self.cleaned_data["newer"])
