"""The patient's own program: what it holds, when it is due, what becomes of it on a poor day, and how each goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from exercises.dosage import minutes_of
from patients.access import Request, patient
from programs.enums import Variant
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion
from programs.services import editions
from programs.services.days import lead_of
from programs.today import Line
from programs.variants import POOR_DAYS, is_in

TITLES = {Variant.EASY: "On an easier day", Variant.FLARE: "In a flare"}


@dataclass(frozen=True, slots=True)
class PoorDay:
    """What a version holds in one variant, with the doses as they are there, and what is left out."""

    variant: Variant
    lines: tuple[Line, ...]
    left_out: tuple[PrescriptionItem, ...]

    @classmethod
    def of(cls, variant: Variant, items: list[PrescriptionItem]) -> PoorDay:
        has_core = any(item.is_core for item in items)
        kept = [i for i in items if is_in(variant, i.variants, is_core=i.is_core, has_core=has_core)]
        lines = tuple(Line(item, "", variant=variant) for item in kept)
        return cls(variant, lines, tuple(item for item in items if item not in kept))

    @property
    def title(self) -> str:
        return TITLES[self.variant]

    @property
    def minutes(self) -> int:
        return minutes_of([line.dose for line in self.lines])

    @property
    def is_as_usual(self) -> bool:
        return not self.left_out and all(line.dose == line.item.dose for line in self.lines)


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

    @property
    def poor_days(self) -> list[PoorDay]:
        return [PoorDay.of(variant, self.items) for variant in POOR_DAYS]

    @property
    def has_core(self) -> bool:
        return any(item.is_core for item in self.items)

    @property
    def ahead(self) -> list[PrescriptionVersion]:
        """Versions written already that begin later, the next one first."""
        later = [v for v in self.prescription.versions.all() if v.effective_from > self.version.effective_from]
        return sorted(later, key=lambda version: version.effective_from)


@patient
@require_GET
def my_program(request: Request) -> HttpResponse:
    """All that runs or is about to, with its schedule in words."""
    actor = request.actor
    today = actor.today
    current = Prescription.objects.for_actor(actor).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    rows = current.with_versions().prefetch_related("versions__items__alternatives").order_by("starts_on", "pk")
    plans = list(filter(None, (_plan(prescription, today) for prescription in rows)))
    editions.reword((item for plan in plans for item in plan.items), today)
    lead = None if plans else lead_of(actor.own_record, today)
    return render(request, "programs/my_program.html", {"plans": plans, "lead": lead, "today": today})


def _plan(prescription: Prescription, today: date) -> Plan | None:
    version = prescription.version_on(max(today, prescription.starts_on))
    return Plan(prescription, version, prescription.starts_on > today) if version else None


@patient
@require_GET
def my_exercise(request: Request, item_id: UUID) -> HttpResponse:
    """How to do one exercise of one's own program, on a poor day too, and what may be done instead."""
    actor = request.actor
    today = actor.today
    own = Prescription.objects.for_actor(actor).filter(versions__items=item_id).with_versions()
    prescription = get_object_or_404(own)
    item = next((i for v in prescription.versions.all() for i in v.items.all() if i.pk == item_id), None)
    if item is None:
        raise Http404
    editions.reword([item], today)
    context = {
        "item": item,
        "prescription": prescription,
        "poor_days": _differing(item),
        "alternatives": list(item.alternatives.select_related("exercise")),
    }
    return render(request, "programs/my_exercise.html", context)


def _differing(item: PrescriptionItem) -> list[tuple[str, Line | None]]:
    """The poor-day variants in which this exercise is another: its title, and the line or None when it is left out."""
    items = list(item.version.items.all())
    found: list[tuple[str, Line | None]] = []
    for poor in (PoorDay.of(variant, items) for variant in POOR_DAYS):
        line = next((line for line in poor.lines if line.item == item), None)
        if line is None or line.dose != item.dose:
            found.append((poor.title, line))
    return found
