"""Asking a worker to look now. The rows are the queue; without a broker the next sweep finds them."""

import structlog
from celery import current_app

logger = structlog.get_logger(__name__)


def ring(task: str) -> None:
    """Send `task` and never fail: the row is written, and whatever ails the broker must not reach the writer."""
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except Exception as error:
        logger.warning("bell_not_rung", task=task, error=type(error).__name__)
