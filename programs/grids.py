"""The grid on paper: exercises down, days across, and which of them are due. Pure; printed and typed in alike."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from programs.schedule import Plan, occurrences_on


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise at one time of day; `due` has an answer for each day. `key` is the item that it stands for."""

    key: UUID
    name: str
    due: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one time of day; "" for any time."""

    slot: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    days: tuple[date, ...]
    parts: tuple[Part, ...]

    @property
    def is_empty(self) -> bool:
        return not self.parts

    def sheets(self, width: int) -> list[Grid]:
        """The same in pieces of `width` days, as many as fit across a sheet of paper."""
        return [self._cut(start, start + width) for start in range(0, len(self.days), width)]

    def _cut(self, start: int, end: int) -> Grid:
        parts = tuple(
            Part(part.slot, tuple(Row(row.key, row.name, row.due[start:end]) for row in part.rows))
            for part in self.parts
        )
        return Grid(self.days[start:end], parts)


def make(days: Sequence[date], plan: Plan, names: Mapping[UUID, str]) -> Grid:
    """The grid of `plan` for these days; `names` are those of its items by key, in the order in which they stand.

    Rows that are due on none of the days, and times of day without rows, are left out.
    """
    due = {(one.day, one.slot, item.key) for day in days for one in occurrences_on(day, plan) for item in one.items}
    parts = (Part(slot, _rows(days, slot, names, due)) for slot in plan.rule.slots_or_any)
    return Grid(tuple(days), tuple(part for part in parts if part.rows))


def _rows(
    days: Sequence[date], slot: str, names: Mapping[UUID, str], due: Container[tuple[date, str, UUID | None]]
) -> tuple[Row, ...]:
    rows = (Row(key, name, tuple((day, slot, key) in due for day in days)) for key, name in names.items())
    return tuple(row for row in rows if any(row.due))
