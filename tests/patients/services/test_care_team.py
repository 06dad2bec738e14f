"""A patient always keeps one lasting therapist; cover ends on its day."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from patients.access import Actor, may
from patients.models import AuditEvent, CareTeam, Membership, Patient
from patients.services import care_team, clinics
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def seat_of(patient: Patient, therapist) -> CareTeam:
    return CareTeam.objects.get(patient=patient, therapist=therapist)


@pytest.mark.sqlite
def test_cover_gives_access_until_its_last_day(ana, ben, dan):
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY, ended_on=TODAY + timedelta(days=14))

    assert may(Actor(ben, now=NOW + timedelta(days=13)), "patient.read", dan)
    assert not may(Actor(ben, now=NOW + timedelta(days=14)), "patient.read", dan)
    assert AuditEvent.objects.get(verb="care_team.add").patient == dan


def test_a_colleague_sits_in_a_team_once(ana, ben, dan):
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY, ended_on=TODAY + timedelta(days=14))

    for starts_on, ended_on in [(TODAY, None), (TODAY + timedelta(days=13), None), (TODAY, TODAY + timedelta(days=1))]:
        with pytest.raises(care_team.SeatRefused):
            care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=starts_on, ended_on=ended_on)
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY + timedelta(days=14))

    seen = Patient.objects.for_therapist(Actor(ben, now=NOW + timedelta(days=20))).filter(pk=dan.pk)
    assert list(seen) == [dan]


def test_nobody_from_outside_the_clinic_gets_a_seat(ana, chloe, world, dan):
    for outsider in (chloe, world.adam, world.del_, world.nora):
        with pytest.raises(care_team.SeatRefused):
            care_team.add(actor=ana, patient=dan, therapist=outsider, starts_on=TODAY)


@pytest.mark.sqlite
def test_the_last_seat_stays(ana, ben, dan):
    with pytest.raises(care_team.SeatRefused):
        care_team.end(actor=ana, seat=seat_of(dan, ana), on=TODAY)

    # Cover that runs out is no successor either.
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY, ended_on=TODAY + timedelta(days=14))
    with pytest.raises(care_team.SeatRefused):
        care_team.end(actor=ana, seat=seat_of(dan, ana), on=TODAY)
    assert seat_of(dan, ana).ended_on is None


def test_the_lead_passes_to_the_successor(ana, ben, dan):
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY)

    care_team.end(actor=ana, seat=seat_of(dan, ana), on=TODAY)

    assert seat_of(dan, ben).is_lead is True
    assert seat_of(dan, ana).is_lead is False
    assert not may(Actor(ana, now=NOW), "patient.read", dan)


def test_a_planned_seat_can_be_taken_back(ana, ben, dan):
    seat = care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY + timedelta(days=30))

    care_team.end(actor=ana, seat=seat, on=TODAY)

    assert not may(Actor(ben, now=NOW + timedelta(days=40)), "patient.read", dan)


def test_patients_of_a_therapist_who_left_are_listed_and_handed_over(world, dan):
    membership = Membership.objects.get(user=world.ana)
    clinics.end_membership(actor=world.adam, membership=membership, now=NOW)
    assert care_team.without_therapist(clinic=world.harbour, on=TODAY) == [dan]

    care_team.hand_over(actor=world.adam, patient=dan, therapist=world.ben, on=TODAY)

    assert care_team.without_therapist(clinic=world.harbour, on=TODAY) == []
    assert seat_of(dan, world.ben).is_lead is True
    assert may(Actor(world.ben, now=NOW), "patient.write", dan)


def test_hand_over_is_for_patients_without_a_therapist(world, dan):
    with pytest.raises(care_team.SeatRefused):
        care_team.hand_over(actor=world.adam, patient=dan, therapist=world.ben, on=TODAY)


@pytest.mark.sqlite
def test_membership_end_works_at_once_and_twice(world):
    membership = Membership.objects.get(user=world.ben)

    clinics.end_membership(actor=world.adam, membership=membership, now=NOW)
    clinics.end_membership(actor=world.adam, membership=membership, now=NOW + timedelta(days=1))

    membership.refresh_from_db()
    assert membership.ended_at == NOW
    assert Actor(world.ben, now=NOW).roles == frozenset()
    assert AuditEvent.objects.filter(verb="membership.end").count() == 1


def test_the_last_admin_stays(world):
    membership = Membership.objects.get(user=world.adam)

    with pytest.raises(clinics.LastAdmin):
        clinics.end_membership(actor=world.adam, membership=membership, now=NOW)

    membership.refresh_from_db()
    assert membership.ended_at is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_therapists_cannot_both_leave(world, ana, ben, dan):
    care_team.add(actor=ana, patient=dan, therapist=ben, starts_on=TODAY)
    start = threading.Barrier(2)
    refused = []

    def leave(therapist) -> None:
        try:
            start.wait()
            care_team.end(actor=therapist, seat=seat_of(dan, therapist), on=TODAY)
        except care_team.SeatRefused:
            refused.append(therapist)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[therapist]) for therapist in (ana, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert CareTeam.objects.filter(patient=dan, ended_on=None).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_both_go(world):
    other = factories.make_member(world.harbour, "Olga Roth", "clinic_admin")
    start = threading.Barrier(2)
    refused = []

    def go(user) -> None:
        membership = Membership.objects.get(user=user)
        try:
            start.wait()
            clinics.end_membership(actor=user, membership=membership, now=NOW)
        except clinics.LastAdmin:
            refused.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[user]) for user in (world.adam, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
