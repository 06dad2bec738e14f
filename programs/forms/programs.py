"""Forms of the program list and of the builder."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from config.lib.revisions import LARGEST_REVISION
from programs.models import Program

REVISION_LOST = "This page is out of date. Load it again."


def _revision_field() -> forms.Field:
    return WholeNumberField(
        low=1,
        high=LARGEST_REVISION,
        sentence=REVISION_LOST,
        widget=forms.HiddenInput,
        error_messages={"required": REVISION_LOST},
    )


class RevisionForm(HouseForm, forms.Form):
    """A change of a program names the revision it was made from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"] = _revision_field()


class ProgramForm(HouseForm, forms.ModelForm):
    """Name and summary. `key` lets a repeated request find what the first one made."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    revision = WholeNumberField(low=1, high=LARGEST_REVISION, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Program
        fields = ["name", "summary"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"summary": "One or two sentences: what it is for, and for whom."}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not any(letter.isalnum() for letter in name):
            raise forms.ValidationError("Enter a name with at least one letter or digit.")
        return name
