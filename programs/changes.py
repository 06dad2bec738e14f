"""What differs between two versions of a prescription. Pure: two plans in, differences out.

`programs.change_words` says them. A plan is what a patient does; who wrote it, and when, makes no difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from config.lib.words import Word
from exercises.dosage import Dose
from programs.enums import Situation, Variant
from programs.schedule import Rule
from programs.variants import POOR_DAYS, PRESENT


@dataclass(frozen=True, slots=True)
class Line:
    """One exercise with all that the patient is told of it. `alternatives` maps a situation to a name."""

    exercise: UUID
    name: str
    dose: Dose = field(default_factory=Dose)
    weekdays: int | None = None
    every_days: int | None = None
    times_per_week: int | None = None
    slots: tuple[str, ...] = ()
    note: str = ""
    is_core: bool = False
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    alternatives: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> Rule | None:
        """Its own days; None means whenever the whole is due."""
        if self.weekdays is None and not self.every_days and not self.times_per_week:
            return None
        return Rule(weekdays=self.weekdays, every_days=self.every_days, times_per_week=self.times_per_week)


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule and its exercises in order."""

    rule: Rule
    lines: tuple[Line, ...]


class What(Word):
    """How two plans can differ."""

    SCHEDULE = "schedule"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Detail:
    """One value of an exercise that differs. `about` is a dose field, `where`, `days`, `slots`, `note`, `core`,
    `in` (whether it belongs to the variant) or `instead` (the alternative for a situation).

    `of` is the variant or the situation that it is about; empty means the usual.
    """

    about: str
    before: Any
    after: Any
    of: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`line` is the exercise as it is then (as it was, when it was removed); places count from 1."""

    what: What
    line: Line | None = None
    details: tuple[Detail, ...] = ()
    rules: tuple[Rule, Rule] | None = None
    place: int = 0
    was_at: int = 0


NUMBERS = ("sets", "repetitions", "hold_seconds", "duration_minutes", "passes", "rest_seconds")
TEXTS = ("tempo", "effort")
SIDES = ("side", "per_side")


def differences(before: Plan, after: Plan) -> list[Difference]:
    """Schedule first, then the exercises in their new order, then what was removed, then what only moved."""
    old, new = _named(before.lines), _named(after.lines)
    return [
        *_schedule(before.rule, after.rule),
        *(found for key, line in new.items() if (found := _of_line(old.get(key), line))),
        *(Difference(What.REMOVED, line) for key, line in old.items() if key not in new),
        *_moves(list(old), list(new), new),
    ]


def _named(lines: Iterable[Line]) -> dict[tuple[UUID, int], Line]:
    """Each line by its exercise; a second line of the same exercise is told apart by its count."""
    seen: Counter[UUID] = Counter()
    found = {}
    for line in lines:
        found[line.exercise, seen[line.exercise]] = line
        seen[line.exercise] += 1
    return found


def _schedule(before: Rule, after: Rule) -> list[Difference]:
    """The day from which "every other day" is counted is no difference that anybody asked for."""
    if replace(before, anchor=None) == replace(after, anchor=None):
        return []
    return [Difference(What.SCHEDULE, rules=(before, after))]


def _of_line(before: Line | None, after: Line) -> Difference | None:
    if before is None:
        return Difference(What.ADDED, after)
    details = tuple(_details(before, after))
    return Difference(What.CHANGED, after, details) if details else None


def _details(before: Line, after: Line) -> Iterable[Detail]:
    yield from _dose(_dose_values(before.dose), _dose_values(after.dose))
    yield from _differing("days", before.days, after.days)
    yield from _differing("slots", before.slots, after.slots)
    yield from _differing("note", before.note, after.note)
    yield from _differing("core", before.is_core, after.is_core)
    for variant in POOR_DAYS:
        yield from _variant(variant, before.variants.get(variant, {}), after.variants.get(variant, {}))
    for situation in Situation:
        pair = before.alternatives.get(situation, ""), after.alternatives.get(situation, "")
        yield from _differing("instead", *pair, of=situation)


def _differing(about: str, before: Any, after: Any, of: str = "") -> Iterable[Detail]:
    if before != after:
        yield Detail(about, before, after, of)


def _dose_values(dose: Dose) -> dict[str, Any]:
    return {one.name: getattr(dose, one.name) for one in fields(dose)}


def _dose(before: Mapping[str, Any], after: Mapping[str, Any], of: str = "") -> Iterable[Detail]:
    for name in (*NUMBERS, *TEXTS):
        yield from _differing(name, before.get(name) or None, after.get(name) or None, of)
    yield from _differing("where", _where(before), _where(after), of)


def _where(dose: Mapping[str, Any]) -> str:
    return str(dose.get("side") or "") or ("each" if dose.get("per_side") else "")


def _variant(variant: Variant, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Detail]:
    """What is written for a poor day. Left out says all there is to say."""
    yield from _differing("in", before.get(PRESENT), after.get(PRESENT), of=variant)
    if after.get(PRESENT) is not False:
        yield from _dose(before, after, of=variant)


def _moves(old: Sequence[Any], new: Sequence[Any], lines: Mapping[Any, Line]) -> Iterable[Difference]:
    """The fewest exercises that have to move to come from the old order to the new one."""
    place = {key: number for number, key in enumerate(old)}
    common = [key for key in new if key in place]
    stay = _longest_rising([place[key] for key in common])
    for key in common:
        if place[key] not in stay:
            yield Difference(What.MOVED, lines[key], place=new.index(key) + 1, was_at=place[key] + 1)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising row inside `numbers`, which are all different."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    found: set[int] = set()
    last: int | None = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
