"""Reading XLSX. A workbook is a zip of XML: both are looked at before anything opens them. No Django."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any, BinaryIO

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from exercises.transfer.refusals import (
    LONGEST_FIELD,
    MEGABYTE,
    MOST_COLUMNS,
    MOST_ROWS,
    FileRefused,
    too_many_rows,
)
from exercises.transfer.rows import Row, heading, with_names

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ENTRY_MARK = b"PK\x01\x02"
MOST_ENTRIES = 200
MOST_UNPACKED = 32 * MEGABYTE
# Below this a workbook is opened while the person waits; above it the job does.
SOON_READ = 2 * MEGABYTE
CHUNK = 256 * 1024
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
NO_ZIP = "Zip files are not accepted. Unpack it and upload the CSV, XLSX or JSON file that is inside."
DAMAGED = "This workbook is damaged or protected by a password. Open it, save it anew as XLSX, and try again."
TOO_LARGE = f"Unpacked, this workbook has more than {MOST_UNPACKED // MEGABYTE} MB. Split it, or save it as CSV."


def inspect(file: BinaryIO) -> int:
    """Refuse what is no workbook, or one that is made to hurt. The size that it unpacks to, in bytes."""
    if _count_marks(file) > MOST_ENTRIES:
        raise FileRefused(NO_ZIP)
    try:
        with zipfile.ZipFile(file) as archive:
            return _inspect(archive, _size(file))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        # zipfile has no error of its own for all of this: an unknown method is NotImplementedError, a password
        # RuntimeError, a cut or nonsensical directory OSError, EOFError or ValueError.
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(DAMAGED) from error


def _count_marks(file: BinaryIO) -> int:
    """How many entries the archive lists, at most; an archive of 65,536 is never opened to count them."""
    file.seek(0)
    count, tail = 0, b""
    while chunk := file.read(CHUNK):
        count += (tail + chunk).count(ENTRY_MARK)
        tail = chunk[-3:]
    file.seek(0)
    return count


def _size(file: BinaryIO) -> int:
    place = file.seek(0, 2)
    file.seek(0)
    return place


def _inspect(archive: zipfile.ZipFile, size: int) -> int:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names or len(names) < len(entries):
        raise FileRefused(NO_ZIP)
    if any(_is_strange(entry) for entry in entries) or sum(entry.compress_size for entry in entries) > size:
        raise FileRefused(DAMAGED)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise FileRefused(TOO_LARGE)
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            _look_through(archive, entry)
    return unpacked


def _is_strange(entry: zipfile.ZipInfo) -> bool:
    """Encrypted, a link, or a path that leads out: no spreadsheet program writes these."""
    parts = re.split(r"[/\\]", entry.filename)
    leads_out = ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]
    return leads_out or bool(entry.flag_bits & 1) or stat.S_ISLNK(entry.external_attr >> 16)


def _look_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse document types, where entity bombs live, and count rows without building any."""
    is_sheet = SHEETS.fullmatch(entry.filename) is not None
    rows, tail = 0, b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            text = tail + chunk
            if b"<!" in text.replace(b"\0", b"") and b"<!DOCTYPE" in text.replace(b"\0", b"").upper():
                raise FileRefused(DAMAGED)
            rows += len(re.findall(rb"<row[ />]", text)) if is_sheet else 0
            tail = chunk[-20:] if b"<row" not in chunk[-20:] else b""
    if rows > MOST_ROWS + 1:
        raise too_many_rows()


def rows(file: BinaryIO, known: frozenset[str]) -> Iterator[Row]:
    """The rows of the first sheet below its heading, as text; empty ones are left out. Raises FileRefused."""
    try:
        with closing(load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from _rows(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), known)
    except FileRefused:
        raise
    except (DefusedXmlException, InvalidFileException, zipfile.BadZipFile) as error:
        raise FileRefused(DAMAGED) from error
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, OSError) as error:
        # openpyxl meets a workbook that is not one with whatever error lies nearest.
        raise FileRefused(DAMAGED) from error


def _rows(cells_by_row: Iterator[tuple[Any, ...]], known: frozenset[str]) -> Iterator[Row]:
    names = heading([_text(cell) for cell in next(cells_by_row, ())], known)
    for number, values in enumerate(cells_by_row, 2):
        if number > MOST_ROWS + 1:
            raise too_many_rows()
        cells = [_text(value) for value in values]
        if any(len(cell) > LONGEST_FIELD for cell in cells):
            raise FileRefused(f"Row {number} has a cell of more than {LONGEST_FIELD:,} characters. Shorten it.")
        if any(cells):
            yield with_names(number, names, cells + [""] * (len(names) - len(cells)))


def _text(value: Any) -> str:
    """What a person sees in the cell, so that all table layouts meet the same rules."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
