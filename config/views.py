"""Home, health and error pages: the few views that belong to no app."""

import json
import time
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache

from config.lib.heartbeat import age
from patients.access import Request, owner, public

STALE_AFTER = 90  # seconds without a heartbeat


@owner
def home(request: Request) -> HttpResponse:
    """Each person's own first page; an account without any role learns what to do."""
    actor = request.actor
    if actor.is_therapist:
        return redirect("programs:caseload")
    if actor.is_patient:
        return redirect("programs:today")
    if actor.is_clinic_admin:
        return redirect("patients:clinic_team")
    if actor.is_curator:
        return redirect("programs:curation_home")
    return render(request, "no_role.html", status=200)


def _probe(check: Any) -> tuple[bool, str]:
    try:
        return True, str(check())
    except Exception as error:  # the answer is the point: any failure is "not ok"
        return False, type(error).__name__


@public
@never_cache
def healthz(request: Request) -> HttpResponse:
    """Database, Redis, and how long ago worker and beat were heard. 200 when all is well, else 503."""

    def database() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return connection.vendor

    def redis() -> str:
        key = f"healthz:{time.time_ns()}"
        cache.set(key, "1", 5)
        if cache.get(key) != "1":
            raise LookupError
        cache.delete(key)
        return "ok"

    def heard(who: str) -> str:
        seconds = age(who)
        if seconds is None or seconds > STALE_AFTER:
            raise TimeoutError
        return f"{seconds:.0f} s ago"

    probes = {
        "database": _probe(database),
        "redis": _probe(redis),
        "worker": _probe(lambda: heard("worker")),
        "beat": _probe(lambda: heard("beat")),
    }
    well = all(ok for ok, _ in probes.values())
    body = {
        "status": "ok" if well else "unavailable",
        "checks": {name: {"ok": ok, "detail": detail} for name, (ok, detail) in probes.items()},
    }
    return JsonResponse(body, status=200 if well else 503)


@public
def manifest(request: Request) -> HttpResponse:
    """The web app manifest, so that Today can sit on a phone's home screen."""
    body = {
        "name": "Rachis",
        "short_name": "Rachis",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#1f6f7a",
        "icons": [
            {"src": static(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ],
    }
    return HttpResponse(json.dumps(body), content_type="application/manifest+json")


def _error(request: Request, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        titles = {
            400: "The request is not right.",
            403: "Not allowed.",
            404: "Not found.",
            500: "Something broke here.",
        }
        return JsonResponse(
            {"type": "about:error", "title": titles[status], "status": status, "errors": [], "incident": ""},
            status=status,
        )
    return render(request, f"{status}.html", status=status)


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400)


def permission_denied(request: Request, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403)


def page_not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404)


def server_error(request: Request) -> HttpResponse:
    return _error(request, 500)


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """A form that waited too long. Says so, and keeps the way back."""
    return render(request, "403_csrf.html", status=403)
