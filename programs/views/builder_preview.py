"""A program as its patient will see it, on a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from exercises.dosage import Dose
from patients.access import THERAPIST, Request, staff
from programs.enums import Variant
from programs.models import Program, ProgramItem
from programs.variants import dose_in
from programs.views import builder
from programs.views.builder_totals import items_in, items_of_stage, totals_of


@staff(THERAPIST)
def program_preview(request: Request, program_id: UUID) -> HttpResponse:
    """One variant of one stage as the patient's Today."""
    program = builder.readable_program(request.actor, program_id)
    context = builder.head_context(request, program, reading="prescription")
    return render(request, "programs/program_preview.html", context | _phone(request, program))


def _phone(request: Request, program: Program) -> dict[str, Any]:
    variant, stage = _variant(request), _stage(request, program)
    everything = list(program.items.all())
    items = items_of_stage(everything, stage) if program.steps else everything
    shown = items_in(variant, items)
    return {
        "variant": variant,
        "variants": list(Variant),
        "stage": stage,
        "stages": list(enumerate(program.steps, start=1)),
        "lines": [(item, _dose(item, variant)) for item in shown],
        "totals": totals_of(items, variant),
        "hour": request.actor.now,
    }


def _variant(request: Request) -> Variant:
    wanted = request.GET.get("variant", "")
    return Variant(wanted) if wanted in list(Variant) else Variant.NORMAL


def _stage(request: Request, program: Program) -> int:
    wanted = request.GET.get("stage", "")
    return int(wanted) if wanted in map(str, range(1, len(program.steps) + 1)) else 1


def _dose(item: ProgramItem, variant: Variant) -> Dose:
    return Dose(**dose_in(variant, item.dose_values(), item.variants))
