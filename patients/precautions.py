"""Which conditions follow from hip replacements. Pure: operations and recorded conditions in, conditions out.

Sources: the shared clinical facts, section 3 (precautions by approach, stiff spine) and section 5 (never cleared by
date alone). Precautions hold from the day of the operation until a person writes down that the surgeon has cleared:
Eannucci 2019, HSS J 15:247, found 6 to 12 weeks and sometimes life, so no date can end them. A planned operation
counts for nothing before its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from patients.conditions import Condition
from patients.enums import Approach

# The matrix has no row for the direct superior approach: one clinic's page asks for no precautions, and no more was
# found. It enters from behind, through the same soft tissue as the posterior approach, so until somebody clears it
# the precautions of that approach hold. That asks too much of some hips; the other way would ask too little.
PRECAUTION = {
    Approach.POSTERIOR: Condition.THA_POSTERIOR,
    Approach.LATERAL: Condition.THA_LATERAL,
    Approach.ANTERIOR: Condition.THA_ANTERIOR,
    Approach.DIRECT_SUPERIOR: Condition.THA_POSTERIOR,
}
REPLACED = frozenset({*PRECAUTION.values(), Condition.THA_CLEARED})


@dataclass(frozen=True, slots=True)
class Operation:
    """One hip replacement as far as safety is concerned."""

    approach: Approach
    operated_on: date
    cleared_on: date | None = None

    def condition_on(self, day: date) -> Condition | None:
        """What it means on `day`; nothing before the operation, and cleared only from the day a person wrote down."""
        if day < self.operated_on:
            return None
        is_cleared = self.cleared_on is not None and self.cleared_on <= day
        return Condition.THA_CLEARED if is_cleared else PRECAUTION[self.approach]


def conditions_on(day: date, operations: Iterable[Operation], recorded: Set[Condition]) -> frozenset[Condition]:
    """All that counts on `day`: what is recorded, what follows from operations, and a new hip under a stiff spine.

    A pelvis below a fused spine cannot tilt, so any replaced hip may leave its socket to the front, whatever the
    approach and also after clearance (Oommen 2021, World J Orthop 12:970).
    """
    found = {*recorded, *(held for one in operations if (held := one.condition_on(day)))}
    if found & REPLACED and Condition.FUSED_THORACOLUMBAR_SPINE in found:
        found.add(Condition.THA_WITH_STIFF_SPINE)
    return frozenset(found)
