"""Fitting a program to one patient: the schedule, and each exercise with its dose and its safety answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property

from config.lib.forms import DateInput, HouseForm, TimeInput, WholeNumberField
from exercises.enums import ExerciseState
from exercises.models import DoseColumns, Exercise
from patients.access import Actor
from patients.conditions import Condition
from patients.models import Invitation, Patient
from programs import safety
from programs.enums import Frequency, Rating
from programs.forms.doses import EVERY_DAY_MASK, DaysField, DoseForm
from programs.models import Program
from programs.safety import SafetyWarning
from programs.schedule import Rule, say_days
from programs.services.prescriptions import MIN_REASON, ItemDraft, SafetyAnswer, conditions_of
from programs.services.programs import MOST_ITEMS

SLOTS = ["slot_1", "slot_2", "slot_3", "slot_4"]
USUAL_SLOT = "07:30"
COPY = " (copy)"  # says to us where a program came from; the patient need not read it
LATEST_START = timedelta(days=366)
LONGEST_RUN = timedelta(days=3660)


class ScheduleForm(HouseForm, forms.Form):
    """Title, days and times. Times are on the patient's own clock."""

    title = forms.CharField(max_length=120)
    starts_on = forms.DateField(label="Starts on", widget=DateInput)
    ends_on = forms.DateField(
        label="Last day", widget=DateInput, required=False, help_text="Empty: as long as it helps."
    )
    frequency = forms.ChoiceField(
        choices=[(Frequency.WEEKDAYS, "On certain days"), (Frequency.TIMES_PER_WEEK, "A number of times a week")],
        widget=forms.RadioSelect,
        initial=Frequency.WEEKDAYS,
        label="How often",
    )
    weekdays = DaysField(label="Days", initial=EVERY_DAY_MASK)
    times_per_week = WholeNumberField(low=1, high=7, required=False, label="Times a week", initial=3)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    invite = forms.BooleanField(required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        for number, name in enumerate(SLOTS, 1):
            self.fields[name] = forms.TimeField(
                label=f"Time {number}", widget=TimeInput, required=False, input_formats=["%H:%M"]
            )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    @property
    def slot_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SLOTS]

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
        self._demand(data, Frequency.WEEKDAYS, "weekdays", "Choose at least one day.")
        self._demand(data, Frequency.TIMES_PER_WEEK, "times_per_week", "Enter a whole number from 1 to 7.")
        return data

    def _demand(self, data: dict[str, Any], frequency: Frequency, name: str, fault: str) -> None:
        if data.get("frequency") == frequency and name in data and not data[name]:
            self.add_error(name, fault)

    @property
    def rule(self) -> Rule:
        data = self.cleaned_data
        slots = tuple(sorted({f"{data[name]:%H:%M}" for name in SLOTS if data[name]}))
        if data["frequency"] == Frequency.TIMES_PER_WEEK:
            return Rule(weekdays=None, times_per_week=data["times_per_week"], slots=slots)
        return Rule(weekdays=data["weekdays"], slots=slots)


class AssignItemForm(DoseForm):
    """One exercise: taken or left out, with its dose and the answer to its warnings."""

    take = forms.BooleanField(required=False, initial=True, label="Prescribe")
    confirm = forms.BooleanField(required=False, label="I have weighed this for this patient")
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Reason",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args: Any, warnings: list[SafetyWarning], number: int, **kwargs: Any) -> None:
        self.warnings = warnings
        self.number = number
        super().__init__(*args, **kwargs)
        if self.is_retired:
            self.initial["take"] = False

    @property
    def rating(self) -> Rating:
        return safety.worst(self.warnings)

    @property
    def answer(self) -> SafetyAnswer:
        return SafetyAnswer(self.cleaned_data.get("confirm", False), self.cleaned_data.get("reason", ""))

    @property
    def is_retired(self) -> bool:
        """Taken out of the library: left out unless it is replaced."""
        return self.exercise.state == ExerciseState.RETIRED

    @property
    def is_taken(self) -> bool:
        return bool(self["take"].value())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_retired:
            self.add_error("take", "It was taken out of the library. Replace it or leave it out.")
        if not self.answer.settles(self.rating):
            if self.rating is Rating.AVOID:
                self.add_error("reason", f"Write why, in at least {MIN_REASON} characters.")
            else:
                self.add_error("confirm", "Confirm that you have weighed this.")
        return data

    def never_due(self, rule: Rule) -> None:
        """A fault at this exercise: its own days and the program's never meet."""
        self.add_error("weekdays", f"Never due: the program runs {say_days(rule.weekdays or 0)}.")


class Assignment:
    """All forms of the page. Unbound it shows a program; `typed` shows what was sent without judging it."""

    def __init__(
        self,
        *,
        patient: Patient,
        actor: Actor,
        program: Program | None,
        data: Mapping[str, Any] | None = None,
        judge: bool = True,
    ) -> None:
        self.patient, self.actor, self.program, self.data = patient, actor, program, data
        self.judge = judge and data is not None
        self.today = patient.local_today(actor.now)
        self.conditions: frozenset[Condition] = conditions_of(patient, self.today)
        self.faults: list[str] = []

    @cached_property
    def is_invited(self) -> bool:
        """A link is out that still works; a new one would stop it."""
        invitations = Invitation.objects.for_clinic(self.patient.clinic).open_at(self.actor.now)
        return invitations.filter(patient=self.patient).exists()

    @cached_property
    def schedule(self) -> ScheduleForm:
        if self.judge:
            return ScheduleForm(self.data, today=self.today)
        usual = {
            "title": self.program.name.removesuffix(COPY) if self.program else "",
            "starts_on": self.today,
            "slot_1": USUAL_SLOT,
            "key": uuid4(),
            "invite": not self.is_invited,
        }
        form = ScheduleForm(initial=usual, today=self.today)
        if self.data is not None:
            form.initial = _typed(form, self.data)
        return form

    @cached_property
    def rows(self) -> list[AssignItemForm]:
        if self.data is None:
            items = list(self.program.items.all())[:MOST_ITEMS] if self.program else []
            return [self._row(number, item.exercise, item) for number, item in enumerate(items)]
        return [self._row(number, exercise) for number, exercise in self._posted(self.data)]

    def _row(self, number: int, exercise: Exercise, item: DoseColumns | None = None) -> AssignItemForm:
        exercise = exercise.merged_into or exercise
        warnings = safety.check(exercise.feature_set, self.conditions)
        fixed: dict[str, Any] = {"exercise": exercise, "warnings": warnings, "number": number, "prefix": f"i{number}"}
        if self.judge:
            return AssignItemForm(self.data, **fixed)
        if self.data is None:
            return AssignItemForm(row=item, **fixed)
        form = AssignItemForm(**fixed)
        if f"i{number}-new" in self.data:
            form.initial = {**exercise.dose_values(), "take": True}
        else:
            form.initial = _typed(form, self.data)
        return form

    def _posted(self, data: Mapping[str, Any]) -> list[tuple[int, Exercise]]:
        """The exercises named in the form, with their numbers; unknown ones are a fault of the whole."""
        wanted = {n: _uuid(data.get(f"i{n}-exercise")) for n in range(MOST_ITEMS) if f"i{n}-exercise" in data}
        library = Exercise.objects.for_clinic(self.patient.clinic)
        found = library.select_related("merged_into").in_bulk([pk for pk in wanted.values() if pk])
        if len([pk for pk in wanted.values() if pk in found]) < len(wanted):
            self.faults.append("An exercise is not in the library any more. It was left out.")
        return [(number, found[pk]) for number, pk in wanted.items() if pk in found]

    @property
    def taken(self) -> list[AssignItemForm]:
        return [row for row in self.rows if row.is_taken]

    @property
    def warned(self) -> list[AssignItemForm]:
        """Exercises with warnings, worst first, for the summary on top."""
        return sorted((row for row in self.taken if row.warnings), key=lambda row: -row.rating)

    def is_valid(self) -> bool:
        fine = self.schedule.is_valid()
        for row in self.taken:
            fine = row.is_valid() and fine
            if fine and not _ever_due(row, self.schedule.rule):
                row.never_due(self.schedule.rule)
                fine = False
        if not self.taken:
            self.faults.append("Choose at least one exercise.")
        return fine and not self.faults

    @property
    def fault_links(self) -> list[tuple[str, str]]:
        """Every fault in words, with the place where it is mended."""
        schedule = [
            (f"id_{name}", f"{self.schedule[name].label}: {error}")
            for name, errors in self.schedule.errors.items()
            for error in errors
        ]
        exercises = [
            (f"item-{row.number}", f"{row.exercise.name}: {error}")
            for row in self.taken
            for errors in row.errors.values()
            for error in errors
        ]
        return [("", fault) for fault in self.faults] + schedule + exercises

    def drafts(self) -> list[ItemDraft]:
        """The exercises as the service takes them, once valid."""
        return [_draft(row) for row in self.taken]

    def answers(self) -> dict[UUID, SafetyAnswer]:
        return {row.exercise.pk: row.answer for row in self.taken}


def _draft(row: AssignItemForm) -> ItemDraft:
    values = row.values
    days, note = values.pop("weekdays"), values.pop("note")
    usual = {name: value for name, value in row.exercise.dose_values().items() if name in ("rest_seconds", "effort")}
    return ItemDraft(row.exercise, usual | values, days, note)


def _ever_due(row: AssignItemForm, rule: Rule) -> bool:
    own = row.cleaned_data.get("weekdays")
    return rule.weekdays is None or own is None or bool(own & rule.weekdays)


def _typed(form: forms.BaseForm, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent for each field, as it was typed."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
