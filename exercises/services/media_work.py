"""The job behind a photo or video: decode it in a confined child, write it anew, show it. The row is the queue.

waiting -> working(owner, lease) -> ready | refused | waiting (once more). A worker that dies leaves a lease that runs
out, and a later sweep takes the row up again. Every write of a job is fenced by its name, so a job that lost its row
changes nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from config.lib import bells, confined
from config.lib.confined import Failed, Limits, Refused, TookTooLong
from exercises import filetypes, images, videos
from exercises.enums import MediaKind, MediaState
from exercises.models import ExerciseMedia
from exercises.services import media_files

logger = structlog.get_logger(__name__)
TASK = "exercises.tasks.prepare_media"
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
AGAIN_AFTER = timedelta(minutes=1)
NO_ROOM_AGAIN_AFTER = timedelta(minutes=10)
RUN_SECONDS = 240
TELL_EVERY = 1.0  # seconds between two notes of progress

# 512 MB are not enough for a WebP of 40 megapixels (768) nor for encoding 720p (1024). A video of ten minutes in
# full HD takes four minutes of processor time (measured); it must end before Celery's hard limit of fifteen.
PHOTO = Limits(memory_mb=768, cpu_seconds=30, wall_seconds=60, file_mb=32)
PROBE = Limits(memory_mb=512, cpu_seconds=30, wall_seconds=60, file_mb=0)
VIDEO = Limits(memory_mb=1024, cpu_seconds=1500, wall_seconds=780, file_mb=256)

NO_ROOM = "The server has no room for it at the moment. It is tried again every ten minutes."
AGAIN = "It could not be prepared and is tried again."
GIVEN_UP = f"It could not be prepared in {MOST_ATTEMPTS} tries. Save it in another way, then add it again."


class LeaseLost(Exception):
    """Somebody removed the row, or another job has it now."""


@dataclass(slots=True)
class Counts:
    """What one run did."""

    ready: int = 0
    refused: int = 0
    again: int = 0
    lost: int = 0


def nudge() -> None:
    """Ask a worker to look now."""
    bells.ring(TASK)


def work_off(*, owner: str, now: Callable[[], datetime] = timezone.now, limit: int = 100) -> Counts:
    """Prepare what waits, photos before videos, until nothing is left. `owner` must be unique to this run."""
    counts = Counts()
    stop_at = time.monotonic() + RUN_SECONDS
    counts.refused += give_up(now())
    while limit > 0 and time.monotonic() < stop_at:
        media = claim(owner, now())
        if media is None:
            break
        limit -= 1
        Job(media, owner, now, counts).run()
    return counts


def give_up(now: datetime) -> int:
    """Rows that have brought down every worker that took them."""
    poison = ExerciseMedia.objects.claimable(now).filter(attempts__gte=MOST_ATTEMPTS).order_by()
    return poison.update(state=MediaState.REFUSED.value, trouble=GIVEN_UP, upload="", owner="", lease_until=None)


def claim(owner: str, now: datetime) -> ExerciseMedia | None:
    """Take the next row for 90 seconds. One video at a time, so that it never holds up everything else."""
    with transaction.atomic():
        waiting = ExerciseMedia.objects.claimable(now)
        if ExerciseMedia.objects.filter(kind=MediaKind.VIDEO, state=MediaState.WORKING, lease_until__gte=now).exists():
            waiting = waiting.exclude(kind=MediaKind.VIDEO)
        media = waiting.order_by("kind", "created_at").select_for_update(skip_locked=True, of=("self",)).first()
        if media is None:
            return None
        media.state, media.owner, media.lease_until = MediaState.WORKING.value, owner, now + LEASE
        media.attempts += 1
        media.save(update_fields=["state", "owner", "lease_until", "attempts"])
    return media


class Job:
    """One row, from claimed to ended."""

    def __init__(self, media: ExerciseMedia, owner: str, now: Callable[[], datetime], counts: Counts) -> None:
        self.media, self.owner, self.now, self.counts = media, owner, now, counts
        self.told_at = 0.0

    def run(self) -> None:
        work: Path | None = None
        try:
            work = media_files.new_work()
            made = self._make(work)
            self._ready(work, made)
        except TookTooLong as late:
            self._once_more(late)  # the machine may have been busy
        except Refused as refusal:
            self.refuse(str(refusal))
        except LeaseLost:
            self.counts.lost += 1
        except (Failed, OSError) as failure:
            self._once_more(failure)
        finally:
            if work is not None:
                media_files.drop(work)

    @property
    def _row(self) -> QuerySet[ExerciseMedia]:
        """The row while it is ours."""
        mine = ExerciseMedia.objects.filter(pk=self.media.pk, owner=self.owner, state=MediaState.WORKING)
        return mine.filter(attempts=self.media.attempts)

    def _make(self, work: Path) -> dict[str, Any]:
        source = media_files.path_of(self.media.upload.name or "")
        if not source.is_file():
            raise Refused("What was sent is not there any more. Add it again.")
        if self.media.kind == MediaKind.PHOTO:
            return self._confined("exercises.images:make", source, work, limits=PHOTO)
        with source.open("rb") as file:
            found = filetypes.type_of(file.read(filetypes.HEAD))
        if found is None:
            raise Refused(videos.ADVICE)
        self._confined("exercises.videos:probe", source, found.name, limits=PROBE)
        return self._confined("exercises.videos:make", source, found.name, work, limits=VIDEO)

    def _confined(self, function: str, *arguments: object, limits: Limits) -> dict[str, Any]:
        return confined.run(function, *map(str, arguments), limits=limits, on_progress=self._tell)

    def _tell(self, percent: int) -> None:
        """Write down how far it is and keep the lease. Raises LeaseLost, which ends the child."""
        if time.monotonic() - self.told_at < TELL_EVERY:
            return
        self.told_at = time.monotonic()
        if not self._row.update(progress=min(99, max(0, percent)), lease_until=self.now() + LEASE):
            raise LeaseLost

    def _ready(self, work: Path, made: dict[str, Any]) -> None:
        """Put the folder where it is shown from, then say so; if the row is not ours any more, take it away."""
        values = _facts(self.media, work, made)
        stored = media_files.show(work)
        values["sizes"] = {width: f"{stored}/{name}" for width, name in values["sizes"].items()}
        values["file"] = f"{stored}/{values['file']}"
        values["digest"] = media_files.digest_of(names_of(values["file"], values["sizes"]))
        if self._end(MediaState.READY, progress=100, trouble="", checked_at=self.now(), **values):
            self.counts.ready += 1
        else:
            media_files.drop(media_files.path_of(stored))
            self.counts.lost += 1

    def refuse(self, sentence: str) -> None:
        """The file is no good: nothing of it is kept but the sentence."""
        if self._end(MediaState.REFUSED, trouble=sentence[:300], progress=0):
            self.counts.refused += 1

    def _end(self, state: MediaState, **values: Any) -> int:
        ended = self._row.update(state=state.value, upload="", owner="", lease_until=None, **values)
        if ended:
            media_files.drop_stored(self.media.upload.name or "")
            logger.info("media_ended", media=str(self.media.pk), state=state.value)
        return ended

    def _once_more(self, failure: Exception) -> None:
        """The file is not to blame. A full disk counts as no try; anything else is tried three times."""
        has_no_room = isinstance(failure, Failed) and failure.has_no_room
        has_no_room |= isinstance(failure, OSError) and failure.errno in confined.NO_ROOM
        logger.warning("media_failed", media=str(self.media.pk), reason=str(failure)[:200], no_room=has_no_room)
        if not has_no_room and self.media.attempts >= MOST_ATTEMPTS:
            return self.refuse(GIVEN_UP)
        self.counts.again += self._row.update(
            state=MediaState.WAITING.value,
            owner="",
            lease_until=self.now() + (NO_ROOM_AGAIN_AFTER if has_no_room else AGAIN_AFTER),
            attempts=F("attempts") - 1 if has_no_room else F("attempts"),
            trouble=NO_ROOM if has_no_room else AGAIN,
        )
        return None


def _facts(media: ExerciseMedia, work: Path, made: dict[str, Any]) -> dict[str, Any]:
    """The columns for what lies in `work`. The child has met a hostile file, so its answer is looked at closely."""
    is_photo = media.kind == MediaKind.PHOTO
    widths = sorted(int(width) for width in made["widths"])
    sizes = {str(width): f"{width}.webp" for width in widths if (work / f"{width}.webp").is_file()}
    file = sizes[str(widths[-1])] if is_photo else "video.mp4"
    expected = {*sizes.values(), file}
    if not sizes or {path.name for path in work.iterdir()} != expected:
        raise Failed("unexpected files")
    return {
        "file": file,
        "sizes": sizes,
        "content_type": images.CONTENT_TYPE if is_photo else videos.CONTENT_TYPE,
        "width": int(made["width"]),
        "height": int(made["height"]),
        "duration_seconds": None if is_photo else float(made["seconds"]),
    }


def names_of(file: str, sizes: dict[str, str]) -> list[str]:
    """All stored files of one row, each once, in a fixed order."""
    return list(dict.fromkeys([file, *(sizes[width] for width in sorted(sizes, key=int))]))
