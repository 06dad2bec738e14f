"""Child processes that never outlive us: started in order, watched together, stopped in reverse order.

Each child is told by the kernel when we die, even by `kill -9`; so no orphan stays behind. Signals go to the
child itself and not to its group: a Celery or gunicorn parent then lets its own children finish.
"""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 30
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class StartError(Exception):
    """One sentence for the person at the terminal, and the last lines of a log when there is one."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


class Family:
    """The children in the order of their birth."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: list[Child] = []

    def start(self, name: str, command: Sequence[str], env: dict[str, str]) -> Child:
        """Start one child in a session of its own, so that Ctrl-C at the terminal reaches only us."""
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  our own fixed commands
                list(command),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def wait_until(self, ready: Callable[[], bool], child: Child, seconds: float) -> None:
        """Return once `ready()`; raise StartError when the child dies first or takes longer than `seconds`."""
        give_up_at = time.monotonic() + seconds
        while not ready():
            if not child.is_alive:
                raise StartError(f"{child.name} stopped at once. Its last lines:\n{child.last_lines()}")
            if time.monotonic() > give_up_at:
                raise StartError(f"{child.name} did not answer within {seconds:.0f} s. See {child.log}")
            time.sleep(0.05)

    def dead(self) -> Child | None:
        return next((child for child in self.children if not child.is_alive), None)

    def stop(self, names: Sequence[str]) -> None:
        """End the named children together and wait for them; one that stays longer is killed."""
        leaving = [child for child in self.children if child.name in names]
        for child in leaving:
            if child.is_alive:
                child.process.terminate()
        give_up_at = time.monotonic() + STOP_SECONDS
        for child in leaving:
            try:
                child.process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self.children = [child for child in self.children if child not in leaving]
