"""How a day is laid out, as pure values."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID, uuid4

import pytest

from exercises.dosage import Dose
from programs.schedule import ItemPlan, Plan, Rule, Stretch
from programs.today import Line, Occurrence, Place, arrange, greeting, next_due, say_load, up_next

pytestmark = pytest.mark.sqlite
THREE_TIMES_30_S = Dose(sets=3, hold_seconds=30)


@dataclass(frozen=True)
class Item:
    pk: UUID
    dose: Dose = THREE_TIMES_30_S


def occurrence(slot: str, *statuses: str, title: str = "Hips", **values) -> Occurrence:
    lines = tuple(Line(Item(uuid4()), slot, status) for status in statuses)
    return Occurrence(uuid4(), title, slot, lines, **values)


def places(*occurrences: Occurrence, clock: time | None) -> list[tuple[str, str]]:
    return [(one.slot, one.place.value) for one in arrange(occurrences, clock)]


def test_sets_stand_now_then_later_then_done():
    morning, noon, evening = occurrence("07:30", "done"), occurrence("12:00", ""), occurrence("20:00", "")

    found = places(evening, morning, noon, clock=time(12, 30))

    assert found == [("12:00", "now"), ("20:00", "later"), ("07:30", "done")]


@pytest.mark.parametrize(("clock", "place"), [(time(6, 29), "later"), (time(6, 30), "now"), (time(23, 59), "now")])
def test_a_set_is_due_from_an_hour_before_its_time(clock, place):
    assert places(occurrence("07:30", ""), clock=clock) == [("07:30", place)]


def test_a_set_without_a_time_is_due_all_day_and_another_day_has_no_later():
    assert places(occurrence("", ""), clock=time(0, 0)) == [("", "now")]
    assert places(occurrence("23:00", ""), clock=None) == [("23:00", "now")]


def test_a_full_week_makes_a_flexible_set_an_extra():
    full = occurrence("", "", weekly_goal=3, weekly_done=3)
    begun = occurrence("", "done", "", weekly_goal=3, weekly_done=3)

    assert places(full, clock=time(9)) == [("", "later")]
    assert places(begun, clock=time(9)) == [("", "now")]


def test_all_done_speaks_of_what_is_due_now_or_comes_first():
    early, late = occurrence("07:30", ""), occurrence("20:00", "")

    assert [one.slot for one in up_next(arrange([early, late], time(8)))] == ["07:30"]
    assert [one.slot for one in up_next(arrange([early, late], time(5)))] == ["07:30"]
    done = occurrence("07:30", "done")
    assert up_next(arrange([done, late], time(8))) == []


def test_the_load_in_words():
    one, four = [Line(Item(uuid4()), "")], [Line(Item(uuid4()), "") for _ in range(4)]

    assert say_load(four) == "Four exercises, about nine minutes."
    assert say_load(one, left=True) == "One exercise left, about two minutes."


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(3, 59), "Good evening."),
        (time(4), "Good morning."),
        (time(12), "Good afternoon."),
        (time(18), "Good evening."),
    ],
)
def test_greeting(clock, words):
    assert greeting(clock) == words


def test_the_tally_names_its_denominator():
    assert occurrence("", "done", "done", "done", "skipped").tally == "3 of 4 done, 1 skipped"


def test_the_next_due_day_looks_over_weekends_ends_and_item_days():
    wednesday = date(2026, 11, 18)
    one = (ItemPlan(),)
    weekend = Plan(date(2026, 1, 1), None, Rule(weekdays=0b1100000), one)
    mondays_only = Plan(date(2026, 1, 1), None, Rule(), (ItemPlan(weekdays=0b0000001),))
    ended = Plan(date(2026, 1, 1), wednesday, Rule(), one)
    coming = Plan(date(2026, 12, 1), None, Rule(), one)
    away = Plan(date(2026, 1, 1), None, Rule(), one, pauses=(Stretch(wednesday, date(2026, 12, 4)),))

    assert next_due(wednesday, [weekend]) == date(2026, 11, 21)
    assert next_due(wednesday, [mondays_only, coming]) == date(2026, 11, 23)
    assert next_due(wednesday, [ended, coming]) == date(2026, 12, 1)
    assert next_due(wednesday, [ended]) is None
    assert next_due(wednesday, [away]) == date(2026, 12, 5)


def test_places_are_closed():
    assert [place.value for place in Place] == ["now", "later", "done"]
