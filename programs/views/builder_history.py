"""The changes of one sitting that can be taken back and made again, newest last, kept in the session."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from patients.access import Request
from programs.edits import Change
from programs.models import Program

KEY = "program_changes"
DEPTH = 30
PROGRAMS = 5
DONE, UNDONE = "done", "undone"


def remember(request: Request, program: Program, change: Change) -> None:
    """A new change: it can be taken back, and what was taken back before it is gone."""
    stacks = _stacks(request, program)
    _keep(request, program, {DONE: [*stacks[DONE], _stored(change)], UNDONE: []})


def last_done(request: Request, program: Program, change_id: UUID | None = None) -> dict[str, Any] | None:
    """The change with this id, or the newest; with `id` for naming it in a form."""
    return _last(_stacks(request, program)[DONE], change_id)


def last_undone(request: Request, program: Program) -> dict[str, Any] | None:
    return _last(_stacks(request, program)[UNDONE], None)


def taken_back(request: Request, program: Program, stored: dict[str, Any]) -> None:
    """From what was done to what can be made again."""
    stacks = _stacks(request, program)
    _keep(request, program, {DONE: _without(stacks[DONE], stored), UNDONE: [*stacks[UNDONE], stored]})


def made_again(request: Request, program: Program, stored: dict[str, Any]) -> None:
    stacks = _stacks(request, program)
    _keep(request, program, {DONE: [*stacks[DONE], stored], UNDONE: _without(stacks[UNDONE], stored)})


def forget(request: Request, program: Program, stored: dict[str, Any]) -> None:
    """It cannot be taken back or made again any more."""
    stacks = _stacks(request, program)
    _keep(request, program, {name: _without(stack, stored) for name, stack in stacks.items()})


def as_change(stored: dict[str, Any]) -> Change:
    return Change.from_dict(stored)


def _stored(change: Change) -> dict[str, Any]:
    return {"id": str(uuid4()), "label": change.label, **change.as_dict()}


def _stacks(request: Request, program: Program) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = request.session.get(KEY, {}).get(str(program.pk), {})
    return {DONE: found.get(DONE, []), UNDONE: found.get(UNDONE, [])}


def _keep(request: Request, program: Program, stacks: dict[str, list[dict[str, Any]]]) -> None:
    """The newest changes of the programs worked on last."""
    others = [(pk, kept) for pk, kept in request.session.get(KEY, {}).items() if pk != str(program.pk)]
    short = {name: stack[-DEPTH:] for name, stack in stacks.items()}
    request.session[KEY] = {**dict(others[-(PROGRAMS - 1) :]), str(program.pk): short}


def _without(stack: list[dict[str, Any]], stored: dict[str, Any]) -> list[dict[str, Any]]:
    return [other for other in stack if other["id"] != stored["id"]]


def _last(stack: list[dict[str, Any]], change_id: UUID | None) -> dict[str, Any] | None:
    found = [change for change in stack if change_id is None or change["id"] == str(change_id)]
    return found[-1] if found else None
