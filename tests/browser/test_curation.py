"""A curator's work from end to end in Chromium: an exercise is written, approved by a second person, found, retired.

The first part is timed: a complete exercise in under four minutes of scripted typing, key by key. Printed are the
seconds it took, and those it would take somebody who types 70 words a minute.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from exercises.models import Exercise
from patients.models import User
from tests import factories
from tests.browser.conftest import PageAt

NAME = "Corner hip opener with a towel"
KEY_MS = 15  # between two keys
PERSON_MS = 60_000 / (70 * 5)  # 70 words of five letters a minute
FOUR_MINUTES = 240
TEXTS = {
    "Set-up": "Stand in a corner with a folded towel under your front foot. Hold on to both walls.",
    "Cue": "Grow tall through the top of your head.",
    "Breathing": "Breathe slowly, and let the hip soften as you breathe out.",
    "What you should feel": "A mild pull at the front of the back hip. No pinch in the groin.",
    "Common mistake": "Arching the low back instead of moving the hip.",
    "Why it is worth doing": "A hip that opens well lets you stand and walk more upright.",
    "Stop if": "Stop if you have a pinch in the groin, or pain that shoots down the leg.",
    "How often": "Daily",
    "Source": "Our own knowledge",
    "How far the evidence reaches": "Stretching as a class is supported in AS. We know of no trial of this one.",
}
STEPS = [
    "Step back with one leg and keep the heel on the floor.",
    "Tuck your pelvis under and press the back hip forward.",
    "Stay there and breathe out three times.",
    "Come back slowly and change legs.",
]
REASON = "Patients without a mat asked for it."
KEYS = sum(map(len, [NAME, "corner lunge, towel hip stretch", "stand hip flex", REASON, *STEPS, *TEXTS.values()]))


@pytest.fixture
def library(transactional_db: None) -> None:
    call_command("load_library", verbosity=0)


@pytest.fixture
def curators(library: None) -> tuple[User, User]:
    cora, cleo = (factories.make_user(name, is_curator=True) for name in ("Cora Vogel", "Cleo Marsh"))
    return cora, cleo


def write(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).press_sequentially(words, delay=KEY_MS)


def tick(page: Page, *words: str) -> None:
    for word in words:
        page.locator("#editor").get_by_label(word, exact=True).check()


def write_exercise(page: Page) -> None:
    page.goto("/library/curation/new/")
    gaps = page.locator("#curation-gaps")
    write(page, "Name", NAME)
    write(page, "Also called", "corner lunge, towel hip stretch")
    page.get_by_label("Kind", exact=True).select_option("stretching")
    tick(page, "Intermediate", "Hip flexors (front of the hip)", "Standing", "Wall")
    expect(gaps.get_by_text("Choose a region.")).to_have_count(0)
    expect(gaps.get_by_text("Say how to breathe.")).to_be_visible()
    write(page, "Set-up", TEXTS["Set-up"])
    page.get_by_label("Step 1", exact=True).focus()
    for step in STEPS:
        page.keyboard.type(step, delay=KEY_MS)
        page.keyboard.press("Enter")
    for label in ("Cue", "Breathing", "What you should feel", "Common mistake", "Why it is worth doing"):
        write(page, label, TEXTS[label])
    tick(page, "Hip extension past neutral")
    write(page, "Stop if", TEXTS["Stop if"])
    for label, number in {"Repetitions": "3", "Hold": "30"}.items():
        write(page, label, number)
    tick(page, "Each side")
    write(page, "How often", TEXTS["How often"])
    write(page, "Easier", "stand hip flex")
    page.locator("[data-pick]").first.click()
    expect(page.get_by_label("Easier", exact=True)).to_have_value(re.compile(r"\([A-Z]\d+\)$"))
    for label in ("Source", "How far the evidence reaches"):
        write(page, label, TEXTS[label])
    expect(gaps.get_by_text("Everything is there")).to_be_visible()
    expect(gaps).to_contain_text("3 × 30 s each side")


def submit(page: Page) -> None:
    write(page, "What is new, and why?", REASON)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()


@pytest.mark.slow
def test_curation_from_the_first_word_to_the_shelf_and_off_it(
    page_at: PageAt,
    sign_in: Callable[..., None],
    curators: tuple[User, User],
    axe: Callable[[Page], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    cora, cleo = curators
    mara = factories.make_member(factories.make_clinic("Harbour Physiotherapy"), "Mara Lind")
    desk = page_at(1400, 900)
    sign_in(desk, cora)

    begun = time.monotonic()
    write_exercise(desk)
    assert axe(desk) == []
    submit(desk)
    seconds = time.monotonic() - begun
    person = seconds + KEYS * (PERSON_MS - KEY_MS) / 1000
    with capsys.disabled():
        print(f"\nA complete exercise typed and submitted: {seconds:.0f} s, {KEYS} keys; by a person {person:.0f} s")
    assert seconds < FOUR_MINUTES
    draft = Exercise.objects.get(name=NAME)
    assert (draft.code, draft.state, draft.missing) == ("S101", "in_review", [])
    assert draft.steps == STEPS
    assert draft.neighbours["easier"]

    # The writer cannot approve it, and nobody finds it yet.
    expect(desk.get_by_text("somebody else has to approve it")).to_be_visible()
    expect(desk.get_by_role("link", name="Approve")).to_have_count(0)
    therapist = page_at(390, 844)
    sign_in(therapist, mara)
    therapist.goto("/library/?q=corner+hip")
    expect(therapist.get_by_role("link", name=NAME)).to_have_count(0)

    # A second curator reads the difference and approves.
    second = page_at(1400, 900)
    sign_in(second, cleo)
    second.goto("/library/S101/review/")
    expect(second.locator("#diff-steps ins")).to_have_count(len(STEPS))
    assert axe(second) == []
    second.get_by_role("link", name="Approve").click()
    second.get_by_role("button", name="Publish").click()
    expect(second.get_by_role("heading", name=NAME)).to_be_visible()

    # The therapist finds it at once.
    therapist.goto("/library/?q=corner+hip")
    therapist.get_by_role("link", name=NAME).first.click()
    expect(therapist.get_by_text(STEPS[0])).to_be_visible()

    # Retiring shows first whom it touches.
    exercise = Exercise.objects.get(name=NAME)
    dan = factories.make_patient(factories.make_clinic(), "Dan Weber")
    factories.make_prescription(dan, exercise)
    second.goto("/curation/S101/retire/")
    for touched in ("Running prescriptions", "Patients", "Clinics"):
        expect(second.locator(".stat", has_text=touched).locator(".stat-value")).to_have_text("1")
    second.get_by_label("Why").fill("The wall version does the same.")
    second.get_by_role("button", name="Retire").click()
    therapist.goto("/library/?q=corner+hip")
    expect(therapist.get_by_role("link", name=NAME)).to_have_count(0)


def test_curation_second_writer_is_told_and_loses_nothing(
    page_at: PageAt, sign_in: Callable[..., None], curators: tuple[User, User], axe: Callable[[Page], list[str]]
) -> None:
    first, second = page_at(1400, 900), page_at(390, 844, "dark")
    for page, curator in zip((first, second), curators, strict=True):
        sign_in(page, curator)
        page.goto("/library/S01/edit/")
    first.get_by_label("Cue", exact=True).fill("Tall and easy.")
    first.get_by_role("button", name="Save draft").click()
    expect(first.get_by_text("Saved as a draft.")).to_be_visible()

    second.get_by_label("Cue", exact=True).fill("Tall, and no arching.")
    second.get_by_role("button", name="Save draft").click()
    expect(second.get_by_text("Cora Vogel saved this exercise while you were writing")).to_be_visible()
    expect(second.get_by_label("Cue", exact=True)).to_have_value("Tall, and no arching.")
    expect(second.locator("#diff-cue del")).to_contain_text("easy")
    assert axe(second) == []
    assert Exercise.objects.get(code="S01-draft").cue == "Tall and easy."


def test_curation_steps_move_and_similar_names_show(
    page_at: PageAt, sign_in: Callable[..., None], curators: tuple[User, User]
) -> None:
    page = page_at(390, 844)
    sign_in(page, curators[0])
    page.goto("/library/curation/new/")
    write(page, "Name", "Doorway chest stretch")
    expect(page.locator("#similar")).to_contain_text("Doorway pectoral stretch")
    expect(page.locator("#similar")).to_contain_text("is also called")

    boxes = page.locator("[data-step] textarea")
    expect(boxes).to_have_count(3)
    boxes.first.fill("Second.")
    boxes.nth(1).fill("First.")
    page.get_by_role("button", name="Move up").nth(1).click()
    assert [box.input_value() for box in boxes.all()] == ["First.", "Second.", ""]
    page.get_by_role("button", name="Remove this step").last.click()
    expect(boxes).to_have_count(2)
    page.get_by_role("button", name="Add a step").click()
    expect(page.get_by_label("Step 3", exact=True)).to_be_focused()
    page.locator("#curation-gaps").get_by_role("link", name="Say how to breathe.").click()
    expect(page.get_by_label("Breathing", exact=True)).to_be_focused()


def test_curation_works_without_javascript(
    page_at: PageAt, sign_in: Callable[..., None], curators: tuple[User, User]
) -> None:
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, curators[0])
    page.goto("/library/curation/new/")
    page.get_by_label("Name", exact=True).fill("Plain stretch")
    page.get_by_label("Kind", exact=True).select_option("stretching")
    expect(page.get_by_label("Step 6")).to_be_visible()
    page.get_by_label("Step 1").fill("Stand.")
    page.get_by_label("Easier", exact=True).fill("S01")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Plain stretch")).to_be_visible()
    draft = Exercise.objects.get(name="Plain stretch")
    assert (draft.steps, draft.neighbours) == (["Stand."], {"easier": "S01"})
