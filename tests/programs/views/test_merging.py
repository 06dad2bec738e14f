"""Merging in the browser: choose, look at both, see what moves, decide."""

import pytest
from django.test import Client
from django.urls import reverse

from exercises.enums import ExerciseState
from exercises.models import Exercise
from tests import factories
from tests.programs.curating import in_review, make_whole
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def stays(world: World) -> Exercise:
    return make_whole("Seated rotation", aliases=["chair twist"], cue="Grow tall.")


@pytest.fixture
def old(world: World) -> Exercise:
    return make_whole("Seated rotations", code="OLD", features=["heat"])


@pytest.fixture
def as_cora(client: Client, world: World) -> Client:
    client.force_login(world.cora)
    return client


def address(exercise: Exercise, query: str = "") -> str:
    return reverse("programs:curation_merge", args=[exercise.code]) + query


def test_the_most_alike_are_offered_first(as_cora, old, stays) -> None:
    own = make_whole("Seated rotation at home", clinic=factories.make_clinic())

    response = as_cora.get(address(old))

    assert response.context["found"] == [stays]
    assert own.name not in text_of(response)
    assert f'href="/curation/OLD/merge/?into={stays.code}"' in text_of(response)


def test_any_published_exercise_can_be_searched(as_cora, old, stays) -> None:
    other, draft = make_whole("Wall angel"), make_whole("Wall draft", state=ExerciseState.DRAFT)

    found = as_cora.get(address(old, "?q=wall")).context["found"]

    assert (found, draft.state) == ([other], "draft")
    assert as_cora.get(address(old, "?q=zzz")).context["found"] == []


@pytest.mark.parametrize("into", ["nothing", "OLD", "%00", "x" * 3000])
def test_an_unknown_survivor_is_said_so(as_cora, old, into: str) -> None:
    response = as_cora.get(address(old, f"?into={into}"))

    assert response.status_code == 404
    assert "Choose another." in text_of(response)


def test_preview_shows_both_and_what_moves_and_warns_of_lost_features(as_cora, world, old, stays) -> None:
    factories.make_program(world.hill, old)
    factories.make_prescription(world.dan, old)

    response = as_cora.get(address(old, f"?into={stays.code}"))

    said = text_of(response)
    assert (response.context["plan"].programs, response.context["plan"].prescriptions) == (1, 1)
    assert "The safety check would ask less" in said
    assert {side.label for side in response.context["sides"] if side.differs} == {
        "Name", "Also called", "What it asks of the body", "Cue",
    }  # fmt: skip
    assert "Canary" not in said
    assert Exercise.objects.get(pk=old.pk).merged_into is None


def test_merge_in_the_browser(as_cora, world, old, stays) -> None:
    data = {"revision": old.revision, "into": stays.code, "reason": "The same."}

    response = as_cora.post(address(old), data, follow=True)

    assert response.redirect_chain == [(f"/library/{stays.code}/", 302)]
    assert "“Seated rotations” is now another name of “Seated rotation”." in text_of(response)
    assert Exercise.objects.get(pk=old.pk).merged_into == stays
    again = as_cora.post(address(old), data, follow=True)
    assert again.redirect_chain[-1] == (f"/library/{stays.code}/", 302)


def test_merge_tells_what_stands_against_it(as_cora, world, old, stays) -> None:
    in_review(world, old, cue="x")

    page = as_cora.get(address(old, f"?into={stays.code}"))
    posted = as_cora.post(address(old), {"revision": old.revision, "into": stays.code})

    assert "Somebody is changing" in text_of(page)
    assert 'name="revision"' not in text_of(page)
    assert posted.status_code == 409
    assert Exercise.objects.get(pk=old.pk).merged_into is None


@pytest.mark.parametrize(("data", "status"), [({"revision": "99"}, 409), ({"revision": ""}, 422), ({}, 422)])
def test_merge_of_something_else_than_was_looked_at(as_cora, old, stays, data, status: int) -> None:
    response = as_cora.post(address(old), {"into": stays.code} | data)

    assert response.status_code == status
    assert Exercise.objects.get(pk=old.pk).merged_into is None


def test_a_clinics_own_exercise_is_not_merged_by_a_curator(as_cora, world, stays) -> None:
    own = make_whole("Harbour hinge", clinic=world.harbour)

    assert as_cora.get(address(own)).status_code == 404
