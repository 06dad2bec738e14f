"""Patients over the API: a therapist's caseload, a patient's own record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib import zones
from config.lib.api import Conflict, KnownFieldsMixin
from patients.access import Actor, Mark, open_patient
from patients.api.permissions import actor_of
from patients.conditions import RECORDABLE, Condition
from patients.forms.fields import unknown_zone
from patients.forms.patients import EARLIEST_BIRTH
from patients.models import Patient
from patients.services import patients

NAMESAKE = (
    "Your clinic has a patient with this name and date of birth. Send another_person: true if this is somebody else."
)


class PatientSerializer(KnownFieldsMixin, serializers.ModelSerializer):
    time_zone = serializers.CharField(max_length=1000)
    conditions = serializers.MultipleChoiceField(
        choices=[condition.value for condition in RECORDABLE], required=False, write_only=True
    )
    another_person = serializers.BooleanField(
        default=False, write_only=True, help_text="True when a namesake born on the same day is somebody else."
    )

    class Meta:
        model = Patient
        fields = [
            "id",
            "given_name",
            "family_name",
            "birth_date",
            "diagnosis_date",
            "time_zone",
            "language",
            "email",
            "phone",
            "conditions",
            "another_person",
            "created_at",
        ]
        read_only_fields = ["id", "created_at"]

    @property
    def actor(self) -> Actor:
        return actor_of(self.context["request"])

    def validate_time_zone(self, value: str) -> str:
        name = zones.canonical(value)
        if name is None:
            raise serializers.ValidationError(unknown_zone(value))
        return name

    def validate_birth_date(self, value: Any) -> Any:
        return self._past("birth", value)

    def validate_diagnosis_date(self, value: Any) -> Any:
        return value and self._past("diagnosis", value)

    def _past(self, what: str, value: Any) -> Any:
        if not EARLIEST_BIRTH <= value <= self.actor.today:
            raise serializers.ValidationError(f"Give a date of {what} from {EARLIEST_BIRTH} to {self.actor.today}.")
        return value

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("diagnosis_date") and data["diagnosis_date"] < data["birth_date"]:
            raise serializers.ValidationError({"diagnosis_date": "The diagnosis cannot be earlier than the birth."})
        who = {name: data[name] for name in ("given_name", "family_name", "birth_date")}
        sure = data.pop("another_person", False)
        if not sure and patients.namesakes(clinic=self.actor.clinic, **who).exists():  # type: ignore[arg-type]
            raise Conflict(NAMESAKE)
        return data

    def create(self, validated_data: dict[str, Any]) -> Patient:
        conditions = [Condition(value) for value in validated_data.pop("conditions", [])]
        actor = self.actor
        if actor.clinic is None:
            raise PermissionDenied
        return patients.create(
            actor=actor.user, clinic=actor.clinic, today=actor.today, conditions=conditions, **validated_data
        )


class PatientFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(max_length=100, method="by_name", label="Every word of the name")
    ordering = django_filters.OrderingFilter(fields=[("family_name", "name"), ("created_at", "created_at")])

    class Meta:
        model = Patient
        fields: list[str] = []

    def by_name(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)


class PatientList(generics.ListCreateAPIView):
    """The patients this account may read; therapists open new records."""

    access = Mark("owner")
    serializer_class = PatientSerializer
    filterset_class = PatientFilter

    def get_queryset(self) -> QuerySet[Patient]:
        if getattr(self, "swagger_fake_view", False):
            return Patient.objects.none()
        actor = actor_of(self.request)
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        return Patient.objects.for_actor(actor).active()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not actor_of(request).is_therapist:
            raise PermissionDenied
        return super().create(request, *args, **kwargs)


class PatientDetail(generics.RetrieveAPIView):
    """One patient. A read by a therapist is kept in the record's log."""

    access = Mark("owner")
    serializer_class = PatientSerializer

    def get_object(self) -> Patient:
        actor = actor_of(self.request)
        patient_id: UUID = self.kwargs["patient_id"]
        if actor.is_therapist:
            return open_patient(actor, patient_id, reading="patient")
        own = Patient.objects.for_patient(actor).filter(pk=patient_id).first()
        if own is None:
            raise Http404
        return own
