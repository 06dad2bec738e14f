"""The mail server of embedded mode: takes every mail on loopback, sends none on, and keeps each as one .eml file.

`python -m config.mailkeeper --port 8825 --folder data/mail`. A file appears whole or not at all.
"""

import argparse
import asyncio
import itertools
import logging
import os
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
LARGEST = 10 * 1024 * 1024


class Keeper:
    """aiosmtpd's handler. Names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        try:
            self.keep(envelope.original_content or b"", envelope.mail_from or "", envelope.rcpt_tos)
        except OSError as error:
            return f"452 The mail could not be kept: {error.strerror}"
        return "250 Kept"

    def keep(self, content: bytes, sender: str, recipients: list[str]) -> Path:
        """Write beside, bring to the disk, then give it its name."""
        name = f"{time.time_ns() // 1000:017d}-{os.getpid()}-{next(self.numbers)}"
        unfinished = self.folder / f"{name}.part"
        head = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        with unfinished.open("wb") as file:
            file.write(head.encode() + content)
            file.flush()
            os.fsync(file.fileno())
        return unfinished.rename(self.folder / f"{name}.eml")


async def serve(folder: Path, port: int) -> None:
    """Until SIGTERM or SIGINT; mails in transit are finished by their senders' next attempt."""
    keeper = Keeper(folder)
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)

    def protocol() -> SMTP:
        return SMTP(keeper, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Rachis mail keeper")

    async with await loop.create_server(protocol, HOST, port):
        await done.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    asyncio.run(serve(options.folder, options.port))


if __name__ == "__main__":
    main()
