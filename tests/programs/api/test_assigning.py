"""Assigning all that a prescription can say, by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from programs.models import Entry, Pause, Prescription, PrescriptionAlternative, Session
from tests.factories import TODAY
from tests.programs.api.asking import ask, faults
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def assign(client: Client, world: World, *items: dict[str, Any], **changes: Any) -> Any:
    body = {
        **{"patient": str(world.dan.pk), "title": "By API", "starts_on": TODAY.isoformat(), "weekdays": [0, 2, 4]},
        "items": [{"exercise": str(world.exercises[0].pk), **item} for item in items or ({},)],
    } | changes
    return ask(client, "post", "prescription-list", body=body)


def test_an_item_says_all_that_it_can(as_ana: Client, world: World) -> None:
    item = {
        **{"side": "left", "tempo": "3-1-3", "passes": 4, "every_days": 2, "slots": ["19:00"], "is_core": True},
        "variants": {"flare": {"repetitions": 1}, "easy": {"in": False}},
        "alternatives": [{"situation": "too_painful", "exercise": str(world.exercises[3].pk)}],
    }

    response = assign(as_ana, world, item, slots=["19:00", "07:30"])

    [made] = response.json()["version"]["items"]
    assert response.status_code == 201
    assert {name: made[name] for name in ("every_days", "slots", "is_core", "variants")} == {
        **{"every_days": 2, "slots": ["19:00"], "is_core": True},
        "variants": {"easy": {"in": False}, "flare": {"repetitions": 1}},
    }
    assert (made["dose"]["side"], made["dose"]["passes"], made["dose"]["tempo"]) == ("left", 4, "3-1-3")
    assert [(row["situation"], row["name"]) for row in made["alternatives"]] == [("too_painful", "Calm breathing")]


def test_every_other_day_and_movement_breaks(as_ana: Client, world: World) -> None:
    breaks = {"first": "09:00", "last": "11:00", "minutes": 60}

    version = assign(as_ana, world, weekdays=None, every_days=2, breaks=breaks).json()["version"]

    assert (version["frequency"], version["every_days"], version["break_minutes"]) == ("every_days", 2, 60)
    assert version["slots"] == ["09:00", "10:00", "11:00"]


def test_stages_become_versions(as_ana: Client, world: World) -> None:
    steps = [{"title": "Begin", "weeks": 2}, {"title": "Go on"}]
    later = {"exercise": str(world.exercises[3].pk), "from_step": 2}

    pk = assign(as_ana, world, {}, later, steps=steps).json()["id"]

    history = ask(as_ana, "get", "version-list", pk).json()
    assert [(one["step_title"], one["effective_from"], len(one["items"])) for one in history] == [
        ("Go on", (TODAY + timedelta(days=14)).isoformat(), 2),
        ("Begin", TODAY.isoformat(), 1),
    ]


def test_it_takes_the_place_of_another(as_ana: Client, world: World) -> None:
    old = world.prescription

    made = assign(as_ana, world, replaces=[str(old.pk)])

    assert made.status_code == 201
    assert Prescription.objects.get(pk=old.pk).ends_on == TODAY - timedelta(days=1)


def test_a_holiday_is_left_free(as_ana: Client, world: World) -> None:
    last = TODAY + timedelta(days=6)

    assign(as_ana, world, holiday={"first": TODAY.isoformat(), "last": last.isoformat()})

    pause = Pause.objects.get()
    assert (pause.kind, pause.starts_on, pause.last_day) == ("holiday", TODAY, last)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekdays": None, "every_days": 1}, "every_days"),
        ({"every_days": 2}, "weekdays"),
        ({"steps": [{"title": "Alone"}]}, "steps"),
        ({"replaces": ["00000000-0000-0000-0000-000000000000"]}, "replaces.0"),
        ({"holiday": {"first": "2026-11-20"}}, "holiday.last"),
        ({"holiday": {"first": "2026-11-20", "last": "2026-11-19"}}, "holiday.last"),
        ({"holiday": {"first": "2026-11-01", "last": "2026-11-19"}}, "holiday"),
    ],
)
def test_a_fault_is_named(as_ana: Client, world: World, changes: dict[str, Any], field: str) -> None:
    response = assign(as_ana, world, **changes)

    assert response.status_code == 400
    assert field in faults(response)
    assert not Prescription.objects.filter(title="By API").exists()


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"weekdays": [0], "times_per_week": 2}, "items.0.times_per_week"),
        ({"variants": {"flare": {"sets": 0}}}, "items.0.variants.flare.sets"),
        ({"alternatives": [{"situation": "rain"}]}, "items.0.alternatives.0.situation"),
        ({"from_step": 2}, "items"),
        ({"tempo": 5}, "items.0.tempo"),
    ],
)
def test_a_fault_of_an_item_is_named(as_ana: Client, world: World, item: dict[str, Any], field: str) -> None:
    response = assign(as_ana, world, item)

    assert response.status_code == 400
    assert field in faults(response)


def test_alternatives_are_of_the_library_and_checked(as_ana: Client, world: World) -> None:
    unknown = {"alternatives": [{"situation": "no_floor", "exercise": "00000000-0000-0000-0000-000000000000"}]}
    bend = {"alternatives": [{"situation": "no_floor", "exercise": str(world.exercises[2].pk)}]}
    twice = {"alternatives": [{"situation": "no_floor", "exercise": str(world.exercises[3].pk)}] * 2}

    assert list(faults(assign(as_ana, world, unknown))) == ["items.0.alternatives.0.exercise"]
    assert list(faults(assign(as_ana, world, bend))) == [f"answers.{world.exercises[2].pk}"]
    assert list(faults(assign(as_ana, world, twice))) == ["items.0.alternatives"]


def test_an_approved_alternative_is_logged_as_the_exercise(client: Client, world: World) -> None:
    item = world.prescription.versions.get().items.first()
    PrescriptionAlternative.objects.create(item=item, situation="no_floor", exercise=world.exercises[1], name="Other")
    client.force_login(world.dan.user)
    answer = {
        **{"item": str(item.pk), "status": "done", "swapped_to": str(world.exercises[1].pk)},
        "swapped_for": "no_floor",
    }
    body = {
        **{"client_uuid": "0190a5a0-0000-7000-8000-000000000001", "prescription": str(world.prescription.pk)},
        **{"local_date": TODAY.isoformat(), "slot": "07:30", "entries": [answer]},
    }

    logged = ask(client, "post", "session-list", body=body)
    other = body | {"client_uuid": "0190a5a0-0000-7000-8000-000000000002"}
    other["entries"] = [answer | {"swapped_to": str(world.exercises[3].pk)}]
    refused = ask(client, "post", "session-list", body=other)

    assert (logged.status_code, logged.json()["done"], logged.json()["variant"]) == (201, 1, "normal")
    assert Entry.objects.get().swapped_for == "no_floor"
    assert (refused.status_code, Session.objects.count()) == (400, 1)
