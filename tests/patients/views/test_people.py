"""The pages about people, as somebody uses them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients import audit
from patients.models import Delivery, Invitation, Membership, Patient, User
from patients.services import clinics, invitations
from tests import factories
from tests.factories import NOW, TODAY
from tests.patients.services.test_invitations import token_of
from tests.patients.views.test_people_bad_input import GOOD, KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def open_link(client: Client, invitation: Invitation, data: dict | None = None):
    return client.post(reverse("patients:invitation_open", args=[token_of(invitation)]), data or {})


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
    path = reverse("patients:condition_add", args=[dan.pk])
    assert as_ana.post(path, {"condition": "raynaud"}).status_code == 302
    assert as_ana.post(path, {"condition": "raynaud"}).status_code == 422

    assert dan.conditions.filter(condition="raynaud").count() == 1


def test_condition_end_again_keeps_the_first_day(as_ana, dan):
    row = dan.conditions.get()
    path = reverse("patients:condition_end", args=[dan.pk, row.pk])
    as_ana.post(path, {"on": TODAY.isoformat()})
    again = as_ana.post(path, {"on": (TODAY - timedelta(days=3)).isoformat()})

    row.refresh_from_db()
    assert again.status_code == 302
    assert row.ended_on == TODAY


def test_condition_end_takes_no_other_patients_condition(as_ana, dan):
    other = factories.make_condition(factories.make_patient(dan.clinic), "raynaud")

    path = reverse("patients:condition_end", args=[dan.pk, other.pk])
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


# --- Invitations ---------------------------------------------------------------------------------------------


@pytest.fixture
def gil(harbour, ana) -> Patient:
    return factories.make_patient(harbour, "Gil Novak", login=False, email="gil@example.org", therapist=ana)


@pytest.fixture
def invitation(ana, gil) -> Invitation:
    return invitations.invite_patient(actor=ana, patient=gil, email="gil@example.org", now=NOW)


@pytest.mark.parametrize("method", ["get", "head"])
def test_invitation_open_by_a_mail_scanner_changes_nothing(client, invitation, method):
    path = reverse("patients:invitation_open", args=[token_of(invitation)])
    for _ in range(3):
        assert getattr(client, method)(path).status_code == 200

    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert "_auth_user_id" not in client.session


@pytest.mark.sqlite
def test_invitation_open_lets_the_patient_in_without_a_password(client, gil, invitation):
    response = open_link(client, invitation)

    gil.refresh_from_db()
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(gil.user.pk)
    assert client.get(reverse("home")).url == reverse("programs:today")
    assert gil.user.has_usable_password() is False


def test_invitation_open_a_second_time_is_refused(client, invitation):
    open_link(client, invitation)

    again = open_link(Client(), invitation)
    assert again.status_code == 404
    assert "This link is no longer valid" in again.content.decode()


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=7, seconds=-1), 302), (timedelta(days=7, seconds=1), 404)])
def test_invitation_open_ends_by_the_second(client, invitation, age, status):
    with time_machine.travel(NOW + age, tick=False):
        assert open_link(client, invitation).status_code == status


def test_invitation_open_replaces_whoever_was_signed_in(as_ana, gil, invitation):
    assert "You are signed in as Ana Lind" in as_ana.get(invitations.link(invitation)).content.decode()

    open_link(as_ana, invitation)

    gil.refresh_from_db()
    assert as_ana.session["_auth_user_id"] == str(gil.user.pk)


def test_invitation_open_asks_an_account_with_a_password_for_it(client, world):
    invitation = invitations.invite_staff(
        actor=world.adam, clinic=world.harbour, email=world.chloe.email, name="Chloe", role="therapist", now=NOW
    )
    response = open_link(client, invitation)

    assert response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert Membership.objects.of(world.chloe).current().count() == 2


def test_invitation_open_takes_a_new_colleague_with_a_password(client, world):
    invitation = invitations.invite_staff(
        actor=world.adam, clinic=world.harbour, email="gil@harbour.example", name="Gil", role="therapist", now=NOW
    )
    response = open_link(client, invitation, {"name": "Gil Novak", "password": "four words in a row"})

    user = User.objects.get(email="gil@harbour.example")
    assert response.status_code == 302
    assert (user.name, user.check_password("four words in a row")) == ("Gil Novak", True)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_patient_who_was_let_in_signs_in_later_by_a_mailed_code(client, gil, invitation, mailoutbox):
    open_link(client, invitation)
    later = Client()

    later.post(reverse("account_request_login_code"), {"email": "gil@example.org"})
    code = next(line.strip() for line in mailoutbox[0].body.splitlines() if _is_code(line.strip()))
    later.post(reverse("account_confirm_login_code"), {"code": code})

    gil.refresh_from_db()
    assert later.session["_auth_user_id"] == str(gil.user.pk)


def _is_code(line: str) -> bool:
    bare = line.replace("-", "")
    return 6 <= len(bare) <= 9 and bare.isalnum() and bare.upper() == bare and " " not in line


def test_invitation_send_without_a_form_uses_the_address_on_record(as_ana, gil):
    assert as_ana.post(reverse("patients:invitation_send", args=[gil.pk])).status_code == 302

    assert Invitation.objects.get(patient=gil).email == "gil@example.org"


def test_invitation_revoke_belongs_to_the_treating_therapist(client, ben, ana, invitation):
    path = reverse("patients:invitation_revoke", args=[invitation.pk])
    client.force_login(ben)
    assert client.post(path).status_code == 403
    client.force_login(ana)
    assert client.post(path).status_code == 302

    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW


@pytest.mark.parametrize("path", ["invitation_revoke", "hand_over", "clinic_switch"])
def test_acts_are_not_done_by_reading(client, world, invitation, path):
    client.force_login(world.adam)
    args = [invitation.pk] if path == "invitation_revoke" else []

    assert client.get(reverse(f"patients:{path}", args=args)).status_code == 405


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
