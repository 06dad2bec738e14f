"""The pages about people, as somebody uses them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from patients import audit
from patients.models import Delivery, Membership, Patient, User
from patients.services import clinics, invitations
from tests import factories
from tests.factories import NOW, TODAY
from tests.patients.views.test_people_bad_input import GOOD, KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


# --- Records -------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_patient_create_opens_a_record_and_sends_the_invitation(as_ana, ana):
    data = {**GOOD, "conditions": ["tha_posterior", "raynaud"], "invite": "on", "time_zone": "Europe/Kiev"}
    response = as_ana.post(reverse("patients:patient_create"), data)

    patient = Patient.objects.get(pk=KEY)
    assert response.url == reverse("patients:patient_detail", args=[KEY])
    assert patient.time_zone == "Europe/Kyiv"
    assert [row.condition for row in patient.conditions.all()] == ["raynaud", "tha_posterior"]
    assert patient.care_team.get().therapist == ana
    assert Delivery.objects.get().address == "greta@example.org"


def test_patient_create_offers_the_clinics_own_zone(as_ana):
    form = as_ana.get(reverse("patients:patient_create")).context["form"]

    assert form["time_zone"].value() == "Europe/Berlin"


def test_patient_create_twice_from_one_page_opens_one_record(as_ana):
    before = Patient.objects.count()
    for _ in range(2):
        response = as_ana.post(reverse("patients:patient_create"), {**GOOD, "another_person": "on"})
        assert response.url == reverse("patients:patient_detail", args=[KEY])

    assert Patient.objects.count() == before + 1


def test_patient_create_never_opens_another_clinics_record_by_its_key(as_ana, world):
    response = as_ana.post(reverse("patients:patient_create"), {**GOOD, "key": world.finn.pk})

    assert response.status_code == 404
    world.finn.refresh_from_db()
    assert world.finn.given_name == "Finn"


def test_patient_create_asks_once_about_a_namesake(as_ana, dan):
    who = {"given_name": "DAN", "family_name": "Cañarydan", "birth_date": dan.birth_date.isoformat()}
    before = Patient.objects.count()

    asked = as_ana.post(reverse("patients:patient_create"), {**GOOD, **who})
    assert asked.status_code == 422
    assert reverse("patients:patient_detail", args=[dan.pk]) in asked.content.decode()
    assert "This is another person: tick this if so." in asked.content.decode()
    assert Patient.objects.count() == before

    sure = as_ana.post(reverse("patients:patient_create"), {**GOOD, **who, "another_person": "on"})
    assert sure.status_code == 302
    assert Patient.objects.count() == before + 1


def test_patient_create_names_no_record_that_a_colleague_treats(as_ana, world):
    eve = world.eve
    who = {"given_name": "Eve", "family_name": "Canaryeve", "birth_date": eve.birth_date.isoformat()}
    text = as_ana.post(reverse("patients:patient_create"), {**GOOD, **who}).content.decode()

    assert str(eve.pk) not in text
    assert "A colleague treats them" in text


def test_patient_edit_does_not_ask_about_the_patient_themselves(as_ana, dan):
    facts = {
        **GOOD,
        "given_name": "Dan",
        "family_name": "Canarydan",
        "birth_date": dan.birth_date.isoformat(),
        "phone": "0761 1",
    }
    response = as_ana.post(reverse("patients:patient_edit", args=[dan.pk]), facts)

    dan.refresh_from_db()
    assert response.status_code == 302
    assert (dan.phone, dan.email) == ("0761 1", "greta@example.org")


def test_condition_add_twice_says_so(as_ana, dan):
    path = reverse("programs:condition_add", args=[dan.pk])
    assert as_ana.post(path, {"condition": "raynaud"}).status_code == 302
    assert as_ana.post(path, {"condition": "raynaud"}).status_code == 422

    assert dan.conditions.filter(condition="raynaud").count() == 1


def test_condition_end_again_keeps_the_first_day(as_ana, dan):
    row = dan.conditions.get()
    path = reverse("programs:condition_end", args=[dan.pk, row.pk])
    as_ana.post(path, {"on": TODAY.isoformat()})
    again = as_ana.post(path, {"on": (TODAY - timedelta(days=3)).isoformat()})

    row.refresh_from_db()
    assert again.status_code == 302
    assert row.ended_on == TODAY


def test_condition_end_takes_no_other_patients_condition(as_ana, dan):
    other = factories.make_condition(factories.make_patient(dan.clinic), "raynaud")

    path = reverse("programs:condition_end", args=[dan.pk, other.pk])
    assert as_ana.post(path, {"on": TODAY.isoformat()}).status_code == 404


# --- Care team -----------------------------------------------------------------------------------------------


def test_care_team_hand_over_for_two_weeks_ends_on_its_day(as_ana, client, ben, dan):
    last_day = TODAY + timedelta(days=13)
    data = {"therapist": ben.pk, "starts_on": TODAY.isoformat(), "last_day": last_day.isoformat()}
    assert as_ana.post(reverse("patients:care_team_add", args=[dan.pk]), data).status_code == 302

    assert dan.care_team.get(therapist=ben).ended_on == last_day + timedelta(days=1)
    assert [d for d in range(20) if dan.care_team.filter(therapist=ben).on(TODAY + timedelta(days=d))] == [*range(14)]


def test_care_team_end_of_the_last_seat_names_the_way_out(as_ana, dan):
    path = reverse("patients:care_team_end", args=[dan.pk, dan.care_team.get().pk])
    response = as_ana.post(path, {"on": TODAY.isoformat()})

    assert response.status_code == 422
    assert reverse("patients:care_team_add", args=[dan.pk]) in response.content.decode()


def test_care_team_end_of_my_own_seat_leads_to_the_caseload(as_ana, ben, dan):
    as_ana.post(reverse("patients:care_team_add", args=[dan.pk]), {"therapist": ben.pk, "starts_on": TODAY.isoformat()})
    path = reverse("patients:care_team_end", args=[dan.pk, dan.care_team.exclude(therapist=ben).get().pk])
    response = as_ana.post(path, {"on": TODAY.isoformat()})

    assert response.url == reverse("programs:caseload")
    assert as_ana.get(reverse("patients:patient_edit", args=[dan.pk])).status_code == 403


# --- The clinic ----------------------------------------------------------------------------------------------


def test_clinic_team_takes_the_same_number_of_queries_for_3_and_30(client, world, django_assert_max_num_queries):
    client.force_login(world.adam)
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("patients:clinic_team"))
    for number in range(30):
        factories.make_member(world.harbour)
        factories.make_patient(world.harbour)
        invitations.invite_staff(
            actor=world.adam,
            clinic=world.harbour,
            email=f"new{number}@harbour.example",
            name="New",
            role="therapist",
            now=NOW,
        )
    with django_assert_max_num_queries(len(few)):
        response = client.get(reverse("patients:clinic_team"))

    assert len(response.context["memberships"]) == 33
    assert len(response.context["left_alone"]) == 30


def test_membership_end_ends_a_running_session_at_once(client, world, dan):
    bens = Client()
    bens.force_login(world.ben)
    path = reverse("patients:patient_edit", args=[world.eve.pk])
    assert bens.get(path).status_code == 200

    client.force_login(world.adam)
    client.post(reverse("patients:membership_end", args=[Membership.objects.get(user=world.ben).pk]))

    assert bens.get(path).status_code == 403
    assert "Eve Canaryeve" in client.get(reverse("patients:clinic_team")).content.decode()


def test_membership_end_keeps_the_last_admin(client, world):
    client.force_login(world.adam)
    own = Membership.objects.get(user=world.adam)
    response = client.post(reverse("patients:membership_end", args=[own.pk]))

    own.refresh_from_db()
    assert response.status_code == 422
    assert own.ended_at is None


def test_hand_over_gives_a_left_patient_to_a_colleague(client, world):
    ana = Membership.objects.get(user=world.ana)
    clinics.end_membership(actor=world.adam, membership=ana, now=NOW)
    client.force_login(world.adam)

    response = client.post(reverse("patients:hand_over"), {"patient": world.dan.pk, "therapist": world.ben.pk})

    assert response.url == reverse("patients:clinic_team")
    assert world.dan.care_team.on(TODAY).filter(is_lead=True).get().therapist == world.ben


def test_clinic_switch_moves_between_own_clinics(as_ana, ana, world):
    Membership.objects.create(clinic=world.hill, user=ana, role="therapist")
    create = reverse("patients:patient_create")
    assert as_ana.get(create).context["request"].actor.clinic == world.harbour

    as_ana.post(reverse("patients:clinic_switch"), {"clinic": world.hill.pk})

    assert as_ana.get(create).context["request"].actor.clinic == world.hill


# --- My own page ---------------------------------------------------------------------------------------------


def test_me_shows_a_patient_their_clinic_and_care_team(client, dan):
    client.force_login(dan.user)
    text = client.get(reverse("patients:me")).content.decode()

    assert "Harbour Physiotherapy" in text
    assert "Ana Lind" in text
    assert "Ben Okafor" not in text


def test_me_access_log_shows_others_acts_in_plain_words(client, ana, ben, dan, world):
    audit.record(ana, "condition.add", dan)
    audit.record(ana, "patient.read", dan)
    audit.record(ana, "patient.read", dan)
    audit.record(dan.user, "session.log", dan)
    audit.record(ben, "patient.read", world.eve)
    client.force_login(dan.user)

    acts = client.get(reverse("patients:me_access_log")).context["acts"]

    assert [(str(act.event.actor), act.words, act.times) for act in acts] == [
        ("Ana Lind", "Opened your record", 2),
        ("Ana Lind", "Added a condition", 1),
    ]


def test_me_access_log_tells_the_time_on_the_patients_clock(client, ana, dan):
    Patient.objects.filter(pk=dan.pk).update(time_zone="Asia/Tokyo")
    audit.record(ana, "patient.read", dan)
    client.force_login(dan.user)

    assert "today 18:00" in client.get(reverse("patients:me_access_log")).content.decode()


def test_me_access_log_takes_the_same_number_of_queries_for_3_and_30(client, ana, dan, django_assert_max_num_queries):
    client.force_login(dan.user)
    path = reverse("patients:me_access_log")
    counts = []
    for more in (3, 27):
        for _ in range(more):
            audit.record(ana, "patient.read", dan)
        with django_assert_max_num_queries(12) as captured:
            client.get(path)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["0", "-1", "1" + "0" * 25, "NaN", "2", "%00"])
def test_me_access_log_takes_any_page_number(client, dan, page):
    client.force_login(dan.user)

    assert client.get(reverse("patients:me_access_log") + f"?page={page}").status_code == 200
