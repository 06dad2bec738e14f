"""The patient's own program: what it holds, when it is due, and how each exercise goes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from exercises.dosage import minutes_of
from patients.access import Request, patient
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion
from programs.schedule import say_days
from programs.services import editions
from programs.services.days import lead_of


@dataclass(frozen=True, slots=True)
class Plan:
    """A prescription with the version that counts today, or its first one when it is yet to start."""

    prescription: Prescription
    version: PrescriptionVersion
    is_coming: bool

    @property
    def items(self) -> list[PrescriptionItem]:
        return list(self.version.items.all())

    @property
    def minutes(self) -> int:
        return minutes_of([item.dose for item in self.items])


@patient
@require_GET
def my_program(request: Request) -> HttpResponse:
    """All that runs or is about to, with its schedule in words."""
    actor = request.actor
    today = actor.today
    current = Prescription.objects.for_actor(actor).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    plans = []
    for prescription in current.with_versions().order_by("starts_on", "pk"):
        version = prescription.version_on(max(today, prescription.starts_on))
        if version:
            plans.append(Plan(prescription, version, prescription.starts_on > today))
    editions.reword((item for plan in plans for item in plan.items), today)
    lead = None if plans else lead_of(actor.own_record, today)
    return render(request, "programs/my_program.html", {"plans": plans, "lead": lead})


@patient
@require_GET
def my_exercise(request: Request, item_id: UUID) -> HttpResponse:
    """How to do one exercise of one's own program."""
    actor = request.actor
    today = actor.today
    own = Prescription.objects.for_actor(actor).filter(versions__items=item_id).with_versions()
    prescription = get_object_or_404(own)
    item = next((i for v in prescription.versions.all() for i in v.items.all() if i.pk == item_id), None)
    if item is None:
        raise Http404
    editions.reword([item], today)
    days = say_days(item.weekdays) if item.weekdays else ""
    return render(request, "programs/my_exercise.html", {"item": item, "prescription": prescription, "days": days})
