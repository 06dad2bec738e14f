"""The sheet of one day: the right version, the right day where the patient lives, the same few queries."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from programs.models import PrescriptionItem, PrescriptionVersion, Session
from programs.services import days, sessions
from programs.services.sessions import EntryDraft, SessionDraft
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def names(sheet: days.DaySheet) -> list[list[str]]:
    return [[line.item.name for line in one.lines] for one in sheet.occurrences]


def add_version(prescription, effective_from: date, name: str, **fields) -> PrescriptionVersion:
    version = PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=effective_from, **{"slots": ["07:30"]} | fields
    )
    PrescriptionItem.objects.create(version=version, exercise=factories.make_exercise(), name=name)
    return version


def test_a_day_shows_the_version_that_was_in_force(dan, prescription):
    add_version(prescription, TODAY, "New one")

    assert names(days.load(dan, TODAY, NOW)) == [["New one"]]
    assert names(days.load(dan, TODAY - timedelta(days=1), NOW)) == [["Standing hip stretch", "Calm breathing"]]


def test_a_set_begun_under_the_former_version_stays_as_it_was(dan, prescription):
    item = PrescriptionItem.objects.filter(version__prescription=prescription).first()
    draft = SessionDraft(prescription.pk, TODAY, "07:30", [EntryDraft(item.pk, "done")])
    sessions.log(actor=dan.user, patient=dan, draft=draft, client_uuid=uuid4(), now=NOW)
    add_version(prescription, TODAY, "New one", slots=["07:30", "20:00"])

    sheet = days.load(dan, TODAY, NOW)

    assert [(one.slot, len(one.lines)) for one in sheet.occurrences] == [("07:30", 2), ("20:00", 1)]


def test_only_items_of_the_weekday_are_due(dan, prescription):
    item = PrescriptionItem.objects.filter(version__prescription=prescription).first()
    PrescriptionItem.objects.filter(pk=item.pk).update(weekdays=0b0000001)  # Mondays

    assert names(days.load(dan, TODAY, NOW)) == [["Calm breathing"]]
    assert names(days.load(dan, TODAY - timedelta(days=2), NOW)) == [["Standing hip stretch", "Calm breathing"]]


@pytest.mark.parametrize(("starts", "ends", "shown"), [(1, None, 0), (0, None, 1), (-5, -1, 0), (-5, 0, 1)])
def test_only_running_prescriptions_are_shown(dan, prescription, starts, ends, shown):
    prescription.delete()
    ends_on = None if ends is None else TODAY + timedelta(days=ends)
    factories.make_prescription(dan, starts_on=TODAY + timedelta(days=starts), ends_on=ends_on)

    assert len(days.load(dan, TODAY, NOW).occurrences) == shown


@pytest.mark.parametrize(
    ("zone", "now", "place"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 18, 18, 0, tzinfo=UTC), "now"),  # 19 November, 08:00
        ("Pacific/Kiritimati", datetime(2026, 11, 18, 10, 0, tzinfo=UTC), "later"),  # 19 November, 00:00
        ("Pacific/Pago_Pago", datetime(2026, 11, 19, 17, 30, tzinfo=UTC), "now"),  # 19 November, 06:30
        # 08:30 on the wall of Berlin on the day the clocks went back: 07:30 stands where it always stands.
        ("Europe/Berlin", datetime(2026, 10, 25, 5, 30, tzinfo=UTC), "now"),
        ("Europe/Berlin", datetime(2026, 10, 25, 5, 29, tzinfo=UTC), "later"),
    ],
)
def test_the_clock_is_the_patients(harbour, zone, now, place):
    patient = factories.make_patient(harbour, time_zone=zone)
    factories.make_prescription(patient, starts_on=date(2026, 9, 1))

    sheet = days.load(patient, patient.local_today(now), now)

    assert sheet.is_today
    assert [one.place for one in sheet.occurrences] == [place]


def test_a_times_per_week_program_counts_the_other_days_of_its_week(dan, prescription):
    prescription.delete()
    flexible = factories.make_prescription(dan, frequency="times_per_week", times_per_week=2, slots=())
    item = PrescriptionItem.objects.filter(version__prescription=flexible).first()
    for back, status in ((1, "done"), (2, "partly"), (3, "done")):  # three days ago is last week
        draft = SessionDraft(flexible.pk, TODAY - timedelta(days=back), "", [EntryDraft(item.pk, status)])
        sessions.log(actor=dan.user, patient=dan, draft=draft, client_uuid=uuid4(), now=NOW)

    one = days.load(dan, TODAY, NOW).occurrences[0]

    assert (one.weekly_goal, one.weekly_done, one.is_extra, one.place) == (2, 2, True, "later")
    assert Session.objects.count() == 3


def test_pain_0_is_shown_and_no_rating_is_none(dan, prescription):
    draft = SessionDraft(prescription.pk, TODAY, "07:30", pain_before=0)
    sessions.log(actor=dan.user, patient=dan, draft=draft, client_uuid=uuid4(), now=NOW)

    one = days.load(dan, TODAY, NOW).occurrences[0]

    assert (one.pain_before, one.pain_after) == (0, None)


def test_nobody_elses_rows_are_on_the_sheet(world):
    theirs = world.eve.prescriptions.get()
    draft = SessionDraft(theirs.pk, TODAY, "07:30", pain_before=9, stiffness_minutes=200)
    sessions.log(actor=world.eve.user, patient=world.eve, draft=draft, client_uuid=uuid4(), now=NOW)

    sheet = days.load(world.dan, TODAY, NOW)

    assert [one.prescription_id for one in sheet.occurrences] == [world.prescription.pk]
    assert (sheet.stiffness, sheet.occurrences[0].pain_before) == (None, None)


def test_the_sheet_knows_the_next_day_and_the_lead(world):
    PrescriptionVersion.objects.filter(prescription=world.prescription).update(weekdays=0b1000000)

    sheet = days.load(world.dan, TODAY, NOW)

    assert (sheet.occurrences, sheet.next_due) == ([], date(2026, 11, 22))
    assert days.lead_of(world.dan, TODAY) == world.ana
