"""Giving a program in stages, in place of another, around a holiday; and what is checked for it."""

from datetime import date, timedelta
from typing import Any

import pytest

from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import AuditEvent, Surgery
from programs.enums import PauseKind, Situation
from programs.models import Prescription, PrescriptionAlternative, Program, SafetyDecision, WorkItem
from programs.schedule import Rule
from programs.services import clearances, prescriptions
from programs.services.prescriptions import (
    EndRefused,
    ItemDraft,
    NothingToAssign,
    SafetyAnswer,
    SafetyUnanswered,
    Stage,
    begun,
    stages_of,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
REASON = "Weighed with the surgeon"


def draft(exercise: Exercise, **fields: Any) -> ItemDraft:
    return ItemDraft(exercise, exercise.dose_values(), **fields)


def assign(world: World, *drafts: ItemDraft, **fields: Any) -> Prescription:
    values: dict[str, Any] = {
        "actor": world.ana,
        "patient": world.dan,
        "title": "New",
        "items": drafts,
        "rule": Rule(slots=("07:30",)),
        "starts_on": TODAY,
        "answers": {},
        "now": NOW,
    }
    return prescriptions.assign(**values | fields)


# --- Stages --------------------------------------------------------------------------------------------------


def test_stages_follow_each_other_by_their_weeks() -> None:
    stages = [Stage([], "Begin", 4), Stage([], "Build up", 2), Stage([], "Keep", None)]

    assert [day for day, _ in begun(stages, date(2026, 11, 18))] == [
        date(2026, 11, 18),
        date(2026, 12, 16),
        date(2026, 12, 30),
    ]
    assert len(begun(stages, date(2026, 11, 18), date(2026, 12, 29))) == 2
    assert len(begun(stages, date(2026, 11, 18), date(2026, 12, 30))) == 3


def test_items_belong_to_the_stages_they_name(world: World) -> None:
    first, second, third = (draft(one) for one in world.exercises[:3])
    steps = [{"title": "Begin", "weeks": 4}, {"title": "Build up", "weeks": 2}, {"title": "Keep"}]

    stages = stages_of(steps, [(first, 1, None), (second, 1, 1), (third, 2, 3)])

    assert [(stage.title, stage.weeks, list(stage.items)) for stage in stages] == [
        ("Begin", 4, [first, second]),
        ("Build up", 2, [first, third]),
        ("Keep", None, [first, third]),
    ]


def test_each_stage_is_a_version_with_a_day_of_its_own(world: World) -> None:
    stretch, _, bend, breathing = world.exercises
    program = factories.make_program(world.harbour, flare_days=5, progression=[])
    steps = [Stage([draft(stretch)], "Begin", 4), Stage([draft(stretch), draft(bend)], "Build up", None)]

    made = assign(world, steps=steps, program=program, answers={bend.pk: SafetyAnswer(reason=REASON)})

    second, first = made.versions.all()
    assert [(v.number, v.effective_from, v.step, v.step_title) for v in (first, second)] == [
        (1, TODAY, 1, "Begin"),
        (2, TODAY + 4 * WEEK, 2, "Build up"),
    ]
    assert [item.name for item in first.items.all()] == [stretch.name]
    assert [item.name for item in second.items.all()] == [stretch.name, bend.name]
    assert SafetyDecision.objects.get().item.version == second
    assert made.flare_days == 5
    assert breathing.name not in [item.name for item in second.items.all()]


def test_every_other_day_keeps_its_rhythm_through_the_stages(world: World) -> None:
    steps = [Stage([draft(world.exercises[0])], "Begin", 1), Stage([draft(world.exercises[0])], "Keep", None)]

    made = assign(world, steps=steps, rule=Rule(weekdays=None, every_days=2, anchor=TODAY))

    assert {version.anchor for version in made.versions.all()} == {TODAY}
    later = made.version_on(TODAY + 8 * DAY)
    assert later is not None
    assert [later.rule.due_on(TODAY + n * DAY) for n in (7, 8)] == [False, True]


def test_a_stage_after_the_last_day_is_left_out_and_an_empty_one_refused(world: World) -> None:
    steps = [Stage([draft(world.exercises[0])], "Begin", 4), Stage([], "Keep", None)]

    with pytest.raises(NothingToAssign):
        assign(world, steps=steps)
    made = assign(world, steps=steps, ends_on=TODAY + 2 * WEEK)

    version = made.versions.get()
    assert (version.step, version.step_title) == (None, "")


# --- What is checked -----------------------------------------------------------------------------------------


def test_an_exercise_that_may_stand_in_is_checked_and_answered(world: World) -> None:
    stretch, _, bend, _ = world.exercises
    item = draft(stretch, alternatives={Situation.AT_WORK: bend})

    with pytest.raises(SafetyUnanswered) as refusal:
        assign(world, item)
    assert list(refusal.value.missing) == [bend.pk]

    assign(world, item, answers={bend.pk: SafetyAnswer(reason=REASON)})
    decision = SafetyDecision.objects.get()
    assert decision.alternative == PrescriptionAlternative.objects.get()
    assert (decision.decided_by, decision.decided_at, decision.reason) == (world.ana, NOW, REASON)


def test_what_begins_after_an_operation_is_checked_against_the_new_hip(world: World) -> None:
    squat = factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"])
    Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=TODAY + 3 * WEEK)

    assign(world, draft(squat))  # today nothing speaks against it
    with pytest.raises(SafetyUnanswered) as refusal:
        assign(world, draft(squat), starts_on=TODAY + 3 * WEEK)
    [warnings] = refusal.value.missing.values()
    assert {warning.condition for warning in warnings} == {Condition.THA_POSTERIOR}

    with pytest.raises(SafetyUnanswered):
        assign(world, steps=[Stage([draft(squat)], "Now", 4), Stage([draft(squat)], "Then", None)])
    assert clearances.begin(NOW + 3 * WEEK) == 2  # what runs is looked at on the day
    assert "Deep squat" in WorkItem.objects.get(prescription__title="New").reason


# --- In place of another -------------------------------------------------------------------------------------


def test_what_is_replaced_ends_on_the_day_before(world: World) -> None:
    old = world.prescription
    factories.make_session(old, TODAY - DAY)

    made = assign(world, draft(world.exercises[0]), replaces=[old], starts_on=TODAY + 5 * DAY)

    old.refresh_from_db()
    assert (old.ends_on, old.revision) == (TODAY + 4 * DAY, 2)
    assert made.starts_on == TODAY + 5 * DAY
    assert old.sessions.count() == 1
    event = AuditEvent.objects.get(verb="prescription.end")
    assert event.detail == {"ends_on": (TODAY + 4 * DAY).isoformat(), "replaced": True}


def test_both_may_run_side_by_side(world: World) -> None:
    assign(world, draft(world.exercises[0]), title="In the pool")

    assert Prescription.objects.filter(patient=world.dan).active_on(TODAY).count() == 2


def test_what_has_not_begun_by_then_is_withdrawn(world: World) -> None:
    later = factories.make_prescription(world.dan, world.exercises[0], starts_on=TODAY + 7 * DAY)

    assign(world, draft(world.exercises[0]), replaces=[later])

    assert not Prescription.objects.filter(pk=later.pk).exists()
    assert AuditEvent.objects.filter(verb="prescription.withdraw", object_id=later.pk).exists()


def test_what_is_logged_on_that_day_stays_whole(world: World) -> None:
    factories.make_session(world.prescription, TODAY)
    before = Prescription.objects.count()

    with pytest.raises(EndRefused, match="logged on 18 November 2026 or later"):
        assign(world, draft(world.exercises[0]), replaces=[world.prescription])

    world.prescription.refresh_from_db()
    assert world.prescription.ends_on is None
    assert Prescription.objects.count() == before


def test_a_refused_assignment_ends_nothing(world: World) -> None:
    with pytest.raises(SafetyUnanswered):
        assign(world, draft(world.exercises[2]), replaces=[world.prescription])

    world.prescription.refresh_from_db()
    assert world.prescription.ends_on is None


def test_another_patients_prescription_is_never_replaced(world: World) -> None:
    others = Prescription.objects.get(patient=world.eve)

    assign(world, draft(world.exercises[0]), replaces=[others])

    others.refresh_from_db()
    assert others.ends_on is None


def test_a_holiday_leaves_days_free(world: World) -> None:
    made = assign(world, draft(world.exercises[0]), holiday=(TODAY + 7 * DAY, TODAY + 20 * DAY))

    pause = made.pauses.get()
    assert (pause.kind, pause.starts_on, pause.last_day) == (PauseKind.HOLIDAY, TODAY + 7 * DAY, TODAY + 20 * DAY)
    assert (pause.patient, pause.created_by) == (world.dan, world.ana)


def test_a_program_gives_its_rules_to_every_version(world: World) -> None:
    rules = [{"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "A second set."}]
    program = Program.objects.create(clinic=world.harbour, name="Rules", progression=rules)
    steps = [Stage([draft(world.exercises[0])], "Begin", 4), Stage([draft(world.exercises[0])], "Keep", None)]

    made = assign(world, steps=steps, program=program)

    assert [version.progression for version in made.versions.all()] == [rules, rules]
