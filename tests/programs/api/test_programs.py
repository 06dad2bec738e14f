"""Programs by API: what a therapist may read, in a fixed number of statements."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def listed(client: Client, **query: Any) -> Any:
    return client.get(reverse("api:program-list"), query)


def test_program_list_holds_items_with_doses_and_days(as_ana: Client, world: World) -> None:
    world.program.items.filter(order=0).update(weekdays=0b101, note="Left")

    [found] = listed(as_ana).json()["results"]

    item = found["items"][0]
    assert (found["name"], found["shared"], found["revision"]) == ("Morning hips", False, 1)
    assert (item["exercise"], item["name"]) == (world.exercises[0].code, "Standing hip stretch")
    assert (item["dose"]["hold_seconds"], item["dose"]["text"]) == (30, "3 × 30 s")
    assert (item["weekdays"], item["note"]) == ([0, 2], "Left")
    assert found["items"][1]["weekdays"] is None


def test_program_list_is_searched_and_narrowed(as_ana: Client, world: World) -> None:
    factories.make_program(None, name="Shared start")

    assert [row["name"] for row in listed(as_ana, q="start").json()["results"]] == ["Shared start"]
    assert [row["name"] for row in listed(as_ana, shared="false").json()["results"]] == ["Morning hips"]


@pytest.mark.parametrize("query", [{"owner": "x"}, {"q": "a\x00"}, {"q": "x" * 101}, {"_connector": "OR"}])
def test_program_list_refuses_what_nobody_knows(as_ana: Client, query: dict[str, str]) -> None:
    response = listed(as_ana, **query)

    assert (response.status_code, response.json()["type"]) == (400, "about:invalid")


def test_program_list_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    counts = []
    for number in (2, 27):
        for _ in range(number):
            factories.make_program(world.harbour, *world.exercises)
        listed(as_ana, page_size=100)
        with CaptureQueriesContext(connection) as captured:
            listed(as_ana, page_size=100)
        counts.append(len(captured))

    assert counts[0] == counts[1]
