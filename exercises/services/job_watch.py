"""What a running job does beside its work: show how far it is, keep its lease, hear that it is to stop.

Between transactions the row tells it all. Inside the one transaction of an import nothing that is written shows, and on
SQLite nobody else can write; there the cache carries progress and the wish to stop, and the row decides at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache

from exercises.enums import JobState
from exercises.models import LibraryJob

LEASE = timedelta(seconds=60)
# For the one transaction of an import; the largest file that we take needs a fraction of it.
WRITING_LEASE = timedelta(minutes=3)
KEPT_SECONDS = 600


class Stopped(Exception):
    """Somebody asked the job to stop; whatever it has written is rolled back."""


class LeaseLost(Exception):
    """The job is somebody else's now, or ended; whatever this run has written is rolled back."""


class Watch:
    """One run of one job. Every write is fenced by the owner and the attempt of this run."""

    def __init__(self, job: LibraryJob, owner: str, now: Callable[[], datetime]) -> None:
        self.job, self.owner, self.now = job, owner, now

    @property
    def rows(self) -> Any:
        """The job while it is ours."""
        ours = LibraryJob.objects.filter(pk=self.job.pk, owner=self.owner, attempts=self.job.attempts)
        return ours.filter(state=JobState.RUNNING)

    def expect(self, total: int) -> None:
        """How many steps there are in all."""
        self.job.total = total
        self._write(total=total)

    def tick(self, done: int, lease: timedelta = LEASE) -> None:
        """So far; outside any transaction. Raises Stopped or LeaseLost."""
        self.job.done = done
        self._write(done=done, lease_until=self.now() + lease)
        if self.rows.exclude(cancel_asked_at=None).exists():
            raise Stopped

    def begin_writing(self, done: int) -> None:
        """The last tick before the transaction."""
        self.tick(done, WRITING_LEASE)

    def tick_inside(self, done: int) -> None:
        """So far; inside the transaction. Raises Stopped or LeaseLost."""
        cache.set(_done_key(self.job.pk), done, KEPT_SECONDS)
        if cache.get(_stop_key(self.job.pk)):
            raise Stopped
        ours = self.rows.values_list("cancel_asked_at", flat=True)
        if not ours:
            raise LeaseLost
        if ours[0]:
            raise Stopped

    def finish(self, **values: Any) -> None:
        """Done. Raises Stopped or LeaseLost when somebody was quicker; then nothing may be kept."""
        done = {"state": JobState.DONE.value, "finished_at": self.now(), "owner": "", "lease_until": None}
        if not self.rows.filter(cancel_asked_at=None).update(**done, done=self.job.total, **values):
            raise Stopped if self.rows.exists() else LeaseLost

    def fail(self, sentence: str, **values: Any) -> None:
        """It cannot be done, for a reason that people can read."""
        self._end(JobState.FAILED, trouble=sentence[:600], **values)

    def stop(self) -> None:
        """Somebody asked for it."""
        self._end(JobState.CANCELLED)

    def _end(self, state: JobState, **values: Any) -> None:
        free = {"owner": "", "lease_until": None}
        self.rows.update(state=state.value, finished_at=self.now(), **free, **values)

    def _write(self, **values: Any) -> None:
        cache.set(_done_key(self.job.pk), self.job.done, KEPT_SECONDS)
        if not self.rows.update(**values):
            raise LeaseLost


def _done_key(key: Any) -> str:
    return f"library-job-done:{key}"


def _stop_key(key: Any) -> str:
    return f"library-job-stop:{key}"


def ask_to_stop(job: LibraryJob) -> None:
    """Heard within a moment even where the database is busy with the very job; the row must say it too."""
    cache.set(_stop_key(job.pk), True, KEPT_SECONDS)


def steps_done(job: LibraryJob) -> int:
    """How far a job is, also while nothing of it can be seen in the database."""
    seen = cache.get(_done_key(job.pk), 0) if job.state == JobState.RUNNING else 0
    return min(max(job.done, seen if isinstance(seen, int) else 0), job.total)
