"""Expected and done, for one patient or a whole caseload, in a fixed number of queries.

`counting` holds the definition for what has a date and `weekly` that for a number of times a week; `courses` and `rows`
load what they need, `rollup` keeps the figures that the caseload sorts by, `history` tells one patient's last weeks.

Whoever changes what is due (a version, a pause, a variant, an end) calls `refresh_status([patient], now)` in the same
transaction, under the patient's lock.
"""

from programs.adherence.counting import (
    WINDOW,
    Course,
    DayCell,
    Figures,
    FreeEntry,
    Log,
    Record,
    cells_of,
)
from programs.adherence.courses import Turns, courses_for, turns_for
from programs.adherence.history import History
from programs.adherence.rollup import refresh_stale, refresh_status, statuses_for
from programs.adherence.rows import Expected, day_cells, expected_for, figures_for, records_for
from programs.adherence.weekly import figures_of
from programs.schedule import days_between

__all__ = [
    "WINDOW",
    "Course",
    "DayCell",
    "Expected",
    "Figures",
    "FreeEntry",
    "History",
    "Log",
    "Record",
    "Turns",
    "cells_of",
    "courses_for",
    "day_cells",
    "days_between",
    "expected_for",
    "figures_for",
    "figures_of",
    "records_for",
    "refresh_stale",
    "refresh_status",
    "statuses_for",
    "turns_for",
]
