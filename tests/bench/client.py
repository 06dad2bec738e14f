"""A load client for loopback: one kept connection, raw sockets, so that the client's own cost stays small and equal."""

import re
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as bytes, and the status that it must answer."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 200

    def encoded(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        if self.body and "Content-Type" not in dict(self.headers):
            lines.append("Content-Type: application/json")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one series. `spread` is the range of the medians of its rounds."""

    p50: float
    p95: float
    low: float
    high: float
    size: int


class Connection:
    """Keeps its connection and opens a new one when the server closed it (the sync worker of gunicorn does)."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def send(self, request: Request) -> tuple[float, bytes]:
        """Milliseconds until the whole answer is here, and its body. A wrong status is an error."""
        encoded = request.encoded()
        started = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(encoded)
        answer = self._answer()
        took = (time.perf_counter() - started) * 1000
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != request.status:
            raise RuntimeError(f"{request.method} {request.path}: {status}\n{body[:600].decode(errors='replace')}")
        if b"connection: close" in head.lower():
            self.close()
        return took, body

    def _answer(self) -> bytes:
        assert self.socket is not None
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        if found is None:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        else:
            while len(body) < int(found[1]):
                body += self._more()
        return head + b"\r\n\r\n" + body

    def _more(self) -> bytes:
        assert self.socket is not None
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return part

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def series(port: int, make: Request | Iterator[Request], *, rounds: int = 3, each: int = 100, warm: int = 10) -> Timing:
    """Time `rounds` x `each` requests on one connection, after `warm` that do not count."""
    requests = repeat(make) if isinstance(make, Request) else make
    connection = Connection(port)
    size = 0
    for _ in range(warm):
        connection.send(next(requests))
    medians, all_times = [], []
    for _ in range(rounds):
        times = []
        for _ in range(each):
            took, body = connection.send(next(requests))
            times.append(took)
            size = len(body)
        medians.append(statistics.median(times))
        all_times += times
    connection.close()
    ordered = sorted(all_times)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    return Timing(statistics.median(medians), p95, min(medians), max(medians), size)


def until(ready: Callable[[], object], seconds: float = 30) -> None:
    """Return when `ready()` no longer raises; after `seconds` its error comes through."""
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            ready()
            return
        except (OSError, RuntimeError):
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
