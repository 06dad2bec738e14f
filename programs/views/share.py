"""Links to a handout for people without a login: making and closing them, and the page that they open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from config.lib.limits import is_too_often
from patients.access import THERAPIST, Actor, Request, open_patient, public, staff
from patients.channels import links
from programs import handouts
from programs.forms.handouts import HandoutForm
from programs.handouts import Content, Options
from programs.models import Prescription
from programs.services import sharing
from programs.views.handouts import Sheet, answer, printable

# The address is the secret: nobody may keep, list or pass on the page that it opens.
SECRET_PAGE = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
MOST_A_MINUTE = 60


@staff(THERAPIST)
@require_POST
def share_create(request: Request, prescription_id: UUID) -> HttpResponse:
    """Make a link and show it this once."""
    actor = request.actor
    prescription = _opened(actor, prescription_id)
    try:
        link, token = sharing.create(actor=actor.user, prescription=prescription, now=actor.now)
    except sharing.TooManyLinks:
        context = {"refusal": f"There are {sharing.MOST_OPEN} open links already. Close one of them first."}
        return _panel(request, prescription, context, status=422)
    address = links.absolute(reverse("programs:shared_handout", args=[token]))
    return _panel(request, prescription, {"made": link, "address": address})


@staff(THERAPIST)
@require_POST
def share_revoke(request: Request, prescription_id: UUID, link_id: UUID) -> HttpResponse:
    """Close a link at once."""
    actor = request.actor
    prescription = _opened(actor, prescription_id)
    link = get_object_or_404(prescription.share_links, pk=link_id)
    sharing.revoke(actor=actor.user, link=link, now=actor.now)
    if request.htmx:
        return _panel(request, prescription, {"closed": True})
    messages.success(request, "The link is closed.")
    return redirect("programs:prescription_detail", prescription.pk)


def _opened(actor: Actor, prescription_id: UUID) -> Prescription:
    prescription = get_object_or_404(Prescription.objects.for_clinic(actor.clinic), pk=prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id)
    return prescription


def _panel(
    request: Request, prescription: Prescription, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    page = "programs/_share_panel.html" if request.htmx else "programs/share_created.html"
    return render(request, page, {"prescription": prescription, **context}, status=status)


@public
@require_GET
def shared_handout(request: Request, token: str) -> HttpResponse:
    """The version in force when it is opened, without a word about a person. One page for every fault of a link."""
    response = _shared(request, token)
    for name, value in SECRET_PAGE.items():
        response[name] = value
    return response


def _shared(request: Request, token: str) -> HttpResponse:
    if is_too_often(request, "shared_handout", most=MOST_A_MINUTE, seconds=60):
        held = render(request, "programs/share_too_often.html", status=429)
        held["Retry-After"] = "60"
        return held
    try:
        prescription = sharing.find(token=token, now=request.actor.now)
    except sharing.LinkNotValid:
        return render(request, "programs/share_not_valid.html", status=404)
    return answer(request, _sheet(request, prescription))


def _sheet(request: Request, prescription: Prescription) -> Sheet:
    subject = prescription.patient
    today = subject.local_today(request.actor.now)
    version = printable(prescription, today)[0]
    version.prescription = prescription

    def gather(options: Options) -> Content:
        return handouts.for_anybody(handouts.of_version(version, subject, options, today))

    form = HandoutForm(request.GET, paper=subject.clinic.paper)
    return Sheet(form, gather, "Home exercises", "programs/shared_handout.html", {"clinic": subject.clinic})
