# ruff: noqa: E501  a case on one line is read as one case
"""Files that nobody means well with, as real bytes. Each with the sentence that answers it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

HEAD = "code,name,kind,level,strength,hold_seconds\n"
ROW = "T900,Bridge,strengthening,beginner,B,5\n"
SECRET = "zq7-do-not-repeat-me"  # stands in the bad places, and must not come back

AS_UTF8 = "Save it again as “CSV UTF-8”."
NO_ZIP = "Zip files are not accepted. Unpack it and upload the CSV, XLSX or JSON file that is inside."
NO_ARCHIVE = "Archives are not accepted. Unpack it and upload the CSV, XLSX or JSON file that is inside."
DAMAGED = "This workbook is damaged or protected by a password. Open it, save it anew as XLSX, and try again."
TOO_LARGE = "A file may have at most 10 MB. Split it and import the parts one by one."
LONG_LINE = "A line has more than 1,048,576 characters. Is this a CSV file?"
HINT = "Start from an export, and check the file with a JSON editor."
NUL = f"This file holds NUL characters, so it is no CSV that we can read. {AS_UTF8}"
MEGABYTE = 1024 * 1024


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(rows: list[list[object]] | None = None) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows or [HEAD.strip().split(","), ROW.strip().split(",")]:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def altered(change: Callable[[str, bytes], bytes], *extra: tuple[str, bytes]) -> bytes:
    """A sound workbook with some of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as sound:
        entries = {name: change(name, sound.read(name)) for name in sound.namelist()}
    return packed(entries | dict(extra))


def sheet(text: bytes) -> bytes:
    return altered(lambda name, data: text if name == "xl/worksheets/sheet1.xml" else data)


def entity_bomb(encoding: str = "utf-8") -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE s [<!ENTITY l0 "ha">{levels}]><worksheet>&l9;</worksheet>'
    return sheet(xml.encode(encoding))


def symlink() -> bytes:
    buffer = io.BytesIO(altered(lambda name, data: data))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("xl/media/passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def encrypted() -> bytes:
    """Only the flags say so, which is all that anybody may look at."""
    data = bytearray(workbook())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            data[start + place] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Every entry of the directory leads to the same kilobytes: Fifield's way to a bomb."""
    body = packed({"[Content_Types].xml": b"\0" * MEGABYTE})
    start = body.index(b"PK\x01\x02")
    directory = body[start : body.index(b"PK\x05\x06")]
    names = ["[Content_Types].xml", "xl/workbook.xml", *[f"xl/{number}.xml" for number in range(20)]]
    entries = b"".join(_named(directory, name) for name in names)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(names), len(names), len(entries), start, 0)
    return body[:start] + entries + end


def _named(entry: bytes, name: str) -> bytes:
    head, old = bytearray(entry[:46]), entry[28:30]
    struct.pack_into("<H", head, 28, len(name))
    return bytes(head) + name.encode() + entry[46 + struct.unpack("<H", old)[0] :]


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        device = tarfile.TarInfo("dev/null")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    return buffer.getvalue()


def nested_bomb() -> bytes:
    """Zips in a zip, as 42.zip has them."""
    inner = packed({"0.dll": b"\0" * MEGABYTE})
    return packed({f"lib {number}.zip": inner for number in range(16)})


def many_entries() -> bytes:
    return packed({f"{number}": b"" for number in range(65_536)})


# name, file name, bytes, sentence
TABLES: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("empty", "a.csv", lambda: b"", "This file is empty. Choose the file again."),
    ("100 MB line", "a.csv", lambda: HEAD.encode() + b"x" * (100 * MEGABYTE), TOO_LARGE),
    ("10 MB line", "a.csv", lambda: HEAD.encode() + b"x" * (9 * MEGABYTE), LONG_LINE),
    ("no newline", "a.csv", lambda: b"x" * (2 * MEGABYTE), LONG_LINE),
    ("million empty columns", "a.csv", lambda: b"," * 10**6, "The first row is too long to be a heading. Start from an export."),
    ("60,000 empty columns", "a.csv", lambda: b"," * 60_000, "The first row has to name the columns, such as code, name, kind. Start from an export."),
    ("million columns", "a.csv", lambda: ",".join(f"c{n}" for n in range(10**6)).encode(), LONG_LINE),
    ("101 columns", "a.csv", lambda: ",".join(f"c{n}" for n in range(101)).encode(), "The first row has more than 100 columns. Keep the columns of the library."),
    ("quote never closed", "a.csv", lambda: (HEAD + 'T1,"Bridge,a,b,c,5\n' + ROW * 5000).encode(), "Row 2 opens a quotation mark that is never closed. Double the quotation marks inside a text."),
    ("quote closed twice", "a.csv", lambda: (HEAD + ROW + 'T1,"Bri"dge",a,b,c,5\n').encode(), "Row 3 has a quotation mark where none may be. Save the file again from the spreadsheet program."),
    ("field over 64 KB", "a.csv", lambda: (HEAD + ROW + f'T1,"{SECRET}{"x" * 66_000}",a,b,c,5\n').encode(), "Row 3 has a cell of more than 65,536 characters. Shorten it."),
    ("NUL", "a.csv", lambda: (HEAD + ROW).encode() + b"T1,Bri\0dge,a,b,c,5\n", NUL),
    ("UTF-16 without its mark", "a.csv", lambda: (HEAD + ROW).encode("utf-16-le"), NUL),
    ("NUL in UTF-16", "a.csv", lambda: (HEAD + "T1,Bri\0dge,a,b,c,5\n").encode("utf-16"), NUL),
    ("cut inside UTF-16", "a.csv", lambda: (HEAD + ROW).encode("utf-16")[:-1], f"This file is cut off inside a letter. {AS_UTF8}"),
    ("two encodings", "a.csv", lambda: HEAD.encode() + "T1,Brücke,a,b,c,5\n".encode() + "T2,Brücke,a,b,c,5\n".encode("cp1252"), f"This file mixes two encodings, so letters would be wrong. {AS_UTF8}"),
    ("heading twice", "a.csv", lambda: b"code,name,name\nT1,a,b\n", "The first row has the column “name” twice. Keep one of them."),
    ("heading missing", "a.csv", lambda: ROW.encode(), "The first row has to name the columns, such as code, name, kind. Start from an export."),
    ("unknown column", "a.csv", lambda: b"code,name,price\nT1,a,b\n", "Column 3 of the first row is “price”, which the library does not have."),
    ("unknown column to be read aloud", "a.csv", lambda: b"code,name,<script>alert(1)</script>\nT1,a,b\n", "Column 3 of the first row is a name that we do not repeat here, which the library does not have."),
    ("no code", "a.csv", lambda: b"name,kind\na,b\n", "The column “code” is missing. Leave its cells empty for new exercises."),
    ("no rows", "a.csv", lambda: HEAD.encode(), "This file has no rows below its heading. Add some, or export the library to start from."),
    ("10,001 rows", "a.csv", lambda: b"code,name\n" + b"T1,a\n" * 10_001, "This file has more than 10,000 rows. Split it and import the parts one by one."),
    ("workbook named csv", "a.csv", workbook, "This is an Excel workbook under another name. Give it the ending .xlsx and try again."),
    ("csv named workbook", "a.xlsx", lambda: (HEAD + ROW).encode(), "This is no Excel workbook. Save it as XLSX from the spreadsheet program, or as CSV."),
    ("gzip named csv", "a.csv", lambda: gzip.compress((HEAD + ROW).encode()), NO_ARCHIVE),
    ("another ending", "a.pdf", lambda: b"%PDF-1.7", "Choose a file that ends in .csv, .xlsx or .json."),
    ("old Excel", "a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "This is an old Excel file, or one with a password. Save it as XLSX without a password, or as CSV."),
]  # fmt: skip
ARCHIVES: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("zip", "a.zip", lambda: packed({"a.csv": b"code,name\n"}), NO_ZIP),
    ("zip named csv", "a.csv", lambda: packed({"a.csv": b"code,name\n"}), NO_ZIP),
    ("zip named json", "a.json", lambda: packed({"a.json": b"[]"}), NO_ZIP),
    ("zip named workbook", "a.xlsx", lambda: packed({"a.csv": b"code,name\n"}), NO_ZIP),
    ("nested bomb", "42.zip", nested_bomb, NO_ZIP),
    ("nested bomb named workbook", "42.xlsx", nested_bomb, NO_ZIP),
    ("65,536 entries", "a.xlsx", many_entries, NO_ZIP),
    ("empty zip", "a.xlsx", lambda: packed({}), NO_ZIP),
    ("only an end of zip", "a.xlsx", lambda: b"PK\x05\x06", DAMAGED),
    ("gzip", "a.csv.gz", lambda: gzip.compress(b"code"), NO_ARCHIVE),
    ("bzip2", "a.csv", lambda: bz2.compress(b"code"), NO_ARCHIVE),
    ("xz", "a.csv", lambda: lzma.compress(b"code"), NO_ARCHIVE),
    ("7z", "a.csv", lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, NO_ARCHIVE),
    ("rar", "a.csv", lambda: b"Rar!\x1a\x07\x01\x00", NO_ARCHIVE),
    ("tar with a device", "a.csv", tar, NO_ARCHIVE),
]  # fmt: skip
WORKBOOKS: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("bomb", "a.xlsx", lambda: altered(lambda name, data: data, ("xl/big.xml", b"\0" * (40 * MEGABYTE))), "Unpacked, this workbook has more than 32 MB. Split it, or save it as CSV."),
    ("overlapping", "a.xlsx", overlapping, DAMAGED),
    ("slip", "a.xlsx", lambda: altered(lambda name, data: data, ("../../etc/passwd", b"x")), DAMAGED),
    ("backslash slip", "a.xlsx", lambda: altered(lambda name, data: data, ("xl\\..\\..\\x", b"x")), DAMAGED),
    ("absolute", "a.xlsx", lambda: altered(lambda name, data: data, ("/etc/passwd", b"x")), DAMAGED),
    ("symlink", "a.xlsx", symlink, DAMAGED),
    ("encrypted", "a.xlsx", encrypted, DAMAGED),
    ("cut short", "a.xlsx", lambda: workbook()[:-200], DAMAGED),
    ("entity bomb", "a.xlsx", entity_bomb, DAMAGED),
    ("entity bomb in UTF-16", "a.xlsx", lambda: entity_bomb("utf-16"), DAMAGED),
    ("sheet that is no XML", "a.xlsx", lambda: sheet(b"<worksheet><sheetData><row"), DAMAGED),
    ("no sheet", "a.xlsx", lambda: altered(lambda name, data: re.sub(rb"<sheet .*?/>", b"", data)), DAMAGED),
    ("10,001 rows", "a.xlsx", lambda: workbook([["code", "name"], *[["T1", "a"]] * 10_001]), "This file has more than 10,000 rows. Split it and import the parts one by one."),
    ("rows in the far distance", "a.xlsx", lambda: sheet(_far()), "This file has more than 10,000 rows. Split it and import the parts one by one."),
    ("unknown column", "a.xlsx", lambda: workbook([["code", SECRET + "!"], ["T1", "a"]]), "Column 2 of the first row is a name that we do not repeat here, which the library does not have."),
    ("no rows", "a.xlsx", lambda: workbook([["code", "name"]]), "The first sheet has no rows below its heading. Add some, or export the library."),
]  # fmt: skip
JSONS: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("depth 20,000", "a.json", lambda: b"[" * 20_000 + b"]" * 20_000, f"This is nested deeper than 20 levels. {HINT}"),
    ("depth 21 in a value", "a.json", lambda: b'[{"name": ' + b"[" * 19 + b"]" * 19 + b"}]", f"This is nested deeper than 20 levels. {HINT}"),
    ("duplicate key", "a.json", lambda: b'[{"code": "T1", "code": "T2"}]', f"A key appears twice in the same object. {HINT}"),
    ("NaN", "a.json", lambda: b'[{"code": "T1", "sets": NaN}]', f"NaN and Infinity are not numbers that JSON knows. {HINT}"),
    ("10 MB string", "a.json", lambda: b'[{"name": "' + b"x" * (9 * MEGABYTE) + b'"}]', "A JSON file may have at most 5 MB. Split it, or use CSV or XLSX."),
    ("4 MB string", "a.json", lambda: b'[{"name": "' + b"x" * (4 * MEGABYTE) + b'"}]', "Item 1 has a text of more than 65,536 characters. Shorten it."),
    ("number of 5,000 digits", "a.json", lambda: b'[{"sets": ' + b"9" * 5000 + b"}]", f"This is not valid JSON. {HINT}"),
    ("object instead of list", "a.json", lambda: b'{"code": "T1"}', "This JSON file has to be a list of exercises: [{…}, {…}]. Start from an export."),
    ("list of lists", "a.json", lambda: b'[["T1", "Bridge"]]', "This JSON file has to be a list of exercises: [{…}, {…}]. Start from an export."),
    ("millions of small things", "a.json", lambda: b"[" + b"[]," * 1_600_000 + b"[]]", "This JSON file has more than 500,000 values. Split it and import the parts."),
    ("10,001 items", "a.json", lambda: json.dumps([{"code": "T1"}] * 10_001).encode(), "This file has more than 10,000 rows. Split it and import the parts one by one."),
    ("101 keys", "a.json", lambda: json.dumps([{f"k{n}": 1 for n in range(101)}]).encode(), "An exercise has more than 100 keys. Keep the columns of the library."),
    ("unknown key", "a.json", lambda: b'[{"code": "T1", "price": 3}]', "Item 1 has the key “price”, which the library does not have."),
    ("__proto__", "a.json", lambda: b'[{"code": "T1"}, {"__proto__": {"x": 1}}]', "Item 2 has the key “__proto__”, which the library does not have."),
    ("unknown key of a facts file", "a.json", lambda: b'[{"id": "a", "name": "A", "category": "strength", "primaryMuscles": [], "price": 1}]', "Item 1 has the key “price”, which a facts file does not have."),
    ("no JSON", "a.json", lambda: (HEAD + ROW).encode(), f"This is not valid JSON. {HINT}"),
    ("UTF-16", "a.json", lambda: '[{"code": "T1"}]'.encode("utf-16"), "A JSON file has to be written in UTF-8. Save it again in that encoding."),
    ("Latin-1", "a.json", lambda: '[{"name": "Brücke"}]'.encode("latin-1"), "A JSON file has to be written in UTF-8. Save it again in that encoding."),
    ("no items", "a.json", lambda: b"[]", "This file has no rows below its heading. Add some, or export the library to start from."),
]  # fmt: skip


def _far() -> bytes:
    """One row at the end of the world, which a reader would fill the way to."""
    cells = "".join(
        f'<c r="{"ABCDEF"[n]}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for n, name in enumerate(HEAD.strip().split(","))
    )
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{cells}</row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
        "</sheetData></worksheet>"
    ).encode()  # fmt: skip


ALL = [*TABLES, *ARCHIVES, *WORKBOOKS, *JSONS]
