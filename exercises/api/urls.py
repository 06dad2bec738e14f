"""Addresses under `api/v1/`."""

from django.urls import path

from exercises.api.exercises import ExerciseDetail
from exercises.api.fhir import ActivityDefinitionRead, ActivityDefinitionSearch

urlpatterns = [
    path("exercises/<uuid:pk>/", ExerciseDetail.as_view(), name="exercise-detail"),
    path("fhir/ActivityDefinition", ActivityDefinitionSearch.as_view(), name="activitydefinition-search"),
    path("fhir/ActivityDefinition/<uuid:pk>", ActivityDefinitionRead.as_view(), name="activitydefinition-read"),
]
