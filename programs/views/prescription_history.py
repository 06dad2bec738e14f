"""What became of one prescription, newest first: versions in words, decisions, pauses, notes, its end.

And all prescriptions of one patient, those that are over included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from config.lib.clock import local_date
from patients.access import THERAPIST, Actor, Request, open_patient, staff
from patients.models import AuditEvent
from programs import change_words
from programs.models import (
    Pause,
    Prescription,
    PrescriptionItem,
    PrescriptionVersion,
    SafetyDecision,
    WorkItem,
)
from programs.services import courses, plans
from programs.views.prescriptions import opened, pauses_of

# What leaves no row of its own, and how it is told.
TOLD = {
    "prescription.end": "The last day was set to {ends_on}",
    "prescription.drop": "A planned version was taken out",
    "prescription.discard": "A draft was thrown away",
    "pause.end": "A pause was ended",
}
NEWEST_FIRST = 100


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened or will. `day` is when it holds from; `who` and `when` say who wrote it down."""

    day: date
    title: str
    icon: str = "pencil"
    who: Any = None
    when: Any = None
    chip: str = ""
    sentences: list[str] = field(default_factory=list)
    note: str = ""
    version: PrescriptionVersion | None = None
    weighed: list[PrescriptionItem] = field(default_factory=list)
    carried: int = 0
    is_quiet: bool = False


@staff(THERAPIST)
def prescription_history(request: Request, prescription_id: UUID) -> HttpResponse:
    actor: Actor = request.actor
    prescription = opened(actor, prescription_id, reading="prescription", whole=True)
    today = prescription.patient.local_today(actor.now)
    events = [
        *_versions(prescription, today),
        *(_pause(pause, today) for pause in pauses_of(actor, prescription)),
        *_work(actor, prescription),
        *_told(actor, prescription),
    ]
    events.sort(key=lambda event: (event.day, event.version.number if event.version else 0), reverse=True)
    context = {"prescription": prescription, "patient": prescription.patient, "events": events, "today": today}
    return render(request, "programs/prescription_history.html", context)


def _versions(prescription: Prescription, today: date) -> Iterator[Event]:
    versions = sorted(prescription.versions.all(), key=lambda version: version.effective_from)
    differences = plans.since_each(versions)
    said: set[Any] = set()
    holds = plans.holding_on(versions, max(today, prescription.starts_on)) if versions else None
    for version in versions:
        told = change_words.sentences(differences.get(version, []))
        is_first = version not in differences
        answers = {item: {_answer(item, row) for row in item.decisions.all()} for item in version.items.all()}
        yield Event(
            day=version.effective_from,
            title=f"Version {version.number}",
            icon="layers",
            who=version.created_by,
            when=version.created_at,
            chip="runs now" if version == holds else "planned" if version.effective_from > today else "",
            sentences=told or ["Assigned." if is_first else "Nothing differs from the version before."],
            note=version.change_note,
            version=version,
            weighed=[item for item, own in answers.items() if own - said],
            carried=sum(len(own & said) for own in answers.values()),
        )
        said = set().union(*answers.values())


def _answer(item: PrescriptionItem, row: SafetyDecision) -> tuple[Any, ...]:
    """What makes an answer one and the same in two versions: the warning, and when it was given."""
    about = row.alternative.exercise_id if row.alternative else item.exercise_id
    return about, row.condition, row.feature, row.rating, row.decided_at


def _pause(pause: Pause, today: date) -> Event:
    of = "" if pause.prescription_id else " of everything"
    is_over = pause.last_day is not None and pause.last_day < today
    return Event(
        day=pause.starts_on,
        title=f"{pause.get_kind_display()}{of} {courses.say(pause)}",
        icon="pause-fill",
        who=pause.created_by,
        when=pause.created_at,
        chip="" if is_over else "now" if pause.starts_on <= today else "planned",
        note=pause.note,
        is_quiet=is_over,
    )


def _work(actor: Actor, prescription: Prescription) -> Iterator[Event]:
    found = WorkItem.objects.for_clinic(actor.clinic).filter(prescription=prescription).select_related("settled_by")
    for item in found[:NEWEST_FIRST]:
        settled = f"Settled by {item.settled_by or 'the app'}." if item.settled_at else "Open."
        yield Event(
            day=local_date(item.created_at, prescription.patient.time_zone),
            title="Work note",
            icon="list-check",
            when=item.created_at,
            sentences=[item.reason, settled],
            is_quiet=item.settled_at is not None,
        )


def _told(actor: Actor, prescription: Prescription) -> Iterator[Event]:
    """What only the audit knows: an end that was set, versions that were replaced or taken out before they began."""
    ids = [prescription.pk, *(pause.pk for pause in prescription.pauses.all())]
    found = AuditEvent.objects.for_clinic(actor.clinic).filter(object_id__in=ids).select_related("actor")
    for event in found.filter(verb__in=[*TOLD, "prescription.change"])[:NEWEST_FIRST]:
        title = _title(event)
        if title:
            day = local_date(event.created_at, prescription.patient.time_zone)
            yield Event(day, title, icon="clock-history", who=event.actor, when=event.created_at, is_quiet=True)


def _title(event: AuditEvent) -> str:
    detail = event.detail
    if event.verb != "prescription.change":
        told = TOLD[event.verb]
        return told.format(ends_on=detail.get("ends_on", "")) + _numbers(detail.get("dropped", []))
    replaced, dropped = detail.get("replaced", []), detail.get("dropped", [])
    if replaced:
        numbers = ", ".join(map(str, replaced))
        return f"Version {numbers} was replaced by version {detail['version']} before it was used"
    return f"Version {detail['version']} took out what was planned later{_numbers(dropped)}" if dropped else ""


def _numbers(numbers: list[int]) -> str:
    return f": version {', '.join(map(str, numbers))}" if numbers else ""


@staff(THERAPIST)
def prescription_list(request: Request, patient_id: UUID) -> HttpResponse:
    """Everything that was ever prescribed to one patient: what runs or comes first, then what is over."""
    actor: Actor = request.actor
    patient = open_patient(actor, patient_id, reading="prescription")
    today = patient.local_today(actor.now)
    found = Prescription.objects.for_clinic(actor.clinic).filter(patient=patient).select_related("created_by")
    rows = list(found.prefetch_related("versions__items"))
    context = {
        "patient": patient,
        "today": today,
        "live": [row for row in rows if row.ends_on is None or row.ends_on >= today],
        "past": [row for row in rows if row.ends_on is not None and row.ends_on < today],
    }
    return render(request, "programs/prescription_list.html", context)
