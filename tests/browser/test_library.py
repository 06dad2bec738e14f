"""Finding in the library in Chromium: while typing, by toggles and stars, by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from exercises.models import Exercise, ShelfMark
from exercises.search import search_line
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> World:
    world = build_world()
    for exercise in world.exercises:
        Exercise.objects.filter(pk=exercise.pk).update(search_text=search_line(exercise.name, [], [], exercise.code))
    return world


@pytest.fixture
def library(page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World) -> Page:
    page = page_at(1400, 900)
    sign_in(page, cast.ana)
    page.goto("/library/")
    return page


def cards(page: Page) -> list[str]:
    return page.locator("#results .exercise-name").all_inner_texts()


def test_typing_with_a_slip_finds_what_was_meant_and_leads_back(library: Page) -> None:
    library.locator("#id_q").press_sequentially("strech")
    expect(library.locator(".showing")).to_contain_text("Showing results for stretch.")
    assert cards(library) == ["Cross-body stretch", "Standing hip stretch"]
    expect(library.locator("#found")).to_have_text("2 exercises")
    expect(library.locator("#id_q")).to_be_focused()
    assert library.url.endswith("/library/?q=strech")

    library.get_by_role("link", name="Search for exactly “strech”").click()
    expect(library.locator(".empty-title")).to_have_text("Nothing fits this search")
    library.get_by_role("link", name="Allow for slips").click()
    assert cards(library) == ["Cross-body stretch", "Standing hip stretch"]


def test_a_star_by_keyboard_marks_the_card_and_moves_it_up(library: Page, cast: World) -> None:
    code = cast.exercises[2].code
    star = library.get_by_role("button", name="Favourite: Trunk bend")
    expect(star).to_have_attribute("aria-pressed", "false")

    star.focus()
    library.keyboard.press("Enter")
    expect(library.locator(f"#mark-{code}")).to_have_text("Your favourite")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(library.locator(f"#star-{code}")).to_be_focused()
    assert ShelfMark.objects.get().exercise == cast.exercises[2]

    library.get_by_role("checkbox", name="Your favourites").check()
    expect(library.locator("#results .exercise-name")).to_have_text(["Trunk bend"])
    expect(library.get_by_role("checkbox", name="Your favourites 1")).to_be_focused()
    library.get_by_role("link", name="Remove Your favourites").click()
    assert cards(library)[0] == "Trunk bend"


def test_the_library_of_a_patient_leaves_the_safe_ones_on_request(library: Page, cast: World) -> None:
    library.goto(f"/clinic/patients/{cast.dan.pk}/library/")
    expect(library.get_by_text("Avoid: Osteoporosis or osteopenia · loaded bending of the spine")).to_be_visible()

    library.locator("label", has_text="No warning").click()
    expect(library.locator("#found")).to_have_text("3 exercises")
    expect(library.locator(".safety")).to_have_count(0)
    library.reload()
    expect(library.get_by_role("radio", name="No warning 3")).to_be_checked()
    assert "Trunk bend" not in cards(library)


def test_the_builder_shows_only_what_is_safe_for_its_patient(library: Page, cast: World) -> None:
    library.goto(f"/programs/{cast.program.pk}/?patient={cast.dan.pk}")
    expect(library.locator("#picks .safety-avoid")).to_have_count(1)

    library.locator("label", has_text="Nothing to avoid").click()
    expect(library.locator("#picks .safety-avoid")).to_have_count(0)
    library.locator("#pick-q").press_sequentially("calmm")
    expect(library.locator("#picks .exercise-name")).to_have_text(["Calm breathing"])
    with library.expect_response(lambda response: response.request.method == "POST"):
        library.locator(f"#pick-{cast.exercises[3].code}").click()
    expect(library.locator("#builder-live")).to_have_text("Added Calm breathing.")
    assert ShelfMark.objects.get(user=cast.ana).used_at is not None


def test_without_javascript_everything_is_reached_by_forms(
    page_at: Callable[..., Page], sign_in: Callable[..., None], cast: World
) -> None:
    page = page_at(1400, 900, java_script_enabled=False)
    sign_in(page, cast.ana)
    page.goto("/library/?kind=stretching")
    page.get_by_role("button", name="Favourite: Trunk bend").click()
    assert page.url.endswith("/library/?kind=stretching")
    page.get_by_role("checkbox", name="Your favourites 1").check(force=True)
    page.locator("#id_q").fill("trnk")
    page.get_by_role("button", name="Show").first.click()

    assert cards(page) == ["Trunk bend"]
    expect(page.locator(".showing")).to_contain_text("Showing results for trunk.")
    assert "mine=starred" in page.url
