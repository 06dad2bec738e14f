"""Looking after what is stored: are the files still there and unchanged, and what may go."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from exercises.enums import MediaState
from exercises.models import ExerciseMedia
from exercises.services import media_files
from exercises.services.media_work import names_of

logger = structlog.get_logger(__name__)
CHECK_EVERY = timedelta(hours=24)
CHECK_SECONDS = 120
MISSING = "The file is not on the server any more. Add it again."
CHANGED = "The file on the server is not the one that was checked. Add it again."


def tidy(now: datetime) -> int:
    """Take away for good what was removed a day ago, and what lies on the disk without a row. Says how much."""
    over = ExerciseMedia.objects.filter(state=MediaState.REMOVED, removed_at__lt=now - media_files.KEPT)
    names = list(over.values_list("pk", "upload", "file"))
    ExerciseMedia.objects.filter(pk__in=[pk for pk, _, _ in names], state=MediaState.REMOVED).delete()
    for _, upload, file in names:
        media_files.drop_stored(upload, file)
    return len(names) + media_files.sweep(now, _is_named)


def _is_named(name: str) -> bool:
    """Whether a row names this upload, or a file in this folder."""
    return ExerciseMedia.objects.filter(Q(upload=name) | Q(file__startswith=f"{name}/")).exists()


def check(now: datetime) -> int:
    """Read again what nobody has looked at for a day; says how many files are lost. A file that is back is shown."""
    due = Q(checked_at=None) | Q(checked_at__lt=now - CHECK_EVERY)
    rows = ExerciseMedia.objects.filter(due, state__in=[MediaState.READY, MediaState.LOST]).exclude(file="")
    stop_at = time.monotonic() + CHECK_SECONDS
    lost = 0
    for media in rows.order_by("checked_at").iterator(chunk_size=100):
        lost += _check_one(media, now)
        if time.monotonic() > stop_at:
            break
    return lost


def _check_one(media: ExerciseMedia, now: datetime) -> int:
    trouble = _trouble_of(media)
    state = MediaState.LOST if trouble else MediaState.READY
    same = ExerciseMedia.objects.filter(pk=media.pk, state=media.state, digest=media.digest)
    changed = same.update(state=state.value, trouble=trouble, checked_at=now)
    if trouble and changed and media.state != state:
        logger.error("media_lost", media=str(media.pk), trouble=trouble)
    return changed if trouble else 0


def _trouble_of(media: ExerciseMedia) -> str:
    try:
        digest = media_files.digest_of(names_of(media.file.name or "", media.sizes))
    except OSError:
        return MISSING
    return "" if digest == media.digest else CHANGED
