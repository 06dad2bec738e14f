"""What differs between two versions of an exercise, field by field and word by word. Pure.

`said` turns content into lines that people read; `compare` lays two of them side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from exercises.enums import Equipment, EvidenceStrength, Kind, Level, Position, Region
from exercises.features import Feature
from exercises.library import NEIGHBOURS

Content = Mapping[str, Any]
LABELS = {
    "name": "Name",
    "aliases": "Also called",
    "kind": "Kind",
    "level": "Level",
    "region": "Region",
    "position": "Position",
    "equipment": "Equipment",
    "figure": "Drawing",
    "set_up": "Set-up",
    "steps": "Steps",
    "cue": "Cue",
    "breathing": "Breathing",
    "feel": "What you should feel",
    "mistake": "Common mistake",
    "why": "Why it is worth doing",
    "zone": "Where to roll",
    "pressure": "How hard to press",
    "never_over": "Never roll over",
    "skin_check": "Skin check",
    "cloth": "Between skin and pack",
    "effort": "How hard (talk test)",
    "features": "What it asks of the body",
    "stop_if": "Stop if",
    "sets": "Sets",
    "repetitions": "Repetitions",
    "hold_seconds": "Hold",
    "duration_minutes": "Duration",
    "rest_seconds": "Rest between sets",
    "per_side": "Each side",
    "frequency": "How often",
    "easier": "Easier",
    "harder": "Harder",
    "no_floor": "Without the floor",
    "no_roller": "Without a roller",
    "at_work": "At work",
    "too_painful": "When it hurts too much",
    "strength": "Evidence grade",
    "source": "Source",
    "evidence_note": "How far the evidence reaches",
    "review_due_on": "Review due",
}
UNITS = {"hold_seconds": "s", "rest_seconds": "s", "duration_minutes": "min"}
FACETS = {"region": Region, "position": Position, "equipment": Equipment}
WORDS = {"kind": Kind, "level": Level, "strength": EvidenceStrength}
TOKEN = re.compile(r"\s*(?:\w+(?:[-'’]\w+)*|[^\w\s]+)")  # a word or signs, with the space before
MOST_ALIKE = 0.4  # below this, two lines are two lines and no change of one


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words. `is_changed`: gone, on the left; new, on the right."""

    text: str
    is_changed: bool


Line = list[Piece]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, line by line: a text has one line, a list one for each item; None where the other side has more."""

    field: str
    label: str
    is_list: bool
    lines: list[tuple[Line | None, Line | None]]

    @property
    def verdict(self) -> str:
        """`added`, `removed` or `changed`, for the reader who does not see colours."""
        if all(before is None for before, _ in self.lines):
            return "added"
        return "removed" if all(after is None for _, after in self.lines) else "changed"


def said(content: Content, names: Mapping[str, str]) -> dict[str, list[str]]:
    """The lines of each field as people read them, in the order of the editor. `names`: of neighbours, by code."""
    lines = {field: [*_lines(field, content, names)] for field in LABELS}
    return {field: [line for line in told if line] for field, told in lines.items()}


def compare(before: Content, after: Content, names: Mapping[str, str]) -> list[Difference]:
    """The fields that differ, in the order of the editor. An empty `before` shows everything as new."""
    old, new = said(before, names) if before else {}, said(after, names)
    return [
        Difference(field, label, _is_list(field), [*_side_by_side(old.get(field, []), new[field])])
        for field, label in LABELS.items()
        if old.get(field, []) != new[field]
    ]


def marked(before: str, after: str) -> tuple[Line, Line]:
    """Both texts in runs of words, those that the other one lacks marked."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    left: Line = []
    right: Line = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left += [Piece("".join(old[a:b]), tag != "equal")] if b > a else []
        right += [Piece("".join(new[c:d]), tag != "equal")] if d > c else []
    return left, right


def _is_list(field: str) -> bool:
    return field in {"aliases", "steps", "features", *FACETS}


def _lines(field: str, content: Content, names: Mapping[str, str]) -> Iterator[str]:
    if field in FACETS:
        yield from (FACETS[field](value).label for value in (content.get("facets") or {}).get(field, []))
    elif field == "features":
        yield from (Feature(value).label for value in content.get("features") or [])
    elif field in ("steps", "aliases"):
        yield from content.get(field) or []
    elif field in NEIGHBOURS:
        yield _named((content.get("neighbours") or {}).get(field, ""), names)
    elif field == "figure":
        yield _named(content.get(field) or "", names)
    else:
        yield _line(field, content)


def _named(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code


def _line(field: str, content: Content) -> str:
    if field not in content or field == "effort":
        return str((content.get("particulars") or {}).get(field) or "")
    value = content[field]
    if field in WORDS:
        return str(WORDS[field](value).label) if value else ""
    if field == "per_side":
        return "Yes" if value else ""
    return f"{value} {UNITS[field]}" if field in UNITS and value else str(value or "")


def _side_by_side(old: list[str], new: list[str]) -> Iterator[tuple[Line | None, Line | None]]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (([Piece(line, False)], [Piece(line, False)]) for line in old[a:b])
        else:
            yield from _changed(old[a:b], new[c:d])


def _changed(old: list[str], new: list[str]) -> Iterator[tuple[Line | None, Line | None]]:
    """Lines that took each other's place, in pairs while they are alike; the rest stand alone."""
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else None
        after = new[number] if number < len(new) else None
        if before is not None and after is not None and _alike(before, after):
            yield marked(before, after)
            continue
        if before is not None:
            yield [Piece(before, True)], None
        if after is not None:
            yield None, [Piece(after, True)]


def _alike(before: str, after: str) -> bool:
    return SequenceMatcher(None, TOKEN.findall(before), TOKEN.findall(after), autojunk=False).ratio() >= MOST_ALIKE
