"""Two people, one row: whoever writes second with an old revision is told, and nothing is overwritten."""

from typing import Any

from django.db.models import F, QuerySet

LARGEST_REVISION = 2_000_000_000  # what a form takes; the column holds a little more


class RevisionConflict(Exception):
    """The row has changed since it was read, or is not to be written any more. Nothing was stored."""


def take_revision(rows: QuerySet[Any, Any], revision: int, **changes: Any) -> int:
    """Move the revision of the one row on if it is still `revision`; the update is the lock for the transaction."""
    if not rows.filter(revision=revision).update(revision=F("revision") + 1, **changes):
        raise RevisionConflict
    return revision + 1
