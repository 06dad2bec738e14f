"""Two editors at once, on real connections: one wins, the other is told, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from config.lib.ids import uuid7
from programs.models import Prescription
from programs.schedule import Rule
from programs.services import prescriptions, programs
from programs.services.prescriptions import ItemDraft
from programs.services.programs import RevisionConflict
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def _real_rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")


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


@pytest.mark.parametrize("turn", range(5))
def test_two_editors_of_one_revision_get_one_conflict(world: World, turn: int) -> None:
    first, second, third = world.program.items.select_related("exercise", "program")

    results = together(
        lambda: programs.update_item(actor=world.ana, item=first, revision=1, values={"sets": 7}, now=NOW),
        lambda: programs.remove_item(actor=world.ben, item=second, revision=1, now=NOW),
        lambda: programs.move_item(actor=world.ben, item=third, revision=1, position=0, now=NOW),
    )

    world.program.refresh_from_db()
    assert sum(isinstance(result, RevisionConflict) for result in results) == 2
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert world.program.revision == 2
    assert sorted(world.program.items.values_list("order", flat=True)) == list(range(world.program.items.count()))


def test_a_doubled_assignment_makes_one_prescription(world: World) -> None:
    key, exercise = uuid7(), world.exercises[0]

    def assign() -> Prescription:
        return prescriptions.assign(
            actor=world.ana,
            patient=world.dan,
            title="Twice",
            items=[ItemDraft(exercise, exercise.dose_values())],
            rule=Rule(slots=("07:30",)),
            starts_on=TODAY,
            answers={},
            now=NOW,
            key=key,
        )

    results = together(assign, assign, assign)

    assert [result.pk for result in results] == [key] * 3
    assert Prescription.objects.filter(title="Twice").count() == 1
