"""Changing programs: revisions stop lost updates, and every change can be taken back."""

from typing import Any

import pytest

from config.lib.ids import uuid7
from exercises.models import Exercise, ShelfMark
from patients.models import AuditEvent
from programs.models import Program, ProgramItem
from programs.services import programs
from programs.services.programs import MOST_ITEMS, CannotUndo, KeyTaken, ProgramFull, RevisionConflict
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
    assert (change.did, change.item, change.position) == ("add", str(item.pk), 3)
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
    stray = programs.Change("update", str(other.items.get().pk), "x", 0, {"sets": 9}, {"sets": None})

    with pytest.raises(CannotUndo):
        programs.undo(actor=world.ana, program=world.program, revision=2, change=stray, now=NOW)

    assert other.items.get().sets is None
    assert change.did == "remove"
