"""Who may do what. Pages and API ask the same predicates; every view wears exactly one mark.

Marks: `@public` anybody · `@patient` a signed-in patient, about themselves · `@staff` people who work in a clinic or
keep the library (narrowed by roles) · `@owner` any signed-in account, about itself.
Strangers get 404, colleagues without the right get 403, visitors are asked to sign in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, TypeVar
from uuid import UUID

import rules
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from config.lib.clock import local_date
from patients import audit
from patients.enums import Role
from patients.models import CareTeam, Clinic, Membership, Patient, User

View = TypeVar("View", bound=Callable[..., Any])
CURATOR = "curator"


class Actor:
    """The person behind a request, with the clinic they work in now. Loads memberships and patient once."""

    def __init__(self, user: Any, clinic_id: str | None = None, now: datetime | None = None) -> None:
        self.user = user
        self.now = now or timezone.now()
        self._clinic_id = clinic_id

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user.is_authenticated)

    @cached_property
    def memberships(self) -> list[Membership]:
        if not self.is_signed_in:
            return []
        return list(Membership.objects.of(self.user).current().select_related("clinic").order_by("created_at"))

    @cached_property
    def clinic(self) -> Clinic | None:
        """The clinic chosen in this session when it is still theirs, else the first they work in."""
        clinics = [membership.clinic for membership in self.memberships]
        chosen = [clinic for clinic in clinics if str(clinic.pk) == self._clinic_id]
        return next(iter(chosen or clinics), None)

    @cached_property
    def roles(self) -> frozenset[str]:
        held = {m.role for m in self.memberships if self.clinic and m.clinic_id == self.clinic.pk}
        if self.is_signed_in and self.user.is_curator:
            held.add(CURATOR)
        return frozenset(held)

    @cached_property
    def patient(self) -> Patient | None:
        """The patient record of this login. With records in two clinics the newest one is shown."""
        if not self.is_signed_in or self.memberships:
            return None
        own = Patient.objects.active().filter(user=self.user).select_related("clinic", "contact_preference")
        return own.order_by("-created_at").first()

    @property
    def own_record(self) -> Patient:
        """The patient behind a `@patient` page. Raises PermissionDenied for anybody else."""
        if self.patient is None:
            raise PermissionDenied
        return self.patient

    @property
    def workplace(self) -> Clinic:
        """The clinic behind a `@staff` page. Raises PermissionDenied for an account without one."""
        if self.clinic is None:
            raise PermissionDenied
        return self.clinic

    @property
    def is_therapist(self) -> bool:
        return Role.THERAPIST in self.roles

    @property
    def is_clinic_admin(self) -> bool:
        return Role.CLINIC_ADMIN in self.roles

    @property
    def is_curator(self) -> bool:
        return CURATOR in self.roles

    @property
    def is_staff_member(self) -> bool:
        return bool(self.roles)

    @property
    def is_patient(self) -> bool:
        return self.patient is not None

    @property
    def today(self) -> date:
        """The calendar day where this person works or lives."""
        zone = self.clinic.time_zone if self.clinic else self.patient.time_zone if self.patient else "UTC"
        return local_date(self.now, zone)


class Request(HttpRequest):
    """What our views receive: the middleware has added the actor and htmx's facts; a mark has let the user in."""

    actor: Actor
    user: User  # public views ask `actor.is_signed_in` first
    htmx: HtmxDetails


# --- Predicates ----------------------------------------------------------------------------------------------


@rules.predicate
def treats(actor: Actor, patient: Patient | None) -> bool:
    """In this patient's care team today, as a therapist of the patient's own clinic."""
    if patient is None or actor.clinic is None or patient.clinic_id != actor.clinic.pk or not actor.is_therapist:
        return False
    return CareTeam.objects.filter(patient=patient, therapist=actor.user).on(actor.today).exists()


@rules.predicate
def is_self(actor: Actor, patient: Patient | None) -> bool:
    return patient is not None and actor.patient is not None and actor.patient.pk == patient.pk


@rules.predicate
def runs_clinic(actor: Actor, clinic: Clinic | None) -> bool:
    return clinic is not None and actor.clinic is not None and actor.is_clinic_admin and clinic.pk == actor.clinic.pk


RULES = rules.RuleSet()
RULES.add_rule("patient.read", treats | is_self)
RULES.add_rule("patient.write", treats)
RULES.add_rule("log.write", is_self)
RULES.add_rule("clinic.manage", runs_clinic)


def may(actor: Actor, permission: str, obj: Any) -> bool:
    """True when the rule named `permission` allows it; an unknown rule allows nothing."""
    return bool(RULES.test_rule(permission, actor, obj))


def open_patient(actor: Actor, patient_id: UUID, *, reading: str | None = None) -> Patient:
    """The patient when this therapist treats them: scope, then permission, then the record of the read.

    Raises Http404 for another clinic's (or no) patient and PermissionDenied for a colleague's.
    """
    patient = Patient.objects.for_clinic(actor.clinic).select_related("clinic", "user").filter(pk=patient_id).first()
    if patient is None:
        raise Http404
    if not may(actor, "patient.write", patient):
        raise PermissionDenied("You are not in this patient's care team.")
    if reading:
        audit.record(actor.user, f"{reading}.read", patient, patient=patient)
    return patient


# --- Marks ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    kind: str
    roles: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Whether a signed-in actor may enter; objects are checked further inside."""
        if self.kind == "public":
            return True
        if self.kind == "owner":
            return actor.is_signed_in
        if self.kind == "patient":
            return actor.is_patient
        return bool(actor.roles & self.roles) if self.roles else actor.is_staff_member


def _marked(mark: Mark) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor
            if mark.kind != "public":
                if not actor.is_signed_in:
                    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
                if not mark.admits(actor):
                    raise PermissionDenied
            response: HttpResponse = view(request, *args, **kwargs)
            if mark.kind != "public":
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.access = mark  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _marked(Mark("public"))(view)


def patient(view: View) -> View:
    """A signed-in patient, about themselves: `request.actor.patient`."""
    return _marked(Mark("patient"))(view)


def owner(view: View) -> View:
    """Any signed-in account, about itself."""
    return _marked(Mark("owner"))(view)


def staff(*roles: str) -> Callable[[View], View]:
    """People with one of `roles` in their clinic ("curator" counts everywhere); without roles, any of them."""
    return _marked(Mark("staff", frozenset(roles)))


THERAPIST = Role.THERAPIST
CLINIC_ADMIN = Role.CLINIC_ADMIN


def require(actor: Actor, permission: str, obj: Any) -> None:
    """Raise PermissionDenied unless the rule allows it."""
    if not may(actor, permission, obj):
        raise PermissionDenied
