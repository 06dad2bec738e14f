"""Prescriptions by API: a therapist's caseload, or a patient's own with how to do each exercise; assigning one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import KnownFieldsMixin, WholeNumber
from exercises.models import Exercise
from patients import audit
from patients.access import Actor, Mark, open_patient
from patients.api.permissions import actor_of
from patients.models import Patient
from programs.api.fields import (
    OWN_DAYS,
    DoseWrite,
    Flag,
    SlotsField,
    StrictDate,
    Text,
    Uuid,
    VariantsWrite,
    WeekdaysField,
    one_way,
)
from programs.api.programs import ProgramPages
from programs.api.refusals import told
from programs.api.schedules import ScheduleWrite, StepsField, rule_from
from programs.api.versions import TOLD, PrescriptionSerializer, reword
from programs.enums import Situation
from programs.forms.assign import LATEST_START, LONGEST_HOLIDAY, LONGEST_RUN
from programs.models import Prescription, Program
from programs.progression import MOST_STEPS
from programs.services import prescriptions
from programs.services.prescriptions import ItemDraft, SafetyAnswer, stages_of
from programs.services.programs import MOST_ITEMS
from programs.variants import MOST_CORE

UNKNOWN = "This exercise is not in the library."


# --- Writing -------------------------------------------------------------------------------------------------


class AllowedWrite(KnownFieldsMixin, serializers.Serializer):
    """An exercise that may stand in, and when."""

    situation = serializers.ChoiceField(choices=Situation.choices())
    exercise = Uuid()


class DraftSerializer(DoseWrite):
    """One exercise to prescribe. Doses that are not named are the library's; days of its own narrow the schedule."""

    exercise = Uuid()
    weekdays = WeekdaysField(allow_null=True, default=None)
    every_days = WholeNumber(min_value=2, max_value=28, allow_null=True, default=None)
    times_per_week = WholeNumber(min_value=1, max_value=7, allow_null=True, default=None)
    slots = SlotsField(default=list, help_text="Some of the times of the whole; an empty list means all of them.")
    note = Text(max_length=200, allow_blank=True, default="")
    is_core = Flag(default=False)
    variants = VariantsWrite(default=dict)
    alternatives = serializers.ListField(child=AllowedWrite(), default=list, max_length=len(Situation))
    from_step = WholeNumber(min_value=1, max_value=MOST_STEPS, default=1, help_text="With `steps`: its first stage.")
    until_step = WholeNumber(
        min_value=1, max_value=MOST_STEPS, allow_null=True, default=None, help_text="null: to the end."
    )

    def validate_alternatives(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["situation"] for row in rows}) < len(rows):
            raise serializers.ValidationError("Name each situation once.")
        return rows

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        return one_way(data)


class HolidayWrite(KnownFieldsMixin, serializers.Serializer):
    """Days without exercises, both ends included."""

    first = StrictDate()
    last = StrictDate()

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data["first"] <= data["last"] <= data["first"] + LONGEST_HOLIDAY:
            raise serializers.ValidationError({"last": "On or after the first day, and within three months."})
        return data


class AnswerSerializer(KnownFieldsMixin, serializers.Serializer):
    exercise = Uuid()
    confirmed = serializers.BooleanField(default=False)
    reason = Text(max_length=500, allow_blank=True, default="")


def answers_by_exercise(answers: list[dict[str, Any]]) -> dict[UUID, SafetyAnswer]:
    return {answer["exercise"]: SafetyAnswer(answer["confirmed"], answer["reason"]) for answer in answers}


class AnswersField(serializers.ListField):
    """What the therapist says to the warnings: a confirmation to a caution, a written reason to an avoid."""

    def __init__(self, **kwargs: Any) -> None:
        # Each exercise may bring as many alternatives as there are situations.
        most = MOST_ITEMS * (1 + len(Situation))
        super().__init__(child=AnswerSerializer(), **{"default": list, "max_length": most, **kwargs})


class AssignSerializer(ScheduleWrite):
    """What a prescription is made from. Send the same `id` again to repeat a request safely."""

    id = Uuid(required=False)
    patient = Uuid()
    program = Uuid(allow_null=True, default=None)
    title = Text(max_length=120)
    starts_on = StrictDate()
    ends_on = StrictDate(allow_null=True, default=None)
    items = serializers.ListField(child=DraftSerializer(), allow_empty=False, max_length=MOST_ITEMS)
    steps = StepsField(default=list, help_text="The stages of a program that builds up; each becomes a version.")
    replaces = serializers.ListField(
        child=Uuid(), default=list, max_length=20, help_text="Prescriptions that end the day before this one starts."
    )
    holiday = HolidayWrite(allow_null=True, default=None)
    answers = AnswersField()

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        starts_on, ends_on = data["starts_on"], data["ends_on"]
        if data["holiday"] and data["holiday"]["first"] < starts_on:
            raise serializers.ValidationError({"holiday": "It cannot begin before the program does."})
        stages = max(1, len(data["steps"]))
        if any(max(item["from_step"], item["until_step"] or 1) > stages for item in data["items"]):
            raise serializers.ValidationError({"items": f"There are stages 1 to {stages}."})
        if ends_on and not starts_on <= ends_on <= starts_on + LONGEST_RUN:
            raise serializers.ValidationError({"ends_on": "On or after the start, and within ten years."})
        if sum(item["is_core"] for item in data["items"]) > MOST_CORE:
            raise serializers.ValidationError({"items": f"The minimum core holds at most {MOST_CORE} exercises."})
        return data


def check_start(day: date, today: date) -> None:
    """The start lies on the patient's own calendar, which is known only with the patient."""
    if not today <= day <= today + LATEST_START:
        raise serializers.ValidationError({"starts_on": "Choose a day from today to one year ahead."})


def drafts_from(entries: list[dict[str, Any]], patient: Patient) -> list[ItemDraft]:
    """The exercises as rows of the library this clinic may use."""
    named = {entry["exercise"] for entry in entries}
    named |= {row["exercise"] for entry in entries for row in entry["alternatives"]}
    found = Exercise.objects.for_clinic(patient.clinic).published().in_bulk(named)
    faults = {str(place): fault for place, entry in enumerate(entries) if (fault := _unknown(entry, found))}
    if faults:
        raise serializers.ValidationError({"items": faults})
    return [_draft(dict(entry), found) for entry in entries]


def _unknown(entry: dict[str, Any], found: dict[UUID, Exercise]) -> dict[str, Any]:
    fault: dict[str, Any] = {} if entry["exercise"] in found else {"exercise": [UNKNOWN]}
    rows = enumerate(entry["alternatives"])
    others = {str(place): {"exercise": [UNKNOWN]} for place, row in rows if row["exercise"] not in found}
    return fault | ({"alternatives": others} if others else {})


def _draft(entry: dict[str, Any], found: dict[UUID, Exercise]) -> ItemDraft:
    exercise = found[entry.pop("exercise")]
    allowed = {Situation(row["situation"]): found[row["exercise"]] for row in entry.pop("alternatives")}
    del entry["from_step"], entry["until_step"]
    own = {name: entry.pop(name) for name in (*OWN_DAYS, "slots", "note", "is_core", "variants")}
    return ItemDraft(exercise=exercise, dose=exercise.dose_values() | entry, alternatives=allowed, **own)


# --- Routes --------------------------------------------------------------------------------------------------


class PrescriptionFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id", label="Patient")
    on = filters.DateFilter(method="active_on", label="Running on this day")

    def active_on(self, queryset: Any, name: str, day: date) -> Any:
        return queryset.active_on(day)


class Prescriptions:
    """The caseload's prescriptions for a therapist, their own for a patient, none for anybody else."""

    access = Mark("owner")
    request: Any

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def get_queryset(self) -> QuerySet[Prescription]:
        if getattr(self, "swagger_fake_view", False):
            return Prescription.objects.none()
        found = Prescription.objects.for_actor(self.actor).select_related("patient")
        return found.prefetch_related(*TOLD).distinct()

    def shown(self, prescription_id: UUID) -> Any:
        """One prescription as it is told, without noting a look."""
        found = self.get_queryset().get(pk=prescription_id)
        reword([found], self.actor.now)
        return PrescriptionSerializer(found, context={"request": self.request}).data


class PrescriptionList(Prescriptions, generics.ListAPIView):
    """Prescriptions, the newest first, each with the version in force on the patient's own day."""

    serializer_class = PrescriptionSerializer
    filterset_class = PrescriptionFilter
    pagination_class = ProgramPages

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        reword(page or (), self.actor.now)
        return page

    @extend_schema(request=AssignSerializer, responses={201: PrescriptionSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Assign. Warnings without an answer are refused with 400 and named by exercise; nothing is stored then."""
        actor = self.actor
        if not actor.is_therapist:
            raise PermissionDenied
        serializer = AssignSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        patient = open_patient(actor, data["patient"])
        check_start(data["starts_on"], patient.local_today(actor.now))
        return Response(self.shown(self._assign(actor, patient, data).pk), status=201)

    @staticmethod
    def _assign(actor: Actor, patient: Patient, data: dict[str, Any]) -> Prescription:
        drafts, holiday = drafts_from(data["items"], patient), data["holiday"]
        spans = [
            (draft, item["from_step"], item["until_step"]) for draft, item in zip(drafts, data["items"], strict=True)
        ]
        with told(field="replaces"):
            return prescriptions.assign(
                actor=actor.user,
                patient=patient,
                title=data["title"],
                items=drafts,
                steps=stages_of(data["steps"], spans),
                replaces=_replaced(actor, patient, data["replaces"]),
                holiday=(holiday["first"], holiday["last"]) if holiday else None,
                rule=rule_from(data, data["starts_on"]),
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                answers=answers_by_exercise(data["answers"]),
                program=_program(actor, data["program"]),
                now=actor.now,
                key=data.get("id"),
            )


def _replaced(actor: Actor, patient: Patient, ids: list[UUID]) -> list[Prescription]:
    found = Prescription.objects.for_actor(actor).filter(patient=patient).in_bulk(ids)
    if missing := [str(place) for place, pk in enumerate(ids) if pk not in found]:
        raise serializers.ValidationError(
            {"replaces": {place: ["This patient has no such prescription."] for place in missing}}
        )
    return list(found.values())


def _program(actor: Actor, program_id: UUID | None) -> Program | None:
    if program_id is None:
        return None
    program = Program.objects.for_actor(actor).filter(pk=program_id).first()
    if program is None:
        raise serializers.ValidationError({"program": "There is no such program."})
    return program


class PrescriptionDetail(Prescriptions, generics.RetrieveAPIView):
    """One prescription. A therapist's look at it is noted for the patient to see."""

    serializer_class = PrescriptionSerializer

    def get_object(self) -> Prescription:
        prescription: Prescription = super().get_object()
        reword([prescription], self.actor.now)
        if self.actor.is_therapist:
            audit.record(self.actor.user, "prescription.read", prescription)
        return prescription
