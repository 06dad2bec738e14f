"""The words of the free-exercise-db and ours. Pure, and honest: what has no word of ours stays out, and is counted.

Source: github.com/yuhonas/free-exercise-db, declared by its authors under The Unlicense (public domain). Only its facts
are taken (name, level, equipment, muscles, category); its pictures and instructions are of unclear origin and are not.
Every exercise becomes a draft without text, dose, position and safety features: incomplete and unreviewed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exercises.enums import Equipment, EvidenceStrength, Kind, Level, Region

SOURCE = "free-exercise-db"
LICENCE = "The Unlicense"
MARKS = frozenset({"id", "name", "category", "primaryMuscles"})
KEYS = MARKS | {"force", "level", "mechanic", "equipment", "secondaryMuscles", "instructions", "images"}
LONGEST_ID = 60
LONGEST_WORD = 40
MOST_MUSCLES = 20

# Jumping and lifting for power or strength are all work against load, so they are strengthening here.
KINDS = {
    "stretching": Kind.STRETCHING,
    "strength": Kind.STRENGTHENING,
    "powerlifting": Kind.STRENGTHENING,
    "olympic weightlifting": Kind.STRENGTHENING,
    "strongman": Kind.STRENGTHENING,
    "plyometrics": Kind.STRENGTHENING,
    "cardio": Kind.AEROBIC,
}
# These say the same as our word; the others lose something on the way.
EXACT = {"stretching", "strength", "cardio"}
LEVELS = {"beginner": Level.BEGINNER, "intermediate": Level.INTERMEDIATE, "expert": Level.ADVANCED}
MUSCLES = {
    "abdominals": Region.ABDOMINALS,
    "abductors": Region.HIP_ABDUCTORS,
    "adductors": Region.HIP_ADDUCTORS,
    "biceps": Region.ARMS,
    "calves": Region.CALF,
    "chest": Region.CHEST,
    "forearms": Region.ARMS,
    "glutes": Region.GLUTEALS,
    "hamstrings": Region.HAMSTRINGS,
    "lats": Region.BACK,
    "lower back": Region.BACK_EXTENSORS,
    "middle back": Region.BACK,
    "neck": Region.NECK,
    "quadriceps": Region.QUADRICEPS,
    "shoulders": Region.SHOULDERS,
    "traps": Region.SHOULDER_BLADES,
    "triceps": Region.ARMS,
}
# Barbell, dumbbell, cable, machine, kettlebells, balls, "other": no patient of ours has them, and we have no word.
EQUIPMENT = {"body only": Equipment.NONE, "bands": Equipment.BAND, "foam roll": Equipment.FOAM_ROLLER}
# "-SMR" is self-myofascial release: foam rolling, which the source files under stretching.
ROLLING = re.compile(r"[- ]SMR\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """One record in our words: the columns of a draft, its code and origin, and the words that found no place."""

    code: str
    origin: str
    values: dict[str, Any]
    note: str
    left_out: list[str] = field(default_factory=list)


class FactRefused(ValueError):
    """A record that cannot become a draft; names its key."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


def fact(record: Mapping[str, Any]) -> Fact:
    """The draft for one record. Raises FactRefused when it has no id, no name, or a word of no known category."""
    identity, name = _text(record, "id", LONGEST_ID), _text(record, "name", 160)
    told = {key: _word(record, key) for key in ("category", "level", "equipment", "force", "mechanic")}
    muscles = [*_list(record, "primaryMuscles"), *_list(record, "secondaryMuscles")]
    if told["category"] not in KINDS:
        raise FactRefused("category", f"Choose one of: {', '.join(KINDS)}.")
    rolls = told["category"] == "stretching" and (ROLLING.search(name) or told["equipment"] == "foam roll")
    thing = EQUIPMENT.get(told["equipment"])
    values = {
        "name": name,
        "kind": (Kind.FOAM_ROLLING if rolls else KINDS[told["category"]]).value,
        # Not told: the careful one.
        "level": LEVELS.get(told["level"], Level.ADVANCED).value,
        "regions": list(dict.fromkeys(MUSCLES[muscle].value for muscle in muscles if muscle in MUSCLES)),
        "equipment": [thing.value] if thing else [],
        # The weakest that there is; the gap list goes on asking for a source and a word on the evidence.
        "strength": EvidenceStrength.C.value,
    }
    return Fact(code_of(identity), origin_of(identity), values, _note(told, muscles), [*_left_out(told, muscles)])


def code_of(identity: str) -> str:
    """A code with the beginning of the id and a check word of all of it; short enough for a working copy's."""
    start = re.sub("[^A-Z0-9]+", "-", identity.upper()).strip("-")[:8].strip("-")
    check = base64.b32encode(hashlib.sha256(identity.encode()).digest()).decode()[:5]
    return "-".join(filter(None, ["FX", start, check]))


def origin_of(identity: str) -> str:
    """By this an exercise is known again when the file is imported a second time."""
    return f"{SOURCE} ({LICENCE}): {identity}"


def _note(told: Mapping[str, str], muscles: list[str]) -> str:
    words = [f"{key} {word}" for key, word in told.items() if word] + [f"muscles {', '.join(muscles)}"]
    return f"From {SOURCE}, incomplete and unreviewed. In its words: {'; '.join(words)}."


def _left_out(told: Mapping[str, str], muscles: list[str]) -> Iterator[str]:
    if told["category"] not in EXACT:
        yield f"category: {told['category']}"
    if told["equipment"] and told["equipment"] not in EQUIPMENT:
        yield f"equipment: {told['equipment']}"
    if not told["equipment"]:
        yield "equipment: not told"
    if told["level"] not in LEVELS:
        yield f"level: {told['level'] or 'not told'}"
    yield from (f"muscle: {muscle}" for muscle in muscles if muscle not in MUSCLES)
    yield from (f"{key}: {told[key]}" for key in ("force", "mechanic") if told[key])


def _text(record: Mapping[str, Any], key: str, most: int) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise FactRefused(key, f"Give a text of 1 to {most} characters.")
    return value.strip()


def _word(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_WORD or not re.fullmatch("[a-z0-9 -]*", value):
        raise FactRefused(key, "Give a word in small letters, or null.")
    return value


def _list(record: Mapping[str, Any], key: str) -> list[str]:
    value = record.get(key) or []
    fits = isinstance(value, list) and len(value) <= MOST_MUSCLES
    if not fits or not all(isinstance(word, str) and re.fullmatch("[a-z ]{1,40}", word) for word in value):
        raise FactRefused(key, "Give a list of muscles in small letters.")
    return list(value)
