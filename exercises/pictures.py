"""Which drawings there are. Pure: reads the index that the generator writes; the generator itself is not needed.

Addresses are below the static folder. Each file carries light and dark colours and follows the page's colour scheme.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INDEX = Path(__file__).parent / "figures" / "index.json"
FOLDER = "figures"


@dataclass(frozen=True, slots=True)
class Still:
    """One drawing: its address below the static folder, the same for print, and what it shows in words."""

    src: str
    print_src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """Everything drawn for one exercise. `move` is the address of the moving one, "" without one."""

    code: str
    stills: tuple[Still, ...]
    move: str
    stiff: tuple[Still, ...]

    @property
    def first(self) -> Still:
        return self.stills[0]

    @property
    def alt(self) -> str:
        """Start and end in one text, for the place where one picture stands for both."""
        return " ".join(still.alt for still in self.stills)


@cache
def all_pictures() -> dict[str, Pictures]:
    """By code. Read once a process; the index changes only with a release."""
    entries = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.is_file() else {}
    return {code: _pictures(code, entry) for code, entry in entries.items()}


def pictures_of(code: str) -> Pictures | None:
    """The drawings named `code`, or None."""
    return all_pictures().get(code)


def _pictures(code: str, entry: dict[str, object]) -> Pictures:
    def stills(infix: str, alts: object) -> tuple[Still, ...]:
        texts = alts if isinstance(alts, list) else []
        names = [f"{code}-{infix}{number}.svg" for number in range(1, len(texts) + 1)]
        return tuple(
            Still(f"{FOLDER}/{name}", f"{FOLDER}/print/{name}", alt) for name, alt in zip(names, texts, strict=True)
        )

    move = f"{FOLDER}/{code}-move.svg" if entry.get("move") else ""
    return Pictures(code, stills("", entry["alt"]), move, stills("stiff-", entry.get("stiff_alt")))
