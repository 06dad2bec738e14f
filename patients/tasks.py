"""What the beat and the bells set off. A task loads, delegates and logs; the rows are the queue."""

import os
import socket
from dataclasses import asdict
from uuid import uuid4

import structlog
from celery import shared_task

from config.lib.heartbeat import beat
from patients import outbox

logger = structlog.get_logger(__name__)
MAILS_A_RUN = 5000


def run_name() -> str:
    """A name for one sender run; no other run, here or elsewhere, ever bears it."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid4().hex[:12]}"


@shared_task(name="patients.tasks.sweep_outbox")
def sweep_outbox() -> None:
    """Hand over all that is due."""
    counts = asdict(outbox.deliver(owner=run_name(), limit=MAILS_A_RUN))
    if any(counts.values()):
        logger.info("outbox_swept", **counts)


@shared_task(name="patients.tasks.heartbeat")
def heartbeat() -> None:
    """The beat sent this and a worker runs it: both are alive."""
    beat("beat")
    beat("worker")
