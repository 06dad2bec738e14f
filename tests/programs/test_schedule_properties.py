"""Whatever the plan: the occurrences are exactly those of a plain count, written here without the module's arithmetic.

The count walks over every day and asks one simple question after the other. It knows masks as names of days, "every
other day" as a list of dates, and local days as what a clock in that zone shows hour after hour.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from patients.reminders import last_occurrence, next_occurrence
from programs.enums import Variant
from programs.schedule import (
    WEEKDAY_NAMES,
    ItemPlan,
    Plan,
    Rule,
    Stretch,
    item_week,
    mask_of,
    occurrences_between,
    program_week,
)
from programs.variants import Spell

DAY = timedelta(days=1)
SLOTS = ("02:30", "07:30", "19:00")
# Both hemispheres, half an hour of summer time, a change at midnight, none at all, and both edges of the world.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
# Spring and autumn changes of 2026 in both hemispheres, the leap day of 2028, New Year.
STARTS = st.one_of(
    st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), date(2026, 4, 3), date(2028, 2, 26), date(2026, 12, 29)]),
    st.dates(date(2026, 1, 1), date(2029, 1, 1)),
)


# --- Any plan --------------------------------------------------------------------------------------------------


@dataclass
class Version:
    """One version as a person would write it down."""

    begins: date
    days: dict[str, object]  # {"names": [...]} or {"every": 2} or {"times": 3}
    slots: list[str]
    items: list[dict[str, object]]


DAYS = st.one_of(
    st.fixed_dictionaries({"names": st.lists(st.sampled_from(WEEKDAY_NAMES), min_size=1, unique=True)}),
    st.fixed_dictionaries({"every": st.integers(2, 9)}),
    st.fixed_dictionaries({"times": st.integers(1, 7)}),
)
PRESENCE = st.sampled_from([{}, {"in": True}, {"in": False}, {"repetitions": 5}])
ITEMS = st.fixed_dictionaries(
    {
        "days": st.one_of(st.none(), DAYS),
        "slots": st.lists(st.sampled_from(SLOTS), unique=True, max_size=2),
        "core": st.booleans(),
        "easy": st.one_of(st.none(), PRESENCE),
        "flare": st.one_of(st.none(), PRESENCE),
    }
)


@st.composite
def courses(draw):
    """Versions, an end or none, pauses and spells within some weeks."""
    start = draw(STARTS)
    begins = sorted({start, *(start + DAY * n for n in draw(st.lists(st.integers(1, 25), max_size=2)))})
    versions = [
        Version(day, draw(DAYS), draw(st.lists(st.sampled_from(SLOTS), unique=True)), draw(st.lists(ITEMS, max_size=3)))
        for day in begins
    ]
    end = draw(st.one_of(st.none(), st.integers(0, 30).map(lambda n: start + DAY * n)))
    pauses = draw(st.lists(st.tuples(st.integers(-5, 30), st.one_of(st.none(), st.integers(0, 9))), max_size=2))
    spells = draw(
        st.lists(
            st.tuples(st.integers(-5, 30), st.one_of(st.none(), st.integers(0, 9)), st.sampled_from(["easy", "flare"])),
            max_size=3,
            unique_by=lambda spell: spell[0],
        )
    )
    as_days = [(start + DAY * n, None if m is None else start + DAY * (n + m)) for n, m in pauses]
    as_spells = [(start + DAY * n, None if m is None else start + DAY * (n + m), word) for n, m, word in spells]
    return versions, end, as_days, as_spells


def plans_of(versions, end, pauses, spells) -> list[Plan]:
    """The same as values of the module."""
    plans = []
    for number, version in enumerate(versions):
        following = [versions[number + 1].begins - DAY] if number + 1 < len(versions) else []
        last = min([*following, *([end] if end else [])], default=None)
        names, every, times = (version.days.get(key) for key in ("names", "every", "times"))
        rule = Rule(
            weekdays=mask(names) if names else None,
            every_days=every,
            anchor=version.begins if every else None,
            times_per_week=times,
            slots=tuple(version.slots),
        )
        plans.append(
            Plan(
                version.begins,
                last,
                rule,
                tuple(item_plan(item, version, n) for n, item in enumerate(version.items)),
                tuple(Stretch(*pause) for pause in pauses),
                tuple(Spell(first, last, Variant(word)) for first, last, word in spells),
            )
        )
    return plans


def mask(names) -> int:
    return mask_of([WEEKDAY_NAMES.index(name) for name in names])


def item_plan(item, version: Version, number: int) -> ItemPlan:
    days = item["days"] or {}
    return ItemPlan(
        weekdays=mask(days["names"]) if "names" in days else None,
        every_days=days.get("every"),
        anchor=version.begins,
        times_per_week=days.get("times"),
        slots=tuple(item["slots"]),
        is_core=item["core"],
        variants={word: item[word] for word in ("easy", "flare") if item[word] is not None},
        line=number,
    )


# --- The plain count -------------------------------------------------------------------------------------------


def plain_version(day, versions, end):
    if end and day > end:
        return None
    begun = [version for version in versions if version.begins <= day]
    return begun[-1] if begun else None


def plain_variant(day, spells) -> str:
    """Look back day by day for the spell that began last, then see whether it still lasts."""
    first_days = {first: (last, word) for first, last, word in spells}
    looking = day
    while looking >= day - DAY * 400:
        if looking in first_days:
            last, word = first_days[looking]
            return word if last is None or day <= last else "normal"
        looking -= DAY
    return "normal"


def plain_days(days, begins, day) -> bool:
    if "names" in days:
        return day.strftime("%A") in days["names"]
    if "every" in days:
        dates = [begins + DAY * days["every"] * n for n in range(400)]
        return day in dates
    return True  # a number of times a week: any day


def plain_presence(item, word, items) -> bool:
    """In words: what the therapist wrote for the variant counts. Otherwise easy is as usual, and a flare leaves the
    core where there is one, and what has a word of its own."""
    if word == "normal":
        return True
    own = item[word]
    if own and "in" in own:
        return own["in"]
    if word == "easy":
        return True
    has_core = any(other["core"] for other in items)
    return own is not None or item["core"] or not has_core


def plain_count(first, last, versions, end, pauses, spells) -> set[tuple[date, str, int]]:
    found = set()
    day = first
    while day <= last:
        version = plain_version(day, versions, end)
        is_away = any(begin <= day and (until is None or day <= until) for begin, until in pauses)
        if version and not is_away and plain_days(version.days, version.begins, day):
            word = plain_variant(day, spells)
            for slot in version.slots or [""]:
                for number, item in enumerate(version.items):
                    is_its_day = "times" in version.days or plain_days(item["days"] or {}, version.begins, day)
                    is_its_time = not item["slots"] or slot in item["slots"]
                    if is_its_day and is_its_time and plain_presence(item, word, version.items):
                        found.add((day, slot, number))
        day += DAY
    return found


# --- Properties ------------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(course=courses(), before=st.integers(0, 6), length=st.integers(0, 45))
def test_occurrences_equal_a_plain_count(course, before, length):
    versions, *_ = course
    first = versions[0].begins - DAY * before
    last = first + DAY * length

    found = [
        (due.day, due.slot, item.line)
        for due in occurrences_between(first, last, plans_of(*course))
        for item in due.items
    ]

    assert len(found) == len(set(found))
    assert set(found) == plain_count(first, last, *course)


@settings(max_examples=150, deadline=None)
@given(course=courses(), cut=st.integers(0, 40))
def test_a_span_is_the_sum_of_its_parts(course, cut):
    versions, *_ = course
    first, last = versions[0].begins, versions[0].begins + DAY * 40
    plans = plans_of(*course)
    middle = first + DAY * cut

    assert occurrences_between(first, last, plans) == [
        *occurrences_between(first, middle - DAY, plans),
        *occurrences_between(middle, last, plans),
    ]


@settings(max_examples=200, deadline=None)
@given(
    course=courses(),
    zone=st.sampled_from(ZONES),
    starts_at=st.times(),
    hours=st.integers(1, 24 * 20),
)
@example(
    course=([Version(date(2026, 3, 28), {"names": WEEKDAY_NAMES}, ["02:30"], [])], None, [], []),
    zone="Europe/Berlin",
    starts_at=time(12),
    hours=72,
)
def test_clock_changes_make_no_occurrence_more_or_fewer(course, zone, starts_at, hours):
    """The days of a patient are those that their clock shows. Each occurrence then has exactly one instant, also when
    its time does not exist or exists twice on that day."""
    versions, *_ = course
    place = ZoneInfo(zone)
    begins = datetime.combine(versions[0].begins, starts_at, UTC)
    shown = sorted({(begins + timedelta(hours=n)).astimezone(place).date() for n in range(hours + 1)})
    assert shown == [shown[0] + DAY * n for n in range(len(shown))]

    found = occurrences_between(shown[0], shown[-1], plans_of(*course))

    expected = {(day, slot) for day, slot, _ in plain_count(shown[0], shown[-1], *course)}
    assert sorted((due.day, due.slot) for due in found) == sorted(expected)
    for due in found:
        if due.slot:
            slot = time.fromisoformat(due.slot)
            rings = [one for one in rings_between(shown[0], shown[-1], slot, zone) if one.local_date == due.day]
            assert len(rings) == 1
            assert last_occurrence(rings[0].at, slot=slot, weekdays=127, zone=zone) == rings[0]


def rings_between(first: date, last: date, slot: time, zone: str):
    at = datetime.combine(first - DAY * 2, time(0), UTC)
    found = []
    while (one := next_occurrence(at, slot=slot, weekdays=127, zone=zone)) and one.local_date <= last:
        found.append(one)
        at = one.at
    return found


@settings(max_examples=200, deadline=None)
@given(course=courses(), weeks=st.integers(0, 5))
def test_a_week_of_a_number_expects_its_share(course, weeks):
    """Day by day, a seventh of the number for each day that runs; rounded once, and never more than there are days."""
    versions, end, pauses, spells = course
    monday = versions[0].begins - DAY * versions[0].begins.weekday() + DAY * 7 * weeks
    plans = plans_of(*course)
    whole, whole_days, single, single_days = 0, 0, {}, {}
    for n in range(7):
        day = monday + DAY * n
        version = plain_version(day, versions, end)
        if not version or any(begin <= day and (until is None or day <= until) for begin, until in pauses):
            continue
        word = plain_variant(day, spells)
        present = [i for i, item in enumerate(version.items) if plain_presence(item, word, version.items)]
        if "times" in version.days:
            whole += version.days["times"] if present else 0
            whole_days += bool(present)
            continue
        for i in present:
            if "times" in (version.items[i]["days"] or {}):
                single[i] = single.get(i, 0) + version.items[i]["days"]["times"]
                single_days[i] = single_days.get(i, 0) + plain_days(version.days, version.begins, day)

    assert program_week(monday, plans).goal == min(int(whole / 7 + 0.5), whole_days)
    for i in range(3):
        assert item_week(monday, plans, i).goal == min(int(single.get(i, 0) / 7 + 0.5), single_days.get(i, 0))
