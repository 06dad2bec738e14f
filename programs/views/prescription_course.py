"""The course of one prescription: paused, resumed, given to another patient, kept as a program."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exercises.models import Exercise
from patients.access import THERAPIST, Actor, Request, open_patient, staff
from patients.models import Patient
from programs import safety
from programs.enums import PauseKind
from programs.forms.drafts import AnswerForm, answer_forms
from programs.forms.prescriptions import CopyForm, PauseForm, ResumeForm, TemplateForm
from programs.models import Pause, Prescription, PrescriptionVersion
from programs.services import courses, plans
from programs.services.conditions import conditions_during
from programs.services.courses import PauseRefused
from programs.services.prescriptions import ExerciseRetired, KeyTaken, NothingToAssign, SafetyUnanswered
from programs.views.prescriptions import opened

STALE = "Something changed meanwhile. Check it and send it again."
NOTHING_LEFT = "Every exercise of it was taken out of the library. Assign another program instead."


@staff(THERAPIST)
def prescription_pause(request: Request, prescription_id: UUID) -> HttpResponse:
    """Pause this prescription, or everything that the patient does."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    today = prescription.patient.local_today(actor.now)
    usual = {"starts_on": max(today, prescription.starts_on), "key": uuid4(), "scope": PauseForm.ONE}
    form = PauseForm(request.POST or None, initial=usual, title=prescription.title, today=today)
    if request.method == "POST" and form.is_valid() and _pause(request, prescription, form):
        return redirect("programs:prescription_detail", prescription.pk)
    return _page(request, "pause", prescription, form)


def _pause(request: Request, prescription: Prescription, form: PauseForm) -> bool:
    data = form.cleaned_data
    try:
        made = courses.pause(
            actor=request.actor.user,
            patient=prescription.patient,
            prescription=None if form.is_for_all else prescription,
            starts_on=data["starts_on"],
            last_day=data["last_day"],
            kind=PauseKind(data["kind"]),
            note=data["note"],
            now=request.actor.now,
            key=data["key"],
        )
    except PauseRefused as refusal:
        form.add_error(refusal.field, refusal.message)
        return False
    except KeyTaken:
        form.add_error(None, STALE)
        return False
    messages.success(request, f"Paused {courses.say(made)}. Nothing is due on these days.")
    return True


@staff(THERAPIST)
@require_POST
def prescription_resume(request: Request, prescription_id: UUID, pause_id: UUID) -> HttpResponse:
    """End a pause, from today or from the day named `on`. Of a pause that has not begun nothing is left."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    patient = prescription.patient
    today = patient.local_today(actor.now)
    # One of this prescription, or one of everything that the patient does.
    pauses = Pause.objects.for_therapist(actor).filter(Q(prescription=prescription) | Q(prescription=None))
    pause = get_object_or_404(pauses.select_related("patient"), pk=pause_id, patient=patient)
    form = ResumeForm(request.POST if request.POST.get("on") else {"on": today.isoformat()}, today=today)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["on"])))
    else:
        on = form.cleaned_data["on"]
        courses.resume(actor=actor.user, pause=pause, on=on, now=actor.now)
        messages.success(request, f"Due again from {'today' if on == today else f'{on.day} {on:%B %Y}'}.")
    return redirect("programs:prescription_detail", prescription.pk)


# --- Given to another patient --------------------------------------------------------------------------------


@staff(THERAPIST)
def prescription_copy(request: Request, prescription_id: UUID) -> HttpResponse:
    """Choose a patient, see what speaks against it for them, answer, give it. `look` only shows."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    version = _version(actor, prescription)
    today = actor.today
    usual = {"title": prescription.title, "starts_on": today, "key": uuid4()}
    is_sent = request.method == "POST" and "look" not in request.POST
    data = request.POST if request.method == "POST" else None
    form = CopyForm(data if is_sent else None, initial=usual, actor=actor, without=prescription.patient, today=today)
    if data is not None and not is_sent:
        form.initial = {**usual, **{name: data.get(name, "") for name in form.fields if name in data}}
    patient = _chosen(actor, data.get("to", "") if data is not None else "")
    starts_on = form.cleaned_data.get("starts_on") if is_sent and form.is_valid() else None
    answers = _answers(actor, version, patient, starts_on or today, data, judge=is_sent)
    if is_sent and all([form.is_valid(), *(answer.is_valid() for answer in answers)]):
        made = _copy(request, version, form, answers)
        if made is not None:
            return made
    context = {"version": version, "answers": answers, "chosen": patient}
    return _page(request, "copy", prescription, form, **context, is_refused=any(a.errors for a in answers))


def _version(actor: Actor, prescription: Prescription) -> PrescriptionVersion:
    today = prescription.patient.local_today(actor.now)
    found = prescription.versions.prefetch_related("items__exercise", "items__alternatives")
    return plans.holding_on(found, max(today, prescription.starts_on))


def _chosen(actor: Actor, wanted: str) -> Patient | None:
    """A patient of this therapist; anybody else is not there."""
    try:
        found = Patient.objects.for_therapist(actor).active().filter(pk=UUID(wanted)).first()
    except ValueError:
        return None
    return open_patient(actor, found.pk) if found else None


def _answers(
    actor: Actor, version: PrescriptionVersion, patient: Patient | None, starts_on: date, data: Any, *, judge: bool
) -> list[AnswerForm]:
    """What speaks against it for this patient, today or on the day on which it starts."""
    if patient is None:
        return []
    today = patient.local_today(actor.now)
    conditions = conditions_during(patient, today, max(today, starts_on))
    found: dict[UUID, Exercise] = {
        one.pk: one for draft in courses.drafts_of(version, with_notes=False) for one in draft.exercises
    }
    checked = [(one, safety.check(one.feature_set, conditions)) for one in found.values()]
    asked = sorted((pair for pair in checked if pair[1]), key=lambda pair: -safety.worst(pair[1]))
    return answer_forms(asked, data, judge=judge)


def _copy(
    request: Request, version: PrescriptionVersion, form: CopyForm, answers: list[AnswerForm]
) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        made = courses.copy_to_patient(
            actor=request.actor.user,
            version=version,
            patient=data["to"],
            starts_on=data["starts_on"],
            title=data["title"],
            with_notes=data["with_notes"],
            answers={answer.exercise.pk: answer.answer for answer in answers},
            now=request.actor.now,
            key=data["key"],
        )
    except (SafetyUnanswered, ExerciseRetired, KeyTaken):
        form.add_error(None, STALE)
    except NothingToAssign:
        form.add_error(None, NOTHING_LEFT)
    else:
        messages.success(request, f"“{made.title}” is given to {data['to'].name}.")
        return redirect("programs:prescription_detail", made.pk)
    return None


# --- Kept as a program ---------------------------------------------------------------------------------------


@staff(THERAPIST)
def prescription_template(request: Request, prescription_id: UUID) -> HttpResponse:
    """Keep what runs now as a program of the clinic."""
    actor = request.actor
    prescription = opened(actor, prescription_id)
    form = TemplateForm(request.POST or None, initial={"name": prescription.title, "key": uuid4()})
    if request.method == "POST" and form.is_valid():
        version = _version(actor, prescription)
        try:
            made = courses.make_template(actor=actor.user, clinic=actor.workplace, version=version, **form.cleaned_data)
        except KeyTaken:
            form.add_error(None, STALE)
        else:
            messages.success(request, f"“{made.name}” is among the programs of the clinic.")
            return redirect("programs:program_detail", made.pk)
    return _page(request, "template", prescription, form, version=_version(actor, prescription))


def _page(
    request: Request, name: str, prescription: Prescription, form: Any, *, is_refused: bool = False, **context: Any
) -> HttpResponse:
    status = 422 if request.method == "POST" and (form.errors or is_refused) else 200
    context |= {"prescription": prescription, "patient": prescription.patient, "form": form}
    return render(request, f"programs/prescription_{name}.html", context, status=status)
