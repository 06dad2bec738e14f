"""Addresses under `library/`."""

from django.urls import path

from exercises.views import exercises, own

app_name = "exercises"
urlpatterns = [
    path("", exercises.exercise_list, name="exercise_list"),
    path("pick/", exercises.exercise_picker, name="exercise_picker"),
    path("own/", own.own_list, name="own_list"),
    path("<str:code>/copy/", own.own_copy, name="own_copy"),
    path("<str:code>/propose/", own.own_propose, name="own_propose"),
    path("<str:code>/withdraw/", own.own_withdraw, name="own_withdraw"),
    path("<str:code>/star/", exercises.star, name="star"),
    path("<str:code>/", exercises.exercise_detail, name="exercise_detail"),
]
