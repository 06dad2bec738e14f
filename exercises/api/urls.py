"""Addresses under `api/v1/`."""

from django.urls import path

from exercises.api.exercises import ExerciseDetail, ExerciseList

urlpatterns = [
    path("exercises/", ExerciseList.as_view(), name="exercise-list"),
    path("exercises/<uuid:pk>/", ExerciseDetail.as_view(), name="exercise-detail"),
]
