"""Two editors of one prescription at the same moment, on real connections: never a silent overwrite."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from config.lib.revisions import RevisionConflict
from patients.models import User
from programs.models import PrescriptionVersion, Program, ProgramItem
from programs.services import programs, revisions
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACES = 500
MONDAY = TODAY + timedelta(days=5)


@pytest.fixture(autouse=True)
def _real_rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")


class Ring:
    """Two threads that keep their connections, so that 500 races take seconds."""

    def __init__(self, pool: Executor) -> None:
        self.pool = pool

    def race(self, *acts: Callable[[], Any]) -> list[Any]:
        """Both acts at the same moment; answers with results or exceptions."""
        gate = Barrier(len(acts))

        def run(act: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                gate.wait(timeout=10)
                return act()
            except Exception as error:
                return error

        return list(self.pool.map(run, acts))

    def close(self) -> None:
        gate = Barrier(2)

        def run(_: int) -> None:
            gate.wait(timeout=10)
            connections.close_all()

        list(self.pool.map(run, range(2)))


@pytest.fixture
def ring() -> Any:
    with ThreadPoolExecutor(2) as pool:
        made = Ring(pool)
        yield made
        made.close()


def hold(user: User, draft: Program, revision: int, seconds: int) -> Callable[[], Any]:
    def act() -> Any:
        item = ProgramItem.objects.select_related("exercise", "program").get(program=draft, order=0)
        return programs.update_item(actor=user, item=item, revision=revision, values={"hold_seconds": seconds}, now=NOW)

    return act


def use(user: User, draft: Program, revision: int, note: str) -> Callable[[], Any]:
    def act() -> Any:
        return revisions.apply_draft(
            actor=user,
            draft=draft,
            revision=revision,
            effective_from=MONDAY,
            change_note=note,
            answers={},
            now=NOW,
        )

    return act


def told(results: list[Any]) -> list[int]:
    """Who got a conflict; everything else must be a result."""
    losers = [number for number, result in enumerate(results) if isinstance(result, RevisionConflict)]
    strange = [r for r in results if isinstance(r, Exception) and not isinstance(r, RevisionConflict)]
    assert strange == []
    return losers


def test_500_races_of_two_editors_without_a_silent_overwrite(world: World, ring: Ring) -> None:
    """Each round: both open the draft, both change the same hold, both use it from the same day."""
    overwritten, told_once, told_of_use = 0, 0, 0
    for number in range(RACES // 2):
        opened = ring.race(
            *(
                lambda user=user: revisions.open_draft(actor=user, prescription=world.prescription, now=NOW)
                for user in (world.ana, world.ben)
            )
        )
        assert opened[0] == opened[1]
        assert opened[0].items.count() == 2
        draft, seconds = opened[0], (20 + number % 100, 121 + number % 100)

        edits = [hold(world.ana, draft, 1, seconds[0]), hold(world.ben, draft, 1, seconds[1])]
        losers = told(ring.race(*edits))
        told_once += len(losers)
        stored = draft.items.first().hold_seconds
        overwritten += stored != seconds[1 - losers[0]]

        losers = told(ring.race(use(world.ana, draft, 2, "of Ana"), use(world.ben, draft, 2, "of Ben")))
        told_of_use += len(losers)
        [version] = PrescriptionVersion.objects.filter(prescription=world.prescription, effective_from=MONDAY)
        overwritten += version.change_note != ("of Ana", "of Ben")[1 - losers[0]]
        overwritten += version.items.first().hold_seconds != stored
    assert (overwritten, told_once, told_of_use) == (0, RACES // 2, RACES // 2)


def test_an_edit_beside_a_use_is_in_the_version_or_is_told(world: World, ring: Ring) -> None:
    """The edit comes first, and the use conflicts; or the use comes first, and the edit does."""
    outcomes = set()
    for _ in range(50):
        draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
        revision, before = draft.revision, draft.items.first().hold_seconds

        losers = told(ring.race(hold(world.ben, draft, revision, before + 1), use(world.ana, draft, revision, "now")))

        assert len(losers) == 1
        outcomes.add(losers[0])
        left = Program.objects.filter(pk=draft.pk).first()
        if losers == [1]:
            assert left is not None
            assert left.items.first().hold_seconds == before + 1
        else:
            assert left is None
            assert PrescriptionVersion.objects.get(effective_from=MONDAY).items.first().hold_seconds == before
    assert outcomes <= {0, 1}
