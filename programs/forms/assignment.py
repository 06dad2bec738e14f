"""All forms of the page on which a program is given to a patient, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property

from exercises.models import Exercise
from patients.access import Actor
from patients.conditions import Condition
from patients.models import Invitation, Patient
from programs import safety
from programs.enums import Rating
from programs.forms.answers import Answering, Group, HoldForm, StandInForm, groups_of, holds_of
from programs.forms.assign import AssignItemForm, ScheduleForm, uuid_of
from programs.forms.schedules import AT, initial_of
from programs.models import Prescription, Program, ProgramItem
from programs.safety import SafetyWarning
from programs.schedule import Rule
from programs.services.conditions import conditions_during
from programs.services.prescriptions import ItemDraft, SafetyAnswer, Stage, begun, stages_of
from programs.services.programs import MOST_ITEMS

USUAL_SLOT = "07:30"
COPY = " (copy)"  # says to us where a program came from; the patient need not read it


class Assignment:
    """Unbound it shows a program; with `judge=False` it shows what was sent without judging it.

    Expects the program with its items, their exercises and what may stand in for them.
    """

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
        self.conditions: frozenset[Condition] = conditions_during(patient, self.today, *self._beginnings)
        self.faults: list[str] = []

    @property
    def _beginnings(self) -> list[date]:
        """The days on which stages begin, as far as the start can be read: an operation may lie before one of them."""
        try:
            start = date.fromisoformat(str((self.data or {}).get("starts_on", "")))
        except ValueError:
            start = self.today
        start = min(max(start, self.today), self.today + timedelta(days=366))
        return [day for day, _ in begun(stages_of(self.steps, []) or [Stage([])], start)]

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.program.steps if self.program else []

    # --- The whole -------------------------------------------------------------------------------------------

    @cached_property
    def is_invited(self) -> bool:
        """A link is out that still works; a new one would stop it."""
        invitations = Invitation.objects.for_clinic(self.patient.clinic).open_at(self.actor.now)
        return invitations.filter(patient=self.patient).exists()

    @cached_property
    def running(self) -> list[Prescription]:
        """What the patient follows or will follow, and might be replaced."""
        every = Prescription.objects.for_clinic(self.patient.clinic).filter(patient=self.patient)
        return list(every.not_over(self.today))

    @cached_property
    def schedule(self) -> ScheduleForm:
        fixed: dict[str, Any] = {"today": self.today, "running": self.running}
        if self.judge:
            return ScheduleForm(self.data, **fixed)
        form = ScheduleForm(initial=self._usual, **fixed)
        if self.data is not None:
            form.initial = _typed(form, self.data)
        return form

    @property
    def _usual(self) -> dict[str, Any]:
        known = {"times": AT, "slot_1": USUAL_SLOT}
        if self.program and self.program.slots:
            known = initial_of(self.program)
        elif self.program:
            known = initial_of(self.program) | known
        return known | {
            "title": self.program.name.removesuffix(COPY) if self.program else "",
            "starts_on": self.today,
            "key": uuid4(),
            "invite": not self.is_invited,
        }

    # --- Exercises -------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[UUID, ProgramItem]:
        return {item.pk: item for item in list(self.program.items.all())[:MOST_ITEMS]} if self.program else {}

    @cached_property
    def rows(self) -> list[AssignItemForm]:
        if self.data is None:
            return [self._row(number, item.exercise, item) for number, item in enumerate(self.sources.values())]
        return [self._row(number, exercise, source) for number, exercise, source in self._posted(self.data)]

    def _row(self, number: int, exercise: Exercise, source: ProgramItem | None) -> AssignItemForm:
        exercise = exercise.merged_into or exercise
        fixed: dict[str, Any] = {
            "exercise": exercise,
            "warnings": self.check(exercise),
            "number": number,
            "prefix": f"i{number}",
            "source": source,
        }
        if self.judge:
            return AssignItemForm(self.data, **fixed)
        if self.data is None:
            return AssignItemForm(row=source, **fixed)
        form = AssignItemForm(**fixed)
        if f"i{number}-new" in self.data:
            form.initial = {**exercise.dose_values(), "take": True}
        else:
            form.initial = _typed(form, self.data)
        return form

    def check(self, exercise: Exercise) -> list[SafetyWarning]:
        return safety.check(exercise.feature_set, self.conditions)

    def _posted(self, data: Mapping[str, Any]) -> list[tuple[int, Exercise, ProgramItem | None]]:
        """The exercises named in the form, with their numbers; unknown ones are a fault of the whole."""
        wanted = {n: uuid_of(data.get(f"i{n}-exercise")) for n in range(MOST_ITEMS) if f"i{n}-exercise" in data}
        library = Exercise.objects.for_clinic(self.patient.clinic)
        found = library.select_related("merged_into").in_bulk([pk for pk in wanted.values() if pk])
        if len([pk for pk in wanted.values() if pk in found]) < len(wanted):
            self.faults.append("An exercise is not in the library any more. It was left out.")
        known = [(number, found[pk]) for number, pk in wanted.items() if pk in found]
        return [(number, one, self._source(data.get(f"i{number}-source"))) for number, one in known]

    def _source(self, wanted: Any) -> ProgramItem | None:
        pk = uuid_of(wanted)
        return self.sources.get(pk) if pk else None

    @property
    def taken(self) -> list[AssignItemForm]:
        return [row for row in self.rows if row.is_taken]

    # --- Answers ---------------------------------------------------------------------------------------------

    @cached_property
    def stand_ins(self) -> list[StandInForm]:
        """One answer for each exercise that may stand in and has warnings, unless it is in the list itself."""
        known = {row.exercise.pk for row in self.taken}
        found: dict[UUID, StandInForm] = {}
        for row in self.taken:
            for exercise in row.allowed.values():
                warnings = self.check(exercise)
                if warnings and exercise.pk not in known | set(found):
                    found[exercise.pk] = self._stand_in(exercise, warnings, row.number)
        return list(found.values())

    def _stand_in(self, exercise: Exercise, warnings: list[SafetyWarning], place: int) -> StandInForm:
        fixed: dict[str, Any] = {"exercise": exercise, "warnings": warnings, "place": place}
        if self.judge:
            return StandInForm(self.data, **fixed)
        form = StandInForm(**fixed)
        if self.data is not None:
            form.initial = _typed(form, self.data)
        return form

    @property
    def answering(self) -> list[tuple[str, Answering]]:
        """Everything that is checked, by name: the exercises, then what may stand in for them."""
        items: list[tuple[str, Answering]] = [(row.exercise.name, row) for row in self.taken]
        return items + [(form.exercise.name, form) for form in self.stand_ins]

    @cached_property
    def holds(self) -> HoldForm | None:
        """What speaks against any exercise at all, with one reason for the whole program."""
        warnings = holds_of(warning for _, form in self.answering for warning in form.warnings)
        if not warnings:
            return None
        form = HoldForm(self.data, warnings=warnings) if self.judge else HoldForm(warnings=warnings)
        if self.data is not None and not self.judge:
            form.initial = _typed(form, self.data)
        return form

    @cached_property
    def groups(self) -> list[Group]:
        """Cautions that one tick may answer for several exercises."""
        found = groups_of(self.answering, self.data)
        shared = {group.condition for group in found}
        confirmed = {group.condition for group in found if group.is_confirmed}
        for _, form in self.answering:
            form.in_groups = bool(form.cautions) and form.cautions <= shared
            form.covered = bool(form.cautions) and form.cautions <= confirmed
        return found

    @property
    def warned(self) -> list[Answering]:
        """What needs an answer of its own, worst first, for the summary on top."""
        _ = self.groups  # which tell each form whether it is in one
        forms_ = [form for _, form in self.answering]
        asked = [form for form in forms_ if form.rating is Rating.AVOID or (form.cautions and not form.in_groups)]
        return sorted(asked, key=lambda form: safety.severity(form.own), reverse=True)

    @property
    def is_clear(self) -> bool:
        return not (self.holds or self.groups or self.warned)

    def is_valid(self) -> bool:
        _ = self.groups  # so that what they confirm counts below
        fine = self.schedule.is_valid()
        if self.holds and not self.holds.is_valid():
            fine = False
        for _, form in self.answering:
            form.hold = self.holds.cleaned_data.get("reason", "") if self.holds else ""
            fine = form.is_valid() and fine
        for row in self.taken if fine else ():
            if not _ever_due(row, self.schedule.rule):
                row.never_due(self.schedule.rule)
                fine = False
        if not self.taken:
            self.faults.append("Choose at least one exercise.")
        elif fine:
            self.faults += [f"Stage “{stage.title}” has no exercise." for stage in self.stages() if not stage.items]
        return fine and not self.faults

    @property
    def fault_links(self) -> list[tuple[str, str]]:
        """Every fault in words, with the place where it is mended."""
        schedule = [
            (f"id_{name}", f"{self.schedule[name].label}: {error}")
            for name, errors in self.schedule.errors.items()
            for error in errors
        ]
        holds = [
            ("hold", str(error)) for errors in (self.holds.errors if self.holds else {}).values() for error in errors
        ]
        exercises = [
            (_place(form), f"{name}: {error}")
            for name, form in self.answering
            for errors in form.errors.values()
            for error in errors
        ]
        return [("", fault) for fault in self.faults] + schedule + holds + exercises

    # --- What is stored --------------------------------------------------------------------------------------

    def drafts(self) -> list[ItemDraft]:
        """The exercises as the service takes them, once valid."""
        return [row.draft(self._moved) for row in self.taken]

    def stages(self) -> list[Stage]:
        """The same by stage; none for a program that does not build up."""
        spans = [row.stages for row in self.taken]
        return stages_of(self.steps, [(draft, *span) for draft, span in zip(self.drafts(), spans, strict=True)])

    @property
    def _moved(self) -> dict[str, str]:
        """Where each time of day of the program has gone, while there are as many as before."""
        before, after = self.program.slots if self.program else [], self.schedule.rule.slots
        return dict(zip(before, after, strict=True)) if len(before) == len(after) else {}

    def answers(self) -> dict[UUID, SafetyAnswer]:
        """By exercise. One that is there twice needs one answer, and a reason says more than a tick."""
        found: dict[UUID, SafetyAnswer] = {}
        for form in [*self.taken, *self.stand_ins]:
            known, answer = found.get(form.exercise.pk), form.answer
            if known is None or (answer.has_reason and not known.has_reason):
                found[form.exercise.pk] = answer
        return found


def _place(form: Answering) -> str:
    return f"item-{form.number}" if isinstance(form, AssignItemForm) else f"{form.prefix}"


def _ever_due(row: AssignItemForm, rule: Rule) -> bool:
    own = row.cleaned_data.get("weekdays")
    return rule.weekdays is None or own is None or bool(own & rule.weekdays)


def _typed(form: forms.BaseForm, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent for each field, as it was typed."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }
