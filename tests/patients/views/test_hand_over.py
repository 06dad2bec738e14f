"""Handing over from the patient's page: the words, the faults, and whose page opens afterwards."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.models import CareTeam
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = pytest.mark.django_db
LAST = TODAY + timedelta(days=13)


def send(client: Client, world: World, **fields: Any) -> Any:
    data = {"therapist": world.ben.pk, "starts_on": TODAY.isoformat(), "until": "day", "last_day": LAST.isoformat()}
    return client.post(reverse("patients:care_team_hand_over", args=[world.dan.pk]), data | fields, follow=True)


def test_until_a_day_is_said_and_ends_on_the_day(client: Client, world: World, frozen: Any) -> None:
    client.force_login(world.ana)

    page = send(client, world).content.decode()

    assert "Dan Canarydan is handed over to Ben Okafor from 18 November 2026 until 1 December 2026." in page
    assert "access until 1 Dec 2026, ends by itself" in " ".join(page.split())
    address = reverse("patients:patient_detail", args=[world.dan.pk])
    seen = []
    for days in (0, 13, 14):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            client.force_login(world.ben)
            seen.append(client.get(address).status_code)
    assert seen == [200, 200, 403]


def test_for_good_leads_back_to_the_caseload(client: Client, world: World, frozen: Any) -> None:
    client.force_login(world.ana)

    answer = send(client, world, until="good")

    assert answer.redirect_chain[-1][0] == reverse("programs:caseload")
    assert client.get(reverse("patients:patient_detail", args=[world.dan.pk])).status_code == 403


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"therapist": ""}, "This field is required."),
        ({"last_day": ""}, "Choose the last day on which they have access."),
        ({"starts_on": "2026-12-01", "last_day": "2026-11-30"}, "The last day cannot be before the first."),
        ({"starts_on": "2026-02-30"}, "Enter a real date, as year-month-day"),
        ({"starts_on": "2020-01-01"}, "Enter a date from 18 November 2026"),
        ({"until": "never"}, "Select a valid choice."),
    ],
)
def test_faults_stand_at_their_field(client: Client, world: World, frozen: Any, fields: dict, fault: str) -> None:
    client.force_login(world.ana)

    answer = send(client, world, **fields)

    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert CareTeam.objects.filter(patient=world.dan).count() == 1


def test_the_form_comes_in_place(client: Client, world: World, frozen: Any) -> None:
    client.force_login(world.ana)

    answer = client.get(reverse("patients:care_team_hand_over", args=[world.dan.pk]), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
