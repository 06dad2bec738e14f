"""How the files behave in a page: they follow its theme, obey #dark and #light, and stand still when asked to."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page

from exercises.figures import build

pytestmark = pytest.mark.browser
LIGHT, DARK = (246, 244, 239), (23, 28, 35)
PAGE = """<!doctype html><style>:root{{color-scheme:light}}:root[data-theme=dark]{{color-scheme:dark}}</style>
{images}"""


def opened(browser: Browser, folder: Path, names: list[str], **context: str) -> Page:
    images = "".join(f'<img src="{build.OUT.as_uri()}/{name}">' for name in names)
    (folder / "page.html").write_text(PAGE.format(images=images), encoding="utf-8")
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    page.goto((folder / "page.html").as_uri())
    return page


def shot(page: Page, n: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(page.locator("img").nth(n).screenshot())).convert("RGB")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_bare_file_follows_the_page_and_its_theme_button(browser: Browser, tmp_path: Path, system: str) -> None:
    page = opened(browser, tmp_path, ["S01-1.svg"], color_scheme=system)
    assert shot(page).getpixel((3, 3)) == LIGHT
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert shot(page).getpixel((3, 3)) == DARK
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert shot(page).getpixel((3, 3)) == LIGHT
    page.context.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_address_can_ask_for_a_theme(browser: Browser, tmp_path: Path, system: str) -> None:
    page = opened(browser, tmp_path, ["S01-1.svg#dark", "S01-1.svg#light"], color_scheme=system)
    for theme in ("light", "dark"):
        page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
        assert [shot(page, n).getpixel((3, 3)) for n in (0, 1)] == [DARK, LIGHT]
    page.context.close()


def drawings_seen(page: Page) -> int:
    """How many different pictures show within the better part of a cycle."""
    return len({page.screenshot() for _ in range(10) if not page.wait_for_timeout(400)})


def test_the_movement_moves(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, ["S01-move.svg"], reduced_motion="no-preference")
    assert drawings_seen(page) > 3
    page.context.close()


def test_the_opened_file_stands_still_with_reduced_motion(browser: Browser) -> None:
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto((build.OUT / "S01-move.svg").as_uri())
    assert drawings_seen(page) == 1
    page.context.close()


def test_the_image_stands_still_when_the_system_asks(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    args = [*browser_type_launch_args["args"], "--force-prefers-reduced-motion"]
    calm = browser_type.launch(**{**browser_type_launch_args, "args": args})
    assert drawings_seen(opened(calm, tmp_path, ["S01-move.svg"])) == 1
    calm.close()
