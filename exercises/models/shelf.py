"""What one therapist keeps at hand."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from exercises.models.exercises import Exercise


class ShelfMark(models.Model):
    """An exercise that this person has starred, or used lately in a program."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="shelf_marks")
    starred_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="shelf_mark_once")]
        # The search puts one person's marks first.
        indexes = [models.Index(fields=["user", "used_at"], name="shelf_mark_by_use")]

    def __str__(self) -> str:
        return f"{self.user}: {self.exercise}"
