"""The list of programs: found by kind, condition and weeks around a hip replacement; told by what one go takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from programs.models import Program
from tests import factories
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    """Beside her own program there are three ready-made ones."""
    client.force_login(world.ana)
    walk = factories.make_exercise("Walk", kind="aerobic", duration_minutes=10, repetitions=None, hold_seconds=None)
    roll = factories.make_exercise("Roll", kind="foam_rolling", features=["floor_transfer"])
    before = {"from": -12, "to": 0}
    early = {"approach": "posterior", "from": 0, "to": 6}
    factories.make_program(None, walk, name="Walk before", made_for=["obesity"], meant_for=before)
    factories.make_program(None, walk, name="Walk after", made_for=["tha_posterior"], meant_for=early)
    factories.make_program(None, roll, name="Roll on", made_for=["osteoporosis", "obesity"], meant_for={"from": 12})
    factories.make_program(None, roll, name="Cleared", made_for=["tha_cleared"])
    return client


def names(response: Any) -> list[str]:
    assert response.status_code == 200
    return [card["program"].name for card in response.context["cards"]]


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Cleared", "Morning hips", "Roll on", "Walk after", "Walk before"]),
        ("kind=aerobic", ["Walk after", "Walk before"]),
        ("kind=foam_rolling", ["Cleared", "Roll on"]),
        ("condition=obesity", ["Roll on", "Walk before"]),
        ("condition=osteoporosis", ["Roll on"]),
        ("condition=tha_posterior&kind=aerobic", ["Walk after"]),
        ("around=before", ["Walk before"]),
        ("around=early", ["Walk after"]),
        ("around=later", []),
        ("around=later&kind=x", []),
        ("around=cleared", ["Cleared"]),
        ("around=before&condition=obesity&kind=aerobic&owner=shared&q=walk&sort=-name", ["Walk before"]),
        ("kind=x&condition='&around=%00&owner=1", ["Cleared", "Morning hips", "Roll on", "Walk after", "Walk before"]),
        ("condition=as_baseline", ["Cleared", "Morning hips", "Roll on", "Walk after", "Walk before"]),
    ],
)
def test_program_list_is_narrowed_by(as_ana: Client, query: str, found: list[str]) -> None:
    assert names(as_ana.get(f"{reverse('programs:program_list')}?{query}")) == found


def test_a_card_says_what_one_go_takes_and_for_whom(as_ana: Client) -> None:
    text = said(as_ana.get(f"{reverse('programs:program_list')}?around=early"))

    for words in (
        "Weeks 0 to 6 after a hip replacement",
        "Checked for: Hip replacement, posterior approach",
        "1 exercise · about 10 min · no floor",
        "Aerobic",
    ):
        assert words in text
    assert "In the 12 weeks before a hip replacement" in said(
        as_ana.get(f"{reverse('programs:program_list')}?around=before")
    )


def test_a_card_of_a_program_that_builds_up_counts_its_stages_apart(as_ana: Client, world: World) -> None:
    walk = factories.make_exercise("Long walk", kind="aerobic", repetitions=None, hold_seconds=None)
    steps = [{"title": "One", "weeks": 2}, {"title": "Two", "weeks": 2}, {"title": "Three"}]
    program = factories.make_program(world.harbour, walk, walk, walk, name="Builds up", steps=steps)
    for number, item in enumerate(program.items.all(), 1):
        item.from_step, item.until_step, item.duration_minutes = number, number if number < 3 else None, 10 * number
        item.save()

    text = said(as_ana.get(f"{reverse('programs:program_list')}?q=builds"))

    assert "1 exercise · 10 to 30 min · no floor · 3 stages" in text


def test_nothing_fits_says_what_to_do(as_ana: Client, world: World) -> None:
    text = said(as_ana.get(f"{reverse('programs:program_list')}?around=later"))
    assert "No program fits" in text
    assert "Take one filter away" in text

    Program.objects.all().delete()
    assert "No programs yet" in said(as_ana.get(reverse("programs:program_list")))


def test_a_draft_is_not_in_the_list(as_ana: Client, world: World) -> None:
    Program.objects.create(clinic=world.harbour, name="A draft", prescription=world.prescription)

    assert "A draft" not in names(as_ana.get(reverse("programs:program_list")))


def test_all_filters_together_take_few_statements(as_ana: Client, django_assert_max_num_queries: Any) -> None:
    query = "kind=aerobic&condition=obesity&around=before&q=walk&owner=shared"
    with django_assert_max_num_queries(8):
        as_ana.get(f"{reverse('programs:program_list')}?{query}")


# --- What a ready-made program was checked for ---------------------------------------------------------------


def detail(client: Client, program: Program) -> str:
    return said(client.get(reverse("programs:program_detail", args=[program.pk])))


def test_a_ready_made_program_says_which_cautions_remain(as_ana: Client) -> None:
    roll = Program.objects.get(name="Roll on")

    text = detail(as_ana, roll)

    assert "Checked for: Obesity (BMI 30 or more), Osteoporosis or osteopenia." in text
    assert "Nothing is to be avoided; 2 cautions remain" in text
    assert "<strong>Obesity (BMI 30 or more) · getting down to the floor</strong>: Roll" in text


def test_it_says_so_when_the_library_has_changed_since(as_ana: Client) -> None:
    roll = Program.objects.get(name="Roll on")
    exercise = roll.items.get().exercise
    exercise.features = ["spinal_flexion_load"]
    exercise.save()

    assert "something is to be avoided now" in detail(as_ana, roll)


def test_a_program_without_conditions_is_checked_for_as_alone(as_ana: Client, world: World) -> None:
    plain = factories.make_program(None, world.exercises[0], name="Plain")

    text = detail(as_ana, plain)

    assert "Checked for AS without further conditions. Nothing in it asks for caution then." in text
    assert "Checked for" not in detail(as_ana, world.program)
