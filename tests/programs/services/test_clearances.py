"""A new hip on record: what runs is looked at, on its day and at each change; the calendar asks and clears nothing."""

from datetime import timedelta
from typing import Any

import pytest

from config.lib.revisions import RevisionConflict
from exercises.models import Exercise
from patients.conditions import Condition
from patients.enums import Approach, SurgerySide
from patients.models import AuditEvent, Surgery
from patients.services import surgeries
from programs.enums import Rating, WorkKind
from programs.models import WorkItem
from programs.services import clearances, facts
from programs.services.conditions import conditions_of
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.services.test_recheck import add, give
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAY = timedelta(days=1)
C = Condition


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


def squat() -> Exercise:
    return factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"])


def test_a_surgery_on_record_is_a_condition_and_asks_for_a_look(world: World) -> None:
    give(world, squat())

    row = record(world, instructions="No bending over for six weeks.")

    assert C.THA_POSTERIOR in conditions_of(world.dan, TODAY)
    [note] = WorkItem.objects.all()
    assert note.reason.startswith(
        "Hip replacement, posterior approach (left, 15 November 2026): its precautions count now.\nAvoid “Deep squat”"
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
    assert new.reason.startswith("The record of the hip replacement (left, 15 November 2026) has changed.\n")
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
    assert note.reason.startswith("The surgeon has cleared the hip replacement (left, 20 August 2026).\nCaution “Deep")
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
