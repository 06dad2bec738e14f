"""What could be the same exercise under another name."""

import time

import pytest

from exercises.duplicates import same_name, similar_to
from exercises.library import Entry
from exercises.models import Exercise
from tests.exercises.conftest import enlarge

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def found(*names: str) -> list[tuple[str, bool]]:
    return [(one.exercise.code, one.is_same) for one in similar_to(names, Exercise.objects.all())]


@pytest.mark.parametrize(
    ("typed", "code", "is_same"),
    [
        ("Clamshell", "T03", True),
        ("clam", "T03", True),  # an alias
        ("CAT-CAMEL", "M02", True),
        ("Camel cat", "M02", True),  # words in another order
        ("Standing hamstring stretch", "S09", True),
        ("Pirifomis stretch lying", "S05", False),  # a slip
        ("Doorway pectoral stretching", "S19", False),
        ("Hip flexor stretch, half kneeling", "S01", True),
    ],
)
def test_similar_finds_names_and_aliases(library: list[Entry], typed: str, code: str, is_same: bool) -> None:
    assert (code, is_same) in found(typed)


@pytest.mark.parametrize("typed", ["", "a", "Juggling with three balls", "%", "🙂", "x" * 5000])
def test_similar_finds_nothing_where_nothing_is(library: list[Entry], typed: str) -> None:
    assert found(typed) == []


def test_similar_puts_the_nearest_first_and_shows_few(library: list[Entry]) -> None:
    near = similar_to(["Lying hamstring stretch"], Exercise.objects.all())

    assert [one.score for one in near] == sorted((one.score for one in near), reverse=True)
    assert near[0].exercise.code == "S08"
    assert len(near) <= 5


def test_similar_leaves_out_what_lies_on_the_desk(library: list[Entry]) -> None:
    own = Exercise.objects.get(code="T03")

    assert similar_to([own.name], Exercise.objects.all(), without=[own.pk, None]) == []


def test_same_name_is_not_an_alias(library: list[Entry]) -> None:
    everything = Exercise.objects.all()

    assert same_name("clam", everything) is None
    assert same_name("clamSHELL", everything) == Exercise.objects.get(code="T03")


def test_shipped_names_are_apart(library: list[Entry]) -> None:
    """No shipped exercise has the very name or alias of another; the nearest pairs are left to right, arm to leg."""
    clashes = [
        (row.code, one.exercise.code)
        for row in Exercise.objects.all()
        for one in similar_to([row.name, *row.aliases], Exercise.objects.all(), without=[row.pk])
        if one.is_same
    ]
    assert clashes == []


def test_similar_is_quick_in_a_large_library(library: list[Entry]) -> None:
    enlarge(2000)
    similar_to(["Warm up"], Exercise.objects.all())
    begun = time.perf_counter()
    similar_to(["Half-kneeling hip flexor stretch", "lunge stretch"], Exercise.objects.all())

    assert time.perf_counter() - begun < 0.5
