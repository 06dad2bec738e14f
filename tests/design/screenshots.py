"""Takes the pictures of `docs/screenshots` from a running demo: `.venv/bin/python -m tests.design.screenshots`.

Start `make run` first; its `ready.json` says where it is and who may sign in.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "screenshots"
DESK, PHONE = (1400, 900), (390, 844)


def sign_in(browser: Browser, ready: dict, role: str, size: tuple[int, int], scheme: str = "light") -> Page:
    account = next(a for a in ready["accounts"] if a["role"] == role)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        base_url=ready["url"],
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    return page


def take(page: Page, name: str, path: str = "") -> None:
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{name}.png")
    print(name)


def prescribing(desk: Page) -> None:
    """A running prescription: its home, its history, the next version in the builder, the paper."""
    desk.goto("/clinic/caseload/?q=Daniel")
    desk.get_by_role("link", name="Daniel Reiter").first.click()
    desk.get_by_role("link", name="Morning stiffness").first.click()
    home = desk.url
    take(desk, "prescription")
    take(desk, "prescription-history", f"{home}history/")
    take(desk, "handout", f"{home}handout/")
    desk.goto(home)
    desk.get_by_role("button", name="Change").first.click()
    take(desk, "builder")
    desk.get_by_role("link", name="Bad days").click()
    take(desk, "builder-bad-days")
    take(desk, "programs", "/programs/")


def main() -> None:
    data = Path(os.environ.get("RACHIS_DATA") or ROOT / ".rachis")
    if not (data / "ready.json").exists():
        sys.exit("Nothing runs there. Start it with make run, then try again.")
    ready = json.loads((data / "ready.json").read_text())
    TARGET.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        desk = sign_in(browser, ready, "therapist", DESK)
        take(desk, "caseload", "/clinic/caseload/")
        desk.get_by_role("link", name="Gisela Hartmann").first.click()
        take(desk, "patient")
        take(desk, "library", "/library/?q=hip")
        take(desk, "exercise", "/library/S01/")
        desk.goto("/programs/?q=Hips+first")
        desk.get_by_role("link", name="Hips first").first.click()
        desk.get_by_role("link", name="Assign to a patient").click()
        desk.get_by_role("link", name="Gisela Hartmann").click()
        take(desk, "assign")
        prescribing(desk)
        dark = sign_in(browser, ready, "therapist", DESK, "dark")
        take(dark, "caseload-dark", "/clinic/caseload/")
        curator = sign_in(browser, ready, "curator", DESK)
        take(curator, "curation", "/curation/")
        curator.get_by_role("link", name="Wall slide (wall angel)").first.click()
        take(curator, "curation-review")
        phone = sign_in(browser, ready, "patient", PHONE)
        take(phone, "today-phone", "/today/")
        take(phone, "week-phone", "/week/")
        phone.goto("/my-program/")
        phone.locator("main li a").first.click()
        take(phone, "exercise-phone")
        night = sign_in(browser, ready, "patient", PHONE, "dark")
        take(night, "today-phone-dark", "/today/")
        browser.close()


if __name__ == "__main__":
    main()
