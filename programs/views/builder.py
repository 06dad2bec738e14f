"""What the builder's views share: the page, its panel, and the stack of changes that can be taken back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import reswap, retarget, trigger_client_event

from exercises.enums import Kind
from exercises.forms.picker import picks
from patients.access import Actor, Request, open_patient
from patients.conditions import Condition
from patients.models import Patient
from programs import safety
from programs.dosage import Line, Totals, totals
from programs.forms.programs import ItemForm
from programs.models import Program, ProgramItem
from programs.safety import SafetyWarning
from programs.services.prescriptions import conditions_of
from programs.services.programs import Change

UNDO_KEY = "program_undo"
UNDO_DEPTH = 10
UNDO_PROGRAMS = 5
DRAFT_BAR = ["programs/_draft_bar.html", "programs/_draft_note.html"]


@dataclass(frozen=True, slots=True)
class Row:
    """One item as the builder shows it."""

    item: ProgramItem
    form: ItemForm
    warnings: list[SafetyWarning]

    @property
    def rating(self) -> str:
        return safety.worst(self.warnings).word


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


def suffix_of(patient: Patient | None) -> str:
    """Carries the patient on from one address to the next."""
    return f"?patient={patient.pk}" if patient else ""


def row_of(item: ProgramItem, conditions: frozenset[Condition] | None, form: ItemForm | None = None) -> Row:
    warnings = safety.check(item.exercise.feature_set, conditions) if conditions is not None else []
    form = form or ItemForm(exercise=item.exercise, row=item, auto_id=f"id_%s_{item.pk}")
    return Row(item, form, warnings)


def totals_of(items: list[ProgramItem]) -> Totals:
    return totals(
        Line(item.dose, Kind(item.exercise.kind), item.exercise.needs_floor, tuple(item.exercise.equipment))  # type: ignore[arg-type]
        for item in items
    )


def patient_conditions(request: Request, patient: Patient | None) -> frozenset[Condition] | None:
    return conditions_of(patient, patient.local_today(request.actor.now)) if patient else None


def panel_context(
    request: Request, program: Program, bound: ItemForm | None = None, *, reading: str | None = None
) -> dict[str, Any]:
    """Everything the right side shows. `bound` is the one form that came back with faults."""
    patient = context_patient(request, program, reading=reading)
    conditions = patient_conditions(request, patient)
    items = list(program.items.all())
    bound_to = getattr(bound, "item_pk", None)
    return {
        "program": program,
        "patient": patient,
        "suffix": suffix_of(patient),
        "rows": [row_of(item, conditions, bound if item.pk == bound_to else None) for item in items],
        "totals": totals_of(items),
        "undo": last_change(request, program),
        "can_change": not program.shared and program.archived_at is None,
        "conditions": conditions,
        "draft_bar": DRAFT_BAR,
    }


def page_context(request: Request, program: Program, bound: ItemForm | None = None) -> dict[str, Any]:
    """The panel and the library beside it. Opening a draft is reading the patient's prescription."""
    context = panel_context(request, program, bound, reading="prescription")
    if context["can_change"]:
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
    if not request.htmx:
        context = page_context(request, program, bound) | {"alert": alert}
        return render(request, "programs/program_detail.html", context, status=status)
    context = panel_context(request, program, bound) | {"alert": alert}
    response = render(request, "programs/_builder_panel.html", context, status=status)
    response = retarget(reswap(response, "outerHTML"), "#builder-panel")
    return trigger_client_event(
        response, "program:changed", {"revision": program.revision, "say": alert or say}, after="swap"
    )


def saved(
    request: Request, program: Program, change: Change | None, revision: int, say: str, row: Row | None = None
) -> HttpResponse:
    """The answer to a change that went through: what differs and nothing else, or back to the page."""
    if change is not None:
        remember(request, program, change)
    if not request.htmx:
        return redirect(address(request, program, change))
    program = readable_program(request.actor, program.pk)
    patient = context_patient(request, program)
    context = {
        "program": program,
        "row": row,
        "patient": patient,
        "suffix": suffix_of(patient),
        "totals": totals_of(list(program.items.all())),
        "undo": last_change(request, program),
        "can_change": True,
        "change": change,
    }
    response = render(request, "programs/_builder_saved.html", context)
    response = reswap(response, "none") if row is None else retarget(reswap(response, "beforeend"), "#program-items")
    detail: dict[str, Any] = {"revision": revision, "say": say}
    if change is not None:
        places = {str(item.pk): place for place, item in enumerate(program.items.all())}
        detail |= {"did": change.did, "item": change.item, "position": places.get(change.item, -1)}
    return trigger_client_event(response, "program:changed", detail, after="swap")


def address(request: Request, program: Program, change: Change | None = None) -> str:
    """The builder page, at the item that changed, with the patient it is looked at for."""
    suffix = suffix_of(context_patient(request, program))
    anchor = f"#item-{change.item}" if change and change.did != "remove" else ""
    return reverse("programs:program_detail", args=[program.pk]) + suffix + anchor


# --- Changes that can be taken back, newest last, in the session ----------------------------------------------


def remember(request: Request, program: Program, change: Change) -> None:
    stacks: dict[str, list[dict[str, Any]]] = request.session.get(UNDO_KEY, {})
    stack = [*stacks.pop(str(program.pk), []), {"id": str(uuid4()), **asdict(change)}][-UNDO_DEPTH:]
    kept = list(stacks.items())[-(UNDO_PROGRAMS - 1) :]
    request.session[UNDO_KEY] = {**dict(kept), str(program.pk): stack}


def last_change(request: Request, program: Program, change_id: UUID | None = None) -> dict[str, Any] | None:
    """The change with this id, or the newest."""
    stack = request.session.get(UNDO_KEY, {}).get(str(program.pk), [])
    found = [change for change in stack if change_id is None or change["id"] == str(change_id)]
    return found[-1] if found else None


def forget(request: Request, program: Program, change: dict[str, Any]) -> None:
    stacks = request.session.get(UNDO_KEY, {})
    stack = stacks.get(str(program.pk), [])
    request.session[UNDO_KEY] = {**stacks, str(program.pk): [other for other in stack if other["id"] != change["id"]]}


def as_change(stored: dict[str, Any]) -> Change:
    return Change(**{key: value for key, value in stored.items() if key != "id"})
