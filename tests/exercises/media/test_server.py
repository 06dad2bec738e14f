"""Uploads as they really come: through gunicorn, over a socket, too large, cut in the middle, or never ending."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from config.lib.uploads import END_FIELD
from exercises.models import Exercise, ExerciseMedia
from tests.exercises.media import pictures
from tests.exercises.media.conftest import WORDS, files_in
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BOUNDARY = "----one-boundary"
MB = 1024 * 1024
TOKEN = "a" * 32


class Server:
    """gunicorn with one worker, on this test's database, and a curator who is signed in."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], session: str, exercise: Exercise) -> None:
        self.port, self.process, self.exercise = port, process, exercise
        self.cookie = f"{django_settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"

    def worker_memory(self) -> int:
        """Resident memory of the worker in bytes."""
        (worker,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def head(self, kind: str, length: int) -> bytes:
        lines = [
            f"POST /library/{self.exercise.code}/media/add/{kind}/ HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {self.cookie}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"Content-Length: {length}",
            "Connection: close",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def send(self, kind: str, length: int, parts: Iterator[bytes]) -> tuple[int, str, float]:
        """Status, page and seconds from the first byte to the answer; stops sending once the server has answered."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as wire:
            began = time.monotonic()
            wire.sendall(self.head(kind, length))
            with suppress(BrokenPipeError, ConnectionResetError):
                for part in parts:
                    wire.sendall(part)
                wire.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(wire, method="POST")
            answer.begin()
            return answer.status, answer.read().decode(), time.monotonic() - began


def form(name: str, declared: str) -> tuple[bytes, bytes]:
    """What stands before the file, and what comes after it."""
    fields = {"csrfmiddlewaretoken": TOKEN, **WORDS}
    before = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    before += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    before += f"Content-Type: {declared}\r\n\r\n"
    after = f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{END_FIELD}"\r\n\r\n1\r\n--{BOUNDARY}--\r\n'
    return before.encode(), after.encode()


@pytest.fixture
def server(world: World, draft: Exercise, media_root: Path, child_environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client = Client()
    client.force_login(world.cora)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    options = f"--bind 127.0.0.1:{port} --worker-class gthread --workers 1 --threads 4 --log-level error"
    command = [sys.executable, "-m", "gunicorn", *options.split(), "--no-control-socket", "config.wsgi:application"]
    environment = child_environment | {"MEDIA_ROOT": str(media_root)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    found = Server(port, process, session, draft)
    _wait_until_ready(found)
    yield found
    process.terminate()
    process.wait(20)


def _wait_until_ready(server: Server) -> None:
    """The form itself, so that nothing is loaded for the first time later."""
    give_up_at = time.monotonic() + 60
    while True:
        try:
            wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            wire.request("GET", f"/library/{server.exercise.code}/media/add/video/", headers={"Cookie": server.cookie})
            assert wire.getresponse().status == 200
            return
        except OSError:
            assert time.monotonic() < give_up_at
            time.sleep(0.1)


def soon_empty(root: Path) -> bool:
    """Whether nothing is left in the media folder, once the server has closed what it had open."""
    give_up_at = time.monotonic() + 20
    while files_in(root) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return not files_in(root)


def zeros(count: int) -> Iterator[bytes]:
    for _ in range(count // MB):
        yield bytes(MB)
    yield bytes(count % MB)


def test_a_video_of_200_megabytes_and_a_byte(server: Server, media_root: Path) -> None:
    """Announced honestly: the answer comes at once, before the file is sent."""
    before, after = form("long.mp4", "video/mp4")
    size = 200 * MB + 1
    memory = server.worker_memory()

    def parts() -> Iterator[bytes]:
        yield before
        # More than the slack for the other fields, so that the announced length alone says it.
        yield from zeros(size + 65 * 1024)
        yield after

    status, page, seconds = server.send("video", len(before) + size + 65 * 1024 + len(after), parts())
    assert status == 413
    assert "larger than 200 MB" in page
    assert WORDS["alt_text"] in page
    assert seconds < 1
    assert server.worker_memory() - memory < 100 * MB
    assert soon_empty(media_root)
    assert ExerciseMedia.objects.count() == 0


def test_a_video_of_exactly_one_byte_too_many_is_counted(server: Server, media_root: Path) -> None:
    """The announced length leaves it open; then every byte is counted, on the disk and not in memory."""
    before, after = form("long.mp4", "video/mp4")
    size = 200 * MB + 1
    memory = server.worker_memory()
    most = [memory]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most.append(server.worker_memory())

    watcher = threading.Thread(target=watch)
    watcher.start()

    def parts() -> Iterator[bytes]:
        yield before
        yield from zeros(size)
        yield after

    status, page, _ = server.send("video", len(before) + size + len(after), parts())
    over.set()
    watcher.join()
    assert status == 413
    assert "larger than 200 MB" in page
    assert max(most) - memory < 100 * MB
    assert soon_empty(media_root)


def test_200_megabytes_arrive_without_filling_the_memory(server: Server, media_root: Path) -> None:
    """The largest that may come: kept on the disk, looked at in the child, refused for what it is."""
    before, after = form("long.mp4", "video/mp4")
    memory = server.worker_memory()

    def parts() -> Iterator[bytes]:
        yield before
        yield b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"
        yield from zeros(200 * MB - 24)
        yield after

    status, page, _ = server.send("video", len(before) + 200 * MB + len(after), parts())
    assert status == 422
    assert "This is not a video that can be read." in page
    assert server.worker_memory() - memory < 100 * MB
    assert soon_empty(media_root)


def test_a_body_cut_anywhere_leaves_no_half_file(server: Server, media_root: Path) -> None:
    """The client goes away after every hundredth of the body, and once at each edge of the file."""
    before, after = form("one.jpg", "image/jpeg")
    body = before + pictures.saved(pictures.noisy(), "JPEG") + after
    edges = [len(before), len(before) + 1, len(body) - len(after), len(body) - len(after) + 2]
    for at in [*(len(body) * share // 100 for share in range(1, 100)), *edges]:
        with socket.create_connection(("127.0.0.1", server.port), 30) as wire:
            wire.sendall(server.head("photo", len(body)) + body[:at])
            wire.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                assert not wire.recv(64).startswith(b"HTTP/1.1 5")
    assert soon_empty(media_root)
    assert ExerciseMedia.objects.count() == 0

    # Cut within the very last line, everything has arrived; and the whole body is taken anyway.
    for length in (len(body) - 10, len(body)):
        status, _, _ = server.send("photo", len(body), iter([body[:length]]))
        assert status == 302
    assert ExerciseMedia.objects.count() == 2
    for media in ExerciseMedia.objects.all():
        assert (media_root / media.upload.name).read_bytes() == pictures_in(body, before, after)


def test_a_false_length_takes_no_half_file(server: Server, media_root: Path) -> None:
    """Shorter than what is sent: the rest is not read, and the last field is missing."""
    before, after = form("one.jpg", "image/jpeg")
    body = before + pictures.jpeg() + after
    status, page, _ = server.send("photo", len(body) - len(after) - 100, iter([body]))
    assert status == 422
    assert "did not arrive whole" in page or "Choose a photo" in page
    assert ExerciseMedia.objects.count() == 0
    assert soon_empty(media_root)


def test_the_same_form_from_two_tabs_makes_two_whole_files(server: Server, media_root: Path) -> None:
    before, after = form("one.jpg", "image/jpeg")
    body = before + pictures.saved(pictures.noisy(), "JPEG") + after
    found: list[int] = []
    tabs = [
        threading.Thread(target=lambda: found.append(server.send("photo", len(body), iter([body]))[0]))
        for _ in range(2)
    ]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert found == [302, 302]
    names = [media.upload.name for media in ExerciseMedia.objects.all()]
    assert files_in(media_root) == sorted(names)
    assert {(media_root / name).stat().st_size for name in names} == {len(pictures_in(body, before, after))}


def pictures_in(body: bytes, before: bytes, after: bytes) -> bytes:
    return body[len(before) : len(body) - len(after)]


def test_a_stranger_is_turned_away_before_a_byte_is_read(server: Server, media_root: Path) -> None:
    before, after = form("long.mp4", "video/mp4")
    server.cookie = ""
    began = time.monotonic()
    status, _, _ = server.send("video", len(before) + 100 * MB + len(after), iter([before]))
    assert status == 302
    assert time.monotonic() - began < 2
    assert soon_empty(media_root)
