"""How an exercise gets to the people: draft, in review, published, retired.

Every move names the revision it was decided on, is one conditional UPDATE in one transaction, and leaves a line in
the history and in the audit. Made twice, it is made once. Locks: the published row first, then its working copy.
Permission is the caller's: start from `Exercise.objects.editable_by(actor)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict, take_revision
from exercises.completeness import Gap, gaps_in
from exercises.enums import ExerciseState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import content as contents
from exercises.services import editions
from exercises.services.codes import free_code
from exercises.services.content import content_of
from exercises.services.library import working_code
from patients import audit
from patients.models import Clinic, User

DRAFT, IN_REVIEW = ExerciseState.DRAFT, ExerciseState.IN_REVIEW
PUBLISHED, RETIRED = ExerciseState.PUBLISHED, ExerciseState.RETIRED
UNPUBLISHED = (DRAFT, IN_REVIEW)
LONGEST_REASON = 600
TRIES = 20


class WrongState(Exception):
    """Not a thing to do with an exercise where it stands now; the text says why."""


class SecondPersonNeeded(PermissionDenied):
    """Whoever wrote or submitted it cannot approve it."""


class Incomplete(Exception):
    """It lacks `gaps`, so nobody may follow it yet."""

    def __init__(self, gaps: list[Gap]) -> None:
        super().__init__(" ".join(gap.sentence for gap in gaps))
        self.gaps = gaps


# --- Writing -------------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    actor: User,
    content: Mapping[str, Any],
    clinic: Clinic | None = None,
    key: UUID | None = None,
    copied_from: Exercise | None = None,
    reason: str = "",
) -> Exercise:
    """A new draft of the shared library or of a clinic. The same `key` again answers with the draft it made."""
    for _ in range(TRIES):
        if made := _made_before(actor, key):
            return made
        draft = Exercise(
            pk=key or uuid7(),
            code=free_code(content["kind"], clinic),
            clinic=clinic,
            shared=clinic is None,
            state=DRAFT.value,
            copied_from=copied_from,
        )
        try:
            with transaction.atomic():
                contents.create(actor=actor, exercise=contents.put(draft, content), reason=reason or "New draft.")
        except IntegrityError:  # somebody else has this code since, or this request came twice at once
            continue
        audit.record(actor, "exercise.create", draft)
        return draft
    raise WrongState("It could not be given a place in the library. Load the page again.")


def _made_before(actor: User, key: UUID | None) -> Exercise | None:
    return Exercise.objects.filter(pk=key, written_by=actor).first() if key else None


@transaction.atomic
def save(*, actor: User, exercise: Exercise, revision: int, content: Mapping[str, Any], reason: str = "") -> Exercise:
    """Store the words of a draft. One that was in review is a draft again: nobody approves what they did not see.

    The same content again changes nothing. Raises RevisionConflict when somebody else wrote meanwhile.
    """
    if exercise.state not in UNPUBLISHED:
        raise WrongState("A published exercise is changed through its working copy.")
    before = content_of(exercise)
    contents.put(exercise, content)
    if content_of(exercise) == before:
        return exercise
    exercise.state, exercise.written_by = DRAFT.value, actor
    exercise.submitted_by = exercise.submitted_at = None
    return contents.write(actor=actor, exercise=exercise, revision=revision, reason=reason or "Draft changed.")


@transaction.atomic
def start_edit(*, actor: User, exercise: Exercise) -> Exercise:
    """What to write into: the one working copy of a published exercise (made when there is none), or the draft."""
    if exercise.state in UNPUBLISHED:
        return exercise
    if exercise.state == RETIRED:
        raise WrongState("It is retired. Restore it before you change it.")
    present = Exercise.objects.filter(replaces=exercise).first()
    return present or _working_copy(actor, exercise)


@transaction.atomic
def change(*, actor: User, exercise: Exercise, revision: int, content: Mapping[str, Any], reason: str = "") -> Exercise:
    """Begin the working copy of a published exercise with this content, written from its `revision`.

    Raises RevisionConflict when the exercise has changed or a working copy exists. No change makes no copy.
    """
    published = Exercise.objects.select_for_update(no_key=True).get(pk=exercise.pk)
    if published.revision != revision or Exercise.objects.filter(replaces=published).exists():
        raise RevisionConflict
    before = content_of(published)
    if content_of(contents.put(published, content)) == before:
        return published
    draft = start_edit(actor=actor, exercise=Exercise.objects.get(pk=exercise.pk))
    return save(actor=actor, exercise=draft, revision=draft.revision, content=content, reason=reason)


def _working_copy(actor: User, exercise: Exercise) -> Exercise:
    copy = Exercise(
        code=working_code(exercise),
        clinic_id=exercise.clinic_id,
        shared=exercise.shared,
        state=DRAFT.value,
        replaces=exercise,
    )
    contents.put(copy, content_of(exercise))
    try:
        with transaction.atomic():
            contents.create(actor=actor, exercise=copy, reason="Working copy opened.")
    except IntegrityError:  # a colleague opened it at the same moment
        return Exercise.objects.get(replaces=exercise)
    audit.record(actor, "exercise.edit", exercise, copy=str(copy.pk))
    return copy


@transaction.atomic
def discard(*, actor: User, exercise: Exercise, revision: int) -> None:
    """Throw a draft or a working copy away; what is published stays as it is. The history keeps its words."""
    if not _is_there(exercise):
        return
    take_revision(_in_state(exercise, *UNPUBLISHED), revision)
    about = exercise.replaces or exercise
    audit.record(actor, "exercise.discard", about, code=exercise.code)
    _delete(actor, exercise, "Draft discarded.")


# --- Review --------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, actor: User, exercise: Exercise, revision: int, note: str, now: datetime) -> Exercise:
    """Ask for another person's eyes. Raises Incomplete while pieces are missing."""
    require_complete(exercise, now)
    return _move(
        actor,
        exercise,
        revision,
        [DRAFT],
        IN_REVIEW,
        now,
        verb="exercise.submit",
        reason=_said("Submitted for review.", note),
        curation_note=note,
        submitted_by=actor,
        submitted_at=now,
    )


@transaction.atomic
def send_back(*, actor: User, exercise: Exercise, revision: int, note: str, now: datetime) -> Exercise:
    """Back to the writer with what is to be mended."""
    return _move(
        actor,
        exercise,
        revision,
        [IN_REVIEW],
        DRAFT,
        now,
        verb="exercise.send_back",
        reason=_said("Sent back.", note),
        curation_note=note,
        submitted_by=None,
        submitted_at=None,
    )


def may_approve(actor: User, exercise: Exercise) -> bool:
    """Another person than the last writer and than whoever submitted it; a clinic's own needs no second person."""
    return not exercise.shared or actor.pk not in {exercise.written_by_id, exercise.submitted_by_id}


@transaction.atomic
def publish(
    *,
    actor: User,
    exercise: Exercise,
    revision: int,
    now: datetime,
    note: str = "",
    applies_from: date | None = None,
) -> Exercise:
    """Approve a draft or working copy; answers with the published row, which keeps its key and code.

    Running prescriptions get the new edition from `applies_from` on; None leaves it to new versions. Raises
    SecondPersonNeeded, Incomplete, WrongState or RevisionConflict, and then nothing has changed.
    """
    locked = Exercise.objects.select_for_update(no_key=True)
    published = locked.get(pk=exercise.replaces_id) if exercise.replaces_id else None
    try:
        take_revision(_in_state(exercise, *publishable(exercise)), revision)
    except RevisionConflict:
        if done := _published_before(actor, exercise):
            return done
        raise
    exercise.refresh_from_db()
    if not may_approve(actor, exercise):
        raise SecondPersonNeeded("Somebody else has to approve what you wrote or submitted.")
    require_complete(exercise, now)
    why = _said(exercise.curation_note, note)
    reason = _said("Published.", why)
    row = _take_over(published, exercise, actor, reason) if published else exercise
    _stamp(row, exercise, actor, now)
    contents.write(actor=actor, exercise=row, revision=row.revision, reason=reason)
    editions.add(row, actor=actor, now=now, note=why, applies_from=applies_from)
    audit.record(actor, "exercise.publish", row, reason=note, edition=row.edition)
    return row


def publishable(exercise: Exercise) -> tuple[ExerciseState, ...]:
    """The states from which it may be approved: a clinic's own needs no review."""
    return (IN_REVIEW,) if exercise.shared else UNPUBLISHED


def _published_before(actor: User, exercise: Exercise) -> Exercise | None:
    """The published row, if this actor has made exactly this content public already: the request came twice."""
    row = Exercise.objects.filter(pk=exercise.replaces_id or exercise.pk, approved_by=actor).published().first()
    if row and row.pk != exercise.pk and _is_there(exercise):
        return None
    return row if row and content_of(row) == content_of(exercise) else None


def _take_over(published: Exercise, copy: Exercise, actor: User, reason: str) -> Exercise:
    """Put the words of the copy into the published row (not saved yet); the copy goes, its media come along."""
    if published.state != PUBLISHED:
        raise WrongState("The exercise was retired meanwhile. Restore it first.")
    editions.keep_present(published)
    contents.put(published, content_of(copy))
    ExerciseMedia.objects.filter(exercise=copy).update(exercise=published)
    _delete(actor, copy, reason)
    return published


def _stamp(row: Exercise, draft: Exercise, actor: User, now: datetime) -> None:
    row.state = PUBLISHED.value
    row.edition += 1
    row.written_by_id, row.submitted_by_id = draft.written_by_id, draft.submitted_by_id
    row.submitted_at, row.published_at, row.approved_by = draft.submitted_at, now, actor
    row.curation_note = ""


# --- Off the shelf and back ------------------------------------------------------------------------------------


@transaction.atomic
def retire(*, actor: User, exercise: Exercise, revision: int, reason: str, now: datetime) -> Exercise:
    """Take it out of library and picker. Prescriptions that have it run on."""
    return _move(
        actor,
        exercise,
        revision,
        [PUBLISHED],
        RETIRED,
        now,
        verb="exercise.retire",
        reason=_said("Retired.", reason),
        retired_at=now,
    )


@transaction.atomic
def restore(*, actor: User, exercise: Exercise, revision: int, reason: str, now: datetime) -> Exercise:
    """Back into the library, in the words in which it was last published."""
    if exercise.merged_into_id:
        raise WrongState("It was merged into another exercise. Copy what you need from its history.")
    return _move(
        actor,
        exercise,
        revision,
        [RETIRED],
        PUBLISHED,
        now,
        verb="exercise.restore",
        reason=_said("Restored.", reason),
        retired_at=None,
    )


@transaction.atomic
def restore_version(*, actor: User, exercise: Exercise, version: Mapping[str, Any], reason: str) -> Exercise:
    """An earlier version's content, in the working copy (or draft), for somebody to submit again."""
    draft = start_edit(actor=actor, exercise=exercise)
    return save(actor=actor, exercise=draft, revision=draft.revision, content=version, reason=reason)


# --- Parts -----------------------------------------------------------------------------------------------------


def require_complete(exercise: Exercise, now: datetime) -> None:
    """Raise Incomplete while pieces are missing."""
    if gaps := gaps_in(content_of(exercise), now.date()):
        raise Incomplete(gaps)


def _move(
    actor: User,
    exercise: Exercise,
    revision: int,
    at: list[ExerciseState],
    to: ExerciseState,
    now: datetime,
    *,
    verb: str,
    reason: str,
    **changes: Any,
) -> Exercise:
    """From one of the states `at` to `to`. The same move again by the same request finds it made."""
    rows = _in_state(exercise, *at)
    try:
        with transaction.atomic():
            take_revision(rows, revision, state=to.value, updated_at=now, **changes)
    except RevisionConflict:
        exercise.refresh_from_db()
        if exercise.state == to and exercise.revision == revision + 1:
            return exercise
        raise
    exercise.refresh_from_db()
    _remember(actor, exercise, reason)
    audit.record(actor, verb, exercise, reason=reason)
    return exercise


def _in_state(exercise: Exercise, *states: ExerciseState) -> Any:
    return Exercise.objects.filter(pk=exercise.pk).in_state(*states)


def _is_there(exercise: Exercise) -> bool:
    return Exercise.objects.filter(pk=exercise.pk).exists()


def _remember(actor: User, exercise: Exercise, reason: str) -> None:
    Exercise.history.bulk_history_create([contents.sign(exercise, actor, reason)], update=True)


def _delete(actor: User, exercise: Exercise, reason: str) -> None:
    gone = Exercise.objects.get(pk=exercise.pk)  # the caller's own keeps its key, for a repeat
    contents.sign(gone, actor, reason).delete()


def _said(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())[:LONGEST_REASON]
