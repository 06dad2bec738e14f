"""Jobs: confirmed once, cancelled, abandoned, refused, and their files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from exercises.enums import JobState
from exercises.models import Exercise, LibraryJob
from exercises.services import curation, imports, job_files, jobs
from patients.models import User
from tests.exercises.transfer.conftest import BRIDGE, HEADING, complete, counts, fresh, media_files, start, work
from tests.factories import make_exercise, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
Preview = Callable[..., LibraryJob]

# --- Confirming ----------------------------------------------------------------------------------------------


def test_confirming_twice_imports_once(cora: User, preview: Preview) -> None:
    seen = preview(HEADING + BRIDGE)
    assert jobs.confirm(actor=cora, preview=seen) == jobs.confirm(actor=cora, preview=fresh(seen))
    work()
    work()
    assert (Exercise.objects.count(), LibraryJob.objects.filter(dry_run=False).count()) == (1, 1)


def test_uploading_twice_with_one_key_makes_one_job(cora: User) -> None:
    data, key = (HEADING + BRIDGE).encode(), uuid4()
    first, second = (start(cora, data, "a.csv", key) for _ in range(2))
    assert first == second
    assert (LibraryJob.objects.count(), len(media_files())) == (1, 1)


def test_key_of_somebody_else_is_refused(cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    with pytest.raises(jobs.NotReady):
        start(make_user(is_curator=True), (HEADING + BRIDGE).encode(), "a.csv", job.pk)
    assert (LibraryJob.objects.count(), len(media_files())) == (1, 1)


def test_library_that_changed_asks_for_a_new_preview(cora: User, preview: Preview) -> None:
    draft = complete(code="S900", state="draft", edition=0)
    seen = preview(HEADING + BRIDGE + "S900,Hip,stretching,beginner,C,30,hip,a | b | c,\n")
    curation.save(actor=cora, exercise=draft, revision=1, content={"cue": "Meanwhile."})
    job = jobs.confirm(actor=cora, preview=seen)
    work()
    job = fresh(job)
    assert (job.state, job.trouble) == (
        "failed",
        "The library has changed since the preview, so nothing was imported. Make a new preview.",
    )
    assert not Exercise.objects.filter(code="T900").exists()
    again = jobs.preview_again(actor=cora, job=job, key=uuid4())
    work()
    done = jobs.confirm(actor=cora, preview=fresh(again))
    work()
    assert fresh(done).state == "done"


def test_change_elsewhere_in_the_library_does_not_matter(cora: User, preview: Preview) -> None:
    seen = preview(HEADING + BRIDGE)
    make_exercise("Something else")
    job = jobs.confirm(actor=cora, preview=seen)
    work()
    assert fresh(job).state == "done"


def test_preview_of_a_file_that_is_gone_cannot_be_confirmed(cora: User, preview: Preview) -> None:
    seen = preview(HEADING + BRIDGE)
    job_files.path_of(seen.upload.name).unlink()
    with pytest.raises(jobs.NotReady):
        jobs.confirm(actor=cora, preview=seen)


def test_whoever_is_no_curator_any_more_imports_nothing(cora: User, preview: Preview) -> None:
    job = jobs.confirm(actor=cora, preview=preview(HEADING + BRIDGE))
    User.objects.filter(pk=cora.pk).update(is_curator=False)
    work()
    assert (fresh(job).state, fresh(job).trouble) == ("failed", jobs.NOT_ALLOWED)
    assert Exercise.objects.count() == 0


# --- Stopping and falling over -------------------------------------------------------------------------------


def test_waiting_job_is_cancelled_at_once(cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    assert jobs.cancel(actor=cora, job=job, now=timezone.now())
    work()
    assert (fresh(job).state, jobs.cancel(actor=cora, job=job, now=timezone.now())) == ("cancelled", False)


def test_cancelled_while_writing_takes_everything_back(cora: User, preview: Preview, monkeypatch) -> None:
    rows = "".join(BRIDGE.replace("T900", f"T{n}").replace("Bridge", f"Bridge {n}") for n in range(1000, 1450))
    job = jobs.confirm(actor=cora, preview=preview(HEADING + rows))
    real, seen = imports.content.create_many, []

    def create_many(**kwargs):
        real(**kwargs)
        seen.append(Exercise.objects.count())
        if len(seen) == 2:
            jobs.cancel(actor=cora, job=job, now=timezone.now())

    monkeypatch.setattr(imports.content, "create_many", create_many)
    work()
    assert seen == [200, 400]
    assert (fresh(job).state, Exercise.objects.count()) in [("cancelled", 0)]


def test_job_of_a_dead_worker_runs_again_and_is_given_up_after_three(cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    now = timezone.now()
    for attempt in (1, 2, 3):
        assert jobs.claim(f"dead-{attempt}", now).attempts == attempt
        assert jobs.claim("other", now) is None  # still leased
        jobs.release(now)
        assert fresh(job).state == JobState.RUNNING
        now += timedelta(minutes=2)
        jobs.release(now)
    assert (fresh(job).state, fresh(job).trouble) == ("failed", jobs.GIVEN_UP)


def test_late_worker_changes_nothing_any_more(cora: User, preview: Preview, monkeypatch) -> None:
    """Its lease ran out while it wrote, and somebody else has the job now."""
    job = jobs.confirm(actor=cora, preview=preview(HEADING + BRIDGE))
    real = imports.content.create_many

    def slow(**kwargs):
        LibraryJob.objects.filter(pk=job.pk).update(owner="somebody else")
        real(**kwargs)

    monkeypatch.setattr(imports.content, "create_many", slow)
    late = jobs.claim("late", timezone.now())
    jobs.run(late, "late", timezone.now)
    assert Exercise.objects.count() == 0


def test_fault_of_ours_is_told_without_its_details(cora: User, preview: Preview, monkeypatch) -> None:
    job = jobs.confirm(actor=cora, preview=preview(HEADING + BRIDGE))

    def broken(**kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(imports.content, "create_many", broken)
    work()
    assert (fresh(job).state, fresh(job).trouble) == ("failed", jobs.BROKEN)


# --- Files ---------------------------------------------------------------------------------------------------


def test_files_go_after_seven_days_and_the_row_stays(preview: Preview) -> None:
    job = preview(HEADING + BRIDGE)
    now = timezone.now()
    assert (job_files.sweep(now + timedelta(days=6)), len(media_files())) == (0, 2)
    assert job_files.sweep(now + timedelta(days=8)) == 2
    assert (media_files(), fresh(job).upload.name, counts(fresh(job))) == ([], "", {"new": 1})


def test_file_that_a_younger_job_needs_stays(cora: User, preview: Preview) -> None:
    job = preview(HEADING + BRIDGE)
    LibraryJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=8))
    again = jobs.preview_again(actor=cora, job=job, key=uuid4())
    job_files.sweep(timezone.now())
    assert job_files.is_there(fresh(again).upload.name)
    assert fresh(job).upload.name == ""


def test_leftover_of_a_killed_worker_goes_after_a_day(db: None) -> None:
    (job_files.folder(job_files.EXPORTS) / "half.csv-1234.part").write_bytes(b"x")
    now = timezone.now()
    assert job_files.sweep(now + timedelta(hours=23)) == 0
    assert (job_files.sweep(now + timedelta(hours=25)), media_files()) == (1, [])
