"""Writing and reviewing: curators in the shared library, an author in their own clinic, nobody else anywhere."""

from typing import Any

from exercises.models import Exercise
from exercises.services import curation
from tests.exercises.curation import COMPLETE, submitted, typed
from tests.permissions.cases import Case
from tests.world import World

SECRET = "Canarydraft opener"
CURATOR = {"curator": 200}
DONE = {"curator": 302}
WRITERS = dict.fromkeys(["curator", "therapist", "colleague", "other_therapist"], 200)
PAGES = ("edit", "review", "history")
AUTHOR = {"therapist": 200}


def _draft(world: World) -> Exercise:
    """Cleo's, waiting for Cora. Made once in each actor's transaction."""
    made = Exercise.objects.filter(name=SECRET, shared=True).first()
    return made or submitted(curation.create(actor=world.cleo, content=COMPLETE | {"name": SECRET}), world.cleo)


def _code(world: World) -> list[Any]:
    return [_draft(world).code]


def _shared(world: World) -> list[Any]:
    return [world.exercises[1].code]


def _own(world: World) -> Exercise:
    """Ana's draft for her clinic: her colleague may know of it and not touch it; nobody else knows."""
    made = Exercise.objects.filter(name=SECRET, shared=False).first()
    content = COMPLETE | {"name": SECRET}
    return made or curation.create(actor=world.ana, content=content, clinic=world.harbour)


def _own_code(world: World) -> list[Any]:
    return [_own(world).code]


def _decision(world: World) -> dict[str, Any]:
    return {"revision": _draft(world).revision, "note": "Step 2 is unclear."}


def _own_decision(world: World) -> dict[str, Any]:
    return {"revision": _own(world).revision}


def _version(world: World) -> dict[str, Any]:
    return {"older": _draft(world).history.last().history_id}


def _typed(world: World) -> dict[str, Any]:
    return typed(name="Another opener") | {"do": "save"}


def _post(route: str, expect: dict[str, Any], **more: Any) -> Case:
    return Case(f"exercises:curation_{route}", expect, method="POST", writes=True, **more)


CASES = [
    Case("exercises:curation_new", WRITERS),
    Case("exercises:curation_new", WRITERS, query="?for=clinic"),
    _post("new", dict.fromkeys(WRITERS, 302), data=_typed),
    _post("gaps", WRITERS, data=_typed),
    _post("similar", CURATOR | dict.fromkeys(WRITERS, 200), data=_typed),
    Case("exercises:curation_find", WRITERS, query="?slot=easier&easier=hip"),
    # The shared library: its drafts are for curators alone; a therapist who reads an exercise does not write it.
    *[
        Case(f"exercises:curation_{route}", CURATOR, args=_code, canaries=(SECRET,))
        for route in ("edit", "review", "history")
    ],
    Case("exercises:curation_edit", CURATOR, args=_shared),
    Case("exercises:curation_review", DONE, args=_shared),
    Case("exercises:curation_history", CURATOR, args=_shared),
    _post("edit", DONE, args=_code, data=lambda world: _typed(world) | {"revision": _draft(world).revision}),
    _post("submit", DONE, args=_code, data=_decision),
    _post("send_back", DONE, args=_code, data=_decision),
    _post("discard", DONE, args=_code, data=_decision),
    _post("restore_version", DONE, args=_code, data=_version),
    # A clinic's own: its author alone, as long as they work there.
    *[
        Case(f"exercises:curation_{route}", AUTHOR, args=_own_code, canaries=(SECRET,))
        for route in ("edit", "review", "history")
    ],
    _post("edit", {"therapist": 302}, args=_own_code, data=lambda world: _typed(world) | _own_decision(world)),
    _post("discard", {"therapist": 302}, args=_own_code, data=_own_decision),
]
