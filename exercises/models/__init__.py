"""The library: exercises, their traits, and the columns of a dose."""

from exercises.models.doses import DOSE_FIELDS, DOSE_LIMITS, DoseColumns
from exercises.models.exercises import Exercise, ExerciseTrait, Facet

__all__ = ["DOSE_FIELDS", "DOSE_LIMITS", "DoseColumns", "Exercise", "ExerciseTrait", "Facet"]
