"""A media folder for each test, an exercise to add to, and a way to send a file as a browser does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.lib.uploads import END_FIELD
from exercises.models import Exercise, ExerciseMedia
from exercises.services import media_work
from tests.factories import make_exercise
from tests.world import World

WORDS = {"alt_text": "Heel on a low step, knee straight", "author": "Cora Vogel", "licence": "Our own work"}
Send = Callable[..., Any]
warmed: list[int] = []


@pytest.fixture
def media_root(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def draft(world: World, media_root: Path) -> Exercise:
    """A draft of the shared library, which Cora writes."""
    return make_exercise("Step stretch", state="draft", written_by=world.cora)


@pytest.fixture
def cora(client: Client, world: World) -> Client:
    client.force_login(world.cora)
    return client


@pytest.fixture
def send(cora: Client, draft: Exercise) -> Send:
    """`send(data, "photo.jpg", "image/jpeg")`: the answer to the form with this file in it."""

    if not warmed:  # templates and modules are loaded once for each process, not for each answer
        warmed.append(cora.get(reverse("exercises:media_add", args=[draft.code, "photo"])).status_code)

    def send(data: bytes, name: str, declared: str, kind: str = "photo", **fields: Any) -> Any:
        file = SimpleUploadedFile(name, data, content_type=declared)
        body = WORDS | {"file": file, END_FIELD: "1"} | fields
        return cora.post(reverse("exercises:media_add", args=[draft.code, kind]), body)

    return send


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bells that were rung, instead of a worker that hears them."""
    rung: list[str] = []
    monkeypatch.setattr("config.lib.bells.current_app.send_task", lambda task, **options: rung.append(task))
    return rung


def files_in(root: Path) -> list[str]:
    """All files below the media folder, by name."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def prepared(media: ExerciseMedia | None = None) -> ExerciseMedia:
    """The one row there is, after a worker has been at it."""
    media_work.work_off(owner="test")
    return ExerciseMedia.objects.get(**({"pk": media.pk} if media else {}))
