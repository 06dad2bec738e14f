"""Small words for the curators' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from exercises.enums import ExerciseState
from exercises.models import Exercise
from programs.cockpit import Queue

register = template.Library()
TONES = {
    ExerciseState.DRAFT: ("", "pencil"),
    ExerciseState.IN_REVIEW: ("chip-caution", "eye"),
    ExerciseState.PUBLISHED: ("chip-good", "check-circle"),
    ExerciseState.RETIRED: ("", "archive"),
}


@register.filter
def at_key(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value at `key`; nothing for an unknown one."""
    return mapping.get(key, "")


@register.filter
def queue_words(exercise: Exercise, queue: Queue) -> str:
    """What one needs to know of an exercise in this queue before opening it."""
    parts = {
        Queue.REVIEW: [_who(exercise), _what(exercise), exercise.curation_note],
        Queue.PROPOSAL: [_clinic(exercise), exercise.curation_note],
        Queue.SENT_BACK: [exercise.curation_note or "Look at the note."],
        Queue.MINE: [_what(exercise), _lacks(exercise)],
        Queue.DUE: [f"Evidence {exercise.strength}"],
        Queue.NEW_TEXT: [exercise.curation_note],
        Queue.IMPORTED: [exercise.imported_from, _lacks(exercise)],
    }
    return " · ".join(part for part in parts[queue] if part)


@register.filter
def state_chip(exercise: Exercise) -> dict[str, str]:
    """Tone, icon and word of a state."""
    state = ExerciseState(exercise.state)
    tone, icon = TONES[state]
    return {"tone": tone, "icon": icon, "word": state.label}


def _who(exercise: Exercise) -> str:
    person = exercise.submitted_by or exercise.written_by
    return str(person) if person else ""


def _what(exercise: Exercise) -> str:
    return "a change" if exercise.replaces_id else "a new exercise"


def _clinic(exercise: Exercise) -> str:
    source = exercise.copied_from
    return str(source.clinic) if source and source.clinic_id else ""


def _lacks(exercise: Exercise) -> str:
    number = len(exercise.missing)
    if not number:
        return "complete"
    return "one piece missing" if number == 1 else f"{number} pieces missing"
