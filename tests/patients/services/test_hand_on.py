"""Handing a patient to a colleague: until a day, after which access ends by itself, or for good."""

from datetime import timedelta

import pytest

from patients.access import Actor, may
from patients.models import AuditEvent, CareTeam, Patient, User
from patients.services import care_team
from patients.services.care_team import SeatRefused
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LAST = TODAY + timedelta(days=13)


def treats(user: User, patient: Patient, days: int) -> bool:
    return may(Actor(user, now=NOW + timedelta(days=days)), "patient.read", patient)


def test_until_a_day_access_ends_by_itself_and_the_giver_stays(world: World) -> None:
    for _ in range(2):
        care_team.hand_on(actor=world.ana, patient=world.dan, therapist=world.ben, starts_on=TODAY, last_day=LAST)

    assert [treats(world.ben, world.dan, day) for day in (0, 13, 14)] == [True, True, False]
    assert all(treats(world.ana, world.dan, day) for day in (0, 13, 14))
    assert CareTeam.objects.filter(patient=world.dan, therapist=world.ben).count() == 1
    assert CareTeam.objects.get(patient=world.dan, is_lead=True).therapist == world.ana


def test_for_good_the_lead_goes_along_and_the_giver_leaves_on_that_day(world: World) -> None:
    on = TODAY + timedelta(days=3)

    seat = care_team.hand_on(actor=world.ana, patient=world.dan, therapist=world.ben, starts_on=on)

    assert (seat.is_lead, seat.ended_on) == (True, None)
    assert [treats(world.ana, world.dan, day) for day in (0, 2, 3)] == [True, True, False]
    assert [treats(world.ben, world.dan, day) for day in (2, 3, 400)] == [False, True, True]


def test_for_good_makes_the_cover_last(world: World) -> None:
    care_team.hand_on(actor=world.ana, patient=world.dan, therapist=world.ben, starts_on=TODAY, last_day=LAST)

    for _ in range(2):
        care_team.hand_on(actor=world.ana, patient=world.dan, therapist=world.ben, starts_on=TODAY)

    seat = CareTeam.objects.get(patient=world.dan, therapist=world.ben)
    assert (seat.starts_on, seat.ended_on, seat.is_lead) == (TODAY, None, True)
    assert not treats(world.ana, world.dan, 0)
    assert AuditEvent.objects.filter(verb="care_team.keep").count() == 1


def test_what_is_refused(world: World) -> None:
    with pytest.raises(SeatRefused):
        care_team.hand_on(actor=world.ana, patient=world.dan, therapist=world.ana, starts_on=TODAY)
    for stranger in (world.chloe, world.adam, world.del_):
        with pytest.raises(SeatRefused):
            care_team.hand_on(actor=world.ana, patient=world.dan, therapist=stranger, starts_on=TODAY)
    with pytest.raises(SeatRefused):
        care_team.hand_on(
            actor=world.ana, patient=world.dan, therapist=world.ben, starts_on=TODAY, last_day=TODAY - timedelta(days=1)
        )
    assert CareTeam.objects.filter(patient=world.dan).count() == 1
