from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exercises.models import Exercise
from tests.factories import make_clinic, make_exercise, make_member

OWN = reverse("exercises:own_list")
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def ana() -> Any:
    return make_member(make_clinic())


@pytest.fixture
def hers(client: Client, ana: Any) -> Client:
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def own(ana: Any, name: str, **fields: Any) -> Exercise:
    return make_exercise(name, clinic=ana.memberships.get().clinic, written_by=ana, **fields)


def test_own_list_says_what_to_do_when_there_is_nothing(hers: Client):
    html = hers.get(OWN).content.decode()

    assert "Nothing of our own yet" in html
    assert "Copy to my clinic" in html


def test_own_list_shows_drafts_and_retired_ones_of_this_clinic_alone(hers: Client, ana: Any):
    own(ana, "Our draft", state="draft")
    own(ana, "Our old one", state="retired")
    make_exercise("Their own", clinic=make_clinic())
    make_exercise("Everybody's")

    html = hers.get(OWN).content.decode()

    assert "Our draft" in html
    assert "Our old one" in html
    assert "Their own" not in html
    assert "Everybody" not in html


def test_own_list_takes_few_statements(hers: Client, ana: Any, django_assert_num_queries: Any):
    own(ana, "First")
    hers.get(OWN)
    with django_assert_num_queries(5):
        hers.get(OWN)
    for number in range(20):
        own(ana, f"More {number}")
    with django_assert_num_queries(5):
        hers.get(OWN)


def test_own_copy_leads_to_the_editor(hers: Client):
    original = make_exercise("Side lunge")

    response = hers.post(reverse("exercises:own_copy", args=[original.code]))

    copy = Exercise.objects.get(copied_from=original)
    assert response.headers["Location"] == reverse("exercises:curation_edit", args=[copy.code])


def test_own_copy_by_get_does_nothing(hers: Client):
    assert hers.get(reverse("exercises:own_copy", args=[make_exercise().code])).status_code == 405
    assert Exercise.objects.count() == 1


def test_own_propose_asks_why_and_keeps_what_was_typed(hers: Client, ana: Any):
    exercise = own(ana, "Our lunge", missing=[])
    url = reverse("exercises:own_propose", args=[exercise.code])

    refused = hers.post(url, {"note": "x\x00y"})
    assert refused.status_code == 422
    assert Exercise.objects.filter(shared=True).count() == 0

    assert hers.get(url).status_code == 200


def test_own_propose_of_an_incomplete_one_says_so(hers: Client, ana: Any):
    exercise = own(ana, "Our lunge", state="draft")

    response = hers.post(reverse("exercises:own_propose", args=[exercise.code]), {"note": "Good."})

    assert response.status_code == 422
    assert "Publish it in your clinic first" in response.content.decode()
