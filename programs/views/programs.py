"""Reusable programs: the list, making and copying them, the builder page, and putting them away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.lib.htmx import page_or_partial
from config.lib.paging import CountedPaginator
from patients.access import THERAPIST, Request, staff
from patients.conditions import Condition
from patients.models import Patient
from programs.forms.program_list import ListFilter
from programs.forms.programs import ProgramForm
from programs.models import Program
from programs.services import programs
from programs.services.programs import KeyTaken
from programs.views import builder
from programs.views.builder_totals import items_of_stage, totals_of

PAGE_SIZE = 12
PATIENTS_SHOWN = 30


def cards(found: Iterable[Program]) -> list[dict[str, Any]]:
    """Programs as the list and the assignment show them: pictures, for whom, and what one go adds up to."""
    return [_card(program) for program in found]


def _card(program: Program) -> dict[str, Any]:
    """`totals` are those of the first stage; `longest` the minutes of the longest one, 0 where that is the first."""
    items = list(program.items.all())
    stages = [totals_of(items_of_stage(items, number)) for number in range(1, max(1, len(program.steps)) + 1)]
    longest = max(stage.minutes for stage in stages)
    return {
        "program": program,
        "key": str(program.pk),
        "totals": stages[0],
        "longest": longest if longest > stages[0].minutes else 0,
        "stages": len(stages),
        "kinds": list(dict.fromkeys(kind for stage in stages for kind, _ in stage.kinds)),
        "made_for": [Condition(word).label for word in program.made_for],
        "weeks": _weeks(program.meant_for),
    }


def _weeks(meant_for: Mapping[str, Any]) -> str:
    """`In the 12 weeks before a hip replacement`, `Weeks 0 to 6 after ...`; nothing for the others."""
    if not meant_for:
        return ""
    first, last = meant_for["from"], meant_for.get("to")
    if first < 0:
        return f"In the {-first} weeks before a hip replacement"
    weeks = f"From week {first}" if last is None else f"Weeks {first} to {last}"
    return f"{weeks} after a hip replacement"


@staff(THERAPIST)
def program_list(request: Request) -> HttpResponse:
    """The clinic's own programs and the ready-made ones, narrowed and sorted by the address."""
    form = ListFilter(request.GET)
    found = form.narrow(Program.objects.for_actor(request.actor).current()).prefetch_related("items__exercise")
    page = CountedPaginator(found, PAGE_SIZE).get_page(request.GET.get("page", 1))
    context = {
        "page_obj": page,
        "cards": cards(page.object_list),
        "form": form,
        "said": form.said,
        "archived": _just_archived(request),
    }
    return page_or_partial(request, "programs/program_list.html", "programs/_program_results.html", context)


def _just_archived(request: Request) -> Program | None:
    """The program named in the address after archiving, to offer the way back."""
    try:
        program_id = UUID(request.GET.get("archived", ""))
    except ValueError:
        return None
    own = Program.objects.for_clinic(request.actor.clinic)
    return own.exclude(archived_at=None).filter(pk=program_id).first()


@staff(THERAPIST)
def program_create(request: Request) -> HttpResponse:
    actor = request.actor
    form = ProgramForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            program = programs.create(
                actor=actor.user, clinic=actor.workplace, name=data["name"], summary=data["summary"], key=data["key"]
            )
        except KeyTaken:
            form.add_error(None, "This page is out of date. Load it again.")
        else:
            return redirect("programs:program_detail", program.pk)
    return render(request, "programs/program_form.html", {"form": form}, status=422 if form.errors else 200)


@staff(THERAPIST)
def program_detail(request: Request, program_id: UUID) -> HttpResponse:
    """The builder; ready-made and archived programs are shown without controls."""
    program = builder.readable_program(request.actor, program_id)
    context = builder.page_context(request, program) | {"copy_key": uuid4()}
    return render(request, "programs/program_detail.html", context)


@staff(THERAPIST)
@require_POST
def program_copy(request: Request, program_id: UUID) -> HttpResponse:
    actor = request.actor
    program = get_object_or_404(Program.objects.for_actor(actor).with_items(), pk=program_id)
    try:
        key = UUID(request.POST["key"]) if request.POST.get("key") else None
        made = programs.copy(actor=actor.user, clinic=actor.workplace, program=program, key=key)
    except (ValueError, KeyTaken):
        messages.error(request, "That did not work. Try once more.")
        return redirect("programs:program_detail", program.pk)
    messages.success(request, f"“{made.name}” is yours to change.")
    return redirect(builder.address(request, made))


@staff(THERAPIST)
@require_POST
def program_archive(request: Request, program_id: UUID) -> HttpResponse:
    """Archive, or with `restore` bring back. Either one twice changes nothing more."""
    actor = request.actor
    program = builder.own_program(actor, program_id)
    if program.is_draft:
        raise Http404
    if "restore" in request.POST:
        programs.restore(actor=actor.user, program=program, now=actor.now)
        messages.success(request, f"“{program.name}” is back.")
        return redirect("programs:program_detail", program.pk)
    programs.archive(actor=actor.user, program=program, now=actor.now)
    return redirect(f"{reverse('programs:program_list')}?archived={program.pk}")


@staff(THERAPIST)
def program_assign(request: Request, program_id: UUID) -> HttpResponse:
    """For whom? The therapist's own patients, found by name."""
    actor = request.actor
    program = get_object_or_404(Program.objects.for_actor(actor).current(), pk=program_id)
    typed = ListFilter(request.GET).said["q"]
    found = Patient.objects.for_therapist(actor).active().search(typed).prefetch_related("conditions")
    patients = list(found[: PATIENTS_SHOWN + 1])
    context = {
        "program": program,
        "patients": patients[:PATIENTS_SHOWN],
        "more": len(patients) > PATIENTS_SHOWN,
        "q": typed,
        "today": actor.today,
    }
    return page_or_partial(request, "programs/program_assign.html", "programs/_program_patients.html", context)
