"""A clinic's own exercises: copied from the library, written at home, offered to everybody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from exercises.enums import ExerciseState
from exercises.models import Exercise
from exercises.services import curation
from exercises.services.content import content_of
from patients import audit
from patients.models import Clinic, User

UNDECIDED = (ExerciseState.DRAFT, ExerciseState.IN_REVIEW)


class CannotPropose(Exception):
    """Only a published exercise of a clinic can be offered. Nothing was stored."""


@transaction.atomic
def copy_to_clinic(*, actor: User, clinic: Clinic, exercise: Exercise) -> Exercise:
    """A draft of the clinic's own with the words of `exercise`. Asked twice, the draft that is there answers."""
    _lock(exercise)
    drafts = Exercise.objects.own_of(clinic).in_state(ExerciseState.DRAFT)
    made = drafts.filter(copied_from=exercise, written_by=actor).first()
    if made:
        return made
    copy = curation.create(
        actor=actor,
        content=content_of(exercise),
        clinic=clinic,
        copied_from=exercise,
        reason=f"Copied from {exercise.name} ({exercise.code}).",
    )
    audit.record(actor, "exercise.copy", copy, source=str(exercise.pk))
    return copy


@transaction.atomic
def propose(*, actor: User, exercise: Exercise, note: str, now: datetime) -> Exercise:
    """Offer a clinic's exercise for the shared library: a copy of its words waits for the curators.

    The clinic's own stays as it is. While one proposal is undecided, asking again answers with that one.
    Raises CannotPropose for an exercise that is not the clinic's or not published.
    """
    _lock(exercise)
    waiting = open_proposal(exercise)
    if waiting:
        return waiting
    if exercise.clinic_id is None or exercise.state != ExerciseState.PUBLISHED:
        raise CannotPropose
    try:
        curation.require_complete(exercise, now)
    except curation.Incomplete as incomplete:
        raise CannotPropose from incomplete
    proposal = curation.create(actor=actor, content=content_of(exercise), copied_from=exercise, reason=note)
    curation.submit(actor=actor, exercise=proposal, revision=proposal.revision, note=note, now=now)
    audit.record(actor, "exercise.propose", exercise, reason=note, proposal=str(proposal.pk))
    return proposal


@transaction.atomic
def withdraw(*, actor: User, exercise: Exercise) -> bool:
    """Take an undecided proposal back. False when there is none any more."""
    _lock(exercise)
    proposal = open_proposal(exercise)
    if proposal is None:
        return False
    curation.discard(actor=actor, exercise=proposal, revision=proposal.revision)
    audit.record(actor, "exercise.withdraw_proposal", exercise)
    return True


def open_proposal(exercise: Exercise) -> Exercise | None:
    """The copy of this exercise that waits for the curators, if any."""
    return exercise.copies.filter(shared=True, replaces=None).in_state(*UNDECIDED).first()


def _lock(exercise: Exercise) -> None:
    """Hold the row until the end of the transaction, so that two requests do not both make a copy."""
    Exercise.objects.select_for_update().get(pk=exercise.pk)
