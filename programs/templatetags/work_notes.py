"""Work notes on a patient's page: why the program needs a look, and the button that settles it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from patients.access import Actor
from patients.models import Patient
from programs.models import WorkItem

register = template.Library()


def work_notes_of(patient: Patient, actor: Actor, undo: WorkItem | None = None) -> dict[str, Any]:
    """What `programs/_work_panel.html` shows. One statement."""
    notes = WorkItem.objects.for_clinic(actor.clinic).filter(patient=patient).unsettled().worst_first()
    today = patient.local_today(actor.now)
    return {"notes": list(notes.select_related("prescription")), "undo": undo, "today": today, "patient": patient}


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
