"""Whether a reminder has a point: pure decisions over what is in force and what is logged.

When a reminder time falls on the calendar is decided in `patients.reminders`.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from patients.enums import DeliveryReason
from programs.schedule import Rule, items_due

# A reminder older than this is not sent any more.
LIFETIME = timedelta(hours=2)

# A logged session: prescription, local date, slot ("" = at any time).
Logged = tuple[UUID, date, str]


@dataclass(frozen=True, slots=True)
class InForce:
    """One version of one prescription, in force from `first` to `last` (None = open)."""

    prescription_id: UUID
    first: date
    last: date | None
    rule: Rule
    item_masks: tuple[int | None, ...]

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def planned_slot(clock: time, slots: tuple[str, ...]) -> str:
    """The planned time of day that a reminder at `clock` speaks of: the nearest one; "" where none is planned."""

    def distance(slot: str) -> int:
        planned = time.fromisoformat(slot)
        return abs((planned.hour - clock.hour) * 60 + planned.minute - clock.minute)

    return min(slots, key=distance, default="")


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _is_due(plan: InForce, day: date, logged: Set[Logged]) -> bool:
    """Something is due on `day`; a times-per-week rule rests once the week (Monday to Sunday) has its number."""
    if not plan.covers(day) or not plan.rule.due_on(day) or not items_due(day, list(plan.item_masks)):
        return False
    if not plan.rule.is_flexible:
        return True
    days = {on for prescription, on, _ in logged if prescription == plan.prescription_id}
    earlier = [on for on in days if monday_of(day) <= on < day]
    return len(earlier) < (plan.rule.times_per_week or 1)


def why_not(day: date, clock: time, plans: Iterable[InForce], logged: Set[Logged]) -> DeliveryReason | None:
    """None when the reminder at `clock` on `day` has a point; else NOT_DUE or LOGGED."""
    due = [plan for plan in plans if _is_due(plan, day, logged)]
    if not due:
        return DeliveryReason.NOT_DUE
    for plan in due:
        slot = planned_slot(clock, plan.rule.slots)
        if not {(plan.prescription_id, day, slot), (plan.prescription_id, day, "")} & logged:
            return None
    return DeliveryReason.LOGGED


def expires(at: datetime, quiet_begins: datetime | None) -> datetime:
    """Until when a reminder due at `at` may still be sent: two hours, and never into quiet hours."""
    latest = at + LIFETIME
    return min(latest, quiet_begins) if quiet_begins else latest
