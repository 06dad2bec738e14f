"""Import and export of the shared library: start a job, watch it, look at its preview, confirm, download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from config.lib.htmx import page_or_partial
from config.lib.paging import CountedPaginator
from config.lib.sending import PRIVATE
from config.lib.uploads import OneFile
from exercises.differences import compare
from exercises.enums import JobKind, JobLayout, JobState, Outcome
from exercises.forms.transfer import DraftsForm, ExportForm, ImportForm, KeyForm
from exercises.models import Facet, LibraryJob
from exercises.models.exercises import FACET_WORDS
from exercises.services import job_files, jobs
from exercises.services.job_watch import steps_done
from exercises.services.jobs import NotReady
from exercises.transfer.refusals import MOST_BYTES
from exercises.transfer.resources import COLUMNS, FEATURES
from exercises.versions import names_in
from patients.access import CURATOR, Actor, Request, staff

JOBS_A_PAGE, ROWS_A_PAGE, DRAFTS_A_PAGE = 25, 25, 50
GONE = "The file is not there any more. Upload it again."
CONTENT_TYPES = {
    JobLayout.CSV: "text/csv; charset=utf-8",
    JobLayout.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JobLayout.JSON: "application/json",
}


def _job(actor: Actor, job_id: UUID) -> LibraryJob:
    return get_object_or_404(LibraryJob.objects.for_actor(actor).select_related("started_by", "preview"), pk=job_id)


@staff(CURATOR)
@require_safe
def job_list(request: Request) -> HttpResponse:
    """All imports and exports, the newest first."""
    found = LibraryJob.objects.for_actor(request.actor).for_list()
    page = CountedPaginator(found, JOBS_A_PAGE).get_page(request.GET.get("page", 1))
    return render(request, "exercises/job_list.html", {"page_obj": page})


# --- Starting ------------------------------------------------------------------------------------------------


@staff(CURATOR)
@csrf_exempt  # until the curator is known: checking the token reads the whole body
def import_new(request: Request) -> HttpResponse:
    """Take a file in and start its dry run."""
    if request.method == "POST":
        request.upload_handlers = [OneFile(request, limit=MOST_BYTES, folder=job_files.folder(job_files.IMPORTS))]
    answer: HttpResponse = _import_new(request)
    return answer


@csrf_protect
def _import_new(request: Request) -> HttpResponse:
    if request.method != "POST":
        return _import_page(request, ImportForm())
    posted, files = request.POST, request.FILES  # reads the body
    handler = request.upload_handlers[0]
    is_too_large = isinstance(handler, OneFile) and handler.is_too_large
    form = ImportForm(posted, files, is_too_large=is_too_large)
    if form.is_valid():
        data = form.cleaned_data
        try:
            job = jobs.start_preview(actor=request.user, upload=data["file"], source=form.source, key=data["key"])
        except NotReady:
            form.add_error(None, "This form was sent before. Load the page again.")
        else:
            there = reverse("exercises:job_detail", args=[job.pk])
            return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    return _import_page(request, form, status=413 if is_too_large else 422)


def _import_page(request: Request, form: ImportForm, status: int = 200) -> HttpResponse:
    words = {f"{facet.value}s".replace("equipments", "equipment"): FACET_WORDS[facet] for facet in Facet}
    context = {"form": form, "columns": COLUMNS, "vocabularies": {**words, "features": FEATURES}}
    return page_or_partial(request, "exercises/import_new.html", "exercises/_import_form.html", context, status=status)


@staff(CURATOR)
def export_new(request: Request) -> HttpResponse:
    """Choose a format and start the export."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            job = jobs.start_export(
                actor=request.user,
                layout=JobLayout(data["layout"]),
                whole=data["extent"] == "whole",
                key=data["key"],
            )
        except NotReady:
            form.add_error(None, "This form was sent before. Load the page again.")
        else:
            return redirect("exercises:job_detail", job.pk)
    return render(request, "exercises/export_new.html", {"form": form}, status=422 if form.errors else 200)


# --- One job -------------------------------------------------------------------------------------------------


@staff(CURATOR)
@require_safe
def job_detail(request: Request, job_id: UUID) -> HttpResponse:
    """How far it is while it runs; then what came of it. While it runs, the page asks for its part again."""
    job = _job(request.actor, job_id)
    done = steps_done(job)
    percent = done * 100 // job.total if job.total else 0
    context = {"job": job, "steps_done": done, "percent": percent, "key_form": KeyForm(), **_outcome(request, job)}
    return page_or_partial(request, "exercises/job_detail.html", "exercises/_job.html", context)


def _outcome(request: Request, job: LibraryJob) -> dict[str, Any]:
    if job.is_preview and job.state == JobState.DONE:
        return {
            **_preview(request, job),
            "import_job": LibraryJob.objects.for_actor(request.actor).filter(preview=job).first(),
        }
    if job.kind == JobKind.EXPORT:
        return {"has_file": job_files.is_there(job.result.name or "")}
    return {"drafts_left": jobs.drafts_of(job).count() if job.created else 0, "has_upload": _has_upload(job)}


def _has_upload(job: LibraryJob) -> bool:
    return job_files.is_there(job.upload.name or "")


def _preview(request: Request, job: LibraryJob) -> dict[str, Any]:
    """One page of the rows that would change something."""
    counts = job.report.get("outcomes", {})
    show = request.GET.get("show", "")
    shown = [show] if show in (Outcome.NEW, Outcome.CHANGED) else [Outcome.NEW.value, Outcome.CHANGED.value]
    total = sum(counts.get(name, 0) for name in shown)
    page = Paginator(range(total), ROWS_A_PAGE).get_page(request.GET.get("page", 1))
    start = max(0, page.start_index() - 1)
    lines = job_files.read_lines(job.result.name or "", start, ROWS_A_PAGE, show if len(shown) == 1 else "")
    names = names_in(*(line[side] for line in lines for side in ("before", "after")))
    rows = [line | {"compared": compare(line["before"], line["after"], names)} for line in lines]
    return {"rows": rows, "page_obj": page, "show": shown[0] if len(shown) == 1 else "", "has_upload": _has_upload(job)}


@staff(CURATOR)
@require_POST
def job_confirm(request: Request, job_id: UUID) -> HttpResponse:
    """Import what the preview has shown. Sent twice, it leads to the same import."""
    job = _job(request.actor, job_id)
    try:
        started = jobs.confirm(actor=request.user, preview=job)
    except NotReady:
        messages.warning(request, "There is nothing to import here any more. Upload the file again.")
        started = job
    return redirect("exercises:job_detail", started.pk)


@staff(CURATOR)
@require_POST
def job_again(request: Request, job_id: UUID) -> HttpResponse:
    """Another preview of the same file, because the library has changed."""
    job, form = _job(request.actor, job_id), KeyForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        started = jobs.preview_again(actor=request.user, job=job, key=form.cleaned_data["key"])
    except NotReady:
        messages.warning(request, GONE)
        return redirect("exercises:import_new")
    return redirect("exercises:job_detail", started.pk)


@staff(CURATOR)
@require_POST
def job_cancel(request: Request, job_id: UUID) -> HttpResponse:
    """Stop it; what it has written is taken back."""
    job = _job(request.actor, job_id)
    if not jobs.cancel(actor=request.user, job=job, now=request.actor.now):
        messages.info(request, "It had ended already.")
    return redirect("exercises:job_detail", job.pk)


@staff(CURATOR)
@require_safe
def job_download(request: Request, job_id: UUID) -> HttpResponse:
    """The exported file, as a download and never as a page."""
    job = _job(request.actor, job_id)
    if job.kind != JobKind.EXPORT or job.state != JobState.DONE or not job.result:
        raise Http404
    try:
        file = job_files.path_of(job.result.name or "").open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"rachis-exercises-{job.created_at:%Y-%m-%d}.{job.layout}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[JobLayout(job.layout)])
    for header in ("Cache-Control", "X-Content-Type-Options", "Content-Security-Policy"):
        response.headers[header] = PRIVATE[header]
    return response  # type: ignore[return-value]


# --- The drafts of an import -----------------------------------------------------------------------------------


@staff(CURATOR)
@require_safe
def job_drafts(request: Request, job_id: UUID) -> HttpResponse:
    """The drafts that one import made, to search, to open, or to discard together."""
    job = _job(request.actor, job_id)
    form = DraftsForm(request.GET)
    page = CountedPaginator(form.narrow(jobs.drafts_of(job)), DRAFTS_A_PAGE).get_page(request.GET.get("page", 1))
    context = {
        "job": job,
        "form": form,
        "page_obj": page,
        "is_narrowed": any(request.GET.get(n) for n in ("q", "kind")),
    }
    return render(request, "exercises/job_drafts.html", context)


@staff(CURATOR)
@require_POST
def job_discard(request: Request, job_id: UUID) -> HttpResponse:
    """Throw away the drafts of one import that nobody has touched."""
    job = _job(request.actor, job_id)
    gone, kept = jobs.discard_drafts(actor=request.user, job=job)
    stay = f" {kept} that somebody has worked on {'stays' if kept == 1 else 'stay'}." if kept else ""
    messages.success(request, f"{gone} {'draft' if gone == 1 else 'drafts'} discarded.{stay}")
    return redirect("exercises:job_detail", job.pk)
