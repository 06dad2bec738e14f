"""A record is opened whole; conditions end and stay."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from patients.conditions import Condition
from patients.models import AuditEvent, Patient, PatientCondition, ReminderSchedule
from patients.services import patients, reminder_settings
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

GRETA = {
    "given_name": "Greta",
    "family_name": "Öztürk",
    "birth_date": date(1975, 2, 3),
    "time_zone": "Europe/Berlin",
}


@pytest.mark.sqlite
def test_create_opens_the_whole_record(ana, harbour):
    patient = patients.create(
        actor=ana, clinic=harbour, today=TODAY, conditions=[Condition.RAYNAUD, Condition.RAYNAUD], **GRETA
    )

    seat = patient.care_team.get()
    assert (seat.therapist, seat.is_lead, seat.starts_on, seat.ended_on) == (ana, True, TODAY, None)
    assert [(row.condition, row.recorded_by) for row in patient.conditions.all()] == [("raynaud", ana)]
    assert patient.contact_preference.reminders_on is True
    assert list(Patient.objects.for_clinic(harbour).search("ozturk")) == [patient]
    event = AuditEvent.objects.get(verb="patient.create")
    assert (event.actor, event.patient, event.detail) == (ana, patient, {})


def test_create_twice_with_one_key_opens_one_record(ana, harbour):
    first = patients.create(actor=ana, clinic=harbour, today=TODAY, **GRETA)

    with pytest.raises(IntegrityError):
        patients.create(actor=ana, clinic=harbour, today=TODAY, patient_id=first.pk, **GRETA)


@pytest.mark.parametrize("typed", ["greta ÖZTÜRK", "Greta Ozturk"])
def test_namesakes_meet_whatever_the_case_and_accents(ana, harbour, typed):
    known = patients.create(actor=ana, clinic=harbour, today=TODAY, **GRETA)
    given_name, family_name = typed.split()

    who = {"given_name": given_name, "family_name": family_name}
    assert list(patients.namesakes(clinic=harbour, birth_date=date(1975, 2, 3), **who)) == [known]
    assert list(patients.namesakes(clinic=harbour, birth_date=date(1975, 2, 4), **who)) == []
    assert list(patients.namesakes(clinic=harbour, birth_date=date(1975, 2, 3), other_than=known, **who)) == []


def test_namesakes_of_another_clinic_do_not_show(ana, world):
    patients.create(actor=world.chloe, clinic=world.hill, today=TODAY, **GRETA)

    found = patients.namesakes(
        clinic=world.harbour, given_name="Greta", family_name="Öztürk", birth_date=date(1975, 2, 3)
    )
    assert list(found) == []


def test_update_writes_what_changed_and_keeps_only_names_of_fields(ana, dan):
    patients.update(actor=ana, patient=dan, now=NOW, given_name="Daniel", family_name=dan.family_name)

    dan.refresh_from_db()
    assert (dan.given_name, dan.search_name) == ("Daniel", "daniel canarydan")
    assert AuditEvent.objects.get(verb="patient.update").detail == {"fields": ["given_name"]}


def test_update_without_a_change_leaves_no_trace(ana, dan):
    patients.update(actor=ana, patient=dan, now=NOW, given_name=dan.given_name)

    assert not AuditEvent.objects.exists()


def test_a_new_time_zone_moves_the_reminders(ana, dan):
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=NOW)
    before = ReminderSchedule.objects.get(patient=dan).next_due_at

    patients.update(actor=ana, patient=dan, now=NOW, time_zone="America/New_York")

    assert ReminderSchedule.objects.get(patient=dan).next_due_at != before


@pytest.mark.sqlite
def test_a_condition_is_added_once_ended_by_a_person_and_kept(ana, dan):
    row = patients.add_condition(actor=ana, patient=dan, condition=Condition.RAYNAUD, note="left hand")
    with pytest.raises(patients.AlreadyRecorded):
        patients.add_condition(actor=ana, patient=dan, condition=Condition.RAYNAUD)

    patients.end_condition(actor=ana, condition=row, on=TODAY)
    with pytest.raises(patients.AlreadyEnded):
        patients.end_condition(actor=ana, condition=row, on=TODAY - timedelta(days=1))

    assert PatientCondition.objects.get(pk=row.pk).ended_on == TODAY
    assert not PatientCondition.objects.filter(patient=dan, condition="raynaud").in_force(TODAY).exists()
    patients.add_condition(actor=ana, patient=dan, condition=Condition.RAYNAUD)
    verbs = ["condition.add", "condition.end", "condition.add"]
    assert [event.verb for event in AuditEvent.objects.order_by("pk")] == verbs
