"""Programs by API: read-only, for therapists. They are written in the builder."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from config.lib.api import Pages
from config.lib.models import storable
from config.lib.paging import CountedPaginator
from exercises.models import DOSE_FIELDS
from patients.access import THERAPIST, Mark
from patients.api.permissions import actor_of
from programs.models import Program, ProgramItem
from programs.schedule import days_of


@extend_schema_field({"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 6}})
class WeekdaysField(serializers.Field):
    """A mask as day numbers, Monday = 0. None: whenever the program is due."""

    def to_representation(self, value: int) -> list[int]:
        return days_of(value)

    def to_internal_value(self, data: Any) -> int:
        is_list = isinstance(data, list) and 1 <= len(data) <= 7
        if not is_list or any(isinstance(day, bool) or not isinstance(day, int) or not 0 <= day <= 6 for day in data):
            raise serializers.ValidationError("List days from 0 (Monday) to 6 (Sunday), at least one.")
        return sum(1 << day for day in set(data))


class ItemDoseSerializer(serializers.ModelSerializer):
    """A dose in numbers and in words."""

    text = serializers.CharField(source="dose.text", read_only=True)

    class Meta:
        model = ProgramItem
        fields = [*DOSE_FIELDS, "text"]


class ProgramItemSerializer(serializers.ModelSerializer):
    exercise = serializers.CharField(source="exercise.code", read_only=True)
    name = serializers.CharField(source="exercise.name", read_only=True)
    dose = ItemDoseSerializer(source="*", read_only=True)
    weekdays = WeekdaysField(read_only=True)

    class Meta:
        model = ProgramItem
        fields = ["id", "exercise", "name", "dose", "weekdays", "note"]


class ProgramSerializer(serializers.ModelSerializer):
    items = ProgramItemSerializer(many=True, read_only=True)

    class Meta:
        model = Program
        fields = ["id", "name", "summary", "shared", "revision", "updated_at", "items"]


class ProgramFilter(filters.FilterSet):
    q = filters.CharFilter(label="Search", max_length=100, validators=[storable], method="search")
    shared = filters.BooleanFilter(label="Ready-made")

    def search(self, queryset: Any, name: str, value: str) -> QuerySet[Program]:
        found: QuerySet[Program] = queryset.matching(value)
        return found


class ProgramPages(Pages):
    """Rows and total in one statement."""

    django_paginator_class = CountedPaginator


class Programs:
    """The clinic's own programs and the ready-made ones."""

    access = Mark("staff", frozenset({THERAPIST}))

    def get_queryset(self) -> QuerySet[Program]:
        if getattr(self, "swagger_fake_view", False):
            return Program.objects.none()
        actor = actor_of(self.request)  # type: ignore[attr-defined]
        return Program.objects.for_actor(actor).current().with_items()


class ProgramList(Programs, generics.ListAPIView):
    serializer_class = ProgramSerializer
    filterset_class = ProgramFilter
    pagination_class = ProgramPages


class ProgramDetail(Programs, generics.RetrieveAPIView):
    serializer_class = ProgramSerializer
