"""Work items by API: the reasons for which programs need a look, and settling them."""

from __future__ import annotations

from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import Cursors
from patients.access import open_patient
from programs.api.programs import Nothing, Therapist, sent
from programs.enums import WorkKind
from programs.models import WorkItem
from programs.services import work


class WorkItemSerializer(serializers.ModelSerializer):
    """One reason for which a patient's program needs a look."""

    rating = serializers.CharField(source="rating_word", read_only=True, help_text="avoid, caution, or nothing.")
    exercise = serializers.CharField(source="exercise.code", default=None, read_only=True)
    settled_by = serializers.CharField(source="settled_by.name", default=None, read_only=True)

    class Meta:
        model = WorkItem
        fields = [
            *("id", "patient", "prescription", "exercise", "kind", "rating", "headline", "reason"),
            *("due_on", "created_at", "settled_at", "settled_by"),
        ]


class WorkFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id", label="Patient")
    prescription = filters.UUIDFilter(field_name="prescription_id", label="Prescription")
    kind = filters.ChoiceFilter(choices=WorkKind.choices())
    settled = filters.BooleanFilter(field_name="settled_at", lookup_expr="isnull", exclude=True, label="Settled")


class WorkList(Therapist, generics.ListAPIView):
    """Reasons to look at a program, of one's own patients, the newest first; `settled=false` for what is open."""

    serializer_class = WorkItemSerializer
    filterset_class = WorkFilter
    pagination_class = Cursors

    def get_queryset(self) -> QuerySet[WorkItem]:
        if getattr(self, "swagger_fake_view", False):
            return WorkItem.objects.none()
        return WorkItem.objects.for_therapist(self.actor).select_related("exercise", "settled_by")


class Note(Therapist, APIView):
    def opened(self, pk: UUID) -> WorkItem:
        """Scope, then the right to treat this patient."""
        rows = WorkItem.objects.for_clinic(self.actor.clinic).select_related("exercise")
        item: WorkItem = get_object_or_404(rows, pk=pk)
        item.patient = open_patient(self.actor, item.patient_id)
        return item

    def told(self, pk: UUID) -> Response:
        rows = WorkItem.objects.for_therapist(self.actor).select_related("exercise", "settled_by")
        return Response(WorkItemSerializer(rows.get(pk=pk)).data)


class WorkSettle(Note):
    @extend_schema(request=Nothing, responses=WorkItemSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """The program has been looked at. Settled already: answered as it was settled."""
        item, _ = self.opened(pk), sent(Nothing, request)
        work.settle(actor=self.actor.user, item=item, now=self.actor.now)
        return self.told(pk)


class WorkReopen(Note):
    @extend_schema(request=Nothing, responses=WorkItemSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Undo of settling."""
        item, _ = self.opened(pk), sent(Nothing, request)
        work.reopen(actor=self.actor.user, item=item)
        return self.told(pk)
