"""What happened on the way: changes of running programs, pauses, poor days, hip replacements.

Each thing goes through the service that a person would have used, with the clock of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from patients.enums import Approach, SurgerySide
from patients.models import Patient, Surgery, User
from programs.demo.people import Person, Story
from programs.demo.story import BACK_AFTER, FLARE_NOW_DAYS, GAP_DAYS, PAST_FLARE_DAYS, SURGERY_DAYS, Teller
from programs.enums import PauseKind, Variant
from programs.models import Prescription, PrescriptionVersion, Program, ProgramItem, VariantSpell
from programs.schedule import Rule
from programs.services import courses, facts, prescriptions, revisions, variants
from programs.services.prescriptions import stages_of
from programs.services.version_writing import ItemDraft, SafetyAnswer

AFTER_SURGERY = "after-hip-posterior-0-6"
REASON = "Discussed with the patient; small range, first two weeks supervised in the clinic."
OFFICE = time(10)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a running program, decided `ago` days ago; `monday`: it holds from the Monday after."""

    ago: int
    exercise: str
    values: Mapping[str, Any]
    note: str
    monday: bool = False


@dataclass(frozen=True, slots=True)
class Hip:
    """One hip replacement; days before today, negative when it is still to come."""

    ago: int
    side: SurgerySide
    approach: Approach
    asked_ago: int | None = None
    cleared_ago: int | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Days off, from so many days ago to so many; `last` None: until somebody resumes it."""

    first: int
    last: int | None
    kind: PauseKind
    note: str = ""


EDITS: dict[str, list[Edit]] = {
    "Reiter": [
        Edit(35, "S03", {"hold_seconds": 30}, "Hold the hip flexor stretch for 30 seconds instead of 20."),
        Edit(13, "M15", {"repetitions": 10}, "Hip rotation in sitting: 10 times instead of 8."),
    ],
    "Okoye": [
        Edit(42, "M18", {"repetitions": 8}, "Side bend: 8 times instead of 6."),
        Edit(1, "P07", {"hold_seconds": 15}, "Stand tall for 15 seconds each time.", monday=True),
    ],
    "Schuster": [Edit(28, "T19", {"sets": 3}, "A third set of the band row.")],
    "Sommer": [Edit(20, "S04", {"hold_seconds": 900}, "Lie on your front for 15 minutes, in parts if you like.")],
}
# Begun and not used yet.
DRAFTS: dict[str, Edit] = {
    "Fontaine": Edit(0, "S03", {"repetitions": 2}, ""),
}
HIPS: dict[str, Hip] = {
    "Hartmann": Hip(
        SURGERY_DAYS,
        SurgerySide.LEFT,
        Approach.POSTERIOR,
        asked_ago=SURGERY_DAYS - 84,
        instructions="Full weight on the leg. No more than 90 degrees, no crossing of the legs for twelve weeks.",
    ),
    "Krüger": Hip(-35, SurgerySide.RIGHT, Approach.ANTERIOR, asked_ago=-119),
    "Baumann": Hip(430, SurgerySide.RIGHT, Approach.POSTERIOR, asked_ago=346, cleared_ago=330),
    "Adler": Hip(97, SurgerySide.LEFT, Approach.LATERAL, asked_ago=6),
    "Doyle": Hip(800, SurgerySide.BOTH, Approach.DIRECT_SUPERIOR, asked_ago=716, cleared_ago=700),
}
BREAKS: dict[str, Break] = {
    "Solberg": Break(GAP_DAYS[1], GAP_DAYS[0], PauseKind.HOLIDAY, "Two weeks in Norway without the phone."),
    "Kelly": Break(GAP_DAYS[1], GAP_DAYS[0], PauseKind.PAUSE, "Moving house."),
    "Holm": Break(2, -5, PauseKind.HOLIDAY),
    "Lang": Break(1, None, PauseKind.HOLD, "Fever since yesterday. Wait for the blood results."),
}
LAPSED = "Novotná"  # a flare that ended by its date; nobody has answered yet how it is


@dataclass(slots=True)
class Course:
    """One person on the way, in their own zone."""

    person: Person
    patient: Patient
    therapist: User
    teller: Teller
    programs: Mapping[str, Program]
    given: list[Prescription] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.teller.today

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def at(self, day: date, clock: time = OFFICE) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.patient.time_zone))

    def run(self) -> None:
        """The whole story, in the order in which it happened as far as one thing depends on another."""
        hip = HIPS.get(self.person.family_name)
        if hip and not self.teller.surgery:
            self._operate(hip)
        if self.person.story is Story.NO_PROGRAM:
            return
        last = self.teller.surgery - timedelta(days=1) if self.teller.surgery else None
        self._prescribe(self.person.program, self.teller.start, last, own=True)
        if hip and self.teller.surgery:
            self._operate(hip)
            self._prescribe(AFTER_SURGERY, self.teller.surgery + timedelta(days=BACK_AFTER))
        if self.person.beside:
            code, days = self.person.beside
            self._prescribe(code, self.ago(days))
        self._change()
        self._turns()

    # --- Programs ---

    def _prescribe(self, code: str, starts_on: date, ends_on: date | None = None, *, own: bool = False) -> None:
        program = self.programs[code]
        items = list(program.items.all())
        drafts = [(ItemDraft.of(item), item.from_step, item.until_step) for item in items]
        exercises = {one.pk for draft, _, _ in drafts for one in draft.exercises}
        plan: dict[str, Any] = {"steps": stages_of(program.steps, drafts)}
        if not program.steps:
            plan = {"items": [draft for draft, _, _ in drafts]}
        made = prescriptions.assign(
            actor=self.therapist,
            patient=self.patient,
            title=program.name,
            rule=self._rule(program, starts_on, own=own),
            starts_on=starts_on,
            ends_on=ends_on,
            answers=dict.fromkeys(exercises, SafetyAnswer(confirmed=True, reason=REASON)),
            program=program,
            now=self.at(starts_on),
            **plan,
        )
        given_at = self.at(starts_on)
        Prescription.objects.filter(pk=made.pk).update(created_at=given_at)
        PrescriptionVersion.objects.filter(prescription=made).update(created_at=given_at)
        self.given.append(made)

    def _rule(self, program: Program, starts_on: date, *, own: bool) -> Rule:
        """The program's own schedule, bent to the person's days and times."""
        rule, person = program.rule_from(starts_on), self.person
        if not own:
            return rule
        slots = rule.slots if person.slots is None else person.slots
        breaks = rule.break_minutes if person.slots is None else None
        if person.times_per_week:
            return Rule(weekdays=None, times_per_week=person.times_per_week, slots=slots)
        return Rule(
            weekdays=person.weekdays or rule.weekdays,
            times_per_week=rule.times_per_week,
            every_days=rule.every_days,
            anchor=rule.anchor,
            slots=slots,
            break_minutes=breaks,
        )

    def _change(self) -> None:
        name = self.person.family_name
        for edit in EDITS.get(name, []):
            day = self.ago(edit.ago)
            first = day + timedelta(days=7 - day.weekday()) if edit.monday else day
            draft = self._draft(edit, day)
            version = revisions.apply_draft(
                actor=self.therapist,
                draft=draft,
                revision=draft.revision,
                effective_from=first,
                change_note=edit.note,
                answers={},
                now=self.at(day),
            )
            PrescriptionVersion.objects.filter(pk=version.pk).update(created_at=self.at(day))
        if name in DRAFTS:
            self._draft(DRAFTS[name], self.today)

    def _draft(self, edit: Edit, day: date) -> Program:
        draft = revisions.open_draft(actor=self.therapist, prescription=self.given[0], now=self.at(day))
        ProgramItem.objects.filter(program=draft, exercise__code=edit.exercise).update(**edit.values)
        return draft

    # --- Poor days, days off, hips ---

    def _turns(self) -> None:
        if self.person.story is Story.PAST_FLARE:
            first, last = (self.ago(days) for days in PAST_FLARE_DAYS)
            over = first + timedelta(days=6)
            self._spell(Variant.FLARE, first, over)
            self._spell(Variant.EASY, over + timedelta(days=1), last)
        if self.person.story is Story.FLARE_NOW:
            self._flare_now()
        pause = BREAKS.get(self.person.family_name)
        if pause:
            courses.pause(
                actor=self.therapist,
                patient=self.patient,
                prescription=None,
                starts_on=self.ago(pause.first),
                last_day=None if pause.last is None else self.ago(pause.last),
                kind=pause.kind,
                note=pause.note,
                now=self.at(self.ago(pause.first)),
            )

    def _spell(self, variant: Variant, first: date, last: date) -> None:
        VariantSpell.objects.create(
            clinic=self.patient.clinic,
            patient=self.patient,
            variant=variant,
            starts_on=first,
            last_day=last,
            checked_at=self.at(last + timedelta(days=1)) if variant is Variant.FLARE else None,
            chosen_by=self.patient.user,
        )

    def _flare_now(self) -> None:
        """Chosen by the patient a few days ago; for one of them it has lapsed since."""
        days = FLARE_NOW_DAYS if self.person.family_name == LAPSED else None
        variants.choose(
            actor=self.patient.user or self.therapist,
            patient=self.patient,
            variant=Variant.FLARE,
            days=days,
            now=self.at(self.ago(FLARE_NOW_DAYS), time(7)),
        )

    def _operate(self, hip: Hip) -> None:
        day = self.ago(hip.ago)
        surgery: Surgery = facts.record_surgery(
            actor=self.therapist,
            patient=self.patient,
            side=hip.side,
            approach=hip.approach,
            operated_on=day,
            precautions_until=None if hip.asked_ago is None else self.ago(hip.asked_ago),
            instructions=hip.instructions,
            now=self.at(min(day, self.today)),
        )
        if hip.cleared_ago is not None:
            on = self.ago(hip.cleared_ago)
            said = "Letter of the surgeon after the check-up."
            facts.clear_surgery(actor=self.therapist, surgery=surgery, on=on, told_by=said, now=self.at(on))
