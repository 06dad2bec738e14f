"""Which edition a patient reads: the one the prescription was written with, or a later one from its day on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.editions import Edition, edition_on

MONDAY = date(2026, 11, 16)
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def edition(number: int, published: int, applies: int | None = None) -> Edition:
    """Published so many days after START; for everybody from so many days after MONDAY."""
    day = None if applies is None else MONDAY + timedelta(days=applies)
    return Edition(number, START + timedelta(days=published), day)


FIRST, FOR_NEW, FOR_ALL = edition(1, 0), edition(2, 5), edition(3, 6, applies=0)


@pytest.mark.parametrize(
    ("editions", "written", "day", "shown"),
    [
        ([], 0, 0, None),
        ([FIRST], 1, 0, 1),
        ([FIRST], -9, 0, 1),  # older than all that was kept: the oldest
        ([FIRST, FOR_NEW], 1, 99, 1),  # "new versions only" never reaches an old version
        ([FIRST, FOR_NEW], 5, 0, 2),  # written at the very moment of publishing
        ([FIRST, FOR_NEW], 6, -99, 2),  # a new version has it on every one of its days
        ([FIRST, FOR_NEW, FOR_ALL], 1, -1, 1),  # the day before
        ([FIRST, FOR_NEW, FOR_ALL], 1, 0, 3),  # from Monday; it does not stop at the edition between
        ([FIRST, FOR_NEW, FOR_ALL], 5, -1, 2),
        ([FIRST, FOR_NEW, FOR_ALL], 5, 0, 3),
        ([FIRST, FOR_NEW, FOR_ALL], 7, -30, 3),  # written after it: shown before its day as well
        ([FIRST, edition(2, 1, applies=20), edition(3, 2, applies=10)], 0, 9, 1),
        ([FIRST, edition(2, 1, applies=20), edition(3, 2, applies=10)], 0, 10, 3),
        ([FIRST, edition(2, 1, applies=20), edition(3, 2, applies=10)], 0, 20, 3),  # never back to an older one
        ([FIRST, edition(2, 1, applies=0), edition(3, 2)], 0, 0, 2),  # the third is for new versions only
        ([FOR_ALL, FIRST, FOR_NEW], 1, 0, 3),  # in whatever order they come
    ],
)
def test_edition_on_a_day(editions: list[Edition], written: int, day: int, shown: int | None) -> None:
    moment = START + timedelta(days=written)

    assert edition_on(MONDAY + timedelta(days=day), editions, written_at=moment) == shown


@st.composite
def histories(draw: st.DrawFn) -> list[Edition]:
    """Editions as they can come about: published one after the other, applying from no earlier than that day."""
    moments = sorted(draw(st.lists(st.integers(0, 60), min_size=1, max_size=6)))
    editions = []
    for number, moment in enumerate(moments, 1):
        published = START + timedelta(days=moment)
        wait = draw(st.none() | st.integers(0, 20)) if number > 1 else None
        applies = None if wait is None else published.date() + timedelta(days=wait)
        editions.append(Edition(number, published, applies))
    return editions


days = st.integers(-10, 120).map(lambda number: START.date() + timedelta(days=number))
moments = st.integers(-10, 90).map(lambda number: START + timedelta(days=number))


@given(histories(), moments, days, days)
def test_a_patient_never_goes_back_to_an_older_edition(history, written, one, other) -> None:
    first, second = (edition_on(day, history, written_at=written) for day in sorted([one, other]))

    assert first <= second


@given(histories(), moments, days)
def test_what_is_published_later_leaves_the_days_before_alone(history, written, day) -> None:
    """Adding an edition for everybody from the day after changes nothing on `day` for a version that was there."""
    before = edition_on(day, history, written_at=written)
    later = Edition(len(history) + 1, max(written, history[-1].published_at) + timedelta(hours=1))

    for applies_from in (None, day + timedelta(days=1)):
        new = Edition(later.number, later.published_at, applies_from)
        assert edition_on(day, [*history, new], written_at=written) == before
    assert (
        edition_on(day, [*history, Edition(later.number, later.published_at, day)], written_at=written) == later.number
    )
