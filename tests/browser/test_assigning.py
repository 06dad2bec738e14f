"""Walk-through checks T1 and T3 in Chromium, with clicks and seconds counted: assigning fast, and assigning safely.

T1: from the login to a new patient who has a program of six exercises and an invitation on its way. T3: for a fused
lumbar spine with osteoporosis an exercise says why not before it is added, and saving it needs a written reason.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from patients.conditions import Condition
from patients.models import Invitation, Patient
from programs.models import Prescription, SafetyDecision
from tests import factories
from tests.browser.conftest import PageAt

T1_CLICKS, T1_SECONDS = 15, 90
T3_CLICKS = 10
KEY_MS = 70  # a therapist types about 14 keys a second at best; this counts against the 90 seconds
REASON = "Only the first half of the range, with my hand on the back"


class Hand:
    """Counts the clicks of one walk, and the time since it began; types as people do."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.clicks, self.began, self.capsys = 0, time.monotonic(), capsys

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        target.focus()  # by the tab key
        target.press_sequentially(text, delay=KEY_MS)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tell(self, what: str) -> None:
        with self.capsys.disabled():
            print(f"\n{what}: {self.clicks} clicks, {self.seconds:.1f} s")


@pytest.fixture
def hand(capsys: pytest.CaptureFixture[str]) -> Hand:
    return Hand(capsys)


@pytest.fixture
def library(transactional_db: None) -> None:
    call_command("load_library", verbosity=0)
    call_command("load_programs", verbosity=0)


def test_t1_a_new_patient_with_a_program_and_an_invitation(page_at: PageAt, library: None, hand: Hand) -> None:
    clinic = factories.make_clinic("Harbour Physiotherapy", time_zone="Europe/Berlin")
    ana = factories.make_member(clinic, "Ana Lind", email="ana@harbour.example")
    page = page_at(1400, 900)
    page.goto("/")
    hand.began = time.monotonic()

    hand.type(page.get_by_label("Email"), ana.email)
    hand.type(page.get_by_label("Password"), factories.PASSWORD)
    hand.click(page.get_by_role("button", name="Sign in", exact=True))
    hand.click(page.get_by_role("link", name=re.compile("Add .*patient")).first)
    hand.type(page.get_by_label("First name"), "Dora")
    hand.type(page.get_by_label("Last name"), "Brien")
    page.get_by_label("Date of birth").fill("1968-04-02")
    hand.type(page.get_by_label("E-mail"), "dora@example.org")
    hand.click(page.get_by_label("Advanced hip arthritis"))
    hand.click(page.get_by_role("button", name="Add patient"))
    hand.click(page.get_by_role("link", name="Assign program"))
    expect(page.locator(".program-offer").first).to_contain_text("Made for advanced hip arthritis")
    hand.click(page.locator(".program-offer", has_text="6 exercises").get_by_role("link", name="Hips first"))
    expect(page.locator(".assign-item")).to_have_count(6)
    for box in page.locator(".assign-group input:visible, .assign-answer input[type=checkbox]:visible").all():
        hand.click(box)
    expect(page.get_by_label(re.compile("Send the invitation to dora@example.org"))).to_be_checked()
    hand.click(page.get_by_role("button", name="Assign to Dora"))
    expect(page.get_by_role("heading", name="Dora Brien")).to_be_visible()

    hand.tell("T1")
    assert hand.clicks <= T1_CLICKS
    assert hand.seconds < T1_SECONDS
    made = Prescription.objects.get(patient__family_name="Brien")
    assert made.versions.get().items.count() == 6
    assert Invitation.objects.get(patient=made.patient).email == "dora@example.org"


def stiff_patient(ana: Any, clinic: Any) -> Patient:
    gus = factories.make_patient(clinic, "Gus Bone", therapist=ana)
    for condition in (Condition.FUSED_THORACOLUMBAR_SPINE, Condition.OSTEOPOROSIS):
        factories.make_condition(gus, condition)
    return gus


def test_t3_an_unsafe_exercise_says_why_not_and_wants_a_reason(
    page_at: PageAt,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[str]],
    library: None,
    hand: Hand,
) -> None:
    clinic = factories.make_clinic("Harbour Physiotherapy")
    ana = factories.make_member(clinic, "Ana Lind")
    gus = stiff_patient(ana, clinic)
    page = page_at(1400, 900)
    sign_in(page, ana)
    page.goto(f"/clinic/patients/{gus.pk}/assign/")
    hand.began = time.monotonic()

    hand.click(page.locator(".program-offer").get_by_role("link", name="Fused spine"))
    hand.click(page.locator("summary", has_text="Add another exercise"))
    hand.type(page.locator("[data-search=new]"), "thor rot sit")
    option = page.locator("#found-new .assign-option").first
    # Before it is added: how bad, which condition, which movement, and why.
    expect(option).to_contain_text("Avoid")
    expect(option).to_contain_text("Fused thoracic or lumbar spine · end-range rotation of the spine")
    expect(option).to_contain_text("Torsion on a rigid spine")
    name = option.locator(".assign-option-name").inner_text()
    hand.click(option)
    row = page.locator(".assign-item", has=page.get_by_label(name, exact=True))
    expect(row.locator(".assign-safety")).to_contain_text("Torsion on a rigid spine")
    for box in page.locator(".assign-group input:visible, .assign-answer input[type=checkbox]:visible").all():
        hand.click(box)
    hand.click(page.get_by_role("button", name="Assign to Gus"))

    expect(page.get_by_role("alert").first).to_contain_text(f"{name}: Write why, in at least 10 characters.")
    assert not Prescription.objects.filter(patient=gus).exists()
    assert axe(page) == []
    row = page.locator(".assign-item", has=page.get_by_label(name, exact=True))
    hand.type(row.get_by_label("Prescribe it all the same? Write why."), REASON)
    hand.click(page.get_by_role("button", name="Assign to Gus"))
    expect(page.get_by_role("heading", name="Gus Bone")).to_be_visible()

    hand.tell("T3")
    assert hand.clicks <= T3_CLICKS
    kept = SafetyDecision.objects.filter(item__name=name, rating=2)
    assert {(row.reason, row.decided_by) for row in kept} == {(REASON, ana)}
    page.goto(f"/clinic/prescriptions/{Prescription.objects.get(patient=gus).pk}/")
    expect(page.get_by_text(f"“{REASON}” – Ana Lind").first).to_be_visible()
