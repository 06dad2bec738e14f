"""The patient's day: their own and nobody else's; the therapist reads through the API."""

from typing import Any
from uuid import uuid4

from programs.models import PrescriptionItem
from tests.factories import TODAY
from tests.permissions.cases import Case
from tests.world import World

PATIENTS = {"patient": 200, "other_patient": 200, "other_clinics_patient": 200}
MOVED = {"patient": 302, "other_patient": 302, "other_clinics_patient": 302}


def dans_item(world: World) -> PrescriptionItem:
    return PrescriptionItem.objects.filter(version__prescription=world.prescription).first()  # type: ignore[return-value]


def answer(world: World) -> dict[str, Any]:
    item = dans_item(world)
    return {
        "client_uuid": uuid4(),
        "prescription": world.prescription.pk,
        "local_date": TODAY.isoformat(),
        "slot": "07:30",
        "item": item.pk,
        "answer": "done",
    }


def all_done(world: World) -> dict[str, Any]:
    line = f"{world.prescription.pk}|07:30|{dans_item(world).pk}"
    return {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": [line], "pain": "3"}


def api_session(world: World) -> dict[str, Any]:
    return {
        "client_uuid": str(uuid4()),
        "prescription": str(world.prescription.pk),
        "local_date": TODAY.isoformat(),
        "slot": "07:30",
        "entries": [{"item": str(dans_item(world).pk), "status": "done"}],
        "pain_after": 0,
    }


def own_pain(world: World) -> dict[str, Any]:
    return {"client_uuid": str(uuid4()), "local_date": TODAY.isoformat(), "score": 3}


API_READERS = {**PATIENTS, "therapist": 200, "colleague": 200, "other_therapist": 200}

CASES = [
    Case("programs:today", PATIENTS),
    Case("programs:day", PATIENTS, args=lambda world: [TODAY]),
    Case("programs:week", PATIENTS),
    Case("programs:my_program", PATIENTS),
    Case(
        "programs:my_exercise", {"patient": 200}, args=lambda world: [dans_item(world).pk], canaries=("Standing hip",)
    ),
    # Another patient's program is not there; nothing is written.
    Case("programs:session_log", {"patient": 302}, method="POST", data=answer, writes=True),
    Case("programs:session_all_done", {"patient": 302}, method="POST", data=all_done, writes=True),
    Case("programs:pain_add", MOVED, method="POST", data=own_pain, writes=True),
    Case("programs:variant_choose", MOVED, method="POST", data=lambda world: {"variant": "flare"}, writes=True),
    Case("programs:variant_check", MOVED, method="POST", data=lambda world: {"answer": "bad"}, writes=True),
    Case(
        "programs:patient_variant",
        {"therapist": 302},
        method="POST",
        args=lambda world: [world.dan.pk],
        data=lambda world: {"variant": "easy", "days": "3"},
        writes=True,
    ),
    Case("api:session-list", API_READERS),
    Case("api:session-list", {"patient": 201}, method="POST", data=api_session, writes=True),
    Case("api:entry-list", API_READERS),
    Case("api:painentry-list", API_READERS),
    Case(
        "api:painentry-list",
        {"patient": 201, "other_patient": 201, "other_clinics_patient": 201},
        method="POST",
        data=own_pain,
        writes=True,
    ),
]
