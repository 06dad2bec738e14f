"""What one go through a program adds up to, and which order spares getting down. Pure: lines in, totals out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exercises.dosage import Dose, minutes_of
from exercises.enums import Equipment, Kind, Position


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exercise is done."""

    needs_floor: bool
    position: Position


def grouped(places: Sequence[Place]) -> list[int]:
    """An order of the indexes in which neighbours share a position and everything on the floor stands together.

    Positions come in the order in which the program first asks for them, and exercises within one keep theirs. One
    gets down once, or not at all.
    """
    seen: dict[Place, None] = dict.fromkeys(places)
    standing = [place for place in seen if not place.needs_floor]
    floor = [place for place in seen if place.needs_floor]
    first = next((index for index, place in enumerate(seen) if place.needs_floor), len(seen))
    order = [*standing[:first], *floor, *standing[first:]]
    return [index for wanted in order for index, place in enumerate(places) if place == wanted]


def saved_get_downs(places: Sequence[Place]) -> int:
    """How many ways down to the floor `grouped` spares."""
    after = [places[index].needs_floor for index in grouped(places)]
    return get_downs([place.needs_floor for place in places]) - get_downs(after)
