"""Fixtures that lead to the servers started by `tests.servers`."""

import email
import email.policy
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import overload

import pytest
import redis
from pytest_django import Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NO_CHROMIUM = "No Chromium found. Install it: apt-get install chromium libatomic1 fonts-dejavu-core"


class Mailbox(Sequence[EmailMessage]):
    """The mails that the SMTP server took from this worker, in order, with X-Envelope-From and -To added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))

    def __len__(self) -> int:
        return len(self.files())

    @overload
    def __getitem__(self, index: int) -> EmailMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[EmailMessage]: ...
    def __getitem__(self, index: int | slice) -> EmailMessage | list[EmailMessage]:
        messages = [read(file) for file in self.files()]
        return messages[index]

    def __iter__(self) -> Iterator[EmailMessage]:
        # Sequence would ask for one index after the other, each of which reads every file.
        return map(read, self.files())

    def wait_for(self, count: int, timeout: float = 10) -> list[EmailMessage]:
        """Return the mails once there are at least `count`; fail with what came if it takes too long."""
        give_up_at = time.monotonic() + timeout
        while len(self) < count:
            if time.monotonic() > give_up_at:
                subjects = [message["Subject"] for message in self]
                pytest.fail(f"waited {timeout} s for {count} mails, got {len(subjects)}: {subjects}")
            time.sleep(0.02)
        return list(self)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self if address in message["X-Envelope-To"].split(", ")]

    def clear(self) -> None:
        for file in self.files():
            file.unlink()


def read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


@pytest.fixture
def mailbox(settings: Settings) -> Mailbox:
    """Send mail for real in this test, instead of to Django's `mail.outbox`, and read what arrives."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    box = Mailbox(Path(os.environ["RACHIS_DATA"]) / "mail")
    box.clear()
    return box


@pytest.fixture
def redis_server() -> Iterator[redis.Redis]:
    """A client of this worker's own Redis database, empty."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield client


@pytest.fixture
def child_environment(transactional_db: None, settings: Settings) -> dict[str, str]:
    """Environment for a child process (a Celery worker, a command) that shall see this test's database."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        host = Path(os.environ["RACHIS_TEST_FOLDER"]) / "postgres"
        return {**os.environ, "DATABASE_URL": f"postgres://postgres@/{name}?host={host}"}
    return {**os.environ, "DATABASE_URL": f"sqlite:///{name}"}


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail(NO_CHROMIUM)
    return found
