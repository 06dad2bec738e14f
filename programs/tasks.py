"""What the beat sets off for programs. A task loads, delegates and logs."""

import structlog
from celery import shared_task
from django.utils import timezone

from programs import adherence, usage
from programs.services import clearances, progression, reminders

logger = structlog.get_logger(__name__)
# A run stays below Celery's time limit; the next one, five minutes later, goes on.
MOST_BATCHES = 100


@shared_task(name="programs.tasks.plan_reminders")
def plan_reminders() -> None:
    """Turn reminder times that are due into messages."""
    planned = reminders.plan_all(now=timezone.now())
    if planned.due:
        logger.info("reminders_planned", due=planned.due, created=planned.created, cancelled=planned.cancelled)


@shared_task(name="programs.tasks.roll_status")
def roll_status() -> None:
    """Move on the four-week figures of patients whose day has changed."""
    now = timezone.now()
    for _ in range(MOST_BATCHES):
        if not adherence.refresh_stale(now):
            break


@shared_task(name="programs.tasks.look_after_hips")
def look_after_hips() -> None:
    """Look at what runs on the day of an operation, and ask when precautions were to end; clear nothing."""
    written = clearances.look_after(timezone.now())
    if written:
        logger.info("hips_looked_after", written=written)


@shared_task(name="programs.tasks.count_usage")
def count_usage() -> None:
    """Bring up to date how exercises fare, for the curators' table."""
    usage.recount(timezone.now())


@shared_task(name="programs.tasks.suggest_steps")
def suggest_steps() -> None:
    """Weigh the therapists' rules; what is met becomes a suggestion on the patient's page."""
    made = progression.suggest_all(timezone.now())
    logger.info("steps_suggested", written=made.written, withdrawn=made.withdrawn)
