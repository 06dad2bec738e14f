"""The library by API, for staff. Patients meet their exercises through their prescription."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from config.lib.api import Pages
from config.lib.paging import CountedPaginator
from exercises.forms.facets import ExerciseFilter
from exercises.models import DOSE_FIELDS, Exercise
from patients.access import Mark
from patients.api.permissions import actor_of


class Words(serializers.ListField):
    child = serializers.CharField()


class TextsByName(serializers.DictField):
    child = serializers.CharField()


class DoseSerializer(serializers.ModelSerializer):
    text = serializers.CharField(source="dose.text", read_only=True)

    class Meta:
        model = Exercise
        fields = [*DOSE_FIELDS, "frequency", "text"]


class ExerciseSerializer(serializers.ModelSerializer):
    """What a list shows."""

    regions = serializers.SerializerMethodField()
    positions = serializers.SerializerMethodField()
    equipment = serializers.SerializerMethodField()
    needs_floor = serializers.BooleanField(read_only=True)
    dose = DoseSerializer(source="*", read_only=True)

    class Meta:
        model = Exercise
        fields = [
            *("id", "code", "name", "kind", "level", "regions", "positions", "equipment"),
            *("needs_floor", "dose", "strength", "updated_at"),
        ]

    @extend_schema_field(Words)
    def get_regions(self, exercise: Exercise) -> Any:
        return exercise.regions

    @extend_schema_field(Words)
    def get_positions(self, exercise: Exercise) -> Any:
        return exercise.positions

    @extend_schema_field(Words)
    def get_equipment(self, exercise: Exercise) -> Any:
        return exercise.equipment


class ExerciseDetailSerializer(ExerciseSerializer):
    """Everything a program or a patient's sheet needs."""

    features = Words()
    aliases = Words()
    steps = Words()
    particulars = TextsByName()
    neighbours = TextsByName()

    class Meta(ExerciseSerializer.Meta):
        fields = [
            *ExerciseSerializer.Meta.fields,
            *("aliases", "features", "set_up", "steps", "cue", "breathing", "feel", "stop_if", "why", "mistake"),
            *("particulars", "neighbours", "source", "evidence_note"),
        ]


class ExercisePages(Pages):
    """Rows and total in one statement."""

    django_paginator_class = CountedPaginator


class Library:
    """The exercises that this person may browse."""

    access = Mark("staff")

    def get_queryset(self) -> QuerySet[Exercise]:
        if getattr(self, "swagger_fake_view", False):
            return Exercise.objects.none()
        actor = actor_of(self.request)  # type: ignore[attr-defined]
        return Exercise.objects.for_actor(actor).published()


class ExerciseList(Library, generics.ListAPIView):
    """Search and filter as on the page; repeat a filter for either of two values."""

    serializer_class = ExerciseSerializer
    filterset_class = ExerciseFilter
    pagination_class = ExercisePages


class ExerciseDetail(Library, generics.RetrieveAPIView):
    serializer_class = ExerciseDetailSerializer
