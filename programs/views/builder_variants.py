"""The bad days of a program: the variants side by side, the minimum core, and what may stand in for an exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from exercises.features import Feature
from exercises.forms.picker import picks
from exercises.models import Exercise
from patients.access import THERAPIST, Actor, Request, staff
from patients.conditions import Condition
from programs import safety
from programs.enums import Rating, Situation
from programs.forms.items import AlternativeForm, CoreForm, VariantForm
from programs.models import ProgramItem
from programs.safety import SafetyWarning
from programs.services import programs
from programs.views import builder
from programs.views.builder_rows import for_every_exercise

FOUND = 6
# For each situation, what an exercise may be named for in the library to be suggested there.
FITS = {situation: {situation.value} for situation in Situation} | {Situation.TOO_PAINFUL: {"too_painful", "easier"}}


@staff(THERAPIST)
def program_variants(request: Request, program_id: UUID) -> HttpResponse:
    """Normal, easy and flare side by side."""
    program = builder.readable_program(request.actor, program_id)
    context = builder.page_context(request, program, side=builder.VARIANTS)
    return render(request, "programs/program_variants.html", context)


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_variant(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    """In or out in one variant, and the dose that differs there."""
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    has_core = item.program.items.filter(is_core=True).exists()
    form = VariantForm(request.POST, row=item, has_core=has_core)
    data = builder.checked(form)
    change, revision = programs.update_item(
        actor=actor.user, item=item, revision=data["revision"], values=form.values, now=actor.now
    )
    return builder.saved(request, item.program, change, revision, "")


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_core(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    """Into the minimum core or out of it."""
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    data = builder.checked(CoreForm(request.POST))
    values = {"is_core": data["is_core"]}
    change, _ = programs.update_item(
        actor=actor.user, item=item, revision=data["revision"], values=values, now=actor.now
    )
    where = "belongs to the minimum core" if data["is_core"] else "is out of the minimum core"
    return builder.done(request, item.program, change, f"{item.exercise.name} {where}.")


# --- Approved alternatives -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise that may stand in, what the library names it for, and what speaks against it for the patient."""

    exercise: Exercise
    named: set[str]
    warnings: list[SafetyWarning]

    @property
    def rating(self) -> Rating:
        return safety.worst(self.warnings)


@dataclass(frozen=True, slots=True)
class Allowed:
    """One situation: what is approved for it now, and what the library suggests."""

    situation: Situation
    approved: Candidate | None
    suggested: list[Candidate]


@staff(THERAPIST)
@builder.refusals_told
def item_alternatives(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    """What may stand in for an exercise, and in which situation: shown, approved, taken back."""
    actor = request.actor
    if request.method != "POST":
        program = builder.readable_program(actor, program_id)
        item = get_object_or_404(program.items.select_related("exercise"), pk=item_id)
        template = "programs/_builder_alternatives.html" if request.htmx else "programs/item_alternatives.html"
        context = builder.head_context(request, program, reading=None if request.htmx else "prescription")
        return render(request, template, context | _alternatives(request, item, context["conditions"]))
    item = builder.own_item(actor, program_id, item_id)
    data = builder.checked(AlternativeForm(request.POST, actor=actor, row=item))
    change, revision = programs.set_alternative(
        actor=actor.user,
        item=item,
        revision=data["revision"],
        situation=Situation(data["situation"]),
        exercise=data["exercise"],
        now=actor.now,
    )
    conditions = builder.conditions_for(request, builder.context_patient(request, item.program))
    shown = _alternatives(request, item, conditions) if request.htmx else {}
    return builder.saved(request, item.program, change, revision, _said(data), **shown)


def _said(data: dict[str, Any]) -> str:
    where = Situation(data["situation"]).label.lower()
    return f"{data['exercise'].name} may stand in: {where}." if data["exercise"] else f"Nothing stands in: {where}."


def _alternatives(request: Request, item: ProgramItem, conditions: frozenset[Condition] | None) -> dict[str, Any]:
    rows = {row.situation: row.exercise for row in item.alternatives.select_related("exercise")}
    near = _neighbours(request.actor, item, conditions)
    shown = [candidate for candidate in near if candidate.rating is not Rating.AVOID]
    return {
        "item": item,
        "allowed": [
            Allowed(
                situation,
                _candidate(rows[situation], set(), conditions) if situation in rows else None,
                [candidate for candidate in shown if FITS[situation] & candidate.named],
            )
            for situation in Situation
        ],
        "left_out": [candidate for candidate in near if candidate.rating is Rating.AVOID],
        "number": len(rows),
        "always": for_every_exercise(conditions),
        **_search(request, item, conditions),
    }


def _neighbours(actor: Actor, item: ProgramItem, conditions: frozenset[Condition] | None) -> list[Candidate]:
    """The exercise's own neighbours in the library with all that each is named for, the safest first."""
    named: dict[str, set[str]] = {}
    for kind, code in item.exercise.neighbours.items():
        if code:
            named.setdefault(code, set()).add(kind)
    found = Exercise.objects.for_actor(actor).published().filter(code__in=named).order_by("name", "pk")
    candidates = [_candidate(exercise, named[exercise.code], conditions) for exercise in found]
    return sorted(candidates, key=lambda candidate: candidate.rating)


def _candidate(exercise: Exercise, named: set[str], conditions: frozenset[Condition] | None) -> Candidate:
    """With the warnings of its own; those that hold for every exercise are said once."""
    row = safety.check(exercise.feature_set, conditions) if conditions is not None else []
    return Candidate(exercise, named, [warning for warning in row if warning.feature is not Feature.ANY_EXERCISE])


def _search(request: Request, item: ProgramItem, conditions: frozenset[Condition] | None) -> dict[str, Any]:
    """Any other exercise of the library, by name."""
    typed = request.GET.get("q", "")
    if not typed:
        return {"typed": "", "found": []}
    params = QueryDict(mutable=True)
    params["q"] = typed
    rows = [row for row in picks(request.actor, params).rows if row.pk != item.exercise_id][:FOUND]
    return {"typed": typed, "found": [_candidate(row, set(), conditions) for row in rows]}
