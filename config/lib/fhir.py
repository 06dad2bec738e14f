"""FHIR manners: bundles, paging, parameters and refusals. What a resource says is decided where its rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import django_filters as filters
from django import forms
from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from config.lib.api import KnownFilters, Pages, problem
from config.lib.paging import CountedPaginator

RESOURCE = {(200, "application/fhir+json"): OpenApiTypes.OBJECT}
ISSUE_CODES = {401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "conflict"}


class FhirJSON(JSONRenderer):
    media_type = "application/fhir+json"


RENDERERS: list[type[BaseRenderer]] = [FhirJSON, JSONRenderer]


class FhirPages(Pages):
    """Pages by number; `_count` is FHIR's word for `page_size`."""

    django_paginator_class = CountedPaginator

    def get_page_size(self, request: Any) -> int | None:
        self.page_size_query_param = "_count" if "_count" in request.query_params else "page_size"
        return super().get_page_size(request)


class FhirFilters(KnownFilters):
    """Known parameters only, besides those of every FHIR search."""

    always = KnownFilters.always | {"_count", "_format"}


class ReferenceField(forms.UUIDField):
    """An id, alone or behind the name of its resource."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").rpartition("/")[2])


class ReferenceFilter(filters.UUIDFilter):
    field_class = ReferenceField


class FhirMixin:
    """What every FHIR view has: its renderers, its parameters, and OperationOutcome for refusals."""

    renderer_classes: Any = RENDERERS
    filter_backends: Any = (FhirFilters,)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return outcome


def outcome(error: Exception, context: dict[str, Any]) -> Response | None:
    """A refusal as an OperationOutcome with one issue for each fault."""
    response = problem(error, context)
    if response is not None:
        response.data = _outcome(response.data)
    return response


def _outcome(told: Mapping[str, Any]) -> dict[str, Any]:
    code = ISSUE_CODES.get(told["status"], "invalid")
    issues = [
        {
            "severity": "error",
            "code": code,
            "details": {"text": fault["message"]},
            "diagnostics": f"Incident {told['incident']}",
            **({"expression": [fault["field"]]} if fault["field"] else {}),
        }
        for fault in told["errors"]
    ]
    return checked(OperationOutcome, {"resourceType": "OperationOutcome", "issue": issues})


def checked(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without what is empty, as JSON-ready values that the R4B model has accepted."""
    filled = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    told: dict[str, Any] = model.model_validate(filled).model_dump(mode="json", exclude_none=True)
    return told


def searchset(resources: Iterable[Mapping[str, Any]], paginator: Any, request: Any) -> dict[str, Any]:
    """A page of resources as a Bundle, with links to its neighbours."""
    links = {
        "self": request.build_absolute_uri(),
        "next": paginator.get_next_link(),
        "previous": paginator.get_previous_link(),
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": paginator.page.paginator.count,
        "link": [{"relation": relation, "url": _ours(url)} for relation, url in links.items() if url],
        "entry": [
            {
                "fullUrl": f"{site()}/api/v1/fhir/{resource['resourceType']}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in resources
        ],
    }
    return checked(Bundle, bundle)


def site() -> str:
    """Our address, without a slash."""
    return str(settings.SITE_URL).rstrip("/")


def _ours(url: str) -> str:
    """Links start with our own address, never with the Host header of a request."""
    return f"{site()}/{url.split('/', 3)[3]}"
