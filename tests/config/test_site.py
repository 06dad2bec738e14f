"""What every page owes: headers, health, error pages, and settings that refuse to guess."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import reverse

from config.lib import heartbeat

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "rachis.example.org",
    "SITE_URL": "https://rachis.example.org",
    "DATABASE_URL": "postgres://rachis@127.0.0.1/rachis",
    "REDIS_URL": "redis://127.0.0.1:6379",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}

AWAY = {"default": {"BACKEND": "config.lib.cache.TolerantRedisCache", "LOCATION": "unix:///nowhere.sock"}}


@pytest.fixture
def heard(db) -> None:
    for who in ("worker", "beat"):
        heartbeat.beat(who)


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/healthz", "/api/schema/", "/api/v1/patients/"])
def test_every_answer_carries_the_security_headers(client: Client, db, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.sqlite
def test_healthz_is_well_while_all_four_answer(client: Client, heard) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
        "database": True,
        "redis": True,
        "worker": True,
        "beat": True,
    }


@pytest.mark.parametrize("who", ["worker", "beat"])
def test_healthz_misses_a_silent_process(client: Client, heard, who: str) -> None:
    cache.delete(f"heartbeat:{who}")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [name for name, check in answer.json()["checks"].items() if not check["ok"]] == [who]


def test_healthz_without_redis_is_503_and_no_error(client: Client, heard) -> None:
    with override_settings(CACHES=AWAY):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"]["ok"] is False
    assert answer.json()["checks"]["database"]["ok"] is True


@pytest.mark.sqlite
def test_pages_and_writes_work_without_redis(client: Client, prescription, dan) -> None:
    """Signing in, reading and writing: sessions live in the database, too."""
    with override_settings(CACHES=AWAY):
        client.force_login(dan.user)
        assert client.get("/today/").status_code == 200
        assert client.post(reverse("programs:variant_choose"), {"variant": "flare"}).status_code in (200, 302)
    assert dan.flares.count() == 1


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(client: Client, monkeypatch, ana) -> None:
    client.force_login(ana)

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("programs.views.caseload.render", away, raising=False)
    monkeypatch.setattr("programs.views.caseload.page_or_partial", away, raising=False)
    answer = client.get(reverse("programs:caseload"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"


@pytest.mark.parametrize("path", ["/%00/", "/library/%00/", "/today/%ff/", "/clinic/patients/../../etc/passwd"])
def test_odd_paths_are_not_found(client: Client, db, path: str) -> None:
    assert client.get(path).status_code in (302, 404)


def test_api_errors_have_one_shape(client: Client, db) -> None:
    answer = client.get("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert set(answer.json()) == {"type", "title", "status", "errors", "incident"}


def test_schema_is_openapi_3_1(client: Client, db) -> None:
    answer = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert json.loads(answer.content)["openapi"].startswith("3.1")


def run_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "RACHIS_DATA": os.environ["RACHIS_DATA"], **environment}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.production"
    code = "import django; django.setup(); print('started')"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_production_starts_with_everything_set() -> None:
    assert run_settings(PRODUCTION).stdout == "started\n"


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_refuses_to_guess(missing: str) -> None:
    run = run_settings({name: value for name, value in PRODUCTION.items() if name != missing})
    assert run.returncode != 0
    assert missing in run.stderr


def test_production_refuses_demo_mode() -> None:
    run = run_settings({**PRODUCTION, "RACHIS_DEMO": "1"})
    assert run.returncode != 0
    assert "embedded mode" in run.stderr


def test_the_mail_page_is_no_route_in_production() -> None:
    env = {"PATH": os.environ["PATH"], **PRODUCTION, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    code = (
        "import django; django.setup(); from django.urls import resolve, Resolver404\n"
        "try: resolve('/dev/mail/'); print('there')\nexcept Resolver404: print('gone')"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert run.stdout == "gone\n"
