"""What the services refuse, as answers: one place for all routes.

A fault in what was sent is 400 and named at its field; what is true no longer, or was taken by somebody else, is 409.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException

from config.lib.api import Conflict
from config.lib.revisions import RevisionConflict
from patients.services import patients, surgeries
from patients.services.diary import LogConflict, LogRefused
from programs.services import courses, prescriptions, programs, revisions
from programs.services.item_states import MOST_ITEMS, ProgramFull
from programs.services.version_writing import SafetyUnanswered
from programs.variants import MOST_CORE

CHANGED = "This has changed since the revision that you named{}. Nothing was overwritten; read it again."
RETIRED = "An exercise was taken out of the library."
TAKEN = "This id belongs to something else."


@contextmanager
def told(revision: Callable[[], int | None] | None = None, field: str = "") -> Iterator[None]:
    """Turn what a service refuses into an answer. `revision` reads the newest one, to name it in a conflict; `field`
    is where a refusal without a field of its own belongs."""
    try:
        yield
    except RevisionConflict as conflict:
        newest = revision() if revision else None
        raise Conflict(CHANGED.format(f"; it stands at {newest}" if newest else "")) from conflict
    except tuple(_ANSWERS) as refusal:
        answer = next(answer for kind, answer in _ANSWERS.items() if isinstance(refusal, kind))
        raise answer(refusal, field) from refusal


def _at_field(refusal: Any, field: str) -> APIException:
    return serializers.ValidationError({refusal.field or field: [refusal.message]})


def _in_words(refusal: Any, field: str) -> APIException:
    return serializers.ValidationError({field: [str(refusal)]})


def _bad(name: str, words: str) -> Callable[[Any, str], APIException]:
    return lambda refusal, field: serializers.ValidationError({name or field: [words]})


def _conflict(words: str | None = None) -> Callable[[Any, str], APIException]:
    return lambda refusal, field: Conflict(words)


def _unanswered(refusal: SafetyUnanswered, field: str) -> APIException:
    """The warnings by exercise, each with its rating, what meets what, and why."""
    told = {
        str(exercise_id): [f"{warning.rating.label}: {warning.about}. {warning.reason}." for warning in warnings]
        for exercise_id, warnings in refusal.missing.items()
    }
    return serializers.ValidationError({"answers": told})


_ANSWERS: dict[type[Exception], Callable[[Any, str], APIException]] = {
    LogRefused: _at_field,
    LogConflict: _conflict(),
    SafetyUnanswered: _unanswered,
    prescriptions.NothingToAssign: _bad("items", "Name at least one exercise."),
    prescriptions.ExerciseRetired: _bad("items", RETIRED),
    prescriptions.KeyTaken: _conflict(TAKEN),
    prescriptions.EndRefused: _in_words,
    programs.KeyTaken: _conflict(TAKEN),
    programs.CannotUndo: _conflict("What this touched has changed again since, so nothing was overwritten."),
    programs.TooManyCore: _bad("is_core", f"The minimum core holds at most {MOST_CORE} exercises."),
    ProgramFull: _bad("exercise", f"A program holds at most {MOST_ITEMS} exercises. Remove one first."),
    revisions.ChangeRefused: _at_field,
    courses.PauseRefused: _at_field,
    patients.AlreadyRecorded: _conflict("This condition is on record already."),
    patients.AlreadyEnded: _conflict("Somebody has ended this condition already."),
    surgeries.AlreadyRecorded: _conflict("An operation of this side on this day is on record already."),
    surgeries.AlreadyCleared: _conflict("Somebody has changed the clearance already."),
}
