"""The library: exercises and their index, editions, media, jobs, what somebody keeps at hand, the columns of a dose."""

from exercises.models.doses import DOSE_FIELDS, DOSE_LIMITS, DoseColumns
from exercises.models.editions import ExerciseEdition
from exercises.models.exercises import Exercise, ExerciseTrait, Facet
from exercises.models.jobs import LibraryJob
from exercises.models.media import ExerciseMedia
from exercises.models.shelf import ShelfMark

__all__ = [
    "DOSE_FIELDS",
    "DOSE_LIMITS",
    "DoseColumns",
    "Exercise",
    "ExerciseEdition",
    "ExerciseMedia",
    "ExerciseTrait",
    "Facet",
    "LibraryJob",
    "ShelfMark",
]
