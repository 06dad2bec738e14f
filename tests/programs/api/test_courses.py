"""The course of a prescription by API: its end, pauses, and giving it on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.lib.ids import uuid7
from patients.conditions import Condition
from patients.models import CareTeam
from programs.models import Pause, Prescription, Program
from tests import factories
from tests.factories import TODAY
from tests.programs.api.asking import ask, faults, statements
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def pause(client: Client, world: World, **body: Any) -> Any:
    body = {"patient": str(world.dan.pk), "starts_on": TODAY.isoformat()} | body
    return ask(client, "post", "pause-list", body=body)


# --- Ending --------------------------------------------------------------------------------------------------


def test_it_ends_on_a_day(as_ana: Client, world: World) -> None:
    body = {"on": TOMORROW.isoformat()}

    answers = [ask(as_ana, "post", "prescription-end", world.prescription.pk, body=body) for _ in range(2)]

    assert [(one.status_code, one.json()["ends_on"]) for one in answers] == [(200, TOMORROW.isoformat())] * 2


@pytest.mark.parametrize("on", ["2025-01-01", "2026-02-30", "soon", None, 5])
def test_a_last_day_that_cannot_be_is_named(as_ana: Client, world: World, on: Any) -> None:
    response = ask(as_ana, "post", "prescription-end", world.prescription.pk, body={"on": on})

    assert (response.status_code, list(faults(response))) == (400, ["on"])
    assert Prescription.objects.get(pk=world.prescription.pk).ends_on is None


def test_one_that_was_used_is_not_withdrawn(as_ana: Client, world: World) -> None:
    unused = factories.make_prescription(world.dan)
    factories.make_session(world.prescription, statuses="dd")

    answers = [ask(as_ana, "post", "prescription-withdraw", one.pk) for one in (world.prescription, unused)]

    assert [one.status_code for one in answers] == [409, 204]
    assert not Prescription.objects.filter(pk=unused.pk).exists()


# --- Pausing -------------------------------------------------------------------------------------------------


def test_a_pause_begins_once_and_ends(as_ana: Client, world: World) -> None:
    body = {"id": str(uuid7()), "kind": "holiday", "last_day": (TODAY + timedelta(days=9)).isoformat()}

    first, again = pause(as_ana, world, **body), pause(as_ana, world, **body)
    resumed = ask(as_ana, "post", "pause-resume", first.json()["id"], body={"on": TOMORROW.isoformat()})

    assert (first.status_code, first.json()) == (201, again.json())
    assert (first.json()["prescription"], first.json()["kind"]) == (None, "holiday")
    assert (resumed.status_code, resumed.json()["last_day"]) == (200, TODAY.isoformat())


def test_a_pause_that_never_began_is_gone(as_ana: Client, world: World) -> None:
    made = pause(as_ana, world, starts_on=TOMORROW.isoformat(), prescription=str(world.prescription.pk)).json()

    assert ask(as_ana, "post", "pause-resume", made["id"], body={"on": TODAY.isoformat()}).status_code == 204
    assert not Pause.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"last_day": (TODAY - timedelta(days=1)).isoformat()}, "last_day"),
        ({"kind": "strike"}, "kind"),
        ({"note": "x" * 501}, "note"),
        ({"prescription": "00000000-0000-0000-0000-000000000000"}, "prescription"),
        ({"patient": 5}, "patient"),
        ({"until": "x"}, "until"),
    ],
)
def test_a_pause_with_a_fault_does_not_begin(as_ana: Client, world: World, body: Any, field: str) -> None:
    response = pause(as_ana, world, **body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert not Pause.objects.exists()


def test_a_pause_is_of_this_patients_prescriptions(as_ana: Client, world: World) -> None:
    theirs = world.eve.prescriptions.get()

    assert list(faults(pause(as_ana, world, prescription=str(theirs.pk)))) == ["prescription"]
    assert pause(as_ana, world, patient=str(world.eve.pk)).status_code == 403
    assert pause(as_ana, world, patient=str(world.finn.pk)).status_code == 404


def test_pauses_are_listed_by_cursor(as_ana: Client, client: Client, world: World) -> None:
    for number in range(3):
        day = TODAY + timedelta(days=20 * number)
        made = pause(as_ana, world, starts_on=day.isoformat(), last_day=day.isoformat()).json()
        Pause.objects.filter(pk=made["id"]).update(created_at=factories.NOW - timedelta(minutes=9 - number))
    first = ask(as_ana, "get", "pause-list", page_size=2).json()
    # One more at the front while somebody reads.
    day = TODAY + timedelta(days=200)
    pause(as_ana, world, starts_on=day.isoformat(), last_day=day.isoformat())

    second = client.get(first["next"]).json()

    days = [row["starts_on"] for row in first["results"] + second["results"]]
    assert days == [(TODAY + timedelta(days=n)).isoformat() for n in (40, 20, 0)]
    assert second["next"] is None
    assert len(ask(as_ana, "get", "pause-list", on=TODAY.isoformat()).json()["results"]) == 1
    assert ask(as_ana, "get", "pause-list", cursor="forged").status_code == 404
    client.force_login(world.dan.user)
    assert len(ask(client, "get", "pause-list").json()["results"]) == 4
    client.force_login(world.eve.user)
    assert ask(client, "get", "pause-list").json()["results"] == []


# --- Giving it on --------------------------------------------------------------------------------------------


def copy(client: Client, world: World, patient: Any, **body: Any) -> Any:
    body = {"patient": str(patient.pk), "starts_on": TODAY.isoformat()} | body
    return ask(client, "post", "prescription-copy", world.prescription.pk, body=body)


def test_it_is_given_to_another_patient_and_checked_for_them(as_ana: Client, world: World) -> None:
    gus = factories.make_patient(world.harbour, therapist=world.ana)
    factories.make_condition(gus, Condition.OSTEOPOROSIS)
    world.prescription.versions.get().items.update(note="For Dan")
    bend = world.exercises[2]
    version = world.prescription.versions.get()
    factories.PrescriptionItem.objects.create(version=version, exercise=bend, name=bend.name, order=5)

    refused = copy(as_ana, world, gus)
    answers = [{"exercise": str(bend.pk), "reason": "Agreed with the doctor"}]
    given = copy(as_ana, world, gus, answers=answers, id=str(uuid7()))

    assert list(faults(refused)) == [f"answers.{bend.pk}"]
    assert (given.status_code, given.json()["title"]) == (201, "Hips in the morning")
    assert {item["note"] for item in given.json()["version"]["items"]} == {""}
    assert Prescription.objects.filter(patient=gus).count() == 1


def test_it_is_given_only_to_whom_one_treats(as_ana: Client, world: World) -> None:
    assert [copy(as_ana, world, one).status_code for one in (world.eve, world.finn)] == [403, 404]
    assert list(faults(copy(as_ana, world, world.dan, version=9))) == ["version"]
    assert list(faults(copy(as_ana, world, world.dan, starts_on="2020-01-01"))) == ["starts_on"]


def test_it_is_kept_as_a_program_without_the_patient(as_ana: Client, world: World) -> None:
    body = {"id": str(uuid7()), "name": "Hips for others"}

    first, again = (ask(as_ana, "post", "prescription-template", world.prescription.pk, body=body) for _ in range(2))

    assert (first.status_code, first.json()) == (201, again.json())
    assert (first.json()["prescription"], first.json()["slots"]) == (None, ["07:30"])
    assert Program.objects.filter(name="Hips for others", clinic=world.harbour).count() == 1


def test_lists_take_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    counts = []
    for number in (1, 12):
        for _ in range(number):
            patient = factories.make_patient(world.harbour, therapist=world.ana)
            Pause.objects.create(clinic=world.harbour, patient=patient, starts_on=TODAY)
        counts.append(statements(as_ana, "pause-list", page_size=100))
    assert counts[0] == counts[1] <= 4
    assert CareTeam.objects.filter(therapist=world.ana).count() == 14
