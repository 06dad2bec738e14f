"""The exercises of a program by API: added, changed, moved, taken out, and each change taken back."""

from typing import Any

import pytest
from django.test import Client

from config.lib.ids import uuid7
from patients.models import AuditEvent
from programs.models import Program, ProgramItem
from programs.services import usual_doses
from tests import factories
from tests.programs.api.asking import ask, faults
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def items(world: World) -> list[ProgramItem]:
    return list(world.program.items.all())


def add(client: Client, world: World, place: int = 3, **more: Any) -> Any:
    body = {"revision": 1, "exercise": str(world.exercises[place].pk)} | more
    return ask(client, "post", "item-list", world.program.pk, body=body)


def patch(client: Client, item: ProgramItem, revision: int = 1, **values: Any) -> Any:
    return ask(client, "patch", "item-detail", item.program_id, item.pk, body={"revision": revision, **values})


def order(world: World) -> list[str]:
    return list(world.program.items.order_by("order").values_list("exercise__name", flat=True))


# --- Programs ------------------------------------------------------------------------------------------------


def test_a_program_is_begun_once(as_ana: Client, world: World) -> None:
    body = {"id": str(uuid7()), "name": "By API", "summary": "Short"}

    first, again = (ask(as_ana, "post", "program-list", body=body) for _ in range(2))

    assert (first.status_code, first.json()) == (201, again.json())
    assert (first.json()["name"], first.json()["items"], first.json()["revision"]) == ("By API", [], 1)
    assert Program.objects.get(name="By API").created_by == world.ana


def test_an_id_that_is_taken_elsewhere_is_a_conflict(as_ana: Client, world: World) -> None:
    other = factories.make_program(world.hill)

    response = ask(as_ana, "post", "program-list", body={"id": str(other.pk), "name": "Mine"})

    assert response.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": 5}, "name"),
        ({"name": "A", "summary": "x" * 501}, "summary"),
        ({"name": "A", "id": 7}, "id"),
        ({"name": "A", "shared": True}, "shared"),
    ],
)
def test_a_program_with_a_fault_is_not_begun(as_ana: Client, world: World, body: Any, field: str) -> None:
    before = Program.objects.count()

    response = ask(as_ana, "post", "program-list", body=body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert Program.objects.count() == before


def test_a_program_is_renamed_copied_and_put_away(as_ana: Client, world: World) -> None:
    pk = world.program.pk

    named = ask(as_ana, "patch", "program-detail", pk, body={"revision": 1, "name": "Evening hips"}).json()
    copied = ask(as_ana, "post", "program-copy", pk).json()
    ask(as_ana, "post", "program-archive", pk)
    listed = ask(as_ana, "get", "program-list").json()["results"]
    ask(as_ana, "post", "program-restore", pk)

    assert (named["name"], named["revision"]) == ("Evening hips", 2)
    assert (copied["name"], len(copied["items"])) == ("Evening hips (copy)", 3)
    assert [row["name"] for row in listed] == ["Evening hips (copy)"]
    assert ask(as_ana, "get", "program-list").json()["count"] == 2


def test_ready_made_programs_are_copied_and_never_changed(as_ana: Client, world: World) -> None:
    shared = factories.make_program(None, world.exercises[0], name="Ready-made")
    body = {"revision": 1, "exercise": str(world.exercises[3].pk)}

    assert ask(as_ana, "post", "item-list", shared.pk, body=body).status_code == 403
    assert ask(as_ana, "patch", "program-detail", shared.pk, body={"revision": 1, "name": "Mine"}).status_code == 403
    assert ask(as_ana, "post", "program-copy", shared.pk).status_code == 201
    assert shared.items.count() == 1


# --- Items ---------------------------------------------------------------------------------------------------


def test_an_exercise_is_added_with_ones_usual_dose(as_ana: Client, world: World) -> None:
    usual_doses.save(actor=world.ana, exercise=world.exercises[3], values={"repetitions": 8, "hold_seconds": 10})

    body = add(as_ana, world, position=1).json()

    assert (body["revision"], body["item"]["dose"]["repetitions"], body["item"]["name"]) == (2, 8, "Calm breathing")
    assert order(world)[1] == "Calm breathing"


def test_a_change_is_taken_back_and_made_again(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    change = patch(as_ana, items[0], hold_seconds=45, note="Slowly", is_core=True).json()
    assert change["item"]["dose"]["text"] == "3 × 45 s"
    # Something else comes in between.
    moved = ask(as_ana, "post", "item-move", world.program.pk, items[2].pk, body={"revision": 2, "position": 0}).json()

    undone = ask(
        as_ana, "post", "program-undo", world.program.pk, body={"revision": 3, "change": change["change"]}
    ).json()
    item = next(row for row in undone["items"] if row["id"] == str(items[0].pk))
    assert (item["dose"]["hold_seconds"], item["note"], item["is_core"]) == (30, "", False)
    assert undone["items"][0]["name"] == "Trunk bend"
    redone = ask(
        as_ana, "post", "program-redo", world.program.pk, body={"revision": 4, "change": change["change"]}
    ).json()
    item = next(row for row in redone["items"] if row["id"] == str(items[0].pk))
    assert (item["dose"]["hold_seconds"], redone["revision"]) == (45, 5)
    assert moved["revision"] == 3


def test_what_was_taken_out_comes_back_whole(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    ProgramItem.objects.filter(pk=items[1].pk).update(side="left", variants={"flare": {"in": False}})
    put = {"revision": 1, "exercise": str(world.exercises[3].pk)}
    path = (world.program.pk, items[1].pk, "no_floor")
    assert ask(as_ana, "put", "item-alternative", *path, body=put).json()["item"]["alternatives"][0]["name"] == (
        "Calm breathing"
    )
    gone = ask(as_ana, "delete", "item-detail", world.program.pk, items[1].pk, revision=2).json()
    assert (order(world), gone["item"]) == (["Standing hip stretch", "Trunk bend"], None)

    back = ask(as_ana, "post", "program-undo", world.program.pk, body={"revision": 3, "change": gone["change"]}).json()

    item = back["items"][1]
    assert (item["id"], item["dose"]["side"], item["variants"]) == (str(items[1].pk), "left", {"flare": {"in": False}})
    assert [row["situation"] for row in item["alternatives"]] == ["no_floor"]


def test_nothing_different_is_no_change(as_ana: Client, items: list[ProgramItem]) -> None:
    body = patch(as_ana, items[0], hold_seconds=30).json()

    assert (body["revision"], body["change"]) == (1, None)


def test_days_of_its_own_end_the_other_ways(as_ana: Client, items: list[ProgramItem]) -> None:
    patch(as_ana, items[0], weekdays=[0, 3])
    body = patch(as_ana, items[0], revision=2, every_days=2).json()["item"]

    assert (body["weekdays"], body["every_days"]) == (None, 2)
    assert patch(as_ana, items[0], revision=3, every_days=None).json()["item"]["every_days"] is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sets": 0}, "sets"),
        ({"sets": "3"}, "sets"),
        ({"repetitions": 101}, "repetitions"),
        ({"hold_seconds": 3.5}, "hold_seconds"),
        ({"hold_seconds": True}, "hold_seconds"),
        ({"duration_minutes": 10**25}, "duration_minutes"),
        ({"passes": 101}, "passes"),
        ({"per_side": "yes"}, "per_side"),
        ({"side": "top"}, "side"),
        ({"tempo": "x" * 41}, "tempo"),
        ({"note": "a\x00"}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0], "every_days": 2}, "every_days"),
        ({"every_days": 1}, "every_days"),
        ({"times_per_week": 8}, "times_per_week"),
        ({"slots": ["24:00"]}, "slots.0"),
        ({"slots": ["07:00"]}, "slots"),
        ({"slots": "07:30"}, "slots"),
        ({"slots": [730]}, "slots"),
        ({"is_core": 1}, "is_core"),
        ({"variants": []}, "variants"),
        ({"variants": {"normal": {}}}, "variants.normal"),
        ({"variants": {"easy": {"in": "no"}}}, "variants.easy.in"),
        ({"variants": {"flare": {"repetitions": 0}}}, "variants.flare.repetitions"),
        ({"variants": {"flare": {"exercise": 1}}}, "variants.flare.exercise"),
        ({"from_step": 2}, "from_step"),
        ({"until_step": 0}, "until_step"),
        ({"order": 1}, "order"),
        ({"revision": 0}, "revision"),
        ({"revision": "1"}, "revision"),
        ({"revision": None}, "revision"),
    ],
)
def test_a_fault_is_named_and_nothing_changes(
    as_ana: Client, items: list[ProgramItem], values: dict[str, Any], field: str
) -> None:
    before = ProgramItem.objects.filter(pk=items[0].pk).values().get()

    response = ask(as_ana, "patch", "item-detail", items[0].program_id, items[0].pk, body={"revision": 1} | values)

    assert response.status_code == 400
    assert [name.split(".")[: field.count(".") + 1] for name in faults(response)] == [field.split(".")]
    assert ProgramItem.objects.filter(pk=items[0].pk).values().get() == before


def test_the_minimum_core_stays_small(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    for number, item in enumerate(items, 1):
        assert patch(as_ana, item, revision=number, is_core=True).status_code == 200
    more = ProgramItem.objects.create(program=world.program, exercise=world.exercises[3], order=3)

    response = patch(as_ana, more, revision=4, is_core=True)

    assert faults(response) == {"is_core": "The minimum core holds at most 3 exercises."}


def test_variants_are_kept_as_sent(as_ana: Client, items: list[ProgramItem]) -> None:
    said = {"easy": {"repetitions": 2}, "flare": {"in": False}}

    assert patch(as_ana, items[0], variants=said).json()["item"]["variants"] == said
    assert patch(as_ana, items[0], revision=2, variants={}).json()["item"]["variants"] == {}


def test_a_program_that_has_changed_is_not_overwritten(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    add(as_ana, world)
    writes = [
        add(as_ana, world),
        patch(as_ana, items[0], sets=5),
        ask(as_ana, "post", "item-move", world.program.pk, items[0].pk, body={"revision": 1, "position": 2}),
        ask(as_ana, "delete", "item-detail", world.program.pk, items[0].pk, revision=1),
        ask(as_ana, "post", "item-duplicate", world.program.pk, items[0].pk, body={"revision": 1}),
        ask(as_ana, "patch", "program-detail", world.program.pk, body={"revision": 1, "name": "Late"}),
    ]

    assert [(one.status_code, "it stands at 2" in one.json()["title"]) for one in writes] == [(409, True)] * 6
    assert order(world) == ["Standing hip stretch", "Cross-body stretch", "Trunk bend", "Calm breathing"]


def test_a_change_is_sealed(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    sealed = patch(as_ana, items[0], sets=5).json()["change"]
    other = factories.make_program(world.harbour, world.exercises[0])

    def undo(program: Program, change: Any) -> Any:
        return ask(as_ana, "post", "program-undo", program.pk, body={"revision": 2, "change": change})

    answers = [undo(world.program, sealed[:-2] + "xx"), undo(other, sealed), undo(world.program, "e30"), undo(other, 5)]
    assert [(one.status_code, list(faults(one))) for one in answers] == [(400, ["change"])] * 4
    assert undo(world.program, sealed).status_code == 200


def test_what_has_changed_again_is_not_taken_back(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    sealed = patch(as_ana, items[0], sets=5).json()["change"]
    patch(as_ana, items[0], revision=2, sets=6)

    response = ask(as_ana, "post", "program-undo", world.program.pk, body={"revision": 3, "change": sealed})

    assert (response.status_code, ProgramItem.objects.get(pk=items[0].pk).sets) == (409, 6)


def test_items_of_other_programs_are_taken(as_ana: Client, world: World) -> None:
    source = factories.make_program(None, world.exercises[3], world.exercises[0])
    ids = [str(pk) for pk in source.items.values_list("pk", flat=True)]

    body = ask(as_ana, "post", "item-take", world.program.pk, body={"revision": 1, "items": ids}).json()

    assert (body["revision"], order(world)[3:]) == (2, ["Calm breathing", "Standing hip stretch"])


def test_items_of_another_clinic_are_not_there(as_ana: Client, world: World) -> None:
    theirs = factories.make_program(world.hill, world.exercises[0]).items.get()

    for pk in (str(theirs.pk), NOBODY):
        response = ask(as_ana, "post", "item-take", world.program.pk, body={"revision": 1, "items": [pk]})
        assert faults(response) == {"items.0": "There is no such item."}
    assert world.program.items.count() == 3


@pytest.mark.parametrize("revision", ["", "0x1", "-1", "1.0", "١", "9" * 25])
def test_taking_out_names_a_revision(as_ana: Client, items: list[ProgramItem], revision: str) -> None:
    response = ask(as_ana, "delete", "item-detail", items[0].program_id, items[0].pk, revision=revision)

    assert (response.status_code, list(faults(response))) == (400, ["revision"])


def test_only_exercises_of_the_library(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    hidden = [factories.make_exercise(state="draft"), factories.make_exercise(clinic=world.hill)]
    for exercise in hidden:
        body = {"revision": 1, "exercise": str(exercise.pk)}
        added = ask(as_ana, "post", "item-list", world.program.pk, body=body)
        swapped = ask(as_ana, "put", "item-alternative", world.program.pk, items[0].pk, "no_floor", body=body)
        assert [faults(one) for one in (added, swapped)] == [{"exercise": "This exercise is not in the library."}] * 2


def test_an_alternative_is_another_exercise_in_a_known_situation(
    as_ana: Client, world: World, items: list[ProgramItem]
) -> None:
    body = {"revision": 1, "exercise": str(items[0].exercise_id)}

    same = ask(as_ana, "put", "item-alternative", world.program.pk, items[0].pk, "no_floor", body=body)
    unknown = ask(as_ana, "put", "item-alternative", world.program.pk, items[1].pk, "on_the_moon", body=body)

    assert (same.status_code, unknown.status_code) == (400, 404)


def test_grouping_keeps_what_is_there(as_ana: Client, world: World) -> None:
    response = ask(as_ana, "post", "program-group", world.program.pk, body={"revision": 1})

    assert (response.status_code, sorted(order(world))) == (
        200,
        ["Cross-body stretch", "Standing hip stretch", "Trunk bend"],
    )


def test_each_write_leaves_an_entry(as_ana: Client, world: World, items: list[ProgramItem]) -> None:
    add(as_ana, world)
    patch(as_ana, items[0], revision=2, sets=2)

    verbs = AuditEvent.objects.filter(object_id=world.program.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["program.add", "program.update"]
