"""From the list of programs to an assigned prescription without a mouse: Tab, letters, arrows, Space and Enter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from exercises.search import search_line
from patients.conditions import Condition
from patients.models import Patient, User
from programs.models import Prescription, Program, SafetyDecision
from tests import factories
from tests.browser.conftest import PageAt

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["Bridge", "Cat camel", "Heel slide", "Lunge", "Trunk bend", "Wall slide"]
MOST_TABS = 120


@dataclass
class Keyboard:
    """A person at the keys. Nothing here clicks, or puts the focus anywhere except by Tab."""

    page: Page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, selector: str, key: str = "Tab") -> None:
        """Go on until the focus is on what `selector` says."""
        for _ in range(MOST_TABS):
            self.press(key)
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"{MOST_TABS} times {key} and never on {selector}")

    def back_to(self, selector: str) -> None:
        self.tab_to(selector, "Shift+Tab")

    def write(self, text: str) -> None:
        """In place of what stands in the field."""
        self.press("Control+A")
        self.page.keyboard.type(text)

    def do(self, *keys: str) -> None:
        """Keys that change the program: the answer is awaited, and the focus must not be lost with it."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            self.press(*keys)
        assert answer.value.ok
        expect(self.page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)
        assert self.page.evaluate("document.activeElement !== document.body"), f"the focus was lost after {keys}"


@pytest.fixture
def ana() -> User:
    return factories.make_member(factories.make_clinic(), "Ana Lind")


@pytest.fixture
def dora(ana: User) -> Patient:
    patient = factories.make_patient(ana.memberships.get().clinic, "Dora Weber", therapist=ana)
    factories.make_patient(patient.clinic, "Emil Bauer", therapist=ana)
    factories.make_condition(patient, Condition.OSTEOPOROSIS)
    for name in NAMES:
        features = ["spinal_flexion_load"] if name == "Trunk bend" else []
        factories.make_exercise(name, features=features, search_text=search_line(name, [], [], ""))
    return patient


@pytest.fixture
def keys(page_at: PageAt, sign_in: Callable[[Page, User], None], ana: User) -> Keyboard:
    page = page_at(1400, 900)
    sign_in(page, ana)
    page.goto("/programs/")
    return Keyboard(page)


def row(name: str) -> str:
    return f'#program-items > li[data-name="{name}"]'


def order(page: Page, *names: str) -> None:
    expect(page.locator("#program-items .exercise-name")).to_have_text(list(names))


def create(keys: Keyboard) -> Program:
    keys.tab_to("main a[href='/programs/new/']")
    keys.press("Enter")
    keys.page.wait_for_url("**/programs/new/")
    keys.tab_to("input[name=name]")
    keys.write("Without a mouse")
    keys.press("Enter")
    keys.page.wait_for_url(re.compile("/programs/[0-9a-f-]{36}/$"))
    return Program.objects.get(name="Without a mouse")


def add(keys: Keyboard, name: str) -> None:
    keys.write(name.lower())
    expect(keys.page.locator("#picks .exercise-name")).to_have_text([name])
    keys.tab_to("#picks button[id^=pick-]")
    keys.do("Enter")
    expect(keys.page.locator(row(name))).to_have_count(1)
    expect(keys.page.locator("#builder-live")).to_have_text(f"Added {name}.")
    keys.back_to("#pick-q")


def build(keys: Keyboard) -> None:
    page = keys.page
    keys.tab_to("#pick-q")
    for name in NAMES:
        add(keys, name)
    order(page, *NAMES)

    keys.tab_to(f"{row('Wall slide')} [data-grip]")
    keys.do("ArrowUp")
    keys.do("ArrowUp")
    order(page, "Bridge", "Cat camel", "Heel slide", "Wall slide", "Lunge", "Trunk bend")
    keys.do("ArrowDown")
    order(page, "Bridge", "Cat camel", "Heel slide", "Lunge", "Wall slide", "Trunk bend")
    expect(page.locator(f"{row('Wall slide')} [data-grip]")).to_be_focused()

    keys.back_to(f"{row('Cat camel')} [name=direction][value=up]")
    keys.do("Enter")
    order(page, "Cat camel", "Bridge", "Heel slide", "Lunge", "Wall slide", "Trunk bend")
    keys.tab_to(f"{row('Heel slide')} [name=direction][value=down]")
    keys.do("Space")
    order(page, "Cat camel", "Bridge", "Lunge", "Heel slide", "Wall slide", "Trunk bend")

    keys.back_to(f"{row('Bridge')} input[name=repetitions]")
    keys.write("12")
    keys.do("Tab")
    expect(page.locator(f"{row('Bridge')} .item-saved")).to_have_text("Saved")

    keys.tab_to(f"{row('Lunge')} [data-remove]")
    keys.do("Enter")
    order(page, "Cat camel", "Bridge", "Heel slide", "Wall slide", "Trunk bend")
    keys.back_to("#undo-last")
    keys.do("Enter")
    order(page, "Cat camel", "Bridge", "Lunge", "Heel slide", "Wall slide", "Trunk bend")


def assign(keys: Keyboard) -> None:
    page = keys.page
    keys.back_to("main a[href$='/assign/']")
    keys.press("Enter")
    page.wait_for_url("**/programs/*/assign/")
    keys.tab_to("#patient-q")
    keys.write("dora")
    expect(page.locator("#program-patients li")).to_have_count(1)
    keys.tab_to("#program-patients a")
    keys.press("Enter")
    page.wait_for_url("**/clinic/patients/*/assign/**")

    assert page.locator(".assign-safety").count()
    for box in page.get_by_label(re.compile("I have weighed th(is|ese)")).all():
        keys.tab_to(f"#{box.get_attribute('id')}")
        keys.press("Space")
    for reason in page.locator("textarea[name$=reason]").all():
        keys.tab_to(f"#{reason.get_attribute('id')}")
        keys.write("Short range only, practised together in the clinic.")
    keys.tab_to("main button[type=submit][name=assign], main .btn-primary[type=submit]")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Dora Weber")).to_be_visible()


def test_from_an_empty_program_to_a_prescription(keys: Keyboard, dora: Patient) -> None:
    program = create(keys)
    build(keys)
    expected = ["Cat camel", "Bridge", "Lunge", "Heel slide", "Wall slide", "Trunk bend"]
    stored = list(program.items.select_related("exercise"))
    assert [item.exercise.name for item in stored] == expected
    assert [item.repetitions for item in stored] == [3, 12, 3, 3, 3, 3]

    assign(keys)
    prescription = Prescription.objects.get(patient=dora)
    version = prescription.versions.get()
    assert (prescription.title, prescription.program) == ("Without a mouse", program)
    assert [(item.name, item.repetitions) for item in version.items.all()] == [
        (name, 12 if name == "Bridge" else 3) for name in expected
    ]
    assert SafetyDecision.objects.filter(item__version=version).exists()
