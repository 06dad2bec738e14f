"""Mails per second: our outbox with two sender processes beside raw smtplib with two processes, to one sink.

Run by `tests.bench`; the parts run as processes of their own: `python -m tests.bench.mail sink|raw|ours ...`.
"""

from __future__ import annotations

import asyncio
import json
import os
import smtplib
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from datetime import time as time_of_day
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

PROCESSES = 2
HEAD_START = 4.0  # seconds in which every sender imports and connects before the common start


class Counting:
    """An SMTP sink that keeps nothing but a count."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


async def _sink() -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Counting(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 64) or loop.stop())
    await server.serve_forever()


def built(size: int = 1700) -> EmailMessage:
    """A mail of two parts and about `size` bytes, like ours."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@bench.example", "b@bench.example", "Time for your exercises"
    text = "Your exercises are ready when you are.\n" * 12
    message.set_content(text)
    message.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    assert abs(len(message.as_bytes()) - size) < size / 2
    return message


def _raw(port: int, count: int, start_at: float) -> None:
    """Send `count` messages that are built already, on one kept connection."""
    message = built().as_bytes(policy=SMTP_POLICY)  # with CRLF: sendmail passes bytes on as they are
    with smtplib.SMTP("127.0.0.1", port) as server:
        time.sleep(max(0.0, start_at - time.time()))
        for _ in range(count):
            server.sendmail("a@bench.example", ["b@bench.example"], message)
    print(json.dumps({"sent": count, "ended": time.time()}))


def _ours(start_at: float) -> None:
    """Deliver what is due until nothing is left, as a worker does."""
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from patients import outbox

    connection.ensure_connection()
    reverse("home")  # imports every view, which a worker does once in its life
    owner, sent = f"bench-{os.getpid()}", 0
    time.sleep(max(0.0, start_at - time.time()))
    first = None
    with CaptureQueriesContext(connection) if os.environ.get("BENCH_COUNT") else nullcontext() as captured:
        while True:
            counts = outbox.deliver(owner=owner, limit=200)
            first = first or time.time()
            if not counts.sent:
                break
            sent += counts.sent
    statements = len(captured) if captured is not None else 0
    print(json.dumps({"sent": sent, "ended": time.time(), "statements": statements}))


class Sink:
    """The sink process; closing its input ends it."""

    def __enter__(self) -> int:
        command = [sys.executable, "-m", "tests.bench.mail", "sink"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def __exit__(self, *args: object) -> None:
        self.process.terminate()
        self.process.wait(10)


def _together(arguments: list[list[str]], env: dict[str, str]) -> tuple[int, float, int]:
    """Run the processes from one common start; mails, seconds and statements of all of them."""
    start_at = time.time() + HEAD_START
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.mail", *more, str(start_at)], stdout=subprocess.PIPE, text=True, env=env
        )
        for more in arguments
    ]
    answers = []
    for process in running:
        output, _ = process.communicate(timeout=180)
        if process.returncode:
            raise RuntimeError(f"a sender failed: {process.args}")
        answers.append(json.loads(output.splitlines()[-1]))
    seconds = max(answer["ended"] for answer in answers) - start_at
    return sum(a["sent"] for a in answers), seconds, sum(a.get("statements", 0) for a in answers)


def enqueue(world: Any, now: datetime, count: int) -> None:
    """`count` reminders due now, each for its own occurrence."""
    from patients.enums import MessageKind
    from patients.models import Delivery, Message

    Message.objects.all().delete()
    patients = world.patients["large"]
    messages = Message.objects.bulk_create(
        [
            Message(
                clinic=world.clinic,
                patient=patients[number % len(patients)],
                kind=MessageKind.REMINDER,
                local_date=now.date() + timedelta(days=1 + number // len(patients)),
                slot=time_of_day(7, 30),
                expires_at=now + timedelta(hours=2),
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    Delivery.objects.bulk_create(
        [Delivery(message=m, address=m.patient.email, due_at=now - timedelta(seconds=1)) for m in messages],
        batch_size=1000,
    )


def compare(world: Any, now: datetime, *, count: int = 2000, rounds: int = 3) -> dict[str, Any]:
    """Rates of both sides, medians over `rounds` with their ranges."""
    rates: dict[str, list[float]] = {"raw": [], "ours": []}
    with Sink() as port:
        env = dict(os.environ, EMAIL_URL=f"smtp://127.0.0.1:{port}")
        for _ in range(rounds):
            each = str(count // PROCESSES)
            sent, seconds, _ = _together([["raw", str(port), each]] * PROCESSES, env)
            rates["raw"].append(sent / seconds)
            enqueue(world, now, count)
            sent, seconds, _ = _together([["ours"]] * PROCESSES, env)
            if sent != count:
                raise RuntimeError(f"{sent} of {count} mails were handed over")
            rates["ours"].append(sent / seconds)
        enqueue(world, now, count)
        sent, _, statements = _together([["ours"]], dict(env, BENCH_COUNT="1"))
    raw, ours = statistics.median(rates["raw"]), statistics.median(rates["ours"])
    return {
        "mails": count,
        "raw_per_second": round(raw),
        "raw_range": [round(min(rates["raw"])), round(max(rates["raw"]))],
        "ours_per_second": round(ours),
        "ours_range": [round(min(rates["ours"])), round(max(rates["ours"]))],
        "ratio": round(ours / raw, 3),
        "statements_a_mail": round(statements / sent, 2),
    }


if __name__ == "__main__":
    part, *rest = sys.argv[1:]
    if part == "sink":
        asyncio.run(_sink())
    elif part == "raw":
        _raw(int(rest[0]), int(rest[1]), float(rest[2]))
    else:
        _ours(float(rest[0]))
