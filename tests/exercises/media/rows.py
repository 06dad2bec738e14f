"""Media rows with their files, as a finished job leaves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from exercises.enums import MediaKind, MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import media_files
from exercises.services.media_work import names_of


def make_media(exercise: Exercise, kind: str = "photo", *, content: bytes = b"pixels", **fields: Any) -> ExerciseMedia:
    """A ready photo or video (its files hold `content`, which nobody decodes here), or a link."""
    values: dict[str, Any] = {"alt_text": "A hand on the hip", "author": "Ana Lind", "licence": "Our own work"}
    if kind == MediaKind.LINK:
        values |= {"link": "https://video.example.org/watch?v=1", "state": MediaState.READY}
    else:
        values |= _files(kind, content)
    return ExerciseMedia.objects.create(exercise=exercise, kind=kind, **(values | fields))


def _files(kind: str, content: bytes) -> dict[str, Any]:
    stored = f"exercises/{uuid4().hex}"
    folder = Path(settings.MEDIA_ROOT) / stored
    folder.mkdir(parents=True)
    sizes = {width: f"{stored}/{width}.webp" for width in ("480", "960")}
    file = f"{stored}/video.mp4" if kind == MediaKind.VIDEO else sizes["960"]
    names = names_of(file, sizes)
    for name in names:
        (Path(settings.MEDIA_ROOT) / name).write_bytes(content)
    return {
        "state": MediaState.READY,
        "file": file,
        "sizes": sizes,
        "digest": media_files.digest_of(names),
        "content_type": "video/mp4" if kind == MediaKind.VIDEO else "image/webp",
        "width": 960,
        "height": 720,
        "duration_seconds": 65.2 if kind == MediaKind.VIDEO else None,
        "progress": 100,
    }
