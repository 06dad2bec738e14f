"""Changing reusable programs. Every write names the revision it was made from, so nobody overwrites unseen work.

Each change of an item answers with its `Change`, a small value that `undo` takes back, also when other changes
came in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict, take_revision
from exercises.models import Exercise
from exercises.services import shelf
from patients import audit
from patients.models import Clinic, User
from programs.models import ITEM_FIELDS, Program, ProgramItem

MOST_ITEMS = 40


class ProgramFull(Exception):
    """A program holds at most `MOST_ITEMS` exercises."""


class KeyTaken(Exception):
    """The id that was to make this request repeatable belongs to something else."""


class CannotUndo(Exception):
    """What the change touched has changed again; taking it back would overwrite that."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one item, as plain values. `before` and `after` hold only what differs."""

    did: Literal["add", "update", "move", "remove"]
    item: str
    name: str
    position: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


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
    """The clinic's own copy of a program, items and all, free to change."""
    if made := _made_before(key, clinic):
        return made
    made = Program.objects.create(
        pk=key or uuid7(), clinic=clinic, name=_copy_name(program.name), summary=program.summary, created_by=actor
    )
    ProgramItem.objects.bulk_create(
        ProgramItem(program=made, exercise_id=item.exercise_id, order=order, **_values(item))
        for order, item in enumerate(program.items.all())
    )
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
    *, actor: User, program: Program, revision: int, exercise: Exercise, now: datetime
) -> tuple[ProgramItem, Change, int]:
    """The exercise at the end of the program, with its default dose."""
    revision = _claim(actor, program, revision, "add", now)
    order = program.items.count()
    if order >= MOST_ITEMS:
        raise ProgramFull
    item = ProgramItem.objects.create(program=program, exercise=exercise, order=order, **exercise.dose_values())
    shelf.note_use(actor=actor, exercises=[exercise], now=now)
    return item, Change("add", str(item.pk), exercise.name, order), revision


@transaction.atomic
def update_item(
    *, actor: User, item: ProgramItem, revision: int, values: Mapping[str, Any], now: datetime
) -> tuple[Change | None, int]:
    """Set dose, days and note. Nothing different means no change and the same revision."""
    before = {name: getattr(item, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return None, revision
    revision = _claim(actor, item.program, revision, "update", now)
    ProgramItem.objects.filter(pk=item.pk).update(**changed)
    old = {name: before[name] for name in changed}
    return Change("update", str(item.pk), item.exercise.name, item.order, old, changed), revision


@transaction.atomic
def move_item(
    *, actor: User, item: ProgramItem, revision: int, position: int, now: datetime
) -> tuple[Change | None, int]:
    """Put the item at `position` (0 = first; beyond the end = last)."""
    ids = _ids(item.program)
    if item.pk not in ids:
        raise RevisionConflict
    old = ids.index(item.pk)
    new = max(0, min(position, len(ids) - 1))
    if new == old:
        return None, revision
    revision = _claim(actor, item.program, revision, "move", now)
    _put(ids, item.pk, new)
    return Change("move", str(item.pk), item.exercise.name, old), revision


@transaction.atomic
def remove_item(*, actor: User, item: ProgramItem, revision: int, now: datetime) -> tuple[Change, int]:
    """Take the item out; the change remembers it and its place."""
    revision = _claim(actor, item.program, revision, "remove", now)
    ids = _ids(item.program)
    change = Change(
        "remove",
        str(item.pk),
        item.exercise.name,
        ids.index(item.pk),
        {"exercise_id": str(item.exercise_id), **_values(item)},
    )
    ProgramItem.objects.filter(pk=item.pk).delete()
    _number([pk for pk in ids if pk != item.pk])
    return change, revision


@transaction.atomic
def undo(*, actor: User, program: Program, revision: int, change: Change, now: datetime) -> int:
    """Take one change back. Taken back already means nothing to do."""
    item = program.items.filter(pk=change.item).first()
    if change.did == "remove" and item is not None:
        return revision
    if change.did == "add" and item is None:
        return revision
    revision = _claim(actor, program, revision, "undo", now)
    _UNDO[change.did](program, item, change)
    return revision


def _undo_add(program: Program, item: ProgramItem | None, change: Change) -> None:
    program.items.filter(pk=change.item).delete()
    _number(_ids(program))


def _undo_update(program: Program, item: ProgramItem | None, change: Change) -> None:
    if item is None or any(getattr(item, name) != value for name, value in change.after.items()):
        raise CannotUndo
    program.items.filter(pk=item.pk).update(**change.before)


def _undo_move(program: Program, item: ProgramItem | None, change: Change) -> None:
    if item is None:
        raise CannotUndo
    _put(_ids(program), item.pk, change.position)


def _undo_remove(program: Program, item: ProgramItem | None, change: Change) -> None:
    ids = _ids(program)
    if len(ids) >= MOST_ITEMS:
        raise ProgramFull
    made = ProgramItem.objects.create(pk=UUID(change.item), program=program, order=len(ids), **change.before)
    _put([*ids, made.pk], made.pk, change.position)


_UNDO = {"add": _undo_add, "update": _undo_update, "move": _undo_move, "remove": _undo_remove}


# --- Small parts ---------------------------------------------------------------------------------------------


def _claim(actor: User, program: Program, revision: int, did: str, now: datetime) -> int:
    """Move the revision on if it is still the one that was read. The update is the lock for the transaction."""
    revision = take_revision(Program.objects.filter(pk=program.pk, archived_at=None), revision, updated_at=now)
    audit.record(actor, f"program.{did}", program, revision=revision)
    return revision


def _values(item: ProgramItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ITEM_FIELDS}


def _ids(program: Program) -> list[UUID]:
    return list(program.items.order_by("order", "pk").values_list("pk", flat=True))


def _put(ids: list[UUID], pk: UUID, position: int) -> None:
    """Store the order with `pk` at `position`."""
    rest = [other for other in ids if other != pk]
    _number([*rest[:position], pk, *rest[position:]])


def _number(ids: list[UUID]) -> None:
    """Number the items from 0 in this order, in one statement."""
    ProgramItem.objects.bulk_update([ProgramItem(pk=pk, order=order) for order, pk in enumerate(ids)], ["order"])
