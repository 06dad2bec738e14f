"""Assigning and ending: what is stored, what is refused, and what never changes afterwards."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from config.lib.ids import uuid7
from exercises.models import Exercise, ShelfMark
from patients.conditions import Condition
from patients.models import AuditEvent, Patient
from programs.enums import Decision, Rating
from programs.models import Prescription, PrescriptionItem, SafetyDecision, Session
from programs.schedule import Rule
from programs.services import prescriptions
from programs.services.prescriptions import ItemDraft, SafetyAnswer, SafetyUnanswered
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
REASON = "Surgeon agreed on the phone"


def draft(exercise: Exercise, **fields: Any) -> ItemDraft:
    return ItemDraft(exercise, exercise.dose_values(), **fields)


def assign(world: World, *drafts: ItemDraft, **fields: Any) -> Prescription:
    values: dict[str, Any] = {
        "actor": world.ana,
        "patient": world.dan,
        "title": "Hips",
        "items": drafts,
        "rule": Rule(weekdays=0b0011111, slots=("07:30", "18:00")),
        "starts_on": TODAY,
        "answers": {},
        "now": NOW,
    }
    return prescriptions.assign(**values | fields)


def test_assign_copies_schedule_names_and_doses(world: World) -> None:
    stretch, _, _, breathing = world.exercises

    made = assign(
        world,
        ItemDraft(stretch, stretch.dose_values() | {"hold_seconds": 45}, weekdays=0b101, note="left hip"),
        draft(breathing),
        ends_on=TODAY + timedelta(days=30),
        program=world.program,
    )

    version = made.versions.get()
    assert (version.number, version.effective_from, version.rule) == (
        1,
        TODAY,
        Rule(weekdays=0b0011111, slots=("07:30", "18:00")),
    )
    first, second = version.items.all()
    assert (first.name, first.hold_seconds, first.weekdays, first.note) == (stretch.name, 45, 0b101, "left hip")
    assert (second.name, second.order, second.dose) == (breathing.name, 1, breathing.dose)
    assert (made.clinic, made.created_by, made.program) == (world.harbour, world.ana, world.program)


def test_assign_keeps_the_snapshot_when_program_and_exercise_change(world: World) -> None:
    stretch = world.exercises[0]
    made = assign(world, draft(stretch), program=world.program)

    Exercise.objects.filter(pk=stretch.pk).update(name="Renamed", hold_seconds=5, features=["high_impact"])
    world.program.items.all().delete()
    world.program.delete()

    item = PrescriptionItem.objects.get(version__prescription=made)
    assert (item.name, item.hold_seconds) == ("Standing hip stretch", 30)
    made.refresh_from_db()
    assert (made.program, made.title) == (None, "Hips")


def test_assign_times_per_week_drops_days_of_items(world: World) -> None:
    made = assign(
        world, draft(world.exercises[0], weekdays=1), rule=Rule(weekdays=None, times_per_week=3, slots=("07:30",))
    )

    version = made.versions.get()
    assert version.rule == Rule(weekdays=None, times_per_week=3, slots=("07:30",))
    assert version.items.get().weekdays is None


def test_assign_puts_the_exercises_on_the_shelf_of_who_assigned_them(world: World) -> None:
    assign(world, draft(world.exercises[0]), draft(world.exercises[3]))

    marks = ShelfMark.objects.values_list("user", "exercise__name", "used_at")
    assert set(marks) == {(world.ana.pk, world.exercises[n].name, NOW) for n in (0, 3)}


def test_assign_refuses_an_avoid_without_a_reason_and_stores_nothing(world: World) -> None:
    bend = world.exercises[2]  # loaded bending; Dan has osteoporosis
    before = Prescription.objects.count()

    for answer in ({}, {bend.pk: SafetyAnswer(confirmed=True)}, {bend.pk: SafetyAnswer(reason="too short ")}):
        with pytest.raises(SafetyUnanswered) as refusal:
            assign(world, draft(world.exercises[0]), draft(bend), answers=answer)
        [(exercise_id, [warning])] = refusal.value.missing.items()
        assert (exercise_id, warning.condition, warning.rating) == (bend.pk, Condition.OSTEOPOROSIS, Rating.AVOID)

    assert Prescription.objects.count() == before


def test_assign_keeps_the_reason_for_an_avoid(world: World) -> None:
    bend = world.exercises[2]

    made = assign(world, draft(bend), answers={bend.pk: SafetyAnswer(reason=f"  {REASON} ")})

    decision = SafetyDecision.objects.get(item__version__prescription=made)
    assert (decision.condition, decision.feature, decision.rating) == ("osteoporosis", "spinal_flexion_load", 2)
    assert (decision.decision, decision.reason, decision.decided_by) == (Decision.OVERRIDDEN, REASON, world.ana)
    assert decision.matrix_reason


def test_assign_wants_a_caution_confirmed(world: World) -> None:
    roll = factories.make_exercise("Thigh rolling", features=["foam_roll_limb"])
    with pytest.raises(SafetyUnanswered):
        assign(world, draft(roll))

    made = assign(world, draft(roll), answers={roll.pk: SafetyAnswer(confirmed=True)})

    decision = SafetyDecision.objects.get(item__version__prescription=made)
    assert (decision.rating, decision.decision, decision.reason) == (1, Decision.CONFIRMED, "")


def test_assign_forgets_a_condition_that_ended(world: World) -> None:
    world.dan.conditions.update(ended_on=TODAY)

    made = assign(world, draft(world.exercises[2]))

    assert not SafetyDecision.objects.filter(item__version__prescription=made).exists()


def test_assign_uses_the_patients_own_day(world: World) -> None:
    """At 22:30 UTC it is already tomorrow in Sydney, and a condition that ends tomorrow no longer counts."""
    Patient.objects.filter(pk=world.dan.pk).update(time_zone="Australia/Sydney")
    world.dan.conditions.update(ended_on=TODAY + timedelta(days=1))

    assign(world, draft(world.exercises[2]), now=NOW.replace(hour=22, minute=30))

    with pytest.raises(SafetyUnanswered):
        assign(world, draft(world.exercises[2]), now=NOW)


def test_assign_twice_with_one_key_makes_one(world: World) -> None:
    key = uuid7()

    first = assign(world, draft(world.exercises[0]), key=key)
    again = assign(world, draft(world.exercises[0]), key=key, title="Another")

    assert again == first
    assert PrescriptionItem.objects.filter(version__prescription=key).count() == 1


def test_assign_does_not_answer_with_another_patients_prescription(world: World) -> None:
    other = world.eve.prescriptions.get()

    with pytest.raises(prescriptions.KeyTaken):
        assign(world, draft(world.exercises[0]), key=other.pk)


def test_assign_needs_an_exercise(world: World) -> None:
    with pytest.raises(prescriptions.NothingToAssign):
        assign(world)


def test_assign_leaves_one_audit_entry_without_names(world: World) -> None:
    made = assign(world, draft(world.exercises[0]))

    event = AuditEvent.objects.get(verb="prescription.assign")
    assert (event.actor, event.patient, event.object_id) == (world.ana, world.dan, made.pk)
    assert event.detail == {"items": 1, "decisions": 0}


def test_end_sets_the_last_day_and_is_safe_to_repeat(world: World) -> None:
    for _ in range(2):
        prescriptions.end(actor=world.ana, prescription=world.prescription, on=TODAY, now=NOW)

    world.prescription.refresh_from_db()
    assert world.prescription.ends_on == TODAY
    assert AuditEvent.objects.filter(verb="prescription.end").count() == 1


@pytest.mark.parametrize(("ends_on", "on"), [(None, date(2020, 1, 1)), (TODAY - timedelta(days=1), TODAY)])
def test_end_refuses_a_day_before_the_start_and_one_that_is_over(world: World, ends_on: date | None, on: date) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(ends_on=ends_on)

    with pytest.raises(prescriptions.EndRefused):
        prescriptions.end(actor=world.ana, prescription=world.prescription, on=on, now=NOW)

    world.prescription.refresh_from_db()
    assert world.prescription.ends_on == ends_on


def test_withdraw_takes_back_what_nobody_has_used(world: World) -> None:
    for _ in range(2):
        prescriptions.withdraw(actor=world.ana, prescription=world.prescription, now=NOW)

    assert not Prescription.objects.filter(pk=world.prescription.pk).exists()
    assert AuditEvent.objects.filter(verb="prescription.withdraw").count() == 1


def test_withdraw_keeps_what_was_logged(world: World, frozen: datetime) -> None:
    Session.objects.create(
        clinic=world.harbour,
        patient=world.dan,
        prescription=world.prescription,
        version=world.prescription.versions.get(),
        local_date=TODAY,
        expected=2,
        logged_at=NOW,
    )

    with pytest.raises(prescriptions.EndRefused):
        prescriptions.withdraw(actor=world.ana, prescription=world.prescription, now=NOW)

    assert Prescription.objects.filter(pk=world.prescription.pk).exists()
