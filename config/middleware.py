"""Two guards that stand behind everything else: odd paths, and a database that is away."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

logger = structlog.get_logger(__name__)


class GuardMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that cannot be reached is 503 with a time to come back, never a 500."""
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("database_unavailable", error=str(exception))
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "10"
            return response
        return None
