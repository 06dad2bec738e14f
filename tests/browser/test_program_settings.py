"""Schedule, stages and rules in Chromium: few clicks, only what is asked for, and all of it without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from programs.models import Program
from tests.browser.conftest import Axe, PageAt
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def settings_at(page_at: PageAt, sign_in: Callable[..., None], cast: World) -> Callable[..., Page]:
    def settings_at(*args: Any, **context: Any) -> Page:
        page = page_at(*args, **context)
        sign_in(page, cast.ana)
        page.goto(f"/programs/{cast.program.pk}/settings/")
        return page

    return settings_at


def stored(cast: World) -> Program:
    return Program.objects.get(pk=cast.program.pk)


def test_every_other_day_with_a_rule_takes_three_clicks(settings_at: Callable[..., Page], cast: World) -> None:
    """The clicks: every so many days, at certain times, save. All else is typed."""
    page = settings_at(1400, 900)
    expect(page.locator("[data-when=every_days]")).to_be_hidden()
    expect(page.locator("[data-when=breaks]")).to_be_hidden()

    page.get_by_text("Every so many days").click()
    expect(page.locator("[data-when=weekdays]")).to_be_hidden()
    page.get_by_text("At certain times").click()
    page.get_by_label("Time 1").fill("07:30")
    for label, value in (("After weeks", "2"), ("Done, at least %", "80"), ("Pain, at most", "3")):
        page.get_by_label(label).last.fill(value)
    page.get_by_label("Suggest to me").last.fill("Add a second set.")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url(f"**/programs/{cast.program.pk}/")
    program = stored(cast)
    assert (program.every_days, program.slots) == (2, ["07:30"])
    assert program.progression == [
        {"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set."}
    ]  # fmt: skip


def test_without_scripts_on_a_phone_breaks_and_stages_are_set(settings_at: Callable[..., Page], cast: World) -> None:
    page = settings_at(390, 844, java_script_enabled=False)

    page.get_by_text("Movement breaks").click()
    page.get_by_label("First break").fill("09:00")
    page.get_by_label("Last break").fill("17:00")
    for number, title, weeks in ((0, "Learn it", "4"), (1, "Keep it", "")):
        page.locator(f"[name=stages-{number}-title]").fill(title)
        page.locator(f"[name=stages-{number}-weeks]").fill(weeks)
    page.get_by_role("button", name="Save").click()

    page.wait_for_url(f"**/programs/{cast.program.pk}/")
    program = stored(cast)
    assert (len(program.slots), program.break_minutes) == (9, 60)
    assert program.steps == [{"title": "Learn it", "weeks": 4}, {"title": "Keep it"}]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_faults_are_found_from_the_summary(settings_at: Callable[..., Page], axe: Axe, scheme: str) -> None:
    page = settings_at(390, 844, scheme)
    page.get_by_text("Movement breaks").click()
    page.get_by_label("First break").fill("17:00")
    page.get_by_label("Last break").fill("09:00")
    page.get_by_role("button", name="Save").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Last break: The last break must be after the first one")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Last break")).to_be_focused()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
