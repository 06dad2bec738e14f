"""Typing in a filled grid, by the therapist or by the patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from patients.access import THERAPIST, Request, open_patient, patient, staff
from programs.forms.paper import FirstDayForm, PaperForm, Reading, cell_name, key_of, pain_name, read
from programs.models import Prescription
from programs.services import paper as service
from programs.services.paper import Outcome, Paper, Part

STAFF_PAGE, PATIENT_PAGE = "programs/paper_entry.html", "programs/my_paper_entry.html"


@staff(THERAPIST)
def paper_entry(request: Request, prescription_id: UUID) -> HttpResponse:
    """The grid that a patient brought back."""
    actor = request.actor
    prescription = get_object_or_404(Prescription.objects.for_clinic(actor.clinic), pk=prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id, reading="paper")
    return _entry(request, prescription, STAFF_PAGE)


@patient
def my_paper_entry(request: Request, prescription_id: UUID) -> HttpResponse:
    """One's own grid."""
    prescription = get_object_or_404(Prescription.objects.for_actor(request.actor), pk=prescription_id)
    prescription.patient = request.actor.own_record
    return _entry(request, prescription, PATIENT_PAGE)


def _entry(request: Request, prescription: Prescription, page: str) -> HttpResponse:
    today = prescription.patient.local_today(request.actor.now)
    if request.method == "POST":
        return _save(request, prescription, page, PaperForm(request.POST, today=today))
    form = FirstDayForm(request.GET, today=today)
    is_good = form.is_valid()
    paper = service.load(prescription, form.first, today)
    return _show(request, prescription, page, form, paper, Reading(), [], status=200 if is_good else 422)


def _save(request: Request, prescription: Prescription, page: str, form: PaperForm) -> HttpResponse:
    """Store the good days. When every typed day is stored, go on; else show the rest with what was typed."""
    paper = service.load(prescription, form.first, form.today)
    reading = read(paper, request.POST)
    outcomes: list[Outcome] = []
    if form.is_valid():
        outcomes = service.save(
            actor=request.user,
            prescription=prescription,
            paper=paper,
            typed=reading.days,
            client_uuid=form.cleaned_data["client_uuid"],
            overwrite=form.cleaned_data["overwrite"],
            now=request.actor.now,
        )
        if not reading.faults and not any(one.refused or one.kept for one in outcomes):
            messages.success(request, said(outcomes))
            return redirect(f"{request.path}?first_day={form.first}")
        paper = service.load(prescription, form.first, form.today)
    is_bad = bool(form.errors or reading.faults or any(one.refused for one in outcomes))
    return _show(request, prescription, page, form, paper, reading, outcomes, status=422 if is_bad else 200)


def said(outcomes: list[Outcome]) -> str:
    """`Saved: 84 answers on 14 days.`"""
    days = [one for one in outcomes if one.written]
    written = sum(one.written for one in days)
    if not written:
        return "Nothing new: all of this is stored already." if outcomes else "Nothing was typed."
    answers = "answer" if written == 1 else "answers"
    return f"Saved: {written} {answers} on {len(days)} {'day' if len(days) == 1 else 'days'}."


def _show(
    request: Request,
    prescription: Prescription,
    page: str,
    form: FirstDayForm,
    paper: Paper,
    reading: Reading,
    outcomes: list[Outcome],
    status: int,
) -> HttpResponse:
    context = {
        "prescription": prescription,
        "patient": prescription.patient,
        "form": form,
        "first": form.first,
        "paper": paper,
        "parts": [
            _part(part, reading, has_versions=len({one.version for one in paper.parts}) > 1) for part in paper.parts
        ],
        "pains": [_pain(paper, reading, day) for day in paper.days],
        "faults": len(reading.faults),
        "refused": [one for one in outcomes if one.refused],
        "kept": sum(one.kept for one in outcomes),
        "saved": said(outcomes) if outcomes else "",
        "overwrite": bool(form.data.get("overwrite")),
        "client_uuid": _uuid(form),
        "handout_url": reverse(
            "programs:my_handout" if page == PATIENT_PAGE else "programs:prescription_handout", args=[prescription.pk]
        ),
    }
    return render(request, page, context, status=status)


def _uuid(form: FirstDayForm) -> Any:
    """The id of a page that is shown again, so that sending it once more repeats nothing."""
    return (form.cleaned_data.get("client_uuid") if form.is_bound and form.is_valid() else None) or uuid4()


def _part(part: Part, reading: Reading, *, has_versions: bool) -> dict[str, Any]:
    title = " · ".join(filter(None, [part.slot, f"Version {part.version}" if has_versions else ""]))
    return {
        "title": title,
        "rows": [{"name": row.name, "cells": [_cell(one, reading) for one in row.cells]} for row in part.rows],
    }


def _cell(cell: Any, reading: Reading) -> dict[str, Any]:
    name = cell_name(cell)
    return {
        "name": name,
        "day": cell.day,
        "is_open": cell.is_open,
        "logged": key_of(cell.logged),
        "value": reading.typed.get(name, ""),
        "fault": reading.faults.get(name, ""),
    }


def _pain(paper: Paper, reading: Reading, day: Any) -> dict[str, Any]:
    name = pain_name(day)
    return {
        "name": name,
        "day": day,
        "is_open": paper.is_past(day),
        "logged": paper.pains.get(day),
        "value": reading.typed.get(name, ""),
        "fault": reading.faults.get(name, ""),
    }
