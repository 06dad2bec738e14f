"""FHIR: programs for therapists, care plans and orders for whoever treats or is the patient."""

from typing import Any

from programs.models import PrescriptionItem
from tests.permissions.cases import Case
from tests.world import World

THERAPISTS = {"therapist": 200, "colleague": 200, "other_therapist": 200}
OWN = {"therapist": 200, "patient": 200}
# Each of them gets a bundle of what is theirs.
LISTS = THERAPISTS | dict.fromkeys(["patient", "other_patient", "other_clinics_patient"], 200)


def program_of(world: World) -> list[Any]:
    return [world.program.pk]


def version_of(world: World) -> list[Any]:
    return [world.prescription.versions.get().pk]


def item_of(world: World) -> list[Any]:
    return [PrescriptionItem.objects.filter(version__prescription=world.prescription).first().pk]


CASES = [
    Case("api:plandefinition-search", THERAPISTS, canaries=("Morning hips",)),
    Case("api:plandefinition-read", {"therapist": 200, "colleague": 200}, args=program_of, canaries=("Morning hips",)),
    Case("api:careplan-search", LISTS),
    Case("api:careplan-read", OWN, args=version_of, canaries=("Hips in the morning",)),
    Case("api:servicerequest-search", LISTS),
    Case("api:servicerequest-read", OWN, args=item_of, canaries=("Standing hip stretch",)),
]
