"""Giving a program to a patient, and ending it. The safety check stands in front and is answered for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from config.lib.ids import uuid7
from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.services import shelf
from patients import audit
from patients.models import Patient, User
from patients.services import diary, reminder_settings
from programs import adherence
from programs.enums import PauseKind
from programs.models import Pause, Prescription, Program
from programs.reminders import slots_to_remind
from programs.schedule import Rule
from programs.services.conditions import conditions_during, conditions_of
from programs.services.version_writing import (
    MIN_REASON,
    Answers,
    ItemDraft,
    SafetyAnswer,
    SafetyUnanswered,
    demand_answers,
    warnings_by_exercise,
    write_version,
)

__all__ = ["MIN_REASON", "ItemDraft", "SafetyAnswer", "SafetyUnanswered", "conditions_of", "warnings_by_exercise"]


class NothingToAssign(Exception):
    """A prescription needs at least one exercise."""


class KeyTaken(Exception):
    """The id that was to make this request repeatable belongs to something else."""


class ExerciseRetired(Exception):
    """An exercise was taken out of the library; nothing new is given with it. Nothing was stored."""


class EndRefused(Exception):
    """The prescription cannot end on that day; the text says why."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a program that builds up: its exercises, and for how many weeks (None: from then on)."""

    items: Sequence[ItemDraft]
    title: str = ""
    weeks: int | None = None


@transaction.atomic
def assign(
    *,
    actor: User,
    patient: Patient,
    title: str,
    items: Sequence[ItemDraft] = (),
    rule: Rule,
    starts_on: date,
    ends_on: date | None = None,
    answers: Mapping[UUID, SafetyAnswer],
    program: Program | None = None,
    now: datetime,
    key: UUID | None = None,
    steps: Sequence[Stage] = (),
    replaces: Sequence[Prescription] = (),
    holiday: tuple[date, date] | None = None,
) -> Prescription:
    """A prescription whose versions copy names and doses and never change afterwards.

    `items` make one version; `steps` make one for each stage, which begins when the weeks of those before it are
    over. `replaces` end on the day before the start, in the same transaction. In the `holiday` nothing is due. `key`
    makes a repeated request answer with the prescription that the first one made. Raises SafetyUnanswered while an
    avoid has no reason or a caution no confirmation, ExerciseRetired, and EndRefused for what cannot be replaced.
    """
    stages = begun(steps or [Stage(items)], starts_on, ends_on)
    if not all(stage.items for _, stage in stages):
        raise NothingToAssign
    drafts = [draft for _, stage in stages for draft in stage.items]
    exercises = current_exercises(one for draft in drafts for one in draft.exercises)
    # The lock holds back a condition recorded at this very moment until the check has been answered.
    patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    if made := _made_before(key, patient):
        return made
    if any(exercise.state == ExerciseState.RETIRED for exercise in exercises):
        raise ExerciseRetired
    today = patient.local_today(now)
    held = conditions_during(patient, today, *(max(day, today) for day, _ in stages))
    warnings = warnings_by_exercise(exercises, held)
    demand_answers(warnings, answers, {})
    for old in replaces:
        _make_way(actor, old, patient, starts_on)

    prescription = Prescription.objects.create(
        pk=key or uuid7(),
        clinic=patient.clinic,
        patient=patient,
        program=program,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=actor,
        **({"flare_days": program.flare_days} if program else {}),
    )
    said = Answers(warnings, answers, {}, actor, now)
    _write(prescription, stages, rule, said, program)
    if holiday:
        _leave_free(actor, prescription, *holiday)
    shelf.note_use(actor=actor, exercises=[draft.exercise for draft in drafts], now=now)
    decisions = sum(len(warnings[one.pk]) for draft in drafts for one in draft.exercises)
    built_up: dict[str, Any] = {"stages": len(stages)} if len(stages) > 1 else {}
    audit.record(actor, "prescription.assign", prescription, items=len(drafts), decisions=decisions, **built_up)
    reminder_settings.ensure_schedules(patient=patient, slots=slots_to_remind(rule), now=now)
    adherence.refresh_status([patient], now)
    return prescription


def begun(stages: Sequence[Stage], starts_on: date, ends_on: date | None = None) -> list[tuple[date, Stage]]:
    """Each stage with its first day. A stage that would begin after the last day is left out."""
    found, day = [], starts_on
    for stage in stages:
        if ends_on is None or day <= ends_on:
            found.append((day, stage))
        day += timedelta(weeks=stage.weeks or 0)
    return found


def stages_of(steps: Sequence[Mapping[str, Any]], items: Iterable[tuple[ItemDraft, int, int | None]]) -> list[Stage]:
    """The stages of a program as it stores them (`Program.steps`), each with the items that belong to it.

    `items` are a draft with the numbers of its first and last stage, counted from 1; None: to the end.
    """
    spans = list(items)
    return [
        Stage(
            [draft for draft, first, last in spans if first <= number and (last is None or number <= last)],
            step.get("title", ""),
            step.get("weeks"),
        )
        for number, step in enumerate(steps, 1)
    ]


def _write(
    prescription: Prescription,
    stages: Sequence[tuple[date, Stage]],
    rule: Rule,
    answers: Answers,
    program: Program | None,
) -> None:
    """One version for each stage. "Every other day" keeps its rhythm from the first day through all of them."""
    builds_up = len(stages) > 1
    for number, (day, stage) in enumerate(stages, 1):
        has_rhythm = rule.every_days or any(draft.every_days for draft in stage.items)
        write_version(
            prescription=prescription,
            number=number,
            drafts=stage.items,
            rule=rule,
            effective_from=day,
            answers=answers,
            counts_from=(rule.anchor or prescription.starts_on) if has_rhythm else None,
            step=number if builds_up else None,
            step_title=stage.title if builds_up else "",
            progression=program.progression if program else [],
        )


def _make_way(actor: User, old: Prescription, patient: Patient, day: date) -> None:
    """Let `old` end on the day before `day`; one that would not have begun by then is withdrawn."""
    rows = Prescription.objects.select_for_update(of=("self",)).filter(pk=old.pk, patient=patient)
    current = rows.first()
    if current is None or (current.ends_on and current.ends_on < day):
        return
    if current.sessions.filter(local_date__gte=day).exists():
        raise EndRefused(
            f"Exercises of “{current.title}” are logged on {day:%-d %B %Y} or later. Start the new one after that."
        )
    if current.starts_on >= day:
        audit.record(actor, "prescription.withdraw", current, starts_on=current.starts_on.isoformat())
        current.delete()
        return
    last = day - timedelta(days=1)
    Prescription.objects.filter(pk=current.pk).update(ends_on=last, revision=F("revision") + 1)
    audit.record(actor, "prescription.end", current, ends_on=last.isoformat(), replaced=True)


def _leave_free(actor: User, prescription: Prescription, first: date, last: date) -> None:
    Pause.objects.create(
        clinic=prescription.clinic,
        patient=prescription.patient,
        prescription=prescription,
        kind=PauseKind.HOLIDAY,
        starts_on=first,
        last_day=last,
        created_by=actor,
    )


def current_exercises(exercises: Iterable[Exercise]) -> list[Exercise]:
    """As they are now. Locked until the end, and before the patient: whoever publishes a new feature at this moment
    waits for us and then sees the new prescription, or we wait and see the feature."""
    wanted = {exercise.pk for exercise in exercises}
    return list(Exercise.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk"))


def _made_before(key: UUID | None, patient: Patient) -> Prescription | None:
    made = Prescription.objects.filter(pk=key).first() if key else None
    if made and made.patient_id != patient.pk:
        raise KeyTaken
    return made


@transaction.atomic
def end(*, actor: User, prescription: Prescription, on: date, now: datetime) -> Prescription:
    """Make `on` the last day on which anything is due; what is logged stays. Ending twice alike changes nothing."""
    diary.lock(prescription.patient)
    current = Prescription.objects.select_for_update(of=("self",)).select_related("patient").get(pk=prescription.pk)
    if current.ends_on == on:
        return current
    if on < current.starts_on:
        raise EndRefused(f"The last day cannot be before the start on {current.starts_on:%-d %B %Y}.")
    if current.ends_on and current.ends_on < current.patient.local_today(now):
        raise EndRefused(f"It ended on {current.ends_on:%-d %B %Y} already.")
    Prescription.objects.filter(pk=current.pk).update(ends_on=on, revision=F("revision") + 1)
    current.refresh_from_db(fields=["ends_on"])
    audit.record(actor, "prescription.end", current, ends_on=on.isoformat())
    adherence.refresh_status([current.patient], now)
    return current


@transaction.atomic
def withdraw(*, actor: User, prescription: Prescription, now: datetime) -> None:
    """Take back a prescription in which nothing was logged, as if it had not been given. The audit entry stays."""
    diary.lock(prescription.patient)
    current = Prescription.objects.select_for_update(of=("self",)).filter(pk=prescription.pk).first()
    if current is None:
        return
    patient = current.patient
    if current.sessions.exists():
        raise EndRefused("Sessions are logged for it already. End it instead.")
    audit.record(actor, "prescription.withdraw", current, starts_on=current.starts_on.isoformat())
    current.delete()
    adherence.refresh_status([patient], now)
