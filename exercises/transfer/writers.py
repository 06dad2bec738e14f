"""Writing the library into a file, exercise by exercise. What a spreadsheet would take for a formula opens as text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from typing import Any, BinaryIO, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from exercises.enums import JobLayout
from exercises.transfer import cells
from exercises.transfer.cells import LONGEST_CELL

WIDTH = 28  # of a column, in characters


class CellTooLong(ValueError):
    """No spreadsheet can hold it, and cut short it would come back as a change."""

    def __init__(self, code: str, column: str) -> None:
        super().__init__(
            f"{code}, {column}: a spreadsheet cell holds {LONGEST_CELL:,} characters, and this has more. "
            "Export as JSON, or shorten it."
        )


class Writer(Protocol):
    """Takes rows in the order of the columns. `close` completes the file and leaves it open; `abandon` lets it be."""

    def add(self, values: Sequence[Any]) -> None: ...
    def close(self) -> None: ...
    def abandon(self) -> None: ...


@contextmanager
def writer(layout: str, file: BinaryIO, columns: Sequence[str]) -> Iterator[Writer]:
    """The writer for a layout; when nothing goes wrong, the file is complete at the end."""
    kinds: dict[str, type[Any]] = {JobLayout.CSV: _Table, JobLayout.XLSX: _Workbook, JobLayout.JSON: _Document}
    made: Writer = kinds[JobLayout(layout)](file, columns)
    try:
        yield made
    except BaseException:
        made.abandon()
        raise
    made.close()


def cell(value: Any, code: str, column: str) -> Any:
    """One value as a table shows it: a number or a guarded text. Raises CellTooLong."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    text = cells.guarded(cells.joined(value) if isinstance(value, list) else str(value))
    if len(text) > LONGEST_CELL:
        raise CellTooLong(code, column)
    return text


class _Table:
    """CSV in UTF-8 with its mark, so that spreadsheet programs read the accents; every cell is quoted."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self.columns = columns
        self.text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self.csv = csv.writer(self.text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self.csv.writerow(columns)

    def add(self, values: Sequence[Any]) -> None:
        self.csv.writerow([cell(value, values[0], name) for name, value in zip(self.columns, values, strict=True)])

    def close(self) -> None:
        self.text.detach()

    abandon = close


class _Workbook:
    """One sheet, written row by row; texts are texts, whatever they begin with."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self.file, self.columns = file, columns
        self.book = Workbook(write_only=True)
        self.sheet = self.book.create_sheet("Exercises")
        self.sheet.freeze_panes = "B2"
        for number in range(1, len(columns) + 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = WIDTH
        self.sheet.append([self._title(name) for name in columns])

    def _title(self, name: str) -> WriteOnlyCell:
        made = WriteOnlyCell(self.sheet, name)
        made.font = Font(bold=True)
        return made

    def add(self, values: Sequence[Any]) -> None:
        named = zip(self.columns, values, strict=True)
        # A guarded text begins with an apostrophe, so openpyxl writes no formula.
        self.sheet.append([cell(value, values[0], name) or None for name, value in named])

    def close(self) -> None:
        self.book.save(self.file)

    def abandon(self) -> None:
        self.book.save(BytesIO())  # nothing else closes what it holds open


class _Document:
    """A JSON list with one exercise a line."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self.file, self.columns = file, columns
        self.is_first = True

    def add(self, values: Sequence[Any]) -> None:
        record = dict(zip(self.columns, values, strict=True))
        self.file.write(b"[\n" if self.is_first else b",\n")
        self.file.write(json.dumps(record, ensure_ascii=False).encode())
        self.is_first = False

    def close(self) -> None:
        self.file.write(b"[]\n" if self.is_first else b"\n]\n")

    def abandon(self) -> None:
        pass
