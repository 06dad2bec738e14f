"""Reading the library's TOML files, one exercise each, and saying plainly what is wrong with them.

Pure: files in, `Entry` values out. `services/library.py` puts them into the database.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from config.lib.text import has_unstorable, normal
from config.lib.words import Word
from exercises.enums import Equipment, EvidenceStrength, Kind, Level, Position, Region
from exercises.features import Feature

FOLDER = Path(__file__).parent / "library"
TEXTS = ("set_up", "cue", "breathing", "feel", "stop_if", "why", "mistake")
ALTERNATIVES = ("no_floor", "no_roller", "at_work", "too_painful")
NEIGHBOURS = ("easier", "harder", *ALTERNATIVES)
# What an exercise of one kind cannot be taught safely without.
PARTICULARS = {
    Kind.FOAM_ROLLING: ("zone", "pressure", "never_over"),
    Kind.THERMAL: ("skin_check", "cloth"),
    Kind.AEROBIC: ("effort",),
    Kind.AQUATIC: ("effort",),
}
COUNTS = ("sets", "repetitions", "hold_seconds", "duration_minutes")
MOST_STEPS, FEWEST_STEPS = 6, 3


class LibraryError(ValueError):
    """A file of the library that cannot be used; names the file and the key."""

    def __init__(self, file: str, key: str, trouble: str) -> None:
        super().__init__(f"{file}: {key}: {trouble}")
        self.file, self.key = file, key


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise as its file describes it. Words are checked, texts are present."""

    code: str
    name: str
    kind: Kind
    level: Level
    regions: tuple[Region, ...]
    positions: tuple[Position, ...]
    equipment: tuple[Equipment, ...]
    features: tuple[Feature, ...]
    aliases: tuple[str, ...]
    texts: dict[str, str]
    steps: tuple[str, ...]
    counts: dict[str, int | None]
    per_side: bool
    frequency: str
    particulars: dict[str, str]
    neighbours: dict[str, str]
    strength: EvidenceStrength
    source: str
    note: str
    review_due: date


def read_library(folder: Path = FOLDER) -> list[Entry]:
    """All exercises of `folder` in the order of their codes, with neighbours that exist."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise LibraryError(str(folder), "*.toml", "there is no exercise here")
    entries = [read_file(file) for file in files]
    codes = {entry.code for entry in entries}
    for entry in entries:
        for key, code in entry.neighbours.items():
            if code not in codes - {entry.code}:
                raise LibraryError(f"{entry.code}.toml", key, f"no other exercise has the code {code!r}")
    return entries


def read_file(file: Path) -> Entry:
    """The exercise in one file."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LibraryError(file.name, "file", f"not readable as TOML ({error})") from error
    return _Reader(file.name, data).entry()


class _Reader:
    """Takes the values out of one parsed file, key by key; what is left over at the end is an error."""

    def __init__(self, file: str, data: dict[str, Any], section: str = "") -> None:
        self.file, self.data, self.section = file, dict(data), section

    def entry(self) -> Entry:
        code = self.text("code")
        if f"{code}.toml" != self.file:
            raise self.error("code", f"{code!r} does not match the name of the file")
        kind = self.word("kind", Kind)
        wanted = PARTICULARS.get(kind, ())
        dose, other, evidence = self.table("dose"), self.table("alternatives"), self.table("evidence")
        beside = {key: self.text(key, optional=True) for key in ("easier", "harder")}
        beside |= {key: other.text(key, optional=True) for key in ALTERNATIVES}
        entry = Entry(
            code=code,
            name=self.text("name"),
            kind=kind,
            level=self.word("level", Level),
            regions=self.words("regions", Region),
            positions=self.words("positions", Position),
            equipment=self.words("equipment", Equipment),
            features=self.words("features", Feature, optional=True),
            aliases=self.list_of_texts("aliases"),
            texts={key: self.text(key) for key in TEXTS},
            steps=self.steps(),
            counts={key: dose.count(key) for key in COUNTS},
            per_side=dose.flag("per_side"),
            frequency=dose.text("frequency"),
            particulars={key: self.text(key) for key in wanted},
            neighbours={key: value for key, value in beside.items() if value},
            strength=evidence.word("strength", EvidenceStrength),
            source=evidence.text("source"),
            note=evidence.text("note"),
            review_due=evidence.day("review_due"),
        )
        if not any(entry.counts.values()):
            raise dose.error("dose", "needs at least one of " + ", ".join(COUNTS))
        for part in (self, dose, other, evidence):
            part.nothing_left()
        return entry

    def error(self, key: str, trouble: str) -> LibraryError:
        return LibraryError(self.file, f"{self.section}.{key}".strip("."), trouble)

    def nothing_left(self) -> None:
        for key in self.data:
            raise self.error(key, "is not a key we know")

    def table(self, key: str) -> _Reader:
        value = self.data.pop(key, None)
        if not isinstance(value, dict):
            raise self.error(key, "is missing")
        return _Reader(self.file, value, key)

    def text(self, key: str, *, optional: bool = False) -> str:
        return self.checked(key, self.data.pop(key, ""), optional=optional)

    def checked(self, key: str, value: Any, *, optional: bool = False) -> str:
        if not isinstance(value, str) or has_unstorable(value):
            raise self.error(key, "has to be text without control characters")
        if not value.strip() and not optional:
            raise self.error(key, "is missing or empty")
        return normal(value.strip())

    def list_of_texts(self, key: str) -> tuple[str, ...]:
        values = self.data.pop(key, None)
        if not isinstance(values, list):
            raise self.error(key, "has to be a list")
        return tuple(self.checked(key, value) for value in values)

    def steps(self) -> tuple[str, ...]:
        steps = self.list_of_texts("steps")
        if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
            raise self.error("steps", f"has {len(steps)} steps; {FEWEST_STEPS} to {MOST_STEPS} can be kept in mind")
        return steps

    def word(self, key: str, words: type[Any]) -> Any:
        return self.known(key, self.text(key), words)

    def words(self, key: str, words: type[Any], *, optional: bool = False) -> tuple[Any, ...]:
        found = tuple(self.known(key, value, words) for value in self.list_of_texts(key))
        if len(set(found)) != len(found):
            raise self.error(key, "names the same word twice")
        if not found and not optional:
            raise self.error(key, "is missing or empty")
        return found

    def known(self, key: str, value: str, words: type[Word]) -> Word:
        try:
            return words(value)
        except ValueError:
            choices = ", ".join(word.value for word in words)
            raise self.error(key, f"{value!r} is not one of: {choices}") from None

    def count(self, key: str) -> int | None:
        value = self.data.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise self.error(key, "has to be a whole number from 1 up")
        return value

    def day(self, key: str) -> date:
        value = self.data.pop(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, "has to be a date like 2027-11-01")
        return value

    def flag(self, key: str) -> bool:
        value = self.data.pop(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "has to be true or false")
        return value


def sentences(texts: Iterable[str]) -> list[str]:
    """The sentences in `texts`, for checking that they are short."""
    joined = " ".join(texts).replace("!", ".").replace("?", ".").replace(";", ".")
    return [part.strip() for part in joined.split(". ") if part.strip(" .")]
