"""Who writes where: the desk at which one exercise is changed, or a new one begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet
from exercises.services.library import WORKING
from patients.access import Actor
from patients.models import Clinic


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies there: the exercise as people see it, and what is being written. `clinic` is None for the shared
    library."""

    clinic: Clinic | None
    published: Exercise | None = None
    draft: Exercise | None = None

    @property
    def exercise(self) -> Exercise | None:
        """What one starts to write from."""
        return self.draft or self.published

    @property
    def code(self) -> str:
        """The code in addresses: that of the exercise, also while its working copy is meant."""
        known = self.published or self.draft
        return known.code if known else ""

    @property
    def name(self) -> str:
        return self.exercise.name if self.exercise else ""

    @property
    def is_retired(self) -> bool:
        return self.published is not None and self.published.state == ExerciseState.RETIRED

    @property
    def keys(self) -> list[Any]:
        """The rows on the desk, which are no duplicates of each other."""
        return [row.pk for row in (self.published, self.draft) if row]

    @property
    def library(self) -> ExerciseQuerySet:
        """What it may name as a neighbour."""
        return Exercise.objects.for_clinic(self.clinic).published()

    @property
    def scope(self) -> ExerciseQuerySet:
        """Where its name should be its own: the shared library, or the clinic's own exercises."""
        everything = Exercise.objects.filter(replaces=None)
        return everything.filter(clinic=self.clinic) if self.clinic else everything.filter(shared=True)

    @property
    def in_sight(self) -> ExerciseQuerySet:
        """What it is compared with: its scope, and for a clinic the published shared library too."""
        published = Exercise.objects.filter(shared=True, state=ExerciseState.PUBLISHED, replaces=None)
        return self.scope | published if self.clinic else self.scope


def new_desk(actor: Actor, *, own: bool = False) -> Desk:
    """An empty desk: a therapist's in the clinic, a curator's in the shared library unless they ask for their `own`."""
    if actor.is_curator and not (own and actor.is_therapist):
        return Desk(None)
    if not actor.is_therapist:
        raise PermissionDenied
    return Desk(actor.workplace)


def open_desk(actor: Actor, code: str) -> Desk:
    """The desk of the exercise with this code or this working copy's code.

    Raises PermissionDenied for what one may only read, Http404 for what one does not see.
    """
    code = code.removesuffix(WORKING)
    rows = Exercise.objects.select_related("clinic", "written_by", "submitted_by", "approved_by")
    row = rows.filter(code=code).first()
    if row is None or not Exercise.objects.editable_by(actor).filter(pk=row.pk).exists():
        raise PermissionDenied if row and _is_seen(actor, row) else Http404
    if row.state in (ExerciseState.DRAFT, ExerciseState.IN_REVIEW):
        return Desk(row.clinic, draft=row)
    return Desk(row.clinic, published=row, draft=rows.filter(replaces=row).first())


def _is_seen(actor: Actor, row: Exercise) -> bool:
    seen = Q(state=ExerciseState.PUBLISHED) | Q(clinic=actor.clinic, shared=False)
    return Exercise.objects.for_actor(actor).filter(seen, pk=row.pk).exists()
