"""Walk-through checks T4 and T10 in Chromium: a change from next Monday in four clicks, and a hand-over that ends."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from patients.models import CareTeam
from programs.models import Prescription, Program
from tests import factories
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
T4_CLICKS, T4_SECONDS = 4, 60
T10_CLICKS = 6


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build_world()


class Hand:
    """Counts the clicks of one walk."""

    def __init__(self) -> None:
        self.clicks = 0
        self.began = time.monotonic()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def next_monday(today: Any) -> Any:
    return today + timedelta(days=7 - today.weekday())


def test_t4_a_hold_from_next_monday_in_four_clicks(
    page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World
) -> None:
    today = cast.dan.local_today(datetime.now().astimezone())
    monday = next_monday(today)
    last_week = today - timedelta(days=7)
    session = factories.make_session(cast.prescription, last_week, "dd")
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto(f"/clinic/patients/{cast.dan.pk}/")
    hand = Hand()

    hand.click(page.get_by_role("button", name="Change Hips in the morning"))
    hold = page.locator("#program-items > li").first.locator("input[name=hold_seconds]")
    hand.click(hold)
    page.keyboard.press("Control+A")
    page.keyboard.type("45")
    hand.click(page.locator(".draft-when").get_by_text("Next Monday"))
    use = page.get_by_role("button", name=f"Use from Monday {monday.day} {monday:%B}")
    expect(page.locator("#draft-bar textarea[name=change_note]")).to_have_value(
        "Standing hip stretch: hold 45 seconds instead of 30."
    )
    hand.click(use)
    page.wait_for_url(f"**/clinic/prescriptions/{cast.prescription.pk}/")

    expect(page.get_by_role("heading", name=f"Planned from Monday {monday.day} {monday:%B %Y}")).to_be_visible()
    assert (hand.clicks, hand.seconds < T4_SECONDS) == (T4_CLICKS, True)
    prescription = Prescription.objects.with_versions().get(pk=cast.prescription.pk)
    assert prescription.version_on(monday).items.all()[0].hold_seconds == 45
    assert prescription.version_on(monday - timedelta(days=1)).items.all()[0].hold_seconds == 30
    session.refresh_from_db()
    assert session.entries.first().item.hold_seconds == 30
    expect(page.locator(".exercise-rows .dose").first).to_contain_text("30 s")


def test_a_note_of_ones_own_stays_and_a_new_warning_is_answered(
    page_at: Callable[..., Page], sign_in: Callable[..., None], axe: Callable[[Page], list[str]], cast: World
) -> None:
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto(f"/clinic/prescriptions/{cast.prescription.pk}/")
    page.get_by_role("button", name="Change", exact=True).click()
    note = page.locator("#draft-bar textarea[name=change_note]")
    bend = page.locator(f"#pick-{cast.exercises[2].code}")
    bend.click()
    expect(note).to_have_value("New: trunk bend.")
    note.fill("Bend with me on Friday first.")

    page.locator(".draft-when").get_by_text("Tomorrow").click()
    expect(page.locator("[data-draft-use]")).not_to_contain_text(f"{datetime.now().astimezone():%A}")
    page.locator("[data-draft-use]").click()

    expect(page.locator("#draft-parts .error-summary")).to_be_focused()
    expect(note).to_have_value("Bend with me on Friday first.")
    assert axe(page) == []
    page.locator("#draft-parts textarea").fill("Surgeon agreed on the phone")
    page.locator("[data-draft-use]").click()
    page.wait_for_url(f"**/clinic/prescriptions/{cast.prescription.pk}/")
    expect(page.get_by_text("Bend with me on Friday first.")).to_be_visible()


def test_two_people_one_draft_the_second_is_told(
    page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World
) -> None:
    CareTeam.objects.create(patient=cast.dan, therapist=cast.ben, starts_on=factories.TODAY)
    pages = []
    for user in (cast.ana, cast.ben):
        page = page_at(1400, 900)
        sign_in(page, user)
        page.goto(f"/clinic/prescriptions/{cast.prescription.pk}/")
        page.get_by_role("button", name="change").last.click()
        page.wait_for_url("**/programs/**")
        pages.append(page)
    ana, ben = pages
    hold = ana.locator("#program-items > li").first.locator("input[name=hold_seconds]")
    hold.fill("45")
    with ana.expect_response(lambda response: "/items/" in response.url):
        ana.keyboard.press("Tab")

    ben.locator("[data-draft-use]").click()
    expect(ben.locator("#draft-parts .alert-warning")).to_contain_text("Nothing was overwritten")
    expect(ben.locator("#draft-parts .change-list")).to_contain_text("hold 45 seconds instead of 30")
    ben.locator("[data-draft-use]").click()
    ben.wait_for_url(f"**/clinic/prescriptions/{cast.prescription.pk}/")

    ana.locator("[data-draft-use]").click()
    ana.wait_for_url(f"**/clinic/prescriptions/{cast.prescription.pk}/")
    expect(ana.get_by_text("Somebody has used or thrown away this draft meanwhile")).to_be_visible()
    assert not Program.objects.filter(prescription=cast.prescription).exists()
    assert cast.prescription.versions.count() == 2


def test_t10_hand_over_for_two_weeks_and_access_ends_on_the_day(
    page_at: Callable[..., Page], sign_in: Callable[..., None], axe: Callable[[Page], list[str]], cast: World
) -> None:
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto(f"/clinic/patients/{cast.dan.pk}/")
    hand = Hand()

    hand.click(page.get_by_role("link", name="Hand over"))
    form = page.locator("#hand-over form")
    expect(form).to_be_visible()
    assert axe(page) == []
    hand.clicks += 1  # opening the list and choosing from it
    form.get_by_label("Hand over to").select_option(label="Ben Okafor")
    hand.click(form.get_by_role("button", name="Hand over"))
    page.wait_for_url(f"**/clinic/patients/{cast.dan.pk}/")

    assert hand.clicks <= T10_CLICKS
    seat = CareTeam.objects.get(patient=cast.dan, therapist=cast.ben)
    assert (seat.last_day - seat.starts_on).days == 13
    expect(page.locator("#team-title").locator("xpath=ancestor::section")).to_contain_text(
        f"access until {seat.last_day.day} {seat.last_day:%b %Y}, ends by itself"
    )
    for day, status in ((seat.last_day, 200), (seat.ended_on, 403)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 12).astimezone()):
            other = page_at(1400, 900)
            sign_in(other, cast.ben)
            answer = other.goto(f"/clinic/patients/{cast.dan.pk}/")
            assert answer is not None
            assert answer.status == status
