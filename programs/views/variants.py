"""The variant in force: the patient's one tap and the way back, the question after a flare, the therapist's hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patients.access import THERAPIST, Request, open_patient, patient, staff
from programs.enums import Variant
from programs.forms.variants import Answer, CheckForm, VariantForm
from programs.models import VariantSpell
from programs.services import variants
from programs.templatetags.variant_panels import variant_panel_of
from programs.views.sheets import Problem, Undo, answer

SAID = {
    Variant.FLARE: "Noted. Your therapist can see it.",
    Variant.EASY: "An easier set. Less is fine.",
    Variant.NORMAL: "Good. The usual program is back.",
}


@patient
@require_POST
def variant_choose(request: Request) -> HttpResponse:
    """A flare, an easier day, or the usual program again: in force at once."""
    actor = request.actor
    form = VariantForm(request.POST)
    if not form.is_valid():
        return answer(request, actor.today, problem=Problem.of_form(form, ""))
    variant = Variant(form.cleaned_data["variant"])
    before = variants.latest(actor.own_record, actor.today)
    variants.choose(
        actor=request.user,
        patient=actor.own_record,
        variant=variant,
        now=actor.now,
        days=_patients_days(variant, form.cleaned_data["days"]),
    )
    undo = None if variants.runs_on(before, actor.today) else _undo(variant)
    return answer(request, actor.today, text=SAID[variant], undo=undo, redraw=True)


def _patients_days(variant: Variant, days: int | None) -> int | None:
    """An easier day is one day unless more are asked for; how long a flare lasts, the program says."""
    return (days or 1) if variant is Variant.EASY else None


def _undo(variant: Variant) -> Undo | None:
    """Back to the usual program, from which one came."""
    if variant is Variant.NORMAL:
        return None
    return Undo(reverse("programs:variant_choose"), {"variant": Variant.NORMAL.value})


@patient
@require_POST
def variant_check(request: Request) -> HttpResponse:
    """Whether a flare that has lapsed is over, better, or as bad as before."""
    actor = request.actor
    form = CheckForm(request.POST)
    if not form.is_valid():
        return answer(request, actor.today, problem=Problem.of_form(form, ""))
    said = form.cleaned_data["answer"]
    spell = variants.answer_check(
        actor=request.user,
        patient=actor.own_record,
        is_over=said == Answer.OVER,
        is_better=said == Answer.BETTER,
        now=actor.now,
    )
    variant = Variant(spell.variant) if spell else Variant.NORMAL
    return answer(request, actor.today, text=SAID[variant], redraw=True)


@staff(THERAPIST)
@require_POST
def patient_variant(request: Request, patient_id: UUID) -> HttpResponse:
    """The therapist chooses for the patient, or ends what holds."""
    actor = request.actor
    patient = open_patient(actor, patient_id)
    form = VariantForm(request.POST)
    if form.is_valid():
        spell = variants.choose(
            actor=request.user,
            patient=patient,
            variant=Variant(form.cleaned_data["variant"]),
            now=actor.now,
            days=form.cleaned_data["days"],
        )
        said = _told(spell)
    if request.htmx or not form.is_valid():
        context = {"request": request} | variant_panel_of(patient, actor, None if form.is_valid() else form)
        status = 200 if form.is_valid() else 422
        page = "programs/_variant_panel.html" if request.htmx else "programs/patient_variant.html"
        return render(request, page, context, status=status)
    messages.success(request, said)
    return redirect(reverse("patients:patient_detail", args=[patient.pk]) + "#variant")


def _told(spell: VariantSpell | None) -> str:
    if spell is None:
        return "The usual program holds from today."
    until = f" until {spell.last_day.day} {spell.last_day:%B}" if spell.last_day else ""
    return f"The {spell.get_variant_display().lower()} variant holds from today{until}."
