"""From one exercise to those beside it."""

from __future__ import annotations

from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet

NEIGHBOUR_LABELS = {
    "easier": "Easier",
    "harder": "Harder",
    "too_painful": "When it hurts too much",
    "no_floor": "Without the floor",
    "no_roller": "Without a roller",
    "at_work": "At work",
}


def neighbours_of(exercise: Exercise, library: ExerciseQuerySet) -> list[tuple[str, Exercise]]:
    """The exercises beside this one that can be seen in `library`, each with what it is for."""
    purposes: dict[str, list[str]] = {}
    for key, label in NEIGHBOUR_LABELS.items():
        if code := exercise.neighbours.get(key):
            purposes.setdefault(code, []).append(label)
    if not purposes:
        return []
    rows = {row.code: row for row in library.filter(code__in=purposes)}
    told = {code: ", ".join(labels).capitalize() for code, labels in purposes.items()}
    return [(told[code], rows[code]) for code in purposes if code in rows]
