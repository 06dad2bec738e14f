"""The library by API, with an eye on one patient. It stands here because the safety check does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from exercises import search
from exercises.api.exercises import ExerciseList, ExerciseSerializer
from exercises.forms.facets import ANY_OF, LONGEST_SEARCH, ONE_OF, SafeExerciseFilter
from exercises.models.exercises import ExerciseQuerySet
from patients.access import open_patient
from patients.api.permissions import actor_of
from programs import safety
from programs.services.prescriptions import conditions_of

TOLD = {
    "q": f"Words or their beginnings in any order, up to {LONGEST_SEARCH} characters; short forms such as ITB count.",
    "strength": "Grade of the evidence.",
    "mine": "Your favourites, or what you used in the last 60 days.",
    "exact": "1 to look for the words of `q` as they are, slips and all.",
    "safe_for": "A patient whom you treat: only exercises that the safety check allows them.",
    "safe": "With `safe_for`: `allow` (the default) for no warning, `caution` for nothing to avoid.",
}


class SafeForm(forms.Form):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("safe") and not self.cleaned_data.get("safe_for") and "safe_for" not in self.errors:
            self.add_error("safe", "Say for whom with safe_for.")
        return cleaned


class PatientExerciseFilter(SafeExerciseFilter):
    safe_for = filters.UUIDFilter(label="Patient")

    class Meta:
        form = SafeForm

    def filter_queryset(self, queryset: ExerciseQuerySet) -> ExerciseQuerySet:
        asked = self.form.cleaned_data
        level = asked["safe"] or ("allow" if asked["safe_for"] else "")
        return search.narrow(queryset, {**asked, "safe": level})


class RatedExerciseSerializer(ExerciseSerializer):
    rating = serializers.CharField(
        source="care", read_only=True, default=None, allow_null=True, help_text="With `safe_for`: allow or caution."
    )

    class Meta(ExerciseSerializer.Meta):
        fields = [*ExerciseSerializer.Meta.fields, "rating"]


def _parameters() -> list[OpenApiParameter]:
    """What the list can be asked for, with the words it takes."""
    told = {name: TOLD.get(name, "") for name in PatientExerciseFilter.base_filters}
    return [
        OpenApiParameter(
            name,
            OpenApiTypes.UUID if name == "safe_for" else OpenApiTypes.STR,
            enum=[value for value, _ in (ANY_OF | ONE_OF).get(name, [])] or None,
            many=name in ANY_OF,
            description=text,
        )
        for name, text in told.items()
    ]


@extend_schema_view(get=extend_schema(operation_id="exercises_list", parameters=_parameters()))
class PatientExerciseList(ExerciseList):
    """Search and filter as on the page; repeat a filter for either of two values.

    Without `q` favourites come first, then what was used in the last 60 days. With `q` the best match comes first;
    words that find nothing have their slips put right, unless `exact` is set.
    """

    serializer_class = RatedExerciseSerializer
    filterset_class = PatientExerciseFilter

    def filter_queryset(self, queryset: Any) -> Any:
        try:
            patient_id = UUID(self.request.query_params.get("safe_for", ""))
        except ValueError:  # none, or one that the filter refuses
            return super().filter_queryset(queryset)
        actor = actor_of(self.request)
        patient = open_patient(actor, patient_id)
        conditions = conditions_of(patient, patient.local_today(actor.now))
        return super().filter_queryset(search.rated(queryset, safety.unsafe_for(conditions)))
