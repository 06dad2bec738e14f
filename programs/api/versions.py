"""How a prescription and its versions are told: what is in force, and how it came to be so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exercises.models import Exercise
from patients.access import Actor
from patients.api.permissions import actor_of
from programs import change_words
from programs.api.fields import ItemDoseSerializer, WeekdaysField
from programs.enums import Rating
from programs.models import (
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    SafetyDecision,
)
from programs.services import editions, plans

HOW_TO = ["set_up", "steps", "cue", "breathing", "feel", "stop_if", "why", "mistake"]
# What a version is told with; the history tells of decisions besides.
TOLD = ["versions__items__exercise", "versions__items__alternatives__exercise"]
HISTORY = [*TOLD, "versions__items__decisions__decided_by", "versions__created_by"]


class HowToSerializer(serializers.ModelSerializer):
    """The exercise as it is explained to the patient."""

    class Meta:
        model = Exercise
        fields = ["id", "code", "kind", *HOW_TO]


class PrescribedAlternativeSerializer(serializers.ModelSerializer):
    """What may stand in for an exercise, and when."""

    exercise = HowToSerializer(read_only=True)

    class Meta:
        model = PrescriptionAlternative
        fields = ["situation", "name", "exercise"]


class PrescriptionItemSerializer(serializers.ModelSerializer):
    """One prescribed exercise: its usual dose, its own days, and what differs on a poor day."""

    exercise = HowToSerializer(read_only=True)
    dose = ItemDoseSerializer(source="*", read_only=True)
    weekdays = WeekdaysField(read_only=True)
    alternatives = PrescribedAlternativeSerializer(many=True, read_only=True)

    class Meta:
        model = PrescriptionItem
        fields = [
            *("id", "name", "dose", "weekdays", "every_days", "times_per_week", "slots", "note"),
            *("is_core", "variants", "alternatives", "exercise"),
        ]


class VersionSerializer(serializers.ModelSerializer):
    weekdays = WeekdaysField(read_only=True)
    schedule = serializers.CharField(source="rule.text", read_only=True)
    items = PrescriptionItemSerializer(many=True, read_only=True)

    class Meta:
        model = PrescriptionVersion
        fields = [
            *("id", "number", "effective_from", "frequency", "weekdays", "times_per_week", "every_days"),
            *("slots", "break_minutes", "schedule", "step", "step_title", "change_note", "items"),
        ]


class PrescriptionSerializer(serializers.ModelSerializer):
    """With the version in force on the patient's own day, or the first one while it has not begun."""

    version = serializers.SerializerMethodField()

    class Meta:
        model = Prescription
        fields = [
            *("id", "patient", "program", "title", "starts_on", "ends_on", "flare_days", "revision", "version"),
        ]

    @extend_schema_field(VersionSerializer)
    def get_version(self, prescription: Prescription) -> Any:
        version = version_shown(prescription, actor_of(self.context["request"]).now)
        return VersionSerializer(version, context=self.context).data


class DecisionSerializer(serializers.ModelSerializer):
    """A warning that stood, and what a therapist answered."""

    about = serializers.CharField(read_only=True)
    rating = serializers.SerializerMethodField()
    decided_by = serializers.CharField(source="decided_by.name", default=None, read_only=True)

    class Meta:
        model = SafetyDecision
        fields = ["condition", "feature", "rating", "about", "decision", "reason", "decided_by", "decided_at"]

    def get_rating(self, row: SafetyDecision) -> str:
        return Rating(row.rating).word


class HistorySerializer(VersionSerializer):
    """A version with the days on which it holds, and what it changed."""

    last_day = serializers.SerializerMethodField(help_text="The last day on which it holds; null while it is open.")
    created_by = serializers.CharField(source="created_by.name", default=None, read_only=True)
    changes = serializers.SerializerMethodField(help_text="What differs from the version before, in sentences.")
    decisions = serializers.SerializerMethodField(help_text="Answers to the safety check, for therapists.")

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "last_day", "created_at", "created_by", "changes", "decisions"]

    def get_last_day(self, version: PrescriptionVersion) -> date | None:
        last: date | None = self.context["last_days"].get(version)
        return last

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_changes(self, version: PrescriptionVersion) -> list[str]:
        return change_words.sentences(self.context["differences"].get(version, []))

    @extend_schema_field(DecisionSerializer(many=True))
    def get_decisions(self, version: PrescriptionVersion) -> Any:
        if not self.context["with_decisions"]:
            return []
        rows = [row for item in version.items.all() for row in item.decisions.all()]
        return DecisionSerializer(rows, many=True).data


def version_shown(prescription: Prescription, now: datetime) -> PrescriptionVersion | None:
    return prescription.version_on(max(prescription.patient.local_today(now), prescription.starts_on))


def reword(found: Iterable[Prescription], now: datetime) -> None:
    """The editions that count for each patient today. One statement at most for any number of prescriptions."""
    versions = [(one.patient.local_today(now), version_shown(one, now)) for one in found]
    editions.reword_each(pair for day, version in versions if version for pair in _read_on(version, day))


def _read_on(version: PrescriptionVersion, day: date) -> Iterator[tuple[Any, date]]:
    for item in version.items.all():
        yield item, day
        yield from ((alternative, day) for alternative in item.alternatives.all())


def history(prescription: Prescription, actor: Actor) -> Any:
    """All versions, newest first. Expects `HISTORY` prefetched."""
    versions = list(prescription.versions.all())
    today = prescription.patient.local_today(actor.now)
    editions.reword_each(pair for version in versions for pair in _read_on(version, today))
    context: Mapping[str, Any] = {
        "last_days": last_days(prescription, versions),
        "differences": plans.since_each(versions),
        "with_decisions": actor.is_therapist,
    }
    return HistorySerializer(versions, many=True, context=dict(context)).data


def last_days(
    prescription: Prescription, versions: Iterable[PrescriptionVersion]
) -> dict[PrescriptionVersion, date | None]:
    """The last day on which each version holds: the day before the next one, or the end of the whole."""
    ordered = sorted(versions, key=lambda version: version.effective_from)
    begins: list[date | None] = [version.effective_from - timedelta(days=1) for version in ordered[1:]]
    return dict(zip(ordered, [*begins, prescription.ends_on], strict=True)) if ordered else {}
