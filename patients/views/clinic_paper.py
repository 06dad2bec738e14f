"""The clinic's settings: paper size and logo of its handouts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from config.lib import logos
from config.lib.confined import Failed, Refused
from config.lib.uploads import OneFile
from patients.access import CLINIC_ADMIN, Request, staff
from patients.forms.clinic_paper import ClinicPaperForm, LogoForm
from patients.services import clinic_paper

FAILED = "The picture could not be prepared just now. Try again in a minute."


@staff(CLINIC_ADMIN)
def clinic_settings(request: Request) -> HttpResponse:
    """Read and change what handouts are printed on."""
    actor = request.actor
    form = ClinicPaperForm(request.POST or None, initial={"paper": actor.workplace.paper})
    if request.method == "POST" and form.is_valid():
        clinic_paper.set_paper(actor=actor.user, clinic=actor.workplace, paper=form.cleaned_data["paper"])
        messages.success(request, "Saved.")
        return redirect("patients:clinic_settings")
    return _page(request, form, LogoForm(), 422 if form.errors else 200)


@staff(CLINIC_ADMIN)
@require_POST
@csrf_exempt  # until the handler is set: checking the token reads the whole body
def clinic_logo_set(request: Request) -> HttpResponse:
    """Take a picture in, and keep what a confined child makes of it."""
    limit = logos.LARGEST_MB * 1024 * 1024
    request.upload_handlers = [OneFile(request, limit=limit, folder=clinic_paper.folder())]
    answer: HttpResponse = _set(request)
    return answer


@csrf_protect
def _set(request: Request) -> HttpResponse:
    posted, files = request.POST, request.FILES  # reads the body
    handler = request.upload_handlers[0]
    is_too_large = isinstance(handler, OneFile) and handler.is_too_large
    form = LogoForm(posted, files, is_too_large=is_too_large)
    if form.is_valid():
        upload = form.cleaned_data["logo"]
        try:
            clinic_paper.set_logo(actor=request.user, clinic=request.actor.workplace, path=upload.path)
        except (Refused, Failed) as refusal:
            form.add_error("logo", str(refusal) if isinstance(refusal, Refused) else FAILED)
        else:
            messages.success(request, "The logo is on new handouts from now on.")
            return redirect("patients:clinic_settings")
    paper = ClinicPaperForm(initial={"paper": request.actor.workplace.paper})
    return _page(request, paper, form, 413 if is_too_large else 422)


@staff(CLINIC_ADMIN)
@require_POST
def clinic_logo_remove(request: Request) -> HttpResponse:
    clinic_paper.remove_logo(actor=request.user, clinic=request.actor.workplace)
    messages.success(request, "The logo is taken off.")
    return redirect("patients:clinic_settings")


@staff()
@require_safe
def clinic_logo(request: Request) -> HttpResponse:
    """The logo itself, for people who work in the clinic."""
    found = clinic_paper.logo_of(request.actor.workplace)
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.png), content_type="image/png")


def _page(request: Request, form: ClinicPaperForm, logo_form: LogoForm, status: int) -> HttpResponse:
    clinic = request.actor.workplace
    context = {
        "clinic": clinic,
        "form": form,
        "logo_form": logo_form,
        "logo": clinic_paper.logo_of(clinic),
    }
    return render(request, "patients/clinic_settings.html", context, status=status)
