"""A version of a prescription as a CarePlan, and each of its items as a ServiceRequest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.servicerequest import ServiceRequest

from config.lib.fhir import checked
from exercises.fhir import canonical, coding
from patients.models import Patient, User
from programs.enums import Rating, Side
from programs.fhir import items
from programs.fhir.plans import plan_canonical
from programs.fhir.timing import Course, pause, period, timing, touching
from programs.models import Pause, Prescription, PrescriptionItem, PrescriptionVersion, SafetyDecision
from programs.schedule import Stretch


def care_plan(version: PrescriptionVersion, today: date, site: str) -> dict[str, Any]:
    """The version as it stands on `today`, the patient's own day; its items are ServiceRequests of their own."""
    base, prescription, course = f"{site}/fhir", version.prescription, course_of(version)
    title = f"{prescription.title}: {version.step_title}" if version.step_title else prescription.title
    return checked(
        CarePlan,
        {
            "resourceType": "CarePlan",
            "id": str(version.pk),
            "extension": [
                {"url": f"{base}/StructureDefinition/flare-days", "valuePositiveInt": prescription.flare_days},
                *(pause(one, base) for one in course.pauses),
            ],
            "identifier": [{"system": f"{base}/prescription-version", "value": f"{prescription.pk}|{version.number}"}],
            "instantiatesCanonical": _instantiated(prescription, base),
            "replaces": _replaced(version),
            "status": status_on(today, course),
            "intent": "plan",
            "title": title,
            "description": version.rule.text,
            "subject": _subject(prescription.patient, base),
            "period": period(course.first, course.last),
            "created": version.created_at.isoformat(),
            "author": _practitioner(version.created_by),
            "activity": [{"reference": {"reference": f"ServiceRequest/{item.pk}"}} for item in version.items.all()],
            "note": [{"text": version.change_note}] if version.change_note else [],
        },
    )


def service_request(item: PrescriptionItem, today: date, site: str, *, with_decisions: bool = False) -> dict[str, Any]:
    """One prescribed exercise. `with_decisions`: also what its therapist answered to the safety check."""
    base, version = f"{site}/fhir", item.version
    prescription, course = version.prescription, course_of(version)
    has_core = any(other.is_core for other in version.items.all())
    decided = item.decisions.all() if with_decisions else ()
    return checked(
        ServiceRequest,
        {
            "resourceType": "ServiceRequest",
            "id": str(item.pk),
            "extension": [
                *items.extensions(item, item.alternatives.all(), base, has_core=has_core),
                *(_decision(row, base) for row in decided),
            ],
            "instantiatesCanonical": [canonical(item.exercise, base)],
            "basedOn": [{"reference": f"CarePlan/{version.pk}"}],
            "status": status_on(today, course),
            "intent": "order",
            "code": items.code_of(item, item.name, base),
            "orderDetail": [{"text": item.dose.text}] if item.dose.text else [],
            "subject": _subject(prescription.patient, base),
            "occurrenceTiming": timing(version.rule, items.own_days(item, version.anchor), course, base),
            "authoredOn": version.created_at.isoformat(),
            "requester": _practitioner(version.created_by),
            "bodySite": _side(item.side, base),
            "note": [{"text": item.note}] if item.note else [],
            "patientInstruction": item.dose.text,
        },
    )


def course_of(version: PrescriptionVersion) -> Course:
    """From the version's first day to the day before the next one, or to the end of the prescription."""
    prescription = version.prescription
    later = [one.effective_from for one in prescription.versions.all() if one.effective_from > version.effective_from]
    ends = [day - timedelta(days=1) for day in sorted(later)[:1]]
    last = min([*ends, *([prescription.ends_on] if prescription.ends_on else [])], default=None)
    spans = [Stretch(row.starts_on, row.last_day) for row in pauses_of(prescription)]
    first = max(version.effective_from, prescription.starts_on)
    return Course(first, last, touching(spans, first, last))


def pauses_of(prescription: Prescription) -> Iterable[Pause]:
    """Of this prescription, and of all that the patient has."""
    return [row for row in prescription.patient.pauses.all() if row.prescription_id in (None, prescription.pk)]


def status_on(day: date, course: Course) -> str:
    """What is over is completed, what is paused today is on hold; what is still to come is an order all the same."""
    if course.last is not None and course.last < day:
        return "completed"
    is_paused = any(one.covers(day) for one in course.pauses)
    return "on-hold" if is_paused else "active"


def _instantiated(prescription: Prescription, base: str) -> list[str]:
    return [plan_canonical(prescription.program_id, base)] if prescription.program_id else []


def _replaced(version: PrescriptionVersion) -> list[dict[str, str]]:
    earlier = [one for one in version.prescription.versions.all() if one.effective_from < version.effective_from]
    newest = max(earlier, key=lambda one: one.effective_from, default=None)
    return [{"reference": f"CarePlan/{newest.pk}"}] if newest else []


def _subject(patient: Patient, base: str) -> dict[str, Any]:
    """By our id: we serve no Patient resource, and a name is not needed to know whom it is about."""
    return {"type": "Patient", "identifier": {"system": f"{base}/patient", "value": str(patient.pk)}}


def _practitioner(user: User | None) -> dict[str, str] | None:
    return {"type": "Practitioner", "display": user.name} if user else None


def _side(side: str, base: str) -> list[dict[str, Any]]:
    if not side:
        return []
    word = Side(side)
    return [{"coding": [coding(f"{base}/side", word.value, word.label)], "text": f"{word.label} side"}]


def _decision(row: SafetyDecision, base: str) -> dict[str, Any]:
    """A warning that stood, what was answered, by whom and when."""
    told = [
        ("condition", "valueCode", row.condition),
        ("feature", "valueCode", row.feature),
        ("rating", "valueCode", Rating(row.rating).word),
        ("warning", "valueString", row.matrix_reason),
        ("decision", "valueCode", row.decision),
        ("reason", "valueString", row.reason),
        ("decidedBy", "valueString", row.decided_by.name if row.decided_by else ""),
        ("decidedAt", "valueDateTime", row.decided_at.isoformat()),
    ]
    parts = [{"url": name, kind: value} for name, kind, value in told if value]
    return {"url": f"{base}/StructureDefinition/safety-decision", "extension": parts}
