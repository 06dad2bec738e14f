"""Work notes on a patient's page: why the program needs a look, where to do it, and the button that settles it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse

from patients.access import Actor
from patients.models import Patient
from programs.enums import WorkKind
from programs.models import WorkItem

register = template.Library()

RATING_ICONS = {"avoid": "exclamation-octagon", "caution": "exclamation-triangle"}
KIND_ICONS = {
    WorkKind.SAFETY: "shield-check",
    WorkKind.REPLACE: "arrow-repeat",
    WorkKind.CLEARANCE: "question-circle",
    WorkKind.SUGGESTION: "graph-up",
    WorkKind.FLARE: "fire",
}
ORIGINS = {
    WorkKind.SAFETY: "From the library",
    WorkKind.REPLACE: "From the library",
    WorkKind.CLEARANCE: "From the calendar",
    WorkKind.SUGGESTION: "By a rule of yours",
    WorkKind.FLARE: "Told by the patient",
}
SETTLES = {WorkKind.SUGGESTION: "Dismiss"}
FROM_THE_RECORD = ("condition:", "surgery:")


def icon_of(item: WorkItem) -> str:
    """Its rating where it has one, else what it is about."""
    return RATING_ICONS.get(item.rating_word) or KIND_ICONS[WorkKind(item.kind)]


@dataclass(frozen=True, slots=True)
class Note:
    """One note as the panel shows it. `acts` are links, the first one being what it asks for."""

    item: WorkItem
    icon: str
    tone: str
    origin: str
    acts: list[tuple[str, str]]
    settle: str
    change: str


def _note(item: WorkItem) -> Note:
    tones = {"avoid": "danger", "caution": "warning"}
    kind = WorkKind(item.kind)
    is_question = kind is WorkKind.CLEARANCE
    return Note(
        item=item,
        icon=icon_of(item),
        tone=tones.get(item.rating_word) or ("flare" if kind is WorkKind.FLARE else "info"),
        origin="From the record" if item.dedupe_key.startswith(FROM_THE_RECORD) else ORIGINS[kind],
        acts=_clearing(item) if is_question else [_opening(item)],
        settle="Precautions go on" if is_question else SETTLES.get(kind, "Done"),
        change=_changing(item) if kind is WorkKind.SUGGESTION else "",
    )


def _changing(item: WorkItem) -> str:
    """Where the draft of its prescription is opened, by POST."""
    return reverse("programs:prescription_change", args=[item.prescription_id])


def _opening(item: WorkItem) -> tuple[str, str]:
    address = reverse("programs:prescription_detail", args=[item.prescription_id])
    return address, f"Open “{item.prescription.title}”"


def _clearing(item: WorkItem) -> list[tuple[str, str]]:
    """Its key names the operation: `clearance:<id>:<day>`."""
    place = [item.patient_id, item.dedupe_key.split(":")[1]]
    return [
        (reverse("programs:surgery_clear", args=place), "The surgeon has cleared"),
        (reverse("programs:surgery_edit", args=place), "Ask on another day"),
    ]


def work_notes_of(patient: Patient, actor: Actor, undo: WorkItem | None = None) -> dict[str, Any]:
    """What `programs/_work_panel.html` shows. One statement."""
    rows = WorkItem.objects.for_clinic(actor.clinic).filter(patient=patient).unsettled().worst_first()
    notes = [_note(item) for item in rows.select_related("prescription")]
    return {"notes": notes, "undo": undo, "today": patient.local_today(actor.now), "patient": patient}


@register.inclusion_tag("programs/_work_panel.html", takes_context=True)
def work_panel(context: dict[str, Any], patient: Patient) -> dict[str, Any]:
    """The open notes of a patient whom the view has opened; nothing when there are none."""
    request = context["request"]
    undo = _just_settled(request.GET.get("settled", ""), patient, request.actor)
    return {"request": request} | work_notes_of(patient, request.actor, undo)


def _just_settled(wanted: str, patient: Patient, actor: Actor) -> WorkItem | None:
    """The note named by the address after a plain form was sent, for taking it back."""
    try:
        pk = UUID(wanted)
    except ValueError:
        return None
    settled = WorkItem.objects.for_clinic(actor.clinic).filter(patient=patient, settled_by=actor.user)
    return settled.filter(pk=pk).first()
