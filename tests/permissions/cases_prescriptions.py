"""The course of a prescription: whoever treats the patient today, and nobody else."""

from typing import Any
from uuid import uuid4

from patients.models import Patient
from programs.models import Pause, PrescriptionVersion, Program
from programs.services import revisions
from tests import factories
from tests.permissions.cases import Case
from tests.world import World

TREATING = {"therapist": 200}
TREATING_AFTER_POST = {"therapist": 302}


def patient_of(world: World) -> list[Any]:
    return [world.dan.pk]


def prescription_of(world: World) -> list[Any]:
    return [world.prescription.pk]


def pause_of(world: World) -> list[Any]:
    made = Pause.objects.create(
        clinic=world.harbour, patient=world.dan, prescription=world.prescription, starts_on=factories.TODAY
    )
    return [world.prescription.pk, made.pk]


def planned_of(world: World) -> list[Any]:
    day = factories.TODAY.replace(year=2099)
    made = PrescriptionVersion.objects.create(prescription=world.prescription, number=2, effective_from=day)
    return [world.prescription.pk, made.pk]


def drafted(world: World) -> list[Any]:
    revisions.open_draft(actor=world.ana, prescription=world.prescription, now=factories.NOW)
    return [world.prescription.pk]


def draft_of(world: World) -> dict[str, Any]:
    draft = Program.objects.get(prescription=world.prescription)
    return {
        "draft": str(draft.pk),
        "revision": draft.revision,
        "plan_revision": world.prescription.revision,
        "when": "tomorrow",
        "key": str(uuid4()),
        "change_note": "Canarynote",
    }


def pause_form_of(world: World) -> dict[str, Any]:
    return {"scope": "all", "kind": "holiday", "starts_on": "2026-12-01", "last_day": "2026-12-14"}


def with_another(world: World) -> list[Any]:
    factories.make_patient(world.harbour, "Gil Canarygil", therapist=world.ana)
    return [world.prescription.pk]


def copy_form_of(world: World) -> dict[str, Any]:
    to = Patient.objects.get(given_name="Gil")
    return {"to": str(to.pk), "title": "Hips", "starts_on": factories.TODAY.isoformat()}


CASES = [
    Case("programs:prescription_list", TREATING, args=patient_of, canaries=("Canarydan", "Hips in the")),
    Case("programs:prescription_history", TREATING, args=prescription_of, canaries=("Canarydan", "Standing hip")),
    Case("programs:prescription_change", TREATING_AFTER_POST, method="POST", args=prescription_of, writes=True),
    Case(
        "programs:draft_apply",
        TREATING_AFTER_POST,
        method="POST",
        args=drafted,
        data=draft_of,
        writes=True,
    ),
    Case("programs:draft_discard", TREATING_AFTER_POST, method="POST", args=drafted, data=draft_of, writes=True),
    Case("programs:version_drop", TREATING_AFTER_POST, method="POST", args=planned_of, writes=True),
    Case("programs:prescription_pause", TREATING, args=prescription_of, canaries=("Canarydan",)),
    Case(
        "programs:prescription_pause",
        TREATING_AFTER_POST,
        method="POST",
        args=prescription_of,
        data=pause_form_of,
        writes=True,
    ),
    Case("programs:prescription_resume", TREATING_AFTER_POST, method="POST", args=pause_of, writes=True),
    Case("programs:prescription_copy", TREATING, args=prescription_of, canaries=("Canarydan",)),
    Case(
        "programs:prescription_copy",
        TREATING_AFTER_POST,
        method="POST",
        args=with_another,
        data=copy_form_of,
        writes=True,
    ),
    Case("programs:prescription_template", TREATING, args=prescription_of, canaries=("Canarydan",)),
    Case(
        "programs:prescription_template",
        TREATING_AFTER_POST,
        method="POST",
        args=prescription_of,
        data=lambda world: {"name": "Hips, kept"},
        writes=True,
    ),
]
