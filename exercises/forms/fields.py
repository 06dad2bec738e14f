"""Fields that hold several values: ticks, boxes under each other, lines, and an exercise of the library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from config.lib.models import storable
from config.lib.text import fold, has_unstorable, normal
from config.lib.words import Word
from exercises.models.exercises import ExerciseQuerySet

CODE_BEHIND = re.compile(r"\(([A-Z][A-Za-z0-9]{1,22})\)\s*$")


class WordsField(forms.MultipleChoiceField):
    """Words of one vocabulary, ticked. What was there before keeps its order, because the first word leads."""

    def __init__(self, words: Iterable[Word], **kwargs: Any) -> None:
        choices = [(word.value, word.label) for word in words]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **{"required": False, **kwargs})
        self.error_messages |= dict.fromkeys(["invalid_choice", "invalid_list"], "Choose from the list.")

    def clean(self, value: Any) -> list[str]:
        chosen = list(dict.fromkeys(super().clean(value)))
        before = [word for word in self.initial or [] if word in chosen]
        return before + [word for word in chosen if word not in before]


class BoxesWidget(forms.Widget):
    """Text boxes of one name under each other; the template draws them."""

    input_type = "text"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [value for value in values if isinstance(value, str)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class ListField(forms.Field):
    """Short texts in an order; empty ones are left out. Faults name the number of the item."""

    def __init__(self, *, item: str, longest: int, most: int, **kwargs: Any) -> None:
        self.item, self.longest, self.most = item, longest, most
        super().__init__(**{"required": False, "widget": BoxesWidget, **kwargs})

    def clean(self, value: Any) -> list[str]:
        texts = [text for text in (" ".join(line.split(" ")).strip() for line in value or []) if text]
        if len(texts) > self.most:
            raise ValidationError(f"At most {self.most}.", code="too_many")
        faults = [fault for number, text in enumerate(texts, 1) for fault in self._faults(number, text)]
        if faults:
            raise ValidationError(faults)
        return [normal(text) for text in texts]

    def _faults(self, number: int, text: str) -> Iterable[ValidationError]:
        try:
            storable(text)
        except ValidationError as fault:
            yield ValidationError(f"{self.item} {number}: {fault.message}", code="unstorable")
        if len(text) > self.longest:
            yield ValidationError(f"{self.item} {number} is over {self.longest} characters.", code="too_long")


class LinesField(ListField):
    """The same in one box, a line for each; nothing twice."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = re.split(r"[\r\n;,]+", value) if isinstance(value, str) else value
        return list({fold(text): text for text in reversed(super().clean(lines))}.values())[::-1]


class NeighbourField(forms.CharField):
    """Another exercise, typed or picked as `Name (code)`, as a code or as a name; the value is its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, "strip": True, **kwargs})
        self.known = Neighbours()

    def prepare_value(self, value: Any) -> Any:
        return self.known.said(value)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        code = self.known.code_of(typed)
        if typed and not code:
            raise ValidationError("No exercise has this name or code. Choose one from the list.", code="unknown")
        if code and code == self.known.own_code:
            raise ValidationError("That is this exercise itself.", code="itself")
        return code


class Neighbours:
    """The exercises that the fields of one form may mean, read in one statement."""

    def __init__(self, library: ExerciseQuerySet | None = None, typed: Iterable[str] = (), own_code: str = "") -> None:
        self.own_code = own_code
        wanted = [text for text in typed if text and not has_unstorable(text)]
        self.names: dict[str, str] = {}
        if library is not None and wanted:
            named = reduce(or_, [Q(name__iexact=text.strip()) for text in wanted])
            found = library.filter(named | Q(code__in=[*map(_code_in, wanted)]))
            self.names = dict(found.values_list("code", "name"))

    def said(self, code: Any) -> Any:
        """`Name (code)` for a code that is known; anything else as it is."""
        return f"{self.names[code]} ({code})" if code in self.names else code

    def code_of(self, typed: str) -> str:
        """The code that is meant, or "" when none or more than one could be."""
        if (code := _code_in(typed)) in self.names:
            return code
        named = [code for code, name in self.names.items() if fold(name) == fold(typed)]
        return named[0] if len(named) == 1 else ""


def _code_in(typed: str) -> str:
    behind = CODE_BEHIND.search(typed)
    return behind[1] if behind else typed.strip()
