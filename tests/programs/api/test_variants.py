"""Variants by API: chosen at once, lapsing by themselves, asked about then."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from programs.models import VariantSpell
from tests.factories import TODAY
from tests.programs.api.asking import ask, faults, statements
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_dan(client: Client, world: World) -> Client:
    client.force_login(world.dan.user)
    return client


def choose(client: Client, **body: Any) -> Any:
    return ask(client, "post", "variant-list", body=body)


def test_a_flare_holds_at_once_and_lapses(as_dan: Client, world: World) -> None:
    first, again = choose(as_dan, variant="flare"), choose(as_dan, variant="flare")

    assert (first.status_code, first.json()) == (200, again.json())
    assert (first.json()["variant"], first.json()["asks_about"]) == ("flare", None)
    assert first.json()["spell"]["last_day"] == (TODAY + timedelta(days=6)).isoformat()
    assert ask(as_dan, "get", "variant-now").json() == first.json()
    assert choose(as_dan, variant="normal").json() == {"variant": "normal", "spell": None, "asks_about": None}


def test_a_patients_easier_day_is_one_day(as_dan: Client) -> None:
    assert choose(as_dan, variant="easy").json()["spell"]["last_day"] == TODAY.isoformat()
    later = (TODAY + timedelta(days=2)).isoformat()
    assert choose(as_dan, variant="easy", days=3).json()["spell"]["last_day"] == later


def test_a_flare_that_lapsed_is_asked_about(as_dan: Client, world: World) -> None:
    begun = TODAY - timedelta(days=7)
    VariantSpell.objects.create(
        clinic=world.harbour, patient=world.dan, variant="flare", starts_on=begun, last_day=TODAY - timedelta(days=1)
    )
    assert ask(as_dan, "get", "variant-now").json()["asks_about"]["starts_on"] == begun.isoformat()

    still = ask(as_dan, "post", "variant-check", body={"is_over": False}).json()

    assert (still["variant"], still["asks_about"]) == ("flare", None)
    # Without a question nothing changes.
    assert ask(as_dan, "post", "variant-check", body={"is_over": True}).json() == still


def test_a_therapist_chooses_for_whom_they_treat(client: Client, world: World) -> None:
    client.force_login(world.ana)

    assert choose(client, variant="flare", patient=str(world.dan.pk), days=3).json()["variant"] == "flare"
    assert [choose(client, variant="flare", patient=str(one.pk)).status_code for one in (world.eve, world.finn)] == [
        403,
        404,
    ]
    assert list(faults(choose(client, variant="flare"))) == ["patient"]
    assert ask(client, "get", "variant-now").status_code == 403


def test_nobody_chooses_for_others(client: Client, as_dan: Client, world: World) -> None:
    assert choose(as_dan, variant="flare", patient=str(world.eve.pk)).status_code == 403
    for login in (world.adam, world.cora, world.nora):
        client.force_login(login)
        assert choose(client, variant="flare").status_code == 403
    assert not VariantSpell.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "variant"),
        ({"variant": "hard"}, "variant"),
        ({"variant": "easy", "days": 0}, "days"),
        ({"variant": "easy", "days": 91}, "days"),
        ({"variant": "easy", "days": "3"}, "days"),
        ({"variant": "easy", "until": "x"}, "until"),
    ],
)
def test_a_fault_is_named(as_dan: Client, body: dict[str, Any], field: str) -> None:
    response = choose(as_dan, **body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert not VariantSpell.objects.exists()


@pytest.mark.parametrize("body", [{}, {"is_over": "no"}, {"is_over": None}, {"is_over": True, "pain": 3}])
def test_an_answer_is_yes_or_no(as_dan: Client, body: dict[str, Any]) -> None:
    assert ask(as_dan, "post", "variant-check", body=body).status_code == 400


def test_spells_are_listed_in_a_fixed_number_of_statements(client: Client, world: World) -> None:
    client.force_login(world.ana)
    counts = []
    for number in (1, 15):
        for n in range(number):
            day = TODAY - timedelta(days=10 * number + n)
            VariantSpell.objects.create(
                clinic=world.harbour, patient=world.dan, variant="easy", starts_on=day, last_day=day
            )
        counts.append(statements(client, "variant-list", page_size=100))
    assert counts[0] == counts[1] <= 4
    assert len(ask(client, "get", "variant-list", patient=str(world.dan.pk)).json()["results"]) == 16
