"""Which variant of the program holds by API: choosing one, going back, and the question when a flare lapses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import Cursors, KnownFieldsMixin, WholeNumber
from patients.access import Actor, Mark, open_patient
from patients.api.permissions import actor_of
from patients.models import Patient
from programs.api.fields import Flag, Uuid
from programs.api.programs import sent
from programs.api.refusals import told
from programs.enums import Variant
from programs.models import VariantSpell
from programs.services import variants


class SpellSerializer(serializers.ModelSerializer):
    """A variant with the days on which it holds, both ends included."""

    class Meta:
        model = VariantSpell
        fields = ["id", "patient", "variant", "starts_on", "last_day", "checked_at", "created_at"]


class NowSerializer(serializers.Serializer):
    """What holds today, and the lapsed flare that the patient is to be asked about, if there is one."""

    variant = serializers.ChoiceField(choices=Variant.choices())
    spell = SpellSerializer(allow_null=True)
    asks_about = SpellSerializer(allow_null=True)


class VariantChoice(KnownFieldsMixin, serializers.Serializer):
    """`normal` goes back to the usual program. Choosing again what holds already changes nothing."""

    patient = Uuid(required=False, help_text="For therapists. Patients choose for themselves.")
    variant = serializers.ChoiceField(choices=Variant.choices())
    days = WholeNumber(
        min_value=1,
        max_value=variants.MOST_DAYS,
        allow_null=True,
        default=None,
        help_text="A patient's easier day is one day unless more are named; their flare lasts as the program says.",
    )


class CheckWrite(KnownFieldsMixin, serializers.Serializer):
    is_over = Flag(help_text="Whether the flare is over. If not, the flare variant holds for as many days again.")
    is_better = Flag(default=False, help_text="Not over, yet better: the easy variant instead.")


class SpellFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id", label="Patient")
    on = filters.DateFilter(method="on_day", label="Holding on this day")

    def on_day(self, queryset: Any, name: str, day: Any) -> Any:
        return queryset.on(day)


class Choosing:
    access = Mark("owner")
    request: Any

    @property
    def actor(self) -> Actor:
        actor = actor_of(self.request)
        if not (actor.is_therapist or actor.is_patient):
            raise PermissionDenied
        return actor

    def patient(self, named: UUID | None) -> Patient:
        """The signed-in patient; for a therapist the one they name and treat."""
        if self.actor.is_therapist:
            if named is None:
                raise serializers.ValidationError({"patient": ["Name the patient."]})
            return open_patient(self.actor, named)
        own = self.actor.own_record
        if named is not None and named != own.pk:
            raise PermissionDenied
        return own

    def now(self, patient: Patient) -> Any:
        today = patient.local_today(self.actor.now)
        latest = variants.latest(patient, today)
        spell = latest if latest and variants.runs_on(latest, today) else None
        asks = latest if variants.asks_on(latest, today) else None
        variant = spell.variant if spell else Variant.NORMAL.value
        return NowSerializer({"variant": variant, "spell": spell, "asks_about": asks}).data


class VariantList(Choosing, generics.ListAPIView):
    """Variants with their days, the newest first. Between them the usual program holds."""

    serializer_class = SpellSerializer
    filterset_class = SpellFilter
    pagination_class = Cursors

    def get_queryset(self) -> QuerySet[VariantSpell]:
        if getattr(self, "swagger_fake_view", False):
            return VariantSpell.objects.none()
        return VariantSpell.objects.for_actor(self.actor)

    @extend_schema(request=VariantChoice, responses=NowSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a variant hold from the patient's today. A flare lapses by itself; the patient is asked then."""
        data = sent(VariantChoice, request)
        patient = self.patient(data.get("patient"))
        with told():
            variants.choose(
                actor=self.actor.user,
                patient=patient,
                variant=Variant(data["variant"]),
                days=self._days(Variant(data["variant"]), data["days"]),
                now=self.actor.now,
            )
        return Response(self.now(patient))

    def _days(self, variant: Variant, days: int | None) -> int | None:
        """For patients an easier day is one day unless they ask for more; how long a flare lasts, the program says."""
        if self.actor.is_therapist:
            return days
        return (days or 1) if variant is Variant.EASY else None


class VariantNow(Choosing, APIView):
    @extend_schema(responses=NowSerializer, operation_id="variants_now")
    def get(self, request: Request) -> Response:
        """What holds for the signed-in patient today."""
        return Response(self.now(self.actor.own_record))


class VariantCheck(Choosing, APIView):
    @extend_schema(request=CheckWrite, responses=NowSerializer, operation_id="variants_check")
    def post(self, request: Request) -> Response:
        """The patient's answer about a flare that has lapsed. Without a question nothing changes."""
        data, patient = sent(CheckWrite, request), self.actor.own_record
        with told():
            variants.answer_check(actor=self.actor.user, patient=patient, now=self.actor.now, **data)
        return Response(self.now(patient))
