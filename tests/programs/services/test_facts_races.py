"""A fact about a patient becomes known while somebody assigns or publishes, on real connections: nobody slips between.

Whatever the order, either the warning is asked before anything is stored, or what was stored gets its note.
"""

from typing import Any

import pytest
from django.db import connection

from config.lib.revisions import RevisionConflict
from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import PatientCondition, Surgery
from patients.services import patients, surgeries
from programs.models import Prescription, WorkItem
from programs.schedule import Rule
from programs.services import clearances, facts, prescriptions
from programs.services.prescriptions import ItemDraft, SafetyUnanswered
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole, publish
from tests.programs.services.test_programs_races import together
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TURNS = pytest.mark.parametrize("turn", range(8))
ROTATION = "spinal_rotation_end_range"
FUSED = Condition.FUSED_THORACOLUMBAR_SPINE


@pytest.fixture(autouse=True)
def _real_rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")


@pytest.fixture
def twist(world: World) -> Exercise:
    Prescription.objects.filter(patient=world.dan).delete()
    return make_whole("Seated twist", features=[ROTATION])


def add(world: World, condition: Condition = FUSED) -> PatientCondition:
    return facts.add_condition(actor=world.ben, patient=world.dan, condition=condition, now=NOW)


def assign(world: World, exercise: Exercise) -> Prescription:
    return prescriptions.assign(
        actor=world.ana,
        patient=world.dan,
        title="Race",
        items=[ItemDraft(exercise, exercise.dose_values())],
        rule=Rule(slots=("07:30",)),
        starts_on=TODAY,
        answers={exercise.pk: prescriptions.SafetyAnswer(confirmed=True)},  # enough for the caution that Dan has
        now=NOW,
    )


def failures(results: list[Any], *expected: type[Exception]) -> list[BaseException]:
    raised = [result for result in results if isinstance(result, BaseException)]
    assert [error for error in raised if not isinstance(error, expected)] == []
    return raised


@TURNS
def test_a_condition_while_assigning_is_asked_or_noted(world: World, twist: Exercise, turn: int) -> None:
    acts = [lambda: assign(world, twist), lambda: add(world)]

    results = together(*(acts if turn % 2 else reversed(acts)))

    refused = failures(results, SafetyUnanswered)
    stored = Prescription.objects.filter(title="Race").count()
    noted = WorkItem.objects.filter(prescription__title="Race").count()
    assert (len(refused), stored, noted) in [(1, 0, 0), (0, 1, 1)]
    assert PatientCondition.objects.filter(patient=world.dan, condition=FUSED).count() == 1


@TURNS
def test_a_condition_while_a_feature_is_published_is_noted(world: World, turn: int) -> None:
    Prescription.objects.filter(patient=world.dan).delete()
    exercise = make_whole("Seated reach")
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    results = together(lambda: publish(world, Exercise.objects.get(pk=copy.pk)), lambda: add(world))

    assert failures(results, RevisionConflict) == []
    worst = max(WorkItem.objects.values_list("rating", flat=True))
    assert worst == 2  # whoever came second has seen both


@TURNS
def test_two_therapists_record_the_same_condition_once(world: World, twist: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, twist)

    results = together(lambda: add(world), lambda: add(world), lambda: add(world))

    assert len(failures(results, patients.AlreadyRecorded)) == 2
    assert WorkItem.objects.count() == 1


@TURNS
def test_two_people_clear_once(world: World, twist: Exercise, turn: int) -> None:
    row = Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=TODAY)

    def clear(actor: Any) -> Surgery:
        mine = Surgery.objects.select_related("patient").get(pk=row.pk)
        return facts.clear_surgery(actor=actor, surgery=mine, on=TODAY, told_by=f"told {actor}", now=NOW)

    results = together(lambda: clear(world.ana), lambda: clear(world.ben))

    assert len(failures(results, surgeries.AlreadyCleared)) == 1
    row.refresh_from_db()
    assert (row.cleared_on, row.revision) == (TODAY, 2)
    assert surgeries.told_by(row) == f"told {row.cleared_by}"


@TURNS
def test_two_workers_ask_once(world: World, twist: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, twist)
    Surgery.objects.create(
        patient=world.dan, side="left", approach="posterior", operated_on=TODAY, precautions_until=TODAY
    )

    assert failures(together(*[lambda: clearances.look_after(NOW)] * 3)) == []

    assert WorkItem.objects.filter(kind="clearance").count() == 1
    assert WorkItem.objects.filter(kind="safety").count() == 1
