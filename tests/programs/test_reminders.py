"""Whether a reminder has a point: pure decisions."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from patients.enums import DeliveryReason
from programs.reminders import InForce, expires, planned_slot, why_not
from programs.schedule import Rule

HIPS, NECK = UUID(int=1), UUID(int=2)
WEDNESDAY = date(2026, 11, 18)
MORNING, EVENING = time(7, 30), time(19)


def plan(prescription: UUID = HIPS, **rule) -> InForce:
    return InForce(prescription, date(2026, 1, 1), None, Rule(**{"slots": ("07:30",), **rule}), (None, None))


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
        InForce(HIPS, WEDNESDAY + timedelta(days=1), None, Rule(), (None,)),
        InForce(HIPS, date(2026, 1, 1), WEDNESDAY - timedelta(days=1), Rule(), (None,)),
        InForce(HIPS, date(2026, 1, 1), None, Rule(), (0b0000001,)),
        InForce(HIPS, date(2026, 1, 1), None, Rule(), ()),
    ],
    ids=["other weekday", "not begun", "ended", "items on other days", "no items"],
)
def test_nothing_due_has_no_point(resting: InForce) -> None:
    assert why_not(WEDNESDAY, MORNING, [resting], set()) == DeliveryReason.NOT_DUE


def test_times_a_week_rests_when_the_week_has_its_number() -> None:
    thrice = plan(weekdays=None, times_per_week=3)
    done = {(HIPS, WEDNESDAY - timedelta(days=n), "07:30") for n in (1, 2)}
    assert why_not(WEDNESDAY, MORNING, [thrice], done) is None
    thursday, today = WEDNESDAY + timedelta(days=1), {(HIPS, WEDNESDAY, "07:30")}
    assert why_not(thursday, MORNING, [thrice], done | today) == DeliveryReason.NOT_DUE
    monday = WEDNESDAY + timedelta(days=5)
    assert why_not(monday, MORNING, [thrice], done | today) is None


def test_expires_after_two_hours_or_when_quiet_hours_begin() -> None:
    at = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
    assert expires(at, None) == at + timedelta(hours=2)
    assert expires(at, at + timedelta(hours=1)) == at + timedelta(hours=1)
    assert expires(at, at + timedelta(hours=5)) == at + timedelta(hours=2)
