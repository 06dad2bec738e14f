"""Field and row types that every app builds on."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible

from config.lib.ids import uuid7
from config.lib.text import has_unstorable, normal


@deconstructible
class Storable:
    """Refuses control characters, lone surrogates and direction overrides, naming no input back."""

    code = "unstorable"

    def __call__(self, value: object) -> None:
        if isinstance(value, str) and has_unstorable(value):
            raise ValidationError("This text contains a character that cannot be stored.", code=self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Storable)

    def __hash__(self) -> int:
        return hash(type(self))


storable = Storable()


class ShortText(models.CharField):
    """One line of text in composed form."""

    default_validators = [storable]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return normal(value) if isinstance(value, str) and not has_unstorable(value) else value


class LongText(models.TextField):
    """Several lines of text in composed form. `max_length` is checked by forms and by the API."""

    default_validators = [storable]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return normal(value) if isinstance(value, str) and not has_unstorable(value) else value


def is_time_zone(value: str) -> None:
    """Accept only a name of the time zone database."""
    if value not in available_timezones():
        raise ValidationError("Choose a time zone from the list, for example Europe/Berlin.", code="time_zone")


class Row(models.Model):
    """A row whose key sorts by time and needs no central counter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        abstract = True
