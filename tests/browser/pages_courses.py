"""The pages about the course of one prescription, in the states that the sweep looks at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from exercises.models import Exercise
from patients.models import Patient
from programs.models import Prescription, ProgramItem
from programs.services import courses as services
from programs.services import revisions
from programs.services.version_writing import SafetyAnswer
from tests.browser.clinic import MARA, Furnished
from tests.browser.pages import Sheet, at, fill_in, submit

YES = SafetyAnswer(confirmed=True, reason="Weighed with the patient.")


def courses(there: Furnished) -> list[Sheet]:
    """A prescription with a version ahead, an open draft and a pause; and what can be made of it."""
    prescription, gisela = there.patients["Gisela"].prescriptions.first(), there.patients["Gisela"]
    draft = _well_on_its_way(there, prescription)
    pk = prescription.pk
    return [
        Sheet("prescription_detail", MARA, at("prescription_detail", pk)),
        Sheet("patient_detail", MARA, at("patient_detail", gisela.pk)),
        Sheet("care_team_hand_over", MARA, at("care_team_hand_over", gisela.pk), do=submit),
        Sheet("program_detail", MARA, at("program_detail", draft)),
        Sheet("program_detail", MARA, at("program_detail", draft), do=use_at_once),
        Sheet("prescription_history", MARA, at("prescription_history", pk)),
        Sheet("prescription_list", MARA, at("prescription_list", gisela.pk)),
        Sheet("prescription_pause", MARA, at("prescription_pause", pk)),
        Sheet("prescription_pause", MARA, at("prescription_pause", pk), do=fill_in(last_day="2020-01-01")),
        Sheet("prescription_copy", MARA, at("prescription_copy", there.prescription.pk)),
        Sheet("prescription_copy", MARA, at("prescription_copy", there.prescription.pk), do=check_for(gisela)),
        Sheet("prescription_template", MARA, at("prescription_template", pk)),
    ]


def _well_on_its_way(there: Furnished, prescription: Prescription) -> object:
    """A version planned, everything paused, and a draft with an exercise that asks; answers with the draft's id."""
    mara, now, today = there.accounts[MARA], timezone.now(), timezone.localdate()
    draft = revisions.open_draft(actor=mara, prescription=prescription, now=now)
    ProgramItem.objects.filter(program=draft).update(repetitions=7)
    revisions.apply_draft(
        actor=mara,
        draft=draft,
        revision=draft.revision,
        effective_from=today + timedelta(days=9),
        change_note="Seven times each.",
        answers=dict.fromkeys(Exercise.objects.values_list("pk", flat=True), YES),
        now=now,
    )
    services.pause(actor=mara, patient=prescription.patient, prescription=None, starts_on=today, now=now)
    draft = revisions.open_draft(actor=mara, prescription=prescription, now=now)
    ProgramItem.objects.create(program=draft, exercise=Exercise.objects.get(code="S08"), order=20, repetitions=2)
    return draft.pk


def use_at_once(page: Page) -> None:
    """Ask for a draft to be used while its warnings are not answered."""
    page.locator("[data-draft-use]").click()
    page.locator("#draft-parts .error-summary").wait_for()


def check_for(patient: Patient) -> Callable[[Page], None]:
    """Look at what speaks against a copy for this patient."""

    def do(page: Page) -> None:
        page.locator("main [name=to]").select_option(str(patient.pk))
        with page.expect_navigation():
            page.locator("main [name=look]").click()

    return do
