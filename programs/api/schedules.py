"""Schedules, stages and rules as they are sent: the same limits as on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rest_framework import serializers

from config.lib.api import KnownFieldsMixin, WholeNumber
from programs import progression
from programs.api.fields import CLOCK, OWN_DAYS, SlotsField, Text, WeekdaysField
from programs.enums import Frequency
from programs.forms.schedules import CLOSEST, FARTHEST, MOST_BREAKS, MOST_SLOTS
from programs.progression import LONGEST_SUGGESTION, LONGEST_TITLE, MOST_RULES, MOST_STEPS, MOST_WEEKS, Fault
from programs.schedule import EVERY_DAY, Rule, window_slots

ONE_OF_THREE = "Send one of weekdays, times_per_week and every_days."


class BreaksWrite(KnownFieldsMixin, serializers.Serializer):
    """Movement breaks in a window of hours, so many minutes apart."""

    first = serializers.RegexField(CLOCK)
    last = serializers.RegexField(CLOCK)
    minutes = WholeNumber(min_value=CLOSEST, max_value=FARTHEST)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["last"] <= data["first"]:
            raise serializers.ValidationError({"last": "The last break must be after the first one, on the same day."})
        if len(window_slots(data["first"], data["last"], data["minutes"])) > MOST_BREAKS:
            raise serializers.ValidationError({"minutes": f"At most {MOST_BREAKS} breaks a day."})
        return data


class ScheduleWrite(KnownFieldsMixin, serializers.Serializer):
    """When the whole is due: one of weekdays, times_per_week and every_days; at any time, at slots or at breaks."""

    weekdays = WeekdaysField(allow_null=True, default=None)
    times_per_week = WholeNumber(min_value=1, max_value=7, allow_null=True, default=None)
    every_days = WholeNumber(min_value=2, max_value=28, allow_null=True, default=None)
    slots = SlotsField(default=list, max_length=MOST_SLOTS)
    breaks = BreaksWrite(allow_null=True, default=None)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if sum(data[name] is not None for name in OWN_DAYS) != 1:
            raise serializers.ValidationError({"weekdays": ONE_OF_THREE})
        if data["breaks"] and data["slots"]:
            raise serializers.ValidationError({"breaks": "Send either slots or breaks."})
        return data


def rule_from(data: dict[str, Any], anchor: date) -> Rule:
    """The schedule as a value; every so many days counts from `anchor`."""
    columns = columns_from(data)
    return Rule(
        **{name: data[name] for name in OWN_DAYS},
        anchor=anchor if data["every_days"] else None,
        slots=tuple(columns["slots"]),
        break_minutes=columns["break_minutes"],
    )


def columns_from(data: dict[str, Any]) -> dict[str, Any]:
    """The schedule as columns of `ScheduleColumns`."""
    named = next(name for name in OWN_DAYS if data[name] is not None)
    breaks = data["breaks"]
    slots = window_slots(breaks["first"], breaks["last"], breaks["minutes"]) if breaks else data["slots"]
    return {
        "frequency": Frequency(named).value,
        "weekdays": EVERY_DAY if data["weekdays"] is None else data["weekdays"],
        "times_per_week": data["times_per_week"],
        "every_days": data["every_days"],
        "slots": list(slots),
        "break_minutes": breaks["minutes"] if breaks else None,
    }


# --- Stages and rules ----------------------------------------------------------------------------------------


class StepWrite(KnownFieldsMixin, serializers.Serializer):
    """One stage; the last one goes on and has no weeks."""

    title = Text(max_length=LONGEST_TITLE)
    weeks = WholeNumber(min_value=1, max_value=MOST_WEEKS, allow_null=True, required=False)


class SuggestWrite(KnownFieldsMixin, serializers.Serializer):
    """After so many weeks of at least this adherence, and pain no higher than this, suggest something to you."""

    after_weeks = WholeNumber(min_value=1, max_value=MOST_WEEKS)
    min_adherence = WholeNumber(min_value=1, max_value=100)
    max_pain = WholeNumber(min_value=0, max_value=10, allow_null=True, required=False)
    suggest = Text(max_length=LONGEST_SUGGESTION)


class StepsField(serializers.ListField):
    """The stages of a program that builds up; an empty list means one stage."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=StepWrite(), **{"max_length": MOST_STEPS, **kwargs})

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        return _stored(progression.read_steps, super().to_internal_value(data))


class RulesField(serializers.ListField):
    """Rules that may suggest the next step. They change nothing by themselves."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=SuggestWrite(), **{"max_length": MOST_RULES, **kwargs})

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        return _stored(progression.read_rules, super().to_internal_value(data))


def _stored(read: Callable[[Any], tuple[Any, ...]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As it is kept, when it can be meant so. Raises ValidationError."""
    try:
        return [one.stored() for one in read([dict(row) for row in rows])]
    except Fault as fault:
        raise serializers.ValidationError(str(fault)) from fault
