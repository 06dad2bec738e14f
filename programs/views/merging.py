"""Making one exercise of two: choose the one that stays, see both and what moves, then do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from config.lib.revisions import RevisionConflict
from config.lib.text import has_unstorable
from exercises import search
from exercises.access import open_desk
from exercises.differences import LABELS, said
from exercises.duplicates import similar_to
from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet
from exercises.search.text import closeness
from exercises.services.content import content_of
from exercises.versions import names_in
from patients.access import CURATOR, Actor, Request, staff
from programs import cockpit
from programs.forms.curation import MergeForm
from programs.services import merging
from programs.services.merging import CannotMerge
from programs.views.library_changes import CHANGED, with_revision

FOUND = 8


@dataclass(frozen=True, slots=True)
class Side:
    """One field of both exercises, line by line as people read it."""

    label: str
    old: list[str]
    stays: list[str]

    @property
    def differs(self) -> bool:
        return self.old != self.stays


@staff(CURATOR)
def curation_merge(request: Request, code: str) -> HttpResponse:
    """Choose the exercise that stays; see both and what moves; then the act."""
    actor = request.actor
    desk = open_desk(actor, code)
    old = desk.published or desk.draft
    if old is None or old.merged_into_id:
        messages.info(request, f"“{desk.name}” was merged already.")
        return redirect("exercises:exercise_detail", desk.code)
    wanted = request.POST.get("into") or request.GET.get("into", "")
    stays = _published(actor, wanted).exclude(pk=old.pk).first()
    if stays is None:
        return _choose_page(request, old, is_unknown=bool(wanted))
    if request.method != "POST":
        return _merge_page(request, old, stays, MergeForm(initial={"revision": old.revision, "into": stays.code}))
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _merge_page(request, old, stays, form, status=422)
    return _merge(request, old, stays, form)


def _published(actor: Actor, code: str) -> ExerciseQuerySet:
    rows = cockpit.library(actor).published()
    return rows.none() if has_unstorable(code) else rows.filter(code=code)


def _merge(request: Request, old: Exercise, stays: Exercise, form: MergeForm) -> HttpResponse:
    actor = request.actor
    try:
        merging.merge(
            actor=actor.user,
            old=old,
            into=stays,
            revision=form.cleaned_data["revision"],
            reason=form.cleaned_data["reason"],
            now=actor.now,
        )
    except (CannotMerge, RevisionConflict) as refusal:
        old.refresh_from_db()
        data = with_revision(request.POST, old)
        return _merge_page(request, old, stays, MergeForm(data), status=409, conflict=str(refusal) or CHANGED)
    messages.success(request, f"“{old.name}” is now another name of “{stays.name}”.")
    return redirect("exercises:exercise_detail", stays.code)


def _choose_page(request: Request, old: Exercise, *, is_unknown: bool) -> HttpResponse:
    library = cockpit.library(request.actor).published().exclude(pk=old.pk)
    typed = "".join(c for c in request.GET.get("q", "")[:100] if not has_unstorable(c)).strip()
    if typed:
        found: Sequence[Exercise] = list(
            search.matching(library, typed).order_by(*closeness(typed), "name", "pk")[:FOUND]
        )
    else:
        found = [near.exercise for near in similar_to([old.name, *old.aliases], library)]
    context = {"old": old, "typed": typed, "found": found, "is_unknown": is_unknown}
    return render(request, "programs/curation_merge_choose.html", context, status=404 if is_unknown else 200)


def _merge_page(
    request: Request, old: Exercise, stays: Exercise, form: MergeForm, status: int = 200, conflict: str = ""
) -> HttpResponse:
    context = {
        "old": old,
        "stays": stays,
        "form": form,
        "conflict": conflict,
        "refusal": merging.refusal(old, stays),
        "plan": merging.plan(old, stays, request.actor.today),
        "sides": _sides(old, stays),
    }
    return render(request, "programs/curation_merge.html", context, status=status)


def _sides(old: Exercise, stays: Exercise) -> list[Side]:
    both = [content_of(exercise) for exercise in (old, stays)]
    left, right = (said(one, names_in(*both)) for one in both)
    return [Side(label, left[name], right[name]) for name, label in LABELS.items() if left[name] or right[name]]
