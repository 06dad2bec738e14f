"""Chromium for the tests: pages of any size and colour scheme on the live server, and axe."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_playwright import CreateContextCallback

from patients.models import User
from tests.browser.watch import watch

HERE = Path(__file__).resolve().parent
AXE = (HERE.parent / "vendor" / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# All that can differ between the light and the dark page, which are the same document.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
DESK, PHONE = (1280, 800), (390, 844)
TIMEOUT_MS = 10_000
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

Scheme = Literal["light", "dark"]
PageAt = Callable[..., Page]
Axe = Callable[..., list[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium_path: str) -> dict[str, Any]:
    # Chromium's own sandbox does not work as root, and only as root do we go without.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": [*QUIET, *sandbox]}


@pytest.fixture
def page_at(new_context: CreateContextCallback, live_server: Any) -> Iterator[PageAt]:
    """Make a page of that size in a browser of its own: `page_at(390, 844, "dark").goto("/today/")`.

    When the test is over, it fails if a page met the content security policy, a script error or a 5xx answer.
    """
    problems: list[str] = []

    def make(width: int = DESK[0], height: int = DESK[1], scheme: Scheme = "light", **context: Any) -> Page:
        options = {
            "viewport": {"width": width, "height": height},
            "color_scheme": scheme,
            "base_url": live_server.url,
            # A half-faded text would be a contrast finding at random.
            "reduced_motion": "reduce",
            "has_touch": width < 700,
            **context,
        }
        page = new_context(**options).new_page()
        page.set_default_timeout(TIMEOUT_MS)
        watch(page, problems)
        return page

    yield make
    assert problems == []


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page | BrowserContext, User], None]:
    """Sign a user in without the login page: `sign_in(page, ana)`."""

    def sign_in(page: Page | BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context = page.context if isinstance(page, Page) else page
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture(scope="session")
def axe() -> Axe:
    """What axe-core finds against WCAG 2.2 AA on the page as it stands: `assert axe(page) == []`."""

    def axe(page: Page, rules: Sequence[str] = ()) -> list[str]:
        # evaluate goes through the debugger, which the content security policy lets pass.
        page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        found = page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
            {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS},
        )
        return [
            f"{rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: {rule['help']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return axe
