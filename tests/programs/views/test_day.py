"""Yesterday and the other days, somebody else's day, and a flare."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import PainEntry
from programs.models import PrescriptionItem, Session
from tests.factories import TODAY
from tests.programs.portal import items_of, log, sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY_URL = "/today/"


@pytest.fixture
def own(client: Client, dan) -> Client:
    return sign_in(client, dan)


@pytest.fixture
def items(prescription) -> list[PrescriptionItem]:
    return items_of(prescription)


# --- Other days -----------------------------------------------------------------------------------------------


def test_yesterdays_pain_is_corrected_in_three_taps_and_marked(own, prescription):
    yesterday = TODAY - timedelta(days=1)
    log(own, prescription, local_date=yesterday.isoformat(), pain_after="7")
    assert f'href="/today/{yesterday}/"' in text_of(own.get(TODAY_URL))  # one

    page = text_of(own.get(f"/today/{yesterday}/"))
    after = page[page.index(f'id="after-{prescription.pk}-0730"') :][:200]
    assert " open>" in after  # a rated row stands open: no tap
    log(own, prescription, local_date=yesterday.isoformat(), pain_after="4")  # two

    assert PainEntry.objects.get().score == 4
    assert "edited" in text_of(own.get(f"/today/{yesterday}/"))


def test_a_day_that_is_not_there(own, prescription):
    assert own.get(f"/today/{TODAY + timedelta(days=1)}/").status_code == 404
    assert own.get("/today/2026-02-30/").status_code == 404
    assert own.get("/today/0000-00-00/").status_code == 404
    assert own.get("/today/0001-01-01/").status_code == 200


def test_no_entry_for_tomorrow_and_none_older_than_a_week(own, prescription, items):
    for days in (1, -8):
        day = (TODAY + timedelta(days=days)).isoformat()
        response = log(own, prescription, local_date=day, item=items[0].pk, answer="done")
        assert response.status_code == 422
        assert 'role="alert"' in text_of(response)
    assert Session.objects.count() == 0


def test_an_old_day_can_be_read_and_not_written(own, prescription):
    page = text_of(own.get(f"/today/{TODAY - timedelta(days=8)}/"))

    assert "can no longer be changed" in page
    assert 'name="answer"' not in page
    assert "Not logged" in page


# --- Somebody else's ------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_foreign_programs_and_items_are_not_there(own, world, prescription, items):
    theirs = world.eve.prescriptions.get()
    item = PrescriptionItem.objects.get(version__prescription=theirs)

    assert log(own, theirs, item=item.pk, answer="done").status_code == 404
    assert log(own, prescription, item=item.pk, answer="done").status_code == 404
    assert log(own, theirs, pain_after="3").status_code == 404
    assert own.get(reverse("programs:my_exercise", args=[item.pk])).status_code == 404
    assert Session.objects.count() == PainEntry.objects.count() == 0


# --- Flare ----------------------------------------------------------------------------------------------------


def test_a_flare_starts_once_and_ends(own, dan):
    for _ in range(2):
        own.post(reverse("programs:variant_choose"), {"variant": "flare"})
    flare = dan.flares.get()
    assert (flare.started_on, flare.ended_on) == (TODAY, None)
    assert "A flare since today" in text_of(own.get(TODAY_URL))

    for _ in range(2):
        own.post(reverse("programs:variant_choose"), {"variant": "normal"})
    flare.refresh_from_db()
    assert flare.ended_on == TODAY
    assert "A flare since" not in text_of(own.get(TODAY_URL))
