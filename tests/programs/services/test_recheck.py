"""What becomes known about a patient asks the therapist to look: once for each prescription, worst first, by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lib.revisions import RevisionConflict
from exercises.models import Exercise
from patients.conditions import Condition
from patients.enums import Approach, SurgerySide
from patients.models import AuditEvent, PatientCondition, Surgery
from patients.services import patients, surgeries
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
from programs.services import clearances, facts, prescriptions, recheck
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


def record(world: World, **fields: Any) -> Surgery:
    values: dict[str, Any] = {
        "actor": world.ana,
        "patient": world.dan,
        "side": SurgerySide.LEFT,
        "approach": Approach.POSTERIOR,
        "operated_on": TODAY - 3 * DAY,
        "now": NOW,
    }
    return facts.record_surgery(**values | fields)


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
        "Fused thoracic or lumbar spine is on record now. Avoid “Seated twist”: end-range rotation of the spine. "
        "Torsion on a rigid spine. Look at the program."
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
    assert said.startswith("Caution any exercise: ")  # a new hip asks for care with everything
    assert safety.severity(hit.findings[0].warnings) == (Rating.AVOID, 7, 6)  # counted by hand in the matrix


def test_a_hold_is_said_once_and_first(world: World) -> None:
    give(world, twist(), factories.make_exercise("Calm stretch"))

    add(world, C.DVT_SUSPECTED_OR_ACUTE)

    [note] = WorkItem.objects.all()
    assert note.reason.startswith("Suspected or acute DVT is on record now. Avoid any exercise: ")
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
        "Fused thoracic or lumbar spine does not count any more. "
        "What was answered for it is not needed any more: “Seated twist”. Look at the program."
    )
    assert (note.rating, note.kind, note.prescription) == (Rating.ALLOW, WorkKind.SAFETY, given)
    assert given.versions.get().items.first().decisions.exists()  # the record of the answer stays


def test_ending_a_condition_that_nobody_answered_says_nothing(world: World) -> None:
    row = world.dan.conditions.get()
    facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)

    assert not WorkItem.objects.unsettled().exists()
    with pytest.raises(patients.AlreadyEnded):
        facts.end_condition(actor=world.ana, condition=row, on=TODAY, now=NOW)


# --- A new hip -----------------------------------------------------------------------------------------------


def squat() -> Exercise:
    return factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"])


def test_a_surgery_on_record_is_a_condition_and_asks_for_a_look(world: World) -> None:
    give(world, squat())

    row = record(world, instructions="No bending over for six weeks.")

    assert C.THA_POSTERIOR in conditions_of(world.dan, TODAY)
    [note] = WorkItem.objects.all()
    assert note.reason.startswith(
        "Hip replacement, posterior approach (left, 15 November 2026): its precautions count now. "
        "Caution any exercise: "
    )
    assert "Avoid “Deep squat”: hip flexion over 90 degrees." in note.reason
    assert AuditEvent.objects.get(verb="surgery.record").object_id == row.pk


def test_a_planned_operation_is_looked_at_on_its_day_and_once(world: World) -> None:
    give(world, squat())
    record(world, operated_on=TODAY + 3 * DAY)
    assert not WorkItem.objects.exists()

    assert clearances.look_after(NOW + 2 * DAY) == 0
    assert clearances.look_after(NOW + 3 * DAY) == 1
    assert clearances.look_after(NOW + 4 * DAY) == 0

    [note] = WorkItem.objects.all()
    assert "its precautions count now" in note.reason
    assert (note.rating, note.settled_by) == (Rating.AVOID, None)


def test_a_surgery_written_down_later_is_not_asked_again_by_the_calendar(world: World) -> None:
    give(world, squat())
    record(world)

    assert clearances.look_after(NOW) == 0
    assert WorkItem.objects.count() == 1


def test_another_approach_takes_the_old_note_back_and_writes_what_counts_now(world: World) -> None:
    give(world, squat(), factories.make_exercise("Side-lying lift", features=["resisted_hip_abduction"]))
    row = record(world)

    facts.change_surgery(actor=world.ben, surgery=row, revision=1, approach=Approach.LATERAL, now=NOW)

    old, new = WorkItem.objects.order_by("created_at")
    assert (old.settled_at, old.settled_by) == (NOW, world.ben)
    assert new.reason.startswith("The record of the hip replacement (left, 15 November 2026) has changed. ")
    assert "Avoid “Side-lying lift”: resisted hip abduction" in new.reason
    assert "“Deep squat”" in new.reason
    with pytest.raises(RevisionConflict):
        facts.change_surgery(actor=world.ana, surgery=row, revision=1, instructions="Other words", now=NOW)


def test_other_words_of_the_surgeon_ask_for_nothing(world: World) -> None:
    give(world, squat())
    row = record(world)

    facts.change_surgery(actor=world.ana, surgery=row, revision=1, instructions="Gently.", now=NOW)

    assert WorkItem.objects.unsettled().count() == 1


def test_clearing_is_an_act_with_name_and_day_and_settles_the_question(world: World) -> None:
    given = give(world, squat())
    row = record(world, operated_on=TODAY - 90 * DAY, precautions_until=TODAY - 6 * DAY)
    assert clearances.look_after(NOW) == 1
    question = WorkItem.objects.get(kind=WorkKind.CLEARANCE)
    assert question.headline == "Ask the surgeon"
    assert question.reason == (
        "Hip replacement (left, 20 August 2026): precautions were set until 12 November 2026. Ask whether the "
        "surgeon has cleared. Until somebody writes that down they go on."
    )
    assert C.THA_POSTERIOR in conditions_of(world.dan, TODAY)  # asked, not cleared

    row = facts.clear_surgery(actor=world.ana, surgery=row, on=TODAY, told_by="Dr Weber, by letter", now=NOW)

    assert conditions_of(world.dan, TODAY) == {C.OSTEOPOROSIS, C.THA_CLEARED}
    assert (row.cleared_on, row.cleared_by, surgeries.told_by(row)) == (TODAY, world.ana, "Dr Weber, by letter")
    [note] = WorkItem.objects.unsettled()
    assert note.reason.startswith("The surgeon has cleared the hip replacement (left, 20 August 2026). Caution “Deep")
    assert (note.prescription, note.rating) == (given, Rating.CAUTION)
    with pytest.raises(surgeries.AlreadyCleared):
        facts.clear_surgery(actor=world.ben, surgery=row, on=TODAY, told_by="again", now=NOW)
    assert clearances.look_after(NOW + 50 * DAY) == 0


def test_a_clearance_by_mistake_can_be_taken_back(world: World) -> None:
    give(world, squat())
    row = record(world)
    row = facts.clear_surgery(actor=world.ana, surgery=row, on=TODAY, told_by="Dr Weber", now=NOW)

    row = facts.take_back_clearance(actor=world.ana, surgery=row, reason="The wrong patient.", now=NOW)

    assert (row.cleared_on, row.cleared_by) == (None, None)
    assert C.THA_POSTERIOR in conditions_of(world.dan, TODAY)
    [note] = WorkItem.objects.unsettled()
    assert "Avoid “Deep squat”" in note.reason


def test_the_day_to_ask_is_that_of_the_patient(world: World) -> None:
    give(world, squat())
    world.dan.time_zone = "Pacific/Auckland"
    world.dan.save()
    record(world, operated_on=TODAY - 90 * DAY, precautions_until=TODAY + DAY)

    noon = NOW.replace(hour=10)
    assert clearances.ask(noon) == 0
    assert clearances.ask(noon.replace(hour=12)) == 1  # past midnight in Auckland


def test_moving_the_day_asks_again_then(world: World) -> None:
    give(world, squat())
    row = record(world, operated_on=TODAY - 90 * DAY, precautions_until=TODAY)
    assert clearances.ask(NOW) == 1

    facts.change_surgery(actor=world.ana, surgery=row, revision=1, precautions_until=TODAY + 14 * DAY, now=NOW)

    assert not WorkItem.objects.filter(kind=WorkKind.CLEARANCE).unsettled().exists()
    assert clearances.ask(NOW + 13 * DAY) == 0
    assert clearances.ask(NOW + 14 * DAY) == 1


def test_a_stiff_spine_over_a_new_hip_is_said(world: World) -> None:
    give(world, factories.make_exercise("Hip flexor stretch", features=["hip_extension_past_neutral"]))
    record(world, operated_on=TODAY - 900 * DAY)
    WorkItem.objects.all().delete()

    add(world, C.FUSED_THORACOLUMBAR_SPINE)

    [note] = WorkItem.objects.all()
    assert "Avoid “Hip flexor stretch”: hip extension past neutral" in note.reason
