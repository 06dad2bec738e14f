"""When something is due, against tables counted by hand. The week in question begins on Monday, 2 November 2026."""

from datetime import date, timedelta

import pytest

from programs.enums import Variant
from programs.schedule import (
    EVERY_DAY,
    ItemPlan,
    Plan,
    Rule,
    Stretch,
    Week,
    item_week,
    occurrences_between,
    occurrences_on,
    program_week,
    window_slots,
)
from programs.variants import Spell

MONDAY = date(2026, 11, 2)
SUNDAY = MONDAY + timedelta(days=6)
LONG_AGO = date(2026, 1, 1)
MON_WED_FRI = 0b0010101
FLEXIBLE = Rule(weekdays=None, times_per_week=3)


def item(name: str, **values) -> ItemPlan:
    return ItemPlan(line=name, **values)


def plan(rule: Rule, *items: ItemPlan, first: date = LONG_AGO, last: date | None = None, **values) -> Plan:
    return Plan(first, last, rule, items or (item("a"),), **values)


def table(*plans: Plan, first: date = MONDAY, last: date = SUNDAY) -> str:
    """A word for each day: slot and exercises of each occurrence, free ones in brackets; `.` where nothing is due."""
    words = []
    found = occurrences_between(first, last, plans)
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        sets = [
            f"{due.slot[:2]}{names(due.firm)}{f'({names(due.free)})' if due.free else ''}"
            for due in found
            if due.day == day
        ]
        words.append("+".join(sets) or ".")
    return " ".join(words)


def names(items: tuple[ItemPlan, ...]) -> str:
    return "".join(str(one.line) for one in items)


def test_a_week_by_hand():
    """Each line is a week from Monday to Sunday; letters are exercises, two figures an hour."""
    a, b = item("a"), item("b")
    every_other = Rule(weekdays=None, every_days=2, anchor=MONDAY)
    twice = Rule(slots=("07:30", "19:00"))

    assert table(plan(Rule(), a, b)) == "ab ab ab ab ab ab ab"
    assert table(plan(Rule(weekdays=MON_WED_FRI), a)) == "a . a . a . ."
    assert table(plan(every_other, a)) == "a . a . a . a"
    assert table(plan(twice, a)) == "07a+19a 07a+19a 07a+19a 07a+19a 07a+19a 07a+19a 07a+19a"
    assert table(plan(FLEXIBLE, a, b)) == "(ab) (ab) (ab) (ab) (ab) (ab) (ab)"


def test_days_and_times_of_one_exercise_narrow_those_of_the_whole():
    a = item("a")
    mondays, evenings = item("b", weekdays=0b0000001), item("c", slots=("19:00",))
    third = item("d", every_days=3, anchor=MONDAY)
    walk = item("e", times_per_week=2)
    twice = Rule(slots=("07:30", "19:00"))

    assert table(plan(Rule(), a, mondays, third)) == "abd a a ad a a ad"
    assert table(plan(Rule(weekdays=MON_WED_FRI), a, third)) == "ad . a . a . ."  # the third day is a Thursday
    assert table(plan(twice, a, evenings), last=MONDAY) == "07a+19ac"
    assert table(plan(Rule(weekdays=MON_WED_FRI), a, walk)) == "a(e) . a(e) . a(e) . ."
    assert table(plan(Rule(), mondays)) == "b . . . . . ."
    assert table(plan(FLEXIBLE, a, mondays), last=MONDAY) == "(ab)"  # the days are the patient's


def test_pauses_take_days_out_with_both_their_ends():
    tuesday, thursday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
    assert table(plan(Rule(), pauses=(Stretch(tuesday, thursday),))) == "a . . . a a a"
    assert table(plan(Rule(), pauses=(Stretch(thursday, None),))) == "a a a . . . ."
    one_day_twice = (Stretch(tuesday, tuesday), Stretch(LONG_AGO, tuesday))
    assert table(plan(Rule(), pauses=one_day_twice)) == ". . a a a a a"


def test_the_variant_in_force_decides_what_is_expected():
    """Easy from Tuesday, a flare from Wednesday to Thursday, usual again: the easy spell was taken over for good."""
    usual, core, poor = item("a"), item("b", is_core=True), item("c", variants={"flare": {"in": True}})
    not_easy = item("d", variants={"easy": {"in": False}})
    spells = (
        Spell(MONDAY + timedelta(days=1), None, Variant.EASY),
        Spell(MONDAY + timedelta(days=2), MONDAY + timedelta(days=3), Variant.FLARE),
    )
    assert table(plan(Rule(), usual, core, poor, not_easy, spells=spells)) == "abcd abc bc bc abcd abcd abcd"


def test_versions_follow_each_other_without_a_gap():
    old = plan(Rule(), item("a"), last=MONDAY + timedelta(days=2))
    new = plan(Rule(weekdays=None, every_days=2, anchor=MONDAY), item("b"), first=MONDAY + timedelta(days=3))
    assert table(old, new) == "a a a . b . b"


def test_every_other_day_goes_over_months_and_a_leap_day():
    """From the 27th of February 2028: the 27th, 29th, the 2nd of March. In 2027 there is no 29th."""
    leap, common = date(2028, 2, 27), date(2027, 2, 27)
    rule = Rule(weekdays=None, every_days=2, anchor=leap)
    assert table(plan(rule), first=leap, last=date(2028, 3, 2)) == "a . a . a"
    rule = Rule(weekdays=None, every_days=2, anchor=common)
    assert table(plan(rule), first=common, last=date(2027, 3, 3)) == "a . a . a"


def test_movement_breaks_fill_a_window():
    assert window_slots("09:00", "12:00", 60) == ("09:00", "10:00", "11:00", "12:00")
    assert window_slots("09:00", "11:00", 45) == ("09:00", "09:45", "10:30")
    assert window_slots("22:30", "23:59", 60) == ("22:30", "23:30")
    assert window_slots("09:00", "09:00", 30) == ("09:00",)


@pytest.mark.parametrize(
    "window", [("12:00", "09:00", 60), ("09:00", "12:00", 0), ("09:00", "24:00", 60), ("9 am", "12:00", 5)]
)
def test_a_window_that_makes_no_sense_is_refused(window):
    with pytest.raises(ValueError, match=r"no breaks|no time|invalid"):
        window_slots(*window)


# --- Numbers of times a week -----------------------------------------------------------------------------------


def test_a_week_expects_its_number_or_the_share_of_its_days():
    """Three times a week: 7 days 3, 5 days 2 (15/7), 4 days 2 (12/7), 2 days 1 (6/7), 1 day 0 (3/7)."""
    for days, goal in {7: 3, 6: 3, 5: 2, 4: 2, 3: 1, 2: 1, 1: 0}.items():
        assert program_week(MONDAY, [plan(FLEXIBLE, last=MONDAY + timedelta(days=days - 1))]).goal == goal, days


def test_a_change_in_the_week_adds_up_before_it_is_rounded():
    thrice = plan(FLEXIBLE, last=MONDAY + timedelta(days=2))
    five_times = plan(Rule(weekdays=None, times_per_week=5), first=MONDAY + timedelta(days=3))
    assert program_week(MONDAY, [thrice, five_times]).goal == 4  # 9/7 + 20/7


def test_an_exercise_with_a_number_is_asked_no_oftener_than_the_whole_is_due():
    four_times, mon_wed_fri = item("a", times_per_week=4), Rule(weekdays=MON_WED_FRI)
    week = item_week(MONDAY, [plan(mon_wed_fri, four_times)], "a")
    assert (week.goal, [day.weekday() for day in week.days]) == (3, [0, 2, 4])
    assert item_week(MONDAY, [plan(mon_wed_fri, four_times, pauses=(Stretch(MONDAY, SUNDAY),))], "a").goal == 0


def test_an_exercise_keeps_its_count_when_a_new_version_begins_in_the_week():
    old = plan(Rule(), item("a", times_per_week=3), last=MONDAY + timedelta(days=2))
    new = plan(Rule(), item("a", times_per_week=3), first=MONDAY + timedelta(days=3))
    assert item_week(MONDAY, [old, new], "a").goal == 3


def test_what_can_still_be_made_up_is_not_missing():
    week = Week(3, tuple(MONDAY + timedelta(days=n) for n in range(7)))
    monday, friday, saturday, sunday, after = (MONDAY + timedelta(days=n) for n in (0, 4, 5, 6, 7))

    assert [week.missing([], day) for day in (monday, friday, saturday, sunday, after)] == [0, 0, 1, 2, 3]
    assert [week.missing([monday], day) for day in (saturday, sunday, after)] == [0, 1, 2]
    assert week.missing([monday, saturday], saturday) == 0
    assert week.missing([monday, saturday], sunday) == 0
    assert week.is_reached([monday, friday, saturday], sunday)
    assert not week.is_reached([monday, friday, saturday], saturday)


# --- Words -----------------------------------------------------------------------------------------------------


def breaks(minutes: int, **values) -> Rule:
    return Rule(slots=window_slots("09:00", "17:00", minutes), break_minutes=minutes, **values)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule(), "every day"),
        (Rule(weekdays=0b0011111, slots=("07:30",)), "Monday to Friday at 07:30"),
        (Rule(slots=("07:30", "19:00")), "every day at 07:30 and 19:00"),
        (Rule(slots=("08:00", "12:00", "16:00")), "every day at 08:00, 12:00 and 16:00"),
        (Rule(weekdays=None, times_per_week=1), "once a week"),
        (Rule(weekdays=None, times_per_week=3, slots=("18:00",)), "3 times a week at 18:00"),
        (Rule(weekdays=None, every_days=2, anchor=MONDAY), "every other day"),
        (Rule(weekdays=None, every_days=3, anchor=MONDAY), "every 3 days"),
        (breaks(60, weekdays=31), "Monday to Friday, every hour from 09:00 to 17:00"),
        (breaks(45), "every day, every 45 minutes from 09:00 to 16:30"),
        (breaks(120), "every day, every 2 hours from 09:00 to 17:00"),
        (Rule(slots=("09:00",), break_minutes=60), "every day at 09:00"),
    ],
)
def test_a_rule_in_words(rule, text):
    assert rule.text == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        ({"weekdays": MON_WED_FRI}, "Mon, Wed, Fri"),
        ({"weekdays": EVERY_DAY}, "every day"),
        ({"every_days": 2}, "every other day"),
        ({"times_per_week": 2, "slots": ("19:00",)}, "2 times a week at 19:00"),
        ({"slots": ("07:30", "19:00")}, "at 07:30 and 19:00"),
    ],
)
def test_an_exercise_in_words(values, text):
    assert ItemPlan(**values).text == text


def test_a_paused_day_has_no_occurrence_and_a_day_before_the_start_neither():
    assert occurrences_on(LONG_AGO - timedelta(days=1), plan(Rule())) == []
    assert occurrences_on(MONDAY, plan(Rule(), pauses=(Stretch(MONDAY, MONDAY),))) == []
