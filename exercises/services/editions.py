"""Keeping what patients were shown: one row for each edition, never changed."""

from __future__ import annotations

from datetime import date, datetime

from exercises.models import Exercise, ExerciseEdition
from exercises.services.content import content_of
from patients.models import User


def keep_present(exercise: Exercise) -> None:
    """Store the present edition, if it is not stored yet: the loader writes none.

    To be called before the words change, so that running prescriptions can go on showing what they were written with.
    """
    ExerciseEdition.objects.get_or_create(
        exercise=exercise,
        number=exercise.edition,
        defaults={
            "content": content_of(exercise),
            "published_at": exercise.published_at or exercise.created_at,
            "published_by_id": exercise.approved_by_id,
        },
    )


def add(exercise: Exercise, *, actor: User, now: datetime, note: str, applies_from: date | None) -> ExerciseEdition:
    """Store the words of an exercise as the edition that its number says."""
    return ExerciseEdition.objects.create(
        exercise=exercise,
        number=exercise.edition,
        content=content_of(exercise),
        published_at=now,
        published_by=actor,
        applies_from=applies_from,
        note=note,
    )
