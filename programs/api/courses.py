"""The course of a prescription by API: its history, its end, pauses, and giving it on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import Conflict, Cursors, KnownFieldsMixin, WholeNumber
from patients import audit
from patients.access import Mark, open_patient
from programs.api.drafts import own_prescription
from programs.api.fields import Flag, StrictDate, Text, Uuid
from programs.api.prescriptions import AnswersField, Prescriptions, answers_by_exercise, check_start
from programs.api.programs import ProgramSerializer, Therapist, sent, shown
from programs.api.refusals import told
from programs.api.versions import HISTORY, HistorySerializer, PrescriptionSerializer, history
from programs.enums import PauseKind
from programs.models import Pause, Prescription, PrescriptionVersion
from programs.services import courses, prescriptions, revisions

# --- Versions ------------------------------------------------------------------------------------------------


class VersionList(Prescriptions, APIView):
    access = Mark("owner")

    @extend_schema(responses=HistorySerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """Every version, the newest first, with what it changed. A therapist's look is noted."""
        if not (self.actor.is_therapist or self.actor.is_patient):
            raise PermissionDenied
        found = Prescription.objects.for_actor(self.actor).select_related("patient").prefetch_related(*HISTORY)
        prescription: Prescription = get_object_or_404(found.distinct(), pk=pk)
        if self.actor.is_therapist:
            audit.record(self.actor.user, "prescription.read", prescription)
        return Response(history(prescription, self.actor))


class VersionDetail(Therapist, APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID, number: int) -> Response:
        """Drop a version that is planned for a later day. One that is or was in force stays."""
        prescription = own_prescription(self.actor, pk)
        version = get_object_or_404(prescription.versions.all(), number=number)
        try:
            revisions.drop_planned(actor=self.actor.user, version=version, now=self.actor.now)
        except revisions.ChangeRefused as refusal:
            raise Conflict(refusal.message) from refusal
        return Response(status=204)


def version_named(prescription: Prescription, number: int | None, now: Any) -> PrescriptionVersion:
    """The version with this number; without one, the one that holds today."""
    if number is None:
        today = prescription.patient.local_today(now)
        found = prescription.version_on(max(today, prescription.starts_on))
    else:
        found = next((version for version in prescription.versions.all() if version.number == number), None)
    if found is None:
        raise serializers.ValidationError({"version": ["There is no such version."]})
    return found


# --- Ending and giving on ------------------------------------------------------------------------------------


class EndWrite(KnownFieldsMixin, serializers.Serializer):
    on = StrictDate(help_text="The last day on which anything is due.")


class GiveOn(KnownFieldsMixin, serializers.Serializer):
    """Which version is given on, and whether the notes, written for one person, go along."""

    id = Uuid(required=False, help_text="The id for what is made; send it again to repeat the request safely.")
    version = WholeNumber(min_value=1, max_value=32_000, required=False, help_text="Default: the one in force.")
    with_notes = Flag(default=False)


class CopyTo(GiveOn):
    patient = Uuid()
    starts_on = StrictDate()
    title = Text(max_length=120, allow_blank=True, default="")
    answers = AnswersField()


class TemplateWrite(GiveOn):
    name = Text(max_length=120)
    summary = Text(max_length=500, allow_blank=True, default="")


class PrescriptionEnd(Therapist, Prescriptions, APIView):
    access = Therapist.access

    @extend_schema(request=EndWrite, responses=PrescriptionSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """End it on a day. What is logged stays; ending twice alike changes nothing."""
        prescription, data = own_prescription(self.actor, pk), sent(EndWrite, request)
        with told(field="on"):
            prescriptions.end(actor=self.actor.user, prescription=prescription, on=data["on"], now=self.actor.now)
        return Response(self.shown(pk))


class PrescriptionWithdraw(Therapist, APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """Take back a prescription in which nothing is logged, as if it had not been given."""
        prescription = own_prescription(self.actor, pk)
        try:
            prescriptions.withdraw(actor=self.actor.user, prescription=prescription, now=self.actor.now)
        except prescriptions.EndRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=204)


class PrescriptionCopy(Therapist, Prescriptions, APIView):
    access = Therapist.access

    @extend_schema(request=CopyTo, responses={201: PrescriptionSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Give it to another patient too, or to the same one again. The safety check is that of this patient."""
        prescription, data = own_prescription(self.actor, pk, "versions"), sent(CopyTo, request)
        patient = open_patient(self.actor, data["patient"])
        check_start(data["starts_on"], patient.local_today(self.actor.now))
        with told():
            made = courses.copy_to_patient(
                actor=self.actor.user,
                version=version_named(prescription, data.get("version"), self.actor.now),
                patient=patient,
                starts_on=data["starts_on"],
                title=data["title"],
                with_notes=data["with_notes"],
                answers=answers_by_exercise(data["answers"]),
                now=self.actor.now,
                key=data.get("id"),
            )
        return Response(self.shown(made.pk), status=201)


class PrescriptionTemplate(Therapist, APIView):
    @extend_schema(request=TemplateWrite, responses={201: ProgramSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Keep it as a program of the clinic, with nothing of the patient."""
        prescription, data = own_prescription(self.actor, pk, "versions"), sent(TemplateWrite, request)
        with told():
            made = courses.make_template(
                actor=self.actor.user,
                clinic=self.actor.workplace,
                version=version_named(prescription, data.get("version"), self.actor.now),
                name=data["name"],
                summary=data["summary"],
                with_notes=data["with_notes"],
                key=data.get("id"),
            )
        return Response(shown(self.actor, made.pk), status=201)


# --- Pauses --------------------------------------------------------------------------------------------------


class PauseSerializer(serializers.ModelSerializer):
    """Days on which nothing is due, both ends included; `prescription` null: of all that the patient has."""

    class Meta:
        model = Pause
        fields = ["id", "patient", "prescription", "kind", "starts_on", "last_day", "note", "created_at"]


class PauseWrite(KnownFieldsMixin, serializers.Serializer):
    """Of one prescription, or of all of a patient's. The same pause again is the same pause."""

    id = Uuid(required=False)
    patient = Uuid()
    prescription = Uuid(allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=PauseKind.choices(), default=PauseKind.PAUSE.value)
    starts_on = StrictDate()
    last_day = StrictDate(allow_null=True, default=None, help_text="null: until somebody resumes it.")
    note = Text(max_length=500, allow_blank=True, default="")


class ResumeWrite(KnownFieldsMixin, serializers.Serializer):
    on = StrictDate(help_text="From this day on things are due again.")


class PauseFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id", label="Patient")
    prescription = filters.UUIDFilter(field_name="prescription_id", label="Prescription")
    on = filters.DateFilter(method="on_day", label="Paused on this day")

    def on_day(self, queryset: Any, name: str, day: Any) -> Any:
        return queryset.on(day)


class PauseList(Prescriptions, generics.ListAPIView):
    """Pauses, the newest first: of the caseload, or one's own."""

    serializer_class = PauseSerializer
    filterset_class = PauseFilter
    pagination_class = Cursors

    def get_queryset(self) -> QuerySet[Pause]:  # type: ignore[override]
        if getattr(self, "swagger_fake_view", False):
            return Pause.objects.none()
        if not (self.actor.is_therapist or self.actor.is_patient):
            raise PermissionDenied
        return Pause.objects.for_actor(self.actor)

    @extend_schema(request=PauseWrite, responses={201: PauseSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Pause one prescription or all of a patient's, for therapists."""
        if not self.actor.is_therapist:
            raise PermissionDenied
        data = sent(PauseWrite, request)
        patient = open_patient(self.actor, data["patient"])
        with told():
            made = courses.pause(
                actor=self.actor.user,
                patient=patient,
                prescription=self._of(patient.pk, data["prescription"]),
                starts_on=data["starts_on"],
                last_day=data["last_day"],
                kind=PauseKind(data["kind"]),
                note=data["note"],
                now=self.actor.now,
                key=data.get("id"),
            )
        return Response(PauseSerializer(made).data, status=201)

    def _of(self, patient_id: UUID, prescription_id: UUID | None) -> Prescription | None:
        if prescription_id is None:
            return None
        found = Prescription.objects.for_actor(self.actor).filter(pk=prescription_id, patient=patient_id).first()
        if found is None:
            raise serializers.ValidationError({"prescription": ["This patient has no such prescription."]})
        return found


class PauseResume(Therapist, APIView):
    @extend_schema(request=ResumeWrite, responses={200: PauseSerializer, 204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """End a pause: from a day on things are due again. 204 when it had not begun by then and is gone."""
        rows = Pause.objects.for_clinic(self.actor.clinic).select_related("patient")
        row: Pause = get_object_or_404(rows, pk=pk)
        row.patient = open_patient(self.actor, row.patient_id)
        data = sent(ResumeWrite, request)
        with told():
            left = courses.resume(actor=self.actor.user, pause=row, on=data["on"], now=self.actor.now)
        return Response(PauseSerializer(left).data) if left else Response(status=204)
