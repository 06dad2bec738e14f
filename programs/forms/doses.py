"""The fields of a dose, as far as they make sense for one exercise. Shared by builder and assignment."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from config.lib.models import storable
from exercises.enums import Kind
from exercises.models import DOSE_LIMITS, DoseColumns, Exercise
from programs.enums import Side
from programs.models.items import MOST_PASSES
from programs.schedule import EVERY_DAY, WEEKDAY_NAMES, days_of, mask_of

NUMBERS = ["sets", "repetitions", "passes", "hold_seconds", "duration_minutes"]
SIDES = "sides"
RARE = ["rest_seconds", "tempo", "effort"]
UNITS = {
    "sets": "sets",
    "repetitions": "times",
    "passes": "passes",
    "hold_seconds": "s",
    "duration_minutes": "min",
    "rest_seconds": "s",
}
LABELS = {
    "sets": "Sets",
    "repetitions": "Repetitions",
    "passes": "Slow passes",
    "hold_seconds": "Hold in seconds",
    "duration_minutes": "Minutes",
    SIDES: "Side",
    "rest_seconds": "Rest between sets in seconds",
    "tempo": "Tempo",
    "effort": "Effort",
}
EXAMPLES = {"tempo": "for example: 3 s down, 1 s up", "effort": "for example: 5 of 10"}
LIMITS = {**DOSE_LIMITS, "passes": MOST_PASSES}
TEXTS = {"tempo": 40, "effort": 80}
EACH = "each"
SIDE_CHOICES = [("", "both together"), (EACH, "each side"), ("left", "left only"), ("right", "right only")]
_BY_KIND = {
    Kind.STRETCHING: {"sets", "repetitions", "hold_seconds", SIDES, "rest_seconds", "effort"},
    Kind.FOAM_ROLLING: {"sets", "passes", "hold_seconds", SIDES, "rest_seconds", "effort"},
    Kind.MOBILITY: {"sets", "repetitions", SIDES, "rest_seconds", "tempo"},
    Kind.STRENGTHENING: {"sets", "repetitions", "hold_seconds", SIDES, "rest_seconds", "tempo", "effort"},
    Kind.POSTURE: {"sets", "repetitions", "hold_seconds", "rest_seconds"},
    Kind.BREATHING: {"sets", "repetitions", "duration_minutes", "tempo"},
    Kind.BALANCE: {"sets", "repetitions", "hold_seconds", SIDES, "rest_seconds"},
    Kind.AEROBIC: {"duration_minutes", "effort"},
    Kind.AQUATIC: {"duration_minutes", "effort"},
    Kind.THERMAL: {"duration_minutes"},
}
EVERY_DAY_MASK = EVERY_DAY
DAYS = [(str(number), name[:3]) for number, name in enumerate(WEEKDAY_NAMES)]


def sides_of(row: DoseColumns) -> str:
    """The side as one choice: left, right, each, or nothing to say."""
    return getattr(row, "side", "") or (EACH if row.per_side else "")


def fields_for(exercise: Exercise, *rows: DoseColumns) -> list[str]:
    """The dose fields that make sense: those of its kind, and any that already hold a value."""
    usual = _BY_KIND[Kind(exercise.kind)]
    return [
        name
        for name in [*NUMBERS, SIDES, *RARE]
        if name in usual or any(_value(row, name) for row in (exercise, *rows))
    ]


def _value(row: DoseColumns, name: str) -> Any:
    return sides_of(row) if name == SIDES else getattr(row, name, None)


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
            known = {name: _value(row, name) for name in [*self.names, "weekdays", "note"]}
            kwargs.setdefault("initial", known)
        super().__init__(*args, **kwargs)
        for name in self.names:
            self.fields[name] = dose_field(name)
        self.fields["weekdays"] = DaysField(label="Only on")

    @property
    def numbers(self) -> list[tuple[forms.BoundField, str]]:
        """The number fields, each with its unit."""
        return [(self[name], UNITS[name]) for name in NUMBERS if name in self.names]

    @property
    def rare(self) -> list[tuple[forms.BoundField, str]]:
        """What is said less often, each with its unit or ``."""
        return [(self[name], UNITS.get(name, "")) for name in RARE if name in self.names]

    @property
    def says_more(self) -> bool:
        """Something stands, or is wrong, behind "More"."""
        return any(self[name].value() or self[name].errors for name in self.hidden_names)

    @property
    def hidden_names(self) -> list[str]:
        return [*[name for name in RARE if name in self.names], "weekdays", "note"]

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
    def dose(self) -> dict[str, Any]:
        """The columns of the dose that this form speaks of."""
        said = {name: self.cleaned_data[name] for name in self.names if name != SIDES}
        if SIDES in self.names:
            sides = self.cleaned_data[SIDES]
            said |= {"per_side": sides == EACH, "side": sides if sides in list(Side) else ""}
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What the fields on this form say; columns without a field are not named."""
        days = self.cleaned_data["weekdays"]
        return {**self.dose, "weekdays": None if days == EVERY_DAY_MASK else days, "note": self.cleaned_data["note"]}


def dose_field(name: str) -> forms.Field:
    """The field of one part of a dose, unfilled allowed."""
    if name == SIDES:
        return forms.ChoiceField(
            choices=SIDE_CHOICES,
            required=False,
            label=LABELS[name],
            error_messages={"invalid_choice": "Choose a side from the list."},
        )
    if name in TEXTS:
        widget = forms.TextInput(attrs={"placeholder": EXAMPLES[name]})
        return forms.CharField(
            max_length=TEXTS[name], required=False, label=LABELS[name], widget=widget, validators=[storable]
        )
    field = WholeNumberField(low=1, high=LIMITS[name], required=False, label=LABELS[name])
    field.widget.attrs |= {"class": "form-control"}
    return field
