from typing import Any

import pytest
from django.test import Client

from exercises.library import Entry
from exercises.models import Exercise
from tests.exercises.conftest import enlarge
from tests.factories import make_clinic, make_exercise, make_member

LIST = "/api/v1/exercises/"


@pytest.fixture
def ana(client: Client, db: None) -> Client:
    client.force_login(make_member(make_clinic()), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.sqlite
def test_exercise_list_gives_20_a_page(ana: Client, library: list[Entry]):
    body = ana.get(LIST).json()

    assert (body["count"], len(body["results"])) == (121, 20)
    assert body["next"].endswith("/api/v1/exercises/?page=2")
    assert body["results"][0]["name"] == "Abdominal bracing with heel slide"


@pytest.mark.sqlite
def test_exercise_list_searches_and_filters_like_the_page(ana: Client, library: list[Entry]):
    found = ana.get(LIST, {"q": "thor rot sit"}).json()["results"]
    assert found[0]["name"] == "Seated thoracic rotation"

    rows = ana.get(LIST, {"kind": ["stretching", "mobility"], "region": "hip_flexors", "floor": "no"}).json()["results"]
    assert rows
    assert {row["kind"] for row in rows} <= {"stretching", "mobility"}
    assert {row["needs_floor"] for row in rows} == {False}


@pytest.mark.sqlite
def test_exercise_detail_tells_everything(ana: Client, library: list[Entry]):
    exercise = Exercise.objects.get(code="S06")

    body = ana.get(f"{LIST}{exercise.pk}/").json()

    assert body["regions"] == ["piriformis", "gluteals"]
    assert body["steps"] == exercise.steps
    assert body["features"] == exercise.features
    assert body["neighbours"] == exercise.neighbours
    assert body["dose"] == {
        "sets": 1,
        "repetitions": 3,
        "hold_seconds": 30,
        "duration_minutes": None,
        "rest_seconds": None,
        "per_side": True,
        "effort": "",
        "frequency": "5-7 per week",
        "text": "3 × 30 s each side",
    }


def test_page_size_is_capped_at_100(ana: Client, library: list[Entry]):
    assert len(ana.get(LIST, {"page_size": 10**9}).json()["results"]) == 100


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=dancing", "kind"),
        ("region=hip&region=%00", "region"),
        ("floor=perhaps", "floor"),
        ("q=%00", "q"),
        ("q=%E2%80%AE", "q"),
        ("q=" + "x" * 10_000, "q"),
        ("ordering=user__password&nonsense=1", "nonsense"),
        ("_connector=OR", "_connector"),
    ],
)
def test_bad_filter_is_refused_and_named(ana: Client, library: list[Entry], query: str, field: str):
    response = ana.get(f"{LIST}?{query}")

    assert response.status_code == 400
    errors = response.json()["errors"]
    assert {error["field"] for error in errors} == {field}
    assert "dancing" not in errors[0]["message"]


@pytest.mark.parametrize("number", ["-1", "0", "1" + "0" * 25, "NaN", "9"])
def test_page_that_does_not_exist_is_not_found(ana: Client, library: list[Entry], number: str):
    assert ana.get(f"{LIST}?page={number}").status_code == 404


@pytest.mark.parametrize("typed", ["%25", "%27", "' OR 1=1--"])
def test_signs_alone_find_nothing(ana: Client, library: list[Entry], typed: str):
    assert ana.get(f"{LIST}?q={typed}").json()["count"] == 0


def test_exercise_list_takes_three_statements_however_large(
    ana: Client, library: list[Entry], django_assert_num_queries: Any
):
    ana.get(LIST)
    with django_assert_num_queries(3):
        ana.get(LIST, {"q": "hip", "kind": "stretching"})
    enlarge(600)
    with django_assert_num_queries(3):
        ana.get(LIST)


def test_other_clinics_exercises_and_drafts_are_not_found(ana: Client, library: list[Entry]):
    for hidden in (make_exercise("Theirs", clinic=make_clinic()), make_exercise("Draft", state="draft")):
        assert ana.get(f"{LIST}{hidden.pk}/").status_code == 404
        assert ana.get(LIST, {"q": hidden.code}).json()["count"] == 0


def test_library_is_read_only_by_api(ana: Client, library: list[Entry]):
    assert ana.post(LIST, {"name": "X"}, content_type="application/json").status_code == 405
