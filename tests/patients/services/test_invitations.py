"""A mailed link is good once, for seven days, for one purpose."""

import threading
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django.db import connection

from config.lib import tokens
from patients.models import AuditEvent, Delivery, Invitation, Membership, User
from patients.services import invitations
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def token_of(invitation: Invitation) -> str:
    return unquote(urlsplit(invitations.link(invitation)).path.strip("/").rpartition("/")[2])


@pytest.fixture
def gil(harbour):
    return factories.make_patient(harbour, "Gil Novak", login=False, email="gil@example.org")


@pytest.fixture
def invitation(ana, gil):
    return invitations.invite_patient(actor=ana, patient=gil, email="gil@example.org", now=NOW)


@pytest.mark.sqlite
def test_invite_patient_mails_one_link_through_the_outbox(ana, gil, invitation):
    delivery = Delivery.objects.get(message__invitation=invitation)

    assert (delivery.address, delivery.state, delivery.due_at) == ("gil@example.org", "due", NOW)
    assert delivery.message.expires_at == NOW + timedelta(days=7)
    assert AuditEvent.objects.get(verb="invitation.send").patient == gil


@pytest.mark.sqlite
def test_accept_makes_an_account_without_a_password(gil, invitation):
    user = invitations.accept(token=token_of(invitation), now=NOW)

    gil.refresh_from_db()
    assert gil.user == user
    assert (user.email, user.name, user.has_usable_password()) == ("gil@example.org", "Gil Novak", False)
    assert AuditEvent.objects.filter(verb="invitation.accept", actor=user, patient=gil).count() == 1


def test_accept_confirms_the_address_against_an_earlier_claim(ana, gil, invitation):
    EmailAddress.objects.create(user=ana, email="gil@example.org", verified=False)

    user = invitations.accept(token=token_of(invitation), now=NOW)

    assert filter_users_by_email("gil@example.org", prefer_verified=True) == [user]


@pytest.mark.sqlite
def test_accept_works_once(invitation):
    invitations.accept(token=token_of(invitation), now=NOW)

    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=token_of(invitation), now=NOW)


@pytest.mark.parametrize(("age", "is_good"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_accept_ends_after_seven_days(invitation, age, is_good):
    if is_good:
        assert invitations.accept(token=token_of(invitation), now=NOW + age)
    else:
        with pytest.raises(invitations.LinkNotValid):
            invitations.accept(token=token_of(invitation), now=NOW + age)


def test_accept_refuses_a_token_made_for_something_else(invitation):
    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=tokens.make("unsubscribe", str(invitation.pk)), now=NOW)


def test_accept_refuses_a_well_signed_name_of_nothing(db):
    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=tokens.make("invitation", "not-a-key"), now=NOW)


def test_accept_attaches_the_account_that_has_this_address(gil, ana):
    known = factories.make_user("Gil N.", email="gil@example.org")
    invitation = invitations.invite_patient(actor=ana, patient=gil, email="GIL@example.org", now=NOW)
    gil.refresh_from_db()
    assert gil.user is None  # not before the link was used

    user = invitations.accept(token=token_of(invitation), now=NOW)

    gil.refresh_from_db()
    assert gil.user == user == known
    assert User.objects.filter(email__iexact="gil@example.org").count() == 1


def test_accept_refuses_a_deactivated_account_and_keeps_the_link(gil, invitation):
    factories.make_user("Gil N.", email="gil@example.org", is_active=False)

    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=token_of(invitation), now=NOW)

    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_sending_again_stops_the_former_link_and_its_mail(ana, gil, invitation):
    again = invitations.invite_patient(actor=ana, patient=gil, email="gil@example.org", now=NOW + timedelta(hours=1))

    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=token_of(invitation), now=NOW + timedelta(hours=2))
    assert Delivery.objects.get(message__invitation=invitation).state == "cancelled"
    assert invitations.accept(token=token_of(again), now=NOW + timedelta(hours=2))


def test_revoke_stops_the_link_once(ana, invitation):
    assert invitations.revoke(actor=ana, invitation=invitation, now=NOW) is True
    assert invitations.revoke(actor=ana, invitation=invitation, now=NOW) is False

    with pytest.raises(invitations.LinkNotValid):
        invitations.accept(token=token_of(invitation), now=NOW)
    assert AuditEvent.objects.filter(verb="invitation.revoke").count() == 1


def test_two_patients_of_a_clinic_cannot_share_a_login(ana, dan, gil):
    with pytest.raises(invitations.InvitationRefused):
        invitations.invite_patient(actor=ana, patient=gil, email=dan.user.email.upper(), now=NOW)

    assert Invitation.objects.count() == 0


def test_a_patient_who_can_sign_in_needs_no_invitation(ana, dan):
    with pytest.raises(invitations.InvitationRefused):
        invitations.invite_patient(actor=ana, patient=dan, email=dan.user.email, now=NOW)


def test_a_new_address_moves_the_record_to_a_new_login(ana, dan):
    former = dan.user
    invitation = invitations.invite_patient(actor=ana, patient=dan, email="dan@new.example", now=NOW)

    invitations.accept(token=token_of(invitation), now=NOW)

    dan.refresh_from_db()
    assert dan.user != former
    assert former.patient_records.count() == 0


def test_a_colleague_joins_with_a_role_and_a_password(ana, world):
    invitation = invitations.invite_staff(
        actor=world.adam, clinic=world.harbour, email="gil@harbour.example", name="Gil Novak", role="therapist", now=NOW
    )

    user = invitations.accept(token=token_of(invitation), now=NOW, name="Gil N.", password=factories.PASSWORD)

    assert user.check_password(factories.PASSWORD)
    assert [(m.clinic, m.role) for m in Membership.objects.of(user)] == [(world.harbour, "therapist")]


def test_joining_a_second_clinic_leaves_the_password_alone(world):
    invitation = invitations.invite_staff(
        actor=world.adam, clinic=world.harbour, email=world.chloe.email, name="C", role="therapist", now=NOW
    )

    user = invitations.accept(token=token_of(invitation), now=NOW, password="another-long-password")

    assert user == world.chloe
    assert user.check_password(factories.PASSWORD)
    assert user.name == "Chloe Martin"


def test_a_colleague_is_not_invited_to_a_role_they_have(world):
    with pytest.raises(invitations.InvitationRefused):
        invitations.invite_staff(
            actor=world.adam, clinic=world.harbour, email=world.ben.email, name="Ben", role="therapist", now=NOW
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account(invitation):
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def use() -> None:
        try:
            start.wait()
            invitations.accept(token=token_of(invitation), now=NOW)
            outcomes.append("in")
        except invitations.LinkNotValid:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["in", "refused"]
    assert User.objects.filter(email="gil@example.org").count() == 1
    assert AuditEvent.objects.filter(verb="invitation.accept").count() == 1
