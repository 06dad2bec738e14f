"""Reading CSV, whatever program wrote it: encoding, separator, quotes. Pure: bytes in, rows out."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from exercises.transfer.refusals import LONGEST_FIELD, MOST_ROWS, FileRefused, too_many_rows
from exercises.transfer.rows import Row, heading, with_names

SEPARATORS = ",;\t"
LONGEST_LINE = 1024 * 1024  # characters
CHUNK = 256 * 1024
MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}")
AS_UTF8 = "Save it again as “CSV UTF-8”."


def rows(file: BinaryIO, known: frozenset[str]) -> Iterator[Row]:
    """The rows below the heading, by its names; empty ones are left out. Raises FileRefused."""
    text = TextIOWrapper(file, encoding=encoding_of(file), newline="")
    try:
        yield from _rows(text, known)
    except UnicodeError as error:
        raise FileRefused(f"This file is cut off inside a letter. {AS_UTF8}") from error
    finally:
        text.detach()


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a text file, by its mark or its bytes. Leaves the file at its start."""
    file.seek(0)
    start = file.read(4)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    found = marked or _unmarked(file)
    file.seek(0)
    return found


def _unmarked(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_utf8, in_cp1252 = True, False, True
    file.seek(0)
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            raise FileRefused(f"This file holds NUL characters, so it is no CSV that we can read. {AS_UTF8}")
        has_utf8 = has_utf8 or _UTF8_LETTER.search(chunk) is not None
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
        in_cp1252 = in_cp1252 and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk)
    if is_utf8 and _decodes(decoder, b"", final=True):
        return "utf-8"
    if has_utf8:
        raise FileRefused(f"This file mixes two encodings, so letters would be wrong. {AS_UTF8}")
    return "cp1252" if in_cp1252 else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _rows(text: TextIOWrapper, known: frozenset[str]) -> Iterator[Row]:
    lines = _lines(text)
    first = next(lines, "")
    if len(first) > LONGEST_FIELD:
        raise FileRefused("The first row is too long to be a heading. Start from an export.")
    separator = max(SEPARATORS, key=lambda mark: len(known & set(_cells(first, mark))))
    names = heading(_cells(first, separator), known)
    for number, cells in _records(csv.reader(lines, delimiter=separator, strict=True)):
        if number > MOST_ROWS + 1:
            raise too_many_rows()
        if any(len(cell) > LONGEST_FIELD for cell in cells):
            raise FileRefused(f"Row {number} has a cell of more than {LONGEST_FIELD:,} characters. Shorten it.")
        if any(cells):
            yield with_names(number, names, cells)


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The records below the heading, numbered as a spreadsheet numbers its rows."""
    for number in itertools.count(2):
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(_grammar(error, number)) from error


def _cells(line: str, separator: str) -> list[str]:
    cells = next(csv.reader([line.strip("\r\n\ufeff")], delimiter=separator), [])
    return [cell.strip().lower() for cell in cells]


def _lines(text: TextIOWrapper) -> Iterator[str]:
    """Line by line, and never more of one line than its limit, whatever the file claims to be."""
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise FileRefused(f"A line has more than {LONGEST_LINE:,} characters. Is this a CSV file?")
        if "\0" in line:
            raise FileRefused(f"This file holds NUL characters, so it is no CSV that we can read. {AS_UTF8}")
        yield line


def _grammar(error: csv.Error, number: int) -> str:
    if "limit" in str(error) or "unexpected end" in str(error):
        return f"Row {number} opens a quotation mark that is never closed. Double the quotation marks inside a text."
    return f"Row {number} has a quotation mark where none may be. Save the file again from the spreadsheet program."
