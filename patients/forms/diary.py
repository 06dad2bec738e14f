"""What a patient posts about how they feel: pain, morning stiffness, a flare."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config.lib.forms import HouseForm, between
from patients.forms.fields import DayField

CLEAR = "none"  # takes a rating back
PAIN = [(str(score), str(score)) for score in range(11)]
PAIN_MESSAGE = "Choose a whole number from 0 to 10."
MINUTES_MESSAGE = "Give a whole number of minutes from 0 to 720."


def pain_field(*, required: bool = False) -> forms.ChoiceField:
    """`0` to `10`, or `none`; nothing else that could be read as a number."""
    messages = {"invalid_choice": PAIN_MESSAGE, "required": PAIN_MESSAGE}
    return forms.ChoiceField(choices=[*PAIN, (CLEAR, CLEAR)], required=required, error_messages=messages)


class MinutesField(forms.IntegerField):
    """Whole minutes in plain digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            validators=between(0, 720, MINUTES_MESSAGE),
            error_messages={"invalid": MINUTES_MESSAGE, "required": MINUTES_MESSAGE},
            widget=forms.NumberInput(attrs={"min": 0, "max": 720, "inputmode": "numeric"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        if value not in self.empty_values and not re.fullmatch(r"[0-9]{1,4}", str(value).strip()):
            raise ValidationError(MINUTES_MESSAGE, code="invalid")
        return super().to_python(value)


class PainForm(HouseForm, forms.Form):
    client_uuid = forms.UUIDField()
    local_date = DayField(label="Day")
    score = forms.ChoiceField(choices=PAIN, error_messages={"invalid_choice": PAIN_MESSAGE, "required": PAIN_MESSAGE})


class StiffnessForm(HouseForm, forms.Form):
    local_date = DayField(label="Day")
    minutes = MinutesField(label="Minutes")
