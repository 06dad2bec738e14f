"""Imports and exports as jobs. The row is the queue: waiting -> running(owner, lease) -> done | failed | cancelled.

A worker that dies leaves a lease that runs out, and the sweep gives the job to the next one, three times at most. An
import writes in one transaction that ends with the row itself, so a job is either done with all that it brought, or
not done with none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.deletion import Collector
from django.utils import timezone

from config.lib import bells
from config.lib.text import has_unstorable
from exercises.enums import ExerciseState, JobKind, JobLayout, JobState
from exercises.models import Exercise, ExerciseMedia, LibraryJob
from exercises.models.exercises import ExerciseQuerySet
from exercises.services import exports, imports, job_files
from exercises.services.imports import LIBRARY_CHANGED, LibraryChanged
from exercises.services.job_watch import LEASE, LeaseLost, Stopped, Watch, ask_to_stop
from exercises.transfer.readers import Source
from exercises.transfer.refusals import FileRefused
from exercises.transfer.writers import CellTooLong
from patients import audit
from patients.models import User

logger = structlog.get_logger(__name__)
TASK = "exercises.tasks.run_library_jobs"
MOST_ATTEMPTS = 3
GIVEN_UP = "The work stopped in the middle three times. Nothing was stored. Split the file, or ask your operator."
BROKEN = "Something went wrong that is not your fault. Nothing was stored. The operator finds it in the log."
NO_ROOM = "The server has no room for the file at the moment. Nothing was stored. Try again later."
NOT_ALLOWED = "Whoever started this does not keep the library any more. Nothing was stored."
ENDINGS = {JobLayout.FACTS: "json"}


class NotReady(Exception):
    """Not to be done with this job: not finished, refused rows, no change, the file is gone, a key of somebody else."""


# --- Starting ------------------------------------------------------------------------------------------------


def start_preview(*, actor: User, upload: UploadedFile, source: Source, key: UUID) -> LibraryJob:
    """Keep the file and queue its dry run. The same `key` again answers with the job that it made."""
    if present := _made_before(actor, key):
        return present
    stored = job_files.keep_upload(upload, ENDINGS.get(source.layout, source.layout.value))
    job = LibraryJob(
        pk=key,
        kind=JobKind.IMPORT.value,
        layout=source.layout.value,
        upload=stored,
        original_name=_plain(upload.name or ""),
        total=source.total,
        report={"notes": list(source.notes)},
        started_by=actor,
    )
    queued = None
    try:
        queued = _queue_once(actor, job, "library.preview")
    finally:
        if queued is not job:
            job_files.drop(stored)
    return queued


def preview_again(*, actor: User, job: LibraryJob, key: UUID) -> LibraryJob:
    """Another dry run of the same file. Raises NotReady when it is gone."""
    if present := _made_before(actor, key):
        return present
    if job.kind != JobKind.IMPORT or not job_files.is_there(job.upload.name or ""):
        raise NotReady
    kept = ("kind", "layout", "upload", "original_name")
    again = LibraryJob(pk=key, started_by=actor, **{name: getattr(job, name) for name in kept})
    again.report = {"notes": job.report.get("notes", [])}
    return _queue_once(actor, again, "library.preview")


def confirm(*, actor: User, preview: LibraryJob) -> LibraryJob:
    """Import what the preview has shown. Confirmed twice, it is imported once. Raises NotReady."""
    if present := LibraryJob.objects.filter(preview=preview).first():
        return present
    if not preview.to_import or not job_files.is_there(preview.upload.name or ""):
        raise NotReady
    kept = ("kind", "layout", "upload", "original_name")
    job = LibraryJob(dry_run=False, preview=preview, started_by=actor, **{n: getattr(preview, n) for n in kept})
    job.total = preview.total * 2  # each row is looked at once more, then written
    job.report = {"notes": preview.report.get("notes", [])}
    try:
        return _queue(actor, job, "library.confirm")
    except IntegrityError:
        return LibraryJob.objects.get(preview=preview)


def start_export(*, actor: User, layout: JobLayout, whole: bool, key: UUID) -> LibraryJob:
    """Queue an export of what is published, or of the `whole` library. The same `key` again answers with its job."""
    if present := _made_before(actor, key):
        return present
    job = LibraryJob(
        pk=key, kind=JobKind.EXPORT.value, dry_run=False, layout=layout.value, whole=whole, started_by=actor
    )
    return _queue_once(actor, job, "library.export")


def _queue_once(actor: User, job: LibraryJob, verb: str) -> LibraryJob:
    """The job, or the one that another request has made with the same key. Raises NotReady for a stranger's key."""
    try:
        return _queue(actor, job, verb)
    except IntegrityError as error:
        if present := _made_before(actor, job.pk):
            return present
        raise NotReady from error


@transaction.atomic
def _queue(actor: User, job: LibraryJob, verb: str) -> LibraryJob:
    job.save(force_insert=True)
    audit.record(actor, verb, job, layout=job.layout)
    transaction.on_commit(lambda: bells.ring(TASK))
    return job


def _made_before(actor: User, key: UUID) -> LibraryJob | None:
    return LibraryJob.objects.filter(pk=key, started_by=actor).first()


def _plain(name: str) -> str:
    """What the person called the file, for showing it again; it never becomes a path."""
    return "" if has_unstorable(name) else name[-160:]


# --- Stopping ------------------------------------------------------------------------------------------------


def cancel(*, actor: User, job: LibraryJob, now: datetime) -> bool:
    """Stop a job; what it has written so far is taken back. False when it had ended already."""
    ask_to_stop(job)
    rows = LibraryJob.objects.filter(pk=job.pk)
    with transaction.atomic():
        stopped = rows.filter(state=JobState.WAITING).update(
            state=JobState.CANCELLED.value, finished_at=now, cancel_asked_at=now
        )
        asked = rows.filter(state=JobState.RUNNING, cancel_asked_at=None).update(cancel_asked_at=now)
        if stopped or asked:
            audit.record(actor, "library.cancel", job)
    return bool(stopped or asked)


def drafts_of(job: LibraryJob) -> ExerciseQuerySet:
    """The exercises that this import made, as far as they are still there, whatever became of them."""
    return Exercise.objects.filter(pk__in=job.created, shared=True).order_by("name", "pk")


@transaction.atomic
def discard_drafts(*, actor: User, job: LibraryJob) -> tuple[int, int]:
    """Throw away the drafts that an import made and nobody has touched since; how many went and how many stay."""
    drafts = drafts_of(job).filter(state=ExerciseState.DRAFT, revision=1, edition=0)
    with_media = Exists(ExerciseMedia.objects.filter(exercise=OuterRef("pk")))
    untouched: list[Any] = list(drafts.exclude(with_media).select_for_update())
    for exercise in untouched:
        exercise._history_user = actor
        exercise._change_reason = f"Discarded with all drafts of {job.original_name or 'an import'}"
    # Not a queryset's delete(), which would forget on its instances who does this, and why.
    collector = Collector(using="default")
    collector.collect(untouched)
    collector.delete()
    kept = drafts_of(job).count()
    if untouched:
        audit.record(actor, "library.discard", job, discarded=len(untouched), kept=kept)
    return len(untouched), kept


# --- Running -------------------------------------------------------------------------------------------------


def run_all(*, owner: str, now: Callable[[], datetime] = timezone.now) -> int:
    """Work off what waits, and what a dead worker left. `owner` must be unique to this run."""
    release(now())
    count = 0
    while job := claim(owner, now()):
        run(job, owner, now)
        count += 1
    return count


def release(now: datetime) -> None:
    """Jobs whose lease ran out: stopped if somebody wanted that, given up after three tries, else waiting again."""
    left = LibraryJob.objects.abandoned(now)
    free = {"owner": "", "lease_until": None}
    left.exclude(cancel_asked_at=None).update(state=JobState.CANCELLED.value, finished_at=now, **free)
    left.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED.value, trouble=GIVEN_UP, finished_at=now, **free
    )
    left.update(state=JobState.WAITING.value, done=0, **free)


def claim(owner: str, now: datetime) -> LibraryJob | None:
    """Take the oldest waiting job. Two workers never get the same one."""
    with transaction.atomic():
        waiting = LibraryJob.objects.filter(state=JobState.WAITING).order_by("created_at")
        job = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if job is None:
            return None
        LibraryJob.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING.value, owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1, done=0
        )
    return LibraryJob.objects.select_related("preview", "started_by").get(pk=job.pk)


def run(job: LibraryJob, owner: str, now: Callable[[], datetime]) -> None:
    """Do one claimed job to an end that people can read."""
    watch = Watch(job, owner, now)
    try:
        _run(job, watch)
        logger.info("library_job_done", job=str(job.pk), kind=job.kind, layout=job.layout)
    except Stopped:
        watch.stop()
    except LeaseLost:
        logger.warning("library_job_lost", job=str(job.pk))
    except (FileRefused, CellTooLong) as refusal:
        watch.fail(str(refusal))
    except LibraryChanged:
        watch.fail(LIBRARY_CHANGED)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease runs out, and the sweep tries again
    except Exception as error:
        logger.exception("library_job_failed", job=str(job.pk))
        watch.fail(NO_ROOM if isinstance(error, OSError) else BROKEN)


def _run(job: LibraryJob, watch: Watch) -> None:
    actor = job.started_by
    if actor is None or not (actor.is_active and actor.is_curator):
        watch.fail(NOT_ALLOWED)
    elif job.kind == JobKind.EXPORT:
        exports.export(job, watch)
    elif job.dry_run:
        imports.preview(job, watch)
    else:
        imports.carry_out(job, watch, actor)
