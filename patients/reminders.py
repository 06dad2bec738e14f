"""When a reminder time falls, on a real calendar. Pure: wall-clock rules in, instants out.

A rule is a time of day, a mask of weekdays (Monday = 1 ... Sunday = 64) and a time zone. For each local day that
exists it has exactly one instant: in a spring gap the wall time moves on by the length of the gap (02:30 becomes
03:30), in an autumn fold the first pass counts, and a day that a zone skipped (Apia, 30 December 2011) has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# A week, the day before it, and slack for days that do not exist.
_DAYS_TO_LOOK_AT = 10
# Two reminders that a change of zone or time brought together lie at least this far apart.
APART = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One local day's reminder, and the instant (UTC) at which it falls due."""

    local_date: date
    at: datetime


def zone_of(name: str) -> ZoneInfo:
    """The zone, or UTC when the database no longer knows the name: one bad row must not stop the others."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day_exists(day: date, zone: ZoneInfo) -> bool:
    """False for a day that the zone left out when it moved over the date line."""
    midnight = datetime.combine(day, time.min, zone)
    return midnight.astimezone(UTC).astimezone(zone).date() == day


def instant(day: date, slot: time, zone: ZoneInfo) -> datetime | None:
    """The one instant of `slot` on `day`, or None when the day does not exist."""
    if not day_exists(day, zone):
        return None
    # fold=0 is the first pass of a fold, and in a gap the offset from before it, which moves the wall time on.
    return datetime.combine(day, slot.replace(fold=0), zone).astimezone(UTC)


def _occurrences(days: Iterator[date], slot: time, weekdays: int, zone: ZoneInfo) -> Iterator[Occurrence]:
    for day in days:
        if weekdays >> day.weekday() & 1:
            at = instant(day, slot, zone)
            if at is not None:
                yield Occurrence(day, at)


# Cached: in one round of planning many schedules share slot, days and zone.
@lru_cache(4096)
def next_occurrence(after: datetime, *, slot: time, weekdays: int, zone: str) -> Occurrence | None:
    """The first occurrence later than `after`; None only for a rule without weekdays."""
    place = zone_of(zone)
    start = after.astimezone(place).date() - timedelta(days=1)
    days = (start + timedelta(days=n) for n in range(_DAYS_TO_LOOK_AT))
    return next((o for o in _occurrences(days, slot, weekdays, place) if o.at > after), None)


@lru_cache(4096)
def last_occurrence(until: datetime, *, slot: time, weekdays: int, zone: str) -> Occurrence | None:
    """The latest occurrence that is not later than `until`."""
    place = zone_of(zone)
    start = until.astimezone(place).date() + timedelta(days=1)
    days = (start - timedelta(days=n) for n in range(_DAYS_TO_LOOK_AT))
    return next((o for o in _occurrences(days, slot, weekdays, place) if o.at <= until), None)


def is_quiet(at: datetime, zone: str, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether the patient's clock shows quiet hours at `at`."""
    return in_quiet_hours(at.astimezone(zone_of(zone)).time(), quiet_from, quiet_until)


def in_quiet_hours(clock: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether `clock` lies in the quiet hours. They may run over midnight; their end is no longer quiet."""
    if quiet_from is None or quiet_until is None:
        return False
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def quiet_begins(after: datetime, zone: str, quiet_from: time | None) -> datetime | None:
    """The next instant at which quiet hours begin."""
    if quiet_from is None:
        return None
    found = next_occurrence(after, slot=quiet_from, weekdays=0b1111111, zone=zone)
    return found.at if found else None
