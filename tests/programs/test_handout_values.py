"""What goes on paper, before it is typeset: words of doses and days, and the grid's due days."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from exercises.dosage import Dose
from programs import grids
from programs.enums import Variant
from programs.handouts import wording
from programs.schedule import ItemPlan, Plan, Rule, Stretch
from programs.variants import Spell

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (Dose(sets=1, repetitions=3, hold_seconds=30, per_side=True), "3 times, hold 30 seconds, on each side."),
        (Dose(sets=2, repetitions=10), "2 sets of 10."),
        (Dose(sets=2, repetitions=1, hold_seconds=60), "2 times, hold 1 minute."),
        (Dose(hold_seconds=90), "Hold 1 minute 30 seconds."),
        (Dose(repetitions=1), "Once."),
        (Dose(duration_minutes=20), "20 minutes."),
        (Dose(repetitions=8, duration_minutes=5), "8 times, about 5 minutes."),
        (Dose(sets=2, passes=8, side="left"), "2 sets of 8 slow passes, left side only."),
        (Dose(passes=1), "1 slow pass."),
        (Dose(sets=3, repetitions=8, rest_seconds=45), "3 sets of 8. Rest 45 seconds between."),
        (
            Dose(repetitions=5, tempo="slow", effort="4 to 5 of 10."),
            "5 times. Tempo: slow. Effort: 4 to 5 of 10.",
        ),
        (Dose(), ""),
    ],
)
def test_a_dose_in_words(dose: Dose, words: str) -> None:
    assert wording.dose_in_words(dose) == words


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ((21, None, None, []), "Only on Mon, Wed, Fri."),
        ((31, None, None, []), "Only Monday to Friday."),
        ((1, None, None, ["07:30"]), "Only on Monday, only at 07:30."),
        ((None, 2, None, []), "Every other day."),
        ((None, None, 3, []), "3 times a week."),
        ((None, None, 1, ["07:30", "12:00", "19:00"]), "Once a week, only at 07:30, 12:00 and 19:00."),
        ((None, None, None, []), ""),
    ],
)
def test_days_of_its_own_in_words(own: tuple, words: str) -> None:
    assert wording.own_days(*own) == words


def test_the_days_of_a_grid_in_words() -> None:
    assert wording.span(date(2026, 11, 18), 14) == "18 November to 1 December 2026"
    assert wording.span(date(2026, 11, 2), 14) == "2 to 15 November 2026"
    assert wording.span(date(2026, 12, 28), 14) == "28 December 2026 to 10 January 2027"


# --- The grid --------------------------------------------------------------------------------------------------


def days(count: int = 14) -> list[date]:
    return [MONDAY + timedelta(days=n) for n in range(count)]


def due(grid: grids.Grid, slot: str = "") -> list[str]:
    """Each row of one time of day as x for due and . for not."""
    part = next(part for part in grid.parts if part.slot == slot)
    return ["".join("x" if one else "." for one in row.due) for row in part.rows]


def make(rule: Rule, *items: ItemPlan, first: date = MONDAY, last: date | None = None, **turns: object) -> grids.Grid:
    plan = Plan(first, last, rule, items, **turns)  # type: ignore[arg-type]
    return grids.make(days(), plan, {item.key: f"Item {n}" for n, item in enumerate(items) if item.key})


def item(**own: object) -> ItemPlan:
    return ItemPlan(key=uuid4(), **own)  # type: ignore[arg-type]


def test_weekdays_of_the_whole_and_of_an_item() -> None:
    grid = make(Rule(weekdays=0b0011111), item(), item(weekdays=0b0010101))

    assert due(grid) == ["xxxxx..xxxxx..", "x.x.x..x.x.x.."]


def test_every_other_day_counts_from_its_anchor() -> None:
    grid = make(Rule(weekdays=None, every_days=2, anchor=MONDAY + timedelta(days=1)), item())

    assert due(grid) == [".x.x.x.x.x.x.x"]


def test_a_number_of_times_a_week_may_be_any_day() -> None:
    assert due(make(Rule(weekdays=None, times_per_week=3), item())) == ["x" * 14]
    assert due(make(Rule(), item(times_per_week=2))) == ["x" * 14]


def test_start_end_and_pause_are_not_due() -> None:
    first, last = MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)
    pause = Stretch(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6))

    assert due(make(Rule(), item(), first=first, last=last, pauses=(pause,))) == ["..xxx..xxx...."]


def test_times_of_day_have_their_own_rows() -> None:
    grid = make(Rule(slots=("07:30", "19:00")), item(), item(slots=("19:00",)))

    assert due(grid, "07:30") == ["x" * 14]
    assert due(grid, "19:00") == ["x" * 14, "x" * 14]


def test_a_flare_prints_its_own_rows_alone() -> None:
    core, other = item(is_core=True), item()
    grid = make(Rule(), core, other, spells=(Spell(MONDAY, None, Variant.FLARE),))

    assert [row.key for row in grid.parts[0].rows] == [core.key]


def test_a_grid_is_cut_into_sheets() -> None:
    first, second = make(Rule(), item(weekdays=1)).sheets(7)

    assert (first.days[0], first.days[-1]) == (MONDAY, MONDAY + timedelta(days=6))
    assert due(first) == due(second) == ["x......"]
