"""The exercises of a program: added, changed in place, moved, doubled, removed; a change taken back or remade."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from patients.access import THERAPIST, Request, staff
from programs.edits import Change
from programs.forms.items import AddForm, ItemForm, MoveForm, UndoForm, UsualForm
from programs.forms.programs import RevisionForm
from programs.models import ProgramItem
from programs.services import programs, usual_doses
from programs.services.programs import CannotUndo
from programs.views import builder
from programs.views import builder_history as history

NOTHING_TO_UNDO = "There is nothing to take back."
NOTHING_TO_REDO = "There is nothing to make again."


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_add(request: Request, program_id: UUID) -> HttpResponse:
    """At the end, or where it was dropped; with the usual dose of whoever adds it."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    data = builder.checked(AddForm(request.POST, actor=actor))
    item, change, revision = programs.add_item(
        actor=actor.user,
        program=program,
        revision=data["revision"],
        exercise=data["exercise"],
        position=data["position"],
        now=actor.now,
    )
    return _added(request, item, change, revision)


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_double(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    """The same exercise once more, right behind."""
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    data = builder.checked(RevisionForm(request.POST))
    change, revision = programs.duplicate_item(actor=actor.user, item=item, revision=data["revision"], now=actor.now)
    return _added(request, builder.own_item(actor, program_id, UUID(change.item)), change, revision)


def _added(request: Request, item: ProgramItem, change: Change, revision: int) -> HttpResponse:
    program = item.program
    program.revision = revision
    added = builder.Added(item, usual_doses.usual_of(request.actor.user, [item.exercise]).get(item.exercise_id))
    with_usual = " with your usual dose" if builder.row_of(item, None, usual=added.usual).is_usual else ""
    return builder.saved(request, program, change, revision, f"Added {item.exercise.name}{with_usual}.", added)


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_update(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    form = ItemForm(request.POST, exercise=item.exercise, row=item, auto_id=f"id_%s_{item.pk}")
    if not form.is_valid():
        return _item_with_faults(request, item, form)
    change, revision = programs.update_item(
        actor=actor.user, item=item, revision=form.cleaned_data["revision"], values=form.values, now=actor.now
    )
    return builder.saved(request, item.program, change, revision, "")


def _item_with_faults(request: Request, item: ProgramItem, form: ItemForm) -> HttpResponse:
    """The same row with what was typed and what is wrong with it; the others stay as they are."""
    program = item.program
    if not request.htmx or "revision" in form.errors:
        faults = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return builder.show(request, program, status=422, bound=form, alert=faults)
    context = builder.head_context(request, program)
    usual = usual_doses.usual_of(request.actor.user, [item.exercise]).get(item.exercise_id)
    context["row"] = builder.row_of(item, context["conditions"], form, usual)
    response = render(request, "programs/_builder_item.html", context, status=422)
    return retarget(reswap(response, "outerHTML"), f"#item-{item.pk}")


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_usual(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    """Keep the dose of this item as one's usual one for the exercise, take the usual one here, or forget it."""
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    data = builder.checked(UsualForm(request.POST))
    name, change = item.exercise.name, None
    if data["do"] == "save":
        usual_doses.save(actor=actor.user, exercise=item.exercise, values=item.dose_values())
        say = f"Kept as your usual dose of {name}."
    elif data["do"] == "forget":
        usual_doses.forget(actor=actor.user, exercise=item.exercise)
        say = f"Your usual dose of {name} is forgotten."
    else:
        usual = usual_doses.usual_of(actor.user, [item.exercise]).get(item.exercise_id, {})
        change, _ = programs.update_item(
            actor=actor.user, item=item, revision=data["revision"], values=usual, now=actor.now
        )
        say = f"{name} has your usual dose."
    return builder.done(request, item.program, change, say)


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_move(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    form = MoveForm(request.POST)
    data = builder.checked(form)
    change, revision = programs.move_item(
        actor=actor.user,
        item=item,
        revision=data["revision"],
        position=form.position_from(item.order),
        now=actor.now,
    )
    say = "" if change else f"{item.exercise.name} stays where it is."
    return builder.saved(request, item.program, change, revision, say)


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def item_remove(request: Request, program_id: UUID, item_id: UUID) -> HttpResponse:
    actor = request.actor
    item = builder.own_item(actor, program_id, item_id)
    data = builder.checked(RevisionForm(request.POST))
    change, revision = programs.remove_item(actor=actor.user, item=item, revision=data["revision"], now=actor.now)
    return builder.saved(request, item.program, change, revision, f"Removed {change.name}.")


# --- The whole order, and taking back ------------------------------------------------------------------------


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def program_group(request: Request, program_id: UUID) -> HttpResponse:
    """Exercises of one position side by side, to spare getting down to the floor."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    data = builder.checked(RevisionForm(request.POST))
    change, _ = programs.group_by_position(actor=actor.user, program=program, revision=data["revision"], now=actor.now)
    return builder.done(request, program, change, "Grouped by position." if change else "It is grouped already.")


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def program_undo(request: Request, program_id: UUID) -> HttpResponse:
    """Take back the change named in the form, or the last one of this sitting."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    data = builder.checked(UndoForm(request.POST))
    stored = history.last_done(request, program, data["change"])
    if stored is None:
        return builder.show(request, program, alert=NOTHING_TO_UNDO)
    change = history.as_change(stored)
    try:
        programs.undo(actor=actor.user, program=program, revision=data["revision"], change=change, now=actor.now)
    except CannotUndo:
        history.forget(request, program, stored)
        raise
    history.taken_back(request, program, stored)
    return builder.show(request, program, say=f"Taken back: {change.label}.")


@staff(THERAPIST)
@require_POST
@builder.refusals_told
def program_redo(request: Request, program_id: UUID) -> HttpResponse:
    """Make again what was taken back last."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    data = builder.checked(RevisionForm(request.POST))
    stored = history.last_undone(request, program)
    if stored is None:
        return builder.show(request, program, alert=NOTHING_TO_REDO)
    change = history.as_change(stored)
    try:
        programs.redo(actor=actor.user, program=program, revision=data["revision"], change=change, now=actor.now)
    except CannotUndo:
        history.forget(request, program, stored)
        raise
    history.made_again(request, program, stored)
    return builder.show(request, program, say=f"Made again: {change.label}.")
