"""Using a draft: from which day, what the patient is told, and what is answered to the new warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property

from config.lib.forms import DateInput, HouseForm
from exercises.models import Exercise
from patients.access import Actor
from patients.models import Patient
from programs import safety
from programs.change_words import LONGEST_NOTE
from programs.enums import Rating
from programs.models import Program
from programs.safety import SafetyWarning
from programs.services.draft_preview import Look, Preview
from programs.services.version_writing import MIN_REASON, SafetyAnswer

TODAY, TOMORROW, MONDAY, START, DATE = "today", "tomorrow", "monday", "start", "date"
HIDDEN = forms.HiddenInput


class AnswerForm(HouseForm, forms.Form):
    """What the therapist says to the warnings of one exercise: avoid wants a reason, caution a tick."""

    confirm = forms.BooleanField(required=False, label="I have weighed this for this patient")
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Reason",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args: Any, exercise: Exercise, warnings: list[SafetyWarning], **kwargs: Any) -> None:
        self.exercise, self.warnings = exercise, warnings
        super().__init__(*args, prefix=f"answer-{exercise.pk}", **kwargs)

    @property
    def rating(self) -> Rating:
        return safety.worst(self.warnings)

    @property
    def answer(self) -> SafetyAnswer:
        return SafetyAnswer(self.cleaned_data.get("confirm", False), self.cleaned_data.get("reason", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.answer.settles(self.rating):
            if self.rating is Rating.AVOID:
                self.add_error("reason", f"Write why, in at least {MIN_REASON} characters.")
            else:
                self.add_error("confirm", "Confirm that you have weighed this.")
        return data


def answer_forms(
    asked: Iterable[tuple[Exercise, list[SafetyWarning]]], data: Mapping[str, Any] | None, *, judge: bool
) -> list[AnswerForm]:
    """One form for each exercise; without judging they show what was typed."""
    made = []
    for exercise, warnings in asked:
        form = AnswerForm(data if judge else None, exercise=exercise, warnings=warnings)
        if data is not None and not judge:
            form.initial = {
                name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
                for name, field in form.fields.items()
            }
        made.append(form)
    return made


class DraftForm(HouseForm, forms.Form):
    """`when` names a day as people say it; `on` is the date for "a date". `note_was` is the note that was offered."""

    when = forms.ChoiceField(widget=forms.RadioSelect, label="Use it from")
    on = forms.DateField(required=False, widget=DateInput({"class": "form-control"}), label="Date")
    change_note = forms.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        label="What the patient is told",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )
    drop_later = forms.BooleanField(required=False, label="Take out what is planned after that")
    note_was = forms.CharField(required=False, max_length=LONGEST_NOTE, widget=HIDDEN)
    draft = forms.UUIDField(widget=HIDDEN)
    revision = forms.IntegerField(widget=HIDDEN, min_value=1)
    plan_revision = forms.IntegerField(widget=HIDDEN, min_value=1)
    key = forms.UUIDField(widget=HIDDEN)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        when: Any = self.fields["when"]
        when.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == DATE and "on" in data and not data["on"]:
            self.add_error("on", "Choose the day from which it holds.")
        return data


@dataclass(frozen=True, slots=True)
class Chip:
    """A day to choose: `today`, `tomorrow`, `monday`, `start`, or `date`, which has none yet."""

    value: str
    label: str
    day: date | None


class DraftBar:
    """The whole bar. Unbound it offers a day and a note; `judge=False` shows what was sent without judging it."""

    def __init__(
        self,
        *,
        actor: Actor,
        draft: Program,
        patient: Patient,
        data: Mapping[str, Any] | None = None,
        judge: bool = True,
    ) -> None:
        """Expects the draft with its prescription, items, exercises and alternatives."""
        if draft.prescription is None:
            raise ValueError(f"{draft.pk} is no draft")
        self.actor, self.draft, self.patient, self.data = actor, draft, patient, data
        self.prescription = draft.prescription
        self.judge = judge and data is not None
        self.today = patient.local_today(actor.now)
        self.look = Look(self.prescription, draft, patient, self.today)

    # --- Days ---

    @cached_property
    def chips(self) -> list[Chip]:
        start, today = self.prescription.starts_on, self.today
        monday = today + timedelta(days=7 - today.weekday())
        tomorrow = today + timedelta(days=1)
        found = [
            Chip(TODAY, "Today", today),
            Chip(TOMORROW, "Tomorrow", tomorrow),
            Chip(MONDAY, "Next Monday", monday),
        ]
        if start > today:
            found = [Chip(START, "From its start", start), *(chip for chip in found if chip.day and chip.day > start)]
        elif self._is_logged_today:
            found = found[1:]
        return [*found, Chip(DATE, "Date", None)]

    @cached_property
    def _is_logged_today(self) -> bool:
        """A version that began today and has been used cannot be replaced any more."""
        version = next((one for one in self.look.versions if one.effective_from == self.today), None)
        return version is not None and version.sessions.exists()

    @cached_property
    def _offered(self) -> tuple[str, date]:
        """What is chosen before anybody has: the day of a planned version that is being changed, else the first."""
        base = self.draft.base
        if base and base.effective_from > max(self.today, self.prescription.starts_on):
            return DATE, base.effective_from
        first = self.chips[0]
        return first.value, first.day or self.today

    @cached_property
    def day(self) -> date:
        """The day that is chosen now; what cannot be read counts as the one offered."""
        when = self._sent("when") or self._offered[0]
        if when == DATE:
            return _read_day(self._sent("on")) or self._offered[1]
        return next((chip.day for chip in self.chips if chip.value == when and chip.day), self._offered[1])

    def _sent(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data is not None else ""

    # --- Forms ---

    @cached_property
    def preview(self) -> Preview:
        return self.look.on(self.day)

    @cached_property
    def form(self) -> DraftForm:
        choices = [(chip.value, chip.label) for chip in self.chips]
        if self.judge:
            return DraftForm(self.data, choices=choices, auto_id="draft_%s")
        return DraftForm(initial=self._initial, choices=choices, auto_id="draft_%s")

    @property
    def _initial(self) -> dict[str, Any]:
        offered, day = self._offered
        note = self._sent("change_note") if self.is_note_own else self.preview.note
        return {
            "when": self._sent("when") or offered,
            "on": self._sent("on") or (day if offered == DATE else None),
            "change_note": note,
            "note_was": self.preview.note,
            "drop_later": bool(self._sent("drop_later")),
            "draft": self.draft.pk,
            "revision": self.draft.revision,
            "plan_revision": self.prescription.revision,
            "key": self._sent("key") or uuid4(),
        }

    @property
    def is_note_own(self) -> bool:
        """The therapist has written another note than the one that was offered."""
        return self.data is not None and _plain(self._sent("change_note")) != _plain(self._sent("note_was"))

    @cached_property
    def answers(self) -> list[AnswerForm]:
        asked = [(one.exercise, one.warnings) for one in self.preview.asked]
        return answer_forms(asked, self.data, judge=self.judge)

    def is_valid(self) -> bool:
        fine = self.form.is_valid()
        for form in self.answers:
            fine = form.is_valid() and fine
        for exercise in self.preview.retired:
            self.form.add_error(None, f"{exercise.name} was taken out of the library. Remove or replace it.")
        if self.preview.refusal and fine:
            self.form.add_error("on" if self.form.cleaned_data["when"] == DATE else "when", self.preview.refusal)
        return fine and not self.form.errors

    @property
    def fault_links(self) -> list[tuple[str, str]]:
        """Every fault in words, with the place where it is mended."""
        of_the_whole = [
            ("" if name == "__all__" else f"draft_{name}", str(error))
            for name, errors in self.form.errors.items()
            for error in errors
        ]
        of_answers = [
            (form[name].id_for_label, f"{form.exercise.name}: {error}")
            for form in self.answers
            for name, errors in form.errors.items()
            for error in errors
        ]
        return of_the_whole + of_answers

    def said(self) -> dict[UUID, SafetyAnswer]:
        """The answers as the service takes them, once valid."""
        return {form.exercise.pk: form.answer for form in self.answers}


def _plain(text: str) -> str:
    """Line ends as a browser sends them make no difference."""
    return " ".join(text.split())


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
