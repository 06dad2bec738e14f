import pytest
from django.template import engines
from django.test import RequestFactory

from exercises.library import Entry
from exercises.models import Exercise
from patients.access import Actor
from tests.factories import make_clinic, make_member, make_program

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


def test_thumb_says_what_it_stands_for(library: list[Entry]):
    html = render('{% exercise_thumb exercise "small" %}', exercise=Exercise.objects.get(code="S06"))

    assert 'aria-label="Picture to come: lying on the back"' in html
    assert "#pos-supine" in html


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
