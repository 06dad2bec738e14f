"""Where the data lives, derived from one URL each: database, Redis (broker, cache), mail."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


def broker_url(redis_url: str, number: int = 0) -> str:
    """Celery's form of `redis_url`."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return redis_url if parts.path.strip("/") else f"{redis_url.rstrip('/')}/{number}"


def cache_url(redis_url: str, number: int = 1) -> str:
    """Django's form of `redis_url`, in a database of its own."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    base = f"{parts.scheme}://{parts.netloc}"
    return f"{base}/{number}"


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
