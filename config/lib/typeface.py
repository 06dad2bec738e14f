"""Which characters our printing typeface can draw. A document must not fail for a name that it cannot."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fonts"
FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
BOX = "□"
# Drawn by nobody: they join, separate or choose the form of their neighbours.
UNSEEN = frozenset(map(ord, "\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f"))


def drawable(text: str) -> str:
    """`text` with a box in the place of every character that the typeface lacks."""
    if text.isascii() and text.isprintable():
        return text
    covered = _covered()
    return "".join(c if ord(c) in covered or ord(c) in UNSEEN else BOX for c in text)


def plain(text: str) -> str:
    """`drawable`, and nothing beyond Latin letters and common signs: what is left when shaping itself fails."""
    return "".join(c if ord(c) < 0x250 or c in "–—‘’“”…·•×□" else BOX for c in drawable(text))


def each_text(value: Any, change: Any) -> Any:
    """A copy of JSON-like `value` in which every text, keys left alone, went through `change`."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: each_text(one, change) for key, one in value.items()}
    return [each_text(one, change) for one in value] if isinstance(value, list | tuple) else value


@cache
def _covered() -> frozenset[int]:
    """Code points that every one of the files has a glyph for."""
    return frozenset.intersection(*(frozenset(_code_points((FOLDER / name).read_bytes())) for name in FILES))


def _code_points(font: bytes) -> set[int]:
    """The keys of a TrueType file's character map, from its segmented table (format 12 of `cmap`)."""
    cmap = next(offset for tag, offset in _tables(font) if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    starts = [cmap + struct.unpack_from(">HHI", font, cmap + 4 + 8 * n)[2] for n in range(count)]
    table = next(start for start in starts if struct.unpack_from(">H", font, start)[0] == 12)
    (groups,) = struct.unpack_from(">I", font, table + 12)
    found: set[int] = set()
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">III", font, table + 16 + 12 * number)
        found.update(range(first if glyph else first + 1, last + 1))
    return found


def _tables(font: bytes) -> list[tuple[bytes, int]]:
    (count,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(count))
    return [(tag, offset) for tag, _, offset, _ in records]
