"""Reminders as people meet them: a patient's own settings, the way out of a mail, and what was sent to a patient."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from config.lib import tokens
from config.lib.paging import CountedPaginator
from patients.access import THERAPIST, Request, open_patient, patient, public, staff
from patients.channels import links
from patients.forms.reminders import ReminderForm, agree, times_formset
from patients.models import Delivery, Patient, ReminderSchedule
from patients.services import reminder_settings

PAGE = 25
LATEST = 7


# --- The patient's own ---------------------------------------------------------------------------------------


@patient
def me_reminders(request: Request) -> HttpResponse:
    """Switch, times and quiet hours on one page, with the next reminder and what became of the last ones."""
    actor = request.actor
    own = actor.own_record
    data = request.POST if request.method == "POST" else None
    preference = getattr(own, "contact_preference", None)
    known = ReminderSchedule.objects.for_patient(actor).filter(is_on=True).values_list("slot", "weekdays")
    form = ReminderForm(
        data,
        initial={
            "reminders_on": preference is None or preference.reminders_on,
            "quiet_from": preference.quiet_from if preference else None,
            "quiet_until": preference.quiet_until if preference else None,
        },
    )
    times = times_formset(data, list(known))
    if data is not None and agree(form, times):
        reminder_settings.save_preferences(
            actor=actor.user, patient=own, times=times.chosen(), now=actor.now, **form.cleaned_data
        )
        messages.success(request, "Your reminders are saved.")
        return redirect("patients:me_reminders")
    context = {
        "patient": own,
        "form": form,
        "times": times,
        "is_on": preference is None or preference.reminders_on,
        "now": actor.now,
        "address": reminder_settings.address_of(own),
        "deliveries": Delivery.objects.for_clinic(own.clinic).reminders_to(own)[:LATEST],
    }
    return render(request, "patients/me_reminders.html", context, status=200 if data is None else 422)


@patient
@require_POST
def me_reminders_test(request: Request) -> HttpResponse:
    """A reminder to myself, now."""
    actor = request.actor
    try:
        reminder_settings.send_test(actor=actor.user, patient=actor.own_record, now=actor.now)
    except reminder_settings.NoAddress:
        messages.error(request, "There is no mail address on your record. Please ask your clinic to add one.")
    except reminder_settings.TestSentJustNow:
        messages.info(request, "A test reminder is on its way already.")
    else:
        messages.success(request, "A test reminder is on its way to you.")
    return redirect("patients:me_reminders")


# --- From a mail ---------------------------------------------------------------------------------------------


def _patient_behind(token: str) -> Patient | None:
    """The token's own patient; whoever holds the link may only stop reminders, and learns no name."""
    try:
        pk = UUID(tokens.read(links.UNSUBSCRIBE, token) or "")
    except ValueError:
        return None
    return Patient.objects.active().filter(pk=pk).select_related("clinic").first()


@csrf_exempt
# RFC 8058: a mail program posts "List-Unsubscribe=One-Click" without cookies, so it cannot bring a CSRF token. The
# signed address is the authority here and no session is used. Every other POST is checked in `_unsubscribe_page`.
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """Reading changes nothing: mail scanners follow links too. The button, or the mail program, stops reminders."""
    own = _patient_behind(token)
    if own is None:
        return render(request, "patients/unsubscribe_not_valid.html", status=404)
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        reminder_settings.turn_off(actor=None, patient=own, now=request.actor.now)
        return HttpResponse("Reminders are off.", content_type="text/plain")
    return _unsubscribe_page(request, own)


@csrf_protect
def _unsubscribe_page(request: Request, own: Patient) -> HttpResponse:
    if request.method == "POST":
        reminder_settings.turn_off(actor=None, patient=own, now=request.actor.now)
        return render(request, "patients/unsubscribe_done.html")
    return render(request, "patients/unsubscribe.html")


# --- The therapist's -----------------------------------------------------------------------------------------


@staff(THERAPIST)
def delivery_list(request: Request, patient_id: UUID) -> HttpResponse:
    """Reminders to one patient, newest first: when, where to, and what became of each."""
    actor = request.actor
    found = open_patient(actor, patient_id, reading="messages")
    rows = Delivery.objects.for_clinic(actor.clinic).reminders_to(found)
    page = CountedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"patient": found, "page_obj": page, "preference": getattr(found, "contact_preference", None)}
    return render(request, "patients/delivery_list.html", context)
