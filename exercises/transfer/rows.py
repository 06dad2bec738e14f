"""What every reader gives: rows with the number that a person sees beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from exercises.transfer.refusals import MOST_COLUMNS, FileRefused, named


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, its values by column, and what is wrong with it as a whole."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


def heading(cells: Sequence[str], known: frozenset[str]) -> list[str]:
    """The columns that a first row names. Raises FileRefused for anything but known ones, each once, with code."""
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FileRefused(f"The first row has more than {MOST_COLUMNS} columns. Keep the columns of the library.")
    if not known & set(names):
        raise FileRefused("The first row has to name the columns, such as code, name, kind. Start from an export.")
    for place, name in enumerate(names, 1):
        if name not in known:
            raise FileRefused(f"Column {place} of the first row is {named(name)}, which the library does not have.")
        if names.index(name) < place - 1:
            raise FileRefused(f"The first row has the column {named(name)} twice. Keep one of them.")
    if "code" not in names:
        raise FileRefused("The column “code” is missing. Leave its cells empty for new exercises.")
    return names


def with_names(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    """The cells of a row by column. A row of another length is in trouble, because its cells have slipped."""
    filled = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    found = max(filled, min(len(cells), len(names)))
    if found != len(names):
        return Row(number, trouble=f"It has {found} cells, the first row has {len(names)}.")
    return Row(number, dict(zip(names, cells, strict=False)))
