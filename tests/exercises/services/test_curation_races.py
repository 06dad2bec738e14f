"""Two people at once, on real connections: one decides, the other is told, nothing is half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict
from exercises.models import Exercise, ExerciseEdition
from exercises.services import curation
from exercises.services.curation import WrongState
from patients.models import AuditEvent, User
from tests import factories
from tests.exercises.curation import COMPLETE, publish, published, submitted
from tests.factories import NOW
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TURNS = range(4)


@pytest.fixture(autouse=True)
def _real_rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")


@pytest.fixture
def third(world: World) -> User:
    return factories.make_user("Clea Third", is_curator=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same moment, each on its own connection; answers with results or exceptions."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(timeout=10)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def changed_copy(row: Exercise, by: User, cue: str) -> Exercise:
    return curation.change(actor=by, exercise=row, revision=row.revision, content={"cue": cue})


def again(row: Exercise) -> Exercise:
    """The same row as another request loads it."""
    return Exercise.objects.get(pk=row.pk)


@pytest.mark.parametrize("turn", TURNS)
def test_two_approvers_make_one_edition(world: World, third: User, turn: int) -> None:
    row = published(world.cora, world.cleo)
    waiting = submitted(changed_copy(row, world.cora, "Stand tall."), world.cora)
    other = again(waiting)

    results = together(lambda: publish(waiting, world.cleo), lambda: publish(other, third))

    assert sorted(type(result).__name__ for result in results) == ["Exercise", "RevisionConflict"]
    row.refresh_from_db()
    assert (row.edition, row.cue, row.state) == (2, "Stand tall.", "published")
    assert sorted(ExerciseEdition.objects.filter(exercise=row).values_list("number", flat=True)) == [1, 2]
    assert not Exercise.objects.filter(replaces=row).exists()
    assert AuditEvent.objects.filter(verb="exercise.publish", object_id=row.pk).count() == 2  # the first and this one


@pytest.mark.parametrize("turn", TURNS)
def test_one_approver_twice_makes_one_edition(world: World, turn: int) -> None:
    waiting = submitted(curation.create(actor=world.cora, content=COMPLETE), world.cora)
    other = again(waiting)

    results = together(lambda: publish(waiting, world.cleo), lambda: publish(other, world.cleo))

    row = again(waiting)
    assert [getattr(result, "pk", result) for result in results] == [row.pk, row.pk]
    assert (row.edition, row.editions.count()) == (1, 1)


@pytest.mark.parametrize("turn", TURNS)
def test_approver_and_writer_do_not_overtake_each_other(world: World, turn: int) -> None:
    """Either what was seen is published and the writer is told, or the writer saves and the approver is told."""
    row = published(world.cora, world.cleo)
    waiting = submitted(changed_copy(row, world.cora, "What was seen."), world.cora)
    mine = again(waiting)
    seen = waiting.revision

    approved, saved = together(
        lambda: publish(waiting, world.cleo),
        lambda: curation.save(actor=world.cora, exercise=mine, revision=seen, content={"cue": "Something else."}),
    )

    row.refresh_from_db()
    copy = Exercise.objects.filter(replaces=row).first()
    if isinstance(approved, Exercise):
        assert isinstance(saved, RevisionConflict)
        assert (row.cue, row.edition, copy) == ("What was seen.", 2, None)
    else:
        assert isinstance(approved, RevisionConflict)
        assert copy is not None
        assert (copy.cue, copy.state) == ("Something else.", "draft")
        assert (row.cue, row.edition) == (COMPLETE["cue"], 1)


@pytest.mark.parametrize("turn", TURNS)
def test_approving_and_sending_back_exclude_each_other(world: World, third: User, turn: int) -> None:
    waiting = submitted(curation.create(actor=world.cora, content=COMPLETE), world.cora)
    other = again(waiting)

    results = together(
        lambda: publish(waiting, world.cleo),
        lambda: curation.send_back(actor=third, exercise=other, revision=other.revision, note="Not yet.", now=NOW),
    )

    assert sum(isinstance(result, RevisionConflict) for result in results) == 1
    row = again(waiting)
    assert (row.state, row.edition, row.editions.count()) in [("published", 1, 1), ("draft", 0, 0)]


@pytest.mark.parametrize("turn", TURNS)
def test_two_writers_share_one_working_copy(world: World, turn: int) -> None:
    row = published(world.cora, world.cleo)
    other = again(row)

    first, second = together(
        lambda: curation.start_edit(actor=world.cora, exercise=row),
        lambda: curation.start_edit(actor=world.cleo, exercise=other),
    )

    assert first.pk == second.pk == Exercise.objects.get(replaces=row).pk


@pytest.mark.parametrize("turn", TURNS)
def test_two_first_changes_make_one_copy_and_one_conflict(world: World, turn: int) -> None:
    row = published(world.cora, world.cleo)
    other = again(row)

    results = together(
        lambda: changed_copy(row, world.cora, "Mine."), lambda: changed_copy(other, world.cleo, "Yours.")
    )

    assert sorted(type(result).__name__ for result in results) == ["Exercise", "RevisionConflict"]
    [kept] = [result for result in results if isinstance(result, Exercise)]
    assert Exercise.objects.get(replaces=row).cue == kept.cue


@pytest.mark.parametrize("turn", TURNS)
def test_publishing_and_retiring_leave_one_clear_state(world: World, third: User, turn: int) -> None:
    row = published(world.cora, world.cleo)
    waiting = submitted(changed_copy(row, world.cora, "Stand tall."), world.cora)
    present = again(row)

    approved, retired = together(
        lambda: publish(waiting, world.cleo),
        lambda: curation.retire(actor=third, exercise=present, revision=present.revision, reason="Old.", now=NOW),
    )

    row.refresh_from_db()
    if isinstance(retired, Exercise):
        assert isinstance(approved, WrongState)
        assert (row.state, row.edition, again(waiting).state) == ("retired", 1, "in_review")
    else:
        assert isinstance(retired, RevisionConflict)
        assert (row.state, row.edition, row.cue) == ("published", 2, "Stand tall.")


def test_many_new_exercises_get_codes_of_their_own(world: World) -> None:
    acts = [lambda n=n: curation.create(actor=world.cora, content=COMPLETE | {"name": f"Opener {n}"}) for n in range(6)]

    results = together(*acts)

    assert sorted(result.code for result in results) == [f"S{number}" for number in range(101, 107)]


def test_one_form_sent_twice_at_once_makes_one_exercise(world: World) -> None:
    key = uuid7()

    results = together(*[lambda: curation.create(actor=world.cora, content=COMPLETE, key=key) for _ in range(3)])

    assert {getattr(result, "pk", result) for result in results} == {key}
    assert Exercise.objects.filter(name=COMPLETE["name"]).count() == 1
