"""Changing programs, and drafts of prescriptions alike. Every write names the revision it was made from, so nobody
overwrites unseen work.

Each change of items answers with its `Change`, a small value that `undo` takes back and `redo` makes again, also when
other changes came in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict, take_revision
from exercises.models import Exercise
from exercises.services import shelf
from patients import audit
from patients.models import Clinic, User
from programs import edits
from programs.dosage import Place, grouped
from programs.edits import POSITION, Change
from programs.enums import Situation
from programs.models import Program, ProgramItem, UsualDose
from programs.models.items import SCHEDULE_FIELDS
from programs.services.item_states import MOST_ITEMS, ProgramFull, added, state_of, states_of, with_alternatives, write
from programs.variants import MOST_CORE

__all__ = ["MOST_ITEMS", "CannotUndo", "Change", "KeyTaken", "ProgramFull", "RevisionConflict", "TooManyCore"]
# What a program says beside its items; a copy carries it on.
PLAN_FIELDS = [*SCHEDULE_FIELDS, "steps", "progression", "flare_days"]


class KeyTaken(Exception):
    """The id that was to make this request repeatable belongs to something else."""


class CannotUndo(Exception):
    """What the change touched has changed again; taking it back would overwrite that."""


class TooManyCore(Exception):
    """The minimum core holds at most `MOST_CORE` exercises."""


# --- Programs ------------------------------------------------------------------------------------------------


@transaction.atomic
def create(*, actor: User, clinic: Clinic, name: str, summary: str = "", key: UUID | None = None) -> Program:
    """An empty program of this clinic. The same `key` again answers with the program it made."""
    if made := _made_before(key, clinic):
        return made
    program = Program.objects.create(pk=key or uuid7(), clinic=clinic, name=name, summary=summary, created_by=actor)
    audit.record(actor, "program.create", program)
    return program


@transaction.atomic
def copy(*, actor: User, clinic: Clinic, program: Program, key: UUID | None = None) -> Program:
    """The clinic's own copy of a program, free to change: schedule, stages, rules, items and alternatives."""
    if made := _made_before(key, clinic):
        return made
    made = Program.objects.create(
        pk=key or uuid7(),
        clinic=clinic,
        name=_copy_name(program.name),
        summary=program.summary,
        created_by=actor,
        **{name: getattr(program, name) for name in PLAN_FIELDS},
    )
    write(made, [], added("copy", [state_of(item) for item in with_alternatives(program)], ""))
    audit.record(actor, "program.copy", made, source=str(program.pk))
    return made


def _made_before(key: UUID | None, clinic: Clinic) -> Program | None:
    made = Program.objects.filter(pk=key).first() if key else None
    if made and made.clinic_id != clinic.pk:
        raise KeyTaken
    return made


def _copy_name(name: str) -> str:
    return f"{name[:110]} (copy)"


@transaction.atomic
def rename(*, actor: User, program: Program, revision: int, name: str, summary: str, now: datetime) -> int:
    """Set name and summary; answers with the new revision, as every change does."""
    revision = _claim(actor, program, revision, "rename", now)
    Program.objects.filter(pk=program.pk).update(name=name, summary=summary)
    return revision


@transaction.atomic
def archive(*, actor: User, program: Program, now: datetime) -> None:
    """Take it off the list. Prescriptions made from it run on."""
    if Program.objects.filter(pk=program.pk, archived_at=None).update(archived_at=now, updated_at=now):
        audit.record(actor, "program.archive", program)


@transaction.atomic
def restore(*, actor: User, program: Program, now: datetime) -> None:
    """Undo of `archive`."""
    if Program.objects.filter(pk=program.pk).exclude(archived_at=None).update(archived_at=None, updated_at=now):
        audit.record(actor, "program.restore", program)


# --- Items ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(
    *, actor: User, program: Program, revision: int, exercise: Exercise, now: datetime, position: int | None = None
) -> tuple[ProgramItem, Change, int]:
    """The exercise at `position` (0 = first; None = last), with the actor's usual dose or else its default one."""
    revision = _claim(actor, program, revision, "add", now)
    ids = _ids(program)
    usual = UsualDose.objects.for_user(actor).filter(exercise=exercise).first()
    item = ProgramItem(program=program, exercise=exercise, **exercise.dose_values())
    for name, value in (usual.values if usual else {}).items():
        setattr(item, name, value)
    place = len(ids) if position is None else min(position, len(ids))
    change = added("add", [state_of(item, alternatives=())], exercise.name, place)
    item.pk, item.order = UUID(change.item), place
    write(program, ids, change)
    shelf.note_use(actor=actor, exercises=[exercise], now=now)
    return item, change, revision


@transaction.atomic
def update_item(
    *, actor: User, item: ProgramItem, revision: int, values: Mapping[str, Any], now: datetime
) -> tuple[Change | None, int]:
    """Set dose, days, variants, stages or note. Nothing different means no change and the same revision."""
    changed = {name: value for name, value in values.items() if getattr(item, name) != value}
    if not changed:
        return None, revision
    if changed.get("is_core") and item.program.items.filter(is_core=True).count() >= MOST_CORE:
        raise TooManyCore
    return _change_one(actor, item, revision, {name: getattr(item, name) for name in changed}, changed, now)


@transaction.atomic
def set_alternative(
    *, actor: User, item: ProgramItem, revision: int, situation: Situation, exercise: Exercise | None, now: datetime
) -> tuple[Change | None, int]:
    """What may stand in for the exercise in this situation; None takes the permission back."""
    old = {row.situation: str(row.exercise_id) for row in item.alternatives.all()}
    new = {name: pk for name, pk in old.items() if name != situation}
    if exercise is not None:
        new[situation.value] = str(exercise.pk)
    if new == old:
        return None, revision
    return _change_one(actor, item, revision, {"alternatives": old}, {"alternatives": new}, now)


def _change_one(
    actor: User, item: ProgramItem, revision: int, old: Mapping[str, Any], new: Mapping[str, Any], now: datetime
) -> tuple[Change, int]:
    revision = _claim(actor, item.program, revision, "update", now)
    change = Change("update", str(item.pk), item.exercise.name, {str(item.pk): (old, new)})
    write(item.program, None, change)
    return change, revision


@transaction.atomic
def move_item(
    *, actor: User, item: ProgramItem, revision: int, position: int, now: datetime
) -> tuple[Change | None, int]:
    """Put the item at `position` (0 = first; beyond the end = last)."""
    ids, pk = _ids(item.program), str(item.pk)
    if pk not in ids:
        raise RevisionConflict
    old, new = ids.index(pk), max(0, min(position, len(ids) - 1))
    if new == old:
        return None, revision
    revision = _claim(actor, item.program, revision, "move", now)
    change = Change("move", pk, item.exercise.name, {pk: ({POSITION: old}, {POSITION: new})})
    write(item.program, ids, change)
    return change, revision


@transaction.atomic
def remove_item(*, actor: User, item: ProgramItem, revision: int, now: datetime) -> tuple[Change, int]:
    """Take the item out; the change remembers all of it and its place."""
    revision = _claim(actor, item.program, revision, "remove", now)
    ids, pk = _ids(item.program), str(item.pk)
    state = {**state_of(item), POSITION: ids.index(pk)}
    change = Change("remove", pk, item.exercise.name, {pk: (state, None)})
    write(item.program, ids, change)
    return change, revision


@transaction.atomic
def duplicate_item(*, actor: User, item: ProgramItem, revision: int, now: datetime) -> tuple[Change, int]:
    """The same exercise once more, right behind, outside the minimum core."""
    revision = _claim(actor, item.program, revision, "add", now)
    ids = _ids(item.program)
    state = {**state_of(item), "is_core": False}
    change = added("add", [state], item.exercise.name, ids.index(str(item.pk)) + 1)
    write(item.program, ids, change)
    return change, revision


@transaction.atomic
def copy_items(
    *, actor: User, program: Program, revision: int, items: Sequence[ProgramItem], now: datetime
) -> tuple[Change | None, int]:
    """Items of other programs at the end of this one, in the order given, with dose, variants and alternatives.

    Their stages are not carried over, nor times of day that this program does not have.
    """
    if not items:
        return None, revision
    revision = _claim(actor, program, revision, "copy", now)
    ids = _ids(program)
    here = {"from_step": 1, "until_step": None, "is_core": False}
    states = [
        state_of(item) | here | {"slots": [slot for slot in item.slots if slot in program.slots]} for item in items
    ]
    change = added("copy", states, items[0].exercise.name, len(ids))
    write(program, ids, change)
    shelf.note_use(actor=actor, exercises=[item.exercise for item in items], now=now)
    return change, revision


@transaction.atomic
def group_by_position(*, actor: User, program: Program, revision: int, now: datetime) -> tuple[Change | None, int]:
    """Neighbours share a position, so that one gets down to the floor at most once. The items stay the same."""
    items = list(program.items.select_related("exercise"))
    order = [items[index] for index in grouped([place_of(item) for item in items])]
    change = edits.reordered("group", "", "", [str(item.pk) for item in items], [str(item.pk) for item in order])
    if change.is_empty:
        return None, revision
    revision = _claim(actor, program, revision, "group", now)
    write(program, [str(item.pk) for item in items], change)
    return change, revision


def place_of(item: ProgramItem) -> Place:
    return Place(item.exercise.needs_floor, item.exercise.position)


@transaction.atomic
def undo(*, actor: User, program: Program, revision: int, change: Change, now: datetime) -> int:
    """Take one change back. Taken back already means nothing to do."""
    return _again(actor, program, revision, change.inverse, "undo", now)


@transaction.atomic
def redo(*, actor: User, program: Program, revision: int, change: Change, now: datetime) -> int:
    """Make a change again that was taken back."""
    return _again(actor, program, revision, change, "redo", now)


def _again(actor: User, program: Program, revision: int, change: Change, did: str, now: datetime) -> int:
    there = states_of(program)
    if edits.is_done(change, there):
        return revision
    if not edits.fits(change, there):
        raise CannotUndo
    revision = _claim(actor, program, revision, did, now)
    write(program, list(there), change)
    if any(new and new.get("is_core") for _, new in change.parts.values()):
        _keep_core_small(program)
    return revision


def _keep_core_small(program: Program) -> None:
    if program.items.filter(is_core=True).count() > MOST_CORE:
        raise TooManyCore


# --- Small parts ---------------------------------------------------------------------------------------------


def _claim(actor: User, program: Program, revision: int, did: str, now: datetime) -> int:
    """Move the revision on if it is still the one that was read. The update is the lock for the transaction."""
    revision = take_revision(Program.objects.filter(pk=program.pk, archived_at=None), revision, updated_at=now)
    audit.record(actor, f"program.{did}", program, revision=revision)
    return revision


def _ids(program: Program) -> list[str]:
    return [str(pk) for pk in program.items.order_by("order", "pk").values_list("pk", flat=True)]
