import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exercises.library import Entry
from exercises.models import Exercise, ShelfMark
from exercises.search import search_line
from patients.models import User
from tests.exercises.conftest import enlarge
from tests.factories import make_clinic, make_exercise, make_member, make_program

LIST = reverse("exercises:exercise_list")
PICK = reverse("exercises:exercise_picker")
HTMX = {"HX-Request": "true"}
BAD_SEARCHES = [
    "%00",
    "%",
    "%25",
    "%27",
    "%22",
    "%E2%80%AE",
    "%ff",
    "x" * 10_000,
    "%20" * 50,
    "%7B%7B7*7%7D%7D",
    "%3Cscript%3E",
    "%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB",
    "%ED%A0%80",
    "%EF%BB%BFhip",
    "e" + "%CC%81" * 90,
    "e" + "%CC%81" * 500,
    "hip%0D%0ASet-Cookie:x=1",
    "%27%20OR%201=1--",
    ".*%5B(%7C",
    "hip+" * 25,
    "hamstirng%00+strap",
    "%E0%B8%81%E0%B8%B2%E0%B8%A3",
]


@pytest.fixture
def therapist(db: None) -> User:
    return make_member(make_clinic("Harbour Physiotherapy"), "Ana Lind")


@pytest.fixture
def ana(client: Client, therapist: User) -> Client:
    client.force_login(therapist, backend="django.contrib.auth.backends.ModelBackend")
    return client


def names(html: str) -> list[str]:
    """Names on the cards, in order."""
    return re.findall(r'class="stretched-link"\s+href="[^"]*">([^<]+)<', html)


@pytest.mark.sqlite
def test_exercise_list_shows_24_cards_and_the_way_to_more(ana: Client, library: list[Entry]):
    html = ana.get(LIST).content.decode()

    assert len(names(html)) == 24
    assert "121 exercises" in html
    assert "1–24 of 121" in html


@pytest.mark.sqlite
def test_exercise_list_finds_by_search_and_filters(ana: Client, library: list[Entry]):
    html = ana.get(LIST, {"q": "thor rot sit"}).content.decode()

    assert "Seated thoracic rotation" in names(html)[:3]
    assert 'value="thor rot sit"' in html


@pytest.mark.sqlite
def test_exercise_list_keeps_filters_over_pages_and_in_links(ana: Client, library: list[Entry]):
    html = ana.get(LIST, {"kind": ["stretching", "mobility"], "page": 2}).content.decode()

    assert "25–41 of 41" in html
    detail = re.search(r'href="(/library/\w+/\?[^"]*)"', html)
    assert detail is not None
    back = ana.get(detail[1].replace("&amp;", "&")).content.decode()
    assert f'href="{LIST}?kind=stretching&amp;kind=mobility&amp;page=2"' in back
    assert "Back to the results" in back


def test_exercise_list_sends_results_alone_to_htmx(ana: Client, library: list[Entry]):
    response = ana.get(LIST, {"q": "hip", "kind": ["stretching"], "region": ["nowhere"], "floor": ""}, headers=HTMX)
    html = response.content.decode()

    assert "<html" not in html
    assert response["HX-Replace-Url"] == f"{LIST}?q=hip&kind=stretching"
    assert response["Vary"] == "HX-Request, Cookie"
    assert 'id="facet-kind" hx-swap-oob="true"' in html


def test_exercise_list_sends_the_page_when_history_is_restored(ana: Client, library: list[Entry]):
    html = ana.get(LIST, headers={**HTMX, "HX-History-Restore-Request": "true"}).content.decode()

    assert "<html" in html


def test_exercise_list_offers_a_way_out_of_an_empty_search(ana: Client, library: list[Entry]):
    html = ana.get(LIST, {"q": "zzz", "kind": "thermal"}).content.decode()

    assert names(html) == []
    assert "Nothing fits this search" in html
    assert f'class="btn btn-primary" href="{LIST}">Clear filters' in html


@pytest.mark.parametrize("typed", BAD_SEARCHES, ids=lambda typed: typed[:20])
@pytest.mark.parametrize("path", [LIST, PICK])
def test_bad_search_is_answered_calmly(ana: Client, library: list[Entry], typed: str, path: str):
    response = ana.get(f"{path}?q={typed}")

    assert response.status_code == 200
    html = response.content.decode()
    assert "<script>" not in html.replace('<script src="', "").replace('<script type="module"', "")
    assert "\x00" not in html
    assert "\u202e" not in html


@pytest.mark.parametrize("number", ["-1", "0", "1" + "0" * 25, "NaN", "", "٣", "1.5", "x" * 1000, "%00"])
def test_bad_page_shows_a_page_that_exists(ana: Client, library: list[Entry], number: str):
    response = ana.get(f"{LIST}?page={number}")

    assert response.status_code == 200
    assert len(names(response.content.decode())) in {24, 1}


@pytest.mark.parametrize("filters", ["kind=%00", "region=hip%27", "level=" + "x" * 10_000, "floor=1", "_connector=OR"])
def test_unknown_filter_is_left_out(ana: Client, library: list[Entry], filters: str):
    response = ana.get(f"{LIST}?{filters}")

    assert response.status_code == 200
    assert len(names(response.content.decode())) == 24


SLIP = "?q=hamstirng+strap"


def test_exercise_list_shows_what_was_meant(ana: Client, library: list[Entry]):
    html = ana.get(LIST + SLIP).content.decode()

    assert names(html) == ["Supine hamstring stretch with strap"]
    assert "Showing results for <strong>hamstring strap</strong>." in html
    assert f'href="{LIST}{SLIP}&amp;exact=1">Search for exactly “hamstirng strap”</a>' in html
    assert 'value="hamstirng strap"' in html

    exact = ana.get(f"{LIST}{SLIP}&exact=1").content.decode()
    assert names(exact) == []
    assert f'href="{LIST}{SLIP}">Allow for slips</a>' in exact


def test_exercise_list_offers_no_word_of_another_clinic(ana: Client, therapist: User, library: list[Entry]):
    other = make_clinic("Elsewhere")
    for clinic, name in ((other, "Schroedinger wobble"), (therapist.memberships.get().clinic, "Heisenberg wobble")):
        make_exercise(name, clinic=clinic, search_text=search_line(name, [], [], ""))

    found = ana.get(LIST, {"q": "hiesenberg"}).content.decode()
    hidden = [ana.get(path, {"q": "shroedinger"}).content.decode() for path in (LIST, PICK)]

    assert names(found) == ["Heisenberg wobble"]
    assert [html for html in hidden if "schroedinger" in html.lower() or "Showing results" in html] == []


@pytest.mark.sqlite
def test_exercise_list_marks_and_narrows_to_what_is_mine(ana: Client, therapist: User, library: list[Entry]):
    now = timezone.now()
    clam, strap = Exercise.objects.get(code="T03"), Exercise.objects.get(code="S08")
    ShelfMark.objects.create(user=therapist, exercise=clam, starred_at=now, used_at=now)
    ShelfMark.objects.create(user=therapist, exercise=strap, used_at=now)
    ShelfMark.objects.create(user=make_member(make_clinic()), exercise=Exercise.objects.get(code="M01"), starred_at=now)

    html = ana.get(LIST).content.decode()
    mine = ana.get(LIST, {"mine": ["starred", "used"]}).content.decode()

    assert names(html)[:3] == [clam.name, strap.name, "Abdominal bracing with heel slide"]
    assert (html.count("Your favourite<"), html.count("Used lately</span>")) == (1, 1)
    assert re.findall(r'id="star-(\w+)"\s+aria-pressed="true"', html) == ["T03"]
    assert names(mine) == [clam.name, strap.name]
    assert 'aria-label="Remove Your favourites"' in mine


@pytest.mark.parametrize("query", ["", "?q=hip&kind=stretching&floor=no&strength=B&strength=C"])
def test_exercise_list_takes_few_statements_however_large(
    ana: Client, library: list[Entry], query: str, django_assert_num_queries: Any
):
    ana.get(LIST)
    with django_assert_num_queries(4):
        ana.get(LIST + query)
    enlarge(600)
    with django_assert_num_queries(4):
        ana.get(LIST + query)


def test_exercise_list_shows_own_clinics_exercises_and_no_others(ana: Client, therapist: User, library: list[Entry]):
    own = therapist.memberships.get().clinic
    make_exercise("Aaa ours", clinic=own)
    make_exercise("Aaa theirs", clinic=make_clinic())
    make_exercise("Aaa draft", state="draft")

    html = ana.get(LIST).content.decode()

    assert names(html)[0] == "Aaa ours"
    assert "Aaa theirs" not in html
    assert "Aaa draft" not in html


@pytest.mark.sqlite
def test_exercise_detail_tells_everything(ana: Client, library: list[Entry]):
    html = ana.get(reverse("exercises:exercise_detail", args=["R03"])).content.decode()

    exercise = Exercise.objects.get(code="R03")
    told = [exercise.name, *exercise.aliases, *exercise.steps, *exercise.particulars.values()]
    told += [exercise.set_up, exercise.cue, exercise.breathing, exercise.feel, exercise.stop_if, exercise.why]
    told += [exercise.mistake, exercise.evidence_note, exercise.source, exercise.dose.text, exercise.frequency]
    told += ["Foam rolling on a limb", "Getting down to the floor", "Isometric gluteal set", "Without a roller"]
    assert [text for text in told if text not in html] == []
    assert "The class of exercise is supported" in html
    assert '<img class="picture"' in html


def test_every_exercise_has_a_page(ana: Client, library: list[Entry]):
    for entry in library:
        response = ana.get(reverse("exercises:exercise_detail", args=[entry.code]))
        assert response.status_code == 200, entry.code
        assert entry.name in response.content.decode()


def test_exercise_detail_takes_few_statements(ana: Client, library: list[Entry], django_assert_max_num_queries: Any):
    path = reverse("exercises:exercise_detail", args=["R03"])
    ana.get(path)
    with django_assert_max_num_queries(6):
        ana.get(path)


@pytest.mark.parametrize("code", ["nothing", "s06", "S06%00", "%ff", "x" * 5000, "..", "<script>"])
def test_exercise_detail_of_an_unknown_code_is_not_found(ana: Client, library: list[Entry], code: str):
    assert ana.get(f"/library/{code}/").status_code == 404


def test_exercise_detail_is_hidden_from_other_clinics_and_while_a_draft(ana: Client, library: list[Entry]):
    theirs = make_exercise("Theirs", clinic=make_clinic())
    draft = make_exercise("Draft", state="draft")

    for exercise in (theirs, draft):
        assert ana.get(reverse("exercises:exercise_detail", args=[exercise.code])).status_code == 404


def test_exercise_detail_way_back_leads_only_to_the_library(ana: Client, library: list[Entry]):
    html = ana.get("/library/S06/?next=https://evil.example&page=//evil.example&q=hip").content.decode()

    assert "evil.example" not in html
    assert f'href="{LIST}?q=hip"' in html


@pytest.mark.sqlite
def test_exercise_picker_shows_rows_that_add_to_the_program(ana: Client, therapist: User, library: list[Entry]):
    program = make_program(therapist.memberships.get().clinic)

    html = ana.get(PICK, {"q": "piriformis", "program": program.pk}).content.decode()

    assert "<html" not in html
    assert html.count(f'action="{reverse("programs:item_add", args=[program.pk])}"') == 4
    assert f'name="exercise" value="{Exercise.objects.get(code="S06").pk}"' in html


def test_exercise_picker_shows_20_rows_and_says_how_many_there_are(ana: Client, library: list[Entry]):
    html = ana.get(PICK).content.decode()

    assert html.count('<li class="exercise-row') == 20
    assert "The first 20 of 121." in html
    assert "<form" not in html


@pytest.mark.parametrize("program", ["x", "%00", "1' OR 1=1", "9" * 5000])
def test_exercise_picker_without_a_real_program_is_not_found(ana: Client, library: list[Entry], program: str):
    assert ana.get(f"{PICK}?program={program}").status_code == 404


def test_exercise_picker_takes_few_statements(ana: Client, library: list[Entry], django_assert_num_queries: Any):
    """One more than the rows need: the numbers beside the toggles."""
    ana.get(PICK)
    with django_assert_num_queries(4):
        ana.get(PICK, {"q": "hip"}, headers=HTMX)
    enlarge(300)
    with django_assert_num_queries(4):
        ana.get(PICK, {"q": "hip"}, headers=HTMX)


def test_exercise_picker_shows_what_was_meant_and_numbers_beside_its_toggles(ana: Client, library: list[Entry]):
    html = ana.get(PICK, {"q": "hamstirng"}, headers=HTMX).content.decode()

    assert "Showing results for <strong>hamstring</strong>." in html
    assert f'hx-get="{PICK}?q=hamstirng&amp;exact=1"' in html
    assert 'id="pick-toggles" hx-swap-oob="true"' in html
    assert re.search(r'No floor <small class="toggle-number">3<', html)


@pytest.mark.parametrize("query", [SLIP, "?q=heet+pack", "?q=zzzz", f"{SLIP}&page=7"])
def test_a_slip_takes_a_few_statements_more(
    ana: Client, library: list[Entry], query: str, django_assert_max_num_queries: Any
):
    ana.get(LIST + query)
    with django_assert_max_num_queries(10):
        ana.get(LIST + query)
