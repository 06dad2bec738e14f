"""An import as a curator walks it: with scripts the page follows the job by itself, without them by a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from exercises.models import Exercise
from exercises.services import jobs
from patients.models import User
from tests import factories
from tests.browser.conftest import PageAt

ROWS = "code,name,kind,level,strength\nX900,Bridge,strengthening,beginner,B\n,Plank,strengthening,beginner,B\n"
SignIn = Callable[..., None]
FILE: Any = {"name": "two.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}


@pytest.fixture
def cora(transactional_db: None) -> User:
    return factories.make_user("Cora Vogel", is_curator=True)


def work() -> None:
    jobs.run_all(owner=f"browser-{uuid4()}")


def test_page_follows_the_job_and_survives_a_reload(page_at: PageAt, sign_in: SignIn, cora: User) -> None:
    page = page_at(1400, 900)
    sign_in(page, cora)
    page.goto("/library/jobs/import/")
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_role("button", name="Preview the changes").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    work()
    confirm = page.get_by_role("button", name="Import these 2 rows")
    expect(confirm).to_be_visible()  # nobody has loaded the page again
    assert Exercise.objects.count() == 0
    confirm.click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    work()
    expect(page.get_by_text("Imported in")).to_be_visible()
    page.get_by_role("link", name="See the 2 drafts").click()
    page.get_by_role("button", name="Discard all drafts of this import").click()
    page.get_by_role("button", name="Discard drafts").click()
    expect(page.get_by_text("2 drafts discarded.")).to_be_visible()
    assert Exercise.objects.count() == 0


def test_file_that_is_too_large_is_not_even_sent(page_at: PageAt, sign_in: SignIn, cora: User) -> None:
    page = page_at(390, 844)
    sign_in(page, cora)
    page.goto("/library/jobs/import/")
    page.get_by_label("File").set_input_files({**FILE, "buffer": b"x" * (10 * 1024 * 1024 + 1)})
    expect(page.get_by_text("A file may have at most 10 MB.")).to_be_visible()


def test_without_scripts(browser: Browser, live_server: Any, sign_in: SignIn, cora: User) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page: Page = context.new_page()
    sign_in(page, cora)
    page.goto("/library/jobs/import/")
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_role("button", name="Preview the changes").click()
    work()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Import these 2 rows").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing was stored")).to_be_visible()
    work()
    assert Exercise.objects.count() == 0
    context.close()
