"""A small SMTP server that misbehaves as it is told, one behaviour a mail; it writes down what it really took."""

import contextlib
import re
import socket
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

ACCEPT = "accept"
CUT_BEFORE_DATA = "cut before DATA"
CUT_IN_DATA = "cut in DATA"
CUT_AFTER_DOT = "cut after the dot"
KEEP_AND_CUT = "accepted, then cut before the answer"
HANG_UP = "accepted, answered, then hung up"


class Hostile:
    """`script` holds one entry a mail: a word above, or a stage and an answer such as "rcpt 550 No such user"."""

    def __init__(self, *script: str) -> None:
        self.script = deque(script)
        self.taken: Counter[str] = Counter()
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=[wire], daemon=True).start()

    def stop(self) -> None:
        # Shutting down wakes the thread that waits in accept(); closing alone would leave it listening.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _talk(self, wire: socket.socket) -> None:
        with wire, wire.makefile("rwb") as lines:
            Talk(self, lines).run()


class HungUp(Exception):
    """The server cuts the connection here."""


class Talk:
    """One connection, from greeting to end."""

    def __init__(self, server: Hostile, lines: BinaryIO) -> None:
        self.server = server
        self.lines = lines
        self.behaviour = ACCEPT
        self.verbs = {b"MAIL": self.mail, b"RCPT": self.rcpt, b"DATA": self.data, b"QUIT": self.quit}

    def run(self) -> None:
        self.say("220 hostile")
        with contextlib.suppress(HungUp):
            for line in self.lines:
                self.verbs.get(line[:4].upper(), self.other)()

    def say(self, text: str) -> None:
        self.lines.write(text.encode() + b"\r\n")
        self.lines.flush()

    def other(self) -> None:
        self.say("250 ok")

    def mail(self) -> None:
        self.behaviour = self.server.script.popleft() if self.server.script else ACCEPT
        self.answer("mail", "250 ok")

    def rcpt(self) -> None:
        self.answer("rcpt", "250 ok")

    def quit(self) -> None:
        self.say("221 bye")
        raise HungUp

    def answer(self, stage: str, usual: str) -> bool:
        """True when the usual answer was given."""
        told, _, unusual = self.behaviour.partition(" ")
        self.say(unusual if told == stage else usual)
        return told != stage

    def data(self) -> None:
        self.cut(CUT_BEFORE_DATA)
        if not self.answer("data", "354 go on"):
            return
        if self.behaviour == CUT_IN_DATA:
            self.lines.readline()
        self.cut(CUT_IN_DATA)
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += self.lines.readline()
        self.cut(CUT_AFTER_DOT)
        if self.behaviour.startswith("dot "):
            self.answer("dot", "")
            return
        self.server.taken[re.search(rb"Message-ID: (\S+)", content)[1].decode()] += 1
        self.cut(KEEP_AND_CUT)
        self.say("250 kept")
        self.cut(HANG_UP)

    def cut(self, behaviour: str) -> None:
        if self.behaviour == behaviour:
            raise HungUp


@contextmanager
def hostile(settings, *script: str) -> Iterator[Hostile]:
    """The product's mail settings lead to a hostile server for a while."""
    server = Hostile(*script)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER = "127.0.0.1", server.port, ""
    settings.EMAIL_TIMEOUT = 3
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
