"""`make bench`: our pages and our outbox beside the bare machine, in one run, on both databases.

Prints a table, states every ratio against its goal (`speed.md`, section 2) and writes `bench-results/bench.json`.
Loopback only; everything it starts it stops.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.client import Connection, Request, Timing, series, until

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench-results"
QUICK = "--quick" in sys.argv


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]))
        return
    from tests.bench.report import report
    from tests.servers import running_servers

    started = time.monotonic()
    results = {}
    RESULTS.mkdir(exist_ok=True)
    for database in ("postgresql", "sqlite"):
        with running_servers(database, durable=True) as environment:
            target = RESULTS / f"{database}.json"
            env = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
            env["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
            Path(environment["RACHIS_DATA"]).mkdir(parents=True, exist_ok=True)
            more = ["--quick"] if QUICK else []
            subprocess.run([sys.executable, "-m", "tests.bench", "measure", str(target), *more], env=env, check=True)
            results[database] = json.loads(target.read_text())
    (RESULTS / "bench.json").write_text(json.dumps(results, indent=1))
    print(report(results))
    print(f"\n{time.monotonic() - started:.0f} s in all; figures in {RESULTS.name}/bench.json")


def say(sentence: str) -> None:
    print(f"  {sentence}", flush=True)


def measure(target: Path) -> None:
    """One database: fill it, serve it, time it, write the figures."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.bench import handouts, mail, prescribing, world

    say(f"{connection.vendor}: migrating and filling ...")
    started = time.monotonic()
    call_command("migrate", verbosity=0)
    migrated = time.monotonic() - started
    call_command("load_library", verbosity=0)
    now = datetime.now(UTC)
    made = world.build(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"filled in {time.monotonic() - started:.0f} s; timing pages ...")
    figures: dict[str, Any] = {"migrate_seconds": round(migrated, 2)}
    figures["pages"] = pages(made, now)
    say("counting what is expected, and putting changes in force ...")
    figures["occurrences"] = prescribing.occurrences(made, now, rounds=3 if QUICK else 9)
    figures["drafts"] = prescribing.drafts(made, now, count=10 if QUICK else 40)
    say("printing handouts ...")
    figures["handouts"] = handouts.compare(made, now, each=10 if QUICK else 30, rounds=1 if QUICK else 3)
    if connection.vendor == "postgresql":
        say("sending mails ...")
        figures["mail"] = mail.compare(made, now, count=600 if QUICK else 2000, rounds=1 if QUICK else 3)
    target.write_text(json.dumps(figures))


class Server:
    """gunicorn with two sync workers behind one port, as in the measurements that the goals come from."""

    def __init__(self, application: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        options = ["--workers", "2", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "60"]
        options += ["--log-level", "error", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", *options, application]
        self.process = subprocess.Popen(command)

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *args: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def signed_in(user: Any) -> tuple[tuple[str, str], ...]:
    """A session cookie for `user`, made as the sign-in page would."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return (("Cookie", f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"),)


def tokens(users: list[Any]) -> list[str]:
    from knox.models import get_token_model

    return [get_token_model().objects.create(user)[1] for user in users]


def log_writes(made: Any, now: datetime) -> Iterator[Request]:
    """Each of the patients logs today's session once, with a client-made id."""
    patients = made.patients["large"]
    keys = tokens([patient.user for patient in patients])
    for patient, key in zip(patients, keys, strict=True):
        body = {
            "client_uuid": str(uuid.uuid4()),
            "prescription": str(made.versions[patient.pk].prescription_id),
            "local_date": now.date().isoformat(),
            "slot": "07:30",
            "entries": [{"item": str(item.pk), "status": "done"} for item in made.items[patient.pk]],
            "pain_after": 3,
        }
        headers = (("Authorization", f"Token {key}"),)
        yield Request("/api/v1/sessions/", "POST", headers, json.dumps(body).encode(), status=201)


def targets(made: Any, now: datetime) -> dict[str, tuple[Request, Any]]:
    """The pages that are timed: the request, and whose it is for counting statements."""
    small, large = made.therapists["small"], made.therapists["large"]
    one = made.patients["small"][0]
    staff, staff_large, patient = signed_in(small), signed_in(large), signed_in(one.user)
    return {
        "caseload, 50 patients": (Request("/clinic/caseload/", headers=staff), small),
        "caseload, 1,000 patients": (Request("/clinic/caseload/", headers=staff_large), large),
        "caseload, 1,000, by adherence": (Request("/clinic/caseload/?sort=adherence", headers=staff_large), large),
        "patient page": (Request(f"/clinic/patients/{one.pk}/", headers=staff), small),
        "Today": (Request("/today/", headers=patient), one.user),
        "exercise list page": (Request("/library/", headers=staff), small),
        "exercise list API": (Request("/api/v1/exercises/", headers=staff), small),
        "login page": (Request("/accounts/login/"), None),
    }


def statements(request: Request, user: Any) -> int:
    """SQL statements of one request when its session is in the cache already."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(request.path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(request.path).status_code == 200
    return sum(1 for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")))


def write_statements(request: Request) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = Client().post(
            request.path, request.body, content_type="application/json", headers=dict(request.headers)
        )
        assert answer.status_code == request.status, answer.content
    return sum(1 for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")))


def pages(made: Any, now: datetime) -> dict[str, Any]:
    """Every series in one run: the bare views first, then ours, then the bare ones again to show the drift."""
    from tests.bench import prescribing

    each = 30 if QUICK else 100
    rows: dict[str, Any] = {}

    def keep(name: str, timing: Timing, sql: int | None) -> None:
        rows[name] = {"p50": timing.p50, "p95": timing.p95, "low": timing.low, "high": timing.high}
        rows[name] |= {"bytes": timing.size, "sql": sql}
        say(f"{name:<32} p50 {timing.p50:7.2f} ms  p95 {timing.p95:7.2f} ms")

    day = now.date()
    span = f"first={_ago(day, 27)}&week={_ago(day, 6)}&last={day}"
    therapist = made.therapists["small"].pk
    key = str(therapist) if os.environ["DATABASE_URL"].startswith("postgres") else therapist.hex
    bare = {"EMPTY": "/empty", "SELECT1": "/select1", "AGG50": f"/agg50?therapist={key}&{span}"}
    with Server("tests.bench.bare") as bare_port, Server("config.wsgi:application") as port:
        until(lambda: Connection(bare_port).send(Request("/empty")))
        until(lambda: Connection(port).send(Request("/accounts/login/")))
        for name, path in bare.items():
            keep(name, series(bare_port, Request(path), each=each), {"EMPTY": 0}.get(name, 1))
        for name, (request, user) in targets(made, now).items():
            keep(name, series(port, request, each=each), statements(request, user))
        writes = log_writes(made, now)
        sql = write_statements(next(writes))
        keep("one log write (API)", series(port, writes, each=each), sql)
        keep(
            "caseload, after a write", series(port, targets(made, now)["caseload, 1,000 patients"][0], each=each), None
        )
        staff, key = signed_in(made.therapists["small"]), tokens([made.therapists["small"]])[0]
        for name, timing, sql in prescribing.pages(port, made, staff, key, each=each):
            keep(name, timing, sql)
        for name, path in bare.items():
            keep(f"{name} again", series(bare_port, Request(path), each=each), None)
        for name, timing, sql in large_library(port, made, each=each // 3):
            keep(name, timing, sql)
    return rows


def large_library(port: int, made: Any, *, each: int) -> Iterator[tuple[str, Timing, int]]:
    """Browsing and searching when the library is large; last, because nothing makes it small again."""
    from tests.bench import library

    therapist, patient = made.therapists["small"], made.patients["small"][0]
    library.make_careful(patient)
    for size in library.SIZES:
        say(f"{size:,} exercises ...")
        library.enlarge(size)
        for name, request in library.requests(size, signed_in(therapist), patient).items():
            yield name, series(port, request, each=each), statements(request, therapist)


def _ago(day: Any, days: int) -> Any:
    from datetime import timedelta

    return day - timedelta(days=days)


if __name__ == "__main__":
    main()
