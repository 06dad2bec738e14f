"""A patient's day on a phone: how many taps, nothing lost, readable for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from patients.models import PainEntry, Patient
from programs.models import Entry, Prescription, PrescriptionItem, Session
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dan() -> Patient:
    clinic = factories.make_clinic()
    return factories.make_patient(clinic, "Dan Weber", therapist=factories.make_member(clinic, "Ana Lind"))


@pytest.fixture
def plan(dan: Patient) -> Prescription:
    """Three exercises for any time of the day, so that the hour of the test does not matter."""
    exercises = [factories.make_exercise(name, why="It keeps you moving.") for name in ("Bridge", "Lunge", "Reach")]
    starts_on = timezone.now().date() - timedelta(days=20)
    return factories.make_prescription(dan, *exercises, slots=(), starts_on=starts_on)


@pytest.fixture
def phone(page_at: Callable[..., Page], sign_in: Callable[..., None], dan: Patient, plan: Prescription) -> Page:
    page = page_at(390, 844)
    sign_in(page, dan.user)
    page.goto("/today/")
    return page


def card(page: Page, name: str):
    return page.locator(".due-card", has_text=name)


def answers() -> dict[str, str]:
    return dict(Entry.objects.values_list("item__name", "status"))


def test_everything_done_and_pain_3_takes_two_taps(phone: Page):
    phone.locator("summary", has_text="All done").tap()
    phone.locator("#bar").get_by_role("button", name="3", exact=True).tap()

    expect(phone.get_by_text("All done, pain 3. Saved.")).to_be_visible()
    expect(phone.locator(".due-card[data-done]")).to_have_count(3)
    expect(phone.locator("#bar.action-bar")).to_have_count(0)
    assert answers() == dict.fromkeys(("Bridge", "Lunge", "Reach"), "done")
    assert list(PainEntry.objects.values_list("score", flat=True)) == [3]


def test_one_skipped_with_a_reason_takes_four_taps(phone: Page):
    card(phone, "Lunge").get_by_role("button", name="Skip").tap()
    card(phone, "Lunge").get_by_role("button", name="Too painful").tap()
    expect(card(phone, "Lunge")).to_contain_text("too painful")
    phone.locator("summary", has_text="All done").tap()
    phone.locator("#bar").get_by_role("button", name="3", exact=True).tap()

    expect(phone.get_by_text("All done, pain 3. Saved.")).to_be_visible()
    assert answers() == {"Bridge": "done", "Lunge": "skipped", "Reach": "done"}


def test_two_quick_taps_are_both_kept_and_shown(phone: Page):
    card(phone, "Bridge").get_by_role("button", name="Done").tap()
    card(phone, "Reach").get_by_role("button", name="Partly").tap()

    expect(phone.locator(".due-card[data-done]")).to_have_count(2)
    expect(phone.locator("#greeting")).to_contain_text("One exercise left")
    assert answers() == {"Bridge": "done", "Reach": "partly"}


def test_undo_on_the_toast_opens_the_card_again(phone: Page):
    card(phone, "Bridge").get_by_role("button", name="Done").tap()
    phone.get_by_role("button", name="Undo").tap()

    expect(card(phone, "Bridge").get_by_role("button", name="Done")).to_be_visible()
    expect(phone.locator("#greeting")).to_contain_text("Three exercises")
    assert answers() == {}


def test_only_the_newest_toast_stays_and_it_leaves_the_pain_row_free(phone: Page):
    card(phone, "Bridge").get_by_role("button", name="Done").tap()
    expect(phone.get_by_text("Saved: done.")).to_be_visible()
    card(phone, "Lunge").get_by_role("button", name="Partly").tap()
    expect(phone.get_by_text("Saved: partly done.")).to_be_visible()
    expect(phone.locator(".toast-item")).to_have_count(1)

    phone.locator("summary", has_text="All done").tap()
    toast, panel = phone.locator(".toast-item").bounding_box(), phone.locator(".all-done").bounding_box()
    assert toast
    assert panel
    assert toast["y"] + toast["height"] <= panel["y"]


def test_a_lost_line_is_tried_again_with_the_same_id(phone: Page):
    sent: list[str] = []

    def lose_the_first(route) -> None:
        sent.append(route.request.post_data_json["client_uuid"])
        # The server has it, the answer is lost on the way: the hard case.
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route("**/today/log/", lose_the_first)
    card(phone, "Bridge").get_by_role("button", name="Done").tap()

    expect(card(phone, "Bridge")).to_have_attribute("data-done", "")
    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert Session.objects.count() == Entry.objects.count() == 1


def test_it_works_without_javascript(
    page_at: Callable[..., Page], sign_in: Callable[..., None], dan: Patient, plan: Prescription
):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, dan.user)
    page.goto("/today/")
    card(page, "Lunge").get_by_role("button", name="Skip").click()
    card(page, "Lunge").get_by_role("button", name="No time").click()
    page.locator("summary", has_text="All done").click()
    page.locator("#bar button[value='0']").click()

    expect(page.locator(".due-card[data-done]")).to_have_count(3)
    assert answers() == {"Bridge": "done", "Lunge": "skipped", "Reach": "done"}
    assert PainEntry.objects.get().score == 0


def test_yesterdays_pain_is_corrected_in_three_taps(phone: Page, dan: Patient, plan: Prescription):
    phone.get_by_role("link", name="Yesterday").tap()
    row = phone.locator("[id^=after-]")
    row.locator("summary").tap()
    row.get_by_role("button", name="4", exact=True).tap()

    expect(row.locator(".feel-value")).to_have_text("4")
    pain = PainEntry.objects.get()
    assert pain.local_date == dan.local_today(timezone.now()) - timedelta(days=1)


def test_the_pain_row_by_keyboard(phone: Page):
    phone.locator("summary", has_text="All done").press("Enter")
    phone.keyboard.press("Tab")
    expect(phone.locator("#bar button[value='0']")).to_be_focused()
    for _ in range(3):
        phone.keyboard.press("ArrowRight")
    phone.keyboard.press("Enter")

    expect(phone.get_by_text("All done, pain 3. Saved.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_axe_finds_nothing(page_at, sign_in, axe, dan, plan, width, scheme):
    page = page_at(width, 844, scheme)
    sign_in(page, dan.user)
    item = PrescriptionItem.objects.filter(version__prescription=plan).first()
    yesterday = dan.local_today(timezone.now()) - timedelta(days=1)
    found: dict[str, list[str]] = {}
    for path in ("/today/", f"/today/{yesterday}/", "/week/", "/my-program/", f"/my-program/{item.pk}/"):
        page.goto(path)
        found[path] = axe(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[f"{path} scrolls sideways"] = ["yes"] if too_wide else []
    page.goto("/today/")
    page.locator("#stiffness > summary").click()
    page.locator("[id^=before-] > summary").first.click()
    card(page, "Lunge").get_by_role("button", name="Skip").click()
    card(page, "Reach").locator(".how > summary").click()
    found["all open"] = axe(page)
    card(page, "Bridge").get_by_role("button", name="Done").click()
    expect(page.locator(".due-card[data-done]")).to_have_count(1)
    card(page, "Bridge").locator(".how > summary").click()
    page.locator("summary", has_text="All done").click()
    found["one done, bar open"] = axe(page)

    assert {place: rules for place, rules in found.items() if rules} == {}


def test_targets_are_large_enough_for_stiff_hands(phone: Page):
    phone.locator("#stiffness > summary").tap()
    phone.locator("summary", has_text="All done").tap()
    small = phone.evaluate(
        """() => [...document.querySelectorAll("#main :is(button, summary, .input-group), #bar button")]
            .filter((one) => one.getClientRects().length)
            .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"""
    )
    assert small == []
