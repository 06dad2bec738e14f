"""Exercises that may be published, and a change of one on its way through review."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client

from exercises.models import Exercise
from exercises.services import content, curation
from patients.enums import PainMoment
from programs.services import library_impact
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

WORDS: dict[str, Any] = {
    "aliases": ["door stretch"],
    "frequency": "Daily",
    "set_up": "Stand in a doorway.",
    "steps": ["Step forward with one foot.", "Lean gently through the door.", "Stay and breathe."],
    "cue": "Lift your breastbone.",
    "breathing": "Breathe calmly.",
    "feel": "A stretch across the chest.",
    "stop_if": "Stop if your shoulder hurts.",
    "why": "It helps you to stand tall.",
    "mistake": "Letting the back sag.",
    "source": "Our own knowledge",
    "evidence_note": "We know of no trial.",
    "review_due_on": TODAY + timedelta(days=365),
}


def make_whole(name: str = "Doorway stretch", **fields: Any) -> Exercise:
    """A published exercise that lacks nothing, in its first edition, published two months ago."""
    values = WORDS | {"edition": 1, "published_at": NOW - timedelta(days=90)} | fields
    exercise = content.derive(factories.make_exercise(name, **values))
    exercise.save()
    return exercise


def in_review(world: World, exercise: Exercise, **changes: Any) -> Exercise:
    """A working copy by Cora with these changes, which waits for Cleo."""
    copy = curation.start_edit(actor=world.cora, exercise=exercise)
    words = content.content_of(copy) | changes
    copy = curation.save(actor=world.cora, exercise=copy, revision=copy.revision, content=words)
    return curation.submit(actor=world.cora, exercise=copy, revision=copy.revision, note="", now=NOW)


def publish(world: World, copy: Exercise, *, applies_from: date | None = None, **more: Any) -> library_impact.Published:
    return library_impact.publish_with_impact(
        **{"actor": world.cleo, "exercise": copy, "revision": copy.revision, "now": NOW, "today": TODAY}
        | {"applies_from": applies_from}
        | more
    )


def use(world: World, exercise: Exercise, statuses: str, before: int | None = None, after: int | None = None) -> None:
    """One patient who did this exercise on as many days as there are letters, with the same pain each day."""
    patient = factories.make_patient(world.hill)
    given = factories.make_prescription(patient, exercise)
    for ago, letter in enumerate(statuses, 1):
        day = TODAY - timedelta(days=ago)
        session = factories.make_session(given, day, letter)
        for moment, score in ((PainMoment.BEFORE, before), (PainMoment.AFTER, after)):
            if score is not None:
                factories.make_pain(patient, score, day, moment=moment, session_key=session.pk)


def curation_page(client: Client, query: str = "", **headers: str) -> Any:
    """The curators' first page as this client sees it."""
    return client.get("/curation/" + query, headers=headers)


def names_of(response: Any) -> list[str]:
    """The entries of its table, in order."""
    return [row.exercise.name for row in response.context["rows"]]
