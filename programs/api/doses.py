"""One's usual doses by API: they fill in what one adds to a program; nobody else sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exercises.models import Exercise
from programs.api.fields import DoseWrite
from programs.api.items import exercise_for
from programs.api.programs import ProgramPages, Therapist, sent
from programs.models import UsualDose
from programs.services import usual_doses


class UsualDoseSerializer(serializers.ModelSerializer):
    exercise = serializers.CharField(source="exercise.code", read_only=True)
    exercise_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="exercise.name", read_only=True)
    dose = serializers.SerializerMethodField()

    class Meta:
        model = UsualDose
        fields = ["exercise", "exercise_id", "name", "dose", "updated_at"]

    @extend_schema_field(DoseWrite)
    def get_dose(self, row: UsualDose) -> Any:
        return row.values


class UsualDoseList(Therapist, generics.ListAPIView):
    """One's own usual doses, by the name of the exercise."""

    serializer_class = UsualDoseSerializer
    pagination_class = ProgramPages

    def get_queryset(self) -> QuerySet[UsualDose]:
        if getattr(self, "swagger_fake_view", False):
            return UsualDose.objects.none()
        return UsualDose.objects.for_user(self.actor.user).select_related("exercise").order_by("exercise__name", "pk")


class UsualDoseDetail(Therapist, APIView):
    @extend_schema(request=DoseWrite, responses=UsualDoseSerializer)
    def put(self, request: Request, exercise_id: UUID) -> Response:
        """Keep this as the dose that an exercise comes with when you add it."""
        exercise = exercise_for(self.actor, exercise_id)
        usual_doses.save(actor=self.actor.user, exercise=exercise, values=sent(DoseWrite, request))
        row = UsualDose.objects.for_user(self.actor.user).select_related("exercise").get(exercise=exercise)
        return Response(UsualDoseSerializer(row).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, exercise_id: UUID) -> Response:
        """Back to the dose of the library."""
        exercise = get_object_or_404(Exercise.objects.for_actor(self.actor), pk=exercise_id)
        usual_doses.forget(actor=self.actor.user, exercise=exercise)
        return Response(status=204)
