"""The builder for drafts: the same page and the same changes, always for the draft's own patient."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import AuditEvent
from programs.enums import Rating
from programs.models import Program
from tests import factories
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


def said(response: Any) -> str:
    """The page's text with every run of white space as one space."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def draft(world: World) -> Program:
    return factories.make_program(
        world.harbour, world.exercises[2], name="Hips in the morning", prescription=world.prescription
    )


def post(client: Client, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"programs:{name}", args=args), data)


def test_draft_opens_in_the_builder_with_its_patient(as_ana: Client, world: World, draft: Program) -> None:
    read = AuditEvent.objects.filter(verb="prescription.read", patient=world.dan)
    before = read.count()

    response = as_ana.get(reverse("programs:program_detail", args=[draft.pk]))

    text = said(response)
    assert "Checked for Dan Canarydan" in text
    assert reverse("programs:prescription_detail", args=[world.prescription.pk]) in text
    assert "Osteoporosis or osteopenia · " in text  # the trunk bend is rated for Dan
    assert read.count() == before + 1


def test_draft_keeps_its_patient_whatever_the_address_says(as_ana: Client, world: World, draft: Program) -> None:
    address = reverse("programs:program_detail", args=[draft.pk])

    response = as_ana.get(f"{address}?patient={world.eve.pk}")

    assert response.context["patient"] == world.dan


def test_draft_is_for_the_care_team_alone(client: Client, world: World, draft: Program) -> None:
    for stranger in (world.ben, world.chloe):
        client.force_login(stranger)
        assert client.get(reverse("programs:program_detail", args=[draft.pk])).status_code == 404
        added = post(client, "item_add", draft.pk, exercise=world.exercises[0].pk, revision=1)
        assert added.status_code == 404
    assert draft.items.count() == 1


def test_draft_changes_like_a_program_and_is_no_template(as_ana: Client, world: World, draft: Program) -> None:
    added = post(as_ana, "item_add", draft.pk, exercise=world.exercises[0].pk, revision=1)
    assert added.status_code == 302
    assert draft.items.count() == 2

    for name in ("program_copy", "program_archive"):
        assert post(as_ana, name, draft.pk).status_code == 404
    draft.refresh_from_db()
    assert draft.archived_at is None


# --- Undo and redo, grouping, copying -------------------------------------------------------------------------


def names(program: Program) -> list[str]:
    return [item.exercise.name for item in program.items.select_related("exercise")]


def htmx(client: Client, name: str, /, *args: Any, query: str = "", **data: Any) -> Any:
    return client.post(reverse(f"programs:{name}", args=args) + query, data, headers={"HX-Request": "true"})


def test_every_change_is_taken_back_and_made_again(as_ana: Client, world: World, draft: Program) -> None:
    """Without scripts, change by change: back to the beginning and forward to the end."""
    item = draft.items.get()
    post(as_ana, "item_update", draft.pk, item.pk, revision=1, repetitions="7", sides="left")
    post(as_ana, "item_variant", draft.pk, item.pk, revision=2, variant="easy", present="on", repetitions="3")
    post(as_ana, "item_core", draft.pk, item.pk, revision=3, is_core="on")
    post(
        as_ana,
        "item_alternatives",
        draft.pk,
        item.pk,
        revision=4,
        situation="no_floor",
        exercise=world.exercises[3].pk,
    )
    post(as_ana, "item_double", draft.pk, item.pk, revision=5)
    post(as_ana, "item_remove", draft.pk, item.pk, revision=6)
    after = list(draft.items.values("exercise", "repetitions", "side", "is_core", "variants", "order"))

    for revision in range(7, 13):
        assert post(as_ana, "program_undo", draft.pk, revision=revision).status_code == 200
    first = draft.items.get()
    assert (first.pk, first.repetitions, first.side, first.is_core, first.variants) == (item.pk, 3, "", False, {})
    assert not first.alternatives.exists()
    assert "nothing to take back" in said(post(as_ana, "program_undo", draft.pk, revision=13))

    for revision in range(13, 19):
        assert post(as_ana, "program_redo", draft.pk, revision=revision).status_code == 200
    assert list(draft.items.values("exercise", "repetitions", "side", "is_core", "variants", "order")) == after
    assert list(draft.items.values_list("alternatives__situation", flat=True)) == ["no_floor"]
    assert "nothing to make again" in said(post(as_ana, "program_redo", draft.pk, revision=19))


def test_a_new_change_ends_what_can_be_made_again(as_ana: Client, world: World) -> None:
    item = world.program.items.first()
    post(as_ana, "item_move", world.program.pk, item.pk, revision=1, direction="down")
    post(as_ana, "program_undo", world.program.pk, revision=2)
    post(as_ana, "item_update", world.program.pk, item.pk, revision=3, repetitions="9")

    response = post(as_ana, "program_redo", world.program.pk, revision=4)

    assert "nothing to make again" in said(response)
    assert names(world.program)[0] == "Standing hip stretch"


def test_undo_does_not_overwrite_what_a_colleague_did_since(client: Client, world: World) -> None:
    item = world.program.items.first()
    client.force_login(world.ana)
    post(client, "item_update", world.program.pk, item.pk, revision=1, repetitions="9")
    ben = Client()
    ben.force_login(world.ben)
    post(ben, "item_update", world.program.pk, item.pk, revision=2, repetitions="5")

    response = post(client, "program_undo", world.program.pk, revision=3)

    assert response.status_code == 409
    item.refresh_from_db()
    assert item.repetitions == 5


def test_group_by_position_says_what_it_saves(as_ana: Client, world: World) -> None:
    low = [factories.make_exercise(name, facets={"position": ["supine"]}) for name in ("Bridge", "Clam")]
    program = factories.make_program(world.harbour, low[0], world.exercises[0], low[1])
    assert "saves 1 way down" in said(as_ana.get(reverse("programs:program_detail", args=[program.pk])))

    post(as_ana, "program_group", program.pk, revision=1)

    assert names(program) == ["Bridge", "Clam", "Standing hip stretch"]
    page = said(as_ana.get(reverse("programs:program_detail", args=[program.pk])))
    assert "Group by position" not in page
    post(as_ana, "program_undo", program.pk, revision=2)
    assert names(program) == ["Bridge", "Standing hip stretch", "Clam"]


def test_ticked_items_of_another_program_are_copied(as_ana: Client, world: World, draft: Program) -> None:
    first, second, _ = world.program.items.all()
    address = f"{reverse('programs:program_take', args=[draft.pk])}?from={world.program.pk}"
    page = said(as_ana.get(address))
    assert "Cross-body stretch" in page
    assert "Osteoporosis or osteopenia · loaded bending of the spine" in page  # rated for the draft's patient

    none = as_ana.post(address, {"revision": 1})
    assert (none.status_code, "Tick at least one exercise." in said(none)) == (422, True)
    assert as_ana.post(address, {"revision": 1, "items": [draft.items.get().pk]}).status_code == 422
    copied = as_ana.post(address, {"revision": 1, "items": [first.pk, second.pk]})

    assert copied.status_code == 302
    assert names(draft) == ["Trunk bend", "Standing hip stretch", "Cross-body stretch"]
    assert as_ana.post(address, {"revision": 1, "items": [first.pk]}).status_code == 409


@pytest.mark.parametrize("source", ["x", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_nothing_is_taken_from_a_program_that_one_may_not_read(as_ana: Client, world: World, source: str) -> None:
    theirs = factories.make_program(world.hill, world.exercises[0])
    address = reverse("programs:program_take", args=[world.program.pk])

    for wanted in (source, theirs.pk):
        assert as_ana.get(address, {"from": wanted}).status_code == 404
        assert as_ana.post(f"{address}?from={wanted}", {"revision": 1}).status_code == 404
    assert as_ana.post(address, {"revision": 1}).status_code == 404


# --- Usual doses ----------------------------------------------------------------------------------------------


def test_usual_dose_is_kept_used_and_forgotten(as_ana: Client, world: World) -> None:
    item = world.program.items.first()
    post(as_ana, "item_update", world.program.pk, item.pk, revision=1, repetitions="5", sides="right", note="Ours")
    post(as_ana, "item_usual", world.program.pk, item.pk, revision=2, do="save")

    added = htmx(as_ana, "item_add", world.program.pk, exercise=world.exercises[0].pk, revision=2)
    assert "with your usual dose" in added["HX-Trigger-After-Swap"]
    last = world.program.items.last()
    assert (last.repetitions, last.side, last.note) == (5, "right", "")

    post(as_ana, "item_update", world.program.pk, last.pk, revision=3, repetitions="2")
    post(as_ana, "item_usual", world.program.pk, last.pk, revision=4, do="use")
    last.refresh_from_db()
    assert (last.repetitions, last.side) == (5, "right")

    post(as_ana, "item_usual", world.program.pk, last.pk, revision=5, do="forget")
    post(as_ana, "item_add", world.program.pk, exercise=world.exercises[0].pk, revision=5)
    assert world.program.items.last().repetitions == 3


# --- Bad days and alternatives --------------------------------------------------------------------------------


def test_variants_stand_side_by_side_and_are_saved_cell_by_cell(as_ana: Client, world: World, draft: Program) -> None:
    item = draft.items.get()
    address = reverse("programs:program_variants", args=[draft.pk])
    page = said(as_ana.get(address))
    for word in ("Normal", "Easy", "Flare", "Core", "side=variants"):
        assert word in page

    saved = htmx(
        as_ana,
        "item_variant",
        draft.pk,
        item.pk,
        query="?side=variants",
        revision=1,
        variant="easy",
        present="on",
        hold_seconds="10",
    )

    assert (saved.status_code, saved["HX-Reswap"]) == (200, "none")
    item.refresh_from_db()
    assert item.variants == {"easy": {"hold_seconds": 10}}
    refused = htmx(
        as_ana, "item_variant", draft.pk, item.pk, query="?side=variants", revision=2, variant="easy", repetitions="0"
    )
    assert refused.status_code == 422
    assert "What is done on a bad day" in said(refused)
    plain = as_ana.post(
        reverse("programs:item_variant", args=[draft.pk, item.pk]) + "?side=variants",
        {"revision": 2, "variant": "flare"},
    )
    assert plain.url == f"{address}?patient={world.dan.pk}#item-{item.pk}"


def test_a_fourth_star_is_refused_in_words(as_ana: Client, world: World) -> None:
    program = factories.make_program(world.harbour, *[world.exercises[0]] * 4)
    for number, item in enumerate(program.items.all(), start=1):
        response = post(as_ana, "item_core", program.pk, item.pk, revision=number, is_core="on")

    assert response.status_code == 422
    assert "at most 3 exercises" in said(response)


def test_alternatives_are_suggested_from_the_library_with_their_own_rating(
    as_ana: Client, world: World, draft: Program
) -> None:
    calm, bend = world.exercises[3], factories.make_exercise("Deep bend", features=["spinal_flexion_load"])
    jump = factories.make_exercise("Jump", features=["high_impact"])
    exercise = world.exercises[2]
    exercise.neighbours = {"at_work": calm.code, "no_floor": jump.code, "easier": bend.code}
    exercise.save()
    item = draft.items.get()
    address = reverse("programs:item_alternatives", args=[draft.pk, item.pk])

    response = as_ana.get(address, headers={"HX-Request": "true"})

    offered = {one.situation: [found.exercise for found in one.suggested] for one in response.context["allowed"]}
    left_out = [found.exercise for found in response.context["left_out"]]
    assert offered["at_work"] == [calm]
    assert (offered["no_floor"], offered["no_roller"], left_out) == ([jump], [], [bend])
    assert "Not suggested: Deep bend." in said(response)
    assert response.context["allowed"][0].suggested[0].rating is Rating.CAUTION

    plain = said(as_ana.get(address))
    assert "hx-post" not in plain.split('<section class="stand-ins"')[1].split("</section>")[0]
    approved = htmx(as_ana, "item_alternatives", draft.pk, item.pk, revision=1, situation="at_work", exercise=calm.pk)
    assert "Calm breathing" in said(approved)
    assert [(row.situation, row.exercise) for row in item.alternatives.all()] == [("at_work", calm)]
    post(as_ana, "item_alternatives", draft.pk, item.pk, revision=2, situation="at_work", exercise="")
    assert not item.alternatives.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"situation": "at_work", "exercise": "x"},
        {"situation": "at_work", "exercise": "00000000-0000-0000-0000-000000000000"},
        {"situation": "at_home"},
        {"situation": "\x00"},
        {},
    ],
)
def test_an_alternative_that_does_not_exist_is_refused(
    as_ana: Client, world: World, draft: Program, data: dict[str, Any]
) -> None:
    response = post(as_ana, "item_alternatives", draft.pk, draft.items.get().pk, revision=1, **data)

    assert response.status_code == 422


def test_an_exercise_does_not_stand_in_for_itself(as_ana: Client, world: World, draft: Program) -> None:
    item = draft.items.get()
    data = {"situation": "at_work", "exercise": item.exercise_id}

    assert post(as_ana, "item_alternatives", draft.pk, item.pk, revision=1, **data).status_code == 422


# --- Own days, stages, preview --------------------------------------------------------------------------------


def test_own_days_times_and_stages_of_an_item(as_ana: Client, world: World) -> None:
    program, item = world.program, world.program.items.first()
    Program.objects.filter(pk=program.pk).update(
        slots=["07:30", "19:00"], steps=[{"title": "Weeks 1-4", "weeks": 4}, {"title": "Then"}]
    )

    said_in = {"own": "every_days", "every_days": "2", "slots": ["19:00"], "from_step": "2", "until_step": ""}
    post(as_ana, "item_update", program.pk, item.pk, revision=1, repetitions="3", hold_seconds="30", **said_in)

    item.refresh_from_db()
    assert (item.every_days, item.weekdays, item.slots, item.from_step, item.until_step) == (
        2,
        None,
        ["19:00"],
        2,
        None,
    )
    page = said(as_ana.get(reverse("programs:program_detail", args=[program.pk])))
    assert "every other day" in page
    assert "Then to the end" in page
    assert "Weeks 1-4: 3 min" in page  # two of the three exercises


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Standing hip stretch", "Cross-body stretch", "Trunk bend"]),
        ("?variant=easy", ["Standing hip stretch", "Trunk bend"]),
        ("?variant=flare", ["Trunk bend"]),
        ("?variant=x&stage=99&patient=", ["Standing hip stretch", "Cross-body stretch", "Trunk bend"]),
    ],
)
def test_preview_shows_a_variant_as_the_patient_sees_it(
    as_ana: Client, world: World, query: str, shown: list[str]
) -> None:
    world.program.items.filter(order=1).update(variants={"easy": {"in": False}})
    world.program.items.filter(order=2).update(is_core=True)

    response = as_ana.get(reverse("programs:program_preview", args=[world.program.pk]) + query)

    assert [item.exercise.name for item, _ in response.context["lines"]] == shown


# --- Budgets --------------------------------------------------------------------------------------------------


def spent(client: Client, name: str, /, *args: Any, query: str = "", **data: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert htmx(client, name, *args, query=query, **data).status_code == 200
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


BUDGET = {"add": 18, "update": 16, "move": 14, "variant": 16, "remove": 18, "undo": 20, "redo": 22}


@pytest.mark.parametrize("size", [3, 30])
def test_each_change_takes_few_statements_whatever_the_size(as_ana: Client, world: World, size: int) -> None:
    """What a change costs beside signing in, for a patient: a fixed number, small for adding."""
    program = factories.make_program(world.harbour, *[world.exercises[n % 3] for n in range(size)])
    item, query = program.items.first(), f"?patient={world.dan.pk}"
    htmx(as_ana, "item_add", program.pk, exercise=world.exercises[3].pk, revision=1)

    costs = {
        "add": spent(as_ana, "item_add", program.pk, exercise=world.exercises[3].pk, revision=2, query=query),
        "update": spent(as_ana, "item_update", program.pk, item.pk, revision=3, repetitions="9", query=query),
        "move": spent(as_ana, "item_move", program.pk, item.pk, revision=4, position="1", query=query),
        "variant": spent(
            as_ana, "item_variant", program.pk, item.pk, revision=5, variant="easy", query=f"{query}&side=variants"
        ),
        "remove": spent(as_ana, "item_remove", program.pk, item.pk, revision=6, query=query),
        "undo": spent(as_ana, "program_undo", program.pk, revision=7, query=query),
        "redo": spent(as_ana, "program_redo", program.pk, revision=8, query=query),
    }

    assert {name: cost for name, cost in costs.items() if cost > BUDGET[name]} == {}
