"""Programs by API, for therapists: the list, one with all its items, and making, naming, copying, putting away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import KnownFieldsMixin, Pages, WholeNumber
from config.lib.models import storable
from config.lib.paging import CountedPaginator
from patients import audit
from patients.access import THERAPIST, Actor, Mark
from patients.api.permissions import actor_of
from programs.api.fields import ItemDoseSerializer, Revision, Text, Uuid, WeekdaysField
from programs.api.refusals import told
from programs.api.schedules import RulesField, ScheduleWrite, StepsField, columns_from
from programs.forms.program_settings import LONGEST_FLARE
from programs.models import Program, ProgramAlternative, ProgramItem
from programs.services import program_settings, programs

READY_MADE = "Ready-made programs stay as they are. Make a copy and change that."


# --- Reading -------------------------------------------------------------------------------------------------


class AlternativeSerializer(serializers.ModelSerializer):
    """What may stand in for an exercise, and when."""

    exercise = serializers.CharField(source="exercise.code", read_only=True)
    exercise_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="exercise.name", read_only=True)

    class Meta:
        model = ProgramAlternative
        fields = ["situation", "exercise", "exercise_id", "name"]


class ProgramItemSerializer(serializers.ModelSerializer):
    """One exercise with its dose, its own days, and what becomes of it on a poor day."""

    exercise = serializers.CharField(source="exercise.code", read_only=True)
    exercise_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="exercise.name", read_only=True)
    dose = ItemDoseSerializer(source="*", read_only=True)
    weekdays = WeekdaysField(read_only=True)
    alternatives = AlternativeSerializer(many=True, read_only=True)

    class Meta:
        model = ProgramItem
        fields = [
            *("id", "exercise", "exercise_id", "name", "dose", "weekdays", "every_days", "times_per_week", "slots"),
            *("note", "is_core", "variants", "alternatives", "from_step", "until_step"),
        ]


class ProgramSerializer(serializers.ModelSerializer):
    """A program, or the draft of a prescription's next version; a draft names its `prescription`."""

    weekdays = WeekdaysField(read_only=True)
    schedule = serializers.SerializerMethodField()
    items = ProgramItemSerializer(many=True, read_only=True)

    class Meta:
        model = Program
        fields = [
            *("id", "name", "summary", "shared", "prescription", "revision", "updated_at", "schedule", "frequency"),
            *("weekdays", "times_per_week", "every_days", "slots", "break_minutes", "steps", "progression"),
            *("flare_days", "items"),
        ]

    @extend_schema_field(serializers.CharField)
    def get_schedule(self, program: Program) -> str:
        return program.rule_from().text


class ProgramFilter(filters.FilterSet):
    q = filters.CharFilter(label="Search", max_length=100, validators=[storable], method="search")
    shared = filters.BooleanFilter(label="Ready-made")

    def search(self, queryset: Any, name: str, value: str) -> QuerySet[Program]:
        found: QuerySet[Program] = queryset.matching(value)
        return found


class ProgramPages(Pages):
    """Rows and total in one statement."""

    django_paginator_class = CountedPaginator


class Therapist:
    """For therapists, with the actor at hand."""

    access = Mark("staff", frozenset({THERAPIST}))
    request: Any

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)


class Programs(Therapist):
    """The clinic's own programs and the ready-made ones."""

    def get_queryset(self) -> QuerySet[Program]:
        if getattr(self, "swagger_fake_view", False):
            return Program.objects.none()
        return Program.objects.for_actor(self.actor).current().with_items()


# --- Writing -------------------------------------------------------------------------------------------------


class ProgramCreate(KnownFieldsMixin, serializers.Serializer):
    """Send the same `id` again to repeat a request safely."""

    id = Uuid(required=False)
    name = Text(max_length=120)
    summary = Text(max_length=500, allow_blank=True, default="")


class ProgramChange(KnownFieldsMixin, serializers.Serializer):
    """What is not named stays as it is. A draft has a title as its `name`, and no summary and no stages."""

    revision = Revision()
    name = Text(max_length=120, required=False)
    summary = Text(max_length=500, allow_blank=True, required=False)
    flare_days = WholeNumber(min_value=1, max_value=LONGEST_FLARE, required=False)
    schedule = ScheduleWrite(required=False)
    steps = StepsField(required=False)
    progression = RulesField(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        program: Program = self.context["program"]
        for name in ("summary", "steps"):
            if program.is_draft and name in data:
                raise serializers.ValidationError({name: f"The draft of a prescription has no {name}."})
        if "steps" in data and (last := last_step(program)) > max(1, len(data["steps"])):
            fault = f"Exercises begin in stage {last}. Move them to an earlier stage first, or keep the stage."
            raise serializers.ValidationError({"steps": fault})
        return data


def last_step(program: Program) -> int:
    """The latest stage in which an exercise begins."""
    return max(program.items.values_list("from_step", flat=True), default=1)


class CopyWrite(KnownFieldsMixin, serializers.Serializer):
    id = Uuid(required=False, help_text="The id for the copy; send it again to repeat the request safely.")


def sent(body: type[serializers.Serializer], request: Request, **context: Any) -> dict[str, Any]:
    """The checked body of a request. Raises ValidationError."""
    serializer = body(data=request.data, context={"request": request, **context})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def own_program(actor: Actor, program_id: UUID) -> Program:
    """A program, or a draft for one of the therapist's patients, that they may change. 404 for strangers."""
    found = Program.objects.for_builder(actor).select_related("prescription__patient")
    program: Program = get_object_or_404(found, pk=program_id)
    if program.shared:
        raise PermissionDenied(READY_MADE)
    return program


def revision_of(program: Program) -> int | None:
    """The newest revision, to be named in a conflict."""
    return Program.objects.for_clinic(program.clinic).filter(pk=program.pk).values_list("revision", flat=True).first()


def shown(actor: Actor, program_id: UUID) -> dict[str, Any]:
    """The whole program as it stands."""
    program = Program.objects.for_builder(actor).with_items().get(pk=program_id)
    return dict(ProgramSerializer(program).data)


class ProgramList(Programs, generics.ListAPIView):
    """Programs that can be given to a patient: the clinic's own and the ready-made ones."""

    serializer_class = ProgramSerializer
    filterset_class = ProgramFilter
    pagination_class = ProgramPages

    @extend_schema(request=ProgramCreate, responses={201: ProgramSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin an empty program of the clinic."""
        data = sent(ProgramCreate, request)
        with told():
            made = programs.create(
                actor=self.actor.user,
                clinic=self.actor.workplace,
                name=data["name"],
                summary=data["summary"],
                key=data.get("id"),
            )
        return Response(shown(self.actor, made.pk), status=201)


class ProgramDetail(Therapist, generics.RetrieveAPIView):
    """One program, or the draft of a prescription. Looking at a draft is noted for the patient to see."""

    serializer_class = ProgramSerializer

    def get_queryset(self) -> QuerySet[Program]:
        if getattr(self, "swagger_fake_view", False):
            return Program.objects.none()
        return Program.objects.for_builder(self.actor).with_items().select_related("prescription")

    def get_object(self) -> Program:
        program: Program = super().get_object()
        if program.prescription:
            audit.record(self.actor.user, "prescription.read", program.prescription)
        return program

    @extend_schema(request=ProgramChange, responses=ProgramSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change name, summary, schedule, stages, rules, or how long a flare lasts."""
        program = own_program(self.actor, pk)
        values = sent(ProgramChange, request, program=program)
        revision = values.pop("revision")
        if schedule := values.pop("schedule", None):
            values |= columns_from(schedule)
        with told(lambda: revision_of(program)):
            program_settings.save(
                actor=self.actor.user, program=program, revision=revision, values=values, now=self.actor.now
            )
        return Response(shown(self.actor, pk))


class ProgramCopy(Therapist, APIView):
    @extend_schema(request=CopyWrite, responses={201: ProgramSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Copy a program, ready-made or one's own, into the clinic, free to change."""
        data = sent(CopyWrite, request)
        program = get_object_or_404(Program.objects.for_actor(self.actor).current().with_items(), pk=pk)
        with told():
            made = programs.copy(
                actor=self.actor.user, clinic=self.actor.workplace, program=program, key=data.get("id")
            )
        return Response(shown(self.actor, made.pk), status=201)


class Nothing(KnownFieldsMixin, serializers.Serializer):
    """An empty body."""


class ProgramArchive(Therapist, APIView):
    @extend_schema(request=Nothing, responses=ProgramSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take a program off the list. Prescriptions made from it run on."""
        program = _template(self.actor, pk)
        sent(Nothing, request)
        programs.archive(actor=self.actor.user, program=program, now=self.actor.now)
        return Response(shown(self.actor, pk))


class ProgramRestore(Therapist, APIView):
    @extend_schema(request=Nothing, responses=ProgramSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Put an archived program back on the list."""
        program = _template(self.actor, pk)
        sent(Nothing, request)
        programs.restore(actor=self.actor.user, program=program, now=self.actor.now)
        return Response(shown(self.actor, pk))


def _template(actor: Actor, program_id: UUID) -> Program:
    """A program of the clinic; a draft is not put away but discarded."""
    program = own_program(actor, program_id)
    if program.is_draft:
        raise PermissionDenied("This is the draft of a prescription. Discard it instead.")
    return program
