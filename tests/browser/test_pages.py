"""Every page in every hand: nothing for axe to find, nothing wider than the screen, nothing in the console."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from config.checks import patterns
from patients.models import User
from tests.browser.clinic import ANYBODY, Furnished, furnish
from tests.browser.conftest import COLOUR_RULES, Axe, PageAt
from tests.browser.not_pages import NOT_PAGES
from tests.browser.pages import Sheet, all_pages
from tests.fixtures_servers import Mailbox

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What is folded away is read too; menus would only cover what lies beneath them.
UNFOLD = "document.querySelectorAll('main details:not(.menu)').forEach(one => one.open = true)"

# A colour on its way from light to dark would be a finding at random.
NO_TRANSITIONS = """() => {
    const still = new CSSStyleSheet();
    still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [still];
}"""


@pytest.fixture
def there(transactional_db: None, mailbox: Mailbox) -> Furnished:
    return furnish()


def sign_in_just_now(page: Page, user: User, url: str) -> None:
    """Like `sign_in`, and fresh enough for the pages that ask for the password again."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session.save()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}])


def findings(page: Page, sheet: Sheet, axe: Axe) -> list[str]:
    """Open the page, look at it in light and in dark, and say what is wrong with it."""
    errors: list[str] = []

    def note(message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            errors.append(f"console: {message.text}")

    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.on("console", note)
    answer = page.goto(sheet.path)
    if answer is None or answer.status != sheet.status:
        errors.append(f"answers {answer and answer.status}, not {sheet.status}")
    if sheet.do:
        sheet.do(page)
    page.evaluate(NO_TRANSITIONS)
    wide = page.evaluate(TOO_WIDE)
    page.evaluate(UNFOLD)
    if wide or page.evaluate(TOO_WIDE):
        errors.append("scrolls sideways")
    errors += axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    errors += [f"dark: {error}" for error in axe(page, COLOUR_RULES)]
    page.remove_listener("console", note)
    return [f"{sheet.route} {sheet.path} ({sheet.who}): {error}" for error in errors]


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1400, 900), (390, 844)], ids=["desk", "phone"])
def test_every_page(page_at: PageAt, live_server: Any, there: Furnished, axe: Axe, size: tuple[int, int]) -> None:
    pages: dict[str, Page] = {}
    problems: list[str] = []
    for sheet in all_pages(there):
        if sheet.who not in pages:
            pages[sheet.who] = page_at(*size)
            if sheet.who != ANYBODY:
                sign_in_just_now(pages[sheet.who], there.accounts[sheet.who], live_server.url)
        problems += findings(pages[sheet.who], sheet, axe)
    assert not problems, "\n" + "\n".join(problems)


def test_no_page_is_left_out(there: Furnished) -> None:
    """A new route is either swept or named in NOT_PAGES with its reason; a name that is gone is no reason."""
    routes = {pattern.name for route, pattern in patterns() if not route.startswith("api/v1/")}
    swept = {sheet.route for sheet in all_pages(there)}
    assert routes - swept - set(NOT_PAGES) == set()
    assert set(NOT_PAGES) - routes == set()
    assert swept - routes == {"403", "404"}
    assert swept & set(NOT_PAGES) == set()
