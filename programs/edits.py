"""A change of a program's items as a value that can be taken back and made again. Pure: plain values in and out.

A change consists of parts, one for each item it touches: what differed before, and what differs after. `None` stands
for "not there". Beside the columns of an item a part may hold `position`, its place counted from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

POSITION = "position"
LABELS = {
    "add": "adding",
    "remove": "removing",
    "move": "moving",
    "update": "changing",
    "group": "grouping by position",
    "copy": "copying",
}
State = Mapping[str, Any]
Part = tuple[State | None, State | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What was done (`add`, `update`, `move` ...), the item that it is best shown at and its name, and the parts."""

    did: str
    item: str
    name: str
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def inverse(self) -> Change:
        """The change that leads back."""
        return Change(self.did, self.item, self.name, {pk: (new, old) for pk, (old, new) in self.parts.items()})

    @property
    def label(self) -> str:
        """The change in words, for a button that takes it back."""
        what = LABELS.get(self.did, "changing")
        more = f" and {len(self.parts) - 1} more" if self.did == "copy" and len(self.parts) > 1 else ""
        return f"{what} {self.name}{more}".strip()

    @property
    def is_empty(self) -> bool:
        return not self.parts

    @property
    def added(self) -> list[str]:
        return [pk for pk, (old, _) in self.parts.items() if old is None]

    @property
    def removed(self) -> list[str]:
        return [pk for pk, (_, new) in self.parts.items() if new is None]

    @property
    def positions(self) -> dict[str, int]:
        """The places that the change asks for."""
        return {pk: new[POSITION] for pk, (_, new) in self.parts.items() if new and POSITION in new}

    def as_dict(self) -> dict[str, Any]:
        """For keeping as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        parts = {pk: (old, new) for pk, (old, new) in stored["parts"].items()}
        return cls(stored["did"], stored["item"], stored["name"], parts)


def columns(state: State) -> dict[str, Any]:
    """A state without its place."""
    return {name: value for name, value in state.items() if name != POSITION}


def fits(change: Change, now: Mapping[str, State]) -> bool:
    """Whether all that the change starts from is still so. `now` holds the items that are there, by id."""
    return all(_holds(pk, old, now) for pk, (old, _) in change.parts.items())


def is_done(change: Change, now: Mapping[str, State]) -> bool:
    """Whether everything already is as the change wants it."""
    return all(_holds(pk, new, now, with_place=True) for pk, (_, new) in change.parts.items())


def _holds(pk: str, state: State | None, now: Mapping[str, State], *, with_place: bool = False) -> bool:
    if state is None or pk not in now:
        return state is None and pk not in now
    wanted = state if with_place else columns(state)
    return all(now[pk].get(name) == value for name, value in wanted.items())


def arranged(ids: Sequence[str], change: Change) -> list[str]:
    """The order of the items after the change: each at the place it asks for, the others as they were."""
    places = change.positions
    order = [pk for pk in ids if pk not in places and pk not in change.removed]
    for pk in sorted(places, key=lambda pk: places[pk]):
        order.insert(max(0, places[pk]), pk)
    return order


def reordered(did: str, item: str, name: str, before: Sequence[str], after: Sequence[str]) -> Change:
    """The change from one order of the same items to another."""
    old = {pk: place for place, pk in enumerate(before)}
    new = {pk: place for place, pk in enumerate(after)}
    moved = {pk: ({POSITION: old[pk]}, {POSITION: new[pk]}) for pk in before if old[pk] != new[pk]}
    return Change(did, item, name, moved)
