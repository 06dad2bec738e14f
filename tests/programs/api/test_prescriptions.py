"""Prescriptions by API: the same check, the same service, and refusals that name what is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.lib.ids import uuid7
from patients.models import AuditEvent
from programs.models import Prescription, SafetyDecision
from tests import factories
from tests.factories import TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def body(world: World, *places: int, **changes: Any) -> dict[str, Any]:
    return {
        "patient": str(world.dan.pk),
        "title": "By API",
        "starts_on": TODAY.isoformat(),
        "weekdays": [0, 2, 4],
        "slots": ["18:00", "07:30"],
        "items": [{"exercise": str(world.exercises[place].pk)} for place in places or (0,)],
    } | changes


def post(client: Client, data: Any) -> Any:
    return client.post(reverse("api:prescription-list"), data, content_type="application/json")


def faults(response: Any) -> list[str]:
    return [error["field"] for error in response.json()["errors"]]


def test_a_therapist_assigns(as_ana: Client, world: World) -> None:
    item = {"exercise": str(world.exercises[0].pk), "hold_seconds": 45, "weekdays": [0], "note": "Left"}

    response = post(as_ana, body(world, items=[item], program=str(world.program.pk)))

    assert response.status_code == 201
    version = response.json()["version"]
    assert (version["schedule"], version["slots"]) == ("Mon, Wed, Fri at 07:30 and 18:00", ["07:30", "18:00"])
    [made] = version["items"]
    assert (made["dose"]["text"], made["weekdays"], made["note"]) == ("3 × 45 s", [0], "Left")
    assert made["exercise"]["steps"] == ["Move.", "Hold.", "Come back."]
    assert Prescription.objects.get(title="By API").created_by == world.ana


def test_warnings_without_an_answer_are_named_and_nothing_is_stored(as_ana: Client, world: World) -> None:
    bend = world.exercises[2]

    response = post(as_ana, body(world, 2))

    [error] = response.json()["errors"]
    assert response.status_code == 400
    assert error["field"] == f"answers.{bend.pk}"
    assert error["message"].startswith("Avoid: Osteoporosis or osteopenia · loaded bending of the spine.")
    assert not Prescription.objects.filter(title="By API").exists()

    answers = [{"exercise": str(bend.pk), "reason": "Agreed with the doctor"}]
    assert post(as_ana, body(world, 2, answers=answers)).status_code == 201
    assert SafetyDecision.objects.get().reason == "Agreed with the doctor"


def test_the_same_id_again_answers_alike(as_ana: Client, world: World) -> None:
    data = body(world, id=str(uuid7()))

    first, second = post(as_ana, data), post(as_ana, data)

    assert first.json() == second.json()
    assert Prescription.objects.filter(title="By API").count() == 1


def test_an_id_that_is_taken_is_a_conflict(as_ana: Client, world: World) -> None:
    other = world.eve.prescriptions.get()

    assert post(as_ana, body(world, id=str(other.pk))).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"starts_on": "2026-11-18T09:00:00"}, "starts_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": 1763424000}, "starts_on"),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "starts_on"),
        ({"ends_on": (TODAY - timedelta(days=1)).isoformat()}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays"),
        ({"weekdays": [True]}, "weekdays"),
        ({"weekdays": "every day"}, "weekdays"),
        ({"weekdays": None}, "weekdays"),
        ({"times_per_week": 3}, "weekdays"),
        ({"weekdays": None, "times_per_week": 8}, "times_per_week"),
        ({"weekdays": None, "times_per_week": "3"}, "times_per_week"),
        ({"slots": ["24:00"]}, "slots.0"),
        ({"slots": [f"0{hour}:00" for hour in range(7)]}, "slots"),
        ({"items": []}, "items"),
        ({"items": [{"exercise": "00000000-0000-0000-0000-000000000000"}]}, "items.0.exercise"),
        ({"items": [{"exercise": "x"}]}, "items.0.exercise"),
        ({"program": "00000000-0000-0000-0000-000000000000"}, "program"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_fault_is_named_and_nothing_is_stored(
    as_ana: Client, world: World, changes: dict[str, Any], field: str
) -> None:
    response = post(as_ana, body(world, **changes))

    assert (response.status_code, set(faults(response))) == (400, {field})
    assert not Prescription.objects.filter(created_by=world.ana).exists()


@pytest.mark.parametrize("value", [0, -1, 21, 3.5, "5", True, 10**25])
def test_a_dose_is_a_whole_number(as_ana: Client, world: World, value: Any) -> None:
    item = {"exercise": str(world.exercises[0].pk), "sets": value}

    response = post(as_ana, body(world, items=[item]))

    assert (response.status_code, faults(response)) == (400, ["items.0.sets"])


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("finn", 404)])
def test_only_ones_own_patients(as_ana: Client, world: World, who: str, status: int) -> None:
    response = post(as_ana, body(world, patient=str(getattr(world, who).pk)))

    assert response.status_code == status
    assert not Prescription.objects.filter(title="By API").exists()


def test_a_patient_sees_their_own_with_how_to_do_it(client: Client, world: World) -> None:
    client.force_login(world.dan.user)

    found = client.get(reverse("api:prescription-list")).json()

    assert [row["id"] for row in found["results"]] == [str(world.prescription.pk)]
    item = found["results"][0]["version"]["items"][0]
    assert (item["name"], item["exercise"]["set_up"]) == ("Standing hip stretch", "Stand tall.")
    assert post(client, body(world)).status_code == 403


def test_a_therapists_look_at_one_is_noted(as_ana: Client, world: World) -> None:
    as_ana.get(reverse("api:prescription-detail", args=[world.prescription.pk]))

    assert AuditEvent.objects.filter(verb="prescription.read", patient=world.dan).count() == 1


def test_prescription_list_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    counts = []
    for number in (2, 27):
        for _ in range(number):
            factories.make_prescription(world.dan, *world.exercises)
        address = reverse("api:prescription-list")
        as_ana.get(address, {"page_size": 100})
        with CaptureQueriesContext(connection) as captured:
            as_ana.get(address, {"page_size": 100})
        counts.append(len(captured))

    assert counts[0] == counts[1]
