"""One page of the sweep, and what can be done once it is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page


class Sheet(NamedTuple):
    """One page in one state: its route, who opens it, where; what it answers; what is done once it is open."""

    route: str
    who: str
    path: str
    status: int = 200
    do: Callable[[Page], Any] | None = None


def submit(page: Page) -> None:
    """Send the page's last form as it stands, so that it comes back with its faults or leads on."""
    form = page.locator("main form").last
    form.evaluate("form => form.noValidate = true")
    with page.expect_navigation():
        form.locator("button[type=submit], button:not([type])").last.click()


def fill_in(**fields: str) -> Callable[[Page], None]:
    """Write into the fields of these names, and send."""

    def do(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").fill(value)
        submit(page)

    return do


def for_all_since(day: str) -> Callable[[Page], None]:
    """Choose "everybody, from a day on", and send."""

    def do(page: Page) -> None:
        page.locator("main [name=reach][value=date]").check()
        fill_in(since=day)(page)

    return do


def without_policy(page: Page) -> None:
    """The mail as a document of its own: under the policy it is served with, not even axe may run."""
    html = page.request.get(page.url).text()
    page.goto("about:blank")
    page.set_content(html)


def at(route: str, *args: Any) -> str:
    """The address, whichever app has the name."""
    for app in ("patients:", "exercises:", "programs:", ""):
        try:
            return reverse(app + route, args=args)
        except NoReverseMatch:
            continue
    raise NoReverseMatch(route)
