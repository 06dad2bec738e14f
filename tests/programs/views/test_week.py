"""The week page and the program page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import PrescriptionItem
from programs.services import sessions
from programs.services.sessions import EntryDraft, SessionDraft
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.portal import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def own(client, dan):
    client.force_login(dan.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def log(patient, prescription, day, *statuses, **values):
    items = PrescriptionItem.objects.filter(version__prescription=prescription)
    entries = [EntryDraft(i.pk, s, "time" if s == "skipped" else "") for i, s in zip(items, statuses, strict=False)]
    draft = SessionDraft(prescription.pk, day, "07:30", entries, **values)
    sessions.log(actor=patient.user, patient=patient, draft=draft, client_uuid=uuid4(), now=NOW)


def test_week_shows_each_state_with_its_word_and_links_each_day(own, dan, prescription):
    monday = TODAY - timedelta(days=2)
    log(dan, prescription, monday, "done", "partly", pain_after=0)
    log(dan, prescription, TODAY, "skipped", "skipped")

    page = text_of(own.get(reverse("programs:week")))

    assert "1 of 6 exercises done" in page
    assert f'href="/today/{monday}/"' in page
    assert f'href="/today/{TODAY - timedelta(days=1)}/"' in page
    assert f'href="/today/{TODAY + timedelta(days=1)}/"' not in page  # nothing to log there
    assert "pain 0" in page
    for word in ("Partly", "Skipped", "Not logged", "Not due", "Done"):
        assert word in page


def test_week_calls_no_coming_day_not_due_when_exercises_are_planned(own, prescription):
    days = own.get(reverse("programs:week")).context["days"]

    assert [one.cell.day for one in days if one.is_planned] == [
        one.cell.day for one in days if one.cell.day > TODAY and one.cell.expected
    ]
    assert any(one.is_planned for one in days)
    assert "week-planned" in text_of(own.get(reverse("programs:week")))


def test_week_goes_back_and_forth_but_not_ahead(own, prescription):
    last = TODAY - timedelta(days=9)
    page = text_of(own.get(reverse("programs:week")))
    assert f"?monday={last}" in page
    assert "Week after" not in page

    page = text_of(own.get(reverse("programs:week") + f"?monday={last}"))
    assert f"?monday={last + timedelta(days=7)}" in page


@pytest.mark.parametrize("monday", ["x", "2026-02-30", "9999-12-31", "0001-01-01", "2026-12-07", "\x00", "1" * 5000])
def test_week_that_is_not_there(own, monday):
    assert own.get(reverse("programs:week"), {"monday": monday}).status_code == 404


def test_week_takes_the_same_queries_for_a_full_week(own, dan, prescription):
    own.get(reverse("programs:week"))
    with CaptureQueriesContext(connection) as empty:
        own.get(reverse("programs:week"))
    for back in range(3):
        log(dan, prescription, TODAY - timedelta(days=back), "done", "done", pain_after=3)
    with CaptureQueriesContext(connection) as full:
        own.get(reverse("programs:week"))

    assert len(full) == len(empty) <= 8


def test_my_program_says_schedule_and_days_in_words(own, dan, prescription):
    item = PrescriptionItem.objects.filter(version__prescription=prescription).first()
    PrescriptionItem.objects.filter(pk=item.pk).update(weekdays=0b0010101, note="Use the blue band.")
    factories.make_prescription(dan, starts_on=TODAY + timedelta(days=5), title="Coming soon")
    ended = factories.make_prescription(dan, ends_on=TODAY - timedelta(days=1), title="Long past")

    page = text_of(own.get(reverse("programs:my_program")))

    assert "Every day at 07:30" in page
    assert "Mon, Wed, Fri" in page
    assert "Use the blue band." in page
    assert "From Monday 23 November" in page
    assert ended.title not in page


def test_my_program_takes_the_same_queries_for_many_exercises(own, dan, prescription):
    own.get(reverse("programs:my_program"))
    with CaptureQueriesContext(connection) as few:
        own.get(reverse("programs:my_program"))
    factories.make_prescription(dan, *[factories.make_exercise() for _ in range(30)])
    with CaptureQueriesContext(connection) as many:
        own.get(reverse("programs:my_program"))

    assert len(few) == len(many) <= 9


def test_my_program_without_one_says_whom_to_ask(own, prescription):
    prescription.delete()

    assert "Ana Lind has not given you a program yet." in text_of(own.get(reverse("programs:my_program")))


def test_my_exercise_shows_the_prescribed_dose_and_the_steps(own, prescription):
    item = PrescriptionItem.objects.filter(version__prescription=prescription).first()
    PrescriptionItem.objects.filter(pk=item.pk).update(hold_seconds=20, note="Slowly.")

    page = text_of(own.get(reverse("programs:my_exercise", args=[item.pk])))

    assert "3 × 20 s" in page
    assert "Slowly." in page
    assert "Stand tall." in page
