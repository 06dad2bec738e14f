"""What one go adds up to."""

import pytest

from exercises.dosage import Dose
from exercises.enums import Equipment, Kind
from programs.dosage import Line, Totals, get_downs, totals

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
