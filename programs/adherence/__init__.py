"""Expected and done, for one patient or a whole caseload, in a fixed number of queries.

`counting` holds the definition, `rows` loads what it needs, `rollup` keeps the figures that the caseload sorts by,
`history` tells one patient's last weeks.
"""

from programs.adherence.counting import (
    WINDOW,
    Course,
    DayCell,
    Figures,
    Log,
    Record,
    cells_of,
    days_between,
    figures_of,
)
from programs.adherence.history import History
from programs.adherence.rollup import refresh_stale, refresh_status, statuses_for
from programs.adherence.rows import day_cells, figures_for, records_for

__all__ = [
    "WINDOW",
    "Course",
    "DayCell",
    "Figures",
    "History",
    "Log",
    "Record",
    "cells_of",
    "day_cells",
    "days_between",
    "figures_for",
    "figures_of",
    "records_for",
    "refresh_stale",
    "refresh_status",
    "statuses_for",
]
