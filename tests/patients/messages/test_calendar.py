"""The reminder calendar over clock changes (trust promise, F13) and for every zone there is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients.reminders import in_quiet_hours, instant, is_quiet, last_occurrence, next_occurrence, quiet_begins

EVERY_DAY = 0b1111111
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

# Zone, local day, slot, wall time at which it rings, UTC offset in force there in hours.
CLOCK_CHANGES = [
    # A gap moves the wall time on by its length.
    ("Europe/Berlin", date(2026, 3, 29), "02:30", "03:30", 2),
    ("America/New_York", date(2026, 3, 8), "02:30", "03:30", -4),
    ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "02:45", 11),
    ("Asia/Beirut", date(2023, 3, 26), "00:30", "01:30", 3),
    ("America/Sao_Paulo", date(2018, 11, 4), "00:30", "01:30", -2),
    # A fold rings once, in its first pass.
    ("Europe/Berlin", date(2026, 10, 25), "02:30", "02:30", 2),
    ("America/New_York", date(2026, 11, 1), "01:30", "01:30", -4),
    ("Africa/Casablanca", date(2027, 2, 7), "02:30", "02:30", 1),
]


@pytest.mark.parametrize(("zone", "day", "slot", "rings", "offset"), CLOCK_CHANGES)
def test_clock_change_rings_once_at_the_right_wall_time(
    zone: str, day: date, slot: str, rings: str, offset: float
) -> None:
    at = instant(day, time.fromisoformat(slot), ZoneInfo(zone))
    local = at.astimezone(ZoneInfo(zone))
    assert (local.date(), local.time(), local.utcoffset()) == (
        day,
        time.fromisoformat(rings),
        timedelta(hours=offset),
    )
    assert [o.local_date for o in ring(zone, time.fromisoformat(slot), day, 1)] == [day]


@pytest.mark.parametrize(("zone", "day", "slot", "rings", "offset"), CLOCK_CHANGES)
def test_clock_change_leaves_the_neighbours_unmoved(zone: str, day: date, slot: str, rings: str, offset: float) -> None:
    clock = time.fromisoformat(slot)
    around = ring(zone, clock, day - timedelta(days=2), 5)
    assert [o.local_date for o in around] == [day + timedelta(days=n) for n in range(-2, 3)]
    neighbours = [o for o in around if o.local_date != day]
    assert {o.at.astimezone(ZoneInfo(zone)).time() for o in neighbours} == {clock}


def test_lost_day_has_no_reminder() -> None:
    """Samoa went from Thursday 29 to Saturday 31 December 2011."""
    assert instant(date(2011, 12, 30), time(9), ZoneInfo("Pacific/Apia")) is None
    days = [o.local_date for o in ring("Pacific/Apia", time(9), date(2011, 12, 29), 2)]
    assert days == [date(2011, 12, 29), date(2011, 12, 31)]


def test_seven_fifteen_stays_seven_fifteen_over_a_clock_change() -> None:
    before = next_occurrence(
        datetime(2026, 3, 28, 0, 0, tzinfo=UTC), slot=time(7, 15), weekdays=EVERY_DAY, zone="Europe/Berlin"
    )
    after = next_occurrence(before.at, slot=time(7, 15), weekdays=EVERY_DAY, zone="Europe/Berlin")
    assert (before.at, after.at) == (
        datetime(2026, 3, 28, 6, 15, tzinfo=UTC),
        datetime(2026, 3, 29, 5, 15, tzinfo=UTC),
    )


def ring(zone: str, slot: time, first: date, days: int) -> list:
    """All occurrences on `days` existing local days from `first`, walked as the planner walks."""
    found = []
    after = datetime.combine(first, time.min, UTC) - timedelta(days=2)
    while True:
        occurrence = next_occurrence(after, slot=slot, weekdays=EVERY_DAY, zone=zone)
        after = occurrence.at
        if occurrence.local_date >= first:
            found.append(occurrence)
        if len(found) == days:
            return found


def real_days(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """The local days that exist, found by looking at the wall clock every quarter of an hour."""
    moment = datetime.combine(first, time.min, UTC) - timedelta(days=2)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=2)
    seen = set()
    while moment < end:
        seen.add(moment.astimezone(zone).date())
        moment += timedelta(minutes=15)
    return sorted(day for day in seen if first <= day <= last)


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2011, 1, 1), date(2030, 12, 1)),
    slot=st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15)),
)
def test_exactly_one_for_each_existing_local_day(zone: str, first: date, slot: time) -> None:
    days = real_days(ZoneInfo(zone), first, first + timedelta(days=5))
    found = ring(zone, slot, first, len(days))
    assert [o.local_date for o in found] == days
    assert sorted({o.at for o in found}) == [o.at for o in found]


def transition_days(zone: ZoneInfo) -> list[date]:
    """Days from 2020 to 2030 on which the offset differs from that of the day before."""
    start = datetime(2020, 1, 1, 12, tzinfo=UTC)

    def offset(day: int) -> timedelta | None:
        return (start + timedelta(days=day)).astimezone(zone).utcoffset()

    # Every fifth day first: no zone changes there and back within five days.
    changed = [day for day in range(0, 11 * 366, 5) if offset(day) != offset(day + 5)]
    exact = (n for day in changed for n in range(day, day + 5) if offset(n) != offset(n + 1))
    return [(start + timedelta(days=n + 1)).astimezone(zone).date() for n in exact]


def test_every_transition_of_every_zone_rings_once() -> None:
    """All zones, every clock change from 2020 to 2030 with its neighbours, a slot every half hour."""
    slots = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    # Zones that share their rules need no second look.
    different = {tuple(transition_days(ZoneInfo(zone))): zone for zone in ZONES}
    for days, name in different.items():
        zone = ZoneInfo(name)
        for day in days:
            for slot in slots:
                three = [instant(day + timedelta(days=n), slot, zone) for n in (-2, -1, 0, 1)]
                assert None not in three, (name, day, slot)
                assert three == sorted(set(three)), (name, day, slot)


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    at=st.integers(0, 18 * 365 * 86_400).map(lambda n: datetime(2012, 1, 2, tzinfo=UTC) + timedelta(seconds=n)),
    slot=st.times(),
    weekdays=st.integers(1, 127),
)
def test_last_and_next_leave_no_gap(zone: str, at: datetime, slot: time, weekdays: int) -> None:
    last = last_occurrence(at, slot=slot, weekdays=weekdays, zone=zone)
    following = next_occurrence(at, slot=slot, weekdays=weekdays, zone=zone)
    assert last.at <= at < following.at
    assert weekdays >> following.local_date.weekday() & 1
    assert next_occurrence(last.at, slot=slot, weekdays=weekdays, zone=zone) == following


def test_unknown_zone_is_read_as_utc() -> None:
    """A row whose zone the database has dropped must not stop the others of its batch."""
    found = next_occurrence(datetime(2026, 1, 1, tzinfo=UTC), slot=time(9), weekdays=EVERY_DAY, zone="Mars/Olympus")
    assert found.at == datetime(2026, 1, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "begins", "ends", "quiet"),
    [
        ("20:59", "21:00", "07:00", False),
        ("21:00", "21:00", "07:00", True),
        ("03:00", "21:00", "07:00", True),
        ("07:00", "21:00", "07:00", False),
        ("12:30", "12:00", "13:00", True),
        ("13:00", "12:00", "13:00", False),
    ],
)
def test_quiet_hours(clock: str, begins: str, ends: str, quiet: bool) -> None:
    times = [time.fromisoformat(text) for text in (clock, begins, ends)]
    assert in_quiet_hours(*times) is quiet


def test_quiet_hours_follow_the_clock_on_the_wall() -> None:
    """02:30 on the night of the gap rings at 03:30; quiet hours until 03:00 do not hold it back."""
    at = instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert not is_quiet(at, "Europe/Berlin", time(22), time(3))
    assert quiet_begins(at, "Europe/Berlin", time(22)) == datetime(2026, 3, 29, 20, 0, tzinfo=UTC)
    assert quiet_begins(at, "Europe/Berlin", None) is None
    assert not is_quiet(at, "Europe/Berlin", None, None)
