"""Addresses under `library/`."""

from django.urls import path

from exercises.views import exercises

app_name = "exercises"
urlpatterns = [
    path("", exercises.exercise_list, name="exercise_list"),
    path("pick/", exercises.exercise_picker, name="exercise_picker"),
    path("<str:code>/", exercises.exercise_detail, name="exercise_detail"),
]
