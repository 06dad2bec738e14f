"""What bodies are made of: strict values, doses, days, slots and what differs on a poor day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.lib.api import KnownFieldsMixin, WholeNumber
from config.lib.text import has_unstorable, normal
from exercises.models import DOSE_LIMITS
from programs.enums import Side
from programs.forms.schedules import MOST_BREAKS
from programs.models import ITEM_DOSE_FIELDS, ProgramItem
from programs.models.items import MOST_PASSES
from programs.schedule import days_of, mask_of
from programs.variants import POOR_DAYS, PRESENT

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
LIMITS = DOSE_LIMITS | {"passes": MOST_PASSES}
OWN_DAYS = ("weekdays", "every_days", "times_per_week")
ONE_WAY = "Send one of weekdays, every_days and times_per_week."


# --- Values --------------------------------------------------------------------------------------------------


class Text(serializers.CharField):
    """A string that was sent as one, kept in composed form."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        return text if has_unstorable(text) else normal(text)


class Uuid(serializers.UUIDField):
    """A UUID written out; a bare number is none."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return UUID(str(super().to_internal_value(data)))


class StrictDate(serializers.DateField):
    """`2026-11-18` and nothing else that could be read as a day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class Flag(serializers.BooleanField):
    """true or false, not a word for it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Revision(WholeNumber):
    """The revision that was read; a newer one answers 409 and nothing is overwritten."""

    def __init__(self, **kwargs: Any) -> None:
        words = "The revision you read. If it has moved on since: 409, and nothing is overwritten."
        super().__init__(min_value=1, max_value=2**31 - 1, **{"help_text": words, **kwargs})


@extend_schema_field({"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 6}})
class WeekdaysField(serializers.Field):
    """A mask as day numbers, Monday = 0. None: whenever the program is due."""

    def to_representation(self, value: int) -> list[int]:
        return days_of(value)

    def to_internal_value(self, data: Any) -> int:
        is_list = isinstance(data, list) and 1 <= len(data) <= 7
        if not is_list or any(isinstance(day, bool) or not isinstance(day, int) or not 0 <= day <= 6 for day in data):
            raise serializers.ValidationError("List days from 0 (Monday) to 6 (Sunday), at least one.")
        return mask_of(data)


class SlotsField(serializers.ListField):
    """Times of day in order, each once."""

    def __init__(self, **kwargs: Any) -> None:
        clock = serializers.RegexField(CLOCK, error_messages={"invalid": "A time of day such as 07:30."})
        super().__init__(child=clock, **{"max_length": MOST_BREAKS, **kwargs})

    def to_internal_value(self, data: Any) -> list[str]:
        if isinstance(data, list) and not all(isinstance(one, str) for one in data):
            raise serializers.ValidationError("A time of day such as 07:30.")
        if isinstance(data, list) and len(data) > (self.max_length or MOST_BREAKS):
            self.fail("max_length", max_length=self.max_length)
        return sorted(set(super().to_internal_value(data)))


# --- Doses ---------------------------------------------------------------------------------------------------


class ItemDoseSerializer(serializers.ModelSerializer):
    """A dose in numbers and in words."""

    text = serializers.CharField(source="dose.text", read_only=True)

    class Meta:
        model = ProgramItem
        fields = [*ITEM_DOSE_FIELDS, "text"]


def _number(name: str) -> WholeNumber:
    return WholeNumber(min_value=1, max_value=LIMITS[name], allow_null=True, required=False)


class DoseWrite(KnownFieldsMixin, serializers.Serializer):
    """A dose, or some of it: what is not named stays as it is; null means that it does not apply."""

    sets = _number("sets")
    repetitions = _number("repetitions")
    hold_seconds = _number("hold_seconds")
    duration_minutes = _number("duration_minutes")
    rest_seconds = _number("rest_seconds")
    passes = _number("passes")
    per_side = Flag(required=False)
    side = serializers.ChoiceField(choices=Side.choices(), allow_blank=True, required=False)
    tempo = Text(max_length=40, allow_blank=True, required=False)
    effort = Text(max_length=80, allow_blank=True, required=False)


class VariantWrite(DoseWrite):
    """What differs from the usual: some of the dose, or `in` to leave the exercise out or take it in."""

    vars()[PRESENT] = Flag(required=False)  # a word that Python keeps for itself


class VariantsWrite(KnownFieldsMixin, serializers.Serializer):
    """What differs on an easy day and in a flare. A variant that is not named is as usual."""

    easy = VariantWrite(required=False)
    flare = VariantWrite(required=False)

    def to_internal_value(self, data: Any) -> dict[str, dict[str, Any]]:
        said = super().to_internal_value(data)
        return {variant.value: dict(said[variant]) for variant in POOR_DAYS if said.get(variant)}


def one_way(data: dict[str, Any]) -> dict[str, Any]:
    """At most one way of having days of one's own; naming one ends the others. Raises ValidationError."""
    named = [name for name in OWN_DAYS if data.get(name) is not None]
    if len(named) > 1:
        raise serializers.ValidationError({named[1]: ONE_WAY})
    return data | {name: None for name in OWN_DAYS if named and name not in named}
