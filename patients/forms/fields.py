"""Fields that several forms about people share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from config.lib import zones
from config.lib.forms import DateInput, between


class DayField(forms.DateField):
    """A calendar day. Its range is set with `limit` once the form knows what today is."""

    widget = DateInput
    default_error_messages = {"invalid": "Enter a real date, as year-month-day."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def limit(self, low: date, high: date, high_name: str = "") -> None:
        """Accept only days from `low` to `high`, and say the range in every refusal."""
        said = f"from {date_format(low, 'j F Y')} to {high_name or date_format(high, 'j F Y')}"
        self.validators += between(low, high, f"Enter a date {said}.")
        self.error_messages["invalid"] = f"Enter a real date, as year-month-day, {said}."
        self.widget.attrs.update(min=low.isoformat(), max=high.isoformat())


class ZoneInput(forms.TextInput):
    """A text field that offers every zone while typing, without a script."""

    template_name = "patients/widgets/zone.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["zones"] = zones.names()
        context["widget"]["attrs"].update(list=f"{name}-zones", autocomplete="off", spellcheck="false")
        return context


class ZoneField(forms.CharField):
    """A time zone. Takes the city alone and former names too, and stores today's name."""

    widget = ZoneInput
    default_error_messages = {"required": "Choose a time zone from the list, for example Europe/Berlin."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "Time zone", "max_length": zones.LONGEST, **kwargs})

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return typed
        name = zones.canonical(typed)
        if name is None:
            raise ValidationError(unknown_zone(typed), code="time_zone")
        return name


def unknown_zone(typed: str) -> str:
    """What to do about a zone that nobody knows, with the nearest city."""
    return f"Choose a time zone from the list, for example {zones.nearest(typed) or 'Europe/Berlin'}."
