import pytest
from django.test import Client
from django.urls import reverse

from exercises.library import Entry
from exercises.models import ShelfMark
from patients.models import User
from tests.factories import make_clinic, make_exercise, make_member

LIST = reverse("exercises:exercise_list")
HTMX = {"HX-Request": "true"}
STAR = "/library/T03/star/"


@pytest.fixture
def therapist(db: None) -> User:
    return make_member(make_clinic("Harbour Physiotherapy"), "Ana Lind")


@pytest.fixture
def ana(client: Client, therapist: User) -> Client:
    client.force_login(therapist, backend="django.contrib.auth.backends.ModelBackend")
    return client


def starred(user: User) -> list[str]:
    marks = ShelfMark.objects.filter(user=user).exclude(starred_at=None)
    return list(marks.values_list("exercise__code", flat=True))


@pytest.mark.sqlite
def test_star_works_without_javascript_and_comes_back(ana: Client, therapist: User, library: list[Entry]):
    back = f"{LIST}?kind=strengthening&page=2"

    response = ana.post(STAR, {"starred": "1", "back": back})
    assert (response.status_code, response["Location"]) == (302, back)
    assert starred(therapist) == ["T03"]

    response = ana.post(STAR, {"starred": "0"})
    assert (response.status_code, response["Location"]) == (302, "/library/T03/")
    assert starred(therapist) == []


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\x00", "/\\evil"])
def test_star_leads_nowhere_else(ana: Client, library: list[Entry], back: str):
    response = ana.post(STAR, {"starred": "1", "back": back})

    assert (response.status_code, response.headers.get("Location")) in [(302, "/library/T03/"), (422, None)]


def test_star_by_htmx_gets_the_button_and_the_mark(ana: Client, library: list[Entry]):
    html = " ".join(ana.post(STAR, {"starred": "1"}, headers=HTMX).content.decode().split())

    assert "<html" not in html
    assert 'aria-pressed="true"' in html
    assert 'name="starred" value="0"' in html
    assert 'id="mark-T03" hx-swap-oob="true"' in html
    assert "Your favourite" in html


@pytest.mark.parametrize("data", [{}, {"starred": "2"}, {"starred": "\x00"}, {"starred": ["1"] * 500 + ["x"]}])
def test_star_refuses_what_says_neither(ana: Client, therapist: User, library: list[Entry], data: dict):
    response = ana.post(STAR, data)

    assert response.status_code == 422
    assert "starred=1" in response.content.decode()
    assert starred(therapist) == []


def test_star_of_what_may_not_be_seen_is_not_found(ana: Client, therapist: User, library: list[Entry]):
    hidden = [make_exercise(clinic=make_clinic()), make_exercise(state="draft"), make_exercise(state="retired")]

    assert {ana.post(f"/library/{one.code}/star/", {"starred": "1"}).status_code for one in hidden} == {404}
    assert ana.get(STAR).status_code == 405
    assert starred(therapist) == []
