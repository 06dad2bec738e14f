"""The house form: clean text, one column, errors summed up on top, no <form> tag of its own."""

import re
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from config.lib.models import storable
from config.lib.text import has_unstorable, normal


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class WholeNumberField(forms.IntegerField):
    """A whole number from `low` to `high`, written with the digits 0-9. One sentence answers every fault."""

    def __init__(self, *, low: int, high: int, sentence: str = "", **kwargs: Any) -> None:
        self.sentence = sentence or f"Enter a whole number from {low} to {high}."
        super().__init__(**kwargs)
        self.validators += between(low, high, self.sentence)
        self.widget.attrs |= {"min": low, "max": high, "step": 1, "inputmode": "numeric"}

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip() if value is not None else ""
        if text and not re.fullmatch("[0-9]{1,9}", text):
            raise ValidationError(self.sentence, code="invalid")
        return super().to_python(text)


class HouseForm(forms.BaseForm):
    """Mix into a Form or ModelForm. Text fields refuse unstorable characters and are kept in composed form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        for field in self.fields.values():
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = "Enter an e-mail address like name@example.org."
            if isinstance(field, forms.CharField) and storable not in field.validators:
                field.validators.append(storable)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            if isinstance(value, str) and not has_unstorable(value):
                self.cleaned_data[name] = normal(value)


def between(low: Any, high: Any, message: str) -> list[Any]:
    """Validators for a closed range, both with the same plain sentence."""
    return [MinValueValidator(low, message=message), MaxValueValidator(high, message=message)]
