"""The schedule of an assignment, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from programs.forms.assign import ScheduleForm
from programs.schedule import Rule
from tests.factories import TODAY

pytestmark = pytest.mark.sqlite
GOOD = {"title": "Hips", "starts_on": TODAY.isoformat(), "frequency": "weekdays", "weekdays": ["0", "2"]}


def form(**data: Any) -> ScheduleForm:
    return ScheduleForm(GOOD | data, today=TODAY)


def test_slots_are_sorted_and_counted_once() -> None:
    bound = form(slot_1="18:00", slot_2="07:30", slot_3="18:00", slot_4="")

    assert bound.is_valid()
    assert bound.rule == Rule(weekdays=0b101, slots=("07:30", "18:00"))


def test_every_other_day_counts_from_the_start() -> None:
    bound = form(frequency="every_days", every_days="2")

    assert bound.is_valid()
    assert bound.rule == Rule(weekdays=None, every_days=2, anchor=TODAY)


def test_movement_breaks_fill_their_hours() -> None:
    bound = form(times="breaks", break_from="09:00", break_to="12:15", break_minutes="45")

    assert bound.is_valid()
    assert bound.rule == Rule(weekdays=0b101, slots=("09:00", "09:45", "10:30", "11:15", "12:00"), break_minutes=45)


def test_a_holiday_has_two_ends_and_lies_in_the_program() -> None:
    later = (TODAY + timedelta(days=9)).isoformat()
    assert form(holiday_from=later).errors == {"holiday_to": ["A holiday needs its first and its last day."]}
    assert list(form(holiday_from=(TODAY - timedelta(days=1)).isoformat(), holiday_to=later).errors) == ["holiday_from"]
    assert list(form(holiday_from=later, holiday_to=TODAY.isoformat()).errors) == ["holiday_to"]

    bound = form(holiday_from=later, holiday_to=later)
    assert bound.is_valid()
    assert bound.holiday == (TODAY + timedelta(days=9), TODAY + timedelta(days=9))


def test_times_per_week_leaves_the_days_to_the_patient() -> None:
    bound = form(frequency="times_per_week", times_per_week="3")

    assert bound.is_valid()
    assert bound.rule == Rule(weekdays=None, times_per_week=3, slots=())


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": "0000-01-01"}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"starts_on": "10000-01-01"}, "starts_on"),
        ({"starts_on": "1763424000"}, "starts_on"),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "starts_on"),
        ({"starts_on": (TODAY + timedelta(days=367)).isoformat()}, "starts_on"),
        ({"ends_on": (TODAY - timedelta(days=1)).isoformat()}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"frequency": "hourly"}, "frequency"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"frequency": "times_per_week", "times_per_week": ""}, "times_per_week"),
        ({"frequency": "times_per_week", "times_per_week": "8"}, "times_per_week"),
        ({"frequency": "times_per_week", "times_per_week": "NaN"}, "times_per_week"),
        ({"slot_1": "24:00"}, "slot_1"),
        ({"slot_2": "23:59:60"}, "slot_2"),
        ({"slot_3": "half past"}, "slot_3"),
        ({"key": "not-a-uuid"}, "key"),
        ({"frequency": "every_days", "every_days": "1"}, "every_days"),
        ({"times": "breaks", "break_from": "12:00", "break_to": "09:00", "break_minutes": "30"}, "break_to"),
        ({"times": "breaks", "break_from": "06:00", "break_to": "22:00", "break_minutes": "15"}, "break_minutes"),
        ({"times": "always"}, "times"),
        ({"replaces": ["00000000-0000-0000-0000-000000000000"]}, "replaces"),
        ({"holiday_from": "soon", "holiday_to": TODAY.isoformat()}, "holiday_from"),
    ],
)
def test_a_fault_is_named_at_its_field_alone(data: dict[str, Any], name: str) -> None:
    assert list(form(**data).errors) == [name]


@pytest.mark.parametrize("ends_on", [TODAY, TODAY + timedelta(days=3660), None])
def test_an_end_on_or_after_the_start_is_taken(ends_on: date | None) -> None:
    bound = form(ends_on=ends_on.isoformat() if ends_on else "")

    assert bound.is_valid()
    assert bound.cleaned_data["ends_on"] == ends_on
