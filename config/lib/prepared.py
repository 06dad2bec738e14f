"""Whether a data folder is as this version wants it, so that a second start need not ask again."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What migrating, loading and seeding depend on: our files, and the locked versions that bring theirs.
SOURCES = ["requirements.txt", "*/migrations/*.py", "*/library/*.toml", "programs/demo/*.py", "*/services/library.py"]


def fingerprint(database: Path) -> str:
    """Changes with the sources, and when the database file is another one (restored, replaced)."""
    digest = hashlib.sha256(str(database.stat().st_ino).encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_prepared(database: Path, note: Path) -> bool:
    """True when `note` was written for this very database and these sources."""
    is_ours = database.is_file() and note.is_file() and note.read_text() == fingerprint(database)
    return is_ours and _opens(database)


def _opens(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute("SELECT 1 FROM django_migrations LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False


def remember(database: Path, note: Path) -> None:
    """Write the note, once everything is prepared."""
    note.write_text(fingerprint(database))
