"""Conditions and hip replacements: whoever treats the patient, and nobody else."""

from datetime import timedelta
from typing import Any

from patients.models import Surgery
from tests import factories
from tests.permissions.cases import Case
from tests.world import World

TREATING = {"therapist": 200, "other_therapist": 404}
TREATING_AFTER_POST = {"therapist": 302, "other_therapist": 404}


def patient_id(world: World) -> list[Any]:
    return [world.dan.pk]


def condition_args(world: World) -> list[Any]:
    return [world.dan.pk, world.dan.conditions.get().pk]


def surgery_args(world: World) -> list[Any]:
    row, _ = Surgery.objects.get_or_create(
        patient=world.dan,
        side="left",
        approach="posterior",
        operated_on=factories.TODAY - timedelta(days=30),
        instructions="Canarywords of the surgeon",
    )
    return [world.dan.pk, row.pk]


def surgery(world: World) -> dict[str, Any]:
    return {"side": "right", "approach": "lateral", "operated_on": factories.TODAY.isoformat(), "revision": "1"}


CASES = [
    Case("programs:condition_add", TREATING, args=patient_id, canaries=("Canarydan",)),
    Case(
        "programs:condition_add",
        TREATING_AFTER_POST,
        method="POST",
        args=patient_id,
        data=lambda world: {"condition": "raynaud"},
        writes=True,
    ),
    Case("programs:condition_end", TREATING, args=condition_args, canaries=("Canarydan",)),
    Case(
        "programs:condition_end",
        TREATING_AFTER_POST,
        method="POST",
        args=condition_args,
        data=lambda world: {"on": factories.TODAY.isoformat()},
        writes=True,
    ),
    Case("programs:surgery_add", TREATING, args=patient_id, canaries=("Canarydan",)),
    Case("programs:surgery_add", TREATING_AFTER_POST, method="POST", args=patient_id, data=surgery, writes=True),
    Case("programs:surgery_edit", TREATING, args=surgery_args, canaries=("Canarydan", "Canarywords")),
    Case("programs:surgery_edit", TREATING_AFTER_POST, method="POST", args=surgery_args, data=surgery, writes=True),
    Case("programs:surgery_clear", TREATING, args=surgery_args, canaries=("Canarydan", "Canarywords")),
    Case(
        "programs:surgery_clear",
        TREATING_AFTER_POST,
        method="POST",
        args=surgery_args,
        data=lambda world: {"on": factories.TODAY.isoformat(), "told_by": "Dr Weber"},
        writes=True,
    ),
]
