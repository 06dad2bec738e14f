"""What a program says besides its exercises, by API."""

from typing import Any

import pytest
from django.test import Client

from programs.models import Program, ProgramItem
from tests.programs.api.asking import ask, faults
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
STEPS = [{"title": "Begin", "weeks": 4}, {"title": "Go on"}]
RULES = [{"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set."}]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def patch(client: Client, world: World, revision: int = 1, **values: Any) -> Any:
    return ask(client, "patch", "program-detail", world.program.pk, body={"revision": revision, **values})


def test_schedule_stages_and_rules_are_set(as_ana: Client, world: World) -> None:
    schedule = {"every_days": 2, "slots": ["19:00", "07:30"]}

    body = patch(as_ana, world, schedule=schedule, steps=STEPS, progression=RULES, flare_days=10).json()

    assert (body["schedule"], body["frequency"]) == ("every other day at 07:30 and 19:00", "every_days")
    assert (body["steps"], body["progression"], body["flare_days"], body["revision"]) == (STEPS, RULES, 10, 2)


def test_movement_breaks_are_laid_into_their_window(as_ana: Client, world: World) -> None:
    schedule = {"weekdays": [0, 1, 2, 3, 4], "breaks": {"first": "09:00", "last": "12:30", "minutes": 60}}

    body = patch(as_ana, world, schedule=schedule).json()

    assert (body["slots"], body["break_minutes"]) == (["09:00", "10:00", "11:00", "12:00"], 60)
    assert body["schedule"] == "Monday to Friday, every hour from 09:00 to 12:00"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"flare_days": 0}, "flare_days"),
        ({"flare_days": 29}, "flare_days"),
        ({"schedule": {}}, "schedule.weekdays"),
        ({"schedule": {"weekdays": [0], "every_days": 2}}, "schedule.weekdays"),
        ({"schedule": {"every_days": 29}}, "schedule.every_days"),
        ({"schedule": {"weekdays": [0], "slots": ["7:30"]}}, "schedule.slots.0"),
        ({"schedule": {"weekdays": [0], "slots": [f"0{n}:00" for n in range(7)]}}, "schedule.slots"),
        (
            {"schedule": {"weekdays": [0], "breaks": {"first": "12:00", "last": "09:00", "minutes": 60}}},
            "schedule.breaks.last",
        ),
        (
            {"schedule": {"weekdays": [0], "breaks": {"first": "08:00", "last": "20:00", "minutes": 15}}},
            "schedule.breaks.minutes",
        ),
        (
            {
                "schedule": {
                    "weekdays": [0],
                    "slots": ["07:30"],
                    "breaks": {"first": "09:00", "last": "12:00", "minutes": 60},
                }
            },
            "schedule.breaks",
        ),
        ({"steps": [{"title": "Alone"}]}, "steps"),
        ({"steps": [{"title": "A"}, {"title": "B"}]}, "steps"),
        ({"steps": [{"title": "A", "weeks": 27}, {"title": "B"}]}, "steps.0.weeks"),
        ({"steps": [{"weeks": 2}, {"title": "B"}]}, "steps.0.title"),
        ({"steps": "x"}, "steps"),
        ({"progression": [{"after_weeks": 2}]}, "progression.0.min_adherence"),
        ({"progression": RULES * 6}, "progression"),
        ({"progression": [RULES[0] | {"max_pain": 11}]}, "progression.0.max_pain"),
        ({"progression": [RULES[0] | {"do": "it"}]}, "progression.0.do"),
        ({"shared": True}, "shared"),
    ],
)
def test_a_fault_is_named_and_nothing_changes(as_ana: Client, world: World, values: dict[str, Any], field: str) -> None:
    before = Program.objects.filter(pk=world.program.pk).values().get()

    response = patch(as_ana, world, **values)

    assert response.status_code == 400
    assert field in faults(response)
    assert Program.objects.filter(pk=world.program.pk).values().get() == before


def test_a_stage_with_exercises_stays(as_ana: Client, world: World) -> None:
    patch(as_ana, world, steps=STEPS)
    ProgramItem.objects.filter(program=world.program, order=2).update(from_step=2)

    response = patch(as_ana, world, revision=2, steps=[])

    assert faults(response)["steps"].startswith("Exercises begin in stage 2.")


def test_items_have_stages_of_the_program(as_ana: Client, world: World) -> None:
    patch(as_ana, world, steps=STEPS)
    item = world.program.items.last()

    def of(revision: int, **values: Any) -> Any:
        path = (world.program.pk, item.pk)
        return ask(as_ana, "patch", "item-detail", *path, body={"revision": revision, **values})

    assert of(2, from_step=2).json()["item"]["from_step"] == 2
    assert faults(of(3, until_step=1)) == {"until_step": "Name the same stage or a later one."}
    assert faults(of(3, until_step=3)) == {"until_step": "This program has stages 1 to 2."}


def test_nothing_different_keeps_the_revision(as_ana: Client, world: World) -> None:
    assert patch(as_ana, world, name="Morning hips").json()["revision"] == 1
