"""What people do with photos, videos and links beside an exercise.

A new one hangs on the draft or working copy, so that it becomes public only when another person approves. Taking one
off works at once, also below a published exercise: what may do harm must not wait. Permission is the caller's: start
from `Exercise.objects.editable_by(actor)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from config.lib.revisions import take_revision
from config.lib.text import has_unstorable
from config.lib.uploads import IncomingFile
from exercises.enums import ExerciseState, MediaKind, MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import curation, media_files, media_work
from patients import audit
from patients.models import User

MOST = 12  # for each exercise


class TooMany(Exception):
    """There are as many as an exercise may have. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Words:
    """What everybody has to say about a photo, video or link."""

    alt_text: str
    author: str
    licence: str


def add_file(
    *, actor: User, exercise: Exercise, kind: MediaKind, upload: IncomingFile, suffix: str, words: Words
) -> ExerciseMedia:
    """Keep a file that has passed the first look, and let a job prepare it. Whole, or not at all.

    Raises TooMany, or WrongState for an exercise that nobody may write now.
    """
    stored = media_files.keep_upload(upload, suffix)
    try:
        media = _add(actor, exercise, words, kind=kind.value, upload=stored, original_name=_plain(upload.name or ""))
    except BaseException:
        media_files.drop_stored(stored)
        raise
    return media


def add_link(*, actor: User, exercise: Exercise, link: str, words: Words) -> ExerciseMedia:
    """A link to a video or photo elsewhere. Nobody here ever opens it."""
    return _add(actor, exercise, words, kind=MediaKind.LINK.value, link=link, state=MediaState.READY.value)


@transaction.atomic
def _add(actor: User, exercise: Exercise, words: Words, **values: object) -> ExerciseMedia:
    draft = curation.start_edit(actor=actor, exercise=exercise)
    Exercise.objects.select_for_update().get(pk=draft.replaces_id or draft.pk)
    there = ExerciseMedia.objects.of(draft)
    if there.count() >= MOST:
        raise TooMany
    _take_back(actor, draft)
    place = (there.order_by().aggregate(last=Max("place"))["last"] or 0) + 1
    media = ExerciseMedia.objects.create(
        exercise=draft,
        place=place,
        uploaded_by=actor,
        alt_text=words.alt_text,
        author=words.author,
        licence=words.licence,
        **values,
    )
    audit.record(actor, "media.add", media, kind=media.kind, exercise=draft.code)
    if media.is_under_way:
        transaction.on_commit(media_work.nudge)
    return media


def _take_back(actor: User, exercise: Exercise) -> None:
    """Nobody approves what they did not see: a draft in review is a draft again, and this is its last writer."""
    rows = Exercise.objects.filter(pk=exercise.pk)
    if exercise.state == ExerciseState.IN_REVIEW:
        back = {"state": ExerciseState.DRAFT.value, "submitted_by": None, "submitted_at": None, "written_by": actor}
        take_revision(rows.filter(state=ExerciseState.IN_REVIEW), exercise.revision, **back)
    elif exercise.state == ExerciseState.DRAFT:
        rows.filter(state=ExerciseState.DRAFT).update(written_by=actor)


@transaction.atomic
def change_words(*, actor: User, media: ExerciseMedia, words: Words) -> ExerciseMedia:
    """Better words for the same file."""
    media.alt_text, media.author, media.licence = words.alt_text, words.author, words.licence
    _take_back(actor, media.exercise)
    media.save(update_fields=["alt_text", "author", "licence"])
    audit.record(actor, "media.change", media)
    return media


@transaction.atomic
def remove(*, actor: User, media: ExerciseMedia, now: datetime) -> bool:
    """Take it off at once, for everybody. It can be brought back for a day. False when it was off already."""
    there = ExerciseMedia.objects.filter(pk=media.pk).present()
    changed = there.update(state=MediaState.REMOVED.value, removed_at=now, owner="", lease_until=None)
    if changed:
        audit.record(actor, "media.remove", media, state=media.state)
    return bool(changed)


@transaction.atomic
def bring_back(*, actor: User, media: ExerciseMedia) -> bool:
    """Undo a removal, in the state that its files allow. False when there is nothing to undo."""
    state = _state_of(media)
    gone = ExerciseMedia.objects.filter(pk=media.pk, state=MediaState.REMOVED)
    changed = gone.update(state=state.value, removed_at=None, attempts=0)
    if changed:
        audit.record(actor, "media.restore", media)
        if state is MediaState.WAITING:
            transaction.on_commit(media_work.nudge)
    return bool(changed)


def _state_of(media: ExerciseMedia) -> MediaState:
    if media.link or media.file:
        return MediaState.LOST if media.trouble else MediaState.READY
    return MediaState.WAITING if media.upload else MediaState.REFUSED


@transaction.atomic
def move_up(*, actor: User, media: ExerciseMedia) -> None:
    """Before the one that stands above it."""
    exercise = media.exercise
    Exercise.objects.select_for_update().get(pk=exercise.replaces_id or exercise.pk)
    rows = list(ExerciseMedia.objects.of(exercise).order_by("place", "created_at", "pk"))
    at = next((index for index, row in enumerate(rows) if row.pk == media.pk), 0)
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    for place, row in enumerate(rows, start=1):
        row.place = place
    ExerciseMedia.objects.bulk_update(rows, ["place"])
    audit.record(actor, "media.move", media)


def _plain(name: str) -> str:
    """A file's name for people to read; it never becomes part of a path."""
    return "" if has_unstorable(name) else name[:160]
