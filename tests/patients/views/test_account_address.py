"""A login answers to an address only when its holder has shown that the address is theirs."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

pytestmark = pytest.mark.django_db
URL = reverse("account_email")


def test_account_email_refuses_an_unconfirmed_address_for_the_login(client, ana):
    client.force_login(ana)
    before = ana.email
    client.post(URL, {"action_add": "", "email": "somebody.else@example.org"})

    client.post(URL, {"action_primary": "", "email": "somebody.else@example.org"})

    ana.refresh_from_db()
    assert ana.email == before


def test_account_email_takes_a_confirmed_address_for_the_login(client, ana):
    client.force_login(ana)
    EmailAddress.objects.create(user=ana, email="ana.new@example.org", verified=True)

    client.post(URL, {"action_primary": "", "email": "ana.new@example.org"})

    ana.refresh_from_db()
    assert ana.email == "ana.new@example.org"
