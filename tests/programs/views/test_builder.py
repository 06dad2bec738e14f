"""The builder for drafts: the same page and the same changes, always for the draft's own patient."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import AuditEvent
from programs.models import Program
from tests import factories
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


def said(response: Any) -> str:
    """The page's text with every run of white space as one space."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def draft(world: World) -> Program:
    return factories.make_program(
        world.harbour, world.exercises[2], name="Hips in the morning", prescription=world.prescription
    )


def post(client: Client, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"programs:{name}", args=args), data)


def test_draft_opens_in_the_builder_with_its_patient(as_ana: Client, world: World, draft: Program) -> None:
    read = AuditEvent.objects.filter(verb="prescription.read", patient=world.dan)
    before = read.count()

    response = as_ana.get(reverse("programs:program_detail", args=[draft.pk]))

    text = said(response)
    assert "Checked for Dan Canarydan" in text
    assert reverse("programs:prescription_detail", args=[world.prescription.pk]) in text
    assert "Osteoporosis or osteopenia · " in text  # the trunk bend is rated for Dan
    assert read.count() == before + 1


def test_draft_keeps_its_patient_whatever_the_address_says(as_ana: Client, world: World, draft: Program) -> None:
    address = reverse("programs:program_detail", args=[draft.pk])

    response = as_ana.get(f"{address}?patient={world.eve.pk}")

    assert response.context["patient"] == world.dan


def test_draft_is_for_the_care_team_alone(client: Client, world: World, draft: Program) -> None:
    for stranger in (world.ben, world.chloe):
        client.force_login(stranger)
        assert client.get(reverse("programs:program_detail", args=[draft.pk])).status_code == 404
        added = post(client, "item_add", draft.pk, exercise=world.exercises[0].pk, revision=1)
        assert added.status_code == 404
    assert draft.items.count() == 1


def test_draft_changes_like_a_program_and_is_no_template(as_ana: Client, world: World, draft: Program) -> None:
    added = post(as_ana, "item_add", draft.pk, exercise=world.exercises[0].pk, revision=1)
    assert added.status_code == 302
    assert draft.items.count() == 2

    for name in ("program_copy", "program_archive"):
        assert post(as_ana, name, draft.pk).status_code == 404
    draft.refresh_from_db()
    assert draft.archived_at is None
