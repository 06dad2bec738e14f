"""What the beat and the bells set off for the library. A task loads, delegates and logs; the rows are the queue."""

from dataclasses import asdict

import structlog
from celery import shared_task
from django.utils import timezone

from exercises.services import media_care, media_work
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
