"""Exercises of another program, ticked and copied into this one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patients.access import THERAPIST, Request, staff
from programs.forms.items import TakeForm
from programs.forms.program_list import ListFilter
from programs.models import Program
from programs.services import programs
from programs.views import builder
from programs.views import builder_history as history
from programs.views.builder_rows import for_every_exercise, row_of

SHOWN = 12


@staff(THERAPIST)
@builder.refusals_told
def program_take(request: Request, program_id: UUID) -> HttpResponse:
    """Choose a program, tick exercises, copy them; dose, variants and alternatives come along."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    source = _source(request)
    faults: dict[str, Any] = {}
    if request.method == "POST":
        if source is None:
            raise Http404
        form = TakeForm(request.POST, source=source)
        if form.is_valid():
            data = form.cleaned_data
            change, _ = programs.copy_items(
                actor=actor.user, program=program, revision=data["revision"], items=list(data["items"]), now=actor.now
            )
            if change is not None:
                history.remember(request, program, change)
            messages.success(request, f"Copied {len(data['items'])} from “{source.name}”.")
            return redirect(builder.address(request, program, change))
        faults = {"alert": " ".join(str(error) for errors in form.errors.values() for error in errors)}
    context = builder.head_context(request, program) | _choice(request, program, source) | faults
    return render(request, "programs/program_take.html", context, status=422 if faults else 200)


def _source(request: Request) -> Program | None:
    """The program named in the address."""
    wanted = request.GET.get("from", "")
    if not wanted:
        return None
    try:
        source_id = UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Program.objects.for_actor(request.actor).with_items(), pk=source_id)


def _choice(request: Request, program: Program, source: Program | None) -> dict[str, Any]:
    form = ListFilter(request.GET)
    form.is_valid()
    typed = form.cleaned_data.get("q", "")
    conditions = builder.conditions_for(request, builder.context_patient(request, program))
    others = Program.objects.for_actor(request.actor).current().matching(typed).exclude(pk=program.pk)
    items = [item for item in source.items.all() if item.exercise.state == "published"] if source else []
    return {
        "q": typed,
        "source": source,
        "others": list(others[:SHOWN]),
        "always": for_every_exercise(conditions),
        "rows": [row_of(item, conditions) for item in items],
    }
