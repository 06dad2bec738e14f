"""The program list, making programs, and the builder without a line of JavaScript."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.models import Exercise
from programs.models import Program, ProgramItem
from programs.services import programs
from tests import factories
from tests.factories import NOW
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


def said(response: Any) -> str:
    """The page's text with every run of white space as one space."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def names(program: Program) -> list[str]:
    return [item.exercise.name for item in program.items.select_related("exercise")]


def revision(program: Program) -> int:
    program.refresh_from_db()
    return program.revision


def post(client: Client, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"programs:{name}", args=args), data)


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- The list ------------------------------------------------------------------------------------------------


def test_program_list_shows_our_own_and_the_ready_made_ones(as_ana: Client, world: World) -> None:
    factories.make_program(None, world.exercises[0], name="Shared start")
    factories.make_program(world.hill, name="Hidden at the hill")
    archived = factories.make_program(world.harbour, name="Put away")
    programs.archive(actor=world.ana, program=archived, now=NOW)

    text = said(as_ana.get(reverse("programs:program_list")))

    assert re.findall(r'stretched-link" href="[^"]+">([^<]+)<', text) == ["Morning hips", "Shared start"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=HIPS", ["Morning hips"]),
        ("q=start+two", ["Start two"]),
        ("owner=shared", ["Shared"]),
        ("owner=own&sort=-name", ["Start two", "Start one", "Morning hips"]),
        ("q=%25", []),
        ("q=%00", ["Morning hips", "Shared", "Start one", "Start two"]),
        ("sort=user__password&owner=x", ["Morning hips", "Shared", "Start one", "Start two"]),
        ("page=99999999999999999999999999", ["Morning hips", "Shared", "Start one", "Start two"]),
        ("page=NaN", ["Morning hips", "Shared", "Start one", "Start two"]),
    ],
)
def test_program_list_is_searched_sorted_and_never_trips(
    as_ana: Client, world: World, query: str, found: list[str]
) -> None:
    factories.make_program(None, name="Shared")
    factories.make_program(world.harbour, name="Start one")
    factories.make_program(world.harbour, name="Start two")

    response = as_ana.get(f"{reverse('programs:program_list')}?{query}")

    assert response.status_code == 200
    assert [card["program"].name for card in response.context["cards"]] == found


def test_program_list_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    address = reverse("programs:program_list")
    for _ in range(2):
        factories.make_program(world.harbour, *world.exercises)
    few = statements(as_ana, address)
    for _ in range(27):
        factories.make_program(world.harbour, *world.exercises)

    assert statements(as_ana, address) == few
    assert few <= 8


def test_program_list_offers_the_way_back_after_archiving(as_ana: Client, world: World) -> None:
    response = as_ana.post(reverse("programs:program_archive", args=[world.program.pk]), follow=True)
    assert "“Morning hips” is archived" in said(response)

    post(as_ana, "program_archive", world.program.pk, restore="1")

    assert Program.objects.current().filter(pk=world.program.pk).exists()


# --- Making and naming ---------------------------------------------------------------------------------------


def test_program_create_leads_to_its_builder_and_is_safe_to_repeat(as_ana: Client, world: World) -> None:
    page = as_ana.get(reverse("programs:program_create"))
    data = {"name": "Frühling", "summary": "", "key": page.context["form"]["key"].value()}

    first = post(as_ana, "program_create", **data)
    second = post(as_ana, "program_create", **data)

    made = Program.objects.get(name="Frühling")
    assert first.url == second.url == reverse("programs:program_detail", args=[made.pk])


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b", "\u202egnp", "---"])
def test_program_create_keeps_what_was_typed(as_ana: Client, name: str) -> None:
    response = post(as_ana, "program_create", name=name, summary="Kept <b>words</b>")

    assert response.status_code == 422
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in said(response)
    assert Program.objects.count() == 1


def test_program_copy_of_a_ready_made_one_can_be_changed(as_ana: Client, world: World) -> None:
    shared = factories.make_program(None, *world.exercises[:2], name="Ready")
    refused = post(as_ana, "item_add", shared.pk, exercise=world.exercises[3].pk, revision=1)
    assert refused.status_code == 403

    response = post(as_ana, "program_copy", shared.pk)

    copy = Program.objects.get(name="Ready (copy)")
    assert response.url == reverse("programs:program_detail", args=[copy.pk])
    assert post(as_ana, "item_add", copy.pk, exercise=world.exercises[3].pk, revision=1).status_code == 302
    assert len(names(copy)) == 3


# --- The builder without JavaScript --------------------------------------------------------------------------


def test_builder_works_by_plain_forms(as_ana: Client, world: World) -> None:
    """Add, dose, move, remove, undo: each form on the page, posted as a browser without scripts would."""
    program = world.program
    page = said(as_ana.get(reverse("programs:program_detail", args=[program.pk])))
    assert page.count(f'name="revision" value="{program.revision}"') >= 3 * 3
    first = program.items.first()

    added = post(as_ana, "item_add", program.pk, exercise=world.exercises[3].pk, revision=1)
    assert added.status_code == 302
    assert added.url.startswith(reverse("programs:program_detail", args=[program.pk]) + "#item-")
    post(as_ana, "item_update", program.pk, first.pk, revision=2, repetitions="5", hold_seconds="20", note="Left")
    post(as_ana, "item_move", program.pk, first.pk, revision=3, direction="down")
    post(as_ana, "item_remove", program.pk, first.pk, revision=4)
    assert names(program) == ["Cross-body stretch", "Trunk bend", "Calm breathing"]

    post(as_ana, "program_undo", program.pk, revision=5)

    assert names(program) == ["Cross-body stretch", "Standing hip stretch", "Trunk bend", "Calm breathing"]
    first = ProgramItem.objects.get(pk=first.pk)
    assert (first.repetitions, first.hold_seconds, first.note) == (5, 20, "Left")

    for number in (6, 7, 8):
        post(as_ana, "program_undo", program.pk, revision=number)
    assert names(program) == ["Standing hip stretch", "Cross-body stretch", "Trunk bend"]
    response = post(as_ana, "program_undo", program.pk, revision=9)
    assert "nothing to take back" in said(response)
    assert revision(program) == 9


def test_builder_search_works_by_address(as_ana: Client, world: World) -> None:
    response = as_ana.get(reverse("programs:program_detail", args=[world.program.pk]), {"kind": "breathing"})

    assert [exercise.name for exercise in response.context["picks"].rows] == ["Calm breathing"]


def test_item_update_with_a_fault_keeps_what_was_typed(as_ana: Client, world: World) -> None:
    item = world.program.items.first()

    response = post(as_ana, "item_update", world.program.pk, item.pk, revision=1, repetitions="1e309", note="Keep <me>")

    text = said(response)
    assert response.status_code == 422
    assert "Repetitions: Enter a whole number from 1 to 100." in text
    assert 'value="1e309"' in text
    assert "Keep &lt;me&gt;" in text
    item.refresh_from_db()
    assert (item.repetitions, item.note, revision(world.program)) == (3, "", 1)


def test_a_conflict_shows_the_fresh_state_and_overwrites_nothing(as_ana: Client, world: World) -> None:
    item = world.program.items.first()
    post(as_ana, "item_update", world.program.pk, item.pk, revision=1, repetitions="8")

    response = post(as_ana, "item_update", world.program.pk, item.pk, revision=1, repetitions="2")

    text = said(response)
    assert response.status_code == 409
    assert "Nothing was overwritten" in text
    assert 'name="repetitions" value="8"' in text
    item.refresh_from_db()
    assert item.repetitions == 8


def test_item_add_refuses_what_this_clinic_cannot_use(as_ana: Client, world: World) -> None:
    theirs = factories.make_exercise("Theirs", clinic=world.hill)
    draft = factories.make_exercise("Draft", state="draft")

    for exercise in (theirs.pk, draft.pk, "x", "\x00", ""):
        response = post(as_ana, "item_add", world.program.pk, exercise=exercise, revision=1)
        assert response.status_code == 422

    assert revision(world.program) == 1


def test_items_of_another_program_are_not_found(as_ana: Client, world: World) -> None:
    other = factories.make_program(world.hill, world.exercises[0])
    item = other.items.get()

    for name in ("item_update", "item_move", "item_remove"):
        assert post(as_ana, name, world.program.pk, item.pk, revision=1, direction="up").status_code == 404
        assert post(as_ana, name, other.pk, item.pk, revision=1, direction="up").status_code == 404


def test_writes_want_post(as_ana: Client, world: World) -> None:
    item = world.program.items.first()

    for name, args in (
        ("item_add", []),
        ("item_update", [item.pk]),
        ("item_move", [item.pk]),
        ("item_remove", [item.pk]),
        ("program_undo", []),
        ("program_copy", []),
        ("program_archive", []),
    ):
        address = reverse(f"programs:{name}", args=[world.program.pk, *args])
        assert as_ana.get(address).status_code == 405


# --- With htmx -----------------------------------------------------------------------------------------------


def htmx(client: Client, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"programs:{name}", args=args), data, headers={"HX-Request": "true"})


def test_htmx_answers_hold_only_what_differs(as_ana: Client, world: World) -> None:
    item = world.program.items.first()

    added = htmx(as_ana, "item_add", world.program.pk, exercise=world.exercises[3].pk, revision=1)
    saved = htmx(as_ana, "item_update", world.program.pk, item.pk, revision=2, repetitions="9")

    assert (added["HX-Retarget"], added["HX-Reswap"]) == ("#program-items", "beforeend")
    assert said(added).count('<li class="exercise-row builder-item"') == 1
    assert saved["HX-Reswap"] == "none"
    assert "builder-item" not in said(saved)
    assert f'id="saved-{item.pk}"' not in said(saved)
    assert '"revision": 3' in saved["HX-Trigger-After-Swap"]


def test_htmx_fault_comes_back_as_the_one_row(as_ana: Client, world: World) -> None:
    item = world.program.items.first()

    response = htmx(as_ana, "item_update", world.program.pk, item.pk, revision=1, repetitions="999")

    assert (response.status_code, response["HX-Retarget"]) == (422, f"#item-{item.pk}")
    assert said(response).count('<li class="exercise-row builder-item"') == 1


def test_htmx_conflict_brings_the_whole_panel(as_ana: Client, world: World) -> None:
    response = htmx(as_ana, "item_remove", world.program.pk, world.program.items.first().pk, revision=7)

    assert (response.status_code, response["HX-Retarget"]) == (409, "#builder-panel")
    assert said(response).count('<li class="exercise-row builder-item"') == 3


# --- For a patient -------------------------------------------------------------------------------------------


def test_builder_shows_safety_for_a_patient_on_items_and_library(as_ana: Client, world: World) -> None:
    address = reverse("programs:program_detail", args=[world.program.pk])

    with_dan = said(as_ana.get(address, {"patient": world.dan.pk}))
    without = said(as_ana.get(address))

    assert with_dan.count("Osteoporosis or osteopenia · loaded bending of the spine") == 2
    assert "Osteoporosis" not in without


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("finn", 404)])
def test_builder_shows_no_safety_for_somebody_elses_patient(
    as_ana: Client, world: World, who: str, status: int
) -> None:
    address = reverse("programs:program_detail", args=[world.program.pk])

    assert as_ana.get(address, {"patient": getattr(world, who).pk}).status_code == status
    assert as_ana.get(address, {"patient": "' OR 1=1--"}).status_code == 404


def test_picker_shows_no_safety_for_somebody_elses_patient(as_ana: Client, world: World) -> None:
    factories.make_condition(world.eve, "osteoporosis")
    address = reverse("exercises:exercise_picker")

    own = said(as_ana.get(address, {"patient": world.dan.pk, "program": world.program.pk}))
    other = said(as_ana.get(address, {"patient": world.eve.pk, "program": world.program.pk}))

    assert "Osteoporosis" in own
    assert f"?patient={world.dan.pk}" in own
    assert "Osteoporosis" not in other
    assert str(world.eve.pk) not in other


@pytest.mark.parametrize("with_patient", [False, True])
def test_builder_takes_the_same_statements_for_any_number(as_ana: Client, world: World, with_patient: bool) -> None:
    exercises = [factories.make_exercise(features=["floor_transfer"]) for _ in range(30)]
    few = factories.make_program(world.harbour, *exercises[:3])
    many = factories.make_program(world.harbour, *exercises)
    query = f"?patient={world.dan.pk}" if with_patient else ""

    counts = [
        statements(as_ana, reverse("programs:program_detail", args=[program.pk]) + query) for program in (few, many)
    ]

    assert counts[0] == counts[1]
    assert counts[0] <= 15


def test_program_assign_lists_the_therapists_own_patients(as_ana: Client, world: World) -> None:
    address = reverse("programs:program_assign", args=[world.program.pk])

    text = said(as_ana.get(address))
    nobody = said(as_ana.get(address, {"q": "\x00eve"}))

    assert f"{reverse('programs:assign', args=[world.dan.pk])}?program={world.program.pk}" in text
    assert "Canaryeve" not in text + nobody


def test_a_retired_exercise_stays_in_its_program(as_ana: Client, world: World) -> None:
    Exercise.objects.filter(pk=world.exercises[0].pk).update(state="retired")

    response = as_ana.get(reverse("programs:program_detail", args=[world.program.pk]))

    assert "Standing hip stretch" in said(response)
