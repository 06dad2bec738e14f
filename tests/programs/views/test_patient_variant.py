"""The variant in force on the therapist's page of a patient: seen, set, ended."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from programs.enums import Variant
from programs.models import Prescription, VariantSpell
from programs.services import variants
from tests.factories import NOW, TODAY
from tests.programs.poor_days import HTMX, poor_day_plan
from tests.programs.portal import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def plan(dan: Patient, prescription: Prescription) -> Prescription:
    prescription.delete()
    return poor_day_plan(dan)


def panel(client: Client, dan: Patient) -> str:
    page = text_of(client.get(reverse("patients:patient_detail", args=[dan.pk])))
    start = page.index('id="variant"')
    return page[start : page.index("</section>", start)]


def test_the_therapist_sees_the_variant_and_the_days_of_each(client, ana, plan, dan):
    client.force_login(ana)
    assert "The usual program holds." in panel(client, dan)

    variants.choose(actor=dan.user, patient=dan, variant=Variant.EASY, now=NOW - timedelta(days=20), days=3)
    variants.choose(actor=dan.user, patient=dan, variant=Variant.FLARE, now=NOW - timedelta(days=2))

    said = panel(client, dan)
    assert "Chosen by Dan." in said
    assert "Last 12 weeks: 3 days flare, 3 days easier." in said
    assert "then the app asks how it is" in said


def test_the_therapist_sets_and_ends_a_variant_for_the_patient(client, ana, plan, dan):
    client.force_login(ana)
    url = reverse("programs:patient_variant", args=[dan.pk])

    assert client.post(url, {"variant": "easy", "days": "14"}).status_code == 302
    spell = VariantSpell.objects.get()
    assert (spell.variant, spell.last_day, spell.chosen_by) == ("easy", TODAY + timedelta(days=13), ana)
    assert "Chosen by Ana Lind." in panel(client, dan)

    part = client.post(url, {"variant": "normal"}, headers=HTMX)
    assert part.status_code == 200
    assert "The usual program holds." in text_of(part)
    assert VariantSpell.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_therapists_slip_is_told_at_the_field(client, ana, plan, dan, headers):
    client.force_login(ana)
    url = reverse("programs:patient_variant", args=[dan.pk])

    response = client.post(url, {"variant": "easy", "days": "400"}, headers=headers)

    assert response.status_code == 422
    assert "Enter a whole number from 1 to 90." in text_of(response)
    assert VariantSpell.objects.count() == 0


def test_strangers_choose_nothing_for_dan(client, ben, chloe, plan, dan):
    url = reverse("programs:patient_variant", args=[dan.pk])
    for who, status in ((ben, 403), (chloe, 404)):
        client.force_login(who)
        assert client.post(url, {"variant": "flare"}).status_code == status
    assert VariantSpell.objects.count() == 0
