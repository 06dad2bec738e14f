"""Keeping the shared library is for curators; a work note is for those who treat the patient."""

from typing import Any

from exercises.models import Exercise
from programs.enums import Rating, WorkKind
from programs.models import WorkItem
from tests.factories import NOW
from tests.permissions.cases import Case
from tests.programs.curating import in_review, make_whole
from tests.world import World

KEPT, LEFT = "Canarytwist", "Canaryrotation"
CURATOR = {"curator": 200}
CURATOR_AFTER_POST = {"curator": 302}
TREATING_AFTER_POST = {"therapist": 302}


def waiting(world: World) -> list[Any]:
    """Written and submitted by a colleague of the curator who is driven."""
    exercise = make_whole(KEPT)
    copy = in_review(world, exercise, cue="Grow tall.")
    Exercise.objects.filter(pk=copy.pk).update(written_by=world.cleo, submitted_by=world.cleo)
    return [exercise.code]


def submitted_by_oneself(world: World) -> list[Any]:
    exercise = make_whole(KEPT)
    in_review(world, exercise, cue="Grow tall.")
    return [exercise.code]


def to_publish(world: World) -> dict[str, Any]:
    return {"revision": Exercise.objects.get(replaces__name=KEPT).revision, "reach": "new"}


def published(world: World) -> list[Any]:
    return [make_whole(KEPT).code]


def retired(world: World) -> list[Any]:
    return [make_whole(KEPT, state="retired", retired_at=NOW).code]


def two(world: World) -> list[Any]:
    return [make_whole(KEPT).code, make_whole(LEFT, code="STAYS").code][:1]


def own_of_another_clinic(world: World) -> list[Any]:
    return [make_whole(KEPT, clinic=world.hill, written_by=world.chloe).code]


def note(world: World) -> list[Any]:
    about = world.prescription
    item = WorkItem.objects.create(
        clinic=about.clinic,
        patient=about.patient,
        prescription=about,
        kind=WorkKind.SAFETY,
        rating=Rating.AVOID,
        reason="Canarynote",
        dedupe_key="case",
    )
    return [item.pk]


RETIRE = {"revision": 1, "reach": "new", "reason": "Not needed."}
MERGE = {"revision": 1, "into": "STAYS"}

CASES = [
    Case("programs:curation_home", CURATOR, canaries=("Cross-body stretch",)),
    Case("programs:curation_publish", CURATOR, args=waiting, canaries=(KEPT,)),
    Case("programs:curation_publish", CURATOR_AFTER_POST, "POST", args=waiting, data=to_publish, writes=True),
    # Nobody approves their own work.
    Case("programs:curation_publish", {}, "POST", args=submitted_by_oneself, data=to_publish, writes=True),
    Case("programs:curation_publish", {"other_therapist": 302}, args=own_of_another_clinic, canaries=(KEPT,)),
    Case("programs:curation_retire", CURATOR, args=published, canaries=(KEPT,)),
    Case(
        "programs:curation_retire", CURATOR_AFTER_POST, "POST", args=published, data=lambda world: RETIRE, writes=True
    ),
    Case("programs:curation_retire", {"other_therapist": 200}, args=own_of_another_clinic, canaries=(KEPT,)),
    Case(
        "programs:curation_restore",
        CURATOR_AFTER_POST,
        "POST",
        args=retired,
        data=lambda world: {"revision": 1},
        writes=True,
    ),
    Case("programs:curation_merge", CURATOR, args=two, canaries=(KEPT,)),
    Case("programs:curation_merge", CURATOR, args=two, query="?into=STAYS", canaries=(KEPT, LEFT)),
    Case("programs:curation_merge", CURATOR_AFTER_POST, "POST", args=two, data=lambda world: MERGE, writes=True),
    Case("programs:curation_merge", {}, args=own_of_another_clinic, canaries=(KEPT,)),
    # Her colleague does not treat this patient; Chloe's clinic does not know it.
    Case("programs:work_settle", TREATING_AFTER_POST, "POST", args=note, canaries=("Canarynote",), writes=True),
    Case("programs:work_reopen", TREATING_AFTER_POST, "POST", args=note, canaries=("Canarynote",), writes=True),
]
