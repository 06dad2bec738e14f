"""Reminders keep to the plan: none on a paused day, none on a day between, one for a break only where it is wanted."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from patients.enums import DeliveryState
from patients.models import Delivery, Patient, ReminderSchedule
from patients.services import reminder_settings
from programs import reminders as decisions
from programs.models import Pause, PrescriptionItem
from programs.services import reminders
from tests import factories

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

# Berlin in winter: 07:30 is 06:30 UTC.
EVENING = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)
RINGS = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 18)
DAY = timedelta(days=1)


@pytest.fixture
def pat() -> Patient:
    patient = factories.make_patient(factories.make_clinic(), time_zone="Europe/Berlin")
    reminder_settings.ensure_schedules(patient=patient, slots=["07:30"], now=EVENING)
    return patient


def pause(patient: Patient, first: date, last: date | None) -> Pause:
    return Pause.objects.create(clinic=patient.clinic, patient=patient, starts_on=first, last_day=last)


def rung(days: int) -> list[int]:
    """On which of so many mornings from Wednesday on a message was written: its day of the month."""
    for number in range(days):
        reminders.plan_all(now=RINGS + number * DAY)
    return sorted(day.day for day in Delivery.objects.values_list("message__local_date", flat=True))


def test_a_holiday_is_quiet_and_the_next_reminder_is_known(pat: Patient) -> None:
    factories.make_prescription(pat)
    pause(pat, WEDNESDAY, WEDNESDAY + 2 * DAY)

    following = reminders.next_reminder(patient=pat, now=EVENING)

    assert following is not None
    assert following.local_date == WEDNESDAY + 3 * DAY
    assert rung(5) == [21, 22]


def test_a_reminder_that_waits_is_taken_back_when_the_day_is_paused(pat: Patient) -> None:
    factories.make_prescription(pat)
    reminders.plan_all(now=RINGS)
    (waiting,) = Delivery.objects.select_related("message")
    assert waiting.state == DeliveryState.DUE

    pause(pat, WEDNESDAY, WEDNESDAY)

    assert reminders.moot([waiting.message]) == {waiting.message.pk: "not_due"}


def test_every_other_day_rings_every_other_day(pat: Patient) -> None:
    factories.make_prescription(pat, starts_on=WEDNESDAY, frequency="every_days", every_days=2)
    assert rung(5) == [18, 20, 22]


def test_an_exercise_done_often_enough_this_week_does_not_ring(pat: Patient) -> None:
    """Twice a week; done on Monday and Tuesday. On Monday it rings again."""
    walk = factories.make_prescription(pat, factories.make_exercise("walk"))
    PrescriptionItem.objects.update(times_per_week=2)
    for back in (1, 2):
        factories.make_session(walk, WEDNESDAY - back * DAY, "d")

    assert rung(6) == [23]


def test_eight_breaks_lay_down_no_reminder_and_one_that_is_wanted_rings(pat: Patient) -> None:
    slots = [f"{hour:02}:00" for hour in range(9, 17)]
    desk = factories.make_prescription(pat, slots=slots, break_minutes=60, starts_on=WEDNESDAY)
    ReminderSchedule.objects.all().delete()
    wanted = decisions.slots_to_remind(desk.versions.get().rule)
    reminder_settings.ensure_schedules(patient=pat, slots=wanted, now=EVENING)
    assert ReminderSchedule.objects.count() == 0

    reminder_settings.ensure_schedules(patient=pat, slots=["11:00"], now=EVENING)
    factories.make_session(desk, WEDNESDAY, "ddd", slot="10:00")
    reminders.plan_all(now=datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    assert Delivery.objects.get().message.slot == time(11)


def test_the_statements_stay_few_with_pauses_and_numbers_a_week(django_assert_num_queries) -> None:
    exercise = factories.make_exercise()
    clinic = factories.make_clinic()
    patients = [factories.make_patient(clinic) for _ in range(9)]
    for patient in patients:
        factories.make_session(factories.make_prescription(patient, exercise, exercise), WEDNESDAY - DAY, "dd")
        pause(patient, WEDNESDAY + DAY, None)
    PrescriptionItem.objects.filter(order=1).update(times_per_week=3)

    with django_assert_num_queries(4):
        reminders.facts_for([patients[0].pk], WEDNESDAY, WEDNESDAY)
    with django_assert_num_queries(4):
        reminders.facts_for([patient.pk for patient in patients], WEDNESDAY, WEDNESDAY)
