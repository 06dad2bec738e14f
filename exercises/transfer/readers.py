"""The one door for files: what a file is, whether we take it, and its rows. Pure, and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from exercises.enums import JobLayout
from exercises.transfer import documents, tables, workbooks
from exercises.transfer.refusals import MEGABYTE, MOST_BYTES, FileRefused
from exercises.transfer.rows import Row
from exercises.transfer.workbooks import NO_ZIP, ZIP_MARKS

ENDINGS = {
    ".csv": JobLayout.CSV,
    ".tsv": JobLayout.CSV,
    ".txt": JobLayout.CSV,
    ".xlsx": JobLayout.XLSX,
    ".json": JobLayout.JSON,
}
NO_ARCHIVE = "Archives are not accepted. Unpack it and upload the CSV, XLSX or JSON file that is inside."
NO_OLD_EXCEL = "This is an old Excel file, or one with a password. Save it as XLSX without a password, or as CSV."
# The first bytes of what people send by mistake, or rename.
MARKS = [
    (b"\x1f\x8b", NO_ARCHIVE),
    (b"BZh", NO_ARCHIVE),
    (b"\xfd7zXZ", NO_ARCHIVE),
    (b"7z\xbc\xaf", NO_ARCHIVE),
    (b"Rar!", NO_ARCHIVE),
    (b"\x28\xb5\x2f\xfd", NO_ARCHIVE),
    (b"\xd0\xcf\x11\xe0", NO_OLD_EXCEL),
]
TAR_MARK, TAR_PLACE = b"ustar", 257
WRONG_ENDING = {
    JobLayout.XLSX: "This is an Excel workbook under another name. Give it the ending .xlsx and try again.",
    JobLayout.CSV: "This is no Excel workbook. Save it as XLSX from the spreadsheet program, or as CSV.",
}
TOO_LARGE = f"A file may have at most {MOST_BYTES // MEGABYTE} MB. Split it and import the parts one by one."


@dataclass(frozen=True, slots=True)
class Source:
    """A file that we take: its layout, the number of its rows where it was cheap to count, and what to know of it."""

    layout: JobLayout
    total: int
    notes: tuple[str, ...] = ()


def inspect(file: BinaryIO, name: str, size: int, known: frozenset[str]) -> Source:
    """Look at all of a file without keeping it. Raises FileRefused; what is wrong inside a row is not its matter."""
    if not size:
        raise FileRefused("This file is empty. Choose the file again.")
    if size > MOST_BYTES:
        raise FileRefused(TOO_LARGE)
    layout = _layout(file, name)
    if layout == JobLayout.XLSX:
        return Source(layout, _count_workbook(file, known))
    if layout == JobLayout.JSON and documents.are_facts(documents.records(file)):
        layout = JobLayout.FACTS
    total = sum(1 for _ in rows(file, layout, known))
    if not total:
        raise FileRefused("This file has no rows below its heading. Add some, or export the library to start from.")
    return Source(layout, total, _notes(file, layout))


def rows(file: BinaryIO, layout: str, known: frozenset[str]) -> Iterator[Row]:
    """The rows of a file of this layout. Raises FileRefused, at any row."""
    file.seek(0)
    if layout == JobLayout.FACTS:
        return documents.fact_rows(file)
    reader = {JobLayout.CSV: tables.rows, JobLayout.XLSX: workbooks.rows, JobLayout.JSON: documents.rows}
    return reader[JobLayout(layout)](file, known)


def _layout(file: BinaryIO, name: str) -> JobLayout:
    ending = PurePath(name).suffix.lower()
    start = file.read(TAR_PLACE + len(TAR_MARK))
    file.seek(0)
    for mark, sentence in MARKS:
        if start.startswith(mark):
            raise FileRefused(sentence)
    if start[TAR_PLACE:] == TAR_MARK:
        raise FileRefused(NO_ARCHIVE)
    if ending not in ENDINGS:
        raise FileRefused(NO_ZIP if start.startswith(ZIP_MARKS) else "Choose a file that ends in .csv, .xlsx or .json.")
    layout = ENDINGS[ending]
    if start.startswith(ZIP_MARKS) and layout != JobLayout.XLSX:
        workbooks.inspect(file)
        raise FileRefused(WRONG_ENDING[JobLayout.XLSX])
    if not start.startswith(ZIP_MARKS) and layout == JobLayout.XLSX:
        raise FileRefused(WRONG_ENDING[JobLayout.CSV])
    return layout


def _count_workbook(file: BinaryIO, known: frozenset[str]) -> int:
    """A small workbook is read at once; of a large one the job finds out what is in it."""
    if workbooks.inspect(file) > workbooks.SOON_READ:
        return 0
    total = sum(1 for _ in rows(file, JobLayout.XLSX, known))
    if not total:
        raise FileRefused("The first sheet has no rows below its heading. Add some, or export the library.")
    return total


def _notes(file: BinaryIO, layout: str) -> tuple[str, ...]:
    if layout != JobLayout.CSV:
        return ()
    old = {"cp1252": "Windows-1252", "latin-1": "Latin-1"}.get(tables.encoding_of(file))
    return (f"Read as {old}. Look at accents and quotation marks before you import.",) if old else ()
