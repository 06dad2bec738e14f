"""Hip replacements on the patient's page: written down, corrected, cleared by a person, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from patients.conditions import Condition
from patients.models import Patient, Surgery, User
from programs.models import WorkItem
from programs.services.conditions import conditions_of
from programs.templatetags.surgery_panels import say_weeks
from tests import factories
from tests.factories import TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = timedelta(days=1)
GOOD = {"side": "left", "approach": "posterior", "operated_on": (TODAY - 30 * DAY).isoformat()}


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def add(client: Client, dan: Patient, **fields: str) -> Any:
    return client.post(reverse("programs:surgery_add", args=[dan.pk]), GOOD | fields)


def page(client: Client, dan: Patient) -> str:
    return client.get(reverse("patients:patient_detail", args=[dan.pk])).content.decode()


def path_of(name: str, row: Surgery) -> str:
    return reverse(f"programs:{name}", args=[row.patient_id, row.pk])


def test_a_new_hip_counts_at_once_and_shows_when_to_ask(as_ana: Client, world: World) -> None:
    squat = factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"])
    factories.make_prescription(world.dan, squat, title="Strong legs")

    response = add(as_ana, world.dan, instructions="No low chairs.\nCrutches for four weeks.")

    assert response.status_code == 302
    row = Surgery.objects.get()
    assert (row.patient, row.recorded_by) == (world.dan, world.ana)
    assert row.precautions_until == TODAY - 30 * DAY + timedelta(weeks=12)
    html = page(as_ana, world.dan)
    assert "4 weeks ago" in html
    assert "No low chairs.<br>Crutches for four weeks." in html
    assert "Ask the surgeon on 11 Jan 2027" in html
    assert html.count("Hip replacement, posterior approach") >= 2  # among the conditions, and in the note
    assert "Avoid “Deep squat”" in html
    assert WorkItem.objects.filter(prescription__title="Strong legs").count() == 1


def test_precautions_for_good_are_never_asked_about(as_ana: Client, dan: Patient) -> None:
    add(as_ana, dan, for_life="on")

    assert Surgery.objects.get().precautions_until is None
    assert "wants them for good" in page(as_ana, dan)


def test_a_planned_operation_says_when_and_holds_nothing_back(as_ana: Client, dan: Patient) -> None:
    add(as_ana, dan, operated_on=(TODAY + 21 * DAY).isoformat())

    html = page(as_ana, dan)
    assert "(in 3 weeks)" in html
    assert "Its precautions count from that day" in html
    assert "The surgeon has cleared" not in html
    assert conditions_of(dan, TODAY) == {Condition.OSTEOPOROSIS}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("side", ""),
        ("side", "middle"),
        ("approach", ""),
        ("approach", "through the roof"),
        ("operated_on", ""),
        ("operated_on", "2026-02-30"),
        ("operated_on", "1970-01-01"),  # before birth
        ("operated_on", "2099-01-01"),
        ("precautions_until", (TODAY - 31 * DAY).isoformat()),
        ("precautions_until", "soon"),
        ("instructions", "a\x00b"),
        ("instructions", "x" * 2001),
    ],
)
def test_surgery_add_refuses(as_ana: Client, dan: Patient, field: str, value: str) -> None:
    response = add(as_ana, dan, **{field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Surgery.objects.exists()


def test_a_day_to_ask_and_for_good_exclude_each_other(as_ana: Client, dan: Patient) -> None:
    response = add(as_ana, dan, for_life="on", precautions_until=TODAY.isoformat())

    assert response.context["form"].errors["for_life"] == ["Choose one: a day to ask, or for good."]


def test_the_same_operation_twice_says_so(as_ana: Client, dan: Patient) -> None:
    add(as_ana, dan)
    response = add(as_ana, dan)

    assert response.status_code == 422
    assert "on record already" in response.content.decode()
    assert Surgery.objects.count() == 1


def test_two_people_editing_get_a_clear_conflict_and_lose_nothing(as_ana: Client, dan: Patient) -> None:
    add(as_ana, dan)
    row = Surgery.objects.get()
    first = as_ana.post(path_of("surgery_edit", row), GOOD | {"revision": "1", "instructions": "Mine."})
    second = as_ana.post(path_of("surgery_edit", row), GOOD | {"revision": "1", "instructions": "Yours, later."})

    html = second.content.decode()
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Mine." in html
    assert "Yours, later." in html
    row.refresh_from_db()
    assert row.instructions == "Mine."
    again = as_ana.post(path_of("surgery_edit", row), GOOD | {"revision": "2", "instructions": "Yours, later."})
    assert again.status_code == 302


def test_only_a_person_clears_and_says_who_told_it(as_ana: Client, dan: Patient) -> None:
    add(as_ana, dan, operated_on=(TODAY - 200 * DAY).isoformat())
    row = Surgery.objects.get()
    assert "Time to ask the surgeon" in page(as_ana, dan)
    assert Condition.THA_POSTERIOR in conditions_of(dan, TODAY)

    refused = as_ana.post(path_of("surgery_clear", row), {"on": TODAY.isoformat(), "told_by": " "})
    early = as_ana.post(path_of("surgery_clear", row), {"on": (TODAY - 201 * DAY).isoformat(), "told_by": "Dr Weber"})
    done = as_ana.post(path_of("surgery_clear", row), {"on": TODAY.isoformat(), "told_by": "Dr Weber, letter"})

    assert (refused.status_code, early.status_code, done.status_code) == (422, 422, 302)
    assert Condition.THA_CLEARED in conditions_of(dan, TODAY)
    html = page(as_ana, dan)
    assert "Cleared on 18 Nov 2026" in html
    assert "Dr Weber, letter" in html
    assert "written down by Ana Lind" in html


def test_a_clearance_is_taken_back_with_a_reason(as_ana: Client, dan: Patient) -> None:
    row = Surgery.objects.create(
        patient=dan, side="left", approach="anterior", operated_on=TODAY - 90 * DAY, cleared_on=TODAY
    )

    assert as_ana.post(path_of("surgery_clear", row), {"reason": ""}).status_code == 422
    assert as_ana.post(path_of("surgery_clear", row), {"reason": "It was the other hip."}).status_code == 302

    row.refresh_from_db()
    assert row.cleared_on is None


def test_what_was_recorded_by_hand_is_named_when_clearing(as_ana: Client, dan: Patient) -> None:
    factories.make_condition(dan, Condition.THA_POSTERIOR)
    row = Surgery.objects.create(patient=dan, side="left", approach="posterior", operated_on=TODAY - 90 * DAY)

    html = as_ana.get(path_of("surgery_clear", row)).content.decode()

    assert "Also recorded by hand" in html
    assert reverse("programs:condition_end", args=[dan.pk, dan.conditions.get(condition="tha_posterior").pk]) in html


def test_another_patients_surgery_is_not_found_here(as_ana: Client, world: World) -> None:
    row = Surgery.objects.create(patient=world.eve, side="left", approach="anterior", operated_on=TODAY)

    for name in ("surgery_edit", "surgery_clear"):
        assert as_ana.get(reverse(f"programs:{name}", args=[world.dan.pk, row.pk])).status_code == 404


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"), (1, "1 day ago"), (-1, "in 1 day"), (13, "13 days ago"), (14, "2 weeks ago"), (41, "5 weeks ago"),
        (-21, "in 3 weeks"), (800, "2 years ago"),
    ],
)  # fmt: skip
def test_weeks_are_said_as_people_say_them(days: int, said: str) -> None:
    assert say_weeks(TODAY - days * DAY, TODAY) == said
