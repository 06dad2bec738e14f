"""How a therapist usually doses an exercise. It fills in what they add; nobody else sees it, so no audit entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from exercises.models import Exercise
from patients.models import User
from programs.models import ITEM_DOSE_FIELDS, UsualDose


def save(*, actor: User, exercise: Exercise, values: Mapping[str, Any]) -> None:
    """Keep these dose fields as the actor's usual ones, in place of earlier ones."""
    dose = {name: values[name] for name in ITEM_DOSE_FIELDS if name in values}
    UsualDose.objects.update_or_create(user=actor, exercise=exercise, defaults={"values": dose})


def forget(*, actor: User, exercise: Exercise) -> None:
    """Back to the default dose of the library."""
    UsualDose.objects.for_user(actor).filter(exercise=exercise).delete()


def usual_of(actor: User, exercises: Iterable[Exercise]) -> dict[UUID, dict[str, Any]]:
    """The actor's usual doses of these exercises, where there is one; one statement."""
    rows = UsualDose.objects.for_user(actor).filter(exercise__in=[exercise.pk for exercise in exercises])
    return {row.exercise_id: row.values for row in rows}
