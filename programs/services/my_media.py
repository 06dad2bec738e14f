"""Which photos and videos a patient may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from exercises.models import ExerciseMedia
from programs.models import Prescription

if TYPE_CHECKING:
    from patients.access import Actor


def prescribed_media(actor: Actor) -> QuerySet[ExerciseMedia]:
    """Those beside exercises of the patient's own prescriptions, also of one that was retired since."""
    exercises = Prescription.objects.for_patient(actor).values("versions__items__exercise")
    return ExerciseMedia.objects.filter(exercise__in=exercises).ready()
