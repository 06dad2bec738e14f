"""Private files: whole, in part, or "you have it"; never as a page, never for anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.lib.sending import send_file, span_of

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CONTENT)
    return path


def ask(file: Path, method: str = "get", **headers: str) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/file/", headers=headers)
    return send_file(request, file, content_type="video/mp4", name="clip.mp4", etag="abc")


def body(response: HttpResponse) -> bytes:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return data


def test_the_whole_file_and_its_headers(file: Path) -> None:
    response = ask(file)
    assert (response.status_code, body(response)) == (200, CONTENT)
    assert {name: response.headers[name] for name in response.headers} == {
        "Content-Length": "1024",
        "Content-Type": "video/mp4",
        "Content-Disposition": 'inline; filename="clip.mp4"',
        "ETag": '"abc"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, 1023),
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),
        ("bytes=100-199", 100, 199),
        ("bytes=1000-5000", 1000, 1023),
        ("bytes=1023-", 1023, 1023),
        ("bytes=-1", 1023, 1023),
        ("bytes=-2000", 0, 1023),
    ],
)
def test_a_part(file: Path, asked: str, first: int, last: int) -> None:
    response = ask(file, Range=asked)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_is_not_there(file: Path, asked: str) -> None:
    response = ask(file, Range=asked)
    assert (response.status_code, response.headers["Content-Range"], body(response)) == (416, "bytes */1024", b"")


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "pages=0-1", "bytes=a-b", "bytes=" + "9" * 400, "bytes 0-1"]
)
def test_a_range_that_we_do_not_know_is_left_aside(file: Path, asked: str) -> None:
    response = ask(file, Range=asked)
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_a_range_of_an_older_file_gives_all_of_the_new_one(file: Path) -> None:
    assert ask(file, Range="bytes=0-9", **{"If-Range": '"old"'}).status_code == 200
    assert ask(file, Range="bytes=0-9", **{"If-Range": '"abc"'}).status_code == 206


def test_what_the_reader_has_is_not_sent_again(file: Path) -> None:
    response = ask(file, **{"If-None-Match": '"abc"'})
    assert (response.status_code, body(response)) == (304, b"")
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_head_says_the_length_only(file: Path) -> None:
    response = ask(file, "head", Range="bytes=0-9")
    assert (response.status_code, response.headers["Content-Length"]) == (200, "1024")
    response.close()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "none")


def test_an_empty_file_has_no_part() -> None:
    assert span_of("bytes=0-", 0) == (0, 0)
