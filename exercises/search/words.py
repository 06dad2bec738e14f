"""Putting slips right. The words of a clinic's own exercises help that clinic alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, Max

from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet
from exercises.search.text import holds
from exercises.spelling import Vocabulary

if TYPE_CHECKING:
    from patients.access import Actor

KEPT_SECONDS = 24 * 60 * 60


def respelled(actor: Actor, text: str) -> str:
    """`text` with its slips put right by the words this person may read, or "".

    For a search that found nothing: a word that begins no known word finds nothing, so others need no such help.
    Of several readings the likeliest that names an exercise is taken.
    """
    readings = vocabulary_of(actor).readings(text)
    if len(readings) < 2:
        return next(iter(readings), "")
    counts = {f"reading{place}": Count("pk", filter=holds(reading)) for place, reading in enumerate(readings)}
    found = _readable(actor).aggregate(**counts)
    return next((text for text, number in zip(readings, found.values(), strict=True) if number), readings[0])


def _readable(actor: Actor) -> ExerciseQuerySet:
    return Exercise.objects.for_actor(actor).published().order_by()


def vocabulary_of(actor: Actor) -> Vocabulary:
    """The words of the exercises that this person may browse.

    Kept under a key that names the clinic and changes with any of these exercises; never under one of two clinics.
    """
    readable = _readable(actor)
    seen = readable.aggregate(rows=Count("pk"), newest=Max("updated_at"))
    clinic = actor.clinic.pk if actor.clinic else "shared"
    key = f"library-words:{hashlib.sha256(f'{clinic} {seen}'.encode()).hexdigest()}"
    counted: Mapping[str, int] | None = cache.get(key)
    if counted is None:
        counted = Vocabulary.of(readable.values_list("search_text", flat=True)).counted
        cache.set(key, counted, KEPT_SECONDS)
    return Vocabulary(counted)
