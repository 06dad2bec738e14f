"""Where the files of imports and exports lie, below MEDIA_ROOT, for seven days.

imports/   what was uploaded      previews/  what an import would change, a line for each row
exports/   what can be downloaded

They appear by rename after they have reached the disk, so they are whole or not there. Nobody but a view that has
asked who wants them serves them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from config.lib.uploads import IncomingFile, sync_folder
from exercises.models import LibraryJob

IMPORTS, PREVIEWS, EXPORTS = "imports", "previews", "exports"
KEPT = timedelta(days=7)
ORPHANED = timedelta(hours=24)
PART = ".part"


def folder(name: str) -> Path:
    """One of the three folders, made when it is not there. Nobody but this account may look inside."""
    path = Path(settings.MEDIA_ROOT) / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(name: str) -> Path:
    """Where a stored name lies."""
    return Path(settings.MEDIA_ROOT) / name


def keep_upload(upload: UploadedFile, ending: str) -> str:
    """Keep what came in under a random name of ours; answers with that name."""
    name = f"{IMPORTS}/{uuid4().hex}.{ending}"
    if isinstance(upload, IncomingFile):
        upload.move(folder(IMPORTS) / Path(name).name)
        return name
    with writing(name) as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return name


@contextmanager
def writing(name: str) -> Iterator[BinaryIO]:
    """A file that gets its name only when all of it is on the disk."""
    target = folder(name.partition("/")[0]) / Path(name).name
    part = target.with_name(f"{target.name}-{uuid4().hex[:8]}{PART}")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def write_lines(name: str, lines: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line."""
    with writing(name) as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def read_lines(name: str, start: int, count: int, outcome: str = "") -> list[dict[str, Any]]:
    """Some of the lines, of one outcome if asked for; none when the file is gone."""
    try:
        with path_of(name).open("rb") as file:
            lines = (json.loads(line) for line in file)
            return list(islice((line for line in lines if outcome in ("", line["outcome"])), start, start + count))
    except (FileNotFoundError, IsADirectoryError):
        return []


def is_there(name: str) -> bool:
    return bool(name) and path_of(name).is_file()


def drop(name: str) -> None:
    """Take a stored file away; one that is gone is fine."""
    if name:
        path_of(name).unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Take away files that are seven days old, and after a day what no job names: leftovers of a killed worker."""
    for job in LibraryJob.objects.with_files_older_than(now - KEPT).only("pk", "upload", "result"):
        LibraryJob.objects.filter(pk=job.pk).update(upload="", result="")
    named = {name for pair in LibraryJob.objects.values_list("upload", "result") for name in pair}
    old = list(_unnamed(now - ORPHANED, named))
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _unnamed(before: datetime, named: set[str]) -> Iterator[Path]:
    for place in (IMPORTS, PREVIEWS, EXPORTS):
        for path in sorted(folder(place).iterdir()):
            try:
                is_old = path.stat().st_mtime < before.timestamp()
            except FileNotFoundError:
                continue
            if is_old and f"{place}/{path.name}" not in named:
                yield path
