"""kill -9 of the worker in the middle of an import: nothing half-saved, and it is run again to the end.

A real Celery worker on this test's PostgreSQL and Redis, killed by its id at a moment that the dice choose. The lease
of the dead is then made to run out; in the product that takes three minutes at most.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib import bells
from exercises.models import Exercise, ExerciseTrait, LibraryJob
from exercises.services import jobs
from exercises.services.job_watch import steps_done
from patients.models import AuditEvent, User
from tests.exercises.transfer.conftest import FACTS, counts, fresh, media_files, start

pytestmark = [pytest.mark.slow, pytest.mark.race, pytest.mark.django_db(transaction=True)]
ALL = 873
ROUNDS = 6
Worker = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def worker(
    child_environment: dict[str, str], redis_server, settings
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `celery worker`, as often as asked; whoever still lives at the end is stopped."""
    started: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-P", "threads", "-c", "1", "-l", "ERROR"]

    def begin() -> subprocess.Popen[bytes]:
        environment = {**child_environment, "MEDIA_ROOT": settings.MEDIA_ROOT}
        started.append(subprocess.Popen([*command, "--without-gossip", "--without-mingle"], env=environment))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def eventually(condition: Callable[[], object], seconds: float = 120) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.01)


def lease_runs_out() -> None:
    LibraryJob.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


def is_over(job: LibraryJob) -> bool:
    return not fresh(job).is_live


def test_killed_in_the_middle_it_saves_nothing_and_runs_again(cora: User, worker) -> None:
    seen = start(cora, FACTS.read_bytes(), "facts.json")
    jobs.run_all(owner="preview")
    job = jobs.confirm(actor=cora, preview=fresh(seen))
    dice, killed_at = random.Random(4), []
    for number in range(ROUNDS):
        process = worker()
        bells.ring(jobs.TASK)
        # within the writing, whose steps are the second half
        wanted = ALL + dice.randrange(1, ALL - 200)
        eventually(lambda wanted=wanted: steps_done(fresh(job)) >= wanted or is_over(job))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        if is_over(job):
            break
        killed_at.append(steps_done(fresh(job)) - ALL)
        assert Exercise.objects.count() == 0
        assert (fresh(job).state, fresh(job).created) == ("running", [])
        lease_runs_out()
        # three deaths would be the file's fault; here they are ours
        LibraryJob.objects.filter(pk=job.pk).update(attempts=number % 2)
    assert killed_at, "never killed while it wrote"
    print(f"\nkilled {len(killed_at)} times, after {killed_at} of {ALL} rows were written and not committed")
    worker()
    bells.ring(jobs.TASK)
    eventually(lambda: is_over(job))
    assert (fresh(job).state, counts(fresh(job))) == ("done", {"new": ALL})
    assert (Exercise.objects.count(), Exercise.history.count()) == (ALL, ALL)
    assert ExerciseTrait.objects.values("exercise").distinct().count() == ALL
    assert AuditEvent.objects.filter(verb="library.import").count() == 1


def test_killed_preview_leaves_no_half_report(cora: User, worker) -> None:
    job = start(cora, FACTS.read_bytes(), "facts.json")
    process = worker()
    eventually(lambda: fresh(job).state == "running")
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    lease_runs_out()
    worker()
    bells.ring(jobs.TASK)
    eventually(lambda: is_over(job))
    assert (fresh(job).state, counts(fresh(job))) == ("done", {"new": ALL})
    assert [path.suffix for path in sorted(media_files()) if path.parent.name == "previews"] == [".jsonl"]


def test_cancelled_from_another_process_while_it_writes(cora: User, worker) -> None:
    seen = start(cora, FACTS.read_bytes(), "facts.json")
    jobs.run_all(owner="preview")
    job = jobs.confirm(actor=cora, preview=fresh(seen))
    worker()
    eventually(lambda: steps_done(fresh(job)) > ALL or is_over(job))
    jobs.cancel(actor=cora, job=fresh(job), now=timezone.now())
    eventually(lambda: is_over(job))
    assert (fresh(job).state, Exercise.objects.count()) in [("cancelled", 0), ("done", ALL)]
    assert fresh(job).state == "cancelled", "too quick to be cancelled; give it more rows"


def test_two_workers_at_once_import_once(cora: User, worker) -> None:
    seen = start(cora, FACTS.read_bytes(), "facts.json")
    jobs.run_all(owner="preview")
    job = jobs.confirm(actor=cora, preview=fresh(seen))
    worker(), worker()
    for _ in range(4):
        bells.ring(jobs.TASK)
    eventually(lambda: is_over(job))
    assert (fresh(job).attempts, Exercise.objects.count()) == (1, ALL)
