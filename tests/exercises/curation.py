"""What the curation tests share: a complete exercise as content and as it is typed into the editor."""

from datetime import date, timedelta
from typing import Any

from exercises.models import Exercise
from exercises.services import curation
from patients.models import User
from tests.factories import NOW, TODAY

COMPLETE: dict[str, Any] = {
    "name": "Doorway chest opener",
    "kind": "stretching",
    "level": "beginner",
    "facets": {"region": ["chest"], "position": ["standing"], "equipment": ["doorway"]},
    "features": [],
    "aliases": ["chest stretch in the door"],
    "frequency": "Daily",
    "set_up": "Stand in a doorway. Put your forearms on the frame.",
    "steps": ["Step forward with one foot.", "Lean gently through the door.", "Stay and breathe."],
    "cue": "Lift your breastbone.",
    "breathing": "Breathe calmly.",
    "feel": "A stretch across the chest.",
    "stop_if": "Stop if your shoulder hurts.",
    "why": "It helps you to stand tall.",
    "mistake": "Letting the back sag.",
    "particulars": {},
    "neighbours": {},
    "strength": "C",
    "source": "Our own knowledge",
    "evidence_note": "We know of no trial.",
    "review_due_on": TODAY + timedelta(days=365),
    "repetitions": 3,
    "hold_seconds": 30,
}


def typed(**changes: Any) -> dict[str, Any]:
    """`COMPLETE` as the editor sends it."""
    content = COMPLETE | changes
    nested = {**content.pop("facets"), **content.pop("particulars"), **content.pop("neighbours")}
    content["aliases"] = "\n".join(content["aliases"])
    sent = {name: str(value) if isinstance(value, date | int) else value for name, value in content.items()}
    return nested | sent | {"revision": 0, "base": 0}


def submitted(draft: Exercise, by: User) -> Exercise:
    return curation.submit(actor=by, exercise=draft, revision=draft.revision, note="First words.", now=NOW)


def publish(draft: Exercise, by: User, **more: Any) -> Exercise:
    return curation.publish(actor=by, exercise=draft, revision=draft.revision, now=NOW, **more)


def published(writer: User, approver: User, **changes: Any) -> Exercise:
    """A complete exercise that went the whole way."""
    return publish(submitted(curation.create(actor=writer, content=COMPLETE | changes), writer), approver)
