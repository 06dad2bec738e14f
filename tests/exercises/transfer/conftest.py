"""A curator, her files, and somebody who works off the jobs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from exercises.enums import JobLayout
from exercises.models import Exercise, LibraryJob
from exercises.services import job_files, jobs
from exercises.transfer import readers
from exercises.transfer.resources import KNOWN
from patients.models import User
from tests import factories

FACTS = Path(__file__).parent / "data/free-exercise-db-facts.json"

HEADING = "code,name,kind,level,strength,hold_seconds,regions,steps,state\n"
BRIDGE = "T900,Bridge,strengthening,beginner,B,5,hip | gluteals,Lift. | Hold. | Lower.,published\n"


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path, settings: Any) -> None:
    """Files of one test are not those of another."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def cora(db: None) -> User:
    return factories.make_user("Cora Vogel", email="curator@library.example", is_curator=True)


def start(actor: User, data: bytes, name: str, key: UUID | None = None) -> LibraryJob:
    """Upload, as the page does it."""
    source = readers.inspect(io.BytesIO(data), name, len(data), KNOWN)
    return jobs.start_preview(actor=actor, upload=SimpleUploadedFile(name, data), source=source, key=key or uuid4())


def work() -> None:
    jobs.run_all(owner=f"test-{uuid4()}")


def fresh(job: LibraryJob) -> LibraryJob:
    return LibraryJob.objects.get(pk=job.pk)


@pytest.fixture
def preview(cora: User) -> Callable[..., LibraryJob]:
    """A finished preview of some bytes."""

    def make(data: bytes | str, name: str = "exercises.csv") -> LibraryJob:
        job = start(cora, data.encode() if isinstance(data, str) else data, name)
        work()
        return fresh(job)

    return make


@pytest.fixture
def imported(cora: User, preview: Callable[..., LibraryJob]) -> Callable[..., LibraryJob]:
    """A confirmed and finished import of some bytes."""

    def make(data: bytes | str, name: str = "exercises.csv") -> LibraryJob:
        job = jobs.confirm(actor=cora, preview=preview(data, name))
        work()
        return fresh(job)

    return make


@pytest.fixture
def exported(cora: User) -> Callable[..., bytes]:
    """The bytes of a finished export."""

    def make(layout: JobLayout = JobLayout.CSV, *, whole: bool = False) -> bytes:
        job = jobs.start_export(actor=cora, layout=layout, whole=whole, key=uuid4())
        work()
        job = fresh(job)
        assert job.state == "done", job.trouble
        return job_files.path_of(job.result.name).read_bytes()

    return make


def counts(job: LibraryJob) -> dict[str, int]:
    """What happened to the rows, without the zeros."""
    return {name: number for name, number in job.report["outcomes"].items() if number}


def told(job: LibraryJob) -> list[str]:
    """The errors as the page writes them."""
    return [f"row {number}, {column}: {sentence}" for number, column, sentence in job.report["errors"]]


def media_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def complete(**fields: Any) -> Exercise:
    """A published exercise that lacks nothing."""
    texts = dict.fromkeys(
        ["cue", "breathing", "feel", "stop_if", "why", "mistake", "source", "evidence_note"], "Words."
    )
    known = {"aliases": ["Other name"], "frequency": "Daily", "review_due_on": "2030-01-01", "edition": 1}
    return factories.make_exercise(**{**texts, **known, **fields})
