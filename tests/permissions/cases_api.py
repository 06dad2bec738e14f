"""The API of prescribing: programs and drafts for their therapists, the course of a prescription for who treats."""

from datetime import timedelta
from typing import Any

from patients.models import Patient, PatientCondition, Surgery
from programs.edits import Change
from programs.enums import WorkKind
from programs.models import Pause, Prescription, PrescriptionVersion, ProgramAlternative, WorkItem
from programs.services import revisions, sharing
from tests import factories
from tests.factories import NOW, TODAY
from tests.permissions.cases import Case
from tests.permissions.cases_programs import item_of, patient_of, prescription_of, program_of, revision_of, shared_of
from tests.world import World

OURS = {"therapist": 200, "colleague": 200}
OURS_MADE = {"therapist": 201, "colleague": 201}
EVERY_THERAPIST = {"therapist": 200, "colleague": 200, "other_therapist": 200}
MAKING = {"therapist": 201, "colleague": 201, "other_therapist": 201}
TREATING = {"therapist": 200}
MAKING_FOR_DAN = {"therapist": 201}
GONE = {"therapist": 204}
PATIENTS = dict.fromkeys(["patient", "other_patient", "other_clinics_patient"], 200)
DAY = TODAY.isoformat()


def exercise_of(world: World) -> dict[str, Any]:
    return {"exercise": str(world.exercises[3].pk), **revision_of(world)}


def moved_item(world: World) -> dict[str, Any]:
    return {"position": 2, **revision_of(world)}


def allowed_of(world: World) -> list[Any]:
    """An item with an approved alternative."""
    item = world.program.items.first()
    ProgramAlternative.objects.get_or_create(item=item, situation="no_floor", exercise=world.exercises[3])
    return [world.program.pk, item.pk, "no_floor"]


def change_of(world: World) -> dict[str, Any]:
    from programs.api.items import seal

    return {"change": seal(world.program, Change("update", "", "")), **revision_of(world)}


def taken_of(world: World) -> dict[str, Any]:
    return {"items": [str(world.program.items.first().pk)], **revision_of(world)}


def drafted(world: World) -> list[Any]:
    """Dan's prescription with an open draft."""
    revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    return [world.prescription.pk]


def draft_of(world: World) -> list[Any]:
    drafted(world)
    return [Prescription.objects.get(pk=world.prescription.pk).draft.pk]


def planned(world: World) -> list[Any]:
    day = TODAY + timedelta(days=9)
    PrescriptionVersion.objects.create(prescription=world.prescription, number=2, effective_from=day)
    return [world.prescription.pk, 2]


def unused(world: World) -> list[Any]:
    return [factories.make_prescription(world.dan, world.exercises[0]).pk]


def link_of(world: World) -> list[Any]:
    link, _ = sharing.create(actor=world.ana, prescription=world.prescription, now=NOW)
    return [world.prescription.pk, link.pk]


def pause_of(world: World) -> list[Any]:
    return [Pause.objects.create(clinic=world.harbour, patient=world.dan, starts_on=TODAY - timedelta(days=3)).pk]


def condition_of(world: World) -> list[Any]:
    return [PatientCondition.objects.get(patient=world.dan).pk]


def surgery_of(world: World) -> list[Any]:
    day = TODAY - timedelta(days=60)
    hip = {"side": "left", "approach": "posterior", "operated_on": day}
    return [Surgery.objects.create(patient=world.dan, **hip).pk]


def cleared_of(world: World) -> list[Any]:
    [pk] = surgery_of(world)
    Surgery.objects.filter(pk=pk).update(cleared_on=TODAY, cleared_by=world.ana)
    return [pk]


def note_about(patient: Patient, prescription: Prescription) -> list[Any]:
    note = {"kind": WorkKind.SAFETY, "reason": "Look at it.", "dedupe_key": f"case:{patient.pk}"}
    row = WorkItem.objects.create(clinic=patient.clinic, patient=patient, prescription=prescription, **note)
    return [row.pk]


def note_of(world: World) -> list[Any]:
    return note_about(world.dan, world.prescription)


def dose_of(world: World) -> list[Any]:
    return [world.exercises[0].pk]


def of_dan(world: World) -> dict[str, Any]:
    return {"patient": str(world.dan.pk)}


# --- Programs and their items --------------------------------------------------------------------------------

PROGRAMS = [
    Case("api:program-list", MAKING, "POST", data=lambda world: {"name": "Fresh"}, writes=True),
    Case(
        "api:program-detail",
        OURS,
        "PATCH",
        args=program_of,
        data=lambda world: {"name": "Renamed", **revision_of(world)},
        writes=True,
    ),
    Case("api:program-detail", TREATING, args=draft_of, canaries=("Hips in the",)),
    Case("api:program-copy", OURS_MADE, "POST", args=program_of, writes=True),
    Case("api:program-copy", MAKING, "POST", args=shared_of, writes=True),
    Case("api:program-archive", OURS, "POST", args=program_of, writes=True),
    Case("api:program-archive", {}, "POST", args=shared_of, writes=True),
    Case("api:program-restore", OURS, "POST", args=program_of, writes=True),
    Case("api:program-undo", OURS, "POST", args=program_of, data=change_of, writes=True),
    Case("api:program-redo", OURS, "POST", args=program_of, data=change_of, writes=True),
    Case("api:program-group", OURS, "POST", args=program_of, data=revision_of, writes=True),
    Case("api:item-list", OURS_MADE, "POST", args=program_of, data=exercise_of, writes=True),
    Case("api:item-list", MAKING_FOR_DAN, "POST", args=draft_of, data=exercise_of, writes=True),
    Case("api:item-take", OURS_MADE, "POST", args=program_of, data=taken_of, writes=True),
    Case("api:item-detail", OURS, "PATCH", args=item_of, data=revision_of, writes=True),
    Case("api:item-detail", OURS, "DELETE", args=item_of, query="?revision=1", writes=True),
    Case("api:item-move", OURS, "POST", args=item_of, data=moved_item, writes=True),
    Case("api:item-duplicate", OURS_MADE, "POST", args=item_of, data=revision_of, writes=True),
    Case("api:item-alternative", OURS, "PUT", args=allowed_of, data=exercise_of, writes=True),
    Case("api:item-alternative", OURS, "DELETE", args=allowed_of, query="?revision=1", writes=True),
    Case("api:usualdose-list", EVERY_THERAPIST),
    Case("api:usualdose-detail", EVERY_THERAPIST, "PUT", args=dose_of, data=lambda world: {"sets": 2}, writes=True),
    Case(
        "api:usualdose-detail",
        dict.fromkeys(EVERY_THERAPIST, 204),
        "DELETE",
        args=dose_of,
        writes=True,
    ),
]

# --- Prescriptions and their course --------------------------------------------------------------------------

COURSES = [
    Case("api:version-list", {"therapist": 200, "patient": 200}, args=prescription_of, canaries=("Standing hip",)),
    Case("api:version-detail", GONE, "DELETE", args=planned, writes=True),
    Case("api:draft", TREATING, args=drafted, canaries=("Standing hip",)),
    Case("api:draft", MAKING_FOR_DAN, "POST", args=prescription_of, writes=True),
    Case("api:draft", GONE, "DELETE", args=drafted, query="?revision=1", writes=True),
    Case(
        "api:draft-use",
        MAKING_FOR_DAN,
        "POST",
        args=drafted,
        data=lambda world: {"revision": 1, "effective_from": DAY},
        writes=True,
    ),
    Case("api:prescription-end", TREATING, "POST", args=prescription_of, data=lambda world: {"on": DAY}, writes=True),
    Case("api:prescription-withdraw", GONE, "POST", args=unused, writes=True),
    Case(
        "api:prescription-copy",
        MAKING_FOR_DAN,
        "POST",
        args=prescription_of,
        data=lambda world: {"starts_on": DAY, **of_dan(world)},
        writes=True,
    ),
    Case(
        "api:prescription-copy",  # a patient whom she does not treat
        {"therapist": 403},
        "POST",
        args=prescription_of,
        data=lambda world: {"starts_on": DAY, "patient": str(world.eve.pk)},
        writes=True,
    ),
    Case(
        "api:prescription-template",
        MAKING_FOR_DAN,
        "POST",
        args=prescription_of,
        data=lambda world: {"name": "Hips for all"},
        writes=True,
    ),
    Case("api:prescription-handout", {"therapist": 200, "patient": 200}, args=prescription_of, query="?weeks=0"),
    Case("api:program-handout", OURS, args=program_of),
    Case("api:share-list", TREATING, args=prescription_of),
    Case("api:share-list", MAKING_FOR_DAN, "POST", args=prescription_of, writes=True),
    Case("api:share-detail", TREATING, "DELETE", args=link_of, writes=True),
    Case("api:pause-list", EVERY_THERAPIST | PATIENTS),
    Case(
        "api:pause-list",
        MAKING_FOR_DAN,
        "POST",
        data=lambda world: {"starts_on": DAY, **of_dan(world)},
        writes=True,
    ),
    Case("api:pause-resume", TREATING, "POST", args=pause_of, data=lambda world: {"on": DAY}, writes=True),
    Case("api:variant-list", EVERY_THERAPIST | PATIENTS),
    Case("api:variant-list", PATIENTS, "POST", data=lambda world: {"variant": "easy"}, otherwise=(400, 403)),
    Case(
        "api:variant-list",
        {"therapist": 200, "patient": 200},
        "POST",
        data=lambda world: {"variant": "easy", **of_dan(world)},
        writes=True,
    ),
    Case("api:variant-now", PATIENTS),
    Case("api:variant-check", PATIENTS, "POST", data=lambda world: {"is_over": True}, writes=True),
]

# --- What matters for safety ---------------------------------------------------------------------------------

FACTS = [
    Case("api:condition-list", TREATING, args=patient_of, canaries=("osteoporosis",)),
    Case(
        "api:condition-list",
        MAKING_FOR_DAN,
        "POST",
        args=patient_of,
        data=lambda world: {"condition": "acute_uveitis"},
        writes=True,
    ),
    Case("api:condition-end", TREATING, "POST", args=condition_of, data=lambda world: {"on": DAY}, writes=True),
    Case("api:surgery-list", TREATING, args=patient_of),
    Case(
        "api:surgery-list",
        MAKING_FOR_DAN,
        "POST",
        args=patient_of,
        data=lambda world: {"side": "left", "approach": "anterior", "operated_on": DAY},
        writes=True,
    ),
    Case(
        "api:surgery-detail",
        TREATING,
        "PATCH",
        args=surgery_of,
        data=lambda world: {"revision": 1, "instructions": "Walk."},
        writes=True,
    ),
    Case(
        "api:surgery-clear",
        TREATING,
        "POST",
        args=surgery_of,
        data=lambda world: {"on": DAY, "told_by": "A letter"},
        writes=True,
    ),
    Case(
        "api:surgery-unclear",
        TREATING,
        "POST",
        args=cleared_of,
        data=lambda world: {"reason": "The other hip"},
        writes=True,
    ),
    Case("api:work-list", EVERY_THERAPIST),
    Case("api:work-settle", TREATING, "POST", args=note_of, writes=True),
    Case("api:work-reopen", TREATING, "POST", args=note_of, writes=True),
]

CASES = [*PROGRAMS, *COURSES, *FACTS]
