"""Whether a reminder has a point: pure decisions."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from patients.enums import DeliveryReason
from programs.reminders import InForce, expires, planned_slot, slots_to_remind, why_not
from programs.schedule import ItemPlan, Plan, Rule, Stretch, window_slots

HIPS, NECK = UUID(int=1), UUID(int=2)
WEDNESDAY = date(2026, 11, 18)
MORNING, EVENING = time(7, 30), time(19)


LONG_AGO = date(2026, 1, 1)
TWO_ITEMS = (ItemPlan(line=1), ItemPlan(line=2))


def plan(prescription: UUID = HIPS, items: tuple[ItemPlan, ...] = TWO_ITEMS, **rule) -> InForce:
    return InForce(prescription, Plan(LONG_AGO, None, Rule(**{"slots": ("07:30",), **rule}), items))


def test_due_and_not_logged_has_a_point() -> None:
    assert why_not(WEDNESDAY, MORNING, [plan()], set()) is None


def test_logged_early_has_none() -> None:
    assert why_not(WEDNESDAY, MORNING, [plan()], {(HIPS, WEDNESDAY, "07:30")}) == DeliveryReason.LOGGED


def test_yesterdays_log_does_not_count_for_today() -> None:
    yesterday = WEDNESDAY - timedelta(days=1)
    assert why_not(WEDNESDAY, MORNING, [plan()], {(HIPS, yesterday, "07:30")}) is None


def test_morning_log_leaves_the_evening_reminder() -> None:
    both = plan(slots=("07:30", "19:00"))
    logged = {(HIPS, WEDNESDAY, "07:30")}
    assert why_not(WEDNESDAY, MORNING, [both], logged) == DeliveryReason.LOGGED
    assert why_not(WEDNESDAY, EVENING, [both], logged) is None


def test_own_time_speaks_of_the_nearest_planned_time() -> None:
    assert planned_slot(time(7, 15), ("07:30", "19:00")) == "07:30"
    assert planned_slot(time(20), ("07:30", "19:00")) == "19:00"
    assert planned_slot(time(7, 15), ()) == ""


def test_session_without_a_time_covers_the_day() -> None:
    assert why_not(WEDNESDAY, MORNING, [plan()], {(HIPS, WEDNESDAY, "")}) == DeliveryReason.LOGGED


def test_second_prescription_still_to_do_has_a_point() -> None:
    assert why_not(WEDNESDAY, MORNING, [plan(), plan(NECK)], {(HIPS, WEDNESDAY, "07:30")}) is None


@pytest.mark.parametrize(
    "resting",
    [
        plan(weekdays=0b0000001),
        InForce(HIPS, Plan(WEDNESDAY + timedelta(days=1), None, Rule(), TWO_ITEMS)),
        InForce(HIPS, Plan(LONG_AGO, WEDNESDAY - timedelta(days=1), Rule(), TWO_ITEMS)),
        InForce(HIPS, Plan(LONG_AGO, None, Rule(), TWO_ITEMS, pauses=(Stretch(WEDNESDAY, None),))),
        InForce(
            HIPS,
            Plan(LONG_AGO, None, Rule(weekdays=None, every_days=2, anchor=WEDNESDAY - timedelta(days=1)), TWO_ITEMS),
        ),
        plan(items=(ItemPlan(weekdays=0b0000001),)),
        plan(items=()),
    ],
    ids=["other weekday", "not begun", "ended", "paused", "every other day", "items on other days", "no items"],
)
def test_nothing_due_has_no_point(resting: InForce) -> None:
    assert why_not(WEDNESDAY, MORNING, [resting], set()) == DeliveryReason.NOT_DUE


def test_times_a_week_rests_when_the_week_has_its_number() -> None:
    thrice = plan(weekdays=None, times_per_week=3)
    done = {(HIPS, None, WEDNESDAY - timedelta(days=n)) for n in (1, 2)}
    assert why_not(WEDNESDAY, MORNING, [thrice], set(), done) is None
    thursday, today = WEDNESDAY + timedelta(days=1), {(HIPS, None, WEDNESDAY)}
    assert why_not(thursday, MORNING, [thrice], set(), done | today) == DeliveryReason.NOT_DUE
    monday = WEDNESDAY + timedelta(days=5)
    assert why_not(monday, MORNING, [thrice], set(), done | today) is None


def test_a_day_on_which_all_was_skipped_is_none_of_the_number() -> None:
    thrice = plan(weekdays=None, times_per_week=1)
    skipped = {(HIPS, WEDNESDAY - timedelta(days=1), "07:30")}
    assert why_not(WEDNESDAY, MORNING, [thrice], skipped, set()) is None


def test_exercises_with_a_number_of_their_own_rest_alone() -> None:
    """Walking twice a week in the evening, hips every morning."""
    both = plan(
        slots=("07:30", "19:00"),
        items=(ItemPlan(slots=("07:30",), line=1), ItemPlan(slots=("19:00",), times_per_week=2, line=2)),
    )
    walked = {(HIPS, 2, WEDNESDAY - timedelta(days=n)) for n in (1, 2)}
    assert why_not(WEDNESDAY, EVENING, [both], {(HIPS, WEDNESDAY, "07:30")}, set()) is None
    assert why_not(WEDNESDAY, EVENING, [both], {(HIPS, WEDNESDAY, "07:30")}, walked) == DeliveryReason.LOGGED
    alone = plan(slots=("19:00",), items=(ItemPlan(times_per_week=2, line=2),))
    assert why_not(WEDNESDAY, EVENING, [alone], set(), walked) == DeliveryReason.NOT_DUE


def test_an_evening_program_does_not_bring_back_the_morning_reminder() -> None:
    home, pool = plan(), plan(NECK, slots=("18:00",))
    logged = {(HIPS, WEDNESDAY, "07:30")}
    assert why_not(WEDNESDAY, MORNING, [home, pool], logged) == DeliveryReason.LOGGED
    assert why_not(WEDNESDAY, time(18), [home, pool], logged) is None
    shortly_after = plan(NECK, slots=("08:00",))
    assert why_not(WEDNESDAY, MORNING, [home, shortly_after], logged) is None


def test_movement_breaks_remind_only_at_the_times_that_the_patient_wants() -> None:
    breaks = window_slots("09:00", "16:00", 60)
    rule = Rule(slots=breaks, break_minutes=60)
    assert (len(breaks), slots_to_remind(rule), slots_to_remind(Rule(slots=("07:30",)))) == (8, (), ("07:30",))

    desk, home = plan(NECK, slots=breaks, break_minutes=60), plan(slots=("08:30",))
    home_is_done = {(HIPS, WEDNESDAY, "08:30")}
    assert why_not(WEDNESDAY, time(8, 30), [desk, home], home_is_done) == DeliveryReason.LOGGED
    assert why_not(WEDNESDAY, time(11), [desk, home], home_is_done) is None
    eleven_is_done = home_is_done | {(NECK, WEDNESDAY, "11:00")}
    assert why_not(WEDNESDAY, time(11), [desk, home], eleven_is_done) == DeliveryReason.LOGGED
    assert why_not(WEDNESDAY, time(11, 10), [desk], set()) is None  # nothing else is planned: the break next to it


def test_expires_after_two_hours_or_when_quiet_hours_begin() -> None:
    at = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
    assert expires(at, None) == at + timedelta(hours=2)
    assert expires(at, at + timedelta(hours=1)) == at + timedelta(hours=1)
    assert expires(at, at + timedelta(hours=5)) == at + timedelta(hours=2)
