"""The library for one patient, and the builder's picker while it is looked at for one."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.models import Exercise, ShelfMark
from exercises.search import search_line
from patients.conditions import Condition
from patients.models import AuditEvent
from tests import factories
from tests.factories import NOW
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
HTMX = {"HX-Request": "true"}
CARDS = re.compile(r'class="stretched-link"\s+href="[^"]*">([^<]+)<')


def said(response: Any) -> str:
    """The page's text with every run of white space as one space."""
    return " ".join(response.content.decode().split())


def toggled(response: Any, name: str) -> dict[str, tuple[str, bool]]:
    """The choices of a toggle: their numbers, and whether they are on."""
    inputs = re.findall(rf'name="{name}" value="(\w+)"[^>]*?( checked)?><span>.*?<small[^>]*>(\d+)<', said(response))
    return {value: (number, bool(checked)) for value, checked, number in inputs}


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    for exercise in world.exercises:
        Exercise.objects.filter(pk=exercise.pk).update(search_text=search_line(exercise.name, [], [], exercise.code))
    client.force_login(world.ana)
    return client


@pytest.fixture
def address(world: World) -> str:
    return reverse("programs:patient_library", args=[world.dan.pk])


@pytest.fixture
def picker(world: World) -> str:
    return reverse("programs:patient_picker", args=[world.dan.pk])


def test_library_for_a_patient_says_what_speaks_against_each_exercise(as_ana: Client, address: str) -> None:
    response = as_ana.get(address)

    text = said(response)
    assert "Library for Dan" in text
    assert "Each exercise is checked against: Osteoporosis or osteopenia." in text
    assert text.count("Osteoporosis or osteopenia · loaded bending of the spine") == 1
    assert CARDS.findall(response.content.decode()) == [
        "Calm breathing",
        "Cross-body stretch",
        "Standing hip stretch",
        "Trunk bend",
    ]
    assert toggled(response, "safe") == {"allow": ("3", False), "caution": ("3", False)}


@pytest.mark.parametrize("level", ["allow", "caution"])
def test_library_for_a_patient_shows_the_safe_ones_alone(as_ana: Client, address: str, level: str) -> None:
    response = as_ana.get(address, {"safe": level})

    assert CARDS.findall(response.content.decode()) == ["Calm breathing", "Cross-body stretch", "Standing hip stretch"]
    assert toggled(response, "safe")[level] == ("3", True)
    chip = {"allow": "No warning", "caution": "Nothing to avoid"}[level]
    assert f'aria-label="Remove {chip}"' in said(response)


def test_library_for_a_patient_follows_their_conditions(as_ana: Client, world: World, address: str) -> None:
    factories.make_condition(world.dan, Condition.THA_CLEARED)
    cautious = said(as_ana.get(address, {"safe": "allow"}))
    factories.make_condition(world.dan, Condition.FEVER_OR_INFECTION)
    nothing = as_ana.get(address, {"safe": "caution"})

    assert "Cross-body stretch" not in cautious
    assert CARDS.findall(nothing.content.decode()) == []
    assert "Nothing fits this search" in said(nothing)


def test_library_for_a_patient_keeps_its_address_and_the_patient_on_the_way(
    as_ana: Client, world: World, address: str
) -> None:
    response = as_ana.get(address, {"q": "stretch", "safe": "allow", "kind": "stretching"}, headers=HTMX)

    assert response["HX-Replace-Url"] == f"{address}?q=stretch&kind=stretching&safe=allow"
    detail = re.search(r'href="(/library/[^"]*)"', response.content.decode())[1].replace("&amp;", "&")
    assert f"patient={world.dan.pk}" in detail
    html = said(as_ana.get(detail))
    assert f'href="{address}?q=stretch&amp;kind=stretching&amp;safe=allow"' in html


def test_exercise_page_says_what_speaks_against_it_for_ones_own_patient(as_ana: Client, world: World) -> None:
    detail = reverse("exercises:exercise_detail", args=[world.exercises[2].code])
    factories.make_condition(world.eve, Condition.OSTEOPOROSIS)

    assert "Osteoporosis or osteopenia" in said(as_ana.get(detail, {"patient": world.dan.pk}))
    for other in (world.eve.pk, world.finn.pk, "x", ""):
        text = said(as_ana.get(detail, {"patient": other}))
        assert "Osteoporosis" not in text
        assert 'href="/library/"' in text


def test_library_for_a_patient_is_a_read_that_is_written_down(as_ana: Client, world: World, address: str) -> None:
    as_ana.get(address)
    as_ana.get(address, {"q": "hip"}, headers=HTMX)

    assert AuditEvent.objects.filter(verb="patient.read", patient=world.dan).count() == 1


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("finn", 404)])
def test_library_for_somebody_elses_patient_is_refused(as_ana: Client, world: World, who: str, status: int) -> None:
    factories.make_condition(getattr(world, who), Condition.OSTEOPOROSIS)
    for name in ("patient_library", "patient_picker"):
        response = as_ana.get(reverse(f"programs:{name}", args=[getattr(world, who).pk]))
        assert response.status_code == status
        assert "Osteoporosis" not in said(response)


@pytest.mark.parametrize(
    "query",
    ["safe=no", "safe=%00", "safe=allow&safe=x", "q=%E2%80%AE", "q=" + "x" * 10_000, "page=NaN", "mine=%27"],
)
def test_library_for_a_patient_answers_bad_input_calmly(as_ana: Client, address: str, picker: str, query: str) -> None:
    assert {as_ana.get(f"{path}?{query}").status_code for path in (address, picker)} == {200}


def test_retired_and_draft_exercises_are_in_no_patients_library(as_ana: Client, world: World, address: str) -> None:
    Exercise.objects.filter(pk=world.exercises[0].pk).update(state="retired")
    factories.make_exercise("Draft stretch", state="draft")
    ShelfMark.objects.create(user=world.ana, exercise=world.exercises[0], starred_at=NOW)

    text = said(as_ana.get(address))

    assert "Standing hip stretch" not in text
    assert "Draft stretch" not in text
    assert toggled(as_ana.get(address), "mine")["starred"] == ("0", False)


# --- The picker ----------------------------------------------------------------------------------------------


def test_picker_for_a_patient_narrows_to_the_safe_ones(as_ana: Client, world: World, picker: str) -> None:
    everything = as_ana.get(picker, {"program": world.program.pk}, headers=HTMX)
    safe = as_ana.get(picker, {"program": world.program.pk, "safe": "allow"}, headers=HTMX)

    assert "4 exercises" in said(everything)
    assert "3 exercises" in said(safe)
    assert "Osteoporosis" in said(everything)
    assert "Osteoporosis" not in said(safe)
    assert toggled(safe, "safe") == {"allow": ("3", True), "caution": ("3", False)}
    assert f"/items/add/?patient={world.dan.pk}" in said(safe)


def test_builder_for_a_patient_asks_the_picker_of_that_patient(as_ana: Client, world: World, picker: str) -> None:
    builder = reverse("programs:program_detail", args=[world.program.pk])

    with_dan = as_ana.get(builder, {"patient": world.dan.pk, "safe": "allow", "q": "stretch"})
    without = as_ana.get(builder, {"safe": "allow"})

    assert f'hx-get="{picker}"' in said(with_dan)
    assert toggled(with_dan, "safe")["allow"] == ("2", True)
    assert "2 exercises" in said(with_dan)
    assert f'hx-get="{reverse("exercises:exercise_picker")}"' in said(without)
    assert toggled(without, "safe") == {}
    assert "4 exercises" in said(without)


# --- How much it costs ---------------------------------------------------------------------------------------


def test_library_for_a_patient_takes_the_same_statements_for_any_number(
    as_ana: Client, world: World, address: str, picker: str
) -> None:
    def statements() -> list[int]:
        counts = []
        for path in (address, picker):
            with CaptureQueriesContext(connection) as captured:
                as_ana.get(path, {"safe": "allow", "q": "stretch"}, headers=HTMX)
            counts.append(len(captured))
        return counts

    as_ana.get(address)
    few = statements()
    for number in range(40):
        factories.make_exercise(f"Stretch {number}", search_text=f" stretch {number} | | hip |")
    assert statements() == few
    assert max(few) <= 9  # who is asking (2), the patient and the care team (2), conditions, rows, numbers
