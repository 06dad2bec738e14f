"""What follows from a hip replacement: by worked examples, and by rules that hold for any operations."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.conditions import RECORDABLE, Condition
from patients.enums import Approach
from patients.precautions import PRECAUTION, REPLACED, Operation, conditions_on

pytestmark = pytest.mark.sqlite
DAY = date(2026, 11, 18)
WEEK = timedelta(days=7)
PRECAUTIONS = frozenset(PRECAUTION.values())

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
recorded_sets = st.frozensets(st.sampled_from(RECORDABLE), max_size=6)


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    on = draw(days)
    cleared = draw(st.none() | st.integers(0, 2000).map(lambda n: on + timedelta(days=n)))
    return Operation(draw(st.sampled_from(list(Approach))), on, cleared)


@pytest.mark.parametrize(
    ("approach", "condition"),
    [
        (Approach.POSTERIOR, Condition.THA_POSTERIOR),
        (Approach.LATERAL, Condition.THA_LATERAL),
        (Approach.ANTERIOR, Condition.THA_ANTERIOR),
        (Approach.DIRECT_SUPERIOR, Condition.THA_POSTERIOR),  # no row in the matrix: as careful as from behind
    ],
)
def test_precautions_follow_the_approach(approach: Approach, condition: Condition) -> None:
    assert conditions_on(DAY, [Operation(approach, DAY)], set()) == {condition}


def test_an_operation_that_is_planned_counts_from_its_day() -> None:
    planned = [Operation(Approach.POSTERIOR, DAY)]

    assert conditions_on(DAY - timedelta(days=1), planned, {Condition.OSTEOPOROSIS}) == {Condition.OSTEOPOROSIS}
    assert conditions_on(DAY, planned, {Condition.OSTEOPOROSIS}) == {
        Condition.OSTEOPOROSIS,
        Condition.THA_POSTERIOR,
    }


def test_years_do_not_clear_it_a_person_does() -> None:
    assert conditions_on(DAY, [Operation(Approach.LATERAL, DAY - 500 * WEEK)], set()) == {Condition.THA_LATERAL}

    cleared = [Operation(Approach.LATERAL, DAY - 500 * WEEK, DAY)]
    assert conditions_on(DAY - timedelta(days=1), cleared, set()) == {Condition.THA_LATERAL}
    assert conditions_on(DAY, cleared, set()) == {Condition.THA_CLEARED}


def test_one_hip_may_be_cleared_while_the_other_is_not() -> None:
    both = [Operation(Approach.ANTERIOR, DAY - 60 * WEEK, DAY - 40 * WEEK), Operation(Approach.POSTERIOR, DAY - WEEK)]

    assert conditions_on(DAY, both, set()) == {Condition.THA_CLEARED, Condition.THA_POSTERIOR}


@pytest.mark.parametrize("held", [Condition.THA_CLEARED, Condition.THA_ANTERIOR, Condition.THA_POSTERIOR])
def test_a_fused_spine_over_a_new_hip_counts_also_when_both_were_written_down_by_hand(held: Condition) -> None:
    recorded = {held, Condition.FUSED_THORACOLUMBAR_SPINE}

    assert conditions_on(DAY, [], recorded) == {*recorded, Condition.THA_WITH_STIFF_SPINE}


@given(days, st.lists(operations(), max_size=4), recorded_sets)
def test_nothing_recorded_is_lost(day: date, done: list[Operation], recorded: frozenset[Condition]) -> None:
    assert recorded <= conditions_on(day, done, recorded)


@given(days, st.lists(operations(), max_size=4))
def test_each_operation_gives_exactly_one_condition_from_its_day_on(day: date, done: list[Operation]) -> None:
    found = conditions_on(day, done, frozenset())

    begun = [one for one in done if one.operated_on <= day]
    assert found <= REPLACED
    assert bool(found) == bool(begun)
    uncleared = {PRECAUTION[one.approach] for one in begun if one.cleared_on is None or one.cleared_on > day}
    assert found & PRECAUTIONS == uncleared
    assert (Condition.THA_CLEARED in found) == any(one.cleared_on and one.cleared_on <= day for one in begun)


@given(days, st.lists(operations(), max_size=4), recorded_sets, st.integers(0, 3000))
def test_no_precaution_ends_by_itself(
    day: date, done: list[Operation], recorded: frozenset[Condition], later: int
) -> None:
    """Where nobody clears, a later day asks for at least as much."""
    uncleared = [Operation(one.approach, one.operated_on) for one in done]

    assert conditions_on(day, uncleared, recorded) <= conditions_on(day + timedelta(days=later), uncleared, recorded)


@given(days, st.lists(operations(), max_size=4), recorded_sets)
def test_stiff_spine_follows_from_any_replaced_hip_and_a_fused_spine(
    day: date, done: list[Operation], recorded: frozenset[Condition]
) -> None:
    found = conditions_on(day, done, recorded)

    both = bool(found & REPLACED) and Condition.FUSED_THORACOLUMBAR_SPINE in found
    assert (Condition.THA_WITH_STIFF_SPINE in found) == (both or Condition.THA_WITH_STIFF_SPINE in recorded)


@given(days, st.lists(operations(), max_size=4), recorded_sets)
def test_order_and_repeats_do_not_matter(day: date, done: list[Operation], recorded: frozenset[Condition]) -> None:
    assert conditions_on(day, done, recorded) == conditions_on(day, [*reversed(done), *done], recorded)
