"""The Timing asks for the same days as the schedule, for any rule, course and pauses."""

from datetime import date, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.timing import Timing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.fhir.timing import Course, timing, touching
from programs.schedule import ItemPlan, Plan, Rule, Stretch, occurrences_between
from tests.programs.timings import days_of

BASE = "https://rachis.example/fhir"
SPRING = date(2028, 2, 1)  # a leap year
SPAN = 120
days = st.integers(0, SPAN).map(lambda n: SPRING + timedelta(days=n))
masks = st.integers(1, 127)
slots = st.lists(st.sampled_from(["07:30", "12:00", "18:45"]), unique=True).map(lambda found: tuple(sorted(found)))
pauses = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 20))), max_size=3).map(
    lambda found: [Stretch(first, None if n is None else first + timedelta(days=n)) for first, n in found]
)
rules = st.one_of(
    st.builds(Rule, weekdays=masks, slots=slots),
    st.builds(Rule, weekdays=st.none(), every_days=st.integers(2, 28), anchor=days, slots=slots),
)
owns = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"weekdays": masks}),
    st.fixed_dictionaries({"every_days": st.integers(2, 28)}),
)


# On a busy machine drawing the dates takes its time, which says nothing about them.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=rules, own=owns, first=days, length=st.one_of(st.none(), st.integers(0, 60)), breaks=pauses)
def test_the_timing_asks_for_the_days_of_the_schedule(
    rule: Rule, own: dict[str, int], first: date, length: int | None, breaks: list[Stretch]
) -> None:
    item = ItemPlan(**own, anchor=rule.anchor or first)
    last = None if length is None else first + timedelta(days=length)
    end = SPRING + timedelta(days=SPAN + 60)

    told = timing(rule, item, Course(first, last, touching(breaks, first, last)), BASE)

    due = occurrences_between(SPRING, end, [Plan(first, last, rule, (item,), tuple(breaks))])
    assert days_of(told, SPRING - timedelta(days=30), end) == {one.day for one in due}
    assert len(due) == len({one.day for one in due}) * len(told.get("repeat", {}).get("timeOfDay", [""]))
    assert Timing.model_validate(told)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(times=st.integers(1, 7), slots=slots)
def test_times_a_week_are_counted_in_weeks(times: int, slots: tuple[str, ...]) -> None:
    rule = Rule(weekdays=None, times_per_week=times, slots=slots)

    repeat = timing(rule, ItemPlan(weekdays=1), Course(SPRING, None), BASE)["repeat"]

    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (times * (len(slots) or 1), 1, "wk")
    assert "dayOfWeek" not in repeat  # such a rule leaves the days to the patient


@pytest.mark.parametrize(
    ("rule", "own", "text", "repeat"),
    [
        (Rule(), ItemPlan(), "every day", {"frequency": 1, "period": 1, "periodUnit": "d"}),
        (
            Rule(slots=("07:30", "19:00")),
            ItemPlan(weekdays=0b10101),
            "Mon, Wed, Fri at 07:30 and 19:00",
            {
                **{"frequency": 2, "period": 1, "periodUnit": "d"},
                **{"dayOfWeek": ["mon", "wed", "fri"], "timeOfDay": ["07:30:00", "19:00:00"]},
            },
        ),
        (
            Rule(slots=("07:30", "19:00")),
            ItemPlan(slots=("19:00",)),
            "every day at 19:00",
            {"frequency": 1, "period": 1, "periodUnit": "d", "timeOfDay": ["19:00:00"]},
        ),
        (
            Rule(weekdays=0b0011111),
            ItemPlan(times_per_week=2),
            "2 times a week, only Monday to Friday",
            {"frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "tue", "wed", "thu", "fri"]},
        ),
        (
            Rule(weekdays=None, every_days=2),
            ItemPlan(every_days=3),
            "every 6 days",
            {"frequency": 1, "period": 6, "periodUnit": "d"},
        ),
    ],
)
def test_the_words_and_numbers(rule: Rule, own: ItemPlan, text: str, repeat: dict[str, Any]) -> None:
    told = timing(rule, own, None, BASE)

    assert told == {"repeat": repeat, "code": {"text": text}}


@pytest.mark.parametrize(
    ("rule", "own"),
    [
        (Rule(weekdays=0b1), ItemPlan(weekdays=0b10)),
        (Rule(weekdays=None, every_days=10, anchor=SPRING - timedelta(days=1)), ItemPlan()),
    ],
)
def test_what_is_never_due_says_so(rule: Rule, own: ItemPlan) -> None:
    course = Course(SPRING, SPRING + timedelta(days=3))

    assert timing(rule, own, course, BASE) == {"code": {"text": "Never due in this version"}}
