"""The row is the queue: leases, fences, tries, and what is left when a worker is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.celery import app
from config.lib import confined
from config.lib.confined import Failed
from exercises.enums import MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import media as service
from exercises.services import media_files, media_work
from tests.exercises.media import pictures
from tests.exercises.media.conftest import files_in, prepared

pytestmark = pytest.mark.django_db


def waiting(exercise: Exercise, data: bytes = b"", kind: str = "photo", **fields: Any) -> ExerciseMedia:
    """A row with its upload, as the form leaves it."""
    suffix = ".jpg" if kind == "photo" else ".mp4"
    number = ExerciseMedia.objects.count()
    path = media_files.folder(media_files.UPLOADS) / f"upload{number}{suffix}"
    path.write_bytes(data or pictures.jpeg())
    values = {"alt_text": f"Picture {number}", "author": "A", "licence": "L"} | fields
    return ExerciseMedia.objects.create(exercise=exercise, kind=kind, upload=f"uploads/{path.name}", **values)


def test_adding_rings_the_bell_after_the_commit(send, bell: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(pictures.jpeg(), "one.jpg", "image/jpeg")
    assert bell == ["exercises.tasks.prepare_media"]


def test_the_worker_and_the_beat_know_the_tasks() -> None:
    app.loader.import_default_modules()
    assert {"exercises.tasks.prepare_media", "exercises.tasks.tidy_media"} <= set(app.tasks)
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_claimed_row_is_nobody_elses_until_the_lease_is_over(draft: Exercise) -> None:
    waiting(draft)
    now = timezone.now()
    first = media_work.claim("one", now)
    assert first
    assert (first.state, first.attempts) == ("working", 1)
    assert media_work.claim("two", now + timedelta(seconds=89)) is None
    second = media_work.claim("two", now + timedelta(seconds=91))
    assert second
    assert (second.owner, second.attempts) == ("two", 2)


def test_a_job_that_lost_its_row_changes_nothing_and_leaves_nothing(draft: Exercise, media_root: Path) -> None:
    media = waiting(draft)
    slow = media_work.claim("slow", timezone.now())
    ExerciseMedia.objects.update(owner="other", attempts=2)
    media_work.Job(slow, "slow", timezone.now, counts := media_work.Counts()).run()
    media.refresh_from_db()
    assert (media.state, media.owner, counts.lost) == ("working", "other", 1)
    assert files_in(media_root) == [media.upload.name]


def test_what_was_removed_meanwhile_stays_removed(draft: Exercise, media_root: Path, world) -> None:
    media = waiting(draft)
    mine = media_work.claim("one", timezone.now())
    service.remove(actor=world.cora, media=media, now=timezone.now())
    media_work.Job(mine, "one", timezone.now, counts := media_work.Counts()).run()
    media.refresh_from_db()
    assert (media.state, counts.lost) == (MediaState.REMOVED, 1)
    service.bring_back(actor=world.cora, media=media)
    assert prepared(media).state == MediaState.READY


def test_photos_come_before_videos_and_one_video_at_a_time(draft: Exercise) -> None:
    now = timezone.now()
    for kind in ("video", "video", "photo"):
        waiting(draft, kind=kind)
    claimed = [media_work.claim(f"worker{number}", now) for number in range(3)]
    assert [media.kind if media else None for media in claimed] == ["photo", "video", None]


def test_progress_is_written_down_and_keeps_the_lease(draft: Exercise) -> None:
    waiting(draft)
    start = timezone.now()
    media = media_work.claim("one", start)
    job = media_work.Job(media, "one", lambda: start + timedelta(seconds=60), media_work.Counts())
    job._tell(40)
    media.refresh_from_db()
    assert (media.progress, media.lease_until) == (40, start + timedelta(seconds=150))


def test_a_file_that_is_gone_is_refused(draft: Exercise, media_root: Path) -> None:
    media = waiting(draft)
    (media_root / media.upload.name).unlink()
    media = prepared()
    assert (media.state, media.trouble) == ("refused", "What was sent is not there any more. Add it again.")


def test_a_child_that_is_killed_is_tried_three_times(draft: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed from outside (by the system, for want of memory), the file is not to blame at once."""
    waiting(draft)
    monkeypatch.setattr(confined, "run", lambda *args, **options: (_ for _ in ()).throw(Failed("ended with -9")))
    states, now = [], timezone.now()
    for attempt in range(3):
        media_work.work_off(owner=f"run{attempt}", now=lambda now=now: now)
        states.append(ExerciseMedia.objects.get().state)
        now += timedelta(minutes=2)
    assert states == ["waiting", "waiting", "refused"]
    assert ExerciseMedia.objects.get().trouble == media_work.GIVEN_UP


def test_a_busy_machine_gets_another_try(draft: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed by the clock on the wall is no fault of the file either."""
    waiting(draft)
    monkeypatch.setattr(media_work, "PHOTO", confined.Limits(memory_mb=768, wall_seconds=0))
    assert media_work.work_off(owner="slow").again == 1
    assert ExerciseMedia.objects.get().state == "waiting"


def test_a_row_that_kills_its_workers_is_given_up(draft: Exercise) -> None:
    waiting(draft, state="working", attempts=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert media_work.work_off(owner="next").refused == 1
    media = ExerciseMedia.objects.get()
    assert (media.state, media.trouble, media.upload.name) == ("refused", media_work.GIVEN_UP, "")


def test_an_answer_with_other_files_than_expected_is_not_believed(draft: Exercise, tmp_path: Path) -> None:
    """The child has met a hostile file; it may say anything."""
    (tmp_path / "480.webp").write_bytes(b"one")
    (tmp_path / "evil.html").write_bytes(b"two")
    answer = {"widths": [480], "width": 480, "height": 360}
    with pytest.raises(Failed):
        media_work._facts(waiting(draft), tmp_path, answer)


# --- Killed --------------------------------------------------------------------------------------------------

# A worker as Celery runs it: it takes what waits until nothing is left.
WORKER = """
import django; django.setup()
from exercises.services import media_work
from patients.tasks import run_name
print("up", flush=True)
while media_work.work_off(owner=run_name()).ready: pass
print("done", flush=True)
"""
PHOTOS, ROUNDS = 6, 8


def worker(environment: dict[str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    return process


def leases_run_out() -> None:
    ExerciseMedia.objects.filter(state="working").update(lease_until=timezone.now() - timedelta(seconds=1), attempts=1)


def is_whole(root: Path, media: ExerciseMedia) -> bool:
    digest = media_files.digest_of(media_work.names_of(media.file.name, media.sizes))
    for stored in media.sizes.values():
        with Image.open(root / stored) as picture:
            picture.load()
    return digest == media.digest


@pytest.mark.slow
@pytest.mark.race
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_killed_workers_leave_nothing_half_done(draft: Exercise, media_root: Path, child_environment) -> None:
    """kill -9 at random moments: every row that is ready is whole; a later sweep finishes the rest."""
    data = pictures.saved(pictures.painted((2400, 1800)), "JPEG")
    for _ in range(PHOTOS):
        waiting(draft, data)
    environment = child_environment | {"MEDIA_ROOT": str(media_root)}
    dice = random.Random(20)
    for _ in range(ROUNDS):
        process = worker(environment)
        time.sleep(dice.random() * 0.9)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        for media in ExerciseMedia.objects.filter(state="ready"):
            assert is_whole(media_root, media)
        assert not ExerciseMedia.objects.filter(state="refused").exists()
        leases_run_out()
    last = worker(environment)
    assert last.stdout.readline() == "done\n"
    last.wait(10)

    assert Counter(ExerciseMedia.objects.values_list("state", flat=True)) == {"ready": PHOTOS}
    assert all(is_whole(media_root, media) for media in ExerciseMedia.objects.all())
    # What the killed ones left is nothing that a row names, and goes after a day.
    named = {name for media in ExerciseMedia.objects.all() for name in [media.file.name, *media.sizes.values()]}
    assert named <= set(files_in(media_root))
    from exercises.services import media_care

    media_care.tidy(timezone.now() + timedelta(hours=25))
    assert set(files_in(media_root)) == named


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_child_dies_with_its_worker(draft: Exercise, media_root: Path, child_environment) -> None:
    """No decoder goes on without anybody who waits for it."""
    waiting(draft, pictures.saved(pictures.painted((7000, 5000)), "PNG"))
    process = worker(child_environment | {"MEDIA_ROOT": str(media_root)})
    child = eventually(lambda: children_of(process.pid))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() and not is_zombie(pid) for pid in child))


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in found for child in file.read_text().split()]


def is_zombie(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def eventually(condition: Any, seconds: float = 20) -> Any:
    give_up_at = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.01)
    return found


# --- No room -------------------------------------------------------------------------------------------------

FULL = """
import django; django.setup()
from exercises.services import media_work
print(media_work.work_off(owner="full"))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> list[str]:
    """A command prefix that runs a program with its own small disk at `tmp_path/media`, kept apart from everybody."""
    folder = tmp_path / "media"
    folder.mkdir(exist_ok=True)
    shell = f'mount -t tmpfs -o size=256k tmpfs {folder} && exec "$@"'
    prefix = ["unshare", "--mount", "--map-root-user", "sh", "-c", shell, "sh"]
    if os.geteuid() == 0:
        prefix.remove("--map-root-user")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("This machine lets nobody mount a small disk.")
    return prefix


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_nobodys_fault(draft: Exercise, media_root, child_environment, small_disk: list[str]) -> None:
    """The job waits ten minutes and tries again, as often as it takes."""
    media_root.mkdir(exist_ok=True)
    ExerciseMedia.objects.create(
        exercise=draft, kind="photo", upload="uploads/one.png", alt_text="A", author="A", licence="L"
    )
    data = media_root.parent / "one.png"
    data.write_bytes(pictures.saved(pictures.noisy().resize((500, 400)).quantize(16), "PNG"))
    code = (
        f"import os, shutil; os.makedirs({str(media_root / 'uploads')!r}); "
        f"shutil.copy({str(data)!r}, {str(media_root / 'uploads')!r})\n" + FULL
    )
    environment = child_environment | {"MEDIA_ROOT": str(media_root)}
    done = subprocess.run([*small_disk, sys.executable, "-c", code], env=environment, capture_output=True, text=True)

    assert "again=1" in done.stdout, done.stderr
    media = ExerciseMedia.objects.get()
    assert (media.state, media.trouble, media.attempts) == ("waiting", media_work.NO_ROOM, 0)
    assert media.lease_until > timezone.now() + timedelta(minutes=9)
    assert media.upload.name == "uploads/one.png"


def test_a_full_disk_answers_507_in_plain_words(send, media_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real "no space left", from the device that is always full."""
    from config.lib import uploads

    class Full(uploads.IncomingFile):
        def write(self, data: bytes) -> int:
            with open("/dev/full", "wb", buffering=0) as full:
                return full.write(data)

    monkeypatch.setattr(uploads, "IncomingFile", Full)
    answer = send(pictures.jpeg(), "one.jpg", "image/jpeg")
    assert answer.status_code == 507
    assert "There is no room on the server" in answer.content.decode()
    assert ExerciseMedia.objects.count() == 0
    assert files_in(media_root) == []


def test_the_simple_upload_of_tests_is_no_way_in(draft: Exercise, world) -> None:
    """Only what came through the handler can be kept: anything else is no file for the form."""
    from config.lib.uploads import END_FIELD
    from exercises.enums import MediaKind
    from exercises.forms.media import FileForm

    file = SimpleUploadedFile("one.jpg", pictures.jpeg(), content_type="image/jpeg")
    form = FileForm({END_FIELD: "1"}, {"file": file}, kind=MediaKind.PHOTO)
    assert form.errors["file"] == ["Choose a photo."]
