"""Two curators at once, and a therapist between them, on real connections: one decides, nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from exercises.models import Exercise, ExerciseEdition
from exercises.services import curation
from exercises.services.curation import WrongState
from patients.models import User
from programs.models import Prescription, ProgramItem, WorkItem
from programs.schedule import Rule
from programs.services import library_impact, merging, prescriptions, work
from programs.services.merging import CannotMerge
from programs.services.prescriptions import ExerciseRetired, ItemDraft, SafetyUnanswered
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole, publish
from tests.programs.services.test_programs_races import together
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TURNS = pytest.mark.parametrize("turn", range(5))
ROTATION = "spinal_rotation_end_range"


@pytest.fixture(autouse=True)
def _real_rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")


@pytest.fixture
def exercise(world: World) -> Exercise:
    return make_whole("Seated twist")


def retire(world: World, exercise: Exercise) -> Any:
    return library_impact.retire_with_impact(
        actor=world.cora, exercise=exercise, revision=exercise.revision, reason="Old.", now=NOW, today=TODAY,
        replace_by=TODAY,
    )  # fmt: skip


def merge(world: World, old: Exercise, into: Exercise) -> Exercise:
    return merging.merge(actor=world.cora, old=old, into=into, revision=old.revision, reason="", now=NOW)


def refusals(results: list[Any], *kinds: type[Exception]) -> int:
    """How many acts were refused; anything else that was raised fails the test."""
    raised = [result for result in results if isinstance(result, BaseException)]
    assert [error for error in raised if not isinstance(error, kinds)] == []
    return len(raised)


@TURNS
def test_two_curators_publish_once_and_note_once(world: World, exercise: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])
    third = factories.make_user("Third", is_curator=True)

    results = together(
        lambda: publish(world, Exercise.objects.get(pk=copy.pk)),
        lambda: publish(world, Exercise.objects.get(pk=copy.pk), actor=third),
    )

    # The second finds the revision taken, or the working copy gone with the publishing.
    assert refusals(results, RevisionConflict, Exercise.DoesNotExist) == 1
    assert Exercise.objects.get(pk=exercise.pk).edition == 2
    assert ExerciseEdition.objects.filter(exercise=exercise).count() == 2
    assert WorkItem.objects.count() == 1


@TURNS
def test_a_double_click_publishes_once(world: World, exercise: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    results = together(*[lambda: publish(world, copy)] * 2)

    assert refusals(results, RevisionConflict) <= 1
    assert Exercise.objects.get(pk=exercise.pk).edition == 2
    assert WorkItem.objects.count() == 1


@TURNS
def test_publish_and_retire_at_once_leave_one_clear_state(world: World, exercise: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, cue="Grow tall.")

    results = together(lambda: publish(world, copy), lambda: retire(world, exercise))

    row = Exercise.objects.get(pk=exercise.pk)
    assert refusals(results, RevisionConflict, WrongState) == 1
    assert (row.state, row.edition) in [(ExerciseState.PUBLISHED, 2), (ExerciseState.RETIRED, 1)]
    assert WorkItem.objects.count() == (1 if row.state == ExerciseState.RETIRED else 0)


@TURNS
def test_two_curators_retire_once(world: World, exercise: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, exercise)

    results = together(*[lambda: retire(world, Exercise.objects.get(pk=exercise.pk))] * 2)

    assert refusals(results, RevisionConflict) <= 1
    assert WorkItem.objects.count() == 1
    assert Exercise.objects.get(pk=exercise.pk).state == ExerciseState.RETIRED


@TURNS
def test_each_into_the_other_leaves_one_of_them(world: World, exercise: Exercise, turn: int) -> None:
    other = make_whole("Sitting twist")
    program = factories.make_program(world.hill, exercise, other)

    results = together(lambda: merge(world, exercise, other), lambda: merge(world, other, exercise))

    assert refusals(results, CannotMerge, RevisionConflict) == 1
    [stays] = Exercise.objects.filter(pk__in=[exercise.pk, other.pk]).published()
    assert {item.exercise for item in program.items.all()} == {stays}
    assert stays.merged.count() == 1


@TURNS
def test_two_curators_merge_the_same_pair_once(world: World, exercise: Exercise, turn: int) -> None:
    other = make_whole("Sitting twist")
    make_whole("Neighbour", neighbours={"easier": exercise.code})

    results = together(*[lambda: merge(world, exercise, other)] * 2)

    assert refusals(results, RevisionConflict) <= 1
    assert Exercise.objects.get(pk=other.pk).aliases.count("Seated twist") == 1


@TURNS
def test_a_merge_and_a_publish_of_a_neighbour_both_come_through(world: World, exercise: Exercise, turn: int) -> None:
    """The one that is published names the one that goes: nothing waits for itself, and the last word is right."""
    other, third = make_whole("Sitting twist"), make_whole("Third", neighbours={"easier": exercise.code})
    copy = in_review(world, third, cue="Slowly.")

    results = together(
        lambda: merge(world, exercise, other),
        lambda: publish(world, Exercise.objects.get(pk=copy.pk)),
    )

    assert refusals(results, RevisionConflict) <= 1
    assert Exercise.objects.get(pk=third.pk).neighbours == {"easier": other.code}


@TURNS
def test_a_retire_and_a_merge_of_the_same_one_retire_it_once(world: World, exercise: Exercise, turn: int) -> None:
    other = make_whole("Sitting twist")

    results = together(lambda: retire(world, exercise), lambda: merge(world, exercise, other))

    row = Exercise.objects.get(pk=exercise.pk)
    is_merged = refusals(results, RevisionConflict) == 0  # retired is what the other wanted too
    assert (row.state, row.merged_into) == (ExerciseState.RETIRED, other if is_merged else None)


def assigning(world: World, exercise: Exercise) -> Callable[[], Prescription]:
    seen = Exercise.objects.get(pk=exercise.pk)  # as the page showed it
    return lambda: prescriptions.assign(
        actor=world.ana, patient=world.dan, title="Twists", items=[ItemDraft(seen, seen.dose_values())],
        rule=Rule(slots=("07:30",)), starts_on=TODAY, answers={}, now=NOW,
    )  # fmt: skip


@TURNS
@pytest.mark.parametrize("has_it_already", [False, True])
def test_no_patient_slips_between_a_new_feature_and_an_assignment(world, exercise, turn: int, has_it_already) -> None:
    """Dan has osteoporosis. Either the therapist is asked, or the prescription was there in time for a note."""
    if has_it_already:
        factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    results = together(assigning(world, exercise), lambda: publish(world, copy))

    assert refusals(results, SafetyUnanswered) <= 1
    given = Prescription.objects.filter(title="Twists").first()
    assert (given is None) == isinstance(results[0], SafetyUnanswered)
    if given:
        assert WorkItem.objects.filter(prescription=given).count() == 1


@TURNS
def test_no_patient_slips_between_retiring_and_an_assignment(world: World, exercise: Exercise, turn: int) -> None:
    results = together(assigning(world, exercise), lambda: retire(world, exercise))

    assert refusals(results, ExerciseRetired) <= 1
    for given in Prescription.objects.filter(title="Twists"):
        assert WorkItem.objects.filter(prescription=given).count() == 1


@TURNS
def test_an_exercise_added_while_it_is_merged_is_led_on(world: World, exercise: Exercise, turn: int) -> None:
    other, program = make_whole("Sitting twist"), factories.make_program(world.harbour, world.exercises[0])

    together(
        lambda: ProgramItem.objects.create(program=program, exercise=exercise, order=1),
        lambda: merge(world, exercise, other),
    )

    held = program.items.select_related("exercise__merged_into").get(order=1).exercise
    assert (held.merged_into or held) == other


@TURNS
def test_two_therapists_settle_a_note_once(world: World, exercise: Exercise, turn: int) -> None:
    factories.make_prescription(world.dan, exercise)
    publish(world, in_review(world, exercise, features=[ROTATION]))
    note = WorkItem.objects.get()

    def settle(by: User) -> Callable[[], bool]:
        return lambda: work.settle(actor=by, item=note, now=NOW)

    results = together(settle(world.ana), settle(world.ben))

    assert sorted(results) == [False, True]


@TURNS
def test_a_writer_who_goes_on_while_it_is_published_is_told(world: World, exercise: Exercise, turn: int) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    open_page, words = Exercise.objects.get(pk=copy.pk), {"cue": "Late."}

    results = together(
        lambda: publish(world, copy),
        lambda: curation.save(actor=world.cora, exercise=open_page, revision=copy.revision, content=words),
    )

    assert refusals(results, RevisionConflict) == 1
    assert Exercise.objects.get(pk=exercise.pk).cue in ("Grow tall.", "Lift your breastbone.")
