"""A patient's reminder times: laid down when a program is assigned, then changed on the patient's own terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from patients import audit, outbox
from patients.enums import DeliveryReason, MessageKind
from patients.models import ContactPreference, Delivery, Message, Patient, ReminderSchedule, User
from patients.models.messages import EVERY_DAY
from patients.reminders import APART, next_occurrence
from patients.services import messages

TEST_LIFETIME = timedelta(hours=2)
TEST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReminderTime:
    """A time of day on the patient's clock, and the days (mask, Monday = 1) on which it rings."""

    slot: time
    weekdays: int = EVERY_DAY


class NoAddress(Exception):
    """There is no mail address to send to."""


class TestSentJustNow(Exception):
    """A test reminder is on its way already."""


def address_of(patient: Patient) -> str:
    """Where this patient's mail goes: the address of the record, else that of the login; empty when there is none."""
    return patient.email or (patient.user.email if patient.user else "")


def _next_due(patient: Patient, slot: time, weekdays: int, after: datetime) -> datetime | None:
    found = next_occurrence(after, slot=slot, weekdays=weekdays, zone=patient.time_zone)
    return found.at if found else None


def _is_on(patient: Patient) -> bool:
    preference, _ = ContactPreference.objects.get_or_create(patient=patient)
    return preference.reminders_on and patient.archived_at is None


@transaction.atomic
def ensure_schedules(*, patient: Patient, slots: Iterable[str], now: datetime) -> None:
    """A reminder for each planned time ("07:30") that has none yet. Times that the patient set or silenced stay."""
    times = sorted({time.fromisoformat(slot) for slot in slots if slot})
    ReminderSchedule.objects.bulk_create(
        [ReminderSchedule(clinic_id=patient.clinic_id, patient=patient, slot=slot) for slot in times],
        ignore_conflicts=True,
    )
    if not _is_on(patient):
        return
    asleep = ReminderSchedule.objects.filter(patient=patient, slot__in=times, is_on=True, next_due_at=None)
    for schedule in asleep:
        due = _next_due(patient, schedule.slot, schedule.weekdays, now)
        ReminderSchedule.objects.filter(pk=schedule.pk).update(next_due_at=due)


@transaction.atomic
def rebuild(*, patient: Patient, now: datetime) -> None:
    """Set each next instant anew, after a change of time zone, times or switch.

    Days that were reminded stay reminded (the occurrence key sees to that), and what a move would bring within
    four hours of the last reminder waits for its next day.
    """
    is_on = _is_on(patient)
    schedules = list(ReminderSchedule.objects.filter(patient=patient).select_for_update())
    kept = {schedule.slot for schedule in schedules}
    recent = Message.objects.filter(
        patient=patient, kind=MessageKind.REMINDER, local_date__isnull=False, deliveries__due_at__gt=now - 2 * APART
    ).values_list("slot", "deliveries__due_at")
    for schedule in schedules:
        moved = [due for slot, due in recent if slot == schedule.slot or slot not in kept]
        earliest = max([now, *(due + APART for due in moved)])
        due = _next_due(patient, schedule.slot, schedule.weekdays, earliest)
        schedule.next_due_at = due if is_on and schedule.is_on else None
    ReminderSchedule.objects.bulk_update(schedules, ["next_due_at"])


@transaction.atomic
def save_preferences(
    *,
    actor: User,
    patient: Patient,
    reminders_on: bool,
    quiet_from: time | None,
    quiet_until: time | None,
    times: Sequence[ReminderTime],
    now: datetime,
) -> None:
    """Replace switch, quiet hours and times by what the patient chose."""
    ContactPreference.objects.update_or_create(
        patient=patient,
        defaults={"reminders_on": reminders_on, "quiet_from": quiet_from, "quiet_until": quiet_until},
    )
    chosen = {chosen.slot: chosen.weekdays for chosen in times}
    ReminderSchedule.objects.filter(patient=patient).exclude(slot__in=chosen).delete()
    for slot, weekdays in chosen.items():
        ReminderSchedule.objects.update_or_create(
            patient=patient, slot=slot, defaults={"clinic_id": patient.clinic_id, "weekdays": weekdays, "is_on": True}
        )
    rebuild(patient=patient, now=now)
    if not reminders_on:
        outbox.cancel_reminders(patient=patient, reason=DeliveryReason.OFF, now=now)
    audit.record(actor, "reminders.save", patient, on=reminders_on, times=len(chosen))


@transaction.atomic
def turn_off(*, actor: User | None, patient: Patient, now: datetime) -> bool:
    """No more reminders, those that wait included; False when they were off already."""
    ContactPreference.objects.get_or_create(patient=patient)
    changed = ContactPreference.objects.filter(patient=patient, reminders_on=True).update(reminders_on=False)
    if not changed:
        return False
    rebuild(patient=patient, now=now)
    outbox.cancel_reminders(patient=patient, reason=DeliveryReason.OFF, now=now)
    audit.record(actor, "reminders.off", patient, reason="" if actor else "link in a reminder")
    return True


@transaction.atomic
def send_test(*, actor: User, patient: Patient, now: datetime) -> Message:
    """A reminder to the patient now, like every other; at most one a minute."""
    address = address_of(patient)
    if not address:
        raise NoAddress
    # The row lock makes two clicks wait for each other.
    ContactPreference.objects.select_for_update().get_or_create(patient=patient)
    tests = Delivery.objects.filter(
        message__patient=patient, message__kind=MessageKind.REMINDER, message__local_date=None
    )
    if tests.filter(due_at__gt=now - TEST_PAUSE).exists():
        raise TestSentJustNow
    message = messages.enqueue(
        kind=MessageKind.REMINDER,
        clinic=patient.clinic,
        address=address,
        due_at=now,
        expires_at=now + TEST_LIFETIME,
        patient=patient,
        language=patient.language,
    )
    if message is None:  # pragma: no cover - without an occurrence there is nothing to meet twice
        raise TestSentJustNow
    audit.record(actor, "reminders.test", patient)
    return message
