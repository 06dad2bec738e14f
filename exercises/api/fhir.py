"""The library in the language of FHIR: ActivityDefinition, read and search, for staff."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from exercises import fhir
from exercises.api.exercises import ExercisePages, Library
from exercises.forms.facets import ExerciseFilter


class FhirJSON(JSONRenderer):
    media_type = "application/fhir+json"


RENDERERS: list[type[BaseRenderer]] = [FhirJSON, JSONRenderer]


class ActivityDefinitionSearch(Library, generics.ListAPIView):
    """A searchset Bundle; takes the filters of the exercise list."""

    renderer_classes = RENDERERS
    filterset_class = ExerciseFilter
    pagination_class = ExercisePages

    @extend_schema(responses={(200, "application/fhir+json"): OpenApiTypes.OBJECT}, operation_id="fhir_search")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        pages: Any = self.paginator
        links = {
            "self": request.build_absolute_uri(),
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        found = {relation: _ours(url) for relation, url in links.items() if url}
        return Response(fhir.searchset(list(page or []), pages.page.paginator.count, _site(), found))


class ActivityDefinitionRead(Library, generics.RetrieveAPIView):
    """One exercise as an ActivityDefinition."""

    renderer_classes = RENDERERS

    @extend_schema(responses={(200, "application/fhir+json"): OpenApiTypes.OBJECT}, operation_id="fhir_read")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(fhir.activity_definition(self.get_object(), _site()))


def _site() -> str:
    return str(settings.SITE_URL).rstrip("/")


def _ours(url: str) -> str:
    """Links start with our own address, never with the Host header of a request."""
    path = url.split("/", 3)[3]
    return f"{_site()}/{path}"
