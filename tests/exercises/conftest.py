"""The shared library as its files describe it, and a way to make it larger."""

import pytest

from exercises.library import Entry, read_library
from exercises.models import Exercise
from exercises.services import library as service
from tests.factories import make_exercise


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    return read_library()


@pytest.fixture
def library(db: None, entries: list[Entry]) -> list[Entry]:
    """All files, loaded."""
    service.load(entries=entries)
    return entries


def enlarge(total: int) -> None:
    """More exercises, until there are `total`."""
    for number in range(total - Exercise.objects.count()):
        make_exercise(f"Filler stretch {number}", search_text=f" filler stretch {number} | | stretching hip standing |")
