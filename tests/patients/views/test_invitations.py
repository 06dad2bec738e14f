"""The door: the mailed link, as scanners, patients and colleagues meet it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.models import Invitation, Membership, Patient, User
from patients.services import invitations
from tests import factories
from tests.factories import NOW
from tests.patients.services.test_invitations import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def open_link(client: Client, invitation: Invitation, data: dict | None = None):
    return client.post(reverse("patients:invitation_open", args=[token_of(invitation)]), data or {})


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


def test_invitation_opened_again_while_signed_in_leads_on(client, invitation):
    open_link(client, invitation)

    page = client.get(invitations.link(invitation)).content.decode()

    assert "This link is no longer valid" in page
    assert "You are signed in here already" in page
    assert "Mail me a code" not in page


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


def test_a_mailed_code_comes_in_plain_words_and_greets_with_no_toast(client, gil, invitation, mailoutbox):
    open_link(client, invitation)
    later = Client()

    asked = later.post(reverse("account_request_login_code"), {"email": "gil@example.org"}, follow=True)
    code = next(line.strip() for line in mailoutbox[0].body.splitlines() if _is_code(line.strip()))
    came_in = later.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)

    assert mailoutbox[0].subject == "Your sign-in code"
    assert "!" not in mailoutbox[0].body
    assert "for 15 minutes" in mailoutbox[0].body
    assert [str(message) for response in (asked, came_in) for message in response.context["messages"]] == []


def test_a_code_that_did_not_arrive_is_sent_anew(client, gil, invitation, mailoutbox):
    open_link(client, invitation)
    later = Client()
    asked = later.post(reverse("account_request_login_code"), {"email": "gil@example.org"}, follow=True)
    assert "Send a new code" in asked.content.decode()

    later.post(reverse("account_confirm_login_code"), {"action": "resend"})
    code = next(line.strip() for line in mailoutbox[1].body.splitlines() if _is_code(line.strip()))
    later.post(reverse("account_confirm_login_code"), {"code": code})

    gil.refresh_from_db()
    assert later.session["_auth_user_id"] == str(gil.user.pk)


def test_a_mistyped_address_leads_back_to_the_form():
    later = Client()
    asked = later.post(reverse("account_request_login_code"), {"email": "gill@example.org"}, follow=True)
    back = reverse("account_request_login_code")
    assert f'name="next"\n             value="{back}"' in asked.content.decode()

    form = later.post(reverse("account_logout"), {"next": back}, follow=True)

    assert form.redirect_chain[-1][0] == back
    assert 'name="email"' in form.content.decode()


def test_a_code_asked_for_an_unknown_address_offers_no_sign_up(client, mailoutbox):
    client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})

    assert mailoutbox[0].subject == "No account with this address"
    assert "sign up" not in mailoutbox[0].body
    assert "!" not in mailoutbox[0].body


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
