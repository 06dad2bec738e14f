"""kill -9 of a sender process: nothing lost, and no duplicate without an unknown attempt beside it (F2)."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from patients import outbox
from patients.models import Delivery

MAILS, ROUNDS = 300, 5
# A sender as a worker runs it, one that never looks at the clock of the test.
SENDER = """
import django; django.setup()
from patients import outbox
from patients.tasks import run_name
print("up", flush=True)
while any(getattr(outbox.deliver(owner=run_name(), limit=1000), name) for name in ("sent", "retried")): pass
"""


def sender(environment: dict[str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", SENDER], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    return process


def leases_run_out() -> None:
    """Eleven minutes pass for whoever died; nobody alive holds a row now."""
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.slow
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_killed_senders_lose_nothing_and_explain_every_duplicate(mailbox, child_environment, remind) -> None:
    now = timezone.now()
    for number in range(MAILS):
        remind(number, due_at=now, expires_at=now + timedelta(hours=2))
    dice = random.Random(8)
    for _ in range(ROUNDS):
        enough = len(mailbox) + dice.randrange(10, 45)
        process = sender(child_environment)
        give_up_at = time.monotonic() + 10
        while len(mailbox) < enough and time.monotonic() < give_up_at:
            time.sleep(0.001)
        time.sleep(dice.random() / 100)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        leases_run_out()
    outbox.deliver(owner="last", limit=1000)

    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"sent": MAILS}
    accepted = Counter(mail["Message-ID"] for mail in mailbox)
    unknown = sum(Delivery.objects.values_list("unknown_attempts", flat=True))
    assert len(accepted) == MAILS
    assert sum(accepted.values()) - MAILS <= unknown <= ROUNDS
    twice = {identity[1:37] for identity, copies in accepted.items() if copies > 1}
    explained = Delivery.objects.filter(unknown_attempts__gt=0).values_list("pk", flat=True)
    assert twice <= {str(pk) for pk in explained}


@pytest.mark.slow
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_senders_at_once_send_each_mail_once(mailbox, child_environment, remind) -> None:
    now = timezone.now()
    for number in range(MAILS):
        remind(number, due_at=now, expires_at=now + timedelta(hours=2))
    for process in [sender(child_environment) for _ in range(3)]:
        assert process.wait(20) == 0
    assert Counter(Delivery.objects.values_list("state", "attempt")) == {("sent", 1): MAILS}
    assert sorted(Counter(mail["Message-ID"] for mail in mailbox).values()) == [1] * MAILS
