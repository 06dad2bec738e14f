"""Drives every page and API route as every outsider. A route that no case names fails the suite."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from config.checks import is_trusted, patterns
from tests.permissions.cases import Case, all_cases
from tests.world import ACTORS, World

CASES = all_cases()
READ_LOG = {"auditevent", "session", "authtoken"}


def every_route() -> set[str]:
    """Full names of all our own routes, as `reverse` takes them."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLResolver

    names: set[str] = set()

    def walk(resolver: URLResolver, space: str) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                if entry.app_name != "admin":
                    walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif not is_trusted(entry.callback):
                names.add(f"{space}{entry.name}")

    walk(get_resolver(), "")
    return names


def test_every_route_has_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    missing = sorted(every_route() - {case.route for case in CASES})
    unknown = sorted({case.route for case in CASES} - every_route())
    with capsys.disabled():
        drives = len(CASES) * len(ACTORS)
        print(f"\n{len(every_route())} routes x {len(ACTORS)} actors, {len(CASES)} cases, {drives} drives")
    assert missing == []
    assert unknown == []
    assert len(list(patterns())) >= len(every_route())


def _rows() -> Counter[str]:
    return Counter(
        {
            model._meta.label: model._default_manager.count()
            for model in apps.get_models()
            if model._meta.model_name not in READ_LOG and model._meta.app_label in ("patients", "exercises", "programs")
        }
    )


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.route}{case.query}")
def test_route_for_everyone(case: Case, frozen: Any, django_db_blocker: Any) -> None:
    """One world, one case, every actor; refusals change nothing and show nothing."""
    from django.db import transaction

    from tests.world import build_world

    class Undo(Exception):
        pass

    problems = []
    world: World = build_world()
    for actor in ACTORS:
        try:
            with transaction.atomic():
                problems += _drive(case, actor, world)
                raise Undo
        except Undo:
            pass
    assert problems == []


def _drive(case: Case, actor: str, world: World) -> list[str]:
    client = Client(raise_request_exception=True)
    login = world.login_of(actor)
    if login is not None:
        client.force_login(login, backend="django.contrib.auth.backends.ModelBackend")
    args = case.args(world)
    path = reverse(case.route, kwargs=args) if isinstance(args, dict) else reverse(case.route, args=args)
    before = _rows()
    data = case.data(world)
    extra: dict[str, Any] = {"content_type": "application/json"} if case.is_api and case.method != "GET" else {}
    response = (
        client.generic(case.method, path + case.query)
        if case.method in ("HEAD", "OPTIONS")
        else getattr(client, case.method.lower())(path + case.query, data, **extra)
    )
    wanted = case.status_for(actor)
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    found = []
    if response.status_code not in allowed:
        found.append(f"{actor}: {response.status_code}, wanted {wanted}")
    is_let_in = actor in case.expect and response.status_code < 400
    if not is_let_in:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode(errors="replace")
        found += [f"{actor}: sees {word!r}" for word in case.canaries if word in text]
        if _rows() != before:
            found.append(f"{actor}: a refused request changed rows")
    if response.status_code == 302 and actor == "anonymous" and not response["Location"].startswith("/accounts/login/"):
        found.append(f"anonymous: sent to {response['Location']}")
    return found
