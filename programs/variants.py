"""What becomes of a program on a poor day. Pure: what the therapist wrote for each variant in, a plan out.

An item's `variants` maps `easy` and `flare` to what differs there from the usual: some dose fields, or
`{"in": false}` for left out. Without a word of its own an item stays in the easy variant as it is; the flare variant
then is the minimum core where one is marked, and everything otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from programs.enums import Variant

Overrides = Mapping[str, Mapping[str, Any]]
PRESENT = "in"
POOR_DAYS = (Variant.EASY, Variant.FLARE)
MOST_CORE = 3


def is_in(variant: Variant, overrides: Overrides, *, is_core: bool, has_core: bool) -> bool:
    """Whether an item belongs to `variant`. `has_core`: some item of the program is marked as minimum core."""
    own = overrides.get(variant)
    if own is not None and PRESENT in own:
        return bool(own[PRESENT])
    return variant is not Variant.FLARE or own is not None or is_core or not has_core


def dose_in(variant: Variant, usual: Mapping[str, Any], overrides: Overrides) -> dict[str, Any]:
    """The dose fields as they hold in `variant`."""
    own = overrides.get(variant, {})
    return {**usual, **{name: value for name, value in own.items() if name in usual}}


@dataclass(frozen=True, slots=True)
class Spell:
    """A variant from `first` to `last`, both included; `last` None means open."""

    first: date
    last: date | None
    variant: Variant


def variant_on(day: date, spells: Iterable[Spell]) -> Variant:
    """The variant in force on `day`: a spell that begins later takes over from one that still runs."""
    begun = [spell for spell in spells if spell.first <= day]
    newest = max(begun, key=lambda spell: spell.first, default=None)
    is_running = newest is not None and (newest.last is None or day <= newest.last)
    return newest.variant if newest and is_running else Variant.NORMAL
