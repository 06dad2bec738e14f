"""Handouts, links to them, grids typed in, and the clinic's paper: the care team, the patient, the clinic's admin."""

from typing import Any
from uuid import uuid4

from patients.models import ClinicLogo
from programs.services import sharing
from tests.factories import NOW, TODAY
from tests.permissions.cases import Case, everyone
from tests.world import World

CANARIES = ("Canarydan", "Standing hip")


def dans(world: World) -> list[Any]:
    return [world.prescription.pk]


def open_link(world: World) -> list[Any]:
    link, _ = sharing.create(actor=world.ana, prescription=world.prescription, now=NOW)
    return [world.prescription.pk, link.pk]


def secret(world: World) -> list[Any]:
    return [sharing.create(actor=world.ana, prescription=world.prescription, now=NOW)[1]]


def grid(world: World) -> dict[str, Any]:
    return {"client_uuid": uuid4(), "first_day": TODAY.isoformat(), f"p-{TODAY:%Y%m%d}": "3"}


def logo(world: World) -> list[Any]:
    ClinicLogo.objects.create(clinic=world.harbour, png=b"\x89PNG")
    return []


HARBOUR = {"therapist": 200, "colleague": 200, "clinic_admin": 200}

CASES = [
    Case("programs:prescription_handout", {"therapist": 200}, args=dans, canaries=CANARIES),
    Case("programs:prescription_handout", {"therapist": 200}, args=dans, query="?as=pdf&name=on"),
    Case("programs:prescription_handout", {"therapist": 200}, args=dans, query="?as=png&page=1"),
    Case("programs:my_handout", {"patient": 200}, args=dans, canaries=CANARIES),
    Case("programs:my_handout", {"patient": 200}, args=dans, query="?as=pdf"),
    Case(
        "programs:program_handout",
        {"therapist": 200, "colleague": 200},
        args=lambda world: [world.program.pk],
        canaries=("Morning hips",),
    ),
    Case("programs:paper_entry", {"therapist": 200}, args=dans, canaries=CANARIES),
    Case("programs:paper_entry", {"therapist": 302}, "POST", args=dans, data=grid, writes=True),
    Case("programs:my_paper_entry", {"patient": 200}, args=dans, canaries=("Standing hip",)),
    Case("programs:my_paper_entry", {"patient": 302}, "POST", args=dans, data=grid, writes=True),
    Case("programs:share_create", {"therapist": 200}, "POST", args=dans, canaries=("Canarydan",), writes=True),
    Case("programs:share_revoke", {"therapist": 302}, "POST", args=open_link, writes=True),
    # Whoever has the address may look, and reads nothing about anybody.
    Case("programs:shared_handout", everyone(200), args=secret),
    Case("programs:shared_handout", everyone(200), args=secret, query="?as=pdf"),
    Case("programs:shared_handout", everyone(404), args=lambda world: ["x" * 43], canaries=("Standing hip",)),
    Case("patients:clinic_settings", {"clinic_admin": 200}, canaries=("Harbour Physiotherapy",)),
    Case("patients:clinic_settings", {"clinic_admin": 302}, "POST", data=lambda world: {"paper": "letter"}),
    Case("patients:clinic_logo", HARBOUR, args=logo),
    Case("patients:clinic_logo_set", {"clinic_admin": 422}, "POST", writes=True),
    Case("patients:clinic_logo_remove", {"clinic_admin": 302}, "POST", writes=True),
]
