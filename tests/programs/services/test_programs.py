"""Changing programs: revisions stop lost updates, and every change can be taken back."""

from typing import Any

import pytest

from config.lib.ids import uuid7
from exercises.models import Exercise, ShelfMark
from patients.models import AuditEvent
from programs.edits import Change
from programs.enums import Situation
from programs.models import Program, ProgramItem, UsualDose
from programs.services import programs, usual_doses
from programs.services.programs import MOST_ITEMS, CannotUndo, KeyTaken, ProgramFull, RevisionConflict, TooManyCore
from tests import factories
from tests.factories import NOW
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def names(program: Program) -> list[str]:
    return [item.exercise.name for item in program.items.select_related("exercise")]


def orders(program: Program) -> list[int]:
    return list(program.items.values_list("order", flat=True))


def rows(program: Program) -> list[dict[str, Any]]:
    return list(program.items.values())


def add(world: World, exercise: Exercise, revision: int = 1) -> Any:
    return programs.add_item(actor=world.ana, program=world.program, revision=revision, exercise=exercise, now=NOW)


def test_create_and_copy_with_one_key_make_one_each(world: World) -> None:
    key, other = uuid7(), uuid7()

    for _ in range(2):
        made = programs.create(actor=world.ana, clinic=world.harbour, name="New", key=key)
        twin = programs.copy(actor=world.ana, clinic=world.harbour, program=world.program, key=other)

    assert (made.pk, made.clinic, made.shared, made.created_by) == (key, world.harbour, False, world.ana)
    assert (twin.pk, twin.name) == (other, "Morning hips (copy)")
    assert names(twin) == names(world.program)
    assert Program.objects.count() == 3


def test_copy_of_a_shared_program_is_the_clinics_own(world: World) -> None:
    shared = factories.make_program(None, world.exercises[0], name="N" * 120, summary="Why")

    twin = programs.copy(actor=world.ana, clinic=world.harbour, program=shared)

    assert (twin.clinic, twin.shared, twin.summary, twin.code) == (world.harbour, False, "Why", "")
    assert twin.name.endswith(" (copy)")
    assert len(twin.name) <= 120


def test_a_key_of_another_clinic_is_refused(world: World) -> None:
    theirs = factories.make_program(world.hill)

    with pytest.raises(KeyTaken):
        programs.create(actor=world.ana, clinic=world.harbour, name="Mine", key=theirs.pk)


def test_add_item_takes_the_default_dose_and_the_last_place(world: World) -> None:
    item, change, revision = add(world, world.exercises[3])

    assert (item.order, item.dose, revision) == (3, world.exercises[3].dose, 2)
    assert (change.did, change.item, change.positions) == ("add", str(item.pk), {str(item.pk): 3})
    assert AuditEvent.objects.filter(verb="program.add", object_id=world.program.pk).count() == 1


@pytest.mark.parametrize("revision", [0, 2, 99])
def test_every_change_from_another_revision_is_refused(world: World, revision: int) -> None:
    item = world.program.items.first()
    before = rows(world.program)
    common: dict[str, Any] = {"actor": world.ana, "revision": revision, "now": NOW}

    for attempt in (
        lambda: programs.add_item(program=world.program, exercise=world.exercises[0], **common),
        lambda: programs.update_item(item=item, values={"sets": 9}, **common),
        lambda: programs.move_item(item=item, position=2, **common),
        lambda: programs.remove_item(item=item, **common),
        lambda: programs.rename(program=world.program, name="X", summary="", **common),
    ):
        with pytest.raises(RevisionConflict):
            attempt()

    world.program.refresh_from_db()
    assert (rows(world.program), world.program.revision, world.program.name) == (before, 1, "Morning hips")


def test_add_item_puts_the_exercise_on_the_shelf_of_who_added_it(world: World) -> None:
    programs.add_item(actor=world.ana, program=world.program, revision=1, exercise=world.exercises[3], now=NOW)
    with pytest.raises(RevisionConflict):
        programs.add_item(actor=world.ben, program=world.program, revision=1, exercise=world.exercises[3], now=NOW)

    marks = ShelfMark.objects.values_list("user", "exercise", "used_at", "starred_at")
    assert list(marks) == [(world.ana.pk, world.exercises[3].pk, NOW, None)]


def test_an_archived_program_does_not_change(world: World) -> None:
    programs.archive(actor=world.ana, program=world.program, now=NOW)

    with pytest.raises(RevisionConflict):
        add(world, world.exercises[0])


def test_archive_and_restore_are_safe_to_repeat(world: World) -> None:
    for _ in range(2):
        programs.archive(actor=world.ana, program=world.program, now=NOW)
    assert not Program.objects.current().filter(pk=world.program.pk).exists()

    for _ in range(2):
        programs.restore(actor=world.ana, program=world.program, now=NOW)
    assert Program.objects.current().filter(pk=world.program.pk).exists()
    verbs = AuditEvent.objects.filter(verb__in=["program.archive", "program.restore"])
    assert verbs.count() == 2


def test_update_item_without_a_difference_keeps_the_revision(world: World) -> None:
    item = world.program.items.first()

    change, revision = programs.update_item(
        actor=world.ana, item=item, revision=1, values={"repetitions": 3, "note": ""}, now=NOW
    )

    world.program.refresh_from_db()
    assert (change, revision, world.program.revision) == (None, 1, 1)


def test_a_program_is_full_at_forty(world: World) -> None:
    full = factories.make_program(world.harbour, *[world.exercises[0]] * MOST_ITEMS)

    with pytest.raises(ProgramFull):
        programs.add_item(actor=world.ana, program=full, revision=1, exercise=world.exercises[1], now=NOW)

    full.refresh_from_db()
    assert (full.items.count(), full.revision) == (MOST_ITEMS, 1)


@pytest.mark.parametrize(
    ("start", "position", "expected"),
    [(0, 1, "bac"), (0, 2, "bca"), (0, 40, "bca"), (2, 0, "cab"), (1, 0, "bac"), (1, -3, "bac"), (1, 1, "abc")],
)
def test_move_item_puts_it_there(world: World, start: int, position: int, expected: str) -> None:
    program = factories.make_program(world.harbour, *[factories.make_exercise(name) for name in "abc"])
    item = program.items.all()[start]

    programs.move_item(actor=world.ana, item=item, revision=1, position=position, now=NOW)

    assert "".join(names(program)) == expected
    assert orders(program) == [0, 1, 2]


def test_undo_takes_back_every_kind_of_change(world: World) -> None:
    """Add, update, move and remove in a row, then all of them backwards: the rows are as they were, ids and all."""
    before = rows(world.program)
    first, second, _ = world.program.items.select_related("exercise", "program")
    common: dict[str, Any] = {"actor": world.ana, "now": NOW}
    _, added, revision = add(world, world.exercises[3])
    values = {"sets": 4, "weekdays": 5, "note": "left"}
    updated, revision = programs.update_item(item=first, revision=revision, values=values, **common)
    moved, revision = programs.move_item(item=first, revision=revision, position=2, **common)
    removed, revision = programs.remove_item(item=second, revision=revision, **common)

    for change in (removed, moved, updated, added):
        revision = programs.undo(program=world.program, revision=revision, change=change, **common)

    after = rows(world.program)
    for row in (*before, *after):
        row.pop("created_at")
    assert after == before
    assert revision == 9


def test_undo_of_a_removal_works_after_other_changes(world: World) -> None:
    _, second, third = world.program.items.select_related("exercise", "program")
    common: dict[str, Any] = {"actor": world.ana, "now": NOW}
    removed, revision = programs.remove_item(item=second, revision=1, **common)
    _, revision = programs.update_item(item=third, revision=revision, values={"sets": 2}, **common)

    for _ in range(2):
        revision = programs.undo(program=world.program, revision=revision, change=removed, **common)

    assert names(world.program) == ["Standing hip stretch", "Cross-body stretch", "Trunk bend"]
    assert ProgramItem.objects.get(pk=third.pk).sets == 2
    assert revision == 4


def test_undo_does_not_overwrite_a_later_change_of_the_same_item(world: World) -> None:
    item = world.program.items.select_related("exercise", "program").first()
    common: dict[str, Any] = {"actor": world.ana, "now": NOW}
    change, revision = programs.update_item(item=item, revision=1, values={"sets": 2}, **common)
    item.refresh_from_db()
    _, revision = programs.update_item(item=item, revision=revision, values={"sets": 5}, **common)

    with pytest.raises(CannotUndo):
        programs.undo(program=world.program, revision=revision, change=change, **common)

    world.program.refresh_from_db()
    item.refresh_from_db()
    assert (item.sets, world.program.revision) == (5, 3)


def test_undo_cannot_reach_into_another_program(world: World) -> None:
    """The change names an item of the other program: nothing of it moves."""
    other = factories.make_program(world.harbour, world.exercises[0])
    change, _ = programs.remove_item(actor=world.ana, item=world.program.items.first(), revision=1, now=NOW)
    foreign = str(other.items.get().pk)
    stray = Change("update", foreign, "x", {foreign: ({"sets": 9}, {"sets": None})})

    with pytest.raises(CannotUndo):
        programs.undo(actor=world.ana, program=world.program, revision=2, change=stray, now=NOW)

    assert other.items.get().sets is None
    assert change.did == "remove"


def test_undo_and_redo_lead_there_and_back(world: World) -> None:
    """Every kind of change, taken back and made again: the rows are what they were each time, ids and all."""
    first, second, third = world.program.items.select_related("exercise")
    common: dict[str, Any] = {"actor": world.ana, "now": NOW}
    stand_in = {"situation": Situation.AT_WORK, "exercise": world.exercises[3]}
    states = [whole(world.program)]
    changes: list[Change] = []

    def did(change: Change) -> None:
        changes.append(change)
        states.append(whole(world.program))

    did(add(world, world.exercises[3])[1])
    did(programs.update_item(item=first, revision=2, values={"tempo": "slow", "is_core": True}, **common)[0])
    did(programs.set_alternative(item=second, revision=3, **stand_in, **common)[0])
    did(programs.move_item(item=first, revision=4, position=2, **common)[0])
    did(programs.remove_item(item=second, revision=5, **common)[0])
    did(programs.duplicate_item(item=third, revision=6, **common)[0])
    did(programs.copy_items(program=world.program, revision=7, items=[first, third], **common)[0])

    revision = 8
    for change, before in zip(reversed(changes), reversed(states[:-1]), strict=True):
        revision = programs.undo(program=world.program, revision=revision, change=change, **common)
        assert whole(world.program) == before, change
    for change, after in zip(changes, states[1:], strict=True):
        revision = programs.redo(program=world.program, revision=revision, change=change, **common)
        assert whole(world.program) == after, change
    assert revision == 8 + 2 * len(changes)


def whole(program: Program) -> list[Any]:
    """Items and alternatives, without the moment in which their rows were made."""
    return [
        [{name: value for name, value in row.items() if name != "created_at"} for row in rows(program)],
        sorted(program.items.values_list("alternatives__situation", "alternatives__exercise", "pk"), key=str),
    ]


def test_copy_carries_everything_that_an_item_and_a_program_say(world: World) -> None:
    program = world.program
    steps = [{"title": "Weeks 1-4", "weeks": 4}, {"title": "Then"}]
    Program.objects.filter(pk=program.pk).update(
        steps=steps,
        frequency="every_days",
        every_days=2,
        slots=["07:30", "19:00"],
        flare_days=5,
        progression=[{"a": 1}],
    )
    said = {"variants": {"flare": {"in": False}}, "slots": ["19:00"], "from_step": 2, "side": "left", "is_core": True}
    program.items.filter(order=0).update(**said)
    program.items.first().alternatives.create(situation="no_floor", exercise=world.exercises[3])
    program.refresh_from_db()

    twin = programs.copy(actor=world.ana, clinic=world.harbour, program=program)

    twin.refresh_from_db()
    for name in programs.PLAN_FIELDS:
        assert getattr(twin, name) == getattr(program, name), name
    first = twin.items.first()
    assert {name: getattr(first, name) for name in said} == said
    assert [(row.situation, row.exercise) for row in first.alternatives.all()] == [("no_floor", world.exercises[3])]
    assert program.items.first().alternatives.count() == 1


def test_copied_items_leave_behind_what_belongs_to_the_other_program(world: World) -> None:
    other = factories.make_program(world.harbour, *world.exercises[:2])
    other.items.update(from_step=2, slots=["07:30", "19:00"], is_core=True, note="Slowly")
    Program.objects.filter(pk=world.program.pk).update(slots=["19:00"])
    world.program.refresh_from_db()
    items = list(other.items.select_related("exercise"))

    programs.copy_items(actor=world.ana, program=world.program, revision=1, items=items, now=NOW)

    made = list(world.program.items.all())[3:]
    assert [(row.from_step, row.slots, row.is_core, row.note) for row in made] == [(1, ["19:00"], False, "Slowly")] * 2
    assert orders(world.program) == [0, 1, 2, 3, 4]


def test_add_item_takes_the_usual_dose_of_who_adds_it(world: World) -> None:
    values = {"sets": 4, "repetitions": None, "hold_seconds": 45, "side": "left", "tempo": "slow"}
    usual_doses.save(actor=world.ana, exercise=world.exercises[3], values=values | {"note": "not a dose"})

    mine, *_ = add(world, world.exercises[3])
    theirs, *_ = programs.add_item(
        actor=world.ben, program=world.program, revision=2, exercise=world.exercises[3], now=NOW
    )

    mine.refresh_from_db()
    assert {name: getattr(mine, name) for name in values} == values
    assert theirs.dose == world.exercises[3].dose
    assert UsualDose.objects.get().values == values


@pytest.mark.parametrize(("position", "place"), [(0, 0), (1, 1), (40, 3), (None, 3)])
def test_add_item_at_a_place(world: World, position: int | None, place: int) -> None:
    programs.add_item(
        actor=world.ana,
        program=world.program,
        revision=1,
        exercise=world.exercises[3],
        position=position,
        now=NOW,
    )

    assert names(world.program).index("Calm breathing") == place
    assert orders(world.program) == [0, 1, 2, 3]


def test_the_minimum_core_holds_three(world: World) -> None:
    program = factories.make_program(world.harbour, *[world.exercises[0]] * 4)
    items = list(program.items.select_related("exercise"))
    common: dict[str, Any] = {"actor": world.ana, "now": NOW}
    programs.update_item(item=items[0], revision=1, values={"is_core": True}, **common)
    gone, _ = programs.remove_item(item=program.items.select_related("exercise").first(), revision=2, **common)
    for number, item in enumerate(items[1:], start=3):
        programs.update_item(item=item, revision=number, values={"is_core": True}, **common)

    with pytest.raises(TooManyCore):
        programs.undo(program=program, revision=6, change=gone, **common)
    extra, *_ = programs.add_item(program=program, revision=6, exercise=world.exercises[0], **common)
    with pytest.raises(TooManyCore):
        programs.update_item(item=extra, revision=7, values={"is_core": True}, **common)

    program.refresh_from_db()
    assert (program.items.filter(is_core=True).count(), program.revision) == (3, 7)


def test_group_by_position_is_one_change(world: World) -> None:
    floor = [factories.make_exercise(name, facets={"position": ["supine"]}) for name in ("Bridge", "Clam")]
    program = factories.make_program(world.harbour, floor[0], world.exercises[0], floor[1])

    change, revision = programs.group_by_position(actor=world.ana, program=program, revision=1, now=NOW)

    assert names(program) == ["Bridge", "Clam", "Standing hip stretch"]
    again, _ = programs.group_by_position(actor=world.ana, program=program, revision=revision, now=NOW)
    assert again is None
    programs.undo(actor=world.ana, program=program, revision=revision, change=change, now=NOW)
    assert names(program) == ["Bridge", "Standing hip stretch", "Clam"]
