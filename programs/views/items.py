"""The exercises of a program: added, changed in place, moved, removed, and the last change taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from config.lib.forms import HouseForm
from config.lib.revisions import RevisionConflict
from patients.access import THERAPIST, Request, staff
from programs.forms.programs import AddForm, ItemForm, MoveForm, RevisionForm, UndoForm
from programs.models import Program
from programs.services import programs
from programs.services.programs import CannotUndo, ProgramFull
from programs.views import builder

CONFLICT = "This program was changed elsewhere. Nothing was overwritten; this is how it stands now."
FULL = f"A program holds at most {programs.MOST_ITEMS} exercises. Remove one first."
CHANGED_AGAIN = "That has been changed again since, so nothing was taken back."
NOTHING_TO_UNDO = "There is nothing to take back."


def _faults(form: HouseForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@staff(THERAPIST)
@require_POST
def item_add(request: Request, program_id: UUID) -> HttpResponse:
    actor = request.actor
    program = builder.own_program(actor, program_id)
    form = AddForm(request.POST, actor=actor)
    if not form.is_valid():
        return builder.show(request, program, status=422, alert=_faults(form))
    exercise = form.cleaned_data["exercise"]
    try:
        item, change, revision = programs.add_item(
            actor=actor.user, program=program, revision=form.cleaned_data["revision"], exercise=exercise, now=actor.now
        )
    except RevisionConflict:
        return builder.show(request, program, status=409, alert=CONFLICT)
    except ProgramFull:
        return builder.show(request, program, status=422, alert=FULL)
    patient = builder.context_patient(request, program)
    row = builder.row_of(item, builder.patient_conditions(request, patient))
    return builder.saved(request, program, change, revision, f"Added {exercise.name}.", row)


@staff(THERAPIST)
@require_POST
def item_update(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    form = ItemForm(request.POST, exercise=item.exercise, row=item, auto_id=f"id_%s_{item.pk}")
    if not form.is_valid():
        return _item_with_faults(request, item.program, form, item_id)
    try:
        change, revision = programs.update_item(
            actor=actor.user, item=item, revision=form.cleaned_data["revision"], values=form.values, now=actor.now
        )
    except RevisionConflict:
        return builder.show(request, item.program, status=409, alert=CONFLICT)
    return builder.saved(request, item.program, change, revision, "")


def _item_with_faults(request: Request, program: Program, form: ItemForm, item_id: UUID) -> HttpResponse:
    """The same row with what was typed and what is wrong with it; the others stay as they are."""
    form.item_pk = item_id  # type: ignore[attr-defined]
    if not request.htmx or "revision" in form.errors:
        return builder.show(request, program, status=422, bound=form, alert=_faults(form))
    patient = builder.context_patient(request, program)
    item = program.items.select_related("exercise").get(pk=item_id)
    row = builder.row_of(item, builder.patient_conditions(request, patient), form)
    context = {
        "program": program,
        "row": row,
        "can_change": True,
        "suffix": builder.suffix_of(patient),
    }
    response = render(request, "programs/_builder_item.html", context, status=422)
    return retarget(reswap(response, "outerHTML"), f"#item-{item_id}")


@staff(THERAPIST)
@require_POST
def item_move(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return builder.show(request, item.program, status=422, alert=_faults(form))
    try:
        change, revision = programs.move_item(
            actor=actor.user,
            item=item,
            revision=form.cleaned_data["revision"],
            position=form.position_from(item.order),
            now=actor.now,
        )
    except RevisionConflict:
        return builder.show(request, item.program, status=409, alert=CONFLICT)
    say = "" if change else f"{item.exercise.name} stays where it is."
    return builder.saved(request, item.program, change, revision, say)


@staff(THERAPIST)
@require_POST
def item_remove(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return builder.show(request, item.program, status=422, alert=_faults(form))
    try:
        change, revision = programs.remove_item(
            actor=actor.user, item=item, revision=form.cleaned_data["revision"], now=actor.now
        )
    except RevisionConflict:
        return builder.show(request, item.program, status=409, alert=CONFLICT)
    return builder.saved(request, item.program, change, revision, f"Removed {change.name}.")


@staff(THERAPIST)
@require_POST
def program_undo(request: Request, program_id: UUID) -> HttpResponse:
    """Take back the change named in the form, or the last one of this sitting."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return builder.show(request, program, status=422, alert=_faults(form))
    stored = builder.last_change(request, program, form.cleaned_data["change"])
    if stored is None:
        return builder.show(request, program, alert=NOTHING_TO_UNDO)
    change = builder.as_change(stored)
    try:
        programs.undo(
            actor=actor.user, program=program, revision=form.cleaned_data["revision"], change=change, now=actor.now
        )
    except RevisionConflict:
        return builder.show(request, program, status=409, alert=CONFLICT)
    except (CannotUndo, ProgramFull) as refusal:
        builder.forget(request, program, stored)
        alert = FULL if isinstance(refusal, ProgramFull) else CHANGED_AGAIN
        return builder.show(request, program, status=409, alert=alert)
    builder.forget(request, program, stored)
    return builder.show(request, program, say=f"Taken back: {change.name}.")
