"""Pain ratings over the API. Ratings around a session are written with the session; here it is the day's."""

from __future__ import annotations

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import KnownFieldsMixin, WholeNumber
from patients.access import Mark
from patients.api.permissions import actor_of
from patients.enums import PainMoment, PainSite
from patients.models import PainEntry
from programs.api.fields import StrictDate, Uuid
from programs.api.refusals import told
from programs.services.diary import rate_pain


class PainLog(KnownFieldsMixin, serializers.Serializer):
    client_uuid = Uuid(help_text="Made by the client; the same id and body again changes nothing.")
    local_date = StrictDate()
    score = WholeNumber(min_value=0, max_value=10)
    site = serializers.ChoiceField(choices=PainSite.choices(), default=PainSite.OVERALL.value)


class PainEntrySerializer(serializers.ModelSerializer):
    session = serializers.UUIDField(source="session_key", read_only=True)

    class Meta:
        model = PainEntry
        fields = ["id", "patient", "local_date", "moment", "site", "score", "session", "recorded_at", "edited_at"]


class PainFilter(django_filters.FilterSet):
    patient = django_filters.UUIDFilter(field_name="patient_id")
    moment = django_filters.ChoiceFilter(choices=PainMoment.choices())
    site = django_filters.ChoiceFilter(choices=PainSite.choices())
    since = django_filters.DateFilter(field_name="local_date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="local_date", lookup_expr="lte")

    class Meta:
        model = PainEntry
        fields: list[str] = []


class PainEntryList(generics.ListAPIView):
    """Ratings, newest first: of the caseload, or one's own."""

    access = Mark("owner")
    serializer_class = PainEntrySerializer
    filterset_class = PainFilter

    def get_queryset(self) -> QuerySet[PainEntry]:
        if getattr(self, "swagger_fake_view", False):
            return PainEntry.objects.none()
        actor = actor_of(self.request)
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        return PainEntry.objects.for_actor(actor).order_by("-local_date", "-recorded_at", "pk")

    @extend_schema(request=PainLog, responses={200: PainEntrySerializer, 201: PainEntrySerializer})
    def post(self, request: Request) -> Response:
        """Rate a day, for patients; a later rating of a day corrects the earlier. 200 when it had arrived before."""
        actor = actor_of(request)
        if actor.patient is None:
            raise PermissionDenied
        body = PainLog(data=request.data)
        body.is_valid(raise_exception=True)
        with told():
            entry, is_new = rate_pain(
                actor=request.user,  # type: ignore[arg-type]
                patient=actor.patient,
                now=actor.now,
                **body.validated_data,
            )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(PainEntrySerializer(entry).data, status=code)
