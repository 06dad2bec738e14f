"""The child in which strangers' files are read can do little harm, and ends with us."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.lib import confined
from config.lib.confined import Failed, Limits, Refused, TookTooLong

# The functions below run in the child.
HERE = "tests.config.test_confined"


def environment(report: confined.Reporter) -> dict[str, str]:
    return dict(os.environ)


def attempts(report: confined.Reporter) -> dict[str, str]:
    """What the child may not do, each with what came of it."""
    import socket

    deeds = {
        "socket": socket.socket,
        "socketpair": socket.socketpair,
        "connect": lambda: socket.create_connection(("127.0.0.1", 80), 1),
        "exec": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "program": lambda: subprocess.run(["/bin/true"], check=True),
    }
    found = {}
    for name, deed in deeds.items():
        try:
            deed()
        except OSError as error:
            found[name] = type(error).__name__
    return found


def fill_memory(report: confined.Reporter) -> dict[str, int]:
    kept = []
    while True:
        kept.append(bytearray(10 * 1024 * 1024))


def think(report: confined.Reporter) -> None:
    while True:
        pass


def wait(report: confined.Reporter) -> None:
    report(40)
    time.sleep(60)


def write(path: str, report: confined.Reporter) -> None:
    with open(path, "wb") as file:
        while True:
            file.write(bytes(1024 * 1024))


def crash(report: confined.Reporter) -> None:
    import ctypes

    ctypes.string_at(0)


def refuse(report: confined.Reporter) -> None:
    raise Refused("Choose another file.")


def stumble(report: confined.Reporter) -> None:
    raise KeyError("ours")


def full(report: confined.Reporter) -> None:
    with open("/dev/full", "wb", buffering=0) as disk:
        disk.write(b"x")


def babble(report: confined.Reporter) -> None:
    os.write(1, b"\xff\x00 no such words\n")
    os._exit(0)


def lie(report: confined.Reporter) -> None:
    os.write(1, b"[1, 2]\n")
    os._exit(0)


def run(name: str, *arguments: str, **limits: int) -> dict[str, object]:
    return confined.run(f"{HERE}:{name}", *arguments, limits=Limits(**limits))


def test_it_gets_no_secrets_and_no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    assert set(run("environment")) <= {"PATH", "LANG", "LC_CTYPE"}


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_it_opens_no_socket_and_starts_no_program() -> None:
    names = ["connect", "exec", "program", "socket", "socketpair"]
    assert run("attempts") == dict.fromkeys(names, "PermissionError")


@pytest.mark.parametrize(
    ("name", "arguments", "limits"),
    [("fill_memory", [], {"memory_mb": 128}), ("think", [], {"cpu_seconds": 1}), ("crash", [], {})],
)
def test_a_file_that_asks_for_too_much_is_refused(name: str, arguments: list[str], limits: dict[str, int]) -> None:
    with pytest.raises(Refused, match="too much time or memory"):
        run(name, *arguments, **limits)


def test_it_writes_no_large_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too much"):
        run("write", str(tmp_path / "large"), file_mb=2)
    assert (tmp_path / "large").stat().st_size <= 2 * 1024 * 1024


def test_it_is_killed_when_it_takes_too_long_and_says_how_far_it_is() -> None:
    heard: list[int] = []
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        confined.run(f"{HERE}:wait", limits=Limits(wall_seconds=4), on_progress=heard.append)
    assert time.monotonic() - began < 15
    assert heard
    assert set(heard) <= {0, 40}


def test_whoever_waits_can_end_it() -> None:
    def enough(percent: int) -> None:
        raise InterruptedError

    began = time.monotonic()
    with pytest.raises(InterruptedError):
        confined.run(f"{HERE}:wait", limits=Limits(wall_seconds=60), on_progress=enough)
    assert time.monotonic() - began < 20


def test_its_refusal_comes_through_word_for_word() -> None:
    with pytest.raises(Refused, match=r"^Choose another file\.$"):
        run("refuse")


@pytest.mark.parametrize(
    ("name", "has_no_room"), [("stumble", False), ("full", True), ("babble", False), ("lie", False)]
)
def test_what_is_not_the_files_fault_may_be_tried_again(name: str, has_no_room: bool) -> None:
    with pytest.raises(Failed) as failure:
        run(name)
    assert failure.value.has_no_room is has_no_room
