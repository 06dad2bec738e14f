"""Items of a program as plain values, and writing a `Change` of them down. The caller holds the program's revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from config.lib.ids import uuid7
from programs.edits import POSITION, Change, arranged, columns
from programs.models import ITEM_FIELDS, Program, ProgramAlternative, ProgramItem

MOST_ITEMS = 40
STATE_FIELDS = [*ITEM_FIELDS, "from_step", "until_step"]
ALTERNATIVES = "alternatives"


class ProgramFull(Exception):
    """A program holds at most `MOST_ITEMS` exercises."""


def with_alternatives(program: Program) -> list[ProgramItem]:
    """The items in order, each with its approved alternatives; two statements."""
    return list(program.items.prefetch_related("alternatives"))


def state_of(item: ProgramItem, alternatives: Iterable[ProgramAlternative] | None = None) -> dict[str, Any]:
    """All of an item besides its place, as values that JSON can keep."""
    rows = item.alternatives.all() if alternatives is None else alternatives
    return {
        "exercise_id": str(item.exercise_id),
        **{name: getattr(item, name) for name in STATE_FIELDS},
        ALTERNATIVES: {row.situation: str(row.exercise_id) for row in rows},
    }


def states_of(program: Program) -> dict[str, dict[str, Any]]:
    """The state of every item by its id, in order, with the place."""
    return {str(item.pk): state_of(item) | {POSITION: place} for place, item in enumerate(with_alternatives(program))}


def added(did: str, states: Sequence[Mapping[str, Any]], name: str, position: int = 0) -> Change:
    """The change that puts new items with these states at `position` and behind."""
    parts = {str(uuid7()): (None, {**state, POSITION: position + n}) for n, state in enumerate(states)}
    return Change(did, next(iter(parts), ""), name, parts)


def write(program: Program, ids: Sequence[str] | None, change: Change) -> None:
    """Store what the change says. `ids` are the items in order as they are now; None: no place changes."""
    if change.removed:
        program.items.filter(pk__in=change.removed).delete()
    order = list(ids or []) if ids is None else arranged(ids, change)
    if change.added and len(order) > MOST_ITEMS:
        raise ProgramFull
    _create(program, change, order)
    _update(program, change)
    if ids is not None:
        _number(ids, order, set(change.added))


def _create(program: Program, change: Change, order: Sequence[str]) -> None:
    new = {pk: columns(state) for pk, (old, state) in change.parts.items() if old is None and state is not None}
    ProgramItem.objects.bulk_create(
        ProgramItem(pk=UUID(pk), program=program, order=order.index(pk), **_without_alternatives(state))
        for pk, state in new.items()
    )
    _allow({pk: state[ALTERNATIVES] for pk, state in new.items()})


def _update(program: Program, change: Change) -> None:
    for pk, (old, new) in change.parts.items():
        if old is None or new is None:
            continue
        if values := _without_alternatives(columns(new)):
            program.items.filter(pk=pk).update(**values)
        if ALTERNATIVES in new:
            ProgramAlternative.objects.filter(item_id=UUID(pk), item__program=program).delete()
            _allow({pk: new[ALTERNATIVES]})


def _without_alternatives(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name != ALTERNATIVES}


def _allow(wanted: Mapping[str, Mapping[str, str]]) -> None:
    rows = [
        ProgramAlternative(item_id=UUID(pk), situation=situation, exercise_id=UUID(exercise))
        for pk, allowed in wanted.items()
        for situation, exercise in allowed.items()
    ]
    if rows:
        ProgramAlternative.objects.bulk_create(rows)


def _number(before: Sequence[str], after: Sequence[str], new: set[str]) -> None:
    """Store the new places of the items that were there, in one statement."""
    places = {pk: place for place, pk in enumerate(before)}
    moved = [(pk, place) for place, pk in enumerate(after) if pk not in new and places[pk] != place]
    if moved:
        rows = [ProgramItem(pk=UUID(pk), order=place) for pk, place in moved]
        ProgramItem.objects.bulk_update(rows, ["order"])
