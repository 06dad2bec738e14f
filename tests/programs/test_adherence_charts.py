"""Words and series of the charts: gaps stay gaps, small data is said to be small, pain 0 is a value."""

from datetime import date, timedelta

import pytest

from programs import charts
from programs.charts import Direction, Mark

DAY = date(2026, 11, 18)
NONE = [None] * 7


@pytest.mark.parametrize(
    ("before", "week", "direction"),
    [
        (NONE, NONE, Direction.NOT_RATED),
        (NONE, [5, 5, 5, None, None, None, None], Direction.SMALL_DATA),
        ([5, *NONE[1:]], [1] * 7, Direction.SMALL_DATA),  # one rated day in the week before
        ([5, 5, *NONE[2:]], [4, *NONE[1:]], Direction.SMALL_DATA),
        ([5, 5, *NONE[2:]], [4, 4, *NONE[2:]], Direction.FALLING),  # exactly one point
        ([5, 5, *NONE[2:]], [4.1, 4.1, *NONE[2:]], Direction.STEADY),
        ([0, 0, *NONE[2:]], [1, 1, *NONE[2:]], Direction.RISING),
        ([0] * 7, [0] * 7, Direction.STEADY),
        ([3.3, 3.3, *NONE[2:]], [4.3, 4.3, *NONE[2:]], Direction.RISING),  # 1.0000000000000004 in binary
        ([4.4, 4.4, *NONE[2:]], [3.4, 3.4, *NONE[2:]], Direction.FALLING),
    ],
)
def test_direction_needs_two_rated_days_in_each_week_and_one_point(before, week, direction):
    assert charts.pain_trend([*before, *week]).direction == direction


def test_trend_says_its_numbers():
    assert charts.pain_trend([6, 5, *NONE[2:], 4, 4.5, *NONE[2:]]).sentence == (
        "Mean 4.2 in the last 7 days, 5.5 in the 7 before."
    )
    assert charts.pain_trend([*NONE, 0, *NONE[1:]]).sentence == (
        "Mean 0.0 in the last 7 days, not rated in the 7 before."
    )
    assert charts.pain_trend([*NONE, *NONE]).sentence == "No pain rating in the last 14 days."


def test_spark_draws_nothing_over_a_gap():
    spark = charts.spark([0, 10, None, 5, None])

    assert spark.line == "M2 22.0L25 2.0"
    assert spark.dots == "M71 12.0h0"
    assert charts.spark([None, None]) == charts.Spark("", "")
    assert charts.spark([]) == charts.Spark("", "")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (6, "6 days ago"),
        (7, "Wed 11 Nov"),
        (300, "22 Jan 2026"),
        (-2, "Fri 20 Nov"),
    ],
)
def test_days_as_people_say_them(days, words):
    assert charts.ago(DAY - timedelta(days=days), DAY) == words


def test_since_names_the_day():
    assert charts.since(DAY, DAY) == "today"
    assert charts.since(DAY - timedelta(days=3), DAY) == "Sun 15 Nov"


def test_pain_chart_leaves_out_marks_outside_its_days():
    days = [DAY - timedelta(days=1), DAY]
    shape = charts.pain_chart(days, [None, 0], [Mark(DAY, "Flare", "warm"), Mark(date(2020, 1, 1), "Old")])

    assert shape == {
        "labels": ["17 Nov", "18 Nov"],
        "series": [{"name": "Pain", "values": [None, 0], "tone": "brand"}],
        "y": {"min": 0, "max": 10, "step": 2},
        "events": [{"at": "18 Nov", "name": "Flare", "tone": "warm"}],
    }
