"""Giving a program to a patient: choose, fit, answer what speaks against it, assign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from config.lib.htmx import page_or_partial
from exercises.forms.picker import picks
from exercises.models import Exercise
from patients.access import THERAPIST, Actor, Request, open_patient, staff
from patients.models import Patient, Surgery
from patients.services import invitations, reminder_settings
from programs import safety
from programs.forms.assign import AssignItemForm
from programs.forms.assignment import Assignment
from programs.models import Program
from programs.safety import SafetyWarning
from programs.services import offers, prescriptions
from programs.services.programs import MOST_ITEMS
from programs.views.programs import cards

NEIGHBOURS = {
    "easier": "Easier",
    "no_floor": "No floor",
    "at_work": "At work",
    "too_painful": "Too painful",
    "no_roller": "No roller",
    "harder": "Harder",
}
FOUND = 6
MOST_OFFERED = 100
LONGEST_SEARCH = 100
OUT_OF_DATE = "This page is out of date. Check it and assign again."


@dataclass(frozen=True, slots=True)
class Instead:
    """An exercise that may be taken instead: how it is related, what speaks against it, whether it is here already."""

    label: str
    exercise: Exercise
    rating: str
    is_here: bool
    worst: SafetyWarning | None = None


@staff(THERAPIST)
def assign(request: Request, patient_id: UUID) -> HttpResponse:
    """Without a program: choose one. With one: fit it. Only the button named `assign` stores anything."""
    actor: Actor = request.actor
    patient = open_patient(actor, patient_id)
    program = _program(actor, request.GET.get("program") or request.POST.get("program"))
    if request.method != "POST":
        if program is None:
            return _choose(request, actor, patient)
        return _page(request, Assignment(patient=patient, actor=actor, program=program))
    if "assign" not in request.POST:
        data = _replaced(request.POST, actor)
        return _page(request, Assignment(patient=patient, actor=actor, program=program, data=data, judge=False))
    return _assign(request, Assignment(patient=patient, actor=actor, program=program, data=request.POST))


def _program(actor: Actor, wanted: str | None) -> Program | None:
    if not wanted:
        return None
    try:
        program_id = UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Program.objects.for_actor(actor).with_items(), pk=program_id)


def _choose(request: Request, actor: Actor, patient: Patient) -> HttpResponse:
    """All programs, those that fit this patient now first, each with what speaks against it."""
    typed = request.GET.get("q", "")[:LONGEST_SEARCH].replace("\x00", "")
    found = Program.objects.for_actor(actor).current().matching(typed).with_items()
    today = patient.local_today(actor.now)
    offered = offers.offered(list(found.order_by("shared", "name", "pk")[:MOST_OFFERED]), patient, today)
    shown = cards([offer.program for offer in offered])
    context = {
        "patient": patient,
        "q": typed,
        "cards": [card | {"offer": offer} for card, offer in zip(shown, offered, strict=True)],
    }
    return page_or_partial(request, "programs/assign_choose.html", "programs/_assign_offers.html", context)


def _assign(request: Request, assignment: Assignment) -> HttpResponse:
    if not assignment.is_valid():
        return _page(request, assignment, status=422)
    actor, patient = assignment.actor, assignment.patient
    data = assignment.schedule.cleaned_data
    try:
        made = prescriptions.assign(
            actor=actor.user,
            patient=patient,
            title=data["title"],
            items=assignment.drafts(),
            steps=assignment.stages(),
            rule=assignment.schedule.rule,
            replaces=assignment.schedule.replaced,
            holiday=assignment.schedule.holiday,
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            answers=assignment.answers(),
            program=assignment.program,
            now=actor.now,
            key=data["key"],
        )
    except prescriptions.EndRefused as refusal:
        return _again(request, assignment, str(refusal))
    except (prescriptions.SafetyUnanswered, prescriptions.ExerciseRetired, prescriptions.KeyTaken):
        return _again(request, assignment, OUT_OF_DATE)
    messages.success(request, f"“{made.title}” is assigned to {patient.given_name}.")
    if data["invite"]:
        _invite(request, actor, patient)
    return redirect("patients:patient_detail", patient.pk)


def _again(request: Request, before: Assignment, fault: str) -> HttpResponse:
    """The page as it is now, with everything typed; nothing was stored."""
    again = Assignment(patient=before.patient, actor=before.actor, program=before.program, data=request.POST)
    again.is_valid()
    again.faults.append(fault)
    return _page(request, again, status=409)


def _invite(request: Request, actor: Actor, patient: Patient) -> None:
    """Mail the way in, when there is an address and no login yet."""
    if not _needs_invitation(patient) or not (address := reminder_settings.address_of(patient)):
        return
    try:
        invitations.invite_patient(actor=actor.user, patient=patient, email=address, now=actor.now)
    except invitations.InvitationRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"The invitation is on its way to {address}.")


def _needs_invitation(patient: Patient) -> bool:
    return patient.user_id is None


def _replaced(data: QueryDict, actor: Actor) -> QueryDict:
    """The form as typed, with one exercise replaced (`replace=2:<id>`) or added (`replace=new:<id>`)."""
    typed = data.copy()
    number, _, wanted = typed.get("replace", "").partition(":")
    try:
        exercise_id = UUID(wanted)
    except ValueError:
        return typed
    exercise = Exercise.objects.for_actor(actor).published().filter(pk=exercise_id).first()
    if number == "new":
        number = next((str(n) for n in range(MOST_ITEMS) if f"i{n}-exercise" not in typed), "")
    if exercise is None or not (number.isascii() and number.isdecimal() and int(number) < MOST_ITEMS):
        return typed
    # Which item of the program stands there stays known: its days, times and stages go on.
    kept = f"i{number}-source"
    for name in [name for name in typed if name.startswith(f"i{number}-") and name != kept]:
        del typed[name]
    typed[f"i{number}-exercise"] = str(exercise.pk)
    typed[f"i{number}-new"] = "1"
    typed["search-new"] = ""
    return typed


def _page(request: Request, assignment: Assignment, status: int = 200) -> HttpResponse:
    patient = assignment.patient
    context = {
        "patient": patient,
        "program": assignment.program,
        "assignment": assignment,
        "schedule": assignment.schedule,
        "rows": _with_neighbours(request, assignment),
        "conditions": sorted(assignment.conditions),
        "surgeries": Surgery.objects.for_clinic(patient.clinic).uncleared().filter(patient=patient),
        "needs_invitation": _needs_invitation(patient),
        "address": reminder_settings.address_of(patient),
        "found": _search(request, assignment, "new"),
        "typed_new": request.POST.get("search-new", "") if "replace" not in request.POST else "",
    }
    template = "programs/_assign_form.html" if request.htmx else "programs/assign.html"
    return render(request, template, context, status=status)


def _with_neighbours(request: Request, assignment: Assignment) -> list[dict[str, Any]]:
    rows = assignment.rows
    codes = {code for row in rows for code in row.exercise.neighbours.values() if code}
    library = Exercise.objects.for_actor(assignment.actor).published()
    known = {exercise.code: exercise for exercise in library.filter(code__in=codes)} if codes else {}
    return [
        {
            "form": row,
            "neighbours": _neighbours(row, known, assignment),
            "found": _search(request, assignment, str(row.number)),
            "typed": request.POST.get(f"search-{row.number}", ""),
            "stage_words": _stage_words(row, assignment.steps),
            "stand_ins": [form for form in assignment.stand_ins if form.place == row.number],
        }
        for row in rows
    ]


def _stage_words(row: AssignItemForm, steps: list[dict[str, Any]]) -> str:
    """`Weeks 1-4`, or `from “Build up” on`; nothing where an exercise is done from beginning to end."""
    first, last = row.stages
    if not steps or (first == 1 and last is None):
        return ""
    titles = [step["title"] for step in steps]
    start, end = titles[min(first, len(titles)) - 1], titles[min(last or len(titles), len(titles)) - 1]
    if start == end:
        return start
    return f"from “{start}” on" if last is None else f"“{start}” to “{end}”"


def _neighbours(row: AssignItemForm, known: dict[str, Exercise], assignment: Assignment) -> list[Instead]:
    labels: dict[str, list[str]] = {}
    for kind, label in NEIGHBOURS.items():
        labels.setdefault(row.exercise.neighbours.get(kind) or "", []).append(label)
    return [_instead(" · ".join(words), known[code], assignment) for code, words in labels.items() if code in known]


def _search(request: Request, assignment: Assignment, where: str) -> list[Instead]:
    typed = request.POST.get(f"search-{where}", "")
    if not typed or request.POST.get("replace", "").startswith(f"{where}:"):
        return []
    params = QueryDict(mutable=True)
    params["q"] = typed
    return [_instead("", exercise, assignment) for exercise in picks(assignment.actor, params).rows[:FOUND]]


def _instead(label: str, exercise: Exercise, assignment: Assignment) -> Instead:
    warnings = assignment.check(exercise)
    is_here = any(row.exercise.pk == exercise.pk for row in assignment.taken)
    return Instead(label, exercise, safety.worst(warnings).word, is_here, next(iter(warnings), None))
