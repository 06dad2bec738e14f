"""Where media lie on the disk, below MEDIA_ROOT.

incoming/   while a browser sends          uploads/    until the job is done
work/       what a job is writing          exercises/  what is shown: a folder for each photo or video

Files appear in `uploads` and `exercises` by rename, after they have reached the disk; so they are whole or not there.
What nobody names any more is swept away after a day.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from config.lib.uploads import IncomingFile, sync_folder

INCOMING, UPLOADS, WORK, SHOWN = "incoming", "uploads", "work", "exercises"
KEPT = timedelta(hours=24)
CHUNK = 1024 * 1024


def folder(name: str) -> Path:
    """One of the four folders, made when it is not there. Nobody but this account may look inside."""
    path = Path(settings.MEDIA_ROOT) / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(name: str) -> Path:
    """Where a stored name lies."""
    return Path(settings.MEDIA_ROOT) / name


def keep_upload(upload: IncomingFile, suffix: str) -> str:
    """Keep what came in under a random name of ours; answers with that name."""
    name = f"{UPLOADS}/{uuid4().hex}{suffix}"
    upload.move(folder(UPLOADS) / name.removeprefix(f"{UPLOADS}/"))
    return name


def new_work() -> Path:
    """An empty folder for one job."""
    path = folder(WORK) / uuid4().hex
    path.mkdir(mode=0o700)
    return path


def show(work: Path) -> str:
    """Move a finished folder to where it is shown from, all its files at once; answers with its stored name."""
    for file in work.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    sync_folder(work)
    os.rename(work, folder(SHOWN) / work.name)
    sync_folder(folder(SHOWN))
    return f"{SHOWN}/{work.name}"


def digest_of(names: Iterable[str]) -> str:
    """One digest over several files, in the order given. Raises OSError when one is not there."""
    digest = hashlib.sha256()
    for name in names:
        with path_of(name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def drop(path: Path) -> None:
    """Take a file or a folder away; one that is gone is fine."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def drop_stored(*names: str) -> None:
    """Take stored uploads, and the whole folders of stored files, away."""
    for name in filter(None, names):
        path = path_of(name)
        drop(path if name.startswith(f"{UPLOADS}/") else path.parent)


def sweep(now: datetime, is_named: Callable[[str], bool]) -> int:
    """Take away what is older than a day and that no row names (`uploads/...` or `exercises/<folder>`)."""
    swept = 0
    for path, name in _old(now - KEPT):
        if not name or not is_named(name):
            drop(path)
            swept += 1
    return swept


def _old(before: datetime) -> Iterator[tuple[Path, str]]:
    """Everything last changed before then, with its stored name where a row may have one."""
    for place in (INCOMING, WORK, UPLOADS, SHOWN):
        for path in sorted(folder(place).iterdir()):
            try:
                is_old = path.stat().st_mtime < before.timestamp()
            except FileNotFoundError:
                continue
            if is_old:
                yield path, f"{place}/{path.name}" if place in (UPLOADS, SHOWN) else ""
