"""The library at 2,000 and at 20,000 exercises: variations on the shipped ones, with all their words and traits.

What needs Django is imported where it is used, because the report reads the names of the rows without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice, product
from typing import Any

from tests.bench.client import Request

SIZES = (2_000, 20_000)
BATCH = 500
MANNERS = ["slow", "in parts", "with a pause", "eyes closed", "with a helper", "small range", "half time", "gentle"]
PLACES = ["at home", "at the desk", "in the kitchen", "on the stairs", "after waking", "before sleep", "outdoors"]
# What is asked, and of which address.
ASKED = {
    "library": ("/library/", ""),
    "search": ("/library/", "?q=thor+rot+sit"),
    "search with a slip": ("/library/", "?q=hamstirng+strap"),
    "search and facets": ("/library/", "?q=hip&kind=stretching&region=hip_flexors&floor=no"),
    "library for a patient": ("/clinic/patients/{patient}/library/", "?safe=allow&q=hip"),
    "picker": ("/library/pick/", "?q=hip"),
    "library API": ("/api/v1/exercises/", ""),
    "search API": ("/api/v1/exercises/", "?q=thor+rot+sit"),
}


def requests(size: int, staff: tuple[tuple[str, str], ...], patient: Any) -> dict[str, Request]:
    """The requests of one size, each with the name of its row in the report."""
    return {
        row_of(what, size): Request(path.format(patient=patient.pk) + query, headers=staff)
        for what, (path, query) in ASKED.items()
    }


def row_of(what: str, size: int) -> str:
    return f"{what}, {size:,}"


def enlarge(total: int) -> None:
    """Add variations until there are `total` exercises, and let the database look at them."""
    from django.db import connection

    from exercises.models import Exercise, ExerciseTrait
    from exercises.services import content

    there = Exercise.objects.count()
    rows = islice(variations(there), total - there)
    while batch := list(islice(rows, BATCH)):
        Exercise.objects.bulk_create(batch)
        ExerciseTrait.objects.bulk_create(content.traits_of(batch), batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def variations(start: int) -> Iterator[Any]:
    """Exercises without end, each with a code of its own; `start` tells the codes of two calls apart."""
    from exercises.library import read_library
    from exercises.services import content
    from exercises.services.library import exercise_from

    ways = list(product(MANNERS, PLACES, read_library()))
    for number in count():
        manner, place, entry = ways[number % len(ways)]
        row = exercise_from(entry)
        row.code, row.shipped_digest = f"V{start}-{number}", ""
        row.name = f"{entry.name[:100]}, {manner}, {place}"
        yield content.derive(row)


def make_careful(patient: Any) -> None:
    """Two conditions that many features speak against."""
    from patients.conditions import Condition
    from patients.models import PatientCondition

    for condition in (Condition.OSTEOPOROSIS, Condition.FUSED_THORACOLUMBAR_SPINE):
        PatientCondition.objects.create(patient=patient, condition=condition)
