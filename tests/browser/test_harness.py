"""The browser fixtures themselves: a finding is found, under our content security policy too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route
from pytest_playwright import CreateContextCallback

from tests.browser.watch import watch

STRICT = {"Content-Security-Policy": "default-src 'self'; script-src 'self'"}
HEAD = '<!doctype html><html lang="en"><head><title>Harness</title></head>'
GOOD = f"{HEAD}<body><main><h1>Fine</h1></main></body></html>"
NAMELESS = f'{HEAD}<body><main><h1>A picture</h1><img src="/favicon.ico" /></main></body></html>'


def show(page: Page, body: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html", headers=STRICT)

    page.route("**/harness/", answer)
    page.goto("/harness/")


def test_axe_is_silent_on_a_good_page(page_at: Callable[..., Page], axe: Callable[[Page], list[str]]):
    page = page_at()
    show(page, GOOD)

    assert axe(page) == []


def test_axe_finds_a_picture_without_a_name(page_at: Callable[..., Page], axe: Callable[[Page], list[str]]):
    page = page_at()
    show(page, NAMELESS)

    assert [finding.split(" ")[0] for finding in axe(page)] == ["image-alt"]


def test_inline_script_breaks_our_policy_and_is_written_down(new_context: CreateContextCallback):
    page, problems = new_context(base_url="http://harness.example").new_page(), []
    watch(page, problems)
    show(page, GOOD.replace("Fine", "<script>document.title = 'changed'</script>"))

    assert page.title() == "Harness"
    assert ["Content Security Policy" in problem for problem in problems] == [True]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_page_has_the_size_and_scheme_asked_for(page_at: Callable[..., Page], width: int, scheme: str):
    page = page_at(width, 844, scheme)
    show(page, GOOD)

    assert page.evaluate("innerWidth") == width
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
