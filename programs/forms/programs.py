"""Forms of the program list and of the builder."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from exercises.models import Exercise
from patients.access import Actor
from programs.forms.doses import DoseForm
from programs.models import Program
from programs.services.programs import MOST_ITEMS

LARGEST_REVISION = 2_000_000_000
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


class AddForm(RevisionForm):
    """Adds an exercise that this clinic may use."""

    exercise = forms.ModelChoiceField(
        Exercise.objects.none(), error_messages={"invalid_choice": "Choose an exercise from the library."}
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exercise"].queryset = Exercise.objects.for_actor(actor).published()  # type: ignore[attr-defined]


class ItemForm(RevisionForm, DoseForm):
    """One item of the builder, saved field by field."""


class MoveForm(RevisionForm):
    """A new place by number, or one step up or down."""

    position = WholeNumberField(low=0, high=MOST_ITEMS, required=False)
    direction = forms.ChoiceField(choices=[("up", "Up"), ("down", "Down")], required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_said = data.get("position") is not None or data.get("direction")
        if not is_said and not {"position", "direction"} & set(self.errors):
            raise forms.ValidationError("Say where to: a position, up or down.")
        return data

    def position_from(self, current: int) -> int:
        """The place wanted, counted from 0."""
        if self.cleaned_data.get("position") is not None:
            return int(self.cleaned_data["position"])
        return current + (1 if self.cleaned_data["direction"] == "down" else -1)


class UndoForm(RevisionForm):
    """Takes back one named change; without a name, the last one."""

    change = forms.UUIDField(required=False)


class ListFilter(HouseForm, forms.Form):
    """What the program list is narrowed to. Anything odd in the address is treated as not said."""

    ORDERS = {
        "name": ["name", "pk"],
        "-name": ["-name", "pk"],
        "-changed": ["-updated_at", "pk"],
        "changed": ["updated_at", "pk"],
    }
    q = forms.CharField(max_length=100, required=False)
    owner = forms.ChoiceField(choices=[("own", "Our own"), ("shared", "Ready-made")], required=False)
    sort = forms.ChoiceField(choices=[(order, order) for order in ORDERS], required=False)
