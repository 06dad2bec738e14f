"""Guards that stand behind everything else: odd paths, a database that is away, a disk that is full."""

import errno
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

logger = structlog.get_logger(__name__)
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class GuardMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that cannot be reached is 503 with a time to come back, a full disk 507; neither is a 500."""
        if isinstance(exception, OSError) and exception.errno in DISK_FULL:
            logger.error("disk_full", path=request.path)
            return render(request, "507.html", status=507)
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("database_unavailable", error=str(exception))
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "10"
            return response
        return None
