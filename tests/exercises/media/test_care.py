"""Files that are lost, found again, removed, or left over."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from exercises.enums import MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import media as service
from exercises.services import media_care
from exercises.tasks import tidy_media
from tests.exercises.media.conftest import files_in
from tests.exercises.media.rows import make_media
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HOUR = timedelta(hours=1)


def state(media: ExerciseMedia) -> tuple[str, str]:
    media.refresh_from_db()
    return media.state, media.trouble


def test_a_missing_file_is_noticed_and_one_that_is_back_is_shown(draft: Exercise, media_root: Path) -> None:
    media, other = make_media(draft), make_media(draft)
    now = timezone.now()
    path = media_root / media.sizes["480"]
    content = path.read_bytes()
    path.unlink()
    assert media_care.check(now) == 1
    assert state(media) == (MediaState.LOST, media_care.MISSING)
    assert state(other) == (MediaState.READY, "")
    assert list(ExerciseMedia.objects.in_trouble()) == [media]

    path.write_bytes(content)
    assert media_care.check(now + 25 * HOUR) == 0
    assert state(media) == (MediaState.READY, "")


def test_a_changed_file_is_noticed(draft: Exercise, media_root: Path) -> None:
    media = make_media(draft, "video")
    (media_root / media.file.name).write_bytes(b"something else")
    media_care.check(timezone.now())
    assert state(media) == (MediaState.LOST, media_care.CHANGED)


def test_each_file_is_read_once_a_day(draft: Exercise, media_root: Path) -> None:
    media = make_media(draft)
    now = timezone.now()
    media_care.check(now)
    (media_root / media.sizes["480"]).unlink()
    assert media_care.check(now + 23 * HOUR) == 0
    assert media_care.check(now + 25 * HOUR) == 1


def test_links_are_never_opened(draft: Exercise) -> None:
    """Nobody asks the other site anything, so nobody can say that a link is broken."""
    media = make_media(draft, "link")
    media_care.check(timezone.now())
    assert state(media) == (MediaState.READY, "")


def test_what_was_removed_goes_for_good_after_a_day(draft: Exercise, media_root: Path, world: World) -> None:
    media = make_media(draft)
    now = timezone.now()
    service.remove(actor=world.cora, media=media, now=now)
    media_care.tidy(now + 23 * HOUR)
    assert len(files_in(media_root)) == 2
    media_care.tidy(now + 25 * HOUR)
    assert ExerciseMedia.objects.count() == 0
    assert files_in(media_root) == []


def test_leftovers_go_after_a_day_and_nothing_else_does(draft: Exercise, media_root: Path) -> None:
    kept = make_media(draft)
    waiting = make_media(draft, state="waiting", file="", sizes={}, upload="uploads/waiting.jpg")
    leftovers = ["incoming/a.part", "uploads/orphan.jpg", "work/dead/480.webp", "exercises/orphan/480.webp"]
    for name in [*leftovers, "uploads/waiting.jpg"]:
        (media_root / name).parent.mkdir(parents=True, exist_ok=True)
        (media_root / name).write_bytes(b"x")
    before = set(files_in(media_root))
    assert media_care.tidy(timezone.now()) == 0
    assert set(files_in(media_root)) == before

    yesterday = (timezone.now() - 25 * HOUR).timestamp()
    for path in media_root.rglob("*"):
        os.utime(path, (yesterday, yesterday))
    orphan_of_setup = 1  # `make_media` wrote files for the waiting row too, which names none of them
    assert media_care.tidy(timezone.now()) == len(leftovers) + orphan_of_setup
    assert set(files_in(media_root)) == {*kept.sizes.values(), waiting.upload.name}


def test_other_peoples_folders_are_left_alone(draft: Exercise, media_root: Path) -> None:
    (media_root / "imports").mkdir(parents=True)
    (media_root / "imports" / "old.csv").write_bytes(b"a;b")
    os.utime(media_root / "imports" / "old.csv", (0, 0))
    media_care.tidy(timezone.now())
    assert files_in(media_root) == ["imports/old.csv"]


def test_the_hourly_task_does_both(draft: Exercise, media_root: Path) -> None:
    media = make_media(draft)
    (media_root / media.sizes["480"]).unlink()
    tidy_media()
    assert state(media)[0] == MediaState.LOST


def test_discarding_a_draft_leaves_files_to_the_sweep(draft: Exercise, media_root: Path) -> None:
    make_media(draft)
    draft.delete()
    assert ExerciseMedia.objects.count() == 0
    media_care.tidy(timezone.now() + 25 * HOUR)
    assert files_in(media_root) == []
