"""Through a real Celery worker: a row and a bell in, a mail out. And without any broker at all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from config.celery import app
from config.lib import heartbeat
from patients import outbox
from patients.models import Delivery, ReminderSchedule
from patients.services import reminder_settings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(child_environment, redis_server) -> Iterator[subprocess.Popen[bytes]]:
    """`celery worker` on this test's Redis and database, stopped at the end."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-P", "threads", "-c", "1", "-l", "ERROR"]
    process = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], env=child_environment)
    yield process
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def eventually(condition: Any, seconds: float = 15) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.02)


def soon(remind: Any) -> Delivery:
    now = timezone.now()
    return remind(due_at=now, expires_at=now + timedelta(hours=2))


def test_bell_after_the_commit_brings_the_mail(worker, mailbox, remind) -> None:
    """Nobody but `enqueue` itself rings here."""
    delivery = soon(remind)
    assert [mail["To"] for mail in mailbox.wait_for(1, timeout=20)] == ["dan@example.org"]
    eventually(lambda: Delivery.objects.get(pk=delivery.pk).state == "sent")


def test_beat_tasks_plan_send_and_show_life(worker, mailbox, dan, prescription) -> None:
    now = timezone.now()
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30"], now=now - timedelta(days=1))
    slot = (now - timedelta(minutes=1)).replace(second=0, microsecond=0)
    ReminderSchedule.objects.update(slot=timezone.localtime(slot, _zone(dan)).time(), next_due_at=slot)
    prescription.starts_on = now.date() - timedelta(days=2)
    prescription.save()
    prescription.versions.update(effective_from=prescription.starts_on)
    for entry in app.conf.beat_schedule.values():
        current_app.send_task(entry["task"])
    assert mailbox.wait_for(1, timeout=20)[0]["Subject"] == "Time for your exercises"
    eventually(lambda: heartbeat.age("worker") is not None and heartbeat.age("beat") is not None)


def _zone(patient):
    from patients.reminders import zone_of

    return zone_of(patient.time_zone)


def test_deliver_command_needs_no_redis(mailbox, remind, settings, monkeypatch) -> None:
    """The bell cannot be rung, the cache is gone; rows are written and a command hands them over."""
    nowhere = "redis+socket:///nonexistent/redis.sock"
    monkeypatch.setattr(app.conf, "broker_url", nowhere)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nonexistent/redis.sock"}}
    delivery = soon(remind)
    cache.set("anything", "kept")
    assert cache.get("anything", "away") == "away"
    call_command("deliver")
    assert len(mailbox.wait_for(1)) == 1
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


def test_nudge_is_quick_without_a_broker(child_environment) -> None:
    """In a process of its own, so that no connection is kept from before."""
    code = "import django; django.setup(); from patients import outbox; outbox.nudge(3); print('fine')"
    environment = {**child_environment, "REDIS_URL": "unix:///nonexistent/redis.sock?db=0"}
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.returncode) == ("fine\n", 0)
    assert time.monotonic() - began < 8


def test_every_periodic_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert outbox.SWEEP in app.tasks
