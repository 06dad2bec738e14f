"""Changing a running prescription: one shared draft, edited in the builder, and used from a day on.

Versions that have been in force never change, nor does what was logged under them. Whoever decides names what they
saw: the revision of the draft and, on our pages, that of the prescription. Locks are taken in one order: exercises,
patient, prescription, draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict, take_revision
from exercises.enums import ExerciseState
from exercises.models import Exercise
from patients import audit
from patients.models import Patient, User
from patients.services import reminder_settings
from programs import adherence
from programs.models import Prescription, PrescriptionVersion, Program, ProgramAlternative, ProgramItem
from programs.reminders import slots_to_remind
from programs.services import plans
from programs.services.conditions import conditions_during
from programs.services.next_version import ChangeRefused, NextVersion, exercises_of
from programs.services.prescriptions import ExerciseRetired, KeyTaken, current_exercises
from programs.services.version_writing import (
    Answers,
    SafetyAnswer,
    demand_answers,
    warnings_by_exercise,
    write_version,
)

__all__ = ["ChangeRefused", "RevisionConflict", "apply_draft", "discard_draft", "drop_planned", "open_draft"]


# --- The draft -----------------------------------------------------------------------------------------------


@transaction.atomic
def open_draft(
    *, actor: User, prescription: Prescription, now: datetime, base: PrescriptionVersion | None = None
) -> Program:
    """The one draft of this prescription: the open one, or a new copy of `base`.

    Without `base` it begins with the newest version; where later stages are planned, with the one in force.
    Raises ChangeRefused once the prescription is over.
    """
    current = _locked(prescription)
    if made := Program.objects.filter(prescription=current).first():
        return made
    today = current.patient.local_today(now)
    if current.ends_on and current.ends_on < today:
        raise ChangeRefused("", f"It ended on {current.ends_on:%-d %B %Y}. Copy it to give it again.")
    versions = list(current.versions.all())
    base = next((version for version in versions if version == base), None) or newest(versions, today)
    draft, is_new = Program.objects.get_or_create(prescription=current, defaults=_columns(current, base, actor))
    if is_new:
        _copy_items(base, draft)
        audit.record(actor, "prescription.draft", current, draft=str(draft.pk), version=base.number)
    return draft


def _locked(prescription: Prescription) -> Prescription:
    """The row as it is now, with its patient; nobody else begins or ends a draft meanwhile."""
    rows = Prescription.objects.select_for_update(of=("self",), no_key=True).select_related("patient")
    found = rows.filter(pk=prescription.pk).first()
    if found is None:
        raise RevisionConflict
    return found


def newest(versions: Sequence[PrescriptionVersion], today: date) -> PrescriptionVersion:
    """What a change begins with: the last version, but not a later stage of a program that builds up."""
    current = plans.holding_on(versions, today)
    last = plans.holding_on(versions, date.max)
    return current if last.step != current.step else last


def _columns(prescription: Prescription, base: PrescriptionVersion, actor: User) -> dict[str, Any]:
    return {
        "clinic_id": prescription.clinic_id,
        "base": base,
        "name": prescription.title,
        "flare_days": prescription.flare_days,
        "progression": base.progression,
        "created_by": actor,
        **base.schedule_values(),
    }


def _copy_items(base: PrescriptionVersion, draft: Program) -> None:
    rows = base.items.select_related("exercise__merged_into").prefetch_related("alternatives__exercise__merged_into")
    items = [
        ProgramItem(program=draft, exercise=_today(row.exercise), order=order, **row.item_values())
        for order, row in enumerate(rows)
    ]
    ProgramItem.objects.bulk_create(items)
    ProgramAlternative.objects.bulk_create(
        ProgramAlternative(item=item, situation=one.situation, exercise=_today(one.exercise))
        for item, row in zip(items, rows, strict=True)
        for one in row.alternatives.all()
    )


def _today(exercise: Exercise) -> Exercise:
    return exercise.merged_into or exercise


@transaction.atomic
def discard_draft(*, actor: User, draft: Program, revision: int) -> bool:
    """Throw the draft away; False when it is gone already. Raises RevisionConflict when it has changed since."""
    if not Program.objects.filter(pk=draft.pk, prescription__isnull=False).exists():
        return False
    take_revision(Program.objects.filter(pk=draft.pk), revision)
    audit.record(actor, "prescription.discard", draft.prescription, draft=str(draft.pk))
    Program.objects.filter(pk=draft.pk).delete()
    return True


# --- A new version -------------------------------------------------------------------------------------------


@transaction.atomic
def apply_draft(
    *,
    actor: User,
    draft: Program,
    revision: int,
    effective_from: date,
    change_note: str,
    answers: Mapping[UUID, SafetyAnswer],
    now: datetime,
    key: UUID | None = None,
    plan_revision: int | None = None,
    drop_later: bool = False,
) -> PrescriptionVersion:
    """The draft becomes the version that holds from `effective_from` on, and is gone.

    A version planned for that same day is replaced; later ones stay unless `drop_later`. A draft with stages makes
    one version for each, and the first is answered. Sessions that are logged
    keep the version they were logged under. `key` makes a repeated request answer with the version that the first
    one made. Raises RevisionConflict when draft or prescription (`plan_revision`) are not as they were seen,
    ChangeRefused for a day that cannot be, SafetyUnanswered for new warnings without an answer, ExerciseRetired for
    a new exercise that left the library. Then nothing is stored and the draft stands.
    """
    exercises = current_exercises(_named_in(draft))
    patient = _locked_patient(_prescription_of(draft))
    if made := _made_before(key, draft):
        return made
    prescription, draft = _claim(draft, revision, plan_revision)
    today = patient.local_today(now)
    change = NextVersion.of(prescription, draft, effective_from, today, drop_later=drop_later)
    answered = change.answered
    if any(exercise.state == ExerciseState.RETIRED for exercise in exercises if exercise.pk not in change.known):
        raise ExerciseRetired
    warnings = warnings_by_exercise(exercises, conditions_during(patient, today, *change.days))
    demand_answers(warnings, answers, answered)
    change.clear_the_way()
    said = Answers(warnings, answers, answered, actor, now)
    version = _write(prescription, change, said, key or uuid7(), change_note)
    _finish(prescription, draft)
    audit.record(actor, "prescription.change", prescription, version=version.number, **change.facts)
    reminder_settings.ensure_schedules(patient=patient, slots=slots_to_remind(version.rule), now=now)
    adherence.refresh_status([patient], now)
    return version


def _write(
    prescription: Prescription, change: NextVersion, answers: Answers, key: UUID, change_note: str
) -> PrescriptionVersion:
    """A version for each stage of the draft, most often one; the first of them is answered and tells the change."""
    made = [
        write_version(
            prescription=prescription,
            number=change.number + place,
            drafts=stage.items,
            rule=change.draft.rule_from(change.anchor),
            effective_from=day,
            answers=answers,
            pk=key if place == 0 else uuid7(),
            counts_from=change.anchor,
            change_note=change_note if place == 0 else "",
            progression=change.draft.progression,
            **change.stage_columns(place, stage),
        )
        for place, (day, stage) in enumerate(change.stages)
    ]
    return made[0]


def _named_in(draft: Program) -> list[Exercise]:
    items = draft.items.select_related("exercise").prefetch_related("alternatives__exercise")
    return [one for item in items for one in exercises_of(item)]


def _made_before(key: UUID | None, draft: Program) -> PrescriptionVersion | None:
    made = PrescriptionVersion.objects.filter(pk=key).first() if key else None
    if made and made.prescription_id != draft.prescription_id:
        raise KeyTaken
    return made


def _prescription_of(draft: Program) -> UUID:
    if draft.prescription_id is None:
        raise ValueError(f"{draft.pk} is a program, not a draft")
    return draft.prescription_id


def _locked_patient(prescription_id: UUID) -> Patient:
    """Whoever logs or decides for this patient waits until we are done."""
    return Patient.objects.select_for_update(of=("self",)).get(prescriptions=prescription_id)


def _claim(draft: Program, revision: int, plan_revision: int | None) -> tuple[Prescription, Program]:
    """Prescription and draft as they were seen, read anew and locked.

    Who names no revision of the prescription relies on the version that the draft was begun from.
    """
    rows = Prescription.objects.filter(pk=_prescription_of(draft))
    if plan_revision is None:
        rows.update(revision=F("revision") + 1)
    else:
        take_revision(rows, plan_revision)
    take_revision(Program.objects.filter(pk=draft.pk), revision)
    current = Program.objects.get(pk=draft.pk)
    if plan_revision is None and current.base_id is None:
        raise RevisionConflict
    return rows.get(), current


def _finish(prescription: Prescription, draft: Program) -> None:
    """Name and length of a flare belong to the whole and hold at once."""
    Prescription.objects.filter(pk=prescription.pk).update(title=draft.name, flare_days=draft.flare_days)
    Program.objects.filter(pk=draft.pk).delete()


@transaction.atomic
def drop_planned(*, actor: User, version: PrescriptionVersion, now: datetime) -> bool:
    """Take a version out that is only planned; False when it is gone already."""
    patient = _locked_patient(version.prescription_id)
    rows = PrescriptionVersion.objects.filter(pk=version.pk).select_related("prescription")
    current = rows.first()
    if current is None:
        return False
    earlier = PrescriptionVersion.objects.filter(
        prescription=version.prescription_id, effective_from__lt=current.effective_from
    )
    if current.effective_from <= patient.local_today(now) or not earlier.exists():
        raise ChangeRefused("", "This version is in force. Change the program from a later day on instead.")
    Prescription.objects.filter(pk=version.prescription_id).update(revision=F("revision") + 1)
    day = current.effective_from.isoformat()
    audit.record(actor, "prescription.drop", current.prescription, dropped=[current.number], effective_from=day)
    rows.delete()
    adherence.refresh_status([patient], now)
    return True
