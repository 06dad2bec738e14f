"""Conditions and hip replacements by API, for therapists. Each write re-checks what runs and leaves work items."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import KnownFieldsMixin
from patients.access import open_patient
from patients.conditions import RECORDABLE, Condition
from patients.enums import Approach, SurgerySide
from patients.models import Patient, PatientCondition, Surgery
from programs.api.fields import Revision, StrictDate, Text
from programs.api.programs import Therapist, sent
from programs.api.refusals import told
from programs.services import facts

EARLIEST = date(1960, 1, 1)  # the first total hip replacements that lasted
FURTHEST = timedelta(days=731)


class ConditionSerializer(serializers.ModelSerializer):
    """A fact about a patient that matters for safety."""

    name = serializers.CharField(source="word.label", read_only=True)

    class Meta:
        model = PatientCondition
        fields = ["id", "patient", "condition", "name", "since", "ended_on", "note", "created_at"]


class ConditionWrite(KnownFieldsMixin, serializers.Serializer):
    condition = serializers.ChoiceField(choices=[(one.value, one.label) for one in RECORDABLE])
    since = StrictDate(allow_null=True, default=None)
    note = Text(max_length=500, allow_blank=True, default="")

    def validate_since(self, day: date | None) -> date | None:
        return day and within(day, self.context["patient"].birth_date, self.context["today"])


class DayWrite(KnownFieldsMixin, serializers.Serializer):
    on = StrictDate()

    def validate_on(self, day: date) -> date:
        return within(day, self.context["first"], self.context["today"])


class SurgerySerializer(serializers.ModelSerializer):
    """A hip replacement, planned or done. Precautions end with `cleared_on`, never by date."""

    class Meta:
        model = Surgery
        fields = [
            *("id", "patient", "side", "approach", "operated_on", "precautions_until", "instructions"),
            *("cleared_on", "revision", "created_at"),
        ]


class SurgeryWrite(KnownFieldsMixin, serializers.Serializer):
    side = serializers.ChoiceField(choices=SurgerySide.choices())
    approach = serializers.ChoiceField(choices=Approach.choices())
    operated_on = StrictDate()
    precautions_until = StrictDate(allow_null=True, default=None, help_text="The day on which to ask.")
    instructions = Text(max_length=2000, allow_blank=True, default="", help_text="Of the surgeon.")

    def validate_operated_on(self, day: date) -> date:
        return within(day, max(EARLIEST, self.context["patient"].birth_date), self.context["today"] + FURTHEST)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        row: Surgery | None = self.context.get("surgery")
        begins = data.get("operated_on", row.operated_on if row else None)
        until = data.get("precautions_until", row.precautions_until if row else None)
        if until and begins and not begins <= until <= begins + FURTHEST:
            raise serializers.ValidationError({"precautions_until": "On or after the operation, within two years."})
        return data


class SurgeryChange(SurgeryWrite):
    """What is not named stays as it is."""

    revision = Revision()

    def get_fields(self) -> Any:
        fields = super().get_fields()
        for name in SurgeryWrite._declared_fields:
            fields[name].required, fields[name].default = False, empty
        return fields


class ClearWrite(DayWrite):
    told_by = Text(max_length=200, help_text="Who told you that the surgeon has cleared.")


class ReasonWrite(KnownFieldsMixin, serializers.Serializer):
    reason = Text(max_length=500)


def within(day: date, first: date, last: date) -> date:
    """The day, when it lies between the two. Raises ValidationError."""
    if not first <= day <= last:
        raise serializers.ValidationError(f"Give a day from {first} to {last}.")
    return day


class Facts(Therapist):
    """Facts of a patient whom this therapist treats."""

    def days(self, patient: Patient) -> dict[str, Any]:
        return {"patient": patient, "today": patient.local_today(self.actor.now)}

    def condition(self, pk: UUID) -> PatientCondition:
        rows = PatientCondition.objects.for_clinic(self.actor.clinic).select_related("patient")
        row: PatientCondition = get_object_or_404(rows, pk=pk)
        row.patient = open_patient(self.actor, row.patient_id)
        return row

    def surgery(self, pk: UUID) -> Surgery:
        row: Surgery = get_object_or_404(Surgery.objects.for_clinic(self.actor.clinic), pk=pk)
        row.patient = open_patient(self.actor, row.patient_id)
        return row

    def newest(self, surgery: Surgery) -> int | None:
        rows = Surgery.objects.for_clinic(self.actor.clinic).filter(pk=surgery.pk)
        return rows.values_list("revision", flat=True).first()


# --- Conditions ----------------------------------------------------------------------------------------------


class ConditionList(Facts, APIView):
    @extend_schema(responses=ConditionSerializer(many=True))
    def get(self, request: Request, patient_id: UUID) -> Response:
        """The conditions of a patient, ended ones too. The look is noted for the patient to see."""
        patient = open_patient(self.actor, patient_id, reading="patient")
        rows = PatientCondition.objects.for_clinic(self.actor.clinic).filter(patient=patient)
        return Response(ConditionSerializer(rows.order_by("-created_at", "pk"), many=True).data)

    @extend_schema(request=ConditionWrite, responses={201: ConditionSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Put a condition on record. Each prescription that it speaks against gets a work item."""
        patient = open_patient(self.actor, patient_id)
        data = sent(ConditionWrite, request, **self.days(patient))
        condition = Condition(data.pop("condition"))
        with told():
            row = facts.add_condition(
                actor=self.actor.user, patient=patient, condition=condition, now=self.actor.now, **data
            )
        return Response(ConditionSerializer(row).data, status=201)


class ConditionEnd(Facts, APIView):
    @extend_schema(request=DayWrite, responses=ConditionSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """From a day on the condition counts no more; it stays on record."""
        row = self.condition(pk)
        days = self.days(row.patient) | {"first": row.since or row.patient.birth_date}
        data = sent(DayWrite, request, **days)
        with told():
            row = facts.end_condition(actor=self.actor.user, condition=row, now=self.actor.now, **data)
        return Response(ConditionSerializer(row).data)


# --- Hip replacements ----------------------------------------------------------------------------------------


class SurgeryList(Facts, APIView):
    @extend_schema(responses=SurgerySerializer(many=True))
    def get(self, request: Request, patient_id: UUID) -> Response:
        """The hip replacements of a patient, the newest first. The look is noted for the patient to see."""
        patient = open_patient(self.actor, patient_id, reading="patient")
        rows = Surgery.objects.for_clinic(self.actor.clinic).filter(patient=patient)
        return Response(SurgerySerializer(rows, many=True).data)

    @extend_schema(request=SurgeryWrite, responses={201: SurgerySerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Put a hip replacement on record, planned or done. What runs is checked against its precautions."""
        patient = open_patient(self.actor, patient_id)
        data = sent(SurgeryWrite, request, **self.days(patient))
        with told():
            row = facts.record_surgery(actor=self.actor.user, patient=patient, now=self.actor.now, **_words(data))
        return Response(SurgerySerializer(row).data, status=201)


class SurgeryDetail(Facts, APIView):
    @extend_schema(request=SurgeryChange, responses=SurgerySerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Correct the record."""
        row = self.surgery(pk)
        data = _words(sent(SurgeryChange, request, surgery=row, **self.days(row.patient)))
        with told(lambda: self.newest(row)):
            row = facts.change_surgery(actor=self.actor.user, surgery=row, now=self.actor.now, **data)
        return Response(SurgerySerializer(row).data)


class SurgeryClear(Facts, APIView):
    @extend_schema(request=ClearWrite, responses=SurgerySerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Write down that the surgeon has cleared: precautions end."""
        row = self.surgery(pk)
        data = sent(ClearWrite, request, first=row.operated_on, **self.days(row.patient))
        with told():
            row = facts.clear_surgery(actor=self.actor.user, surgery=row, now=self.actor.now, **data)
        return Response(SurgerySerializer(row).data)


class SurgeryUnclear(Facts, APIView):
    @extend_schema(request=ReasonWrite, responses=SurgerySerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """The clearance was a mistake: precautions hold again."""
        row, data = self.surgery(pk), sent(ReasonWrite, request)
        with told():
            row = facts.take_back_clearance(actor=self.actor.user, surgery=row, now=self.actor.now, **data)
        return Response(SurgerySerializer(row).data)


def _words(data: dict[str, Any]) -> dict[str, Any]:
    kinds = {"side": SurgerySide, "approach": Approach}
    return {name: kinds[name](value) if name in kinds else value for name, value in data.items()}
