"""Whether a reminder has a point: pure decisions over what is in force and what is logged.

When a reminder time falls on the calendar is decided in `patients.reminders`.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from patients.enums import DeliveryReason
from programs.schedule import Due, Plan, Rule, item_week, monday_of, occurrences_on, program_week

# A reminder older than this is not sent any more.
LIFETIME = timedelta(hours=2)
# What is planned so many minutes later than the nearest time belongs to the same reminder; Today calls it due by then.
TOGETHER = 60

# A logged session: prescription, local date, slot ("" = at any time).
Logged = tuple[UUID, date, str]
# A day on which something was done that is counted by the week: prescription, exercise (None = the program), date.
Done = tuple[UUID, Hashable, date]


@dataclass(frozen=True, slots=True)
class InForce:
    """One version of one prescription, and when it is due."""

    prescription_id: UUID
    plan: Plan


class Open(NamedTuple):
    """A planned time at which something is due; `distance` in minutes from the reminder, 0 for any time of day."""

    prescription_id: UUID
    slot: str
    distance: int
    is_break: bool


def slots_to_remind(rule: Rule) -> tuple[str, ...]:
    """The times for which an assigned program lays down reminders.

    None for movement breaks: eight mails a day would be a flood. Whoever wants one for a break sets its time.
    """
    return () if rule.break_minutes else rule.slots


def minutes_apart(clock: time, slot: str) -> int:
    planned = time.fromisoformat(slot)
    return abs((planned.hour - clock.hour) * 60 + planned.minute - clock.minute)


def planned_slot(clock: time, slots: Sequence[str]) -> str:
    """The planned time of day that a reminder at `clock` speaks of: the nearest one; "" where none is planned."""
    return min(slots, key=lambda slot: minutes_apart(clock, slot) if slot else 0, default="")


def why_not(
    day: date, clock: time, plans: Iterable[InForce], logged: Set[Logged], done: Set[Done] = frozenset()
) -> DeliveryReason | None:
    """None when the reminder at `clock` on `day` has a point; else NOT_DUE or LOGGED."""
    meant = _meant(clock, _due(day, clock, list(plans), done))
    if not meant:
        return DeliveryReason.NOT_DUE
    for one in meant:
        if not {(one.prescription_id, day, one.slot), (one.prescription_id, day, "")} & logged:
            return None
    return DeliveryReason.LOGGED


def _due(day: date, clock: time, plans: list[InForce], done: Set[Done]) -> list[Open]:
    """For each prescription with something due on `day`, the planned time that is nearest to `clock`."""
    found = []
    for one in plans:
        own = [other.plan for other in plans if other.prescription_id == one.prescription_id]
        slots = [due.slot for due in occurrences_on(day, one.plan) if any(_open(one, own, due, done))]
        if slots:
            slot = planned_slot(clock, slots)
            distance = minutes_apart(clock, slot) if slot else 0
            found.append(Open(one.prescription_id, slot, distance, bool(one.plan.rule.break_minutes)))
    return found


def _open(one: InForce, plans: Sequence[Plan], due: Due, done: Set[Done]) -> Iterator[bool]:
    """For each exercise of an occurrence whether it is still to be done: a week that has its number rests."""
    monday = monday_of(due.day)
    if one.plan.rule.is_flexible:
        yield not program_week(monday, plans).is_reached(_days(one, None, monday, due.day, done), due.day)
        return
    yield from (True for _ in due.firm)
    for item in due.free:
        week = item_week(monday, plans, item.line)
        yield not week.is_reached(_days(one, item.line, monday, due.day, done), due.day)


def _days(one: InForce, line: Hashable, monday: date, day: date, done: Set[Done]) -> list[date]:
    """Earlier days of the week; what was done on a later one is not known when the reminder is due."""
    return [on for whose, what, on in done if (whose, what) == (one.prescription_id, line) and monday <= on < day]


def _meant(clock: time, due: Sequence[Open]) -> list[Open]:
    """Of the planned times those that a reminder at `clock` speaks of: the nearest, and what is due by then.

    A movement break is meant only by a reminder at its very time, or where nothing else is planned that day: the
    break next to it must not bring back a reminder whose exercises are done.
    """
    breaks = [one for one in due if one.is_break and one.distance == 0]
    others = [one for one in due if not one.is_break] or [one for one in due if one.is_break]
    nearest = min((one.distance for one in others), default=0)
    return breaks + [one for one in others if one.distance <= nearest + TOGETHER and one not in breaks]


def expires(at: datetime, quiet_begins: datetime | None) -> datetime:
    """Until when a reminder due at `at` may still be sent: two hours, and never into quiet hours."""
    latest = at + LIFETIME
    return min(latest, quiet_begins) if quiet_begins else latest
