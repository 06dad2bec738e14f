"""`make run` as a person meets it: the real supervisor with its real servers, on a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FROM_TESTS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE", "RACHIS_DATA", "SITE_URL", "PORT")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int | str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in FROM_TESTS and "PYTEST" not in name}
    env |= {"RACHIS_DATA": str(data), "PORT": str(port)}
    command = [sys.executable, "-m", "config.start"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def refused(data: Path, port: int | str) -> str:
    """What it says when it cannot start; it must end with 1 and without a traceback."""
    process = start(data, port)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in output
    return output


def wait_ready(process: subprocess.Popen[str], data: Path, seconds: float = 60) -> dict[str, object]:
    """The facts of `ready.json` once this very process has written it."""
    give_up_at = time.monotonic() + seconds
    while True:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < give_up_at, "not ready in time"
        if (data / "ready.json").exists():
            found: dict[str, object] = json.loads((data / "ready.json").read_text())
            if found["pid"] == process.pid:
                return found
        time.sleep(0.1)


def processes_of(data: Path) -> list[str]:
    """Command lines of all processes whose environment names this data folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"RACHIS_DATA={data}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def page(url: object) -> str:
    with urllib.request.urlopen(str(url), timeout=10) as answer:  # noqa: S310  our own loopback address
        return str(answer.read().decode())


def test_a_taken_port_gets_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        output = refused(tmp_path, port)

    assert output.strip() == f"Port {port} is taken by another program. Try PORT={port + 1} make run."


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "٨٠٨٠"])
def test_an_impossible_port_gets_a_sentence(tmp_path: Path, port: str) -> None:
    assert refused(tmp_path, port).startswith("\nPORT must be a number from 1 to 65535")


def test_a_file_in_place_of_the_data_folder_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    output = refused(tmp_path / "file", free_port())

    assert "cannot be used" in output
    assert "RACHIS_DATA=" in output


def test_a_broken_database_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "rachis.sqlite3").write_bytes(b"this is no database at all" * 100)

    output = refused(tmp_path, free_port())

    assert "cannot be used: file is not a database" in output


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    deadline = time.monotonic() + 20
    while processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(tmp_path) == []


@pytest.mark.slow
def test_it_runs_stops_and_survives_a_kill(data: Path) -> None:
    """First page, Ctrl-C without an orphan; then kill -9, and the next start works and has lost nothing."""
    port = free_port()
    first = start(data, port)
    ready = wait_ready(first, data)
    assert ready["url"] == f"http://127.0.0.1:{port}/"
    assert [account["role"] for account in ready["accounts"]] == ["therapist", "patient", "curator", "clinic admin"]  # type: ignore[index,attr-defined]
    assert "Sign in" in page(ready["url"])
    assert "mail" in page(ready["mail"]).lower()
    assert f"Rachis runs already with {data}" in refused(data, free_port())

    first.send_signal(signal.SIGINT)
    output, _ = first.communicate(timeout=40)
    assert first.returncode == 0, output
    assert output.rstrip().endswith("Stopped.")
    assert processes_of(data) == []
    assert not (data / "ready.json").exists()

    second = start(data, port)
    wait_ready(second, data)
    second.kill()
    second.communicate(timeout=10)

    third = start(data, port)
    wait_ready(third, data)
    assert "Sign in" in page(ready["url"])
    third.send_signal(signal.SIGTERM)
    output, _ = third.communicate(timeout=40)
    assert third.returncode == 0, output
    assert "Preparing" not in output  # nothing had changed
