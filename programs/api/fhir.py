"""Programs and prescriptions in the language of FHIR: read and search, scoped as everywhere."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.fhir import RESOURCE, FhirMixin, FhirPages, ReferenceFilter, searchset, site
from config.lib.models import storable
from patients import audit
from patients.access import Actor, Mark
from patients.api.permissions import actor_of
from patients.models import Patient
from programs import fhir
from programs.api.programs import Programs
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion, Program

# --- PlanDefinition ------------------------------------------------------------------------------------------


class PlanFilter(filters.FilterSet):
    title = filters.CharFilter(max_length=100, validators=[storable], method="search", label="Words of the title")
    shared = filters.BooleanFilter(label="Ready-made")

    def search(self, queryset: Any, name: str, value: str) -> QuerySet[Program]:
        found: QuerySet[Program] = queryset.matching(value)
        return found


class PlanDefinitionSearch(FhirMixin, Programs, generics.ListAPIView):
    """A searchset Bundle of programs, ready-made and one's own."""

    filterset_class = PlanFilter
    pagination_class = FhirPages

    @extend_schema(responses=RESOURCE, operation_id="fhir_plan_search")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        found = [fhir.plan_definition(program, site()) for program in page or []]
        return Response(searchset(found, self.paginator, request))


class PlanDefinitionRead(FhirMixin, Programs, generics.RetrieveAPIView):
    """One program as a PlanDefinition."""

    @extend_schema(responses=RESOURCE, operation_id="fhir_plan_read")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(fhir.plan_definition(self.get_object(), site()))


# --- CarePlan and ServiceRequest -----------------------------------------------------------------------------


class Prescribed(FhirMixin):
    """What therapists prescribed to their own patients, or a patient's own. A therapist's look is written down."""

    access = Mark("owner")
    paths: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        actor = actor_of(self.request)  # type: ignore[attr-defined]
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        return actor

    def own(self) -> QuerySet[Prescription]:
        if getattr(self, "swagger_fake_view", False):
            return Prescription.objects.none()
        return Prescription.objects.for_actor(self.actor)

    def note_read(self, patient: Patient, obj: Prescription | None = None) -> None:
        if self.actor.is_therapist:
            audit.record(self.actor.user, "prescription.read", obj, patient=patient)

    def note_search(self) -> None:
        """A search that names one of their patients is a look at that patient."""
        asked = self.request.query_params.get("patient", "").rpartition("/")[2]  # type: ignore[attr-defined]
        if asked and (patient := Patient.objects.for_actor(self.actor).filter(pk=asked).first()):
            self.note_read(patient)


class DayFilter(filters.FilterSet):
    """Whose, and what holds on a day."""

    version_path = ""
    patient = ReferenceFilter(label="Patient")
    date = filters.DateFilter(method="on_day", label="In force on this day")

    def on_day(self, queryset: Any, name: str, day: Any) -> Any:
        return fhir.in_force(queryset, day, self.version_path)


class CarePlanFilter(DayFilter):
    patient = ReferenceFilter("prescription__patient", label="Patient")


class ServiceRequestFilter(DayFilter):
    version_path = "version__"
    patient = ReferenceFilter("version__prescription__patient", label="Patient")
    # FHIR's own name for it, which is none in Python.
    vars()["based-on"] = ReferenceFilter("version_id", label="CarePlan")


class CarePlans(Prescribed):
    def get_queryset(self) -> QuerySet[PrescriptionVersion]:
        return fhir.versions_of(self.own())

    def told(self, version: PrescriptionVersion) -> dict[str, Any]:
        today = version.prescription.patient.local_today(self.actor.now)
        return fhir.care_plan(version, today, site())


class CarePlanSearch(CarePlans, generics.ListAPIView):
    """A searchset Bundle of versions of prescriptions, the newest first.

    `patient` and `date` narrow it; `date` asks for what is in force on that day.
    """

    filterset_class = CarePlanFilter
    pagination_class = FhirPages

    @extend_schema(responses=RESOURCE, operation_id="fhir_care_plan_search")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.note_search()
        return Response(searchset([self.told(version) for version in page or []], self.paginator, request))


class CarePlanRead(CarePlans, generics.RetrieveAPIView):
    """One version of a prescription as a CarePlan."""

    @extend_schema(responses=RESOURCE, operation_id="fhir_care_plan_read")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        version = self.get_object()
        self.note_read(version.prescription.patient, version.prescription)
        return Response(self.told(version))


class ServiceRequests(Prescribed):
    def get_queryset(self) -> QuerySet[PrescriptionItem]:
        return fhir.items_of(self.own())

    def told(self, item: PrescriptionItem) -> dict[str, Any]:
        today = item.version.prescription.patient.local_today(self.actor.now)
        return fhir.service_request(item, today, site(), with_decisions=self.actor.is_therapist)


class ServiceRequestSearch(ServiceRequests, generics.ListAPIView):
    """A searchset Bundle of prescribed exercises; `patient`, `date` and `based-on` (a CarePlan) narrow it."""

    filterset_class = ServiceRequestFilter
    pagination_class = FhirPages

    @extend_schema(responses=RESOURCE, operation_id="fhir_service_request_search")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.note_search()
        return Response(searchset([self.told(item) for item in page or []], self.paginator, request))


class ServiceRequestRead(ServiceRequests, generics.RetrieveAPIView):
    """One prescribed exercise as a ServiceRequest."""

    @extend_schema(responses=RESOURCE, operation_id="fhir_service_request_read")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item = self.get_object()
        prescription = item.version.prescription
        self.note_read(prescription.patient, prescription)
        return Response(self.told(item))
