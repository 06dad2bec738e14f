"""Pytest plug-in: the tests meet a real PostgreSQL, a real Redis and a real SMTP server.

It is named by `addopts`, because the servers must run before Django reads its settings: `conftest.py` is too
late, and the tests would then run on SQLite without saying so. With xdist only the controller starts them.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

pytest_plugins = ["tests.fixtures_servers"]

ROOT = Path(__file__).resolve().parent.parent
# Each worker has this many Redis databases to itself, so that cache and queue need not share one.
REDIS_DATABASES_PER_WORKER = 4
STOP_SECONDS = 40


@contextlib.contextmanager
def running_servers(database: str = "postgresql", *, durable: bool = False) -> Iterator[dict[str, str]]:
    """Start the servers, give the environment that leads to them, stop them; `durable` waits for the disk."""
    command = [sys.executable, "-m", "tests.keeper", database, *(["--durable"] if durable else [])]
    # A session of its own, so that Ctrl-C in the terminal does not stop the servers before the tests.
    keeper = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    try:
        ready = keeper.stdout.readline()
        if not ready:
            raise pytest.UsageError(f"The test servers did not start; {' '.join(command)} says why.")
        facts = json.loads(ready)
        yield environment(facts["folder"], facts["smtp_port"], database)
    finally:
        keeper.stdin.close()
        keeper.wait(STOP_SECONDS)


def environment(folder: str, smtp_port: int, database: str) -> dict[str, str]:
    """The same variables that a production machine would set."""
    databases = {
        "postgresql": f"postgres://postgres@/rachis?host={folder}/postgres",
        "sqlite": f"sqlite:///{folder}/rachis.sqlite3",
    }
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": databases[database],
        "REDIS_URL": f"unix://{folder}/redis.sock?db=0",
        "EMAIL_URL": f"smtp://main:main@127.0.0.1:{smtp_port}",
        "RACHIS_DATA": f"{folder}/data/main",
        "RACHIS_TEST_FOLDER": folder,
        # Playwright's synchronous interface keeps an event loop in the thread that also asks the database.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def apart_for_worker(worker: str) -> dict[str, str]:
    """What must differ between xdist workers: Redis database, mail folder and data folder."""
    first_database = int(worker.removeprefix("gw")) * REDIS_DATABASES_PER_WORKER
    folder = os.environ["RACHIS_TEST_FOLDER"]
    smtp_address = os.environ["EMAIL_URL"].rpartition("@")[2]
    return {
        "REDIS_URL": f"unix://{folder}/redis.sock?db={first_database}",
        "EMAIL_URL": f"smtp://{worker}:{worker}@{smtp_address}",
        "RACHIS_DATA": f"{folder}/data/{worker}",
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite", action="store_true", help="run on SQLite (a file) instead of PostgreSQL")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper, so that it comes before pytest-django, which loads the settings in this hook."""
    options = early_config.known_args_namespace
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ.update(apart_for_worker(worker))
    elif not (options.help or options.version):
        servers = running_servers("sqlite" if options.sqlite else "postgresql")
        os.environ.update(servers.__enter__())
        early_config.add_cleanup(lambda: servers.__exit__(None, None, None))
    if "RACHIS_DATA" in os.environ:
        Path(os.environ["RACHIS_DATA"]).mkdir(parents=True, exist_ok=True)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("sqlite"):
        from django.db import connection

        # Django would test SQLite in memory; the product writes to a file, with its locks and its journal.
        connection.settings_dict["TEST"]["NAME"] = f"{os.environ['RACHIS_TEST_FOLDER']}/test.sqlite3"


def pytest_report_header() -> str:
    addresses = (os.environ.get(name, "none") for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))
    return f"servers: {' '.join(addresses)}"
