"""Reading JSON: a list of exercises as we export it, or the facts of another library. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from config.lib import strict_json
from exercises.transfer import facts
from exercises.transfer.refusals import (
    LONGEST_FIELD,
    MEGABYTE,
    MOST_COLUMNS,
    MOST_JSON_BYTES,
    MOST_ROWS,
    FileRefused,
    named,
    too_many_rows,
)
from exercises.transfer.rows import Row

# Each value of a full file, and room to spare: what is parsed must fit into memory, not only into the file.
MOST_VALUES = 500_000


def records(file: BinaryIO) -> list[dict[str, Any]]:
    """The objects in the file. Raises FileRefused for anything but a list of them within the limits."""
    data = _parsed(_text(file))
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise FileRefused("This JSON file has to be a list of exercises: [{…}, {…}]. Start from an export.")
    if len(data) > MOST_ROWS:
        raise too_many_rows()
    if any(len(record) > MOST_COLUMNS for record in data):
        raise FileRefused(f"An exercise has more than {MOST_COLUMNS} keys. Keep the columns of the library.")
    return data


def rows(file: BinaryIO, known: frozenset[str]) -> Iterator[Row]:
    """The exercises of one of our own files, numbered from 1. Raises FileRefused."""
    for number, record in enumerate(records(file), 1):
        for key in record:
            if key not in known:
                raise FileRefused(f"Item {number} has the key {named(key)}, which the library does not have.")
        if _longest(record) > LONGEST_FIELD:
            raise FileRefused(f"Item {number} has a text of more than {LONGEST_FIELD:,} characters. Shorten it.")
        yield Row(number, record)


def fact_rows(file: BinaryIO) -> Iterator[Row]:
    """The exercises of a facts file, numbered from 1, as they are. Raises FileRefused."""
    for number, record in enumerate(records(file), 1):
        if unknown := [key for key in record if key not in facts.KEYS]:
            raise FileRefused(f"Item {number} has the key {named(unknown[0])}, which a facts file does not have.")
        yield Row(number, record)


def are_facts(data: list[dict[str, Any]]) -> bool:
    """Whether these records have the shape of a facts file, whatever the file is called."""
    return bool(data) and set(data[0]) >= facts.MARKS


def _text(file: BinaryIO) -> str:
    file.seek(0)
    raw = file.read(MOST_JSON_BYTES + 1)
    if len(raw) > MOST_JSON_BYTES:
        raise FileRefused(
            f"A JSON file may have at most {MOST_JSON_BYTES // MEGABYTE} MB. Split it, or use CSV or XLSX."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("A JSON file has to be written in UTF-8. Save it again in that encoding.") from error


def _parsed(text: str) -> Any:
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise FileRefused(f"This JSON file has more than {MOST_VALUES:,} values. Split it and import the parts.")
    try:
        return strict_json.loads(text)
    except strict_json.JSONRefused as error:
        raise FileRefused(f"{error} Start from an export, and check the file with a JSON editor.") from error


def _longest(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max(map(_longest, parts), default=0)
