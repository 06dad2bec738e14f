"""The rollup that the curators' table sorts by: how each exercise fares, counted over everybody."""

from __future__ import annotations

from django.db import models

from exercises.models import Exercise


class ExerciseUsage(models.Model):
    """Figures of the twelve months before `counted_at`; see `programs.usage` for their definition.

    Numbers over all clinics, never of one patient. `pain_change` NULL: nowhere rated before and after.
    """

    exercise = models.OneToOneField(Exercise, primary_key=True, on_delete=models.CASCADE, related_name="usage")
    answers = models.PositiveIntegerField(default=0)
    skips = models.PositiveIntegerField(default=0)
    pain_sessions = models.PositiveIntegerField(default=0)
    pain_change = models.FloatField(null=True, blank=True)
    changes = models.PositiveIntegerField(default=0)
    swaps = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Usage of {self.exercise_id}"
