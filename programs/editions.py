"""Which edition of an exercise a patient reads on a day. Pure.

A prescription keeps the words that were the newest when its version was written. A later edition reaches it only
from the day that the curator named for it, so that yesterday's page says tomorrow what it says today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """`applies_from` None: for versions written after it alone."""

    number: int
    published_at: datetime
    applies_from: date | None = None

    def reaches(self, written_at: datetime, day: date) -> bool:
        """Was there when the version was written, or has come to everybody by `day`."""
        if self.published_at <= written_at:
            return True
        return self.applies_from is not None and self.applies_from <= day


def edition_on(day: date, editions: Iterable[Edition], *, written_at: datetime) -> int | None:
    """The number of the edition that a version written at `written_at` shows on `day`; None when none is kept.

    A version older than every edition that was kept shows the oldest.
    """
    known = sorted(editions, key=lambda edition: edition.number)
    reached = [edition.number for edition in known if edition.reaches(written_at, day)]
    oldest = known[0].number if known else None
    return reached[-1] if reached else oldest
