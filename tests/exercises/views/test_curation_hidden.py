"""What is not published reaches nobody who does not write it: no list, no search, no picker, no API, no patient."""

import pytest
from django.test import Client
from django.urls import reverse

from exercises.models import Exercise
from exercises.services import curation
from exercises.services.content import content_of
from tests import factories
from tests.exercises.curation import published, submitted
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SECRET = "Canarydraft"
PAGES = [
    "/library/?q=canarydraft",
    "/library/?q=doorway",
    "/library/pick/?q=canarydraft",
    "/api/v1/exercises/?q=canarydraft",
    "/api/v1/exercises/",
    "/library/S101/",
    "/library/S101-draft/",
    "/my-program/",
]


@pytest.fixture
def drafts(world: World) -> list[Exercise]:
    """A working copy in review and a new draft, both with a word that nobody else uses."""
    row = published(world.cora, world.cleo)
    words = {"name": f"{SECRET} opener", "cue": f"{SECRET} cue."}
    copy = curation.change(actor=world.cora, exercise=row, revision=row.revision, content=words)
    factories.make_prescription(world.dan, row)
    new = curation.create(actor=world.cora, content=content_of(row) | {"name": f"{SECRET} new"})
    return [submitted(copy, world.cora), new]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["therapist", "clinic_admin", "patient", "curator"])
def test_curation_keeps_drafts_out_of_sight(
    client: Client, world: World, drafts: list[Exercise], who: str, page: str
) -> None:
    client.force_login(world.login_of(who))

    response = client.get(page)

    assert response.status_code in (200, 403, 404)
    # The search box shows what was searched for; the drafts are told by their other words.
    assert f"{SECRET} opener" not in response.content.decode()
    assert f"{SECRET} new" not in response.content.decode()
    assert f"{SECRET} cue" not in response.content.decode()


def test_curation_shows_drafts_to_whoever_may_write_them(client: Client, world: World, drafts: list[Exercise]) -> None:
    """The test above can fail: the same words are there where they belong."""
    client.force_login(world.cleo)

    assert f"{SECRET} opener" in client.get(reverse("exercises:curation_review", args=["S101"])).content.decode()
