"""The page on which a program gets its name, schedule, flare days, stages and rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from config.lib.revisions import RevisionConflict
from patients.access import THERAPIST, Request, staff
from programs import progression
from programs.forms.program_settings import Settings
from programs.models import Program
from programs.services import program_settings as settings
from programs.views import builder

UNDO_KEY = "program_settings_undo"
TOO_LATE = "The program has been changed again since, so nothing was taken back."


@staff(THERAPIST)
def program_settings(request: Request, program_id: UUID) -> HttpResponse:
    """All of it on one page. Somebody else's change in between is shown beside what was typed; nothing is lost."""
    program = builder.own_program(request.actor, program_id)
    if request.method != "POST":
        return _page(request, program, Settings(program))
    if "undo" in request.POST:
        return _undo(request, program)
    page = Settings(program, request.POST)
    if not page.is_valid():
        return _page(request, program, page, status=422)
    try:
        before, revision = _save(request, program, page.form.cleaned_data["revision"], page.values)
    except RevisionConflict:
        return _conflict(request, program, page)
    if before:
        request.session[UNDO_KEY] = {"program": str(program.pk), "revision": revision, "values": before}
    messages.success(request, "Saved.")
    return redirect(_back(request, program))


def _save(request: Request, program: Program, revision: int, values: dict[str, Any]) -> tuple[dict[str, Any], int]:
    actor = request.actor
    return settings.save(actor=actor.user, program=program, revision=revision, values=values, now=actor.now)


def _back(request: Request, program: Program) -> str:
    return builder.address(request, program)


def _conflict(request: Request, program: Program, page: Settings) -> HttpResponse:
    """The page as it was typed, with what is stored by now wherever that differs. Saving again is a decision."""
    fresh = Program.objects.for_builder(request.actor).get(pk=program.pk)
    data = request.POST.copy()
    data["revision"] = str(fresh.revision)
    typed = Settings(fresh, data)
    typed.is_valid()
    stored = {**settings.settings_of(fresh)}
    differs = [name for name, value in page.values.items() if stored[name] != value]
    return _page(request, fresh, typed, status=409, stored=_in_words(fresh, differs))


def _in_words(program: Program, names: list[str]) -> list[tuple[str, str]]:
    """Stored settings as a person reads them, each kind once."""
    said = {
        "name": ("Name", program.name),
        "summary": ("Summary", program.summary or "none"),
        "flare_days": ("A flare lasts", f"{program.flare_days} days"),
        "steps": ("Stages", ", ".join(step["title"] for step in program.steps) or "none"),
        "progression": ("Rules", " ".join(progression.Rule.read(one).text for one in program.progression) or "none"),
    }
    schedule = ("Schedule", program.rule_from().text)
    return list(dict.fromkeys(said.get(name, schedule) for name in names))


def _undo(request: Request, program: Program) -> HttpResponse:
    """Take back what was saved last on this page, unless the program has changed since."""
    kept = request.session.pop(UNDO_KEY, None)
    here = reverse("programs:program_settings", args=[program.pk])
    if not kept or kept["program"] != str(program.pk):
        messages.info(request, "There is nothing to take back.")
        return redirect(here)
    try:
        _save(request, program, kept["revision"], kept["values"])
    except RevisionConflict:
        messages.warning(request, TOO_LATE)
    else:
        messages.success(request, "Taken back.")
    return redirect(here)


def _page(
    request: Request,
    program: Program,
    page: Settings,
    *,
    status: int = 200,
    stored: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    kept = request.session.get(UNDO_KEY) or {}
    is_last = kept.get("program") == str(program.pk) and kept.get("revision") == program.revision
    context = {
        "program": program,
        "page": page,
        "form": page.form,
        "stored": stored,
        "can_undo": is_last and request.method != "POST",
        "back": _back(request, program),
    }
    return render(request, "programs/program_settings.html", context, status=status)
