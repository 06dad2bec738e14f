"""The tests meet real servers, not stand-ins."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from tests.fixtures_servers import Mailbox

# In a run without a terminal Ctrl-C may be ignored from the start, and children inherit that.
RUN = """
import signal
import time
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.servers import running_servers
with running_servers() as environment:
    print(environment["RACHIS_TEST_FOLDER"], flush=True)
    time.sleep(60)
"""


@pytest.mark.sqlite
@pytest.mark.django_db
def test_database_is_the_one_asked_for(pytestconfig):
    if pytestconfig.getoption("sqlite"):
        assert connection.vendor == "sqlite"
        assert connection.settings_dict["NAME"].startswith("/")  # a file, not memory
    else:
        assert connection.vendor == "postgresql"


@pytest.mark.sqlite
def test_redis_answers_and_starts_empty(redis_server: redis.Redis):
    assert redis_server.ping()
    assert redis_server.dbsize() == 0


def test_mail_arrives_with_its_envelope_and_both_parts(mailbox: Mailbox):
    mail = EmailMultiAlternatives("Grüße", "plain", "rachis@example.org", ["dan@example.org"], bcc=["ana@example.org"])
    mail.attach_alternative("<p>html</p>", "text/html")
    mail.send()

    (received,) = mailbox.wait_for(1)

    assert received["Subject"] == "Grüße"
    assert received["X-Envelope-From"] == "rachis@example.org"
    assert mailbox.to("ana@example.org") != []
    assert [part.get_content().strip() for part in received.iter_parts()] == ["plain", "<p>html</p>"]


@pytest.mark.parametrize("code", [451, 550])
def test_mail_is_refused_with_the_code_that_the_address_asks_for(mailbox: Mailbox, code: int):
    mail = EmailMultiAlternatives("no", "no", "rachis@example.org", [f"refuse-{code}@example.org"])

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        mail.send()

    assert [answer[0] for answer in refusal.value.recipients.values()] == [code]
    assert list(mailbox) == []


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_server_outlives_the_tests_however_they_end(end: signal.Signals):
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    folder = Path(run.stdout.readline().strip())
    servers = psutil.Process(run.pid).children(recursive=True)
    assert {"redis-server", "postgres"} <= {server.name() for server in servers}

    os.kill(run.pid, end)

    _, alive = psutil.wait_procs(servers, timeout=30)
    assert alive == []
    give_up_at = time.monotonic() + 10
    while folder.exists() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert not folder.exists()
