"""Programs, the builder, assigning and prescriptions: therapists only, and only their own clinic and patients."""

from typing import Any

from tests import factories
from tests.permissions.cases import Case
from tests.world import ACTORS, World

OURS = {"therapist": 200, "colleague": 200}
OURS_AFTER_POST = {"therapist": 302, "colleague": 302}
THERAPISTS = {"therapist": 200, "colleague": 200, "other_therapist": 200}
TREATING = {"therapist": 200}
TREATING_AFTER_POST = {"therapist": 302}
# The settings of a program of every day, as the page sends them; without stages and rules.
EVERY_DAY = {"flare_days": 7, "frequency": "weekdays", "weekdays": list(range(7)), "times": "any"}
EVERY_DAY |= {f"{rows}-{number}_FORMS": 0 for rows in ("stages", "rules") for number in ("TOTAL", "INITIAL")}


def program_of(world: World) -> list[Any]:
    return [world.program.pk]


def item_of(world: World) -> list[Any]:
    return [world.program.pk, world.program.items.first().pk]


def shared_of(world: World) -> list[Any]:
    """A ready-made program: everybody's to read, nobody's to change."""
    return [factories.make_program(None, world.exercises[0], name="Ready-made hips").pk]


def draft_of(world: World) -> list[Any]:
    """The draft of what runs for Dan: nobody's but his care team's."""
    draft = factories.make_program(
        world.harbour, world.exercises[0], name="Next for Canarydan", prescription=world.prescription
    )
    return [draft.pk]


def patient_of(world: World) -> list[Any]:
    return [world.dan.pk]


def prescription_of(world: World) -> list[Any]:
    return [world.prescription.pk]


def revision_of(world: World) -> dict[str, Any]:
    return {"revision": world.program.revision}


def assignment_of(world: World) -> dict[str, Any]:
    exercise = world.exercises[0]
    return {
        "assign": "1",
        "program": str(world.program.pk),
        "title": "Hips",
        "starts_on": factories.TODAY.isoformat(),
        "frequency": "weekdays",
        "weekdays": ["0", "2"],
        "slot_1": "07:30",
        "i0-exercise": str(exercise.pk),
        "i0-take": "on",
        "i0-repetitions": "3",
    }


def api_assignment_of(world: World) -> dict[str, Any]:
    return {
        "patient": str(world.dan.pk),
        "title": "Hips",
        "starts_on": factories.TODAY.isoformat(),
        "weekdays": [0, 2, 4],
        "slots": ["07:30"],
        "items": [{"exercise": str(world.exercises[0].pk)}],
    }


# Whoever is signed in gets the list of what is theirs, which for most is empty.
SIGNED_IN = dict.fromkeys([actor for actor in ACTORS if actor not in ("anonymous", "deactivated")], 200)

CASES = [
    Case("programs:program_list", THERAPISTS, canaries=("Morning hips",)),
    Case("programs:program_create", THERAPISTS),
    Case(
        "programs:program_create",
        {"therapist": 302, "colleague": 302, "other_therapist": 302},
        method="POST",
        data=lambda world: {"name": "Fresh"},
        writes=True,
    ),
    Case("programs:program_detail", OURS, args=program_of, canaries=("Morning hips",)),
    Case("programs:program_detail", THERAPISTS, args=shared_of),
    Case("programs:program_settings", OURS, args=program_of),
    Case(
        "programs:program_settings",
        OURS_AFTER_POST,
        method="POST",
        args=program_of,
        data=lambda world: {"name": "Renamed", **EVERY_DAY, **revision_of(world)},
        writes=True,
    ),
    Case("programs:program_settings", {}, args=shared_of),
    Case("programs:program_copy", OURS_AFTER_POST, method="POST", args=program_of, writes=True),
    Case(
        "programs:program_copy",
        {"therapist": 302, "colleague": 302, "other_therapist": 302},
        method="POST",
        args=shared_of,
        writes=True,
    ),
    Case("programs:program_archive", OURS_AFTER_POST, method="POST", args=program_of, writes=True),
    Case("programs:program_archive", {}, method="POST", args=shared_of, writes=True),
    Case("programs:program_assign", OURS, args=program_of),
    Case("programs:program_undo", OURS, method="POST", args=program_of, data=revision_of, writes=True),
    Case(
        "programs:item_add",
        OURS_AFTER_POST,
        method="POST",
        args=program_of,
        data=lambda world: {"exercise": world.exercises[3].pk, **revision_of(world)},
        writes=True,
    ),
    Case(
        "programs:item_update",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"repetitions": "5", **revision_of(world)},
        writes=True,
    ),
    Case(
        "programs:item_move",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"direction": "down", **revision_of(world)},
        writes=True,
    ),
    Case("programs:item_remove", OURS_AFTER_POST, method="POST", args=item_of, data=revision_of, writes=True),
    Case("programs:item_double", OURS_AFTER_POST, method="POST", args=item_of, data=revision_of, writes=True),
    Case(
        "programs:item_usual",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"do": "save", **revision_of(world)},
        writes=True,
    ),
    Case(
        "programs:item_core",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"is_core": "on", **revision_of(world)},
        writes=True,
    ),
    Case(
        "programs:item_variant",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"variant": "easy", "repetitions": "2", **revision_of(world)},
        writes=True,
    ),
    Case("programs:item_alternatives", OURS, args=item_of, canaries=("Standing hip stretch",)),
    Case(
        "programs:item_alternatives",
        OURS_AFTER_POST,
        method="POST",
        args=item_of,
        data=lambda world: {"situation": "at_work", "exercise": world.exercises[3].pk, **revision_of(world)},
        writes=True,
    ),
    Case("programs:program_group", OURS_AFTER_POST, method="POST", args=program_of, data=revision_of, writes=True),
    Case("programs:program_redo", OURS, method="POST", args=program_of, data=revision_of, writes=True),
    Case("programs:program_variants", OURS, args=program_of, canaries=("Standing hip stretch",)),
    Case("programs:program_variants", TREATING, args=draft_of, canaries=("Canarydan",)),
    Case("programs:program_preview", OURS, args=program_of, canaries=("Standing hip stretch",)),
    Case("programs:program_preview", TREATING, args=draft_of, canaries=("Canarydan",)),
    Case("programs:program_take", OURS, args=program_of),
    Case("programs:program_take", TREATING, args=draft_of),
    Case("programs:program_detail", TREATING, args=draft_of, canaries=("Canarydan",)),
    Case("programs:patient_library", TREATING, args=patient_of, canaries=("Canarydan", "Trunk bend")),
    Case("programs:patient_picker", TREATING, args=patient_of, canaries=("Trunk bend", "Osteoporosis")),
    Case("programs:assign", TREATING, args=patient_of, canaries=("Canarydan",)),
    Case("programs:assign", TREATING_AFTER_POST, method="POST", args=patient_of, data=assignment_of, writes=True),
    Case("programs:prescription_detail", TREATING, args=prescription_of, canaries=("Canarydan",)),
    Case(
        "programs:prescription_end",
        TREATING_AFTER_POST,
        method="POST",
        args=prescription_of,
        data=lambda world: {"on": factories.TODAY.isoformat()},
        writes=True,
    ),
    Case(
        "programs:prescription_end",
        TREATING_AFTER_POST,
        method="POST",
        args=prescription_of,
        data=lambda world: {"withdraw": "1"},
        writes=True,
    ),
    Case("api:program-list", THERAPISTS, canaries=("Morning hips",)),
    Case("api:program-detail", OURS, args=program_of, canaries=("Morning hips",)),
    Case("api:prescription-list", SIGNED_IN, canaries=()),
    Case(
        "api:prescription-detail", {"therapist": 200, "patient": 200}, args=prescription_of, canaries=("Hips in the",)
    ),
    Case(
        "api:prescription-list",
        {"therapist": 201},
        method="POST",
        data=api_assignment_of,
        writes=True,
    ),
]
