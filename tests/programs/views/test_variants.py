"""Poor days on the patient's pages: one tap there, one tap back, the question, the most important alone, pauses."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from programs.enums import PauseKind, Variant
from programs.models import Pause, Prescription, PrescriptionItem, VariantSpell, WorkItem
from programs.services import variants
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.poor_days import HTMX, TODAY_URL, choose, item, poor_day_plan, shown, today
from tests.programs.portal import log, sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def own(client: Client, dan: Patient) -> Client:
    return sign_in(client, dan)


@pytest.fixture
def plan(dan: Patient, prescription: Prescription) -> Prescription:
    prescription.delete()
    return poor_day_plan(dan)


# --- One tap there and back -----------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_one_tap_on_flare_shows_the_shorter_set_and_permits_less(own, plan):
    before = today(own)
    assert shown(before) == ["Bridge", "Lunge", "Reach", "Twist"]
    assert "I have a flare" in before
    assert "An easier day" in before

    response = choose(own, "flare")

    assert (response.status_code, response["Location"]) == (302, TODAY_URL)
    page = today(own)
    assert shown(page) == ["Bridge"]
    assert "A flare since today" in page
    assert "Only what is below is due, and less is fine. Your therapist can see this." in page
    assert "Until Tuesday, then we ask again." in page
    assert "One exercise, about" in page
    assert WorkItem.objects.unsettled().count() == 1


@pytest.mark.sqlite
def test_the_way_back_is_one_tap(own, plan, dan):
    choose(own, "flare")
    page = today(own)
    assert "It has passed" in page

    choose(own, "normal")

    page = today(own)
    assert shown(page) == ["Bridge", "Lunge", "Reach", "Twist"]
    assert "A flare since" not in page
    assert dan.flares.get().ended_on == TODAY
    assert not WorkItem.objects.unsettled().exists()


def test_an_easier_day_is_one_day_with_its_own_doses(own, plan):
    choose(own, "easy")

    page = today(own)
    assert shown(page) == ["Bridge", "Reach", "Twist"]
    assert "An easier day" in page
    assert "Until the end of today, then the usual program is back." in page
    assert page.count("12 s") == 1
    assert VariantSpell.objects.get().last_day == TODAY

    choose(own, "easy", days="7")
    assert "Until Tuesday, then the usual program is back." in today(own)


def test_with_htmx_the_whole_day_comes_back_with_a_way_to_undo(own, plan):
    response = own.post(reverse("programs:variant_choose"), {"variant": "flare"}, headers=HTMX)

    part = text_of(response)
    assert response.status_code == 200
    assert part.count('hx-swap-oob="true"') == 3  # greeting, bar, day
    assert shown(part) == ["Bridge"]
    assert "Noted. Your therapist can see it." in part
    assert 'name="variant" value="normal"' in part
    assert "Undo" in part


@pytest.mark.parametrize(
    "body", [{}, {"variant": "worse"}, {"variant": "easy", "days": "0"}, {"variant": "easy", "days": "x" * 5000}]
)
def test_a_choice_that_is_none_is_refused_in_words(own, plan, body):
    response = own.post(reverse("programs:variant_choose"), body)

    assert response.status_code == 422
    assert 'role="alert"' in text_of(response)
    assert VariantSpell.objects.count() == 0


def test_a_patient_cannot_make_a_flare_longer_than_the_program_says(own, plan):
    choose(own, "flare", days="90")

    assert VariantSpell.objects.get().last_day == TODAY + timedelta(days=6)


def test_a_flare_that_has_no_spell_offers_the_shorter_set(own, plan, dan):
    factories.make_flare(dan, TODAY - timedelta(days=4))

    page = today(own)
    assert "A flare since Saturday 14 November" in page
    assert "Show me the shorter set" in page
    assert shown(page) == ["Bridge", "Lunge", "Reach", "Twist"]


def test_a_past_day_says_which_set_held(own, plan, dan):
    variants.choose(actor=dan.user, patient=dan, variant=Variant.FLARE, now=NOW - timedelta(days=3))
    variants.choose(actor=dan.user, patient=dan, variant=Variant.EASY, now=NOW - timedelta(days=1), days=1)

    page = text_of(own.get(f"/today/{TODAY - timedelta(days=2)}/"))
    assert "In a flare: the shorter set" in page
    assert shown(page) == ["Bridge"]
    assert "An easier day" in text_of(own.get(f"/today/{TODAY - timedelta(days=1)}/"))
    assert shown(today(own)) == ["Bridge", "Lunge", "Reach", "Twist"]


# --- The question ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "names", "is_running"),
    [
        ("over", ["Bridge", "Lunge", "Reach", "Twist"], False),
        ("better", ["Bridge", "Reach", "Twist"], False),
        ("bad", ["Bridge"], True),
    ],
)
def test_a_lapsed_flare_is_asked_about_and_each_answer_holds_at_once(own, plan, dan, said, names, is_running):
    choose(own, "flare")
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        page = today(own)
        assert "Is the flare over?" in page
        assert "The shorter set was for the days until Tuesday 24 November." in page
        assert shown(page) == ["Bridge", "Lunge", "Reach", "Twist"]

        own.post(reverse("programs:variant_check"), {"answer": said})

        page = today(own)
        assert "Is the flare over?" not in page
        assert shown(page) == names
        assert dan.flares.running().exists() == is_running


def test_an_answer_that_is_none_is_refused(own, plan):
    choose(own, "flare")
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert own.post(reverse("programs:variant_check"), {"answer": "maybe"}).status_code == 422
        assert "Is the flare over?" in today(own)


# --- Adherence through the pages ------------------------------------------------------------------------------


def week_of(client: Client) -> dict[date, tuple[str, int, int]]:
    days = client.get(reverse("programs:week")).context["days"]
    return {one.cell.day: (one.cell.state, one.cell.done, one.cell.expected) for one in days}


def test_a_flare_week_counts_the_shorter_set_and_does_not_turn_red(own, plan, dan):
    """Monday and Tuesday as usual; a flare from Wednesday: the core alone on three days, nothing on Saturday."""
    bridge = item(plan, "Bridge")
    for days in (2, 1):
        day = (TODAY - timedelta(days=days)).isoformat()
        for one in PrescriptionItem.objects.filter(version__prescription=plan):
            log(own, plan, local_date=day, item=one.pk, answer="done")
    choose(own, "flare")
    for days in (0, 1, 2):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            log(own, plan, local_date=(TODAY + timedelta(days=days)).isoformat(), item=bridge.pk, answer="done")

    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        week = week_of(own)
        page = text_of(own.get(reverse("programs:week")))

    assert week == {
        TODAY - timedelta(days=2): ("done", 4, 4),
        TODAY - timedelta(days=1): ("done", 4, 4),
        TODAY: ("done", 1, 1),
        TODAY + timedelta(days=1): ("done", 1, 1),
        TODAY + timedelta(days=2): ("done", 1, 1),
        TODAY + timedelta(days=3): ("not_logged", 0, 1),
        TODAY + timedelta(days=4): week[TODAY + timedelta(days=4)],
    }
    assert "11 of 13 exercises done" in page


def test_a_flare_in_the_middle_of_a_begun_day_asks_for_no_more_than_the_shorter_set(own, plan):
    log(own, plan, item=item(plan, "Twist").pk, answer="done")
    assert week_of(own)[TODAY] == ("partly", 1, 4)

    choose(own, "flare")
    assert shown(today(own)) == ["Bridge", "Twist"]  # what is answered stays
    assert week_of(own)[TODAY] == ("partly", 1, 2)

    log(own, plan, item=item(plan, "Bridge").pk, answer="done")
    assert week_of(own)[TODAY] == ("done", 2, 2)

    choose(own, "normal")  # a finished set stays finished
    assert week_of(own)[TODAY] == ("done", 2, 2)


# --- The most important alone ---------------------------------------------------------------------------------


def test_the_most_important_alone_and_back(own, plan):
    assert "Only the most important (" in today(own)

    page = today(own, "?only=core")
    assert shown(page) == ["Bridge"]
    assert "Your therapist chose these for days on which little is possible. The rest can wait." in page
    assert f'name="lines" value="{plan.pk}|07:30|{item(plan, "Bridge").pk}"' in page
    assert page.count('name="lines"') == 1

    response = log(own, plan, item=item(plan, "Bridge").pk, answer="done", only="core")
    assert response["Location"].startswith("/today/?only=core#")
    page = today(own, "?only=core")
    assert "The most important is done. The rest can wait." in page
    assert shown(today(own)) == ["Bridge", "Lunge", "Reach", "Twist"]
    assert week_of(own)[TODAY] == ("partly", 1, 4)  # kept as what it is


def test_the_most_important_with_htmx_redraws_only_those(own, plan):
    part = text_of(log(own, plan, htmx=True, item=item(plan, "Bridge").pk, answer="done", only="core"))

    assert "The most important is done. The rest can wait." in part
    assert 'name="lines"' not in part


def test_without_a_core_there_is_no_such_link(own, plan):
    PrescriptionItem.objects.update(is_core=False)

    assert "Only the most important" not in today(own)
    assert shown(today(own, "?only=core")) == ["Bridge", "Lunge", "Reach", "Twist"]


# --- Pauses ---------------------------------------------------------------------------------------------------


def pause(dan: Patient, prescription: Prescription | None = None, **values) -> None:
    fields = {"kind": PauseKind.PAUSE, "starts_on": TODAY, "last_day": TODAY + timedelta(days=5)} | values
    Pause.objects.create(clinic=dan.clinic, patient=dan, prescription=prescription, **fields)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ["Your program is paused", "It starts again on Tuesday 24 November."]),
        ({"kind": PauseKind.HOLIDAY}, ["A holiday from your exercises", "It starts again on Tuesday 24 November."]),
        ({"last_day": None}, ["Your program is paused", "Your therapist will say when it goes on."]),
        ({"kind": PauseKind.HOLD, "last_day": None}, ["Your exercises are on hold", "Please wait until they say"]),
    ],
)
def test_a_pause_says_kindly_why_nothing_is_due_and_when_it_goes_on(own, plan, dan, values, words):
    pause(dan, **values)

    page = today(own)
    assert [one in page for one in words] == [True, True]
    assert shown(page) == []
    assert "A day off" not in page


def test_one_paused_program_beside_one_that_runs(own, plan, dan):
    pool = factories.make_prescription(dan, factories.make_exercise("Pool walk"), title="Pool", slots=())
    pause(dan, pool)

    page = today(own)
    assert "“Pool” is paused" in page
    assert "Pool walk" not in page
    assert shown(page) == ["Bridge", "Lunge", "Reach", "Twist"]


def test_several_running_programs_stand_in_one_today_with_their_titles(own, plan, dan):
    factories.make_prescription(dan, factories.make_exercise("Pool walk"), title="Pool", slots=())

    page = today(own)
    assert [title in page for title in (">Hips in the morning</h2>", ">Pool</h2>", "Pool walk</a>")] == [True] * 3
    assert "Five exercises, about" in page
