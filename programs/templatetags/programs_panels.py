"""Panels of this app on pages further down: what runs for a patient, and safety beside a library row."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django import template
from django.db.models import F, Min, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.urls import reverse

from exercises.models import Exercise
from patients.access import may
from patients.models import Patient
from programs import safety
from programs.models import Pause, Prescription
from programs.safety import SafetyWarning
from programs.schedule import say_days
from programs.services import editions
from programs.services.prescriptions import conditions_of

register = template.Library()


@register.filter
def days_in_words(weekdays: int | None) -> str:
    """A weekday mask as people say it; nothing for "whenever it is due"."""
    return say_days(weekdays) if weekdays else ""


@register.inclusion_tag("programs/_prescription_panel.html", takes_context=True)
def prescription_panel(context: dict[str, Any], patient: Patient) -> dict[str, Any]:
    """What runs for this patient today or starts later, newest first, with pictures, schedule and what is ahead."""
    request = context["request"]
    today = patient.local_today(request.actor.now)
    every = Prescription.objects.for_clinic(patient.clinic).filter(patient=patient)
    in_force = every.not_over(today).items_in_force(today)
    editions.reword(in_force, today)
    items = groupby(in_force, key=lambda item: item.version)
    running = [(version.prescription, version, list(own)) for version, own in items]
    courses = _courses(patient, every, today)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "patient": patient,
        "running": [(*one, courses[one[0].pk]) for one in running],
        "today": today,
        "has_past": len(courses) > len(running),
    }


def _courses(patient: Patient, every: QuerySet[Prescription], today: date) -> dict[UUID, dict[str, Any]]:
    """For each prescription: the pause it is in, the next version ahead, the draft that is open. Two statements."""
    pauses = list(Pause.objects.for_clinic(patient.clinic).filter(patient=patient).on(today))
    ahead = Q(versions__effective_from__gt=Greatest(F("starts_on"), Value(today)))
    rows = every.annotate(next_from=Min("versions__effective_from", filter=ahead)).select_related("draft")
    return {
        row.pk: {
            "paused": next((p for p in pauses if p.prescription_id in (None, row.pk)), None),
            "next_from": row.next_from,
            "draft": getattr(row, "draft", None),
        }
        for row in rows
    }


@register.simple_tag(takes_context=True)
def safety_for(context: dict[str, Any], exercise: Exercise) -> list[SafetyWarning]:
    """Warnings for this exercise and the patient in question, when the reader treats them; else none.

    A page that has loaded the patient gives their `conditions`; otherwise the address says who is meant.
    """
    conditions = context["conditions"] if "conditions" in context else _conditions(context.get("request"))
    return safety.check(exercise.feature_set, conditions) if conditions is not None else []


@register.simple_tag(takes_context=True)
def patient_query(context: dict[str, Any]) -> str:
    """`?patient=<id>` while a builder page is looked at for a patient, to carry it on."""
    if "suffix" in context:
        return str(context["suffix"])
    patient = _patient(context.get("request"))
    return f"?patient={patient.pk}" if patient else ""


@register.simple_tag(takes_context=True)
def library_address(context: dict[str, Any]) -> str:
    """The library to go back to: that of the patient named in the address, or the one for everybody."""
    patient = _patient(context.get("request"))
    return reverse("programs:patient_library", args=[patient.pk]) if patient else reverse("exercises:exercise_list")


def _patient(request: Any) -> Patient | None:
    """Looked up once a request. Whoever does not treat them learns nothing."""
    if request is None:
        return None
    if not hasattr(request, "_looked_at"):
        try:
            wanted = UUID(request.GET.get("patient", ""))
        except ValueError:
            found = None
        else:
            found = Patient.objects.for_clinic(request.actor.clinic).filter(pk=wanted).first()
        request._looked_at = found if found and may(request.actor, "patient.write", found) else None
    return request._looked_at


def _conditions(request: Any) -> frozenset[Any] | None:
    if request is None:
        return None
    if not hasattr(request, "_looked_at_conditions"):
        patient = _patient(request)
        request._looked_at_conditions = (
            conditions_of(patient, patient.local_today(request.actor.now)) if patient else None
        )
    return request._looked_at_conditions
