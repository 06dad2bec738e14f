"""How the patient feels, outside any set of exercises: pain of the day and morning stiffness."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from patients.access import Request, patient
from patients.forms.diary import PainForm, StiffnessForm
from patients.services import diary
from patients.services.diary import LogConflict, LogRefused
from programs.services.diary import rate_pain
from programs.views.sheets import Problem, answer


@patient
@require_POST
def pain_add(request: Request) -> HttpResponse:
    """Pain of the day, or morning stiffness when minutes are sent."""
    return _stiffness(request) if "minutes" in request.POST else _pain(request)


def _pain(request: Request) -> HttpResponse:
    actor = request.actor
    form = PainForm(request.POST)
    if not form.is_valid():
        return answer(request, _shown(form, actor.today), problem=Problem.of_form(form, "pain"))
    data = form.cleaned_data
    try:
        rate_pain(
            actor=request.user,
            patient=actor.own_record,
            local_date=data["local_date"],
            score=int(data["score"]),
            client_uuid=data["client_uuid"],
            now=actor.now,
        )
    except (LogRefused, LogConflict) as refusal:
        return answer(request, _shown(form, actor.today), problem=Problem.of_refusal(refusal, "pain"))
    return answer(request, data["local_date"], text=f"Saved: pain {data['score']}.", touched=["pain"])


def _stiffness(request: Request) -> HttpResponse:
    actor = request.actor
    form = StiffnessForm(request.POST)
    typed = request.POST["minutes"]
    if not form.is_valid():
        return answer(request, _shown(form, actor.today), problem=Problem.of_form(form, "stiffness", typed))
    data = form.cleaned_data
    try:
        diary.rate_stiffness(
            actor=request.user,
            patient=actor.own_record,
            local_date=data["local_date"],
            minutes=data["minutes"],
            now=actor.now,
        )
    except LogRefused as refusal:
        problem = Problem.of_refusal(refusal, "stiffness", typed)
        return answer(request, _shown(form, actor.today), problem=problem)
    text = f"Saved: {data['minutes']} minutes of stiffness."
    return answer(request, data["local_date"], text=text, touched=["stiffness"])


def _shown(form: PainForm | StiffnessForm, today: date) -> date:
    return min(form.cleaned_data.get("local_date") or today, today)
