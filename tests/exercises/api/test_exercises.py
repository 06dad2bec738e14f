from typing import Any

import pytest
from django.test import Client

from exercises.library import Entry
from exercises.models import Exercise, ShelfMark
from exercises.search import search_line
from patients.conditions import Condition
from patients.models import Patient, User
from programs import safety
from programs.enums import Rating
from tests.exercises.conftest import enlarge
from tests.factories import NOW, make_clinic, make_condition, make_exercise, make_member, make_patient

LIST = "/api/v1/exercises/"


@pytest.fixture
def therapist(db: None) -> User:
    return make_member(make_clinic("Harbour"), "Ana Lind")


@pytest.fixture
def ana(client: Client, therapist: User) -> Client:
    client.force_login(therapist, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def dan(therapist: User) -> Patient:
    return make_patient(therapist.memberships.get().clinic, "Dan Weber", therapist=therapist)


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
        ("mine=others", "mine"),
        ("strength=D", "strength"),
        ("exact=perhaps", "exact"),
        ("safe_for=1", "safe_for"),
        ("safe_for=%00", "safe_for"),
        ("safe_for=' OR 1=1--", "safe_for"),
        ("safe=allow", "safe"),
        ("id__in=1,2,3", "id__in"),
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


@pytest.mark.sqlite
def test_slips_are_put_right_and_told(ana: Client, library: list[Entry]):
    body = ana.get(LIST, {"q": "hamstirng strap"}).json()
    exact = ana.get(LIST, {"q": "hamstirng strap", "exact": "1"}).json()
    known = ana.get(LIST, {"q": "hamstring strap"}).json()

    assert (body["count"], body["searched_for"]) == (1, "hamstring strap")
    assert body["results"] == known["results"]
    assert (exact["count"], exact["searched_for"], exact["results"]) == (0, "", [])
    assert known["searched_for"] == ""


def test_slips_are_put_right_on_every_page(ana: Client, library: list[Entry]):
    params = {"q": "streching", "page_size": 10}
    first = ana.get(LIST, params).json()
    second = ana.get(LIST, {**params, "page": 2}).json()

    assert first["next"].endswith("page=2&page_size=10&q=streching")
    assert [len(page["results"]) for page in (first, second)] == [10, 10]
    assert second["searched_for"] == "stretching"
    assert ana.get(LIST, {**params, "page": 99}).status_code == 404


def test_slips_are_not_put_right_with_another_clinics_words(ana: Client, library: list[Entry]):
    name = "Schroedinger wobble"
    make_exercise(name, clinic=make_clinic(), search_text=search_line(name, [], [], ""))

    body = ana.get(LIST, {"q": "shroedinger"}).json()

    assert (body["count"], body["searched_for"]) == (0, "")


@pytest.mark.sqlite
def test_marks_are_told_come_first_and_narrow(ana: Client, therapist: User, library: list[Entry]):
    ShelfMark.objects.create(user=therapist, exercise=Exercise.objects.get(code="T03"), starred_at=NOW)
    ShelfMark.objects.create(user=make_member(make_clinic()), exercise=Exercise.objects.get(code="A01"), starred_at=NOW)

    rows = ana.get(LIST).json()["results"]
    mine = ana.get(LIST, {"mine": "starred"}).json()["results"]

    assert [(row["code"], row["is_favourite"], row["used_lately"]) for row in mine] == [("T03", True, False)]
    assert [row["is_favourite"] for row in rows] == [True] + [False] * 19


# --- For a patient -------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_safe_for_a_patient_finds_what_the_safety_check_allows(ana: Client, dan: Patient, library: list[Entry]):
    make_condition(dan, Condition.OSTEOPOROSIS)
    make_condition(dan, Condition.FUSED_THORACOLUMBAR_SPINE)
    held = {Condition.OSTEOPOROSIS, Condition.FUSED_THORACOLUMBAR_SPINE}
    rating = {e.code: safety.worst(safety.check(frozenset(e.features), held)) for e in library}

    def found(**more: str) -> dict[str, str]:
        body = ana.get(LIST, {"safe_for": dan.pk, "page_size": 100, **more}).json()
        more_rows = ana.get(body["next"]).json()["results"] if body["next"] else []
        return {row["code"]: row["rating"] for row in [*body["results"], *more_rows]}

    allowed = {code: "allow" for code, worst in rating.items() if worst is Rating.ALLOW}
    careful = {code: worst.word for code, worst in rating.items() if worst is not Rating.AVOID}
    assert found() == found(safe="allow") == allowed
    assert found(safe="caution") == careful
    assert 0 < len(allowed) < len(careful) < 121
    assert ana.get(LIST).json()["results"][0]["rating"] is None


def test_safe_for_combines_with_the_rest(ana: Client, dan: Patient, library: list[Entry]):
    make_condition(dan, Condition.OSTEOPOROSIS)

    rows = ana.get(LIST, {"safe_for": dan.pk, "q": "thor rot", "position": "sitting"}).json()["results"]

    assert {row["code"] for row in rows} <= {"M04"}
    assert {row["rating"] for row in rows} <= {"allow"}


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("elsewhere", 404), ("nobody", 404)])
def test_safe_for_somebody_elses_patient_is_refused(
    ana: Client, therapist: User, library: list[Entry], who: str, status: int
):
    clinic = therapist.memberships.get().clinic
    patients = {
        "colleague": lambda: make_patient(clinic, therapist=make_member(clinic)).pk,
        "elsewhere": lambda: make_patient(make_clinic()).pk,
        "nobody": lambda: "00000000-0000-4000-8000-000000000000",
    }

    response = ana.get(LIST, {"safe_for": patients[who]()})

    assert response.status_code == status
    assert "results" not in response.json()


def test_safe_for_takes_no_more_statements_for_more_exercises(
    ana: Client, dan: Patient, library: list[Entry], django_assert_num_queries: Any
):
    """Three as without a patient; the patient, the care team and the conditions."""
    make_condition(dan, Condition.OSTEOPOROSIS)
    ana.get(LIST)
    with django_assert_num_queries(7):
        ana.get(LIST, {"safe_for": dan.pk})
    enlarge(400)
    with django_assert_num_queries(7):
        ana.get(LIST, {"safe_for": dan.pk})


def test_the_schema_names_every_filter_and_its_words(client: Client, db: None):
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).json()
    operation = schema["paths"]["/api/v1/exercises/"]["get"]

    told = {parameter["name"]: parameter for parameter in operation["parameters"]}
    wanted = {"q", "kind", "region", "position", "equipment", "level", "strength", "floor", "mine", "exact", "safe"}
    assert wanted | {"safe_for", "page", "page_size"} == set(told)
    assert told["safe_for"]["schema"]["format"] == "uuid"
    assert told["mine"]["schema"]["items"]["enum"] == ["starred", "used"]
    assert told["floor"]["schema"]["enum"] == ["no", "yes"]
    assert "stretching" in told["kind"]["schema"]["items"]["enum"]
    page = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert "searched_for" in schema["components"]["schemas"][page]["properties"]


def test_other_clinics_exercises_and_drafts_are_not_found(ana: Client, library: list[Entry]):
    for hidden in (make_exercise("Theirs", clinic=make_clinic()), make_exercise("Draft", state="draft")):
        assert ana.get(f"{LIST}{hidden.pk}/").status_code == 404
        assert ana.get(LIST, {"q": hidden.code}).json()["count"] == 0


def test_library_is_read_only_by_api(ana: Client, library: list[Entry]):
    assert ana.post(LIST, {"name": "X"}, content_type="application/json").status_code == 405
