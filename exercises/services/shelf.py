"""What a person keeps at hand: favourites, and what they used lately.

Nobody but the person sees it and nothing clinical follows from it, so that no audit entry is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from exercises.models import Exercise, ShelfMark
from patients.models import User


def set_star(*, actor: User, exercise: Exercise, is_starred: bool, now: datetime) -> None:
    """Make the exercise a favourite of this person, or not. The same again changes nothing but the time."""
    _put(actor, [exercise], starred_at=now if is_starred else None)


def note_use(*, actor: User, exercises: Iterable[Exercise], now: datetime) -> None:
    """Remember that this person put these exercises into a program just now. One statement."""
    _put(actor, exercises, used_at=now)


def _put(actor: User, exercises: Iterable[Exercise], **column: datetime | None) -> None:
    """Set one column of the marks of these exercises, making those that are not there; the other column stays."""
    # In one order, so that two tabs of the same person cannot lock each other out.
    marks = [ShelfMark(user=actor, exercise_id=pk, **column) for pk in sorted({e.pk for e in exercises})]
    ShelfMark.objects.bulk_create(
        marks, update_conflicts=True, unique_fields=["user", "exercise"], update_fields=list(column)
    )
