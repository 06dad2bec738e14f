"""The builder and the assignment in Chromium: by keyboard, by mouse, and with a colleague in between."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from programs.models import Prescription, Program
from tests import factories
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def builder(page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World) -> Page:
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto(f"/programs/{cast.program.pk}/")
    return page


def names(page: Page) -> list[str]:
    return page.locator("#program-items .exercise-name").all_inner_texts()


def stored(program: Program) -> list[str]:
    return [item.exercise.name for item in program.items.select_related("exercise")]


def saved(page: Page, act: Callable[[], Any]) -> None:
    """Do it and wait for the answer."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        act()
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_builder_by_keyboard_alone(builder: Page, cast: World) -> None:
    """Search, add, change a dose, move with the arrows, remove, undo; the focus is never lost."""
    builder.locator("#pick-q").focus()
    builder.keyboard.press("Tab")
    builder.keyboard.press("Shift+Tab")
    add = builder.locator(f"#pick-{cast.exercises[3].code}")
    add.focus()
    saved(builder, lambda: builder.keyboard.press("Enter"))
    expect(add).to_be_focused()
    expect(builder.locator("#builder-live")).to_have_text("Added Calm breathing.")

    grip = builder.locator("#program-items > li").last.locator("[data-grip]")
    grip.focus()
    saved(builder, lambda: builder.keyboard.press("ArrowUp"))
    expect(builder.locator("#builder-live")).to_have_text("Calm breathing is now 3 of 4.")
    assert builder.evaluate("document.activeElement.closest('li').dataset.name") == "Calm breathing"

    first = builder.locator("#program-items > li").first
    first.locator("input[name=repetitions]").focus()
    builder.keyboard.press("Control+A")
    builder.keyboard.type("7")
    saved(builder, lambda: builder.keyboard.press("Tab"))
    expect(first.locator(".item-saved")).to_have_text("Saved")

    builder.locator("#program-items > li").nth(1).locator("[data-remove]").focus()
    saved(builder, lambda: builder.keyboard.press("Enter"))
    assert builder.evaluate("document.activeElement.closest('li').dataset.name") == "Calm breathing"
    assert names(builder) == ["Standing hip stretch", "Calm breathing", "Trunk bend"]

    builder.locator("#undo-last").focus()
    saved(builder, lambda: builder.keyboard.press("Enter"))
    expected = ["Standing hip stretch", "Cross-body stretch", "Calm breathing", "Trunk bend"]
    expect(builder.locator("#program-items .exercise-name")).to_have_text(expected)
    assert builder.evaluate("document.activeElement !== document.body")
    assert stored(cast.program) == expected
    assert cast.program.items.first().repetitions == 7


def test_builder_by_drag_and_toast(builder: Page, cast: World) -> None:
    rows = builder.locator("#program-items > li")
    grip = rows.nth(2).locator("[data-grip]")
    saved(builder, lambda: grip.drag_to(rows.nth(0), target_position={"x": 40, "y": 6}))
    expect(rows.first).to_have_attribute("data-name", "Trunk bend")
    assert stored(cast.program) == ["Trunk bend", "Standing hip stretch", "Cross-body stretch"]

    saved(builder, builder.locator("#program-items > li").nth(1).locator("[data-remove]").click)
    assert names(builder) == ["Trunk bend", "Cross-body stretch"]
    saved(builder, builder.locator(".toast-item .toast-action").click)

    assert names(builder) == stored(cast.program) == ["Trunk bend", "Standing hip stretch", "Cross-body stretch"]


def test_builder_shows_a_fault_and_a_conflict_where_they_are(builder: Page, cast: World) -> None:
    first = builder.locator("#program-items > li").first
    first.locator("input[name=repetitions]").fill("999")
    saved(builder, lambda: builder.keyboard.press("Tab"))
    expect(first.locator(".field-error")).to_contain_text("Enter a whole number from 1 to 100.")
    first.locator("input[name=repetitions]").fill("9")
    saved(builder, lambda: builder.keyboard.press("Tab"))
    expect(first.locator(".field-error")).to_have_count(0)

    Program.objects.filter(pk=cast.program.pk).update(revision=50)
    first.locator("input[name=repetitions]").fill("4")
    saved(builder, lambda: builder.keyboard.press("Tab"))
    expect(builder.locator("#builder-panel .alert")).to_contain_text("Nothing was overwritten")
    assert cast.program.items.first().repetitions == 9

    builder.locator("#program-items > li").first.locator("input[name=repetitions]").fill("5")
    saved(builder, lambda: builder.keyboard.press("Tab"))
    assert cast.program.items.first().repetitions == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 820, 390])
def test_pages_pass_axe_and_fit(
    page_at: Callable[..., Page],
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[str]],
    cast: World,
    width: int,
    scheme: str,
) -> None:
    factories.make_condition(cast.dan, "tha_posterior")
    draft = factories.make_program(cast.harbour, *cast.exercises[:2], prescription=cast.prescription)
    page = page_at(width, 844, scheme)
    sign_in(page, cast.ana)
    for address in (
        f"/programs/{draft.pk}/",
        f"/programs/{draft.pk}/variants/",
        "/programs/",
        "/programs/new/",
        f"/programs/{cast.program.pk}/?patient={cast.dan.pk}",
        f"/programs/{cast.program.pk}/variants/?patient={cast.dan.pk}",
        f"/programs/{cast.program.pk}/preview/?patient={cast.dan.pk}",
        f"/programs/{cast.program.pk}/take/?from={cast.program.pk}&patient={cast.dan.pk}",
        f"/programs/{cast.program.pk}/items/{cast.program.items.first().pk}/alternatives/?patient={cast.dan.pk}",
        f"/programs/{cast.program.pk}/assign/",
        f"/clinic/patients/{cast.dan.pk}/assign/",
        f"/clinic/patients/{cast.dan.pk}/assign/?program={cast.program.pk}",
        f"/clinic/prescriptions/{cast.prescription.pk}/",
    ):
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_assign_is_warned_replaces_and_assigns(
    page_at: Callable[..., Page], sign_in: Callable[..., None], axe: Callable[[Page], list[str]], cast: World
) -> None:
    gentle = factories.make_exercise("Gentle bend")
    cast.exercises[2].neighbours = {"easier": gentle.code}
    cast.exercises[2].save()
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto(f"/clinic/patients/{cast.dan.pk}/assign/?program={cast.program.pk}")
    page.locator("#id_title").fill("Dan's mornings")
    page.get_by_role("button", name="Assign to Dan").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert axe(page) == []

    row = page.locator("#item-2")
    row.locator("summary", has_text="Replace").click()
    saved(page, row.locator("button", has_text="Gentle bend").click)
    expect(page.locator("#item-2 .exercise-name")).to_have_text("Gentle bend")
    expect(page.locator("#id_title")).to_have_value("Dan's mornings")
    page.get_by_role("button", name="Assign to Dan").click()
    page.wait_for_url(f"**/clinic/patients/{cast.dan.pk}/")

    made = Prescription.objects.get(title="Dan's mornings")
    assert [item.name for item in made.versions.get().items.all()][2] == "Gentle bend"
