"""Typeset documents: a fixed typst source, files and data in, a tagged PDF (PDF/UA-1) out.

Text reaches typst only as data, in a file beside the source, so nothing that somebody typed is ever read as markup.
The typeface comes along; neither network nor system fonts nor the disk are looked at. Typst works outside Python's
lock, so other requests of this process go on meanwhile; it is quick (see `make bench`) and may run while a person
waits, for one document.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import typst

from config.lib import typeface

MOST_DATA = 2 * 1024 * 1024  # bytes of text
MOST_FILES = 32 * 1024 * 1024  # bytes of pictures
SECONDS = 10.0
AT_ONCE = 2  # documents in one process
DATA = "data.json"
MAIN = "main.typ"
# The root of the sources; everything they may read is handed over in memory, so nothing has to be there.
ROOT = typeface.FOLDER
PACKAGE = re.compile(r'"@[a-z]')

_rooms = threading.BoundedSemaphore(AT_ONCE)


class PdfFailed(Exception):
    """No document came out. The sentence is for the person who asked."""


class TooLarge(PdfFailed):
    """More text or pictures than one document may have."""


class TooSlow(PdfFailed):
    """It took too long, or others are being made and did not end in time."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is typeset. `source` reads `data.json` and the `files` by their names; `on` becomes its date of making.

    Files are text, so a picture is an SVG; `png_as_svg` makes one.
    """

    source: str
    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    on: date | None = None


def make(document: Document, *, seconds: float = SECONDS) -> bytes:
    """The document as PDF/UA-1, the same bytes for the same document. Raises PdfFailed."""
    return _bounded(document, seconds, format="pdf", pdf_standards="ua-1")[0]


def make_pictures(document: Document, *, ppi: float, seconds: float = SECONDS) -> list[bytes]:
    """Its pages as PNG. Raises PdfFailed."""
    return _bounded(document, seconds, format="png", ppi=ppi)


def _bounded(document: Document, seconds: float, **how: Any) -> list[bytes]:
    """Typeset within `seconds`. What is still at work then goes on in its own thread and keeps its place taken."""
    inputs = _inputs(document, typeface.drawable)
    if not _rooms.acquire(timeout=seconds):
        raise TooSlow("The printer is busy. Try again in a minute.")
    answer: Future[list[bytes]] = Future()
    threading.Thread(target=_work, args=(document, inputs, how, answer), daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        raise TooSlow("Making this document takes too long. Choose fewer exercises, then try again.") from error
    except RuntimeError as error:
        raise PdfFailed("This document could not be made.") from error


def _work(document: Document, inputs: dict[str, bytes], how: dict[str, Any], answer: Future[list[bytes]]) -> None:
    try:
        answer.set_result(_typeset(document, inputs, how))
    except BaseException as error:
        answer.set_exception(error)
    finally:
        _rooms.release()


def _typeset(document: Document, inputs: dict[str, bytes], how: dict[str, Any]) -> list[bytes]:
    made = datetime.combine(document.on, datetime.min.time(), UTC) if document.on else None
    how = {"root": ROOT, "font_paths": fonts(), "ignore_system_fonts": True, "timestamp": made, **how}
    try:
        pages = typst.compile(inputs, **how)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # The typeface has the letters but not this joining of them.
        pages = typst.compile(_inputs(document, typeface.plain), **how)
    return pages if isinstance(pages, list) else [pages]


def _inputs(document: Document, change: Any) -> dict[str, bytes]:
    if PACKAGE.search(document.source):
        raise PdfFailed("A document may not fetch packages.")
    data = json.dumps(typeface.each_text(dict(document.data), change), ensure_ascii=False).encode()
    if len(data) > MOST_DATA or sum(map(len, document.files.values())) > MOST_FILES:
        raise TooLarge("There is too much on this document. Choose fewer exercises, then try again.")
    return {MAIN: document.source.encode(), DATA: data, **document.files}


def png_as_svg(png: bytes) -> bytes:
    """The same picture as text: typst takes files from memory only when they are text."""
    width, height = struct.unpack(">II", png[16:24])
    size = f'width="{width}" height="{height}"'
    data = base64.b64encode(png).decode()
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {space} {size}><image {size} xlink:href="data:image/png;base64,{data}"/></svg>'.encode()


@cache
def fonts() -> typst.Fonts:
    """Our typeface and no other, read once a process."""
    folder = [str(typeface.FOLDER)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folder)
