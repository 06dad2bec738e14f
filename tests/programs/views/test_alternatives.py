"""What may be done instead of an exercise, and what the program page tells of poor days, changes and what comes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import Patient
from programs.enums import Situation
from programs.models import Entry, Prescription, PrescriptionAlternative, PrescriptionItem, PrescriptionVersion
from tests import factories
from tests.factories import TODAY
from tests.programs.poor_days import choose, item, poor_day_plan, shown, today
from tests.programs.portal import log, sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def own(client: Client, dan: Patient) -> Client:
    return sign_in(client, dan)


@pytest.fixture
def plan(dan: Patient, prescription: Prescription) -> Prescription:
    prescription.delete()
    return poor_day_plan(dan)


# --- Another exercise -----------------------------------------------------------------------------------------


@pytest.fixture
def wall(plan) -> PrescriptionAlternative:
    exercise = factories.make_exercise("Wall bridge")
    return PrescriptionAlternative.objects.create(
        item=item(plan, "Bridge"), situation=Situation.TOO_PAINFUL, exercise=exercise, name=exercise.name
    )


def test_another_exercise_is_shown_with_dose_and_steps_and_logged_as_what_it_is(own, plan, wall):
    page = today(own)
    assert "Wall bridge" in page
    assert "Agreed with your therapist for this." in page

    log(
        own,
        plan,
        item=wall.item_id,
        answer="done",
        swapped_to=wall.exercise_id,
        swapped_for="too_painful",
    )

    entry = Entry.objects.get()
    assert (entry.status, entry.swapped_to, entry.swapped_for) == ("done", wall.exercise, "too_painful")
    page = today(own)
    assert 'Wall bridge <span class="soft">instead: too painful</span>' in page

    log(own, plan, item=wall.item_id, answer="skipped:time", swapped_to=wall.exercise_id, swapped_for="too_painful")
    entry.refresh_from_db()
    assert (entry.status, entry.swapped_to) == ("skipped", None)


def test_where_nothing_is_agreed_leaving_it_out_is_offered_with_its_reason(own, plan, wall):
    page = today(own)

    assert "Nothing else is agreed for this yet." in page
    assert 'value="skipped:no_equipment"' in page


@pytest.mark.parametrize("values", [{"swapped_for": "at_work"}, {"swapped_to": "not-an-id"}, {"swapped_for": "x"}])
def test_a_swap_that_was_not_agreed_is_refused(own, plan, wall, values):
    other = factories.make_exercise("Headstand")
    body = {"swapped_to": wall.exercise_id, "swapped_for": "too_painful"} | values
    assert log(own, plan, item=wall.item_id, answer="done", **body).status_code == 422
    body["swapped_to"], body["swapped_for"] = other.pk, "too_painful"
    assert log(own, plan, item=wall.item_id, answer="done", **body).status_code == 422
    assert log(own, plan, item=wall.item_id, answer="done", swapped_to=wall.exercise_id).status_code == 422

    assert Entry.objects.count() == 0


def test_the_therapists_log_shows_what_was_done_instead(client, ana, plan, dan, wall):
    sign_in(client, dan)
    log(client, plan, item=wall.item_id, answer="done", swapped_to=wall.exercise_id, swapped_for="too_painful")
    client.force_login(ana)

    page = text_of(client.get(reverse("patients:patient_detail", args=[dan.pk])))
    assert "Wall bridge instead of Bridge (too painful)" in page


# --- My program -----------------------------------------------------------------------------------------------


def test_my_program_tells_of_poor_days_core_alternatives_changes_and_what_comes(own, plan, wall):
    PrescriptionVersion.objects.filter(prescription=plan).update(change_note="Shorter holds for the bridge.")
    later = PrescriptionVersion.objects.create(
        prescription=plan, number=2, effective_from=TODAY + timedelta(days=5), change_note="The lunge is new."
    )
    PrescriptionItem.objects.create(version=later, exercise=wall.exercise, name="Wall bridge", order=0)

    page = text_of(own.get(reverse("programs:my_program")))

    assert "On an easier day" in page
    assert "In a flare" in page
    assert "Left out, and not missed: Lunge." in page
    assert "Left out, and not missed: Lunge, Reach, Twist." in page
    assert "Most important" in page
    assert "Can be swapped: too painful" in page
    assert "What changed on Saturday 19 September" in page
    assert "Shorter holds for the bridge." in page
    assert "From Monday 23 November" in page
    assert "The lunge is new." in page


def test_my_exercise_tells_what_may_be_done_instead_and_on_a_poor_day(own, plan, wall):
    page = text_of(own.get(reverse("programs:my_exercise", args=[wall.item_id])))
    assert "You may do this instead" in page
    assert "Wall bridge" in page

    page = text_of(own.get(reverse("programs:my_exercise", args=[item(plan, "Lunge").pk])))
    assert "On an easier day: left out" in page
    assert "In a flare: left out" in page


def test_own_days_and_numbers_are_said_on_both_pages(own, plan):
    PrescriptionItem.objects.filter(name="Lunge").update(times_per_week=2)
    PrescriptionItem.objects.filter(name="Twist").update(every_days=2)

    page = text_of(own.get(reverse("programs:my_program")))
    assert "2 times a week" in page
    assert "Every other day" in page
    assert "Every other day" in text_of(own.get(reverse("programs:my_exercise", args=[item(plan, "Twist").pk])))
    assert "0 of 2 times on other days of this week" in today(own)


# --- Queries --------------------------------------------------------------------------------------------------


def test_today_takes_as_many_queries_in_a_flare_with_alternatives_as_without(own, plan, dan, wall):
    choose(own, "flare")
    today(own)
    with CaptureQueriesContext(connection) as few:
        today(own)
    for one in PrescriptionItem.objects.exclude(pk=wall.item_id):
        PrescriptionAlternative.objects.create(
            item=one, situation=Situation.AT_WORK, exercise=wall.exercise, name="Wall bridge"
        )
        one.variants = {"flare": {"repetitions": 1}}
        one.save()
    with CaptureQueriesContext(connection) as many:
        assert shown(today(own)) == ["Bridge", "Lunge", "Reach", "Twist"]

    assert len(many) == len(few)
