"""How a handout is printed. Every field has a default, so an address without a question prints the usual sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from config.lib.forms import HouseForm
from patients.enums import Paper
from patients.forms.fields import DayField
from programs.enums import Variant
from programs.handouts import ALL, FORMS, WEEKS, Options

FORM_WORDS = {Variant.NORMAL: "As usual", Variant.EASY: "For an easier day", Variant.FLARE: "For a flare"}
PAPER_WORDS = {Paper.A4: "A4", Paper.LETTER: "US Letter"}
WEEK_WORDS = {0: "No grid", 2: "Two weeks", 4: "Four weeks"}
A_MONTH, A_YEAR = timedelta(days=35), timedelta(days=366)
DEFAULTS = {"variant": Variant.NORMAL.value, "columns": "1", "weeks": "2"}


class HandoutForm(HouseForm, forms.Form):
    """For a program: what is printed, on which paper. `options` when it is valid."""

    variant = forms.ChoiceField(
        label="For which days", choices=[(one, FORM_WORDS.get(one, "All three side by side")) for one in (*FORMS,)]
    )
    size = forms.ChoiceField(label="Paper", choices=[(one.value, PAPER_WORDS[one]) for one in Paper])
    columns = forms.ChoiceField(
        label="Layout", choices=[("1", "One column, all pictures"), ("2", "Two columns, one picture each")]
    )
    large = forms.BooleanField(label="Large print", required=False)

    def __init__(self, data: Mapping[str, Any], *, paper: str) -> None:
        super().__init__({**DEFAULTS, "size": paper, **{name: value for name, value in data.items() if value}})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("variant") == ALL and data.get("columns") == "2":
            self.add_error("columns", "Three variants side by side need one column.")
        return data

    @property
    def options(self) -> Options:
        return Options(weeks=0, **self._looks())

    def _looks(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "variant": data["variant"],
            "size": Paper(data["size"]),
            "columns": int(data["columns"]),
            "large": data["large"],
        }


class SheetForm(HandoutForm):
    """For a prescription: also which version, for whom, and the grid to tick."""

    version = forms.TypedChoiceField(label="Version", coerce=int)
    weeks = forms.TypedChoiceField(label="Grid to tick", choices=[(str(n), WEEK_WORDS[n]) for n in WEEKS], coerce=int)
    first_day = DayField(label="Grid begins on", required=False, help_text="Empty: the day of printing.")
    name = forms.BooleanField(label="Print the first name", required=False)
    field_order = ["version", "variant", "weeks", "first_day", "name", "size", "columns", "large"]

    def __init__(
        self, data: Mapping[str, Any], *, paper: str, versions: Sequence[tuple[int, str]], today: date
    ) -> None:
        usual = {"version": str(versions[0][0])} if versions else {}
        super().__init__({**usual, **{name: value for name, value in data.items() if value}}, paper=paper)
        self.fields["first_day"].limit(today - A_MONTH, today + A_YEAR, "a year from now")  # type: ignore[attr-defined]
        self.fields["version"].choices = versions  # type: ignore[attr-defined]
        if len(versions) == 1:
            self.fields["version"].widget = forms.HiddenInput()

    @property
    def options(self) -> Options:
        data = self.cleaned_data
        first_day: date | None = data["first_day"]
        return Options(weeks=data["weeks"], first_day=first_day, name=data["name"], **self._looks())
