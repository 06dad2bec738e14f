"""From due reminder times to messages: one row a patient, local date and slot, whoever plans and however often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from patients import outbox
from patients.enums import DeliveryReason, DeliveryState, MessageKind
from patients.models import Delivery, Message, Patient, ReminderSchedule
from patients.reminders import Occurrence, is_quiet, last_occurrence, next_occurrence, quiet_begins
from programs import adherence
from programs.reminders import LIFETIME, Done, InForce, Logged, expires, why_not

BATCH = 1000
# One sender for so many new mails, up to the number that two cores can feed.
MAILS_A_BELL = 300
MOST_BELLS = 4
DAYS_AHEAD = 15


@dataclass(frozen=True, slots=True)
class Planned:
    """What one round did: schedules that were due, messages to send, occurrences with a reason not to."""

    due: int = 0
    created: int = 0
    cancelled: int = 0


@dataclass(slots=True)
class Facts:
    """What is in force for some patients around some days, and what they logged in those weeks."""

    plans: dict[UUID, list[InForce]] = field(default_factory=lambda: defaultdict(list))
    logged: dict[UUID, set[Logged]] = field(default_factory=lambda: defaultdict(set))
    done: dict[UUID, set[Done]] = field(default_factory=lambda: defaultdict(set))

    def why_not(self, patient_id: UUID, day: date, clock: time) -> DeliveryReason | None:
        known = (self.plans.get(patient_id, []), self.logged.get(patient_id, set()), self.done.get(patient_id, set()))
        return why_not(day, clock, *known)


def facts_for(patients: Collection[UUID], first: date, last: date) -> Facts:
    """Three statements, whatever the number of patients, and one more for exercises with a number a week."""
    facts = Facts()
    for patient_id, record in adherence.records_for(patients, first, last).items():
        lines = {item.key: item.line for course in record.courses for item in course.plan.items}
        facts.plans[patient_id] = [InForce(course.prescription_id, course.plan) for course in record.courses]
        facts.logged[patient_id] = {(log.prescription_id, log.day, log.slot) for log in record.logs}
        programs: set[Done] = {(log.prescription_id, None, log.day) for log in record.logs if log.is_done}
        facts.done[patient_id] = programs | {
            (entry.prescription_id, lines[entry.item_id], entry.day) for entry in record.free if entry.is_done
        }
    return facts


# --- Planning ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed schedule with what planning needs of its patient, read in the claiming statement."""

    pk: UUID
    slot: time
    weekdays: int
    is_on: bool
    patient_id: UUID
    clinic_id: UUID
    zone: str
    language: str
    email: str
    login_email: str | None
    archived_at: datetime | None
    reminders_on: bool | None
    quiet_from: time | None
    quiet_until: time | None

    @property
    def sleeps(self) -> bool:
        return not self.is_on or self.reminders_on is False or self.archived_at is not None

    @property
    def address(self) -> str:
        return self.email or self.login_email or ""


_DUE_COLUMNS = (
    "pk",
    "slot",
    "weekdays",
    "is_on",
    "patient_id",
    "clinic_id",
    "patient__time_zone",
    "patient__language",
    "patient__email",
    "patient__user__email",
    "patient__archived_at",
    "patient__contact_preference__reminders_on",
    "patient__contact_preference__quiet_from",
    "patient__contact_preference__quiet_until",
)


def plan_all(*, now: datetime) -> Planned:
    """Plan until nothing is due, in transactions of a batch each."""
    total = Planned()
    while True:
        done = plan(now=now)
        total = Planned(total.due + done.due, total.created + done.created, total.cancelled + done.cancelled)
        if done.due < BATCH:
            return total


@transaction.atomic
def plan(*, now: datetime, limit: int = BATCH) -> Planned:
    """Claim due schedules, write their messages, and set when each is due next: all of it or nothing.

    Another planner skips the claimed rows (on SQLite it waits). What is late by two hours makes no message, so
    an outage never ends in a flood.
    """
    claimed = (
        ReminderSchedule.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at")
        .select_for_update(skip_locked=True, of=("self",))
    )
    due = [Due(*row) for row in claimed.values_list(*_DUE_COLUMNS)[:limit]]
    if not due:
        return Planned()
    asleep = [schedule.pk for schedule in due if schedule.sleeps]
    awake = [schedule for schedule in due if not schedule.sleeps]
    created, cancelled = _write(_fresh(awake, now), now)
    _set_next(awake, now)
    ReminderSchedule.objects.filter(pk__in=asleep).update(next_due_at=None)
    if created:
        bells = min(MOST_BELLS, 1 + created // MAILS_A_BELL)
        transaction.on_commit(lambda: outbox.nudge(bells))
    return Planned(len(due), created, cancelled)


def _fresh(schedules: Iterable[Due], now: datetime) -> list[tuple[Due, Occurrence]]:
    """The occurrence that each schedule stands for now. A patient who never came in has no page to open yet."""
    found = []
    for schedule in schedules:
        occurrence = last_occurrence(now, slot=schedule.slot, weekdays=schedule.weekdays, zone=schedule.zone)
        if occurrence and now - occurrence.at < LIFETIME and schedule.login_email:
            found.append((schedule, occurrence))
    return found


def _set_next(schedules: Iterable[Due], now: datetime) -> None:
    """One statement for each distinct instant: what is due together mostly falls due together again."""
    by_instant: dict[datetime | None, list[UUID]] = defaultdict(list)
    for schedule in schedules:
        following = next_occurrence(now, slot=schedule.slot, weekdays=schedule.weekdays, zone=schedule.zone)
        by_instant[following.at if following else None].append(schedule.pk)
    for at, ids in by_instant.items():
        ReminderSchedule.objects.filter(pk__in=ids).update(next_due_at=at)


def _write(fresh: Sequence[tuple[Due, Occurrence]], now: datetime) -> tuple[int, int]:
    """Messages and deliveries of the occurrences that have a point; those met before are left alone."""
    if not fresh:
        return 0, 0
    days = [occurrence.local_date for _, occurrence in fresh]
    facts = facts_for({schedule.patient_id for schedule, _ in fresh}, min(days), max(days))
    pairs = []
    for schedule, occurrence in fresh:
        reason = facts.why_not(schedule.patient_id, occurrence.local_date, schedule.slot)
        # On a day without exercises there is no occurrence at all; the other reasons are kept to be shown.
        if reason != DeliveryReason.NOT_DUE:
            pairs.append(_rows(schedule, occurrence, reason or _own_reason(schedule, occurrence), now))
    Message.objects.bulk_create([message for message, _ in pairs], ignore_conflicts=True)
    written = set(Message.objects.filter(pk__in=[message.pk for message, _ in pairs]).values_list("pk", flat=True))
    deliveries = [delivery for message, delivery in pairs if message.pk in written]
    Delivery.objects.bulk_create(deliveries)
    cancelled = sum(delivery.state == DeliveryState.CANCELLED for delivery in deliveries)
    return len(deliveries) - cancelled, cancelled


def _own_reason(schedule: Due, occurrence: Occurrence) -> DeliveryReason | None:
    if is_quiet(occurrence.at, schedule.zone, schedule.quiet_from, schedule.quiet_until):
        return DeliveryReason.QUIET_HOURS
    return None if schedule.address else DeliveryReason.NO_ADDRESS


def _rows(
    schedule: Due, occurrence: Occurrence, reason: DeliveryReason | None, now: datetime
) -> tuple[Message, Delivery]:
    message = Message(
        clinic_id=schedule.clinic_id,
        patient_id=schedule.patient_id,
        kind=MessageKind.REMINDER,
        language=schedule.language,
        local_date=occurrence.local_date,
        slot=schedule.slot,
        expires_at=expires(occurrence.at, quiet_begins(occurrence.at, schedule.zone, schedule.quiet_from)),
    )
    delivery = Delivery(message=message, address=schedule.address, due_at=occurrence.at)
    if reason:
        delivery.state, delivery.reason, delivery.ended_at = DeliveryState.CANCELLED, reason, now
    return message, delivery


# --- Asked later ---------------------------------------------------------------------------------------------


def moot(messages: Sequence[Message]) -> dict[UUID, str]:
    """Reminders that lost their point between planning and sending: logged meanwhile, or taken off the plan."""
    planned = [
        (message.pk, message.patient_id, message.local_date, message.slot)
        for message in messages
        if message.local_date and message.slot and message.patient_id
    ]
    if not planned:
        return {}
    days = [day for _, _, day, _ in planned]
    facts = facts_for({patient_id for _, patient_id, _, _ in planned}, min(days), max(days))
    reasons = {pk: facts.why_not(patient_id, day, slot) for pk, patient_id, day, slot in planned}
    return {pk: reason for pk, reason in reasons.items() if reason}


def next_reminder(*, patient: Patient, now: datetime) -> Occurrence | None:
    """The next reminder that will really be sent as things stand, looking two weeks ahead."""
    preference = getattr(patient, "contact_preference", None)
    if preference is not None and not preference.reminders_on:
        return None
    first = patient.local_today(now)
    facts = facts_for([patient.pk], first, first + timedelta(days=DAYS_AHEAD))
    hours = (preference.quiet_from, preference.quiet_until) if preference else (None, None)
    schedules = ReminderSchedule.objects.filter(patient=patient, is_on=True, next_due_at__isnull=False)
    found = [_first_good(schedule, patient, hours, facts) for schedule in schedules]
    return min((occurrence for occurrence in found if occurrence), key=lambda o: o.at, default=None)


def _first_good(
    schedule: ReminderSchedule, patient: Patient, hours: tuple[time | None, time | None], facts: Facts
) -> Occurrence | None:
    if schedule.next_due_at is None:
        return None
    after = schedule.next_due_at - timedelta(microseconds=1)
    for _ in range(DAYS_AHEAD):
        occurrence = next_occurrence(after, slot=schedule.slot, weekdays=schedule.weekdays, zone=patient.time_zone)
        if occurrence is None:
            return None
        has_point = facts.why_not(patient.pk, occurrence.local_date, schedule.slot) is None
        if has_point and not is_quiet(occurrence.at, patient.time_zone, *hours):
            return occurrence
        after = occurrence.at
    return None
