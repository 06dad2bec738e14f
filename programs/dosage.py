"""What one go through a program adds up to. Pure: lines in, totals out."""

from collections.abc import Iterable
from dataclasses import dataclass

from exercises.dosage import Dose, minutes_of
from exercises.enums import Equipment, Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One exercise as far as adding up needs it."""

    dose: Dose
    kind: Kind
    needs_floor: bool
    equipment: tuple[Equipment, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    count: int
    minutes: int
    get_downs: int
    kinds: tuple[tuple[Kind, int], ...]
    equipment: tuple[Equipment, ...]


def totals(lines: Iterable[Line]) -> Totals:
    """Minutes, ways down to the floor, kinds and things needed, for one go in this order."""
    lines = list(lines)
    kinds = dict.fromkeys(line.kind for line in lines)
    things = dict.fromkeys(thing for line in lines for thing in line.equipment)
    return Totals(
        count=len(lines),
        minutes=minutes_of([line.dose for line in lines]),
        get_downs=get_downs([line.needs_floor for line in lines]),
        kinds=tuple((kind, sum(line.kind is kind for line in lines)) for kind in kinds),
        equipment=tuple(thing for thing in things if thing is not Equipment.NONE),
    )


def get_downs(needs_floor: list[bool]) -> int:
    """How often one gets down to the floor: neighbours on the floor share one way down."""
    before = [False, *needs_floor]
    return sum(now and not earlier for earlier, now in zip(before, needs_floor, strict=False))
