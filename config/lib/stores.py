"""Where the data lives, derived from one URL each: database, Redis (broker, cache), mail."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ


def database(url: str, *, pool: bool = True) -> dict[str, Any]:
    """Django's DATABASES entry for `url`.

    SQLite: WAL with full synchronisation, and every transaction takes the write lock at its start, so that
    writers queue instead of failing. PostgreSQL: connections are kept in a pool for each process.
    """
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if "sqlite" in config["ENGINE"]:
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        }
    else:
        # A socket directory arrives as ?host=...; Django wants it as HOST.
        host = config.get("OPTIONS", {}).pop("host", None)
        if host:
            config["HOST"] = host
        config.setdefault("OPTIONS", {})
        if pool:
            config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return config


def _first_database(redis_url: str) -> int:
    """The number that `redis_url` names, as `/3` or `?db=3`; 0 without one."""
    parts = urlsplit(redis_url)
    asked = parse_qs(parts.query).get("db", [""])[0] or (parts.path.strip("/") if parts.scheme != "unix" else "")
    return int(asked or 0)


def broker_url(redis_url: str) -> str:
    """Celery's form of `redis_url`: the database that it names."""
    parts, number = urlsplit(redis_url), _first_database(redis_url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}"


def cache_url(redis_url: str) -> str:
    """Django's form of `redis_url`: the database after the one that it names."""
    parts, number = urlsplit(redis_url), _first_database(redis_url) + 1
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}"


SOCKET_PATH_LIMIT = 100  # the kernel takes 107 bytes


def socket_path(data: Path) -> Path:
    """Where the embedded Redis listens; in a short folder of its own when `data` is too deep for a socket."""
    path = data / "run" / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"rachis-{name}" / "redis.sock"


def default_urls(data: Path) -> dict[str, str]:
    """What the embedded mode uses when the environment names nothing."""
    return {
        "DATABASE_URL": f"sqlite:///{data / 'rachis.sqlite3'}",
        "REDIS_URL": f"unix://{socket_path(data)}",
        "EMAIL_URL": "smtp://127.0.0.1:8825",
    }
