"""The demo clinics: complete, the same every time, and at home in embedded mode alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from config import checks
from exercises.models import Exercise
from patients.access import Actor
from patients.models import Clinic, Flare, Membership, Patient, PatientCondition, User
from programs import cockpit
from programs.cockpit import Queue
from programs.demo import clinics, people
from programs.demo.story import DAYS, Teller
from programs.models import Entry, PatientStatus, Prescription, Session
from programs.services import library_impact
from tests.factories import NOW, TODAY


@pytest.fixture
def demo(transactional_db):
    """Built for real, with library and ready-made programs."""
    call_command("load_library", verbosity=0)
    call_command("load_programs", verbosity=0)
    return clinics.build(NOW)


@pytest.mark.sqlite
def test_two_clinics_six_staff_thirty_patients(demo) -> None:
    assert demo == 30
    assert Clinic.objects.filter(is_demo=True).count() == 2
    assert Membership.objects.count() == 4
    assert User.objects.filter(is_curator=True).count() == 2
    assert Patient.objects.count() == 30
    assert PatientStatus.objects.filter(as_of__gte=TODAY - timedelta(days=1)).count() == 30
    for account in people.ACCOUNTS:
        assert User.objects.get(email=account.email).check_password(account.password)


def test_its_stories_are_there(demo) -> None:
    assert Flare.objects.running().count() == 2
    assert PatientCondition.objects.filter(condition="tha_posterior").count() == 1
    assert Prescription.objects.filter(patient__family_name="Hartmann").count() == 2
    silent = Patient.objects.get(family_name="Nowak")
    assert Session.objects.filter(patient=silent).count() == 0
    assert silent.status.expected > 0
    assert Session.objects.exclude(local_date__gte=TODAY - timedelta(days=DAYS)).count() == 0
    counted = Session.objects.order_by("?").first()
    assert Entry.objects.filter(session=counted).count() == counted.done + counted.partly + counted.skipped


def test_the_curators_have_something_to_do(demo) -> None:
    cora, tove = (Actor(User.objects.get(email=account.email), now=NOW) for account in people.CURATORS)
    waiting = {one.queue: [row.code for row in one.rows] for one in cockpit.queues(cora)}

    assert waiting[Queue.REVIEW] == ["P02-draft"]
    assert waiting[Queue.SENT_BACK] == ["B04-draft"]
    assert [Exercise.objects.get(code=code).name for code in waiting[Queue.MINE]] == ["Heel raises at the sink"]
    assert waiting[Queue.DUE] == ["M10", "S05"]
    assert {one.queue: one.total for one in cockpit.queues(tove)}[Queue.REVIEW] == 1
    change = Exercise.objects.get(code="P02-draft")
    assert sum(one.patients for one in library_impact.matters(change, TODAY)) > 0


def test_whoever_logged_has_signed_in(demo) -> None:
    for patient in Patient.objects.exclude(user=None).select_related("user"):
        last = patient.sessions.order_by("logged_at").last()
        assert patient.user.last_login == (last and last.logged_at)


def test_building_again_adds_nothing(demo) -> None:
    assert clinics.build(NOW + timedelta(days=1)) == 0
    assert Patient.objects.count() == 30


def test_the_same_seed_tells_the_same_story() -> None:
    person = people.MARAS[0]
    first, second = (Teller(person, TODAY, 7) for _ in range(2))
    days = list(first.days(TODAY - timedelta(days=40), TODAY))
    assert [first.tell(day, "07:15", 5) for day in days] == [second.tell(day, "07:15", 5) for day in days]


def test_it_refuses_to_live_outside_embedded_mode(demo, settings) -> None:
    checks.refuse_demo()  # at home: nothing to say

    settings.RACHIS_EMBEDDED = False

    with pytest.raises(CommandError, match="embedded mode"):
        call_command("seed_demo")
    with pytest.raises(ImproperlyConfigured, match="demo clinic"):
        checks.refuse_demo()
    assert [error.id for error in checks.demo_stays_at_home()] == ["rachis.E002"]


@pytest.mark.django_db
def test_a_database_that_is_away_does_not_stop_the_server(settings, monkeypatch) -> None:
    settings.RACHIS_EMBEDDED = False
    monkeypatch.setattr(connection, "close", lambda: None)

    def away() -> bool:
        raise DatabaseError

    monkeypatch.setattr(checks, "holds_demo", away)
    checks.refuse_demo()
