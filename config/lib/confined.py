"""Reading a stranger's file in a child process that can do little harm.

The child has no secrets and no proxies in its environment, little memory and time, may open no socket and start no
program (seccomp, where the kernel has it), and dies with us. It runs one function of ours and says how far it is.
The function gets what it was given by `run` and a `Reporter`, and answers with a dict that JSON can carry.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import json
import os
import platform
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 64 * 1024
SAYS_EVERY = 1.0  # seconds
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# How the kernel ends a process that asked for too much, or that a file has led astray.
LED_ASTRAY = frozenset({signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE})
TOO_MUCH = "It takes too much time or memory to read. Save it smaller or shorter, then add it again."


class Refused(Exception):
    """The file is no good; the text is a sentence for the person who chose it, with the next step."""


class TookTooLong(Refused):
    """It was not done in time. On a busy machine that need not be the file's fault."""


class Failed(Exception):
    """The work did not come to an end and the file is not to blame: no room on the disk, a killed process."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.has_no_room = reason == "no_room"


@dataclass(frozen=True, slots=True)
class Limits:
    memory_mb: int = 512
    cpu_seconds: int = 30
    wall_seconds: int = 60
    file_mb: int = 64


class Reporter:
    """Where the work says how far it is, in per cent. What was said last is repeated every second: we live."""

    def __init__(self) -> None:
        self.percent = 0

    def __call__(self, percent: float) -> None:
        self.percent = max(self.percent, min(99, int(percent)))


# --- The parent's side ---------------------------------------------------------------------------------------


def run(
    function: str, *arguments: str, limits: Limits, on_progress: Callable[[int], None] = lambda percent: None
) -> dict[str, Any]:
    """Run `function` ("package.module:name") in a child and return its answer.

    `on_progress` is called about once a second; what it raises ends the child and is passed on. Raises Refused for a
    file that is no good or asks for more than `limits`, Failed when the work may be tried again.
    """
    task = json.dumps([function, arguments, asdict(limits), os.getpid()])
    command = [sys.executable, "-B", "-m", "config.lib.confined", task]
    child = subprocess.Popen(  # noqa: S603  our own program
        command, cwd=ROOT, env=_bare_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=_sink()
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(limits.wall_seconds, end)
    timer.start()
    last: Mapping[str, Any] = {}
    try:
        for said in _lines(child):
            if "percent" in said:
                on_progress(int(said["percent"]))
            else:
                last = said
    finally:
        timer.cancel()
        child.kill()
        child.wait()
    return _answer(last, child.returncode, late.is_set())


def _answer(last: Mapping[str, Any], code: int, was_late: bool) -> dict[str, Any]:
    if "result" in last:
        return dict(last["result"])
    if "refused" in last:
        raise Refused(str(last["refused"]))
    if "failed" in last:
        raise Failed(str(last["failed"]))
    if was_late:
        raise TookTooLong(TOO_MUCH)
    if -code in LED_ASTRAY:
        raise Refused(TOO_MUCH)
    raise Failed(f"ended with {code}")


def _lines(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert child.stdout is not None  # noqa: S101  we asked for a pipe
    with child.stdout as output:
        while line := output.readline(LONGEST_LINE):
            said = _understood(line)
            if said is None:
                return
            yield said


def _understood(line: bytes) -> dict[str, Any] | None:
    """None for anything that our own code would not have said."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _bare_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LANG": "C.UTF-8"}


def _sink() -> int | None:
    """Decoders chatter about broken files; RACHIS_CONFINED_LOG=1 lets a developer hear them."""
    return None if os.environ.get("RACHIS_CONFINED_LOG") else subprocess.DEVNULL


# --- The child's side ----------------------------------------------------------------------------------------

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2
# What the kernel calls the machine, and the numbers there of: socket, socketpair, bind, listen, accept, accept4,
# connect, sendto, sendmsg, sendmmsg, execve, execveat, ptrace, process_vm_readv and _writev, mount, bpf,
# io_uring_setup. A machine that is not listed goes without.
FORBIDDEN_CALLS = {
    "x86_64": (0xC000003E, [41, 53, 49, 50, 43, 288, 42, 44, 46, 307, 59, 322, 101, 310, 311, 165, 321, 425]),
    "aarch64": (0xC00000B7, [198, 199, 200, 201, 202, 242, 203, 206, 211, 269, 221, 281, 117, 270, 271, 40, 280, 425]),
}
# Classic BPF: load a word, jump if equal, jump if at least, return.
LOAD, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
X32_CALLS = 0x40000000


def _filter_program(architecture: int, calls: list[int]) -> bytes:
    """Deny `calls` with EPERM, and everything that comes in the manner of another architecture."""
    steps = [(LOAD, 0, 0, 4), (IF_EQUAL, 1, 0, architecture), (RETURN, 0, 0, DENY), (LOAD, 0, 0, 0)]
    steps += [(IF_AT_LEAST, len(calls) + 1, 0, X32_CALLS)]
    steps += [(IF_EQUAL, len(calls) - index, 0, call) for index, call in enumerate(calls)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, DENY)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _forbid_calls(libc: ctypes.CDLL) -> None:
    if platform.machine() not in FORBIDDEN_CALLS:
        return
    program = _filter_program(*FORBIDDEN_CALLS[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0)


def confine(limits: Limits, parent: int) -> None:
    """Take from this process what it will not need. Must come before the first byte of the file."""
    megabyte = 1024 * 1024
    for which, most in (
        (resource.RLIMIT_AS, limits.memory_mb * megabyte),
        (resource.RLIMIT_FSIZE, limits.file_mb * megabyte),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
    ):
        hard = most + 5 if which == resource.RLIMIT_CPU else most
        resource.setrlimit(which, (most, hard))
    os.umask(0o077)
    with contextlib.suppress(OSError):
        os.nice(10)  # pages come first
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _forbid_calls(libc)
    if os.getppid() != parent:
        os._exit(1)  # it died before we could ask to die with it


def _say(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _keep_saying(report: Reporter, over: threading.Event) -> None:
    while not over.wait(SAYS_EVERY):
        _say(percent=report.percent)


def main(task: str) -> NoReturn:
    function, arguments, limits, parent = json.loads(task)
    confine(Limits(**limits), parent)
    report, over = Reporter(), threading.Event()
    threading.Thread(target=_keep_saying, args=(report, over), daemon=True).start()
    module, _, name = function.partition(":")
    answer: dict[str, Any]
    try:
        answer = {"result": getattr(importlib.import_module(module), name)(*arguments, report)}
    except Exception as error:
        answer = _told(error)
    over.set()
    _say(**answer)
    os._exit(0)  # without the clean-up of libraries that have met a hostile file


def _told(error: Exception) -> dict[str, Any]:
    """`Refused` may come from here, where this file is `__main__`, or from the module that others import."""
    if type(error).__name__ == Refused.__name__:
        return {"refused": str(error)}
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return {"failed": "no_room"}
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in (errno.ENOMEM, errno.EFBIG)):
        return {"refused": TOO_MUCH}
    os.write(2, f"{error!r}\n".encode())
    return {"failed": type(error).__name__}


if __name__ == "__main__":
    main(sys.argv[1])
