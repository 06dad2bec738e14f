"""The account pages: what a patient finds about themselves, and a plain page for everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from allauth.account.views import email as address_page
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from config.lib.paging import CountedPaginator
from patients.access import Request, owner, patient
from patients.models import AuditEvent, CareTeam, Patient

PAGE = 20
# What a record of the audit means to the person it is about.
VERBS = {
    "patient.read": "Opened your record",
    "patient.create": "Opened a record for you",
    "patient.update": "Changed your details",
    "condition.add": "Added a condition",
    "condition.end": "Ended a condition",
    "care_team.add": "Added somebody to your care team",
    "care_team.end": "Ended somebody's place in your care team",
    "invitation.send": "Sent you an invitation",
    "invitation.revoke": "Withdrew an invitation",
    "prescription.assign": "Gave you a program",
    "prescription.end": "Ended a program",
    "prescription.withdraw": "Took a program back",
    "prescription.revise": "Changed your program",
    "prescription.read": "Looked at your program",
    "messages.read": "Looked at your reminders",
    "reminders.off": "Reminders were stopped from a mail",
}


class Act(NamedTuple):
    """What somebody did; `event` is the latest of `times`."""

    event: AuditEvent
    times: int

    @property
    def words(self) -> str:
        verb = self.event.verb
        return VERBS.get(verb, verb.replace(".", ": ").replace("_", " ").capitalize())


@owner
def me(request: Request) -> HttpResponse:
    """A patient's own page; for staff, their account and their clinics."""
    actor = request.actor
    if actor.patient is None:
        base = "base_staff.html" if actor.is_staff_member else "base_public.html"
        return render(request, "patients/me_account.html", {"base": base, "memberships": actor.memberships})
    seats = CareTeam.objects.for_patient(actor).on(actor.today).select_related("therapist")
    team = [(seat, _last_day(seat)) for seat in seats.order_by("-is_lead", "starts_on")]
    return render(request, "patients/me.html", {"patient": actor.patient, "team": team})


@owner
def account_email(request: Request) -> HttpResponse:
    """The page of one's addresses. Only a confirmed one may become that of the login.

    An invitation goes to the account with its address, so an address that is merely claimed must never be one.
    """
    if "action_primary" in request.POST:
        wanted = request.POST.get("email", "")
        addresses = request.user.emailaddress_set  # type: ignore[attr-defined]  # allauth's, unknown to its types
        if not addresses.filter(email__iexact=wanted, verified=True).exists():
            messages.error(request, "Confirm this address first, with the link in the mail we send there.")
            return redirect("account_email")
    response: HttpResponse = address_page(request)
    return response


def _last_day(seat: CareTeam) -> date | None:
    return seat.ended_on - timedelta(days=1) if seat.ended_on else None


@patient
def me_access_log(request: Request) -> HttpResponse:
    """Who opened or changed my record, newest first. My own acts are left out."""
    actor = request.actor
    events = (
        AuditEvent.objects.for_patient(actor)
        .exclude(actor=actor.user)
        .select_related("actor")
        .order_by("-created_at", "-pk")
    )
    page = CountedPaginator(events, PAGE).get_page(request.GET.get("page"))
    own = actor.own_record
    return render(request, "patients/me_access_log.html", {"page_obj": page, "acts": acts(page, own), "patient": own})


def acts(events: Iterable[AuditEvent], patient: Patient) -> list[Act]:
    """The same act of the same person on the same day (the patient's own), told once with its number."""

    def same(event: AuditEvent) -> tuple[Any, ...]:
        return (event.actor_id, event.verb, patient.local_today(event.created_at))

    grouped = [list(group) for _, group in groupby(events, same)]
    return [Act(group[0], len(group)) for group in grouped]
