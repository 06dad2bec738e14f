"""Prescribing: the builder's add-item round trip, what is expected of a whole caseload, and changes put in force.

What needs Django is imported where it is used, because the report reads the names of the rows without it.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.bench.client import Request, Timing, series

BUILDER = "builder, 10 exercises"
ADD = "builder, add an exercise"
ADD_API = "add an exercise (API)"
ITEMS = 10
DAYS = 28
SECRET = "a" * 32  # of the CSRF cookie; the form sends it back
Headers = tuple[tuple[str, str], ...]


# --- The builder over HTTP -----------------------------------------------------------------------------------


def pages(port: int, made: Any, session: Headers, token: str, *, each: int) -> Iterator[tuple[str, Timing, int]]:
    """The page, and an exercise added to it by form and by API. Each write goes to a program of its own."""
    therapist = made.therapists["small"]
    shown, *programs = _programs(made, 2 * (3 * each + 10) + 3)
    page = Request(f"/programs/{shown.pk}/", headers=session)
    yield BUILDER, series(port, page, each=each), _counted(page, therapist)
    half = len(programs) // 2
    for name, writes in (
        (ADD, _added_by_form(programs[:half], made, session)),
        (ADD_API, _added_by_api(programs[half:], made, token)),
    ):
        sql = _counted(next(writes), therapist)
        yield name, series(port, writes, each=each), sql


def _programs(made: Any, count: int) -> list[Any]:
    from exercises.models import Exercise
    from programs.models import Program, ProgramItem

    exercises = list(Exercise.objects.order_by("code")[:ITEMS])
    programs = Program.objects.bulk_create(Program(clinic=made.clinic, name=f"Bench {n}") for n in range(count))
    ProgramItem.objects.bulk_create(
        [
            ProgramItem(program=program, exercise=exercise, order=order, **exercise.dose_values())
            for program in programs
            for order, exercise in enumerate(exercises)
        ],
        batch_size=2000,
    )
    return programs


def _another() -> Any:
    from exercises.models import Exercise

    return Exercise.objects.order_by("code")[ITEMS]


def _added_by_form(programs: list[Any], made: Any, session: Headers) -> Iterator[Request]:
    """As the builder's button does it: htmx asks, and gets what differs."""
    [(_, cookie)] = session
    headers = (
        ("Cookie", f"{cookie}; csrftoken={SECRET}"),
        ("X-CSRFToken", SECRET),
        ("HX-Request", "true"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    body = urlencode({"exercise": str(_another().pk), "revision": 1}).encode()
    for program in programs:
        yield Request(f"/programs/{program.pk}/items/add/", "POST", headers, body)


def _added_by_api(programs: list[Any], made: Any, token: str) -> Iterator[Request]:
    body = json.dumps({"exercise": str(_another().pk), "revision": 1}).encode()
    for program in programs:
        path = f"/api/v1/programs/{program.pk}/items/"
        yield Request(path, "POST", (("Authorization", f"Token {token}"),), body, status=201)


def _counted(request: Request, user: Any) -> int:
    """SQL statements of one request as this user; sent for real, so of a write there is one less to come."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    headers = dict(request.headers)
    kind = headers.pop("Content-Type", "application/json")
    headers.pop("Cookie", None)
    if request.method == "GET":
        client.get(request.path)
    with CaptureQueriesContext(connection) as captured:
        sent = {"data": request.body.decode(), "content_type": kind} if request.method == "POST" else {}
        answer = client.generic(request.method, request.path, headers=headers, **sent)
        assert answer.status_code == request.status, answer.content
    return len(_asked(captured))


def _asked(captured: Any) -> list[str]:
    begins = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured if not query["sql"].startswith(begins)]


# --- What is expected ----------------------------------------------------------------------------------------


def occurrences(made: Any, now: datetime, *, rounds: int) -> dict[str, Any]:
    """Expected occurrences of 1,000 patients in 28 days: ours, and the same statements without anything around them."""
    from programs.adherence import expected_for

    patients = [patient.pk for patient in made.patients["large"]]
    last = now.date()
    first = last - timedelta(days=DAYS - 1)
    _vary(made, last)

    def ours(ids: list[Any]) -> int:
        return sum(len(own) for own in expected_for(ids, first, last).values())

    few, many = (_statements(lambda ids=ids: ours(ids)) for ids in (patients[:10], patients))
    told = {"count": ours(patients), "patients": len(patients), "days": DAYS}
    told |= {"sql": len(many), "sql_of_10": len(few), "bare_sql": len(many)}
    return told | _timed({"ours": lambda: ours(patients), "bare": lambda: _run(many)}, rounds)


def _vary(made: Any, last: Any) -> None:
    """Every tenth patient is on holiday for a week of it, and every seventh has a flare."""
    from programs.models import Pause, VariantSpell

    large = made.patients["large"]
    week = {"starts_on": last - timedelta(days=12), "last_day": last - timedelta(days=6)}
    Pause.objects.bulk_create(Pause(clinic=made.clinic, patient=one, **week) for one in large[::10])
    flare = {"variant": "flare", **week}
    VariantSpell.objects.bulk_create(VariantSpell(clinic=made.clinic, patient=one, **flare) for one in large[::7])


def _statements(act: Callable[[], object]) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        act()
    return _asked(captured)


def _run(statements_: list[str]) -> None:
    """The statements and their rows, as the driver hands them over."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements_:
            cursor.execute(statement)
            cursor.fetchall()


def _timed(sides: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Milliseconds of each side, medians of `rounds` taken in turns, with their range."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, act in sides.items():
            started = time.perf_counter()
            act()
            times[name].append((time.perf_counter() - started) * 1000)
    told: dict[str, float] = {}
    for name, taken in times.items():
        told |= {name: statistics.median(taken), f"{name}_low": min(taken), f"{name}_high": max(taken)}
    return told


# --- Changes in force ----------------------------------------------------------------------------------------


def drafts(made: Any, now: datetime, *, count: int) -> dict[str, float]:
    """A longer hold "from tomorrow" for `count` patients, one after the other: draft, change, use."""
    therapist = made.therapists["small"]
    plans = [made.versions[patient.pk].prescription for patient in made.patients["small"][: count + 1]]
    sql = len(_statements(lambda: _change(therapist, plans[0], now)))
    started = time.perf_counter()
    for prescription in plans[1:]:
        _change(therapist, prescription, now)
    took = time.perf_counter() - started
    return {"per_second": round(count / took, 1), "ms": round(took / count * 1000, 1), "sql": sql}


def _change(actor: Any, prescription: Any, now: datetime) -> None:
    from programs.services import programs, revisions

    draft = revisions.open_draft(actor=actor, prescription=prescription, now=now)
    item = draft.items.select_related("exercise", "program").first()
    values = {"hold_seconds": (item.hold_seconds or 20) + 5}
    _, revision = programs.update_item(actor=actor, item=item, revision=draft.revision, values=values, now=now)
    revisions.apply_draft(
        actor=actor,
        draft=draft,
        revision=revision,
        effective_from=now.date() + timedelta(days=1),
        change_note="Hold a little longer.",
        answers=_Confirmed(),
        now=now,
    )


class _Confirmed(dict[Any, Any]):
    """The therapist has a reason for everything."""

    def get(self, key: Any, default: Any = None) -> Any:
        from programs.services.version_writing import SafetyAnswer

        return SafetyAnswer(confirmed=True, reason="Agreed with the patient.")
