"""Reminder times on the patient's own terms."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.models import AuditEvent, ContactPreference, Delivery, Message, Patient, ReminderSchedule
from patients.services import reminder_settings
from patients.services.reminder_settings import ReminderTime
from programs.services import reminders

pytestmark = pytest.mark.sqlite
NOW = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)
RINGS = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
WEEKDAYS, WEEKEND = 0b0011111, 0b1100000


def times(patient: Patient) -> list[tuple[time, int, bool, datetime | None]]:
    rows = ReminderSchedule.objects.filter(patient=patient).order_by("slot")
    return list(rows.values_list("slot", "weekdays", "is_on", "next_due_at"))


def save(patient: Patient, *chosen: ReminderTime, now: datetime = NOW, **fields) -> None:
    values = {"reminders_on": True, "quiet_from": None, "quiet_until": None} | fields
    reminder_settings.save_preferences(actor=patient.user, patient=patient, times=chosen, now=now, **values)


def test_ensure_schedules_adds_what_is_missing_and_no_more(dan) -> None:
    for _ in range(3):
        reminder_settings.ensure_schedules(patient=dan, slots=["07:30", "", "19:00"], now=NOW)
    assert times(dan) == [
        (time(7, 30), 127, True, RINGS),
        (time(19), 127, True, datetime(2026, 11, 18, 18, 0, tzinfo=UTC)),
    ]


def test_ensure_schedules_leaves_a_changed_time_alone(dan) -> None:
    save(dan, ReminderTime(time(7, 30), WEEKEND))
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    assert [row[1] for row in times(dan)] == [WEEKEND]


def test_ensure_schedules_sleep_while_reminders_are_off(dan) -> None:
    ContactPreference.objects.update(reminders_on=False)
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    assert [row[3] for row in times(dan)] == [None]


def test_weekdays_and_weekend_have_their_own_times(dan) -> None:
    save(dan, ReminderTime(time(7, 15), WEEKDAYS), ReminderTime(time(9), WEEKEND))
    assert [row[3] for row in times(dan)] == [
        datetime(2026, 11, 18, 6, 15, tzinfo=UTC),
        datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    ]
    assert AuditEvent.objects.filter(verb="reminders.save", patient=dan).count() == 1


def test_save_replaces_the_times(dan) -> None:
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    save(dan, ReminderTime(time(8)))
    assert [row[0] for row in times(dan)] == [time(8)]


def test_switching_off_withdraws_what_waits_and_on_wakes(dan) -> None:
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    reminders.plan_all(now=RINGS)
    save(dan, ReminderTime(time(7, 30)), now=RINGS, reminders_on=False)
    assert Delivery.objects.values_list("state", "reason").get() == ("cancelled", "off")
    assert [row[3] for row in times(dan)] == [None]
    save(dan, ReminderTime(time(7, 30)), now=RINGS)
    assert [row[3] for row in times(dan)] == [RINGS + timedelta(days=1)]


def test_turn_off_is_safe_to_repeat(dan) -> None:
    assert reminder_settings.turn_off(actor=None, patient=dan, now=NOW)
    assert not reminder_settings.turn_off(actor=None, patient=dan, now=NOW)
    assert AuditEvent.objects.filter(verb="reminders.off").count() == 1


def test_moving_east_over_the_date_line_keeps_four_hours_apart(dan) -> None:
    """07:15 in Honolulu is an hour before 07:15 of the next day in Auckland."""
    Patient.objects.filter(pk=dan.pk).update(time_zone="Pacific/Honolulu")
    dan.refresh_from_db()
    reminder_settings.ensure_schedules(patient=dan, slots=["07:15"], now=NOW)
    rang = datetime(2026, 11, 18, 17, 15, tzinfo=UTC)
    assert reminders.plan_all(now=rang).created == 1
    Patient.objects.filter(pk=dan.pk).update(time_zone="Pacific/Auckland")
    dan.refresh_from_db()
    reminder_settings.rebuild(patient=dan, now=rang + timedelta(minutes=1))
    # Not at 18:15 UTC of the same day, which is the 19th there, but a day later.
    assert [row[3] for row in times(dan)] == [datetime(2026, 11, 19, 18, 15, tzinfo=UTC)]


def test_moving_west_does_not_say_a_day_twice(dan) -> None:
    Patient.objects.filter(pk=dan.pk).update(time_zone="Pacific/Auckland")
    dan.refresh_from_db()
    reminder_settings.ensure_schedules(patient=dan, slots=["07:15"], now=NOW)
    rang = times(dan)[0][3]
    assert reminders.plan_all(now=rang).created == 1
    day = Message.objects.get().local_date
    Patient.objects.filter(pk=dan.pk).update(time_zone="Pacific/Honolulu")
    dan.refresh_from_db()
    reminder_settings.rebuild(patient=dan, now=rang + timedelta(minutes=1))
    for hour in range(48):
        reminders.plan_all(now=rang + timedelta(hours=hour, minutes=20))
    days = list(Message.objects.order_by("local_date").values_list("local_date", flat=True))
    assert days == sorted(set(days))
    assert day in days


def test_changed_time_does_not_ring_again_at_once(dan) -> None:
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    reminders.plan_all(now=RINGS)
    save(dan, ReminderTime(time(7, 45)), now=RINGS + timedelta(minutes=5))
    assert [row[3] for row in times(dan)] == [RINGS + timedelta(days=1, minutes=15)]


ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kathmandu"]
CHANGES = st.lists(
    st.tuples(st.sampled_from(ZONES), st.sampled_from([time(7, 15), time(7, 45), time(21)]), st.integers(1, 30 * 60)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_random_moves_never_remind_twice(dan, changes) -> None:
    """Whatever the changes: one a local date and slot, and four hours between two of a moved time."""
    with transaction.atomic():
        moment = NOW
        save(dan, ReminderTime(time(7, 15)), now=moment)
        for zone, slot, minutes in changes:
            Patient.objects.filter(pk=dan.pk).update(time_zone=zone)
            dan.refresh_from_db()
            save(dan, ReminderTime(slot), now=moment)
            end = moment + timedelta(minutes=minutes)
            while (due := times(dan)[0][3]) <= end:
                reminders.plan_all(now=due)
            moment = end
        found = list(
            Message.objects.order_by("deliveries__due_at").values_list("local_date", "slot", "deliveries__due_at")
        )
        assert len({(day, slot) for day, slot, _ in found}) == len(found)
        assert all(b[2] - a[2] >= timedelta(hours=4) for a, b in pairwise(found))
        transaction.set_rollback(True)


def test_test_reminder_is_like_every_other_and_once_a_minute(dan) -> None:
    message = reminder_settings.send_test(actor=dan.user, patient=dan, now=NOW)
    assert (message.local_date, message.deliveries.get().address) == (None, "dan@example.org")
    with pytest.raises(reminder_settings.TestSentJustNow):
        reminder_settings.send_test(actor=dan.user, patient=dan, now=NOW + timedelta(seconds=59))
    reminder_settings.send_test(actor=dan.user, patient=dan, now=NOW + timedelta(seconds=61))
    assert Message.objects.count() == 2


def test_test_reminder_without_an_address(dan) -> None:
    Patient.objects.filter(pk=dan.pk).update(email="", user=None)
    with pytest.raises(reminder_settings.NoAddress):
        reminder_settings.send_test(actor=dan.user, patient=Patient.objects.get(pk=dan.pk), now=NOW)


def test_day_of_the_message_is_the_patients(dan) -> None:
    reminder_settings.ensure_schedules(patient=dan, slots=["00:15"], now=NOW)
    reminders.plan_all(now=datetime(2026, 11, 17, 23, 15, tzinfo=UTC))
    assert Message.objects.get().local_date == date(2026, 11, 18)
