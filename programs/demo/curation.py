"""Some life on the curators' desks: what waits for a review, what was sent back, what is due, a draft begun.

Everything goes through the curators' own services, as if two people had done it in the last days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from exercises.models import Exercise
from exercises.services import content, curation
from patients.models import User

DUE = {"S05": 12, "M10": -3}  # days from today
BEGUN: dict[str, Any] = {
    "name": "Heel raises at the sink",
    "kind": "strengthening",
    "level": "beginner",
    "facets": {"region": ["calf"], "position": ["standing"], "equipment": ["rail"]},
    "aliases": ["standing on tiptoe"],
    "strength": "C",
    "set_up": "Stand at the sink and hold its edge with both hands.",
    "steps": ["Rise slowly onto your toes.", "Stay up for two breaths.", "Sink down slowly."],
    "sets": 2,
    "repetitions": 10,
}


def build(now: datetime, first: User, second: User) -> None:
    """`first` is the curator whose password everybody knows; `second` works beside them."""
    _set_reviews(now.date(), second)
    wall = _changed(second, "P02", features=["cervical_extension_end_range"], cue="Let the head rest on the wall.")
    _submit(second, wall, "The head leans back against the wall, so the safety check has to know.", now)
    doorway = _changed(first, "S19", cue="Lift your breastbone and step through.")
    _submit(first, doorway, "A cue that patients can picture.", now)
    arms = _submit(first, _changed(first, "B04", mistake="Holding the breath at the top."), "", now)
    back = "Please say in step 2 how far the arms go. Patients with stiff shoulders stop there."
    curation.send_back(
        actor=second, exercise=arms, revision=arms.revision, note=back, now=now - timedelta(days=1)
    )  # fmt: skip
    curation.create(actor=first, content=BEGUN)


def _set_reviews(today: date, curator: User) -> None:
    for exercise in Exercise.objects.filter(code__in=DUE, shared=True):
        exercise.review_due_on = today + timedelta(days=DUE[exercise.code])
        content.write(actor=curator, exercise=exercise, revision=exercise.revision, reason="Review moved forward.")


def _changed(writer: User, code: str, **words: Any) -> Exercise:
    """The working copy of an exercise with some of its words changed."""
    copy = curation.start_edit(actor=writer, exercise=Exercise.objects.get(code=code, shared=True))
    told = content.content_of(copy) | words
    return curation.save(actor=writer, exercise=copy, revision=copy.revision, content=told)


def _submit(writer: User, copy: Exercise, note: str, now: datetime) -> Exercise:
    at = now - timedelta(days=2)
    return curation.submit(actor=writer, exercise=copy, revision=copy.revision, note=note, now=at)
