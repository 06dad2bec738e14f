"""JSON as the standard has it: no NaN, no key twice, no endless nesting, each refused with a plain sentence."""

import json
import math
from typing import Any

MAX_DEPTH = 20


class JSONRefused(ValueError):
    """Text that we do not take; the message is for people and repeats none of it."""


def loads(text: str, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value in `text`. Raises JSONRefused."""
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
    except JSONRefused:
        raise
    except RecursionError as error:
        raise JSONRefused(_too_deep(max_depth)) from error
    except ValueError as error:
        raise JSONRefused("This is not valid JSON.") from error
    if _depth(data, max_depth) > max_depth:
        raise JSONRefused(_too_deep(max_depth))
    return data


def _too_deep(limit: int) -> str:
    return f"This is nested deeper than {limit} levels."


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JSONRefused("A key appears twice in the same object.")
    return found


def _constant(name: str) -> None:
    raise JSONRefused("NaN and Infinity are not numbers that JSON knows.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JSONRefused("A number is too large.")
    return number


def _depth(data: Any, limit: int, level: int = 0) -> int:
    if level > limit or not isinstance(data, dict | list):
        return level
    children = data.values() if isinstance(data, dict) else data
    return max((_depth(child, limit, level + 1) for child in children), default=level + 1)
