"""Handouts on the screen before they go on paper: choices, a preview of the pages, the PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from config.lib.htmx import page_or_partial
from config.lib.pdf import TooSlow
from patients import audit
from patients.access import THERAPIST, Actor, Request, open_patient, patient, staff
from patients.enums import Paper
from patients.models import Patient
from programs import handouts
from programs.forms.handouts import HandoutForm, SheetForm
from programs.handouts import Content, Options, PdfFailed
from programs.models import Prescription, PrescriptionVersion, Program

MOST_SHOWN = 12  # pages of the preview


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is asked to be printed: the choices, how its content is read, and the page around the preview."""

    form: HandoutForm
    gather: Callable[[Options], Content]
    title: str
    page: str
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The choices as they stand in an address."""
        names = self.form.fields
        return urlencode({name: value for name, value in self.form.data.items() if name in names})


@staff(THERAPIST)
@require_GET
def prescription_handout(request: Request, prescription_id: UUID) -> HttpResponse:
    """A prescription on paper; `as=pdf` is the sheet itself, `as=png` with `page` one page of its preview."""
    actor = request.actor
    prescription = _scoped(actor, prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id)
    if request.GET.get("as") != "png":
        audit.record(actor.user, "handout.read", prescription, patient=prescription.patient)
    sheet = sheet_of(request, prescription, planned=True, page="programs/prescription_handout.html")
    return answer(request, sheet)


@patient
@require_GET
def my_handout(request: Request, prescription_id: UUID) -> HttpResponse:
    """One's own program on paper."""
    own = Prescription.objects.for_actor(request.actor).with_versions()
    prescription = get_object_or_404(own, pk=prescription_id)
    prescription.patient = request.actor.own_record
    return answer(request, sheet_of(request, prescription, planned=False, page="programs/my_handout.html"))


@staff(THERAPIST)
@require_GET
def program_handout(request: Request, program_id: UUID) -> HttpResponse:
    """A reusable program on paper, for whoever is given it."""
    actor = request.actor
    program = get_object_or_404(Program.objects.for_actor(actor).with_items(), pk=program_id)
    sheet = Sheet(
        form=HandoutForm(request.GET, paper=actor.workplace.paper),
        gather=lambda options: handouts.of_program(program, actor.workplace, options, actor.today),
        title=program.name,
        page="programs/program_handout.html",
        context={"program": program},
    )
    return answer(request, sheet)


def _scoped(actor: Actor, prescription_id: UUID) -> Prescription:
    return get_object_or_404(Prescription.objects.for_clinic(actor.clinic).with_versions(), pk=prescription_id)


def sheet_of(request: Request, prescription: Prescription, *, planned: bool, page: str) -> Sheet:
    """The sheet of a prescription: the version in force, or one that is planned when `planned`."""
    subject: Patient = prescription.patient
    today = subject.local_today(request.actor.now)
    versions = printable(prescription, today) if planned else printable(prescription, today)[:1]
    by_number = {version.number: version for version in versions}
    choices = [(version.number, _told(version, today)) for version in versions]
    form = SheetForm(request.GET, paper=subject.clinic.paper or Paper.A4, versions=choices, today=today)

    def gather(options: Options) -> Content:
        version = by_number[form.cleaned_data["version"]]
        version.prescription = prescription
        return handouts.of_version(version, subject, options, today)

    return Sheet(form, gather, prescription.title, page, {"prescription": prescription, "patient": subject})


def printable(prescription: Prescription, today: Any) -> list[PrescriptionVersion]:
    """The version in force (after the end, the last one; before the start, the first), then those that are planned."""
    reached = max(min(today, prescription.ends_on or today), prescription.starts_on)
    in_force = prescription.version_on(reached)
    planned = [version for version in prescription.versions.all() if version.effective_from > reached]
    planned.sort(key=lambda version: version.effective_from)
    return [*([in_force] if in_force else []), *planned]


def _told(version: PrescriptionVersion, today: Any) -> str:
    when = f"from {version.effective_from.day} {version.effective_from:%B %Y}"
    step = f": {version.step_title}" if version.step_title else ""
    return f"Version {version.number}{step}, {when}{', planned' if version.effective_from > today else ''}"


# --- What every sheet answers with -----------------------------------------------------------------------------


def answer(request: Request, sheet: Sheet) -> HttpResponse:
    """The page with the choices, the sheet as PDF, or one page of it as a picture; faults with a sentence each."""
    kind = request.GET.get("as", "")
    if not sheet.form.is_valid():
        return _page(request, sheet, status=422) if not kind else _refused(_first_fault(sheet.form), 400)
    try:
        content = sheet.gather(sheet.form.options)
        if kind == "pdf":
            return _pdf(request, sheet, content)
        pages = handouts.preview(content, sheet.form.options)
    except PdfFailed as failure:
        status = 503 if isinstance(failure, TooSlow) else 422
        return _refused(str(failure), status) if kind else _page(request, sheet, problem=str(failure), status=status)
    return _picture(request, pages) if kind else _page(request, sheet, pages=pages)


def _page(
    request: Request, sheet: Sheet, *, pages: list[bytes] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    count = len(pages or [])
    context = {
        **sheet.context,
        "form": sheet.form,
        "title": sheet.title,
        "pages": range(1, min(count, MOST_SHOWN) + 1),
        "count": count,
        "left_over": max(0, count - MOST_SHOWN),
        "query": sheet.query,
        "problem": problem,
    }
    return page_or_partial(request, sheet.page, "programs/_handout_preview.html", context, status=status)


def _pdf(request: Request, sheet: Sheet, content: Content) -> HttpResponse:
    response = HttpResponse(handouts.render(content, sheet.form.options), content_type="application/pdf")
    version = f"-v{content.version}" if content.version else ""
    how = "attachment" if request.GET.get("save") else "inline"
    response["Content-Disposition"] = f'{how}; filename="{slugify(content.title) or "handout"}{version}.pdf"'
    return response


def _picture(request: Request, pages: list[bytes]) -> HttpResponse:
    wanted = request.GET.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 4 and 0 < int(wanted) <= len(pages)):
        return _refused("This sheet has no such page.", 404)
    return HttpResponse(pages[int(wanted) - 1], content_type="image/png")


def _first_fault(form: HandoutForm) -> str:
    name, faults = next(iter(form.errors.items()))
    return f"{form.fields[name].label if name in form.fields else 'The sheet'}: {faults[0]}"


def _refused(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status)
