"""Records, care teams, invitations, the clinic's staff, one's own account."""

from datetime import timedelta
from typing import Any

from config.lib import tokens
from patients.models import Invitation
from tests import factories
from tests.permissions.cases import Case, everyone
from tests.world import World

GONE = {"other_therapist": 404}
BIRTH = "1980-05-17"


def patient_id(world: World) -> list[Any]:
    return [world.dan.pk]


def seat_args(world: World) -> list[Any]:
    return [world.dan.pk, world.dan.care_team.get().pk]


def new_patient(world: World) -> dict[str, Any]:
    return {
        "key": "01890a5d-ac96-774b-bcce-b302099a8057",
        "given_name": "Greta",
        "family_name": "New",
        "birth_date": BIRTH,
        "time_zone": "Europe/Berlin",
        "language": "en",
    }


def facts(world: World) -> dict[str, Any]:
    return {**new_patient(world), "given_name": "Dan", "family_name": "Canarydan", "email": "dan@example.org"}


def seat(world: World) -> dict[str, Any]:
    return {"therapist": world.ben.pk, "starts_on": factories.TODAY.isoformat()}


def invitation(world: World, **fields: Any) -> Invitation:
    expires_at = factories.NOW + timedelta(days=7)
    return Invitation.objects.create(clinic=world.harbour, invited_by=world.ana, expires_at=expires_at, **fields)


def patients_invitation(world: World) -> list[Any]:
    return [invitation(world, email="dan@new.example", patient=world.dan).pk]


def colleagues_invitation(world: World) -> list[Any]:
    return [invitation(world, email="gil@harbour.example", role="therapist", kind="staff_invitation").pk]


def membership(world: World) -> list[Any]:
    return [world.ben.memberships.get().pk]


def token(world: World) -> list[Any]:
    return [tokens.make("invitation", str(patients_invitation(world)[0]))]


CASES = [
    Case("patients:patient_create", {"therapist": 200, "colleague": 200, "other_therapist": 200}),
    Case(
        "patients:patient_create",
        {"therapist": 302, "colleague": 302, "other_therapist": 302},
        method="POST",
        data=new_patient,
        writes=True,
    ),
    Case("patients:patient_edit", {"therapist": 200, **GONE}, args=patient_id, canaries=("Canarydan",)),
    Case("patients:patient_edit", {"therapist": 302, **GONE}, method="POST", args=patient_id, data=facts, writes=True),
    Case("patients:care_team_add", {"therapist": 200, **GONE}, args=patient_id, canaries=("Canarydan",)),
    Case("patients:care_team_add", {"therapist": 302, **GONE}, method="POST", args=patient_id, data=seat, writes=True),
    Case("patients:care_team_hand_over", {"therapist": 200, **GONE}, args=patient_id, canaries=("Canarydan",)),
    Case(
        "patients:care_team_hand_over",
        {"therapist": 302, **GONE},
        method="POST",
        args=patient_id,
        data=lambda world: {**seat(world), "until": "good"},
        writes=True,
    ),
    Case("patients:care_team_end", {"therapist": 200, **GONE}, args=seat_args, canaries=("Canarydan",)),
    Case(
        "patients:care_team_end",  # 422: the last seat stays
        {"therapist": 422, **GONE},
        method="POST",
        args=seat_args,
        data=lambda world: {"on": factories.TODAY.isoformat()},
        writes=True,
    ),
    Case("patients:invitation_send", {"therapist": 200, **GONE}, args=patient_id, canaries=("Canarydan",)),
    Case(
        "patients:invitation_send",
        {"therapist": 302, **GONE},
        method="POST",
        args=patient_id,
        data=lambda world: {"email": "dan@new.example"},
        writes=True,
    ),
    Case(
        "patients:invitation_revoke",
        {"therapist": 302, **GONE},
        method="POST",
        args=patients_invitation,
        writes=True,
    ),
    Case(
        "patients:invitation_revoke",
        {"clinic_admin": 302, **GONE},
        method="POST",
        args=colleagues_invitation,
        writes=True,
    ),
    Case("patients:invitation_open", everyone(200), args=token),
    Case("patients:invitation_open", everyone(404), args=lambda world: [token(world)[0] + "x"], canaries=("Dan",)),
    Case("patients:clinic_team", {"clinic_admin": 200}, canaries=("ben@harbour.example",)),
    Case("patients:staff_invite", {"clinic_admin": 200}),
    Case(
        "patients:staff_invite",
        {"clinic_admin": 302},
        method="POST",
        data=lambda world: {"name": "Gil New", "email": "gil@harbour.example", "role": "therapist"},
        writes=True,
    ),
    Case("patients:membership_end", {"clinic_admin": 200}, args=membership, canaries=("Okafor",)),
    Case("patients:membership_end", {"clinic_admin": 302}, method="POST", args=membership, writes=True),
    Case(
        "patients:membership_end",
        {"clinic_admin": 404},
        method="POST",
        args=lambda world: [world.chloe.memberships.get().pk],
        writes=True,
    ),
    Case(
        "patients:hand_over",
        {"clinic_admin": 302},
        method="POST",
        data=lambda world: {"patient": world.dan.pk, "therapist": world.ben.pk},
        writes=True,
    ),
    Case(
        "patients:hand_over",  # another clinic's patient is no choice
        {"clinic_admin": 422},
        method="POST",
        data=lambda world: {"patient": world.finn.pk, "therapist": world.ben.pk},
        canaries=("Canaryfinn",),
        writes=True,
    ),
    Case(
        "patients:clinic_switch",
        {"therapist": 302, "colleague": 302, "clinic_admin": 302, "other_therapist": 404, "curator": 404},
        method="POST",
        data=lambda world: {"clinic": world.harbour.pk},
    ),
    Case("patients:me", {**everyone(200), "anonymous": 302, "deactivated": 302}),
    Case("account_email", {**everyone(200), "anonymous": 302, "deactivated": 302}),
    Case("patients:me_access_log", {"patient": 200, "other_patient": 200, "other_clinics_patient": 200}),
    Case(
        "api:patient-list",
        {
            **dict.fromkeys(["patient", "other_patient", "other_clinics_patient"], 200),
            **dict.fromkeys(["therapist", "colleague", "other_therapist"], 200),
        },
        query="?search=canary",
    ),
    Case(
        "api:patient-list",
        dict.fromkeys(["therapist", "colleague", "other_therapist"], 201),
        method="POST",
        data=lambda world: {
            "given_name": "Greta",
            "family_name": "New",
            "birth_date": BIRTH,
            "time_zone": "Europe/Berlin",
        },
        writes=True,
    ),
    Case("api:patient-detail", {"therapist": 200, "patient": 200, **GONE}, args=patient_id, canaries=("Canarydan",)),
    Case("api:token-list", {**everyone(200), "anonymous": 401, "deactivated": 401}),
    Case(
        "api:token-list",
        {**everyone(201), "anonymous": 401, "deactivated": 401},
        method="POST",
        data=lambda world: {"days": 30},
    ),
    Case(
        "api:token-detail",
        {**everyone(404), "anonymous": 401, "deactivated": 401},
        method="DELETE",
        args=lambda world: ["nosuchkey"],
    ),
]
