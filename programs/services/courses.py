"""The course of a prescription: pausing it, going on, giving it to somebody else, keeping it as a program.

A pause changes no version: on its days nothing is due, and afterwards the program goes on as it was. It begins today
or later, so that no day that is over is counted anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from config.lib.ids import uuid7
from exercises.enums import ExerciseState
from patients import audit
from patients.models import Clinic, Patient, User
from patients.services import diary
from programs import adherence
from programs.enums import PauseKind
from programs.models import Pause, Prescription, PrescriptionVersion, Program, ProgramAlternative, ProgramItem
from programs.services import prescriptions
from programs.services.prescriptions import ItemDraft, KeyTaken, SafetyAnswer

A_DAY = timedelta(days=1)
FURTHEST = timedelta(days=366)


class PauseRefused(Exception):
    """Nothing was stored; `message` is for the therapist, `field` says where it belongs."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


# --- Pausing -------------------------------------------------------------------------------------------------


@transaction.atomic
def pause(
    *,
    actor: User,
    patient: Patient,
    prescription: Prescription | None,
    starts_on: date,
    last_day: date | None = None,
    kind: PauseKind = PauseKind.PAUSE,
    note: str = "",
    now: datetime,
    key: UUID | None = None,
) -> Pause:
    """Nothing is due from `starts_on` to `last_day`, both included; None means until somebody resumes it.

    Of one prescription, or of all of the patient's with None. The same pause asked for twice is one pause.
    """
    diary.lock(patient)
    if made := _paused_before(key, patient):
        return made
    _check_days(patient, prescription, starts_on, last_day, now)
    same = Pause.objects.filter(patient=patient, prescription=prescription)
    for other in same.touching(starts_on, last_day or date.max):
        if (other.kind, other.starts_on, other.last_day) == (kind, starts_on, last_day):
            return other
        raise PauseRefused("starts_on", f"It is paused {say(other)} already. End that pause first.")
    made = Pause.objects.create(
        pk=key or uuid7(),
        clinic_id=patient.clinic_id,
        patient=patient,
        prescription=prescription,
        kind=kind,
        starts_on=starts_on,
        last_day=last_day,
        note=note,
        created_by=actor,
    )
    audit.record(actor, "pause.start", made, of=str(prescription.pk) if prescription else "all", **_days(made))
    adherence.refresh_status([patient], now)
    return made


def _paused_before(key: UUID | None, patient: Patient) -> Pause | None:
    made = Pause.objects.filter(pk=key).first() if key else None
    if made and made.patient_id != patient.pk:
        raise KeyTaken
    return made


def _check_days(
    patient: Patient, prescription: Prescription | None, first: date, last: date | None, now: datetime
) -> None:
    today = patient.local_today(now)
    if first < today:
        raise PauseRefused("starts_on", "Choose today or a later day. Days that are over stay as they were.")
    if first > today + FURTHEST:
        raise PauseRefused("starts_on", "Choose a day within a year from today.")
    if last and not first <= last <= first + FURTHEST:
        raise PauseRefused("last_day", "The last day must be on or after the first, and within a year.")
    if prescription and prescription.ends_on and prescription.ends_on < first:
        raise PauseRefused("starts_on", f"It ends on {prescription.ends_on:%-d %B %Y}, before that day.")


def say(pause: Pause) -> str:
    """`from 1 to 14 December 2026`, `from 24 November 2026 on`."""
    if pause.last_day is None:
        return f"from {pause.starts_on:%-d %B %Y} on"
    return f"from {pause.starts_on:%-d %B %Y} to {pause.last_day:%-d %B %Y}"


def _days(pause: Pause) -> dict[str, Any]:
    return {
        "starts_on": pause.starts_on.isoformat(),
        "last_day": pause.last_day.isoformat() if pause.last_day else None,
    }


@transaction.atomic
def resume(*, actor: User, pause: Pause, on: date, now: datetime) -> Pause | None:
    """From `on` things are due again. None when the pause had not begun by then and so never was.

    Twice alike changes nothing. Raises PauseRefused for a day that is over.
    """
    diary.lock(pause.patient)
    if on < pause.patient.local_today(now):
        raise PauseRefused("on", "Choose today or a later day. Days that are over stay as they were.")
    rows = Pause.objects.filter(pk=pause.pk)
    never = rows.filter(starts_on__gte=on)
    if never.exists():
        audit.record(actor, "pause.drop", pause, **_days(pause))
        never.delete()
        adherence.refresh_status([pause.patient], now)
        return None
    runs_on = Q(last_day=None) | Q(last_day__gte=on)
    if rows.filter(runs_on).update(last_day=on - A_DAY):
        audit.record(actor, "pause.end", pause, on=on.isoformat())
        adherence.refresh_status([pause.patient], now)
    return rows.first()


# --- Giving it on --------------------------------------------------------------------------------------------


def drafts_of(version: PrescriptionVersion, *, with_notes: bool) -> list[ItemDraft]:
    """The exercises of a version as they may be given to somebody else: those that are in the library now.

    Notes were written for one person, so they go along only when asked for.
    """
    rows = version.items.select_related("exercise__merged_into").prefetch_related("alternatives__exercise__merged_into")
    drafts = [_given_on(ItemDraft.of(row), with_notes=with_notes) for row in rows]
    return [draft for draft in drafts if draft.exercise.state != ExerciseState.RETIRED]


def _given_on(draft: ItemDraft, *, with_notes: bool) -> ItemDraft:
    instead = {situation: one.merged_into or one for situation, one in draft.alternatives.items()}
    return replace(
        draft,
        exercise=draft.exercise.merged_into or draft.exercise,
        note=draft.note if with_notes else "",
        alternatives={s: one for s, one in instead.items() if one.state != ExerciseState.RETIRED},
    )


@transaction.atomic
def copy_to_patient(
    *,
    actor: User,
    version: PrescriptionVersion,
    patient: Patient,
    starts_on: date,
    answers: Mapping[UUID, SafetyAnswer],
    now: datetime,
    key: UUID | None = None,
    title: str = "",
    with_notes: bool = False,
) -> Prescription:
    """A prescription of its own for another patient, checked for them as any other; nothing ties the two together.

    Raises what `prescriptions.assign` raises: SafetyUnanswered above all.
    """
    source = version.prescription
    rule = version.rule_from(starts_on)
    made = prescriptions.assign(
        actor=actor,
        patient=patient,
        title=title or source.title,
        items=drafts_of(version, with_notes=with_notes),
        rule=rule,
        starts_on=starts_on,
        answers=answers,
        program=source.program,
        now=now,
        key=key,
    )
    Prescription.objects.filter(pk=made.pk).update(flare_days=source.flare_days)
    made.versions.update(progression=version.progression)
    return made


@transaction.atomic
def make_template(
    *,
    actor: User,
    clinic: Clinic,
    version: PrescriptionVersion,
    name: str,
    summary: str = "",
    with_notes: bool = False,
    key: UUID | None = None,
) -> Program:
    """A program of the clinic with the exercises and the schedule of this version, and nothing of the patient.

    The same `key` again answers with the program it made.
    """
    made, is_new = Program.objects.get_or_create(
        pk=key or uuid7(),
        defaults={
            "clinic": clinic,
            "name": name,
            "summary": summary,
            "flare_days": version.prescription.flare_days,
            "progression": version.progression,
            "created_by": actor,
            **version.schedule_values(),
        },
    )
    if made.clinic_id != clinic.pk or made.is_draft:
        raise KeyTaken
    if is_new:
        _lay_down(made, drafts_of(version, with_notes=with_notes))
        audit.record(actor, "program.from_prescription", made, version=str(version.pk))
    return made


def _lay_down(program: Program, drafts: list[ItemDraft]) -> None:
    items = [
        ProgramItem(
            program=program,
            exercise=draft.exercise,
            order=order,
            weekdays=draft.weekdays,
            every_days=draft.every_days,
            times_per_week=draft.times_per_week,
            slots=list(draft.slots),
            note=draft.note,
            is_core=draft.is_core,
            variants=dict(draft.variants),
            **draft.dose,
        )
        for order, draft in enumerate(drafts)
    ]
    ProgramItem.objects.bulk_create(items)
    ProgramAlternative.objects.bulk_create(
        ProgramAlternative(item=item, situation=situation, exercise=exercise)
        for item, draft in zip(items, drafts, strict=True)
        for situation, exercise in draft.alternatives.items()
    )
