"""Make the virtual environment, install the locked packages into it, and hand over to a module inside it.

Runs before anything is installed: the standard library only, and syntax that an older Python can still read,
so that it can say which Python is wanted.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".requirements.sha256"
WANTED_PYTHON = (3, 11)
PIP: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]


def stop(sentence: str) -> NoReturn:
    print(f"\n{sentence}", file=sys.stderr)
    raise SystemExit(1)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def check_python() -> None:
    if sys.version_info[:2] != WANTED_PYTHON:
        stop(
            f"Rachis needs Python 3.11, but {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}. "
            "Install python3.11 and python3.11-venv, or name one: make PYTHON=/path/to/python3.11 run"
        )
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        stop("Python's venv module is missing. Install it: apt-get install python3-venv")


def has_environment() -> bool:
    """Whether `.venv` holds the wanted Python and that Python still exists."""
    config = VENV / "pyvenv.cfg"
    wanted = "version = {}.{}.".format(*WANTED_PYTHON)
    return PYTHON.exists() and config.is_file() and wanted in config.read_text()


def make_environment() -> None:
    say("Making the virtual environment in .venv ...")
    # --clear: what is there, if anything, is unfinished or belongs to another Python.
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode:
        stop("The virtual environment could not be made; the lines above say why.")


def stamps(lock_files: list[Path]) -> list[str]:
    return [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in lock_files]


def is_installed(wanted: list[str]) -> bool:
    return STAMP.is_file() and set(wanted) <= set(STAMP.read_text().splitlines())


def has_uv() -> bool:
    """Whether uv, which installs several times faster than pip, is here or can be had."""
    if (VENV / "bin" / "uv").is_file():
        return True
    patience = ["--quiet", "--retries", "1", "--timeout", "15"]
    return not subprocess.run([*PIP, *patience, "-r", ROOT / "requirements-uv.txt"]).returncode


def install(lock_file: Path) -> None:
    started = time.monotonic()
    count = sum("==" in line for line in lock_file.read_text().splitlines())
    say(f"Installing {count} packages from {lock_file.name} ...")
    uv: list[str | Path] = [
        VENV / "bin" / "uv",
        "pip",
        "install",
        "--python",
        PYTHON,
        "--require-hashes",
        "-r",
        lock_file,
    ]
    if not has_uv():
        say("uv cannot be had; pip takes the same packages, a little slower.")
    elif subprocess.run(uv).returncode == 0:
        say(f"Installed in {time.monotonic() - started:.0f} s.")
        return
    else:
        say("uv could not install them; trying pip, a little slower.")
    if subprocess.run([*PIP, "-r", lock_file]).returncode:
        stop("The packages could not be installed; the lines above say why. Nothing was started.")
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def prepare(*, dev: bool) -> None:
    """Leave a virtual environment that holds what the lock files ask for; at once, when it already does."""
    lock_files = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if dev else [])]
    with one_at_a_time():
        if not has_environment():
            make_environment()
        wanted = stamps(lock_files)
        if not is_installed(wanted):
            STAMP.unlink(missing_ok=True)
            install(lock_files[-1])  # the development lock holds the other one, too
            STAMP.write_text("\n".join(wanted) + "\n")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """`make run` and `make test` may be started together; the second waits for the first."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="install what developing and testing need, too")
    parser.add_argument("--only", action="store_true", help="install, start nothing")
    parser.add_argument("module", nargs="*", default=["config.start"], help="module to start, and its arguments")
    options = parser.parse_args()
    check_python()
    try:
        prepare(dev=options.dev)
    except KeyboardInterrupt:
        print("\nStopped while installing; the same command goes on from here.", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        stop(f"The virtual environment could not be prepared: {error}")
    if not options.only:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", *options.module])


if __name__ == "__main__":
    main()
