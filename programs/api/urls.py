"""Addresses under `api/v1/`."""

from django.urls import path

from programs.api import fhir
from programs.api.library import PatientExerciseList
from programs.api.pain import PainEntryList
from programs.api.prescriptions import PrescriptionDetail, PrescriptionList
from programs.api.programs import ProgramDetail, ProgramList
from programs.api.sessions import EntryList, SessionList

urlpatterns = [
    path("exercises/", PatientExerciseList.as_view(), name="exercise-list"),
    path("programs/", ProgramList.as_view(), name="program-list"),
    path("programs/<uuid:pk>/", ProgramDetail.as_view(), name="program-detail"),
    path("prescriptions/", PrescriptionList.as_view(), name="prescription-list"),
    path("prescriptions/<uuid:pk>/", PrescriptionDetail.as_view(), name="prescription-detail"),
    path("sessions/", SessionList.as_view(), name="session-list"),
    path("entries/", EntryList.as_view(), name="entry-list"),
    path("pain/", PainEntryList.as_view(), name="painentry-list"),
    # FHIR writes its addresses without a slash at the end.
    path("fhir/PlanDefinition", fhir.PlanDefinitionSearch.as_view(), name="plandefinition-search"),
    path("fhir/PlanDefinition/<uuid:pk>", fhir.PlanDefinitionRead.as_view(), name="plandefinition-read"),
    path("fhir/CarePlan", fhir.CarePlanSearch.as_view(), name="careplan-search"),
    path("fhir/CarePlan/<uuid:pk>", fhir.CarePlanRead.as_view(), name="careplan-read"),
    path("fhir/ServiceRequest", fhir.ServiceRequestSearch.as_view(), name="servicerequest-search"),
    path("fhir/ServiceRequest/<uuid:pk>", fhir.ServiceRequestRead.as_view(), name="servicerequest-read"),
]
