"""The builder's finer parts in Chromium: undo and redo, drag from the library, bad days, on a desk and on a tablet."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from exercises.search import search_line
from programs.models import Program
from tests import factories
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "#program-items .exercise-name"


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def open_builder(page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World) -> Callable[..., Page]:
    def opened(width: int = 1400, part: str = "", query: str = "", **options: object) -> Page:
        page = page_at(width, 900, **options)
        sign_in(page, cast.ana)
        page.goto(f"/programs/{cast.program.pk}/{part}{query}")
        return page

    return opened


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """What is done inside leads to one answered change, and all that follows from it is on the page."""
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        yield
    assert answer.value.ok
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)


def stored(program: Program) -> list[str]:
    return [item.exercise.name for item in program.items.select_related("exercise")]


def test_undo_and_redo_by_keys(open_builder: Callable[..., Page], cast: World) -> None:
    page = open_builder()
    first = page.locator("#program-items > li").first
    first.locator("input[name=repetitions]").fill("7")
    with answered(page):
        page.keyboard.press("Tab")
    with answered(page):
        page.locator("#program-items > li").nth(1).locator("[data-remove]").click()
    expect(page.locator("#undo-last")).to_have_attribute("title", re.compile("Undo removing Cross-body stretch"))

    with answered(page):
        page.keyboard.press("Control+z")
    expect(page.locator(NAME)).to_have_text(["Standing hip stretch", "Cross-body stretch", "Trunk bend"])
    with answered(page):
        page.keyboard.press("Control+z")
    expect(first.locator("input[name=repetitions]")).to_have_value("3")
    expect(page.locator("#undo-last")).to_be_disabled()
    assert page.evaluate("document.activeElement !== document.body")

    with answered(page):
        page.keyboard.press("Control+Shift+z")
    expect(first.locator("input[name=repetitions]")).to_have_value("7")
    with answered(page):
        page.keyboard.press("Control+y")
    expect(page.locator(NAME)).to_have_text(["Standing hip stretch", "Trunk bend"])
    expect(page.locator("#redo-last")).to_be_disabled()
    assert stored(cast.program) == ["Standing hip stretch", "Trunk bend"]


def test_undo_key_in_a_field_being_typed_in_is_the_fields_own(open_builder: Callable[..., Page], cast: World) -> None:
    page = open_builder()
    with answered(page):
        page.locator("#program-items > li").first.locator("[data-remove]").click()
    search = page.locator("#pick-q")
    search.focus()
    page.keyboard.type("calm")
    page.keyboard.press("Control+z")

    expect(page.locator(NAME)).to_have_text(["Cross-body stretch", "Trunk bend"])
    assert len(stored(cast.program)) == 2


@pytest.mark.parametrize("width", [1400, 820])
def test_drag_from_the_library_to_a_place(open_builder: Callable[..., Page], cast: World, width: int) -> None:
    page = open_builder(width)
    card = page.locator("#picks .pick-row", has_text="Calm breathing")
    second = page.locator("#program-items > li").nth(1)

    with answered(page):
        card.locator(".picture").drag_to(second, target_position={"x": 60, "y": 4})

    expect(page.locator(NAME)).to_have_text(
        ["Standing hip stretch", "Calm breathing", "Cross-body stretch", "Trunk bend"]
    )
    assert stored(cast.program)[1] == "Calm breathing"
    expect(card).to_have_count(1)
    expect(page.locator("#program-items .pick-row")).to_have_count(0)


def test_exercises_added_in_a_row_wait_for_each_other(open_builder: Callable[..., Page], cast: World) -> None:
    """Three presses without waiting: three exercises, no conflict."""
    page = open_builder()

    page.evaluate(
        """codes => codes.forEach((code) => document.getElementById(`pick-${code}`).click())""",
        [exercise.code for exercise in (cast.exercises[3], cast.exercises[1], cast.exercises[3])],
    )

    expect(page.locator(NAME)).to_have_text(
        [
            *["Standing hip stretch", "Cross-body stretch", "Trunk bend"],
            *["Calm breathing", "Cross-body stretch", "Calm breathing"],
        ]
    )
    expect(page.locator("#builder-panel .alert")).to_have_count(0)
    assert len(stored(cast.program)) == 6


def test_search_that_answers_late_takes_no_focus(open_builder: Callable[..., Page], cast: World) -> None:
    """Whoever goes on while the library still searches stays where they are."""
    line = search_line("Calm breathing", [], [], "")
    cast.exercises[3].search_text = line
    cast.exercises[3].save()

    def late(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page = open_builder()
    page.route("**/pick/**", late)
    page.locator("#pick-q").focus()
    page.keyboard.type("calm")
    page.wait_for_timeout(350)  # the search is on its way
    with page.expect_response("**/pick/**"):
        page.locator("#picks .pick-row", has_text="Calm breathing").locator("a").focus()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent") == "Calm breathing"

    page.locator("#program-items > li").first.locator("[data-grip]").focus()
    page.locator("#pick-q").evaluate("field => { field.value = 'hip'; field.form.requestSubmit(); }")
    page.wait_for_timeout(1200)
    assert page.evaluate("document.activeElement.hasAttribute('data-grip')")


@pytest.mark.parametrize("width", [1400, 820, 390])
def test_bad_days_by_keyboard(
    open_builder: Callable[..., Page], axe: Callable[[Page], list[str]], cast: World, width: int
) -> None:
    """Star, leave out, dose and stand-in without a mouse; totals follow; everything can be taken back."""
    cast.exercises[0].neighbours = {"at_work": cast.exercises[3].code}
    cast.exercises[0].save()
    page = open_builder(width, "variants/", f"?patient={cast.dan.pk}")
    row = page.locator("#program-items > li").first

    row.locator(".core-button").focus()
    with answered(page):
        page.keyboard.press("Enter")
    row = page.locator("#program-items > li").first
    expect(row.locator(".core-button")).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".core-button")).to_be_focused()
    expect(page.locator("#program-items > li").nth(1).locator("input[name=present]").nth(1)).not_to_be_checked()

    row.locator("input[name=repetitions]").first.focus()
    page.keyboard.type("1")
    with answered(page):
        page.keyboard.press("Tab")
    last = page.locator("#program-items > li").nth(2).locator("input[name=present]").first
    last.focus()
    with answered(page):
        page.keyboard.press("Space")
    assert [item.variants for item in cast.program.items.all()] == [
        {"easy": {"repetitions": 1}},
        {},
        {"easy": {"in": False}},
    ]
    expect(page.locator("#builder-totals")).to_contain_text("Normal")

    row.locator(".variant-link").focus()
    page.keyboard.press("Enter")
    expect(row.locator(".stand-ins h4")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(row.get_by_role("button", name=re.compile("Calm breathing"))).to_be_focused()
    with answered(page):
        page.keyboard.press("Enter")
    expect(row.locator(".stand-in-approved")).to_contain_text("Calm breathing")
    assert page.evaluate("document.activeElement.closest('[data-under]') !== null")
    assert cast.program.items.first().alternatives.get().exercise == cast.exercises[3]
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    for _ in range(4):
        with answered(page):
            page.keyboard.press("Control+z")
    assert not cast.program.items.filter(is_core=True).exists()
    assert [item.variants for item in cast.program.items.all()] == [{}, {}, {}]
    assert not cast.program.items.first().alternatives.exists()


@pytest.mark.parametrize("width", [1400, 820, 390])
def test_finer_dose_own_days_and_usual_dose(
    open_builder: Callable[..., Page], axe: Callable[[Page], list[str]], cast: World, width: int
) -> None:
    page = open_builder(width)
    row = page.locator("#program-items > li").first
    with answered(page):
        row.locator("select[name=sides]").select_option("left")
    row.locator(".dose-more > summary").click()
    row.locator("input[name=rest_seconds]").fill("45")
    with answered(page):
        page.keyboard.press("Tab")
    with answered(page):
        row.locator("select[name=own]").select_option("every_days")
    expect(row.locator(".item-facts")).to_contain_text("every other day")
    row.locator("select[name=own]").select_option("weekdays")
    expect(row.locator(".own-weekdays input").first).to_be_focused()
    with answered(page):
        page.keyboard.press("Space")
    expect(row.locator(".field-error")).to_have_count(0)
    expect(row.locator(".item-facts")).to_contain_text("rest 45 s")
    expect(row.locator(".item-facts")).to_contain_text("only on Monday")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    row.locator(".menu > summary").click()
    with answered(page):
        row.get_by_role("button", name="Save as my usual dose").click()
    with answered(page):
        page.locator(f"#pick-{cast.exercises[0].code}").click()
    expect(page.locator("#builder-live")).to_have_text("Added Standing hip stretch with your usual dose.")
    added = cast.program.items.last()
    assert (added.side, added.rest_seconds, added.weekdays) == ("left", 45, None)
    expect(page.locator("#program-items > li").last.locator("select[name=sides]")).to_have_value("left")


def test_an_unsafe_exercise_names_its_reason_before_it_is_added(open_builder: Callable[..., Page], cast: World) -> None:
    """T3: a fused lumbar spine with osteoporosis, and a bend in the library."""
    factories.make_condition(cast.dan, "fused_thoracolumbar_spine")
    page = open_builder(query=f"?patient={cast.dan.pk}")

    card = page.locator("#picks .pick-row", has_text="Trunk bend")
    expect(card.locator(".safety")).to_have_text(re.compile(r"Avoid:.+ · loaded bending of the spine\. \w.+\."))
    expect(card.locator(".safety")).to_be_visible()


def test_grouping_says_what_it_saves_and_saves_it(open_builder: Callable[..., Page], cast: World) -> None:
    for place, name in ((0, "Bridge"), (3, "Clam")):
        low = factories.make_exercise(name, facets={"position": ["supine"]})
        cast.program.items.filter(order=place).delete()
        cast.program.items.create(exercise=low, order=place, repetitions=3)
    page = open_builder()
    expect(page.locator(".totals-floor")).to_contain_text("2 ways down to the floor")

    with answered(page):
        page.get_by_role("button", name="Group by position saves 1 way down").click()

    expect(page.locator(".totals-floor")).to_contain_text("1 way down to the floor")
    expect(page.locator("#builder-group")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
