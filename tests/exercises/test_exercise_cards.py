import pytest
from django.template import engines
from django.test import RequestFactory

from exercises.library import Entry
from exercises.models import Exercise
from exercises.templatetags.exercise_cards import asks_also
from patients.access import Actor
from tests.factories import make_clinic, make_exercise, make_member, make_program, make_user

pytestmark = pytest.mark.django_db


def render(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load exercise_cards %}" + source).render(context, context.get("request"))


def test_card_leads_to_the_exercise_and_back_to_the_search(library: list[Entry]):
    exercise = Exercise.objects.get(code="R03")

    html = render("{% exercise_card exercise query %}", exercise=exercise, query="?q=tfl&kind=foam_rolling")

    assert 'href="/library/R03/?q=tfl&amp;kind=foam_rolling"' in html
    assert "2 × 1 min each side" in html
    assert "Foam rolling" in html
    assert "Floor" in html


def test_card_without_floor_does_not_say_floor(library: list[Entry]):
    html = render("{% exercise_card exercise %}", exercise=Exercise.objects.get(code="S07"))

    assert "Floor" not in html


def test_thumb_is_the_drawing_with_its_words_unless_the_name_stands_beside_it(library: list[Entry]):
    exercise = Exercise.objects.get(code="S01")

    large = render("{% exercise_thumb exercise %}", exercise=exercise)
    small = render('{% exercise_thumb exercise "small" %}', exercise=exercise)

    assert 'src="/static/figures/S01-2.svg"' in large
    assert 'loading="lazy"' in large
    assert 'alt="The same position' in large
    assert 'alt=""' in small


def test_thumb_without_a_drawing_shows_the_start_position():
    html = render("{% exercise_thumb exercise %}", exercise=make_exercise())

    assert 'aria-label="No drawing: standing"' in html
    assert "#pos-standing" in html


def test_figure_shows_start_and_end_and_offers_the_movement(library: list[Entry]):
    html = render("{% exercise_figure exercise %}", exercise=Exercise.objects.get(code="S01"))

    assert html.index("S01-1.svg") < html.index("Start") < html.index("S01-2.svg") < html.index("End")
    assert 'href="/static/figures/S01-move.svg"' in html
    assert "Show the movement" in html


def test_figure_of_a_copy_is_that_of_its_source(library: list[Entry]):
    copy = make_exercise(figure="S01", clinic=make_clinic())

    assert "S01-1.svg" in render("{% exercise_figure exercise %}", exercise=copy)


def test_actions_are_for_those_who_may(library: list[Entry], rf: RequestFactory):
    exercise = Exercise.objects.get(code="S01")
    request = rf.get("/library/S01/")

    def shown_to(user: object) -> str:
        request.actor = Actor(user)
        return render("{% exercise_actions exercise %}", request=request, exercise=exercise)

    assert "Copy to my clinic" in shown_to(make_member(make_clinic()))
    assert "Copy to my clinic" not in shown_to(make_user(is_curator=True))


def test_neighbours_say_what_they_ask_more():
    base, other = make_exercise(features=["heat"]), make_exercise(features=["heat", "pool"])

    assert asks_also(other, base) == ["Pool"]
    assert asks_also(base, other) == []


def test_picker_tag_works_without_javascript(library: list[Entry], rf: RequestFactory):
    therapist = make_member(make_clinic())
    program = make_program(therapist.memberships.get().clinic)
    request = rf.get("/programs/", {"q": "piriformis", "kind": "foam_rolling"})
    request.actor = Actor(therapist)

    html = render("{% exercise_picker program_id %}", request=request, program_id=program.pk)

    assert 'value="piriformis"' in html
    assert '<option value="foam_rolling" selected>' in html
    assert html.count('<li class="exercise-row') == 1
    assert f'name="program" value="{program.pk}"' in html
