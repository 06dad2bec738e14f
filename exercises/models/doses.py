"""The columns of a dose, shared by default, program and prescribed doses."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.lib.models import ShortText
from exercises.dosage import Dose

DOSE_LIMITS = {"sets": 20, "repetitions": 100, "hold_seconds": 1800, "duration_minutes": 180, "rest_seconds": 600}
DOSE_FIELDS = ["sets", "repetitions", "hold_seconds", "duration_minutes", "rest_seconds", "per_side", "effort"]


def _count(name: str, label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(DOSE_LIMITS[name])]
    )


class DoseColumns(models.Model):
    """Numbers are NULL where they do not apply; a row with none of them has no dose."""

    DOSE_FIELDS: ClassVar[list[str]] = DOSE_FIELDS

    sets = _count("sets", "sets")
    repetitions = _count("repetitions", "repetitions")
    hold_seconds = _count("hold_seconds", "hold (seconds)")
    duration_minutes = _count("duration_minutes", "duration (minutes)")
    rest_seconds = _count("rest_seconds", "rest (seconds)")
    per_side = models.BooleanField("each side", default=False)
    effort = ShortText(max_length=80, blank=True)

    class Meta:
        abstract = True

    @property
    def dose(self) -> Dose:
        return Dose(**self.dose_values())  # type: ignore[arg-type]

    def dose_values(self) -> dict[str, object]:
        """The dose as keyword arguments, for copying it onto another row."""
        return {field: getattr(self, field) for field in self.DOSE_FIELDS}
