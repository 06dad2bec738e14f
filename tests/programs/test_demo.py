"""The demo clinics: complete, the same every time, and at home in embedded mode alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from config import checks
from exercises.models import Exercise
from patients.access import Actor
from patients.conditions import Condition
from patients.models import Clinic, Flare, Membership, Patient, PatientCondition, Surgery, User
from programs import cockpit
from programs.cockpit import Queue
from programs.demo import clinics, people
from programs.demo.story import DAYS, Teller
from programs.models import (
    Entry,
    PatientStatus,
    Pause,
    Prescription,
    PrescriptionItem,
    PrescriptionVersion,
    Program,
    Session,
    WorkItem,
)
from programs.services import library_impact, variants
from programs.services.conditions import conditions_of
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
    assert not PatientCondition.objects.filter(condition__startswith="tha_").exists()  # they follow from operations
    assert Prescription.objects.filter(patient__family_name="Hartmann").count() == 2
    silent = Patient.objects.get(family_name="Nowak")
    assert Session.objects.filter(patient=silent).count() == 0
    assert silent.status.expected > 0
    assert Session.objects.exclude(local_date__gte=TODAY - timedelta(days=DAYS)).count() == 0
    counted = Session.objects.order_by("?").first()
    assert Entry.objects.filter(session=counted).count() == counted.done + counted.partly + counted.skipped


def test_programs_have_changed_on_the_way(demo) -> None:
    daniel, amara, mateo, noor = (
        Patient.objects.get(family_name=name) for name in ("Reiter", "Okoye", "Rivas", "Haddad")
    )
    assert [one.title for one in daniel.prescriptions.order_by("starts_on")] == ["Morning stiffness", "Pool"]
    versions = daniel.prescriptions.get(title="Morning stiffness").versions.all()
    assert [version.number for version in versions] == [3, 2, 1]
    assert [bool(version.change_note) for version in versions] == [True, True, False]
    assert [one.hold_seconds for one in PrescriptionItem.objects.filter(
        version__in=versions, exercise__code="S03").order_by("version__number")] == [20, 30, 30]  # fmt: skip
    assert amara.prescriptions.get().versions.first().effective_from > TODAY
    assert [one.step for one in mateo.prescriptions.get().versions.all()] == [3, 2, 1]
    building = noor.prescriptions.get(title="Cardio starter").versions.all()
    assert [one.effective_from > TODAY for one in building] == [True, True, True, False]
    assert Program.objects.exclude(prescription=None).get().prescription.patient.family_name == "Fontaine"


def test_pauses_poor_days_and_hips_are_there(demo) -> None:
    assert sorted(Pause.objects.values_list("kind", flat=True)) == ["hold", "holiday", "holiday", "pause"]
    away = Pause.objects.get(patient__family_name="Solberg")
    assert not Session.objects.filter(
        patient=away.patient, local_date__range=(away.starts_on, away.last_day)
    ).exists()  # fmt: skip
    assert variants.check_due(Patient.objects.get(family_name="Novotná"), TODAY) is not None
    assert variants.check_due(Patient.objects.get(family_name="Zielinski"), TODAY) is None
    assert {"flare", "easy"} < set(Session.objects.values_list("variant", flat=True))
    flare = Session.objects.filter(variant="flare", patient__family_name="Krüger").first()
    usual = Session.objects.filter(variant="normal", patient__family_name="Krüger", slot=flare.slot).first()
    assert flare.expected < usual.expected
    swapped = Entry.objects.exclude(swapped_to=None)
    assert set(swapped.values_list("swapped_for", flat=True)) == {"no_floor", "too_painful"}
    for entry in swapped.select_related("item")[:20]:
        assert entry.item.alternatives.get(situation=entry.swapped_for).exercise_id == entry.swapped_to_id
    hips = {row.patient.family_name: row for row in Surgery.objects.select_related("patient")}
    assert hips["Krüger"].operated_on > TODAY
    assert hips["Baumann"].cleared_on
    for name, condition in (
        ("Hartmann", Condition.THA_POSTERIOR),
        ("Adler", Condition.THA_LATERAL),
        ("Doyle", Condition.THA_CLEARED),
    ):
        assert condition in conditions_of(hips[name].patient, TODAY)
    titles = [one.title for one in hips["Hartmann"].patient.prescriptions.order_by("starts_on")]
    assert titles == ["Hips first", "After the hip replacement, weeks 0 to 6 (posterior)"]


def test_mara_finds_notes_of_every_kind_but_the_librarys(demo) -> None:
    mara = Actor(User.objects.get(email=people.THERAPIST.email), now=NOW)
    treated = Patient.objects.for_therapist(mara)
    notes = WorkItem.objects.filter(patient__in=treated).unsettled()

    assert set(notes.values_list("kind", flat=True)) == {"clearance", "flare", "suggestion"}
    assert "exercises done" in notes.filter(kind="suggestion").first().reason


def test_what_people_logged_was_expected_of_them(demo) -> None:
    """Adherence counts the same occurrences that the diary was written from: nobody did more than was due."""
    for status in PatientStatus.objects.exclude(expected=0):
        assert status.done + status.partly + status.skipped <= status.expected
    slots = Session.objects.values_list("version_id", "slot").distinct()
    known = {version.pk: version.rule.slots_or_any for version in PrescriptionVersion.objects.all()}
    assert all(slot in known[version_id] for version_id, slot in slots)


def test_building_takes_a_bearable_number_of_statements(transactional_db) -> None:
    """Each one costs the first start of everybody who tries Rachis."""
    call_command("load_library", verbosity=0)
    call_command("load_programs", verbosity=0)
    with CaptureQueriesContext(connection) as captured:
        clinics.build(NOW)

    assert len(captured) <= 2600


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
