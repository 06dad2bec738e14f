"""From due reminder times to outbox rows: once each, whoever plans and however often."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from patients.enums import DeliveryReason, DeliveryState
from patients.models import ContactPreference, Delivery, Message, Patient, ReminderSchedule
from patients.services import reminder_settings
from programs.models import Prescription, Session
from programs.services import reminders
from tests import factories

pytestmark = pytest.mark.sqlite
# Berlin in winter: 07:30 is 06:30 UTC. Planning starts from a schedule laid down the evening before.
EVENING = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)
RINGS = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
DAY = date(2026, 11, 18)


def with_reminder(patient: Patient, *slots: str, now: datetime = EVENING) -> None:
    reminder_settings.ensure_schedules(patient=patient, slots=slots or ("07:30",), now=now)


def log(prescription: Prescription, day: date = DAY, slot: str = "07:30", **counters: int) -> Session:
    return Session.objects.create(
        clinic=prescription.clinic,
        patient=prescription.patient,
        prescription=prescription,
        version=prescription.versions.first(),
        local_date=day,
        slot=slot,
        expected=2,
        logged_at=RINGS - timedelta(minutes=20),
        **(counters or {"done": 2}),
    )


def rows() -> list[tuple[Any, ...]]:
    """Everything planned, as values that do not depend on who planned."""
    return sorted(
        Delivery.objects.values_list(
            "message__patient_id",
            "message__local_date",
            "message__slot",
            "address",
            "state",
            "reason",
            "due_at",
            "message__expires_at",
        )
    )


def next_due(patient: Patient) -> list[datetime | None]:
    return list(ReminderSchedule.objects.filter(patient=patient).values_list("next_due_at", flat=True))


def test_due_schedule_becomes_one_message(dan: Patient) -> None:
    with_reminder(dan)
    assert reminders.plan_all(now=RINGS - timedelta(minutes=1)) == reminders.Planned()

    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1, created=1)

    assert rows() == [(dan.pk, DAY, time(7, 30), "dan@example.org", "due", "", RINGS, RINGS + timedelta(hours=2))]
    assert next_due(dan) == [RINGS + timedelta(days=1)]


def test_replaying_the_task_a_hundred_times_changes_nothing(dan: Patient) -> None:
    with_reminder(dan)
    reminders.plan_all(now=RINGS)
    before = rows()
    for minute in range(100):
        # Even a schedule that somebody set back finds its occurrence already there.
        ReminderSchedule.objects.update(next_due_at=RINGS)
        reminders.plan_all(now=RINGS + timedelta(minutes=minute % 30))
    assert rows() == before


def test_logged_early_is_cancelled_with_the_reason(dan: Patient, prescription: Prescription) -> None:
    with_reminder(dan)
    log(prescription)
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1, cancelled=1)
    assert Delivery.objects.values_list("state", "reason").get() == ("cancelled", "logged")


def test_session_without_an_answer_is_not_a_log(dan: Patient, prescription: Prescription) -> None:
    with_reminder(dan)
    log(prescription, done=0)
    assert reminders.plan_all(now=RINGS).created == 1


def test_nothing_due_makes_no_row(dan: Patient, prescription: Prescription) -> None:
    with_reminder(dan)
    prescription.ends_on = DAY - timedelta(days=1)
    prescription.save()
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1)
    assert rows() == []
    assert next_due(dan) == [RINGS + timedelta(days=1)]


def test_newer_version_is_asked(dan: Patient, prescription: Prescription) -> None:
    """From today on the program rests on Wednesdays."""
    version = prescription.versions.get()
    items = list(version.items.all())
    version.pk, version.number, version.effective_from, version.weekdays = None, 2, DAY, 0b1111011
    version._state.adding = True
    version.save(force_insert=True)
    for item in items:
        item.pk, item.version = None, version
        item._state.adding = True
        item.save(force_insert=True)
    with_reminder(dan)
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1)
    assert reminders.plan_all(now=RINGS + timedelta(days=1)).created == 1


def test_switched_off_sleeps(dan: Patient) -> None:
    with_reminder(dan)
    ContactPreference.objects.filter(patient=dan).update(reminders_on=False)
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1)
    assert (rows(), next_due(dan)) == ([], [None])


def test_quiet_hours_are_kept_and_say_so(dan: Patient) -> None:
    with_reminder(dan)
    ContactPreference.objects.filter(patient=dan).update(quiet_from=time(21), quiet_until=time(8))
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1, cancelled=1)
    assert Delivery.objects.get().reason == DeliveryReason.QUIET_HOURS


def test_expiry_never_reaches_into_quiet_hours(dan: Patient) -> None:
    with_reminder(dan)
    ContactPreference.objects.filter(patient=dan).update(quiet_from=time(8), quiet_until=time(9))
    reminders.plan_all(now=RINGS)
    assert Message.objects.get().expires_at == RINGS + timedelta(minutes=30)


def test_outage_ends_without_a_flood(dan: Patient) -> None:
    """Nobody planned for five days; only what is younger than two hours is still said."""
    with_reminder(dan)
    assert reminders.plan_all(now=RINGS + timedelta(days=5, hours=3)) == reminders.Planned(due=1)
    assert rows() == []
    assert next_due(dan) == [RINGS + timedelta(days=6)]


def test_late_beat_still_reminds_within_two_hours(dan: Patient) -> None:
    with_reminder(dan)
    assert reminders.plan_all(now=RINGS + timedelta(days=5, minutes=119)).created == 1
    assert Message.objects.get().local_date == DAY + timedelta(days=5)


def test_patient_who_never_came_in_is_not_reminded(dan: Patient) -> None:
    with_reminder(dan)
    Patient.objects.filter(pk=dan.pk).update(user=None)
    assert reminders.plan_all(now=RINGS) == reminders.Planned(due=1)


def test_patient_without_an_address_is_told_apart(dan: Patient) -> None:
    with_reminder(dan)
    Patient.objects.filter(pk=dan.pk).update(email="")
    reminders.plan_all(now=RINGS)
    assert Delivery.objects.get().address == dan.user.email


def test_two_times_a_day_are_two_messages(dan: Patient, prescription: Prescription) -> None:
    prescription.versions.update(slots=["07:30", "19:00"])
    with_reminder(dan, "07:30", "19:00")
    log(prescription)
    assert reminders.plan_all(now=RINGS).cancelled == 1
    assert reminders.plan_all(now=datetime(2026, 11, 18, 18, 0, tzinfo=UTC)).created == 1


def test_lost_day_makes_no_message(dan: Patient, prescription: Prescription) -> None:
    Patient.objects.filter(pk=dan.pk).update(time_zone="Pacific/Apia")
    Prescription.objects.update(starts_on=date(2011, 1, 1))
    prescription.versions.update(effective_from=date(2011, 1, 1))
    dan.refresh_from_db()
    with_reminder(dan, "09:00", now=datetime(2011, 12, 28, 12, tzinfo=UTC))
    moment = datetime(2011, 12, 28, 12, tzinfo=UTC)
    while moment < datetime(2012, 1, 1, 12, tzinfo=UTC):
        reminders.plan_all(now=moment)
        moment += timedelta(minutes=15)
    days = sorted(Message.objects.values_list("local_date", flat=True))
    assert days == [date(2011, 12, day) for day in (28, 29, 31)] + [date(2012, 1, 1)]


def test_clock_jumps_never_plan_twice(dan: Patient) -> None:
    with_reminder(dan)
    for minutes in (0, 60, -60, 1440, -10, 1441, 30, 90, 1500):
        ReminderSchedule.objects.update(next_due_at=RINGS)
        reminders.plan_all(now=RINGS + timedelta(minutes=minutes))
    found = list(Message.objects.values_list("local_date", "slot"))
    assert len(found) == len(set(found)) == 2


def test_moot_names_what_was_logged_after_planning(dan: Patient, prescription: Prescription) -> None:
    with_reminder(dan)
    reminders.plan_all(now=RINGS)
    message = Message.objects.get()
    assert reminders.moot([message]) == {}
    log(prescription)
    assert reminders.moot([message]) == {message.pk: DeliveryReason.LOGGED}


def test_next_reminder_leaves_out_days_and_hours_without_a_point(dan: Patient, prescription: Prescription) -> None:
    assert reminders.next_reminder(patient=dan, now=EVENING) is None
    with_reminder(dan, "07:30", "22:00")
    assert reminders.next_reminder(patient=dan, now=EVENING).at == datetime(2026, 11, 17, 21, 0, tzinfo=UTC)
    ContactPreference.objects.filter(patient=dan).update(quiet_from=time(21), quiet_until=time(6))
    dan = Patient.objects.get(pk=dan.pk)
    assert reminders.next_reminder(patient=dan, now=EVENING).at == RINGS
    prescription.versions.update(weekdays=0b0010000)
    assert reminders.next_reminder(patient=dan, now=EVENING).at == RINGS + timedelta(days=2)
    log(prescription, DAY + timedelta(days=2))
    assert reminders.next_reminder(patient=dan, now=EVENING).at == RINGS + timedelta(days=9)


def many(count: int) -> list[Patient]:
    clinic = factories.make_clinic()
    exercise = factories.make_exercise()
    patients = [factories.make_patient(clinic) for _ in range(count)]
    for number, patient in enumerate(patients):
        prescription = factories.make_prescription(patient, exercise)
        with_reminder(patient)
        if number % 5 == 0:
            log(prescription)
    return patients


@pytest.mark.django_db
def test_patient_without_a_program_has_no_next_reminder() -> None:
    ida = factories.make_patient(factories.make_clinic())
    with_reminder(ida)
    assert reminders.next_reminder(patient=ida, now=EVENING) is None
    assert reminders.plan(now=RINGS).created == 0


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_number_of_patients(django_assert_max_num_queries: Any) -> None:
    many(3)
    with django_assert_max_num_queries(12) as few:
        reminders.plan(now=RINGS)
    many(30)
    with django_assert_max_num_queries(12) as more:
        assert reminders.plan(now=RINGS).due == 30
    assert len(few) == len(more)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_write_the_rows_of_one() -> None:
    """Small batches, so that both really share the work."""
    many(60)
    before = list(ReminderSchedule.objects.order_by("pk").values_list("pk", "next_due_at"))
    reminders.plan_all(now=RINGS)
    alone, alone_next = rows(), list(ReminderSchedule.objects.order_by("pk").values_list("pk", "next_due_at"))
    Message.objects.all().delete()
    for pk, due in before:
        ReminderSchedule.objects.filter(pk=pk).update(next_due_at=due)
    start, faults = threading.Barrier(3), []

    def planner() -> None:
        try:
            start.wait(10)
            while reminders.plan(now=RINGS, limit=7).due:
                pass
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=planner) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert rows() == alone
    assert list(ReminderSchedule.objects.order_by("pk").values_list("pk", "next_due_at")) == alone_next
    assert {row[4] for row in alone} == {DeliveryState.DUE, DeliveryState.CANCELLED}
