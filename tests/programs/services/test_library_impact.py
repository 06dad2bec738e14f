"""What a library change touches, in numbers; and the work notes it leaves with those who treat the patients."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from exercises.models import Exercise, ExerciseEdition
from exercises.services.curation import Incomplete, SecondPersonNeeded
from patients.conditions import Condition
from programs.enums import Rating, WorkKind
from programs.models import PrescriptionItem, PrescriptionVersion, WorkItem
from programs.services import library_impact
from programs.services.library_impact import Impact, impact_of, matters
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole, publish
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
ROTATION = "spinal_rotation_end_range"


@pytest.fixture
def exercise(world: World) -> Exercise:
    return make_whole("Seated twist")


# --- Whom it touches -----------------------------------------------------------------------------------------


def test_impact_counts_live_prescriptions_patients_clinics_and_programs(world: World, exercise: Exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    factories.make_prescription(world.dan, exercise, title="A second one")
    factories.make_prescription(world.finn, exercise, starts_on=TODAY + timedelta(days=3))
    factories.make_prescription(world.eve, exercise, ends_on=TODAY - timedelta(days=1))
    archived = factories.make_patient(world.hill, archived_at=NOW)
    factories.make_prescription(archived, exercise)
    factories.make_program(world.harbour, exercise, exercise)
    factories.make_program(None, exercise)
    factories.make_program(world.hill, exercise, archived_at=NOW)

    assert impact_of(exercise, TODAY) == Impact(prescriptions=3, patients=2, programs=2, clinics=2)
    assert impact_of(make_whole("Unused"), TODAY) == Impact(0, 0, 0, 0)


def test_impact_of_a_working_copy_is_that_of_its_exercise(world: World, exercise: Exercise) -> None:
    factories.make_prescription(world.dan, exercise)

    assert impact_of(in_review(world, exercise, cue="Grow tall."), TODAY).prescriptions == 1


@pytest.mark.parametrize(("from_day", "held"), [(-1, 0), (0, 0), (1, 1)])
def test_a_version_that_left_it_out_no_longer_counts(
    world: World, exercise: Exercise, from_day: int, held: int
) -> None:
    """From the day on which the next version is in force; until then it is still done."""
    given = factories.make_prescription(world.dan, exercise)
    PrescriptionVersion.objects.create(
        prescription=given, number=2, effective_from=TODAY + timedelta(days=from_day), slots=[]
    )

    assert impact_of(exercise, TODAY).prescriptions == held


def test_a_version_to_come_counts_too(world: World, exercise: Exercise) -> None:
    version = PrescriptionVersion.objects.create(
        prescription=world.prescription, number=2, effective_from=TODAY + timedelta(days=5), slots=[]
    )
    PrescriptionItem.objects.create(version=version, exercise=exercise, name=exercise.name)

    assert impact_of(exercise, TODAY).prescriptions == 1


def test_impact_takes_two_statements(world: World, exercise: Exercise) -> None:
    for _ in range(5):
        factories.make_prescription(factories.make_patient(world.hill), exercise)

    with CaptureQueriesContext(connection) as captured:
        impact_of(exercise, TODAY)

    assert len(captured) == 2


# --- A new feature -------------------------------------------------------------------------------------------


def test_matters_lists_every_condition_worst_first_with_the_patients_hit(world: World, exercise: Exercise) -> None:
    factories.make_prescription(world.dan, exercise)  # osteoporosis
    factories.make_prescription(world.dan, exercise, title="Again")
    factories.make_prescription(world.eve, exercise)
    factories.make_condition(world.finn, Condition.FUSED_THORACOLUMBAR_SPINE)
    factories.make_prescription(world.finn, exercise)
    ended = factories.make_condition(world.eve, Condition.FUSED_THORACOLUMBAR_SPINE, ended_on=TODAY)

    found = {(one.warning.condition, one.warning.rating): one.patients for one in matters(
        in_review(world, exercise, features=[ROTATION]), TODAY
    )}  # fmt: skip

    assert ended.ended_on == TODAY
    assert found[Condition.FUSED_THORACOLUMBAR_SPINE, Rating.AVOID] == 1
    assert found[Condition.OSTEOPOROSIS, Rating.CAUTION] == 1
    assert sum(found.values()) == 2
    assert len(found) == 10
    assert [rating for _, rating in found] == sorted((rating for _, rating in found), reverse=True)


def test_matters_says_nothing_when_no_feature_is_new(world: World) -> None:
    exercise = make_whole("Twist", features=[ROTATION])
    factories.make_prescription(world.dan, exercise)

    assert matters(in_review(world, exercise, cue="Slowly."), TODAY) == []
    assert matters(make_whole("Never published", state=ExerciseState.DRAFT, features=[ROTATION]), TODAY) == []


def test_matters_takes_five_statements_for_any_number_of_patients(world: World, exercise: Exercise) -> None:
    copy = in_review(world, exercise, features=[ROTATION, "high_impact"])
    for _ in range(7):
        patient = factories.make_patient(world.hill)
        factories.make_condition(patient, Condition.OSTEOPOROSIS)
        factories.make_prescription(patient, exercise)

    copy = Exercise.objects.select_related("replaces").get(pk=copy.pk)
    with CaptureQueriesContext(connection) as captured:
        matters(copy, TODAY)

    assert len(captured) == 5


def test_publishing_a_new_feature_writes_a_note_for_each_prescription_it_hits(world: World, exercise: Exercise) -> None:
    hit = factories.make_prescription(world.dan, exercise)
    factories.make_prescription(world.eve, exercise)
    factories.make_condition(world.finn, Condition.FUSED_THORACOLUMBAR_SPINE)
    worse = factories.make_prescription(world.finn, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    published = publish(world, copy)

    assert published.notes == 2
    notes = {note.prescription: note for note in WorkItem.objects.worst_first()}
    assert list(notes) == [worse, hit]
    assert notes[worse].reason == (
        "“Seated twist” now counts as: end-range rotation of the spine. "
        "Avoid for fused thoracic or lumbar spine: Torsion on a rigid spine. Look at the program."
    )
    note = notes[hit]
    assert (note.kind, note.rating, note.rating_word) == (WorkKind.SAFETY, Rating.CAUTION, "caution")
    assert (note.clinic, note.patient, note.exercise) == (world.harbour, world.dan, exercise)
    assert (note.due_on, note.settled_at) == (TODAY, None)


def test_a_feature_that_matters_for_everybody_notes_everybody(world: World, exercise: Exercise) -> None:
    for patient in (world.dan, world.eve):
        factories.make_prescription(patient, exercise)

    assert publish(world, in_review(world, exercise, features=["high_impact"])).notes == 2
    assert "Caution for everybody with AS: Patient bodies" in WorkItem.objects.get(patient=world.eve).reason


def test_a_feature_that_was_there_already_writes_no_note(world: World) -> None:
    exercise = make_whole("Twist", features=[ROTATION])
    factories.make_prescription(world.dan, exercise)

    assert publish(world, in_review(world, exercise, cue="Slowly.")).notes == 0
    assert not WorkItem.objects.exists()


def test_publishing_the_same_twice_notes_once(world: World, exercise: Exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    first, again = publish(world, copy), publish(world, copy)

    assert first.exercise == again.exercise == exercise
    assert WorkItem.objects.count() == 1
    assert ExerciseEdition.objects.filter(exercise=exercise).count() == 2


def test_publish_passes_the_date_and_the_note_on(world: World, exercise: Exercise) -> None:
    monday = TODAY + timedelta(days=5)

    publish(world, in_review(world, exercise, cue="Slowly."), applies_from=monday, note="Reads better.")

    edition = ExerciseEdition.objects.get(exercise=exercise, number=2)
    assert (edition.applies_from, edition.note, edition.published_by) == (monday, "Reads better.", world.cleo)


@pytest.mark.parametrize("fault", ["own", "stale", "incomplete"])
def test_a_refused_publish_writes_nothing(world: World, exercise: Exercise, fault: str) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])
    changes = {"own": {"actor": world.cora}, "stale": {"revision": copy.revision - 1}, "incomplete": {}}[fault]
    if fault == "incomplete":
        Exercise.objects.filter(pk=copy.pk).update(cue="")
    refusal = {"own": SecondPersonNeeded, "stale": RevisionConflict, "incomplete": Incomplete}[fault]

    with pytest.raises(refusal):
        publish(world, copy, **changes)

    assert not WorkItem.objects.exists()
    assert Exercise.objects.get(pk=exercise.pk).edition == 1


# --- Retiring and restoring ----------------------------------------------------------------------------------


def retire(world: World, exercise: Exercise, replace_by: date | None = None) -> library_impact.Published:
    return library_impact.retire_with_impact(
        actor=world.cora,
        exercise=exercise,
        revision=exercise.revision,
        reason="Two people fell.",
        now=NOW,
        today=TODAY,
        replace_by=replace_by,
    )


def test_retiring_for_new_versions_only_leaves_everybody_alone(world: World, exercise: Exercise) -> None:
    given = factories.make_prescription(world.dan, exercise)

    row, notes = retire(world, exercise)

    assert (row.state, notes, WorkItem.objects.count()) == (ExerciseState.RETIRED, 0, 0)
    given.refresh_from_db()
    assert (given.ends_on, given.versions.count()) == (None, 1)


def test_retiring_from_a_date_asks_the_therapists_to_replace_it(world: World, exercise: Exercise) -> None:
    given = factories.make_prescription(world.dan, exercise)
    friday = date(2026, 11, 27)

    assert retire(world, exercise, friday).notes == 1

    note = WorkItem.objects.get()
    assert (note.prescription, note.kind, note.due_on, note.rating_word) == (given, WorkKind.REPLACE, friday, "")
    assert note.reason == (
        "“Seated twist” was taken out of the library: Two people fell. Replace it by Friday 27 November 2026."
    )
    assert given.versions.count() == 1  # the app changes no program by itself


def test_restoring_settles_what_asked_to_replace_it_and_nothing_else(world: World, exercise: Exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    publish(world, in_review(world, exercise, features=[ROTATION]))
    exercise.refresh_from_db()
    row, _ = retire(world, exercise, TODAY)

    restored = library_impact.restore_with_impact(
        actor=world.cora, exercise=row, revision=row.revision, reason="It was another one.", now=NOW
    )

    assert (restored.exercise.state, restored.notes) == (ExerciseState.PUBLISHED, 1)
    assert [note.kind for note in WorkItem.objects.unsettled()] == [WorkKind.SAFETY]
    exercise.refresh_from_db()
    assert retire(world, exercise, TODAY).notes == 1
    assert WorkItem.objects.unsettled().filter(kind=WorkKind.REPLACE).count() == 1
