"""A suggestion on the patient's page: its figures, the draft it leads to, and dismissing it for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from programs.models import PrescriptionVersion, Program, WorkItem
from programs.services import progression
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = pytest.mark.django_db
RULE = {"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set to the bridge."}


@pytest.fixture
def suggested(world: World, frozen: datetime) -> WorkItem:
    begun = TODAY - timedelta(days=20)
    prescription = factories.make_prescription(world.dan, starts_on=begun, title="Strong hips", progression=[RULE])
    for ago in range(1, 15):
        factories.make_session(prescription, TODAY - timedelta(days=ago), "ddd")
        factories.make_pain(world.dan, 1, TODAY - timedelta(days=ago))
    progression.suggest_all(NOW)
    return WorkItem.objects.get(kind="suggestion")


def page_of(client: Client, world: World) -> str:
    response = client.get(reverse("patients:patient_detail", args=[world.dan.pk]))
    return " ".join(response.content.decode().split())


def test_it_shows_its_figures_and_opens_the_draft(client: Client, world: World, suggested: WorkItem) -> None:
    client.force_login(world.ana)
    before = list(PrescriptionVersion.objects.values())

    text = page_of(client, world)
    response = client.post(reverse("programs:prescription_change", args=[suggested.prescription_id]))

    assert "Add a second set to the bridge. In the last 2 weeks: 39 of 39 exercises done (100 %)" in text
    assert f'action="{reverse("programs:prescription_change", args=[suggested.prescription_id])}"' in text
    draft = Program.objects.get(prescription=suggested.prescription_id)
    assert response.url == reverse("programs:program_detail", args=[draft.pk])
    assert draft.progression == [RULE]
    assert list(PrescriptionVersion.objects.values()) == before


def test_dismissing_it_is_for_good_and_can_be_undone(client: Client, world: World, suggested: WorkItem) -> None:
    client.force_login(world.ana)
    assert "Dismiss" in page_of(client, world)

    client.post(reverse("programs:work_settle", args=[suggested.pk]))
    progression.suggest_all(NOW + timedelta(days=1))
    assert "Add a second set to the bridge." not in page_of(client, world)

    client.post(reverse("programs:work_reopen", args=[suggested.pk]))
    assert "Add a second set to the bridge." in page_of(client, world)


@pytest.mark.parametrize(("who", "status"), [("ben", 403), ("chloe", 404), ("adam", 403)])
def test_nobody_else_dismisses_it(client: Client, world: World, suggested: WorkItem, who: str, status: int) -> None:
    client.force_login(getattr(world, who))
    address: Any = reverse("programs:work_settle", args=[suggested.pk])

    assert client.post(address).status_code == status
    suggested.refresh_from_db()
    assert suggested.settled_at is None
