"""What the beat sets off for programs. A task loads, delegates and logs."""

import structlog
from celery import shared_task
from django.utils import timezone

from programs.services import reminders

logger = structlog.get_logger(__name__)


@shared_task(name="programs.tasks.plan_reminders")
def plan_reminders() -> None:
    """Turn reminder times that are due into messages."""
    planned = reminders.plan_all(now=timezone.now())
    if planned.due:
        logger.info("reminders_planned", due=planned.due, created=planned.created, cancelled=planned.cancelled)


@shared_task(name="programs.tasks.roll_status")
def roll_status() -> None:
    """Move on the four-week figures of patients whose day has changed."""
    from programs import adherence

    refresh = getattr(adherence, "refresh_stale", None)
    if refresh:
        refresh(now=timezone.now())
