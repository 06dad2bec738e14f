"""The columns of a file as django-import-export fields: each turns a cell into a value, or into one plain sentence.

Table layouts bring text; JSON brings its own types (`native=True`) and is held to them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from import_export.fields import Field
from import_export.widgets import Widget

from config.lib.text import has_unstorable, normal
from config.lib.words import Word
from exercises.enums import Kind
from exercises.library import PARTICULARS
from exercises.models import Exercise
from exercises.transfer import cells

UNSTORABLE = "This text contains a character that cannot be stored."
YES, NO = {"yes", "true", "1"}, {"no", "false", "0", ""}


class Text(Widget):
    """One text up to a length. What only differs in the ends of its lines is the same."""

    def __init__(self, most: int, *, required: bool = False, pattern: str = "", sentence: str = "") -> None:
        super().__init__()
        self.most, self.required, self.pattern, self.sentence = most, required, pattern, sentence

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> str:
        text = _text(value, native)
        if len(text) > self.most:
            raise ValueError(f"Write at most {self.most} characters; these are {len(text):,}.")
        if self.required and not text:
            raise ValueError("This cannot be empty.")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError(self.sentence)
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value or ""

    def same(self, one: Any, other: Any) -> bool:
        return _plain(one or "") == _plain(other or "")


class Texts(Widget):
    """Several texts: `a | b` in a table, a list in JSON."""

    def __init__(self, most: int, longest: int) -> None:
        super().__init__()
        self.most, self.longest = most, longest

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> list[str]:
        items = _items(value, native)
        if len(items) > self.most:
            raise ValueError(f"List at most {self.most}; these are {len(items):,}.")
        for place, item in enumerate(items, 1):
            if len(item) > self.longest:
                raise ValueError(f"Item {place} has more than {self.longest} characters.")
        return items

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> list[str]:
        return list(value or [])

    def same(self, one: Any, other: Any) -> bool:
        return [_plain(item) for item in one or []] == [_plain(item) for item in other or []]


class OneWord(Widget):
    """A word of a closed vocabulary, by its value or by its label."""

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.known = _known(words)
        self.sentence = f"Choose one of: {', '.join(word.value for word in words)}."

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> str:
        word = self.known.get(_text(value, native).casefold())
        if word is None:
            raise ValueError(self.sentence)
        return word

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)


class Words(Texts):
    """Words of a closed vocabulary, in their order, none twice."""

    def __init__(self, words: list[Any]) -> None:
        super().__init__(most=len(words), longest=80)
        self.known = _known(words)

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> list[str]:
        found = []
        for place, item in enumerate(super().clean(value, row, native=native), 1):
            word = self.known.get(item.casefold())
            if word is None:
                raise ValueError(f"Item {place} is no word of the library. The import page lists the words.")
            if word in found:
                raise ValueError(f"Item {place} is there twice.")
            found.append(word)
        return found


class Whole(Widget):
    """A whole number from 1 up to a limit, or nothing."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.sentence = f"Enter a whole number from 1 to {most:,}."

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> int | None:
        if native and (value is None or (isinstance(value, int) and not isinstance(value, bool))):
            number = value
        elif native and value != "":
            raise ValueError(self.sentence)
        else:
            text = str(value).strip()
            if text and not re.fullmatch("[0-9]{1,9}", text):
                raise ValueError(self.sentence)
            number = int(text) if text else None
        if number is not None and not 1 <= number <= self.most:
            raise ValueError(self.sentence)
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> int | None:
        return value if value is None else int(value)

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)


class Flag(Widget):
    """Yes or no."""

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> bool:
        if native and not (value is None or isinstance(value, bool)):
            raise ValueError("Write true or false.")
        text = "" if value is None else str(value).strip().casefold()
        if text not in YES | NO:
            raise ValueError("Write yes or no.")
        return text in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> bool:
        return bool(value)

    def same(self, one: Any, other: Any) -> bool:
        return bool(one) == bool(other)


class Day(Widget):
    """A date, written 2027-11-30."""

    def clean(self, value: Any, row: Any = None, *, native: bool = False, **kwargs: Any) -> date | None:
        text = _text(value, native)
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            day = None
        if day is None or not 2000 <= day.year <= 2100:
            raise ValueError("Write a date like 2027-11-30, between the years 2000 and 2100.")
        return day

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value) if value else ""

    def same(self, one: Any, other: Any) -> bool:
        return str(one or "") == str(other or "")


class Column(Field):
    """A column with a home of its own. A value that is the same leaves what is stored untouched."""

    widget: Any

    def save(self, instance: Exercise, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        if self.readonly:
            return
        cleaned = self.clean(row, **kwargs)
        if not self.widget.same(cleaned, self.get_value(instance)):
            self.put(instance, cleaned)

    def put(self, instance: Exercise, value: Any) -> None:
        setattr(instance, self.attribute, value)


class Part(Column):
    """A column that is one key of a JSON column: `facets__region`."""

    def put(self, instance: Exercise, value: Any) -> None:
        home, _, key = self.attribute.partition("__")
        parts = {name: part for name, part in getattr(instance, home).items() if name != key}
        setattr(instance, home, parts | {key: value} if value or home == "facets" else parts)


class Particular(Part):
    """Words that only some kinds have; for the others the cell stays empty."""

    def put(self, instance: Exercise, value: Any) -> None:
        key = self.attribute.partition("__")[2]
        if value and key not in PARTICULARS.get(Kind(instance.kind or Kind.STRETCHING), ()):
            kinds = ", ".join(kind.value for kind, keys in PARTICULARS.items() if key in keys)
            raise ValueError(f"Only these kinds have it: {kinds}. Leave the cell empty.")
        super().put(instance, value)


class Effort(Particular):
    """The talk test stands in two places, which are kept alike."""

    def put(self, instance: Exercise, value: Any) -> None:
        super().put(instance, value)
        instance.effort = value


def _known(words: Any) -> dict[str, str]:
    by_label = {word.label.casefold(): word.value for word in words}
    return by_label | {word.value.casefold(): word.value for word in words}


def _text(value: Any, native: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("Write a text.")
    text = value.strip(" \xa0") if native else cells.unguarded(value.strip(" \xa0"))
    if has_unstorable(text):
        raise ValueError(UNSTORABLE)
    return normal(_plain(text))


def _items(value: Any, native: bool) -> list[str]:
    if native and not (value is None or isinstance(value, list)):
        raise ValueError("Write a list.")
    items = value or [] if native else cells.split(_text(value, native))
    return [text for text in (_text(item, native=True) for item in items) if text]


def _plain(text: str) -> str:
    """With one kind of line end; a spreadsheet changes the others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
