"""Why a file or a row is not taken: in words for people, with the limit and a next step, repeating no input. Pure."""

import re

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_JSON_BYTES = 5 * MEGABYTE
MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_FIELD = 64 * 1024  # characters

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]{0,39}")


class FileRefused(ValueError):
    """A file that cannot be imported; the message goes to the person who sent it."""


def too_many_rows() -> FileRefused:
    return FileRefused(f"This file has more than {MOST_ROWS:,} rows. Split it and import the parts one by one.")


def named(name: object) -> str:
    """A column or key as it may be repeated in a message: only what looks like a name."""
    text = str(name)
    return f"“{text}”" if _PLAIN_NAME.fullmatch(text) else "a name that we do not repeat here"
