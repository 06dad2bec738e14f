"""The library in the language of FHIR: ActivityDefinition, read and search, for staff."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.fhir import RESOURCE, FhirMixin, FhirPages, searchset, site
from exercises import fhir
from exercises.api.exercises import Library
from exercises.forms.facets import ExerciseFilter


class ActivityDefinitionSearch(FhirMixin, Library, generics.ListAPIView):
    """A searchset Bundle; takes the filters of the exercise list."""

    filterset_class = ExerciseFilter
    pagination_class = FhirPages

    @extend_schema(responses=RESOURCE, operation_id="fhir_search")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        found = [fhir.activity_definition(exercise, site()) for exercise in page or []]
        return Response(searchset(found, self.paginator, request))


class ActivityDefinitionRead(FhirMixin, Library, generics.RetrieveAPIView):
    """One exercise as an ActivityDefinition."""

    @extend_schema(responses=RESOURCE, operation_id="fhir_read")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(fhir.activity_definition(self.get_object(), site()))
