"""Sessions and their entries over the API: a patient's own, a therapist's caseload; the patient writes."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import KnownFieldsMixin, WholeNumber
from patients.access import Mark
from patients.api.permissions import actor_of
from programs.api.fields import CLOCK, StrictDate, Text, Uuid
from programs.api.refusals import told
from programs.enums import EntryStatus, Situation, SkipReason, Source
from programs.models import Entry, Prescription, Session
from programs.services import sessions
from programs.services.sessions import EntryDraft, SessionDraft

MOST_ENTRIES = 100


class EntryAnswer(KnownFieldsMixin, serializers.Serializer):
    """What is said of one exercise. `swapped_to` and `swapped_for` name the approved alternative that was done."""

    item = Uuid()
    status = serializers.ChoiceField(choices=EntryStatus.choices())
    reason = serializers.ChoiceField(choices=SkipReason.choices(), required=False)
    note = Text(max_length=500, required=False, allow_blank=True)
    swapped_to = Uuid(required=False, help_text="The exercise that was done instead.")
    swapped_for = serializers.ChoiceField(choices=Situation.choices(), required=False, help_text="And why.")


class SessionLog(KnownFieldsMixin, serializers.Serializer):
    """One write about one occurrence. What is left out stays as it is."""

    client_uuid = Uuid(help_text="Made by the client; the same id and body again changes nothing.")
    prescription = Uuid()
    local_date = StrictDate()
    slot = serializers.RegexField(CLOCK, required=False, default="", allow_blank=True)
    entries = EntryAnswer(many=True, required=False)
    pain_before = WholeNumber(min_value=0, max_value=10, required=False)
    pain_after = WholeNumber(min_value=0, max_value=10, required=False)
    stiffness_minutes = WholeNumber(min_value=0, max_value=720, required=False)
    note = Text(max_length=1000, required=False, allow_blank=True)

    def validate_entries(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(entries) > MOST_ENTRIES:
            raise serializers.ValidationError(f"At most {MOST_ENTRIES} entries.")
        return entries

    @property
    def draft(self) -> SessionDraft:
        data = dict(self.validated_data)
        answers = data.pop("entries", [])
        data.pop("client_uuid")
        return SessionDraft(
            prescription_id=data.pop("prescription"),
            entries=tuple(EntryDraft(item_id=answer.pop("item"), **answer) for answer in map(dict, answers)),
            **data,
        )


class EntrySerializer(serializers.ModelSerializer):
    exercise = serializers.CharField(source="item.name", read_only=True)

    class Meta:
        model = Entry
        fields = [
            *("id", "session", "item", "exercise", "status", "reason", "note"),
            *("swapped_to", "swapped_for", "edited_at"),
        ]


class SessionSerializer(serializers.ModelSerializer):
    entries = EntrySerializer(many=True, read_only=True)

    class Meta:
        model = Session
        fields = [
            *("id", "patient", "prescription", "version", "variant", "local_date", "slot", "expected"),
            *("done", "partly", "skipped", "note", "source", "logged_at", "edited_at", "entries"),
        ]


class SessionFilter(django_filters.FilterSet):
    patient = django_filters.UUIDFilter(field_name="patient_id")
    prescription = django_filters.UUIDFilter(field_name="prescription_id")
    since = django_filters.DateFilter(field_name="local_date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="local_date", lookup_expr="lte")

    class Meta:
        model = Session
        fields: list[str] = []


class SessionList(generics.ListAPIView):
    """Sessions, newest first: of the caseload, or one's own."""

    access = Mark("owner")
    serializer_class = SessionSerializer
    filterset_class = SessionFilter

    def get_queryset(self) -> QuerySet[Session]:
        if getattr(self, "swagger_fake_view", False):
            return Session.objects.none()
        actor = actor_of(self.request)
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        return Session.objects.for_actor(actor).prefetch_related("entries__item").order_by("-local_date", "-slot", "pk")

    @extend_schema(request=SessionLog, responses={200: SessionSerializer, 201: SessionSerializer})
    def post(self, request: Request) -> Response:
        """Log a session, for patients: 201 when written, 200 when it had arrived before."""
        actor = actor_of(request)
        if actor.patient is None:
            raise PermissionDenied
        body = SessionLog(data=request.data)
        body.is_valid(raise_exception=True)
        if not Prescription.objects.for_actor(actor).filter(pk=body.validated_data["prescription"]).exists():
            raise Http404
        with told():
            result = sessions.log(
                actor=request.user,  # type: ignore[arg-type]
                patient=actor.patient,
                draft=body.draft,
                client_uuid=body.validated_data["client_uuid"],
                now=actor.now,
                source=Source.API,
            )
        prefetch_related_objects([result.session], "entries__item")
        code = status.HTTP_201_CREATED if result.created else status.HTTP_200_OK
        return Response(SessionSerializer(result.session).data, status=code)


class EntryFilter(django_filters.FilterSet):
    session = django_filters.UUIDFilter(field_name="session_id")
    patient = django_filters.UUIDFilter(field_name="session__patient_id")
    status = django_filters.ChoiceFilter(choices=EntryStatus.choices())
    since = django_filters.DateFilter(field_name="session__local_date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="session__local_date", lookup_expr="lte")

    class Meta:
        model = Entry
        fields: list[str] = []


class EntryList(generics.ListAPIView):
    """Each exercise's answer, newest day first."""

    access = Mark("owner")
    serializer_class = EntrySerializer
    filterset_class = EntryFilter

    def get_queryset(self) -> QuerySet[Entry]:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        actor = actor_of(self.request)
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        own = Entry.objects.for_actor(actor).select_related("item")
        return own.order_by("-session__local_date", "-session__slot", "session", "item__order", "pk")
