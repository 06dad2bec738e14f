"""Prescriptions by API: a therapist's caseload, or a patient's own with how to do each exercise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import Conflict, KnownFieldsMixin, WholeNumber
from exercises.models import DOSE_LIMITS, Exercise
from patients import audit
from patients.access import Actor, Mark, open_patient
from patients.api.permissions import actor_of
from patients.models import Patient
from programs.api.programs import ItemDoseSerializer, ProgramPages, WeekdaysField
from programs.forms.assign import LATEST_START, LONGEST_RUN
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion, Program
from programs.schedule import Rule
from programs.services import editions, prescriptions
from programs.services.prescriptions import ItemDraft, SafetyAnswer, SafetyUnanswered
from programs.services.programs import MOST_ITEMS

HOW_TO = ["set_up", "steps", "cue", "breathing", "feel", "stop_if", "why", "mistake"]


# --- Reading -------------------------------------------------------------------------------------------------


class HowToSerializer(serializers.ModelSerializer):
    """The exercise as it is explained to the patient."""

    class Meta:
        model = Exercise
        fields = ["id", "code", "kind", *HOW_TO]


class PrescriptionItemSerializer(serializers.ModelSerializer):
    exercise = HowToSerializer(read_only=True)
    dose = ItemDoseSerializer(source="*", read_only=True)
    weekdays = WeekdaysField(read_only=True)

    class Meta:
        model = PrescriptionItem
        fields = ["id", "name", "dose", "weekdays", "note", "exercise"]


class VersionSerializer(serializers.ModelSerializer):
    weekdays = WeekdaysField(read_only=True)
    schedule = serializers.CharField(source="rule.text", read_only=True)
    items = PrescriptionItemSerializer(many=True, read_only=True)

    class Meta:
        model = PrescriptionVersion
        fields = [
            *("number", "effective_from", "frequency", "weekdays", "times_per_week"),
            *("slots", "schedule", "change_note", "items"),
        ]


class PrescriptionSerializer(serializers.ModelSerializer):
    """With the version in force on the patient's own day, or the first one while it has not begun."""

    version = serializers.SerializerMethodField()

    class Meta:
        model = Prescription
        fields = ["id", "patient", "program", "title", "starts_on", "ends_on", "version"]

    @extend_schema_field(VersionSerializer)
    def get_version(self, prescription: Prescription) -> Any:
        version = _shown(prescription, actor_of(self.context["request"]).now)
        return VersionSerializer(version, context=self.context).data


def _shown(prescription: Prescription, now: datetime) -> PrescriptionVersion | None:
    return prescription.version_on(max(prescription.patient.local_today(now), prescription.starts_on))


def _reword(found: Iterable[Prescription], now: datetime) -> None:
    """The editions that count for each patient today. One statement at most for any number of prescriptions."""
    versions = [(one.patient.local_today(now), _shown(one, now)) for one in found]
    editions.reword_each((item, day) for day, version in versions if version for item in version.items.all())


# --- Writing -------------------------------------------------------------------------------------------------


class DraftSerializer(KnownFieldsMixin, serializers.Serializer):
    """One exercise to prescribe. Doses that are not named are the library's."""

    exercise = serializers.UUIDField()
    sets = WholeNumber(min_value=1, max_value=DOSE_LIMITS["sets"], allow_null=True, required=False)
    repetitions = WholeNumber(min_value=1, max_value=DOSE_LIMITS["repetitions"], allow_null=True, required=False)
    hold_seconds = WholeNumber(min_value=1, max_value=DOSE_LIMITS["hold_seconds"], allow_null=True, required=False)
    duration_minutes = WholeNumber(
        min_value=1, max_value=DOSE_LIMITS["duration_minutes"], allow_null=True, required=False
    )
    rest_seconds = WholeNumber(min_value=1, max_value=DOSE_LIMITS["rest_seconds"], allow_null=True, required=False)
    per_side = serializers.BooleanField(required=False)
    effort = serializers.CharField(max_length=80, allow_blank=True, required=False)
    weekdays = WeekdaysField(allow_null=True, default=None)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class AnswerSerializer(KnownFieldsMixin, serializers.Serializer):
    exercise = serializers.UUIDField()
    confirmed = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class AssignSerializer(KnownFieldsMixin, serializers.Serializer):
    """What a prescription is made from. Send the same `id` again to repeat a request safely."""

    id = serializers.UUIDField(required=False)
    patient = serializers.UUIDField()
    program = serializers.UUIDField(allow_null=True, default=None)
    title = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, default=None)
    weekdays = WeekdaysField(allow_null=True, default=None)
    times_per_week = WholeNumber(min_value=1, max_value=7, allow_null=True, default=None)
    slots = serializers.ListField(
        child=serializers.TimeField(input_formats=["%H:%M"], format="%H:%M"), max_length=4, default=list
    )
    items = serializers.ListField(child=DraftSerializer(), allow_empty=False, max_length=MOST_ITEMS)
    answers = serializers.ListField(child=AnswerSerializer(), default=list, max_length=MOST_ITEMS)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if (data["weekdays"] is None) == (data["times_per_week"] is None):
            raise serializers.ValidationError({"weekdays": "Send either weekdays or times_per_week."})
        starts_on, ends_on = data["starts_on"], data["ends_on"]
        if ends_on and not starts_on <= ends_on <= starts_on + LONGEST_RUN:
            raise serializers.ValidationError({"ends_on": "On or after the start, and within ten years."})
        return data

    def check_start(self, today: date) -> None:
        """The start lies on the patient's own calendar, which is known only with the patient."""
        if not today <= self.validated_data["starts_on"] <= today + LATEST_START:
            raise serializers.ValidationError({"starts_on": "Choose a day from today to one year ahead."})

    @property
    def rule(self) -> Rule:
        data = self.validated_data
        slots = tuple(sorted({f"{slot:%H:%M}" for slot in data["slots"]}))
        return Rule(weekdays=data["weekdays"], times_per_week=data["times_per_week"], slots=slots)

    @property
    def answers_by_exercise(self) -> dict[UUID, SafetyAnswer]:
        answers = self.validated_data["answers"]
        return {answer["exercise"]: SafetyAnswer(answer["confirmed"], answer["reason"]) for answer in answers}

    def drafts(self, patient: Patient) -> list[ItemDraft]:
        """The exercises as rows of the library this clinic may use."""
        entries = self.validated_data["items"]
        found = Exercise.objects.for_clinic(patient.clinic).published().in_bulk({e["exercise"] for e in entries})
        faults = {
            str(place): {"exercise": ["This exercise is not in the library."]}
            for place, entry in enumerate(entries)
            if entry["exercise"] not in found
        }
        if faults:
            raise serializers.ValidationError({"items": faults})
        return [_draft(dict(entry), found[entry["exercise"]]) for entry in entries]


def _draft(entry: dict[str, Any], exercise: Exercise) -> ItemDraft:
    del entry["exercise"]
    weekdays, note = entry.pop("weekdays"), entry.pop("note")
    return ItemDraft(exercise, exercise.dose_values() | entry, weekdays, note)


class Prescriptions:
    """The caseload's prescriptions for a therapist, their own for a patient, none for anybody else."""

    access = Mark("owner")

    def get_queryset(self) -> QuerySet[Prescription]:
        if getattr(self, "swagger_fake_view", False):
            return Prescription.objects.none()
        actor = actor_of(self.request)  # type: ignore[attr-defined]
        return Prescription.objects.for_actor(actor).select_related("patient").with_versions().distinct()


class PrescriptionList(Prescriptions, generics.ListAPIView):
    serializer_class = PrescriptionSerializer
    pagination_class = ProgramPages

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        _reword(page or (), actor_of(self.request).now)
        return page

    @extend_schema(request=AssignSerializer, responses={201: PrescriptionSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Assign. Warnings without an answer are refused with 400 and named by exercise; nothing is stored then."""
        actor = actor_of(request)
        if not actor.is_therapist:
            raise PermissionDenied
        serializer = AssignSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        patient = open_patient(actor, serializer.validated_data["patient"])
        serializer.check_start(patient.local_today(actor.now))
        made = self._assign(actor, patient, serializer)
        fresh = self.get_queryset().get(pk=made.pk)
        return Response(PrescriptionSerializer(fresh, context={"request": request}).data, status=201)

    def _assign(self, actor: Actor, patient: Patient, serializer: AssignSerializer) -> Prescription:
        data = serializer.validated_data
        try:
            return prescriptions.assign(
                actor=actor.user,
                patient=patient,
                title=data["title"],
                items=serializer.drafts(patient),
                rule=serializer.rule,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                answers=serializer.answers_by_exercise,
                program=self._program(actor, data["program"]),
                now=actor.now,
                key=data.get("id"),
            )
        except SafetyUnanswered as unanswered:
            raise serializers.ValidationError({"answers": _said(unanswered)}) from unanswered
        except prescriptions.ExerciseRetired as gone:
            fault = {"exercise": ["An exercise was taken out of the library."]}
            raise serializers.ValidationError({"items": fault}) from gone
        except prescriptions.KeyTaken as taken:
            raise Conflict("This id belongs to something else.") from taken

    @staticmethod
    def _program(actor: Actor, program_id: UUID | None) -> Program | None:
        if program_id is None:
            return None
        program = Program.objects.for_actor(actor).filter(pk=program_id).first()
        if program is None:
            raise serializers.ValidationError({"program": "There is no such program."})
        return program


def _said(unanswered: SafetyUnanswered) -> dict[str, list[str]]:
    """The warnings by exercise, each with its rating, what meets what, and why."""
    return {
        str(exercise_id): [f"{warning.rating.label}: {warning.about}. {warning.reason}." for warning in warnings]
        for exercise_id, warnings in unanswered.missing.items()
    }


class PrescriptionDetail(Prescriptions, generics.RetrieveAPIView):
    """One prescription. A therapist's look at it is noted for the patient to see."""

    serializer_class = PrescriptionSerializer

    def get_object(self) -> Prescription:
        prescription: Prescription = super().get_object()
        actor = actor_of(self.request)
        _reword([prescription], actor.now)
        if actor.is_therapist:
            audit.record(actor.user, "prescription.read", prescription)
        return prescription
