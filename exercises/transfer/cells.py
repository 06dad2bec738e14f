"""Cells of a spreadsheet: lists on one line, and text that no program takes for a formula. Pure."""

import re
from collections.abc import Iterable

LONGEST_CELL = 32_767  # characters; what the spreadsheet programs hold
# Also their full-width forms, which some programs read alike.
_STARTS = re.escape("=+-@\t\r\n|＝＋－＠")
_LIKE_A_FORMULA = re.compile(f"'*[{_STARTS}]")
_GUARDED = re.compile(f"'+[{_STARTS}]")
_ITEM = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it where a program would take it for a formula."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """`text` without the apostrophe that `guarded` has put there; nothing else is taken away."""
    return text[1:] if _GUARDED.match(text) else text


def joined(items: Iterable[str]) -> str:
    """A list in one cell: `a | b`."""
    return " | ".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def split(text: str) -> list[str]:
    """The list in one cell, without its empty places."""
    items = (_ESCAPED.sub(r"\1", item).strip(" ") for item in _ITEM.findall(text))
    return [item for item in items if item.strip()]
