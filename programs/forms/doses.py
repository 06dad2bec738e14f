"""The fields of a dose, as far as they make sense for one exercise. Shared by builder and assignment."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from exercises.enums import Kind
from exercises.models import DOSE_LIMITS, DoseColumns, Exercise
from programs.schedule import WEEKDAY_NAMES, days_of, mask_of

NUMBERS = ["sets", "repetitions", "hold_seconds", "duration_minutes"]
UNITS = {"sets": "sets", "repetitions": "times", "hold_seconds": "s", "duration_minutes": "min"}
LABELS = {
    "sets": "Sets",
    "repetitions": "Repetitions",
    "hold_seconds": "Hold in seconds",
    "duration_minutes": "Minutes",
}
_BY_KIND = {
    Kind.STRETCHING: {"sets", "repetitions", "hold_seconds", "per_side"},
    Kind.FOAM_ROLLING: {"sets", "hold_seconds", "per_side"},
    Kind.MOBILITY: {"sets", "repetitions", "per_side"},
    Kind.STRENGTHENING: {"sets", "repetitions", "hold_seconds", "per_side"},
    Kind.POSTURE: {"sets", "repetitions", "hold_seconds"},
    Kind.BREATHING: {"sets", "repetitions", "duration_minutes"},
    Kind.BALANCE: {"sets", "repetitions", "hold_seconds", "per_side"},
    Kind.AEROBIC: {"duration_minutes"},
    Kind.AQUATIC: {"duration_minutes"},
    Kind.THERMAL: {"duration_minutes"},
}
DAYS = [(str(number), name[:3]) for number, name in enumerate(WEEKDAY_NAMES)]
EVERY_DAY_MASK = 127


def fields_for(exercise: Exercise, *rows: DoseColumns) -> list[str]:
    """The dose fields that make sense: those of its kind, and any that already hold a value."""
    usual = _BY_KIND[Kind(exercise.kind)]
    return [
        name for name in [*NUMBERS, "per_side"] if name in usual or any(getattr(row, name) for row in (exercise, *rows))
    ]


class DaysField(forms.MultipleChoiceField):
    """Days of the week as a mask; none ticked is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=DAYS, widget=forms.CheckboxSelectMultiple, **{"required": False, **kwargs})
        self.error_messages["invalid_choice"] = "Choose days from Monday to Sunday."
        self.error_messages["invalid_list"] = "Choose days from Monday to Sunday."

    def prepare_value(self, value: Any) -> Any:
        return [str(day) for day in days_of(value)] if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        days = super().clean(value)
        return mask_of([int(day) for day in days]) if days else None


class DoseForm(HouseForm, forms.Form):
    """Numbers, sides, days and a note for one exercise, with only the fields that make sense for it."""

    note = forms.CharField(
        max_length=200,
        required=False,
        label="Note for the patient",
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "Note for the patient"}),
    )

    def __init__(self, *args: Any, exercise: Exercise, row: DoseColumns | None = None, **kwargs: Any) -> None:
        self.exercise = exercise
        self.names = fields_for(exercise, *([row] if row else []))
        if row is not None:
            known = {name: getattr(row, name, None) for name in [*self.names, "weekdays", "note"]}
            kwargs.setdefault("initial", known)
        super().__init__(*args, **kwargs)
        for name in self.names:
            self.fields[name] = _field(name)
        self.fields["weekdays"] = DaysField(label="Only on")

    @property
    def numbers(self) -> list[tuple[forms.BoundField, str]]:
        """The number fields, each with its unit."""
        return [(self[name], UNITS[name]) for name in NUMBERS if name in self.names]

    @property
    def dose_errors(self) -> list[str]:
        """Faults of dose, days and note, in the words of the fields."""
        return [
            f"{self.fields[name].label}: {error}"
            for name, errors in self.errors.items()
            if name in self.fields
            for error in errors
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the fields on this form say; columns without a field are not named."""
        days = self.cleaned_data["weekdays"]
        dose = {name: self.cleaned_data[name] for name in self.names}
        return {**dose, "weekdays": None if days == EVERY_DAY_MASK else days, "note": self.cleaned_data["note"]}


def _field(name: str) -> forms.Field:
    if name == "per_side":
        return forms.BooleanField(required=False, label="Each side")
    field = WholeNumberField(low=1, high=DOSE_LIMITS[name], required=False, label=LABELS[name])
    field.widget.attrs |= {"class": "form-control"}
    return field
