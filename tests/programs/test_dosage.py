"""What one go adds up to."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.dosage import Dose
from exercises.enums import Equipment, Kind, Position
from programs.dosage import Line, Place, Totals, get_downs, grouped, saved_get_downs, totals

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("floor", "expected"),
    [("", 0), ("...", 0), ("x", 1), ("xx", 1), (".xx.", 1), ("x.x", 2), ("xx.x..x", 3)],
)
def test_get_downs_counts_ways_down(floor: str, expected: int) -> None:
    assert get_downs([mark == "x" for mark in floor]) == expected


def test_totals_of_nothing() -> None:
    assert totals([]) == Totals(count=0, minutes=0, get_downs=0, kinds=(), equipment=())


def test_totals_add_minutes_kinds_and_things() -> None:
    stretch = Line(Dose(1, 3, 30), Kind.STRETCHING, False, (Equipment.NONE,))
    roll = Line(Dose(duration_minutes=5), Kind.FOAM_ROLLING, True, (Equipment.FOAM_ROLLER, Equipment.MAT))
    lift = Line(Dose(1, 3, 30), Kind.STRETCHING, True, (Equipment.MAT,))

    assert totals([stretch, roll, lift]) == Totals(
        count=3,
        minutes=8,
        get_downs=1,
        kinds=((Kind.STRETCHING, 2), (Kind.FOAM_ROLLING, 1)),
        equipment=(Equipment.FOAM_ROLLER, Equipment.MAT),
    )


places = st.lists(st.builds(Place, st.booleans(), st.sampled_from(list(Position)[:4])), max_size=14)


@given(places)
def test_grouping_keeps_the_exercises_and_never_asks_for_more_ways_down(before: list[Place]) -> None:
    order = grouped(before)
    after = [before[index] for index in order]

    assert sorted(order) == list(range(len(before)))
    assert get_downs([place.needs_floor for place in after]) == min(1, sum(place.needs_floor for place in before))
    assert get_downs([place.needs_floor for place in after]) <= get_downs([place.needs_floor for place in before])
    assert saved_get_downs(before) >= 0


@given(places)
def test_grouping_puts_equal_places_side_by_side_in_their_order(before: list[Place]) -> None:
    order = grouped(before)
    runs = [place for place, _ in groupby(before[index] for index in order)]

    assert len(runs) == len(set(before))
    for place in runs:
        mine = [index for index in order if before[index] == place]
        assert mine == sorted(mine)


@given(places)
def test_grouping_twice_changes_nothing_more(before: list[Place]) -> None:
    after = [before[index] for index in grouped(before)]

    assert [after[index] for index in grouped(after)] == after
