"""The library by API, for staff. Patients meet their exercises through their prescription."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from config.lib.api import Pages
from config.lib.paging import CountedPaginator
from exercises import search
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
    is_favourite = serializers.BooleanField(source="is_starred", read_only=True)
    used_lately = serializers.BooleanField(read_only=True)

    class Meta:
        model = Exercise
        fields = [
            *("id", "code", "name", "kind", "level", "regions", "positions", "equipment"),
            *("needs_floor", "dose", "strength", "is_favourite", "used_lately", "updated_at"),
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


class SearchPages(ExercisePages):
    """Says which words were looked for, when those typed find nothing and were put right."""

    searched_for = ""

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        return Response({"count": response.data["count"], "searched_for": self.searched_for, **response.data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        told = "The words that were looked for, when those of `q` find nothing and had slips in them; else empty."
        whole["properties"]["searched_for"] = {"type": "string", "description": told}
        return whole


class OnShelf(Library):
    """The library with this person's favourites and what they used lately."""

    def get_queryset(self) -> QuerySet[Exercise]:
        if getattr(self, "swagger_fake_view", False):
            return Exercise.objects.none()
        return search.library_of(actor_of(self.request))  # type: ignore[attr-defined]


class ExerciseList(OnShelf, generics.ListAPIView):
    """Search and filter as on the page; repeat a filter for either of two values.

    Without `q` favourites come first, then what was used in the last 60 days. With `q` the best match comes first;
    words that find nothing have their slips put right, unless `exact` is set.
    """

    serializer_class = ExerciseSerializer
    filterset_class = ExerciseFilter
    pagination_class = SearchPages

    def filter_queryset(self, queryset: Any) -> Any:
        self.everything = search.listed(queryset)
        return super().filter_queryset(self.everything)

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page of the rows, or of those that were meant."""
        try:
            rows = super().paginate_queryset(queryset)
        except NotFound:  # beyond the first page of nothing
            if meant := self._meant():
                return super().paginate_queryset(meant)
            raise
        if not rows and (meant := self._meant()):
            return super().paginate_queryset(meant)
        return rows

    def _meant(self) -> QuerySet[Exercise] | None:
        """What the typed words find with their slips put right; none when they are to be taken as they are."""
        params = self.request.query_params.copy()
        typed = str(params.get("q", ""))
        if params.get("exact") or not typed:
            return None
        params["q"] = meant_by_it = search.respelled(actor_of(self.request), typed)
        if not meant_by_it:
            return None
        self.paginator.searched_for = meant_by_it  # type: ignore[union-attr]
        meant: QuerySet[Exercise] = self.filterset_class(params, queryset=self.everything, request=self.request).qs
        return meant


class ExerciseDetail(OnShelf, generics.RetrieveAPIView):
    serializer_class = ExerciseDetailSerializer
