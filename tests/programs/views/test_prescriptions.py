"""One prescription as its therapist sees it, and its end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import AuditEvent
from programs.models import Prescription
from programs.schedule import Rule
from programs.services import prescriptions
from programs.services.prescriptions import ItemDraft, SafetyAnswer
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def page(prescription: Prescription) -> str:
    return reverse("programs:prescription_detail", args=[prescription.pk])


def end(prescription: Prescription) -> str:
    return reverse("programs:prescription_end", args=[prescription.pk])


def test_prescription_detail_tells_schedule_doses_and_decisions(as_ana: Client, world: World) -> None:
    bend = world.exercises[2]
    made = prescriptions.assign(
        actor=world.ana,
        patient=world.dan,
        title="Careful",
        items=[ItemDraft(bend, bend.dose_values() | {"hold_seconds": 20}, 0b1, "Slowly <3")],
        rule=Rule(weekdays=0b0011111, slots=("07:30",)),
        starts_on=TODAY,
        answers={bend.pk: SafetyAnswer(reason="Agreed with the doctor")},
        now=NOW,
    )

    text = as_ana.get(page(made)).content.decode()

    for words in (
        "Monday to Friday at 07:30",
        "3 × 20 s",
        "only on Monday",
        "Slowly &lt;3",
        "Osteoporosis or osteopenia · loaded bending of the spine",
        "“Agreed with the doctor” – Ana Lind",
        "18 November 2026",
        "As long as it helps",
    ):
        assert words in text
    assert AuditEvent.objects.filter(verb="prescription.read", patient=world.dan).count() == 1


def test_prescription_end_sets_the_last_day(as_ana: Client, world: World) -> None:
    on = TODAY + timedelta(days=7)

    response = as_ana.post(end(world.prescription), {"on": on.isoformat()})

    assert response.url == page(world.prescription)
    world.prescription.refresh_from_db()
    assert world.prescription.ends_on == on
    again = as_ana.get(page(world.prescription))
    assert again.context["form"]["on"].value() == on
    assert "Change the last day" in again.content.decode()


@pytest.mark.parametrize("on", ["", "2026-02-30", "0001-01-01", "9999-99-99", "yesterday", "2020-01-01"])
def test_prescription_end_with_an_odd_day_says_so(as_ana: Client, world: World, on: str) -> None:
    response = as_ana.post(end(world.prescription), {"on": on})

    assert response.status_code == 422
    assert response.context["form"].errors["on"]
    world.prescription.refresh_from_db()
    assert world.prescription.ends_on is None


def test_prescription_can_be_taken_back_while_nothing_is_logged(as_ana: Client, world: World) -> None:
    response = as_ana.post(end(world.prescription), {"withdraw": "1"})

    assert response.url == reverse("patients:patient_detail", args=[world.dan.pk])
    assert not Prescription.objects.filter(pk=world.prescription.pk).exists()


def test_prescription_with_sessions_cannot_be_taken_back(as_ana: Client, world: World) -> None:
    factories.make_session(world.prescription)

    assert "Take it back" not in as_ana.get(page(world.prescription)).content.decode()
    assert as_ana.post(end(world.prescription), {"withdraw": "1"}).status_code == 422
    assert Prescription.objects.filter(pk=world.prescription.pk).exists()


def test_prescription_that_is_over_offers_no_end(as_ana: Client, world: World) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(ends_on=TODAY - timedelta(days=1))

    text = as_ana.get(page(world.prescription)).content.decode()

    assert "Ended" in text
    assert "End prescription" not in text


def test_prescription_detail_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    counts = []
    for number in (3, 30):
        exercises = [factories.make_exercise() for _ in range(number)]
        prescription = factories.make_prescription(world.dan, *exercises)
        as_ana.get(page(prescription))
        with CaptureQueriesContext(connection) as captured:
            as_ana.get(page(prescription))
        counts.append(len(captured))

    assert counts[0] == counts[1]
