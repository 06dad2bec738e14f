"""Fitting a program to one patient: its schedule, and each exercise with its dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from config.lib.forms import DateInput
from exercises.enums import ExerciseState
from exercises.models import Exercise
from programs.enums import Situation
from programs.forms.answers import Answering
from programs.forms.doses import DoseForm
from programs.forms.schedules import ANY, AT, SLOTS, ScheduleFields
from programs.models import Prescription, ProgramItem
from programs.safety import SafetyWarning
from programs.schedule import Rule, say_days
from programs.services.version_writing import ItemDraft

LATEST_START = timedelta(days=366)
LONGEST_RUN = timedelta(days=3660)
LONGEST_HOLIDAY = timedelta(days=92)


class ScheduleForm(ScheduleFields):
    """Title, days and times on the patient's own clock, and what it takes the place of."""

    title = forms.CharField(max_length=120)
    starts_on = forms.DateField(label="Starts on", widget=DateInput)
    ends_on = forms.DateField(
        label="Last day", widget=DateInput, required=False, help_text="Empty: as long as it helps."
    )
    holiday_from = forms.DateField(label="Holiday from", widget=DateInput, required=False)
    holiday_to = forms.DateField(label="Last day of the holiday", widget=DateInput, required=False)
    replaces = forms.MultipleChoiceField(required=False, label="Replace", widget=forms.CheckboxSelectMultiple)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    invite = forms.BooleanField(required=False)

    def __init__(self, *args: Any, today: date, running: Sequence[Prescription] = (), **kwargs: Any) -> None:
        self.today, self.running = today, {str(one.pk): one for one in running}
        super().__init__(*args, **kwargs)
        self.fields["times"].required = False
        replaces: Any = self.fields["replaces"]
        replaces.choices = [(pk, one.title) for pk, one in self.running.items()]
        replaces.error_messages["invalid_choice"] = "What was to be replaced is over already."
        for name in ("title", "starts_on", "ends_on", "holiday_from", "holiday_to"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def clean_times(self) -> str:
        """Who names times and says no more means those."""
        said: str = self.cleaned_data["times"]
        return said or (AT if any(self.data.get(name) for name in SLOTS) else ANY)

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not self.today <= day <= self.today + LATEST_START:
            raise forms.ValidationError("Choose a day from today to one year ahead.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and not starts_on <= ends_on <= starts_on + LONGEST_RUN:
            self.add_error("ends_on", "The last day must be on or after the start, and within ten years.")
        if starts_on and not {"holiday_from", "holiday_to"} & set(self.errors):
            self._clean_holiday(starts_on, data.get("holiday_from"), data.get("holiday_to"))
        return data

    def _clean_holiday(self, starts_on: date, first: date | None, last: date | None) -> None:
        if first is None and last is None:
            return
        if first is None or last is None:
            missing = "holiday_from" if first is None else "holiday_to"
            self.add_error(missing, "A holiday needs its first and its last day.")
        elif first < starts_on:
            self.add_error("holiday_from", "The holiday cannot begin before the program does.")
        elif not first <= last <= first + LONGEST_HOLIDAY:
            self.add_error("holiday_to", "On or after the first day, and within three months.")

    @property
    def rule(self) -> Rule:
        return self.rule_from(self.cleaned_data["starts_on"])

    @property
    def holiday(self) -> tuple[date, date] | None:
        first, last = self.cleaned_data["holiday_from"], self.cleaned_data["holiday_to"]
        return (first, last) if first else None

    @property
    def replaced(self) -> list[Prescription]:
        return [self.running[pk] for pk in self.cleaned_data["replaces"]]


class AssignItemForm(DoseForm, Answering):
    """One exercise: taken or left out, with its dose, what may stand in for it, and the answer to its warnings.

    `source` is the item of the program that it comes from. Of that its own days and times and its stages stay even
    when the exercise is replaced; what is said of the exercise alone (poor days, stand-ins) goes.
    """

    take = forms.BooleanField(required=False, initial=True, label="Prescribe")
    allow = forms.MultipleChoiceField(choices=Situation.choices(), required=False, label="May stand in")

    def __init__(
        self,
        *args: Any,
        exercise: Exercise,
        warnings: list[SafetyWarning],
        number: int,
        source: ProgramItem | None = None,
        **kwargs: Any,
    ) -> None:
        self.warnings, self.number, self.source = warnings, number, source
        self.is_same = source is not None and (source.exercise.merged_into or source.exercise).pk == exercise.pk
        self.stand_ins = _stand_ins(source) if source and self.is_same else {}
        super().__init__(*args, exercise=exercise, **kwargs)
        self.initial.setdefault("allow", [situation.value for situation in self.stand_ins])
        if self.is_retired:
            self.initial["take"] = False

    @property
    def is_retired(self) -> bool:
        """Taken out of the library: left out unless it is replaced."""
        return self.exercise.state == ExerciseState.RETIRED

    @property
    def is_taken(self) -> bool:
        return bool(self["take"].value())

    @property
    def allowed(self) -> dict[Situation, Exercise]:
        """What may stand in, as it is ticked now."""
        ticked = set(self["allow"].value() or [])
        return {situation: exercise for situation, exercise in self.stand_ins.items() if situation in ticked}

    @property
    def choices(self) -> list[tuple[Situation, Exercise, bool]]:
        """Everything that may stand in, and whether it is ticked."""
        allowed = self.allowed
        return [(situation, exercise, situation in allowed) for situation, exercise in self.stand_ins.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_retired:
            self.add_error("take", "It was taken out of the library. Replace it or leave it out.")
        self.demand_answer()
        return data

    def never_due(self, rule: Rule) -> None:
        """A fault at this exercise: its own days and the program's never meet."""
        self.add_error("weekdays", f"Never due: the program runs {say_days(rule.weekdays or 0)}.")

    @property
    def stages(self) -> tuple[int, int | None]:
        """First and last stage, counted from 1."""
        return (self.source.from_step, self.source.until_step) if self.source else (1, None)

    def draft(self, moved: Mapping[str, str]) -> ItemDraft:
        """As the service takes it, once valid. `moved`: where the program's own times of day have gone."""
        values = self.values
        days, note = values.pop("weekdays"), values.pop("note")
        usual = self.source.dose_values() if self.source and self.is_same else self.exercise.dose_values()
        plan = self.source
        return ItemDraft(
            self.exercise,
            usual | values,
            days,
            note,
            every_days=plan.every_days if plan and not days else None,
            times_per_week=plan.times_per_week if plan and not days else None,
            slots=[moved.get(slot, slot) for slot in plan.slots] if plan else (),
            is_core=plan.is_core if plan else False,
            variants=dict(plan.variants) if plan and self.is_same else {},
            alternatives=self.allowed,
        )


def _stand_ins(source: ProgramItem) -> dict[Situation, Exercise]:
    rows = source.alternatives.all()
    found = {Situation(row.situation): row.exercise.merged_into or row.exercise for row in rows}
    return {situation: one for situation, one in found.items() if one.state != ExerciseState.RETIRED}


def uuid_of(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
