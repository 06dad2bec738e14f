"""Walk-through P4 on a phone: "flare" shows the shorter set at once, the week stays whole, the way back is easy."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from patients.models import Patient
from programs.enums import Situation, Variant
from programs.models import Entry, Prescription, PrescriptionAlternative, PrescriptionItem, VariantSpell, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4.0  # seconds from the tap to the shorter set, on a busy machine


class Thumb:
    """Taps, counted."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, where: Locator) -> None:
        where.tap()
        self.taps += 1


@pytest.fixture
def thumb() -> Thumb:
    return Thumb()


@pytest.fixture
def dan() -> Patient:
    clinic = factories.make_clinic()
    return factories.make_patient(clinic, "Dan Weber", therapist=factories.make_member(clinic, "Ana Lind"))


@pytest.fixture
def plan(dan: Patient) -> Prescription:
    """Four exercises; the Bridge is the minimum core, for which the wall may stand in when it is too painful."""
    names = ("Bridge", "Lunge", "Reach", "Twist")
    exercises = [factories.make_exercise(name, why="It keeps you moving.") for name in names]
    starts_on = timezone.now().date() - timedelta(days=20)
    made = factories.make_prescription(dan, *exercises, slots=(), starts_on=starts_on)
    items = PrescriptionItem.objects.filter(version__prescription=made)
    items.filter(name="Bridge").update(is_core=True)
    wall = factories.make_exercise("Wall bridge")
    PrescriptionAlternative.objects.create(
        item=items.get(name="Bridge"), situation=Situation.TOO_PAINFUL, exercise=wall, name=wall.name
    )
    return made


@pytest.fixture
def phone(page_at: Callable[..., Page], sign_in: Callable[..., None], dan: Patient, plan: Prescription) -> Page:
    page = page_at(390, 844)
    sign_in(page, dan.user)
    page.goto("/today/")
    return page


def card(page: Page, name: str) -> Locator:
    return page.locator(".due-card", has=page.get_by_role("link", name=name, exact=True))


def lapse(dan: Patient) -> None:
    """A flare of last week that ran out yesterday."""
    today = dan.local_today(timezone.now())
    VariantSpell.objects.create(
        clinic=dan.clinic,
        patient=dan,
        variant=Variant.FLARE,
        starts_on=today - timedelta(days=7),
        last_day=today - timedelta(days=1),
        chosen_by=dan.user,
    )
    factories.make_flare(dan, today - timedelta(days=7))


def test_flare_shows_the_shorter_set_with_one_tap_and_the_week_stays_whole(
    phone: Page, thumb: Thumb, dan: Patient, page_at: Callable[..., Page], sign_in: Callable[..., None]
):
    expect(phone.locator(".due-card")).to_have_count(4)
    flare = phone.get_by_role("button", name="I have a flare")
    expect(flare).to_be_in_viewport()  # no scrolling on a poor day

    began = time.monotonic()
    thumb.tap(flare)
    expect(phone.locator(".due-card")).to_have_count(1)
    assert time.monotonic() - began < AT_ONCE
    assert thumb.taps == 1
    expect(phone.get_by_text("Only what is below is due, and less is fine.")).to_be_visible()
    expect(phone.get_by_text("then we ask again.")).to_be_visible()
    expect(phone.locator("#greeting")).to_contain_text("One exercise, about")
    assert phone.evaluate("document.activeElement.id") == "variant"

    thumb.tap(card(phone, "Bridge").get_by_role("button", name="Done"))
    expect(phone.locator(".due-card[data-done]")).to_have_count(1)
    assert thumb.taps == 2
    phone.goto("/week/")
    expect(phone.locator(".week-day-today .state-done")).to_have_count(1)
    expect(phone.locator(".week-list [aria-current=date]")).to_contain_text("1 of 1 done")

    therapist = page_at(1400, 900)
    sign_in(therapist, dan.care_team.get().therapist)
    therapist.goto(f"/clinic/patients/{dan.pk}/")
    expect(therapist.locator("#work-notes")).to_contain_text("In a flare")
    expect(therapist.locator("#variant")).to_contain_text("Chosen by Dan.")
    therapist.goto("/clinic/caseload/")
    expect(therapist.get_by_text("Flare since today")).to_be_visible()


def test_the_way_back_is_one_tap_and_undo_is_there_too(phone: Page, thumb: Thumb, dan: Patient):
    phone.get_by_role("button", name="I have a flare").tap()
    thumb.tap(phone.get_by_role("button", name="It has passed"))
    expect(phone.locator(".due-card")).to_have_count(4)
    assert thumb.taps == 1
    assert not dan.flares.running().exists()

    phone.get_by_role("button", name="I have a flare").tap()
    expect(phone.locator(".due-card")).to_have_count(1)
    phone.locator(".toast-item", has_text="Noted.").get_by_role("button", name="Undo").tap()
    expect(phone.locator(".due-card")).to_have_count(4)
    assert not VariantSpell.objects.exists()
    assert not WorkItem.objects.unsettled().exists()


def test_it_works_without_javascript(
    page_at: Callable[..., Page], sign_in: Callable[..., None], dan: Patient, plan: Prescription
):
    lapse(dan)
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, dan.user)
    page.goto("/today/")
    page.get_by_role("button", name="Still bad").click()
    expect(page.locator(".due-card")).to_have_count(1)
    page.get_by_role("button", name="Better, not well").click()
    expect(page.get_by_text("The easier set")).to_be_visible()
    page.get_by_role("button", name="Back to the usual program").click()
    expect(page.locator(".due-card")).to_have_count(4)

    page.get_by_role("link", name="Only the most important").click()
    card(page, "Bridge").locator("summary", has_text="Show me another").click()
    card(page, "Bridge").locator("summary", has_text="Too painful").click()
    card(page, "Bridge").locator(".another-way[open]").get_by_role("button", name="Done").click()
    expect(page.get_by_text("The most important is done.")).to_be_visible()
    expect(card(page, "Bridge")).to_contain_text("Wall bridge instead: too painful")


def test_another_exercise_is_done_in_three_taps(phone: Page, thumb: Thumb):
    bridge = card(phone, "Bridge")
    thumb.tap(bridge.locator("summary", has_text="Show me another"))
    thumb.tap(bridge.locator("summary", has_text="Too painful"))
    expect(bridge.get_by_role("heading", name="Wall bridge")).to_be_visible()
    thumb.tap(bridge.locator(".another-way[open]").get_by_role("button", name="Done"))

    expect(phone.get_by_text("Saved: done, with another exercise.")).to_be_visible()
    expect(bridge).to_contain_text("Wall bridge instead: too painful")
    assert thumb.taps == 3
    assert list(Entry.objects.values_list("status", "swapped_to__name", "swapped_for")) == [
        ("done", "Wall bridge", "too_painful")
    ]


def test_where_nothing_is_agreed_it_is_left_out_with_its_reason(phone: Page, thumb: Thumb):
    lunge = card(phone, "Lunge")
    thumb.tap(lunge.locator("summary", has_text="Show me another"))
    thumb.tap(lunge.locator("summary", has_text="At work"))
    thumb.tap(lunge.get_by_role("button", name="Leave it out"))

    expect(lunge).to_contain_text("no place or equipment")
    assert thumb.taps == 3
    assert Entry.objects.get().reason == "no_equipment"


def test_the_question_after_a_flare_is_one_tap(
    page_at: Callable[..., Page], sign_in: Callable[..., None], dan: Patient, plan: Prescription
):
    lapse(dan)
    page = page_at(390, 844)
    sign_in(page, dan.user)
    page.goto("/today/")
    expect(page.get_by_role("heading", name="Is the flare over?")).to_be_in_viewport()
    page.get_by_role("button", name="Yes, it is over").tap()

    expect(page.get_by_role("heading", name="Is the flare over?")).to_have_count(0)
    expect(page.locator(".due-card")).to_have_count(4)
    assert not dan.flares.running().exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_axe_finds_nothing_on_a_poor_day(page_at, sign_in, axe, dan, plan, width, scheme):
    lapse(dan)
    page = page_at(width, 844, scheme)
    sign_in(page, dan.user)
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[state] = axe(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[f"{state} scrolls sideways"] = ["yes"] if too_wide else []

    page.goto("/today/")
    look("question")
    page.get_by_role("button", name="Still bad").click()
    expect(page.locator(".due-card")).to_have_count(1)
    look("flare")
    page.get_by_role("button", name="Better, not well").click()
    expect(page.get_by_role("heading", name="The easier set")).to_be_visible()
    look("easy")
    page.goto("/today/?only=core")
    card(page, "Bridge").locator("summary", has_text="Show me another").click()
    card(page, "Bridge").locator("summary", has_text="Too painful").click()
    look("core, another open")
    page.goto("/my-program/")
    for summary in page.locator(".program-more summary").all():
        summary.click()
    look("my program")

    assert {state: rules for state, rules in found.items() if rules} == {}


def test_targets_of_a_poor_day_are_large_enough(phone: Page):
    bridge = card(phone, "Bridge")
    bridge.locator("summary", has_text="Show me another").tap()
    bridge.locator("summary", has_text="Too painful").tap()
    small = """() => [...document.querySelectorAll("#main :is(button, summary, .btn)")]
        .filter((one) => one.getClientRects().length)
        .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 44)"""
    assert phone.evaluate(small) == []
    phone.get_by_role("button", name="I have a flare").tap()
    expect(phone.locator(".due-card")).to_have_count(1)
    assert phone.evaluate(small) == []
