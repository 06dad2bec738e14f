"""Sending a private file: whole, in part (players ask for ranges), or not at all when the reader has it already.

Django's FileResponse knows no ranges, and WhiteNoise's refuses a range of one byte and ignores If-Range.
"""

from __future__ import annotations

import re
from io import BufferedReader
from pathlib import Path
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

# Nothing here may run as a page, nobody but this reader may keep it, and they ask again each time.
POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
PRIVATE = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Sent(FileResponse):
    """In larger pieces than Django's four kilobytes."""

    block_size = 64 * 1024


class Part:
    """`length` bytes of an open file from `start` on, and no more."""

    def __init__(self, file: BufferedReader, start: int, length: int) -> None:
        file.seek(start)
        self.file, self.left = file, length

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """First byte and length that a Range header asks for. None: not one range that we know, so send all of it.

    A length of 0 is a range that the file does not have (416).
    """
    match = RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return size - length, length
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < int(first):
        return None
    return int(first), max(0, end - int(first) + 1)


def send_file(request: HttpRequest, path: Path, *, content_type: str, name: str, etag: str) -> HttpResponse:
    """The file for inline display. `etag` must change whenever the bytes do. Raises FileNotFoundError."""
    file = path.open("rb")
    size = path.stat().st_size
    tag = f'"{etag}"'
    known = get_conditional_response(request, etag=tag)
    if known is not None:
        file.close()
        return _dressed(known, tag)
    response = _partial(request, file, size, tag) or Sent(file)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return _dressed(cast(HttpResponse, response), tag)


def _partial(request: HttpRequest, file: BufferedReader, size: int, tag: str) -> HttpResponse | FileResponse | None:
    asked = request.headers.get("Range", "")
    if request.method != "GET" or not asked or request.headers.get("If-Range", tag) != tag:
        return None
    span = span_of(asked, size)
    if span is None:
        return None
    start, length = span
    if length == 0:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = Sent(Part(file, start, length), status=206)
    response.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    response.headers["Content-Length"] = str(length)
    return response


def _dressed(response: HttpResponse, tag: str) -> HttpResponse:
    for header, value in PRIVATE.items():
        response.headers[header] = value
    response.headers["ETag"] = tag
    return response
