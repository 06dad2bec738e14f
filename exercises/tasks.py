"""What the beat and the bells set off for the library. A task loads, delegates and logs; the rows are the queue."""

from dataclasses import asdict

import structlog
from celery import shared_task
from django.utils import timezone

from exercises.services import job_files, jobs, media_care, media_work
from patients.tasks import run_name

logger = structlog.get_logger(__name__)


@shared_task(name="exercises.tasks.prepare_media")
def prepare_media() -> None:
    """Decode and write anew what was sent, and what a dead worker left."""
    counts = asdict(media_work.work_off(owner=run_name()))
    if any(counts.values()):
        logger.info("media_prepared", **counts)


@shared_task(name="exercises.tasks.tidy_media")
def tidy_media() -> None:
    """Every hour: what was removed a day ago goes, leftovers go, files not looked at for a day are read again."""
    now = timezone.now()
    gone, lost = media_care.tidy(now), media_care.check(now)
    if gone or lost:
        logger.info("media_tidied", gone=gone, lost=lost)


@shared_task(name="exercises.tasks.run_library_jobs")
def run_library_jobs() -> None:
    """Imports and exports that wait, and what a dead worker left of them."""
    count = jobs.run_all(owner=run_name())
    if count:
        logger.info("library_jobs_run", count=count)


@shared_task(name="exercises.tasks.sweep_library_files")
def sweep_library_files() -> None:
    """Every hour: files of imports and exports that are seven days old, and leftovers."""
    swept = job_files.sweep(timezone.now())
    if swept:
        logger.info("library_files_swept", swept=swept)
