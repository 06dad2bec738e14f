"""What becomes known about a patient asks the therapist to look: once for each prescription, worst first, by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import PatientCondition
from patients.services import patients
from programs import safety
from programs.enums import Rating, Situation, WorkKind
from programs.models import (
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    WorkItem,
)
from programs.schedule import Rule
from programs.services import facts, prescriptions, recheck
from programs.services.conditions import conditions_of
from programs.services.prescriptions import ItemDraft, SafetyAnswer
from programs.services.recheck import Question
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAY = timedelta(days=1)
ROTATION, BENDING = "spinal_rotation_end_range", "spinal_flexion_load"
C = Condition


def add(world: World, condition: Condition, **fields: Any) -> PatientCondition:
    return facts.add_condition(actor=world.ana, patient=world.dan, condition=condition, now=NOW, **fields)


def give(world: World, *exercises: Exercise, **fields: Any) -> Prescription:
    """Dan's only live prescription."""
    Prescription.objects.filter(patient=world.dan).delete()
    return factories.make_prescription(world.dan, *exercises, **fields)


def twist(**fields: Any) -> Exercise:
    return factories.make_exercise("Seated twist", features=[ROTATION], **fields)


# --- A condition begins --------------------------------------------------------------------------------------


def test_a_condition_notes_each_live_prescription_once(world: World) -> None:
    given = give(world, twist(), factories.make_exercise("Calm stretch"))
    also = factories.make_prescription(world.dan, twist(), title="In the pool", starts_on=TODAY + 9 * DAY)
    factories.make_prescription(world.dan, twist(), ends_on=TODAY - DAY)
    factories.make_prescription(world.eve, twist())

    row = add(world, C.FUSED_THORACOLUMBAR_SPINE)

    notes = {note.prescription: note for note in WorkItem.objects.all()}
    assert set(notes) == {given, also}
    note = notes[given]
    assert note.reason == (
        "Fused thoracic or lumbar spine is on record now.\n"
        "Avoid “Seated twist”: end-range rotation of the spine. Torsion on a rigid spine."
    )
    assert (note.kind, note.rating, note.exercise.name, note.due_on) == (
        WorkKind.SAFETY,
        Rating.AVOID,
        "Seated twist",
        TODAY,
    )
    assert note.headline == "Avoid: Seated twist"
    assert note.dedupe_key == f"condition:{row.pk}:added:{given.pk}"


def test_a_condition_that_nothing_minds_writes_no_note(world: World) -> None:
    add(world, C.RAYNAUD)

    assert not WorkItem.objects.exists()


def test_only_what_is_new_is_named(world: World) -> None:
    """Dan has osteoporosis already, which minds bending; a fused spine minds bending and twisting."""
    factories.make_condition(world.dan, C.ANTICOAGULATION)
    give(world, factories.make_exercise("Box jump", features=["high_impact"]))

    add(world, C.RESTRICTIVE_LUNG_DISEASE)

    [note] = WorkItem.objects.all()
    assert note.rating == Rating.CAUTION
    assert note.reason.count("Box jump") == 1
    assert "steopor" not in note.reason


def test_the_three_worst_are_named_first_for_four_conditions(world: World) -> None:
    """What the check says of each exercise decides the order: avoids by their number, then cautions."""
    four = [C.OSTEOPOROSIS, C.FUSED_THORACOLUMBAR_SPINE, C.BALANCE_PROBLEM_FALL_RISK, C.THA_POSTERIOR]
    exercises = [
        factories.make_exercise("Wall slide"),
        factories.make_exercise("Single-leg stand", features=["balance_challenge"]),
        factories.make_exercise("Cross-body stretch on the floor", features=[
            "hip_flexion_gt_90", "hip_adduction_past_midline", "hip_internal_rotation", "floor_transfer",
        ]),
        factories.make_exercise("Warm pack", features=["heat"]),
        factories.make_exercise("Sit-up with a twist", features=[BENDING, ROTATION, "floor_transfer"]),
        factories.make_exercise("Jumping jack", features=["high_impact"]),
        factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"]),
    ]  # fmt: skip
    given = give(world, *exercises)
    for condition in four[1:]:
        factories.make_condition(world.dan, condition)
    held = conditions_of(world.dan, TODAY)
    assert held == {*four, C.THA_WITH_STIFF_SPINE}

    [hit] = recheck.hits(Prescription.objects.filter(pk=given.pk), TODAY, Question())

    by_hand = sorted(exercises, key=lambda one: safety.severity(safety.check(one.feature_set, held)), reverse=True)
    assert [one.exercise.name for one in hit.findings[:3]] == [one.name for one in by_hand[:3]]
    assert [one.exercise.name for one in hit.findings[:3]] == [
        "Sit-up with a twist",
        "Cross-body stretch on the floor",
        "Jumping jack",
    ]
    said = recheck.say(hit.findings)
    places = [said.index(f"“{one.exercise.name}”") for one in hit.findings[:3]]
    assert places == sorted(places)
    lines = said.split("\n")
    assert [line.split(" ")[0] for line in lines] == ["Avoid"] * 4 + ["Caution"] * 2 + ["And"]
    assert lines[4].startswith("Caution any exercise: ")  # a new hip asks for care with everything
    assert safety.severity(hit.findings[0].warnings) == (Rating.AVOID, 7, 6)  # counted by hand in the matrix


def test_a_hold_is_said_once_and_first(world: World) -> None:
    give(world, twist(), factories.make_exercise("Calm stretch"))

    add(world, C.DVT_SUSPECTED_OR_ACUTE)

    [note] = WorkItem.objects.all()
    assert note.reason.startswith("Suspected or acute DVT is on record now.\nAvoid any exercise: ")
    assert note.reason.count("ny exercise") == 1
    assert note.rating == Rating.AVOID


def test_alternatives_are_checked_too(world: World) -> None:
    given = give(world, factories.make_exercise("Calm stretch"))
    item = PrescriptionItem.objects.get(version__prescription=given)
    PrescriptionAlternative.objects.create(
        item=item, situation=Situation.AT_WORK, exercise=(other := twist()), name=other.name
    )

    add(world, C.FUSED_THORACOLUMBAR_SPINE)

    [note] = WorkItem.objects.all()
    assert "Avoid “Seated twist” (allowed instead of “Calm stretch”): end-range rotation" in note.reason


def test_a_version_planned_ahead_is_checked_and_one_that_is_past_is_not(world: World) -> None:
    given = give(world, factories.make_exercise("Old bend", features=[BENDING]))
    for number, (name, day) in enumerate([("Calm stretch", TODAY - DAY), ("Seated twist", TODAY + 5 * DAY)], 2):
        exercise = factories.make_exercise(name, features=[ROTATION] if "twist" in name else [])
        version = PrescriptionVersion.objects.create(prescription=given, number=number, effective_from=day)
        PrescriptionItem.objects.create(version=version, exercise=exercise, name=name)

    add(world, C.FUSED_THORACOLUMBAR_SPINE)

    [note] = WorkItem.objects.all()
    assert "“Seated twist” (from 23 November 2026)" in note.reason
    assert "Old bend" not in note.reason


def assigned(world: World, *exercises: Exercise) -> Prescription:
    """As the assignment page does it, with an answer to everything."""
    Prescription.objects.filter(patient=world.dan).delete()
    return prescriptions.assign(
        actor=world.ana,
        patient=world.dan,
        title="Hips",
        items=[ItemDraft(one, one.dose_values()) for one in exercises],
        rule=Rule(slots=("07:30",)),
        starts_on=TODAY,
        answers={one.pk: SafetyAnswer(reason="Weighed with the surgeon") for one in exercises},
        now=NOW,
    )


def test_what_was_answered_is_not_asked_again(world: World) -> None:
    row = add(world, C.FUSED_THORACOLUMBAR_SPINE)
    assigned(world, twist())
    facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)
    WorkItem.objects.all().delete()

    add(world, C.FUSED_THORACOLUMBAR_SPINE)

    assert not WorkItem.objects.exists()


def test_a_refused_fact_leaves_no_note(world: World) -> None:
    give(world, twist())
    add(world, C.FUSED_THORACOLUMBAR_SPINE)

    with pytest.raises(patients.AlreadyRecorded):
        add(world, C.FUSED_THORACOLUMBAR_SPINE)

    assert WorkItem.objects.count() == 1


def test_the_check_takes_as_many_statements_for_many_prescriptions(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            recheck.hits(Prescription.objects.live(TODAY), TODAY, Question())
        return len(captured)

    before = cost()
    for _ in range(6):
        patient = factories.make_patient(world.hill)
        factories.make_condition(patient, C.FUSED_THORACOLUMBAR_SPINE)
        factories.make_prescription(patient, twist(), twist())

    assert cost() == before == 5


# --- A condition ends ----------------------------------------------------------------------------------------


def test_ending_a_condition_settles_its_note_and_tells_which_answers_are_not_needed(world: World) -> None:
    factories.make_condition(world.dan, C.FUSED_THORACOLUMBAR_SPINE)
    given = assigned(world, twist(), factories.make_exercise("Calm stretch"))
    row = world.dan.conditions.get(condition=C.FUSED_THORACOLUMBAR_SPINE)
    early = WorkItem.objects.create(
        clinic=world.harbour,
        patient=world.dan,
        prescription=given,
        kind=WorkKind.SAFETY,
        reason="Avoid something.",
        dedupe_key=f"condition:{row.pk}:added:{given.pk}",
    )

    facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)

    early.refresh_from_db()
    assert (early.settled_at, early.settled_by) == (NOW, world.ana)
    [note] = WorkItem.objects.unsettled()
    assert note.reason == (
        "Fused thoracic or lumbar spine does not count any more.\n"
        "What was answered for it is not needed any more: “Seated twist”."
    )
    assert (note.rating, note.kind, note.prescription) == (Rating.ALLOW, WorkKind.SAFETY, given)
    assert given.versions.get().items.first().decisions.exists()  # the record of the answer stays


def test_ending_a_condition_that_nobody_answered_says_nothing(world: World) -> None:
    row = world.dan.conditions.get()
    facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)

    assert not WorkItem.objects.unsettled().exists()
    with pytest.raises(patients.AlreadyEnded):
        facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)
