"""What patients were shown, edition by edition."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.lib.models import LongText, Row
from exercises.models.exercises import Exercise


class ExerciseEdition(Row):
    """The content of an exercise as it was published.

    A prescription shows the edition that was the newest when its version was written. A later edition reaches it
    only from `applies_from` on; NULL means that only new versions get it.
    """

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    applies_from = models.DateField(null=True, blank=True)
    note = LongText(max_length=600, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["exercise", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.exercise}, edition {self.number}"
