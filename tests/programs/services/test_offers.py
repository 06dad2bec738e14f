"""Which programs are offered first: the weeks around an operation, then what a program was made for."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.conditions import Condition
from patients.models import Surgery
from programs.models import Program
from programs.services.offers import offered, weeks_that_fit
from tests import factories
from tests.factories import TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
EARLY = {"approach": "posterior", "from": 0, "to": 6}
BEFORE = {"from": -12, "to": 0}


def operated(days_ago: int, **fields: Any) -> Surgery:
    values = {"side": "left", "approach": "posterior", "operated_on": TODAY - days_ago * DAY}
    return Surgery(**values | fields)


@pytest.mark.parametrize(
    ("meant_for", "days_ago", "said"),
    [
        (EARLY, 0, "The first week after the hip replacement"),
        (EARLY, 7, "1 week after the hip replacement"),
        (EARLY, 41, "5 weeks after the hip replacement"),
        (EARLY, 42, ""),  # the sixth week belongs to the next program
        (EARLY, -1, ""),
        (BEFORE, -1, "1 week before the hip replacement"),
        (BEFORE, -84, "12 weeks before the hip replacement"),
        (BEFORE, -85, ""),
        (BEFORE, 0, ""),
        ({"from": 6}, 700, "100 weeks after the hip replacement"),
        ({}, 7, ""),
    ],
)
def test_weeks_around_the_operation(meant_for: dict[str, Any], days_ago: int, said: str) -> None:
    assert weeks_that_fit(meant_for, [operated(days_ago)], TODAY) == said


def test_another_approach_and_a_cleared_hip_do_not_fit() -> None:
    assert weeks_that_fit(EARLY, [operated(7, approach="anterior")], TODAY) == ""
    assert weeks_that_fit(EARLY, [operated(20, cleared_on=TODAY)], TODAY) == ""
    assert weeks_that_fit(EARLY, [operated(20, cleared_on=TODAY), operated(8, side="right")], TODAY) != ""


def names(world: World) -> list[str]:
    found = Program.objects.filter(shared=True).with_items().order_by("name")
    return [offer.program.name for offer in offered(list(found), world.dan, TODAY)]


def test_the_ready_made_programs_around_a_new_hip(world: World) -> None:
    call_command("load_library", verbosity=0)
    call_command("load_programs", verbosity=0)
    assert "osteoporosis" in Program.objects.get(name=names(world)[0]).made_for

    row = Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=TODAY + 3 * WEEK)
    assert names(world)[0].startswith("Before the hip replacement")

    Surgery.objects.filter(pk=row.pk).update(operated_on=TODAY - 2 * WEEK)
    assert names(world)[0].startswith("After the hip replacement, weeks 0 to 6")

    Surgery.objects.filter(pk=row.pk).update(operated_on=TODAY - 8 * WEEK)
    assert names(world)[0].startswith("After the hip replacement, weeks 6 to 12")


def test_each_offer_says_what_speaks_against_it(world: World) -> None:
    made_for = factories.make_program(
        world.harbour, world.exercises[0], name="Zzz for bones", made_for=["osteoporosis"]
    )
    bending = factories.make_program(world.harbour, world.exercises[2], name="Aaa bending")
    care = factories.make_program(
        world.harbour, factories.make_exercise("Step", features=["floor_transfer"]), name="Bbb steps"
    )
    rows = Program.objects.filter(pk__in=[made_for.pk, bending.pk, care.pk]).with_items().order_by("name")

    first, second, third = offered(list(rows), world.dan, TODAY)

    assert (first.program, first.why, first.rating) == (made_for, "Made for osteoporosis or osteopenia", "allow")
    assert (second.program, second.why, second.rating, second.avoid) == (bending, "", "avoid", 1)
    assert (third.program, third.rating, third.caution) == (care, "caution", 1)


def test_offers_take_three_statements(world: World) -> None:
    factories.make_condition(world.dan, Condition.RAYNAUD)
    programs = list(Program.objects.with_items())
    with CaptureQueriesContext(connection) as captured:
        offered(programs, world.dan, TODAY)

    assert len(captured) == 3
