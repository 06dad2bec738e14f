"""What the builder's views share: opening a program, for whom it is looked at, and what is answered to a change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import reswap, retarget, trigger_client_event

from config.lib.revisions import RevisionConflict
from exercises.forms.picker import picks
from patients.access import Actor, Request, open_patient
from patients.conditions import Condition
from patients.models import Patient
from programs import safety
from programs.edits import Change
from programs.forms.items import ItemForm
from programs.models import Program, ProgramItem
from programs.services.conditions import conditions_of
from programs.services.item_states import MOST_ITEMS, ProgramFull
from programs.services.programs import CannotUndo, TooManyCore
from programs.variants import MOST_CORE
from programs.views import builder_history as history
from programs.views.builder_rows import for_every_exercise, item_rows, row_of, variant_rows
from programs.views.builder_totals import all_totals, spared, totals_of

__all__ = ["row_of", "totals_of"]
VARIANTS = "variants"
SIDES = {"": "programs:program_detail", VARIANTS: "programs:program_variants"}
PANELS = {"": "programs/_builder_panel.html", VARIANTS: "programs/_builder_variants.html"}
PAGES = {"": "programs/program_detail.html", VARIANTS: "programs/program_variants.html"}

CONFLICT = "This program was changed elsewhere. Nothing was overwritten; this is how it stands now."
FULL = f"A program holds at most {MOST_ITEMS} exercises. Remove one first."
CHANGED_AGAIN = "That has been changed again since, so nothing was overwritten."
CORE_FULL = f"The minimum core holds at most {MOST_CORE} exercises. Take the star from another one first."
REFUSALS: dict[type[Exception], tuple[int, str]] = {
    RevisionConflict: (409, CONFLICT),
    ProgramFull: (422, FULL),
    TooManyCore: (422, CORE_FULL),
    CannotUndo: (409, CHANGED_AGAIN),
}


class Added(NamedTuple):
    """A new item, and the usual dose of its exercise where the reader keeps one."""

    item: ProgramItem
    usual: dict[str, Any] | None


class Faulty(Exception):
    """A form of the builder that has no row of its own to show its faults in."""


# --- Opening -------------------------------------------------------------------------------------------------


def readable_program(actor: Actor, program_id: UUID) -> Program:
    """A program of the list, or the draft of a prescription for one of the therapist's own patients."""
    found = Program.objects.for_builder(actor).select_related("prescription").with_items()
    return get_object_or_404(found, pk=program_id)


def own_program(actor: Actor, program_id: UUID) -> Program:
    """A program or draft that this therapist may change; the ready-made ones are copied first."""
    found = Program.objects.for_builder(actor).select_related("prescription")
    program = get_object_or_404(found, pk=program_id)
    if program.shared:
        raise PermissionDenied("Ready-made programs stay as they are. Make a copy and change that.")
    return program


def own_item(actor: Actor, program_id: UUID, item_id: UUID) -> ProgramItem:
    program = own_program(actor, program_id)
    return get_object_or_404(program.items.select_related("exercise"), pk=item_id)


def context_patient(request: Request, program: Program, *, reading: str | None = None) -> Patient | None:
    """For whom the builder shows safety: a draft's own patient, else the one named in the address."""
    if program.prescription:
        return open_patient(request.actor, program.prescription.patient_id, reading=reading)
    wanted = request.GET.get("patient", "")
    if not wanted:
        return None
    try:
        patient_id = UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    return open_patient(request.actor, patient_id)


def conditions_for(request: Request, patient: Patient | None) -> frozenset[Condition] | None:
    return conditions_of(patient, patient.local_today(request.actor.now)) if patient else None


def side_of(request: Request) -> str:
    """Which side of the builder is meant: the exercises in order, or the variants side by side."""
    return VARIANTS if request.GET.get("side") == VARIANTS else ""


def suffix_of(patient: Patient | None, side: str = "") -> str:
    """Carries patient and side on from one address to the next."""
    said = {"patient": str(patient.pk) if patient else "", "side": side}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""


# --- Showing -------------------------------------------------------------------------------------------------


def head_context(
    request: Request, program: Program, *, reading: str | None = None, side: str | None = None
) -> dict[str, Any]:
    """What every page of the builder needs: the program, for whom, and what may be done."""
    patient = context_patient(request, program, reading=reading)
    side = side_of(request) if side is None else side
    return {
        "program": program,
        "patient": patient,
        "conditions": conditions_for(request, patient),
        "side": side,
        "suffix": suffix_of(patient, side),
        "patient_suffix": suffix_of(patient),
        "can_change": not program.shared and program.archived_at is None,
    }


def foot_context(request: Request, program: Program, items: list[ProgramItem]) -> dict[str, Any]:
    """What follows from all items: totals, what grouping would spare, and what can be taken back."""
    return {
        "sums": all_totals(program, items),
        "spared": spared(items),
        "undo": history.last_done(request, program),
        "redo": history.last_undone(request, program),
    }


def panel_context(request: Request, program: Program, bound: ItemForm | None = None, **head: Any) -> dict[str, Any]:
    """Everything the panel shows. `bound` is the one form that came back with faults."""
    context = head_context(request, program, **head)
    items = list(program.items.all())
    for item in items:
        item.program = program
    context |= foot_context(request, program, items)
    context |= {"items": items, "always": for_every_exercise(context["conditions"])}
    if context["side"] == VARIANTS:
        return context | {"rows": variant_rows(items)}
    return context | {"rows": item_rows(request.actor.user, items, context["conditions"], bound)}


def page_context(
    request: Request, program: Program, bound: ItemForm | None = None, *, side: str | None = None
) -> dict[str, Any]:
    """The panel and the library beside it. Opening a draft is reading the patient's prescription."""
    context = panel_context(request, program, bound, reading="prescription", side=side)
    if context["can_change"] and not context["side"]:
        conditions = context["conditions"]
        unsafe = None if conditions is None else safety.unsafe_for(conditions)
        context["picks"] = picks(request.actor, request.GET, program.pk, unsafe)
    return context


def show(
    request: Request,
    program: Program,
    *,
    status: int = 200,
    alert: str = "",
    say: str = "",
    bound: ItemForm | None = None,
) -> HttpResponse:
    """The whole panel anew (htmx) or the whole page: after undo, a conflict or a fault."""
    program = readable_program(request.actor, program.pk)
    side = side_of(request)
    if not request.htmx:
        context = page_context(request, program, bound) | {"alert": alert}
        return render(request, PAGES[side], context, status=status)
    context = panel_context(request, program, bound) | {"alert": alert}
    response = render(request, PANELS[side], context, status=status)
    response = retarget(reswap(response, "outerHTML"), "#builder-panel")
    return trigger_client_event(
        response, "program:changed", {"revision": program.revision, "say": alert or say}, after="swap"
    )


def done(request: Request, program: Program, change: Change | None, say: str) -> HttpResponse:
    """The panel anew after a change that touched several places, or back to the page."""
    if change is not None:
        history.remember(request, program, change)
    if not request.htmx:
        return redirect(address(request, program, change))
    return show(request, program, say=say)


def saved(
    request: Request,
    program: Program,
    change: Change | None,
    revision: int,
    say: str,
    added: Added | None = None,
    **extra: Any,
) -> HttpResponse:
    """The answer to a change that went through: what differs and nothing else, or back to the page.

    `added` is an item that is new in the list; `extra` is for parts of `_builder_saved.html` that only some need.
    """
    if change is not None:
        history.remember(request, program, change)
    if not request.htmx:
        return redirect(address(request, program, change))
    program.revision = revision
    items = list(program.items.select_related("exercise"))
    context = head_context(request, program) | foot_context(request, program, items)
    changed = next((item for item in items if change and change.did == "update" and str(item.pk) == change.item), None)
    row = row_of(added.item, context["conditions"], usual=added.usual) if added else None
    context |= {"row": row, "change": change, "changed": changed, **extra}
    response = render(request, "programs/_builder_saved.html", context)
    response = reswap(response, "none") if row is None else retarget(reswap(response, "beforeend"), "#program-items")
    detail: dict[str, Any] = {"revision": revision, "say": say}
    if change is not None:
        places = {str(item.pk): place for place, item in enumerate(items)}
        detail |= {"did": change.did, "item": change.item, "position": places.get(change.item, -1)}
    return trigger_client_event(response, "program:changed", detail, after="swap")


def address(request: Request, program: Program, change: Change | None = None) -> str:
    """The page of the builder this came from, at the item that changed, with the patient it is looked at for."""
    side = side_of(request)
    anchor = f"#item-{change.item}" if change and change.item and change.did != "remove" else ""
    patient = context_patient(request, program)
    return reverse(SIDES[side], args=[program.pk]) + suffix_of(patient) + anchor


# --- Refusing ------------------------------------------------------------------------------------------------


def refusals_told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The panel as it stands, with a sentence on top, when a change cannot be made."""

    @wraps(view)
    def told(request: Request, program_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, program_id, *args, **kwargs)
        except Faulty as fault:
            status, words = 422, str(fault)
        except tuple(REFUSALS) as refusal:
            status, words = REFUSALS[type(refusal)]
        return show(request, own_program(request.actor, program_id), status=status, alert=words)

    return told


def checked(form: forms.BaseForm) -> dict[str, Any]:
    """What the form says; raises `Faulty` with its faults in words."""
    if not form.is_valid():
        raise Faulty(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data
