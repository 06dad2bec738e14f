"""API manners: one error shape, strict JSON, known filters only, pages by cursor or number."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions, pagination, parsers, serializers
from rest_framework.response import Response

from config.lib import strict_json
from config.lib.models import storable

logger = structlog.get_logger(__name__)


class Conflict(exceptions.APIException):
    """409: the same identity with another body, or another revision."""

    status_code = 409
    default_detail = "This was sent before with different content. The first version is kept."
    default_code = "conflict"


class StrictJSONParser(parsers.JSONParser):
    """Refuses NaN, duplicate keys and deep nesting, each with a plain sentence."""

    strict = True

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return strict_json.loads(stream.read().decode((parser_context or {}).get("encoding", "utf-8")))
        except strict_json.JSONRefused as error:
            raise exceptions.ParseError(f"The body cannot be read. {error}") from error
        except (ValueError, LookupError) as error:
            raise exceptions.ParseError("The body is not valid JSON.") from error


class KnownFieldsMixin:
    """A serializer that names unknown keys instead of ignoring them, and refuses unstorable text."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(str(key) for key in set(data) - set(self.fields))  # type: ignore[attr-defined]
            if unknown:
                raise serializers.ValidationError({key[:60]: ["Unknown field."] for key in unknown[:20]})
        return super().to_internal_value(data)  # type: ignore[misc]

    def get_fields(self) -> Any:
        fields = super().get_fields()  # type: ignore[misc]
        for field in fields.values():
            if isinstance(field, serializers.CharField) and not field.read_only:
                field.validators = [*field.validators, storable]
        return fields


class WholeNumber(serializers.IntegerField):
    """An integer that is written as one: no text, no fraction, no true or false."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Pages(pagination.PageNumberPagination):
    """Pages by number, 20 each unless asked otherwise, at most 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class Cursors(pagination.CursorPagination):
    """Pages of a list that grows at its front, the newest first: what is added while one reads moves nothing."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-created_at", "-pk")


class KnownFilters:
    """Filter backend: applies the view's `filterset_class` and answers 400 for a parameter nobody knows."""

    always = frozenset({"page", "page_size", "cursor", "format", "ordering"})

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset_class = getattr(view, "filterset_class", None)
        known = set(filterset_class.base_filters) if filterset_class else set()
        unknown = sorted(set(request.query_params) - known - self.always)
        if unknown:
            raise exceptions.ValidationError({unknown[0][:60]: ["Unknown filter."]})
        if filterset_class is None:
            return queryset
        filterset = filterset_class(request.query_params, queryset=queryset, request=request)
        if not filterset.is_valid():
            raise exceptions.ValidationError(filterset.errors)
        return filterset.qs

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        filterset_class = getattr(view, "filterset_class", None)
        names = filterset_class.base_filters if filterset_class else {}
        return [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]


def _flatten(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _flatten(value, f"{field}.{key}".strip("."))]
    if isinstance(detail, list):
        rows: list[dict[str, str]] = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            rows += _flatten(value, f"{field}.{index}".strip(".") if nested else field)
        return rows
    return [{"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal in one shape: type, title, status, errors, incident."""
    # Here, because that module reads our settings when it is imported, and they name classes of this one.
    from rest_framework.views import exception_handler

    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    incident = uuid.uuid4().hex[:12]
    code = getattr(error, "default_code", "error")
    logger.info("api_refused", status=response.status_code, code=code, incident=incident)
    titles = {
        400: "Some values are not right.",
        401: "Sign in first.",
        403: "Not allowed.",
        404: "Not found.",
    }
    response.data = {
        "type": f"about:{code}",
        "title": titles.get(response.status_code, str(getattr(error, "detail", error))),
        "status": response.status_code,
        "errors": _flatten(getattr(error, "detail", str(error))),
        "incident": incident,
    }
    return response
