"""Handouts and links to them by API."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.models import AuditEvent
from programs.models import PrescriptionVersion, ShareLink
from tests.factories import NOW, TODAY
from tests.programs.api.asking import ask, faults
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def handout(client: Client, world: World, **query: Any) -> Any:
    return ask(client, "get", "prescription-handout", world.prescription.pk, **query)


def test_a_handout_is_a_pdf_for_its_therapist_and_its_patient(client: Client, world: World) -> None:
    for login in (world.ana, world.dan.user):
        client.force_login(login)
        response = handout(client, world, variant="flare", weeks="4", size="letter")
        assert (response.status_code, response["Content-Type"], response.content[:5]) == (
            200,
            "application/pdf",
            b"%PDF-",
        )
    assert response["Content-Disposition"] == 'inline; filename="hips-in-the-morning-v1.pdf"'
    assert AuditEvent.objects.filter(verb="handout.read", patient=world.dan).count() == 1


def test_only_therapists_print_what_is_planned(client: Client, as_ana: Client, world: World) -> None:
    PrescriptionVersion.objects.create(
        prescription=world.prescription, number=2, effective_from=TODAY + timedelta(days=3)
    )
    assert handout(as_ana, world, version=2).status_code == 200
    client.force_login(world.dan.user)
    assert list(faults(handout(client, world, version=2))) == ["version"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"variant": "hard"}, "variant"),
        ({"variant": "all", "columns": "2"}, "columns"),
        ({"size": "a0"}, "size"),
        ({"weeks": "3"}, "weeks"),
        ({"version": "9"}, "version"),
        ({"version": "x"}, "version"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_fault_is_named_as_json(as_ana: Client, world: World, query: dict[str, str], field: str) -> None:
    response = handout(as_ana, world, **query)

    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert list(faults(response)) == [field]


def test_strangers_get_nothing(client: Client, world: World) -> None:
    for login, status in ((world.ben, 404), (world.chloe, 404), (world.eve.user, 404), (world.adam, 403)):
        client.force_login(login)
        assert handout(client, world).status_code == status


def test_a_program_is_printed_for_anybody(as_ana: Client, world: World) -> None:
    response = ask(as_ana, "get", "program-handout", world.program.pk, columns="2")

    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")


def test_a_link_opens_until_it_is_closed(client: Client, as_ana: Client, world: World) -> None:
    made = ask(as_ana, "post", "share-list", world.prescription.pk)
    address = made.json()["address"].removeprefix("http://testserver")

    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert Client().get(address).status_code == 200
    [listed] = ask(as_ana, "get", "share-list", world.prescription.pk).json()
    assert (listed["is_open"], "address" in listed) == (True, False)
    closed = ask(as_ana, "delete", "share-detail", world.prescription.pk, listed["id"]).json()
    assert closed["is_open"] is False
    assert Client().get(address).status_code != 200


def test_a_link_lapses_after_seven_days(as_ana: Client, world: World) -> None:
    address = ask(as_ana, "post", "share-list", world.prescription.pk).json()["address"]
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        assert Client().get(address.removeprefix("http://testserver")).status_code != 200


def test_there_are_only_so_many_links(as_ana: Client, world: World) -> None:
    answers = [ask(as_ana, "post", "share-list", world.prescription.pk).status_code for _ in range(11)]

    assert answers == [*[201] * 10, 409]
    assert ShareLink.objects.count() == 10


def test_links_are_for_whoever_treats(client: Client, as_ana: Client, world: World) -> None:
    link = ask(as_ana, "post", "share-list", world.prescription.pk).json()["id"]
    theirs = world.eve.prescriptions.get()
    assert ask(as_ana, "delete", "share-detail", theirs.pk, link).status_code == 403
    client.force_login(world.ben)
    assert ask(client, "delete", "share-detail", theirs.pk, link).status_code == 404
    assert reverse("api:share-list", args=[theirs.pk])
    assert ShareLink.objects.get().revoked_at is None
