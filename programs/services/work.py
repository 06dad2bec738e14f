"""Work notes: writing them for many patients at once, settling one, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from exercises.models import Exercise
from patients import audit
from patients.models import User
from programs.enums import WorkKind
from programs.models import WorkItem


def write(items: Sequence[WorkItem]) -> int:
    """Store notes for several prescriptions; answers with how many are there. A key that exists is left as it is."""
    WorkItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=500)
    return len(items)


@transaction.atomic
def settle(*, actor: User, item: WorkItem, now: datetime) -> bool:
    """Done. False when somebody has settled it already."""
    changed = WorkItem.objects.filter(pk=item.pk).unsettled().update(settled_at=now, settled_by=actor)
    if changed:
        audit.record(actor, "work.settle", item, kind=item.kind)
    return bool(changed)


@transaction.atomic
def reopen(*, actor: User, item: WorkItem) -> bool:
    """Undo of `settle`. False when it is open already."""
    changed = WorkItem.objects.filter(pk=item.pk).exclude(settled_at=None).update(settled_at=None, settled_by=None)
    if changed:
        audit.record(actor, "work.reopen", item, kind=item.kind)
    return bool(changed)


def take_back(*, actor: User, exercise: Exercise, kind: WorkKind, now: datetime) -> int:
    """Settle all open notes of one kind about an exercise: what they asked for is not needed any more."""
    open_notes = WorkItem.objects.filter(exercise=exercise, kind=kind).unsettled()
    return open_notes.update(settled_at=now, settled_by=actor)


def withdraw(*, actor: User | None, source: str, now: datetime) -> int:
    """Settle the open notes that one fact left (`source`, the beginning of their keys): what they say has changed."""
    return (
        WorkItem.objects.filter(dedupe_key__startswith=f"{source}:")
        .unsettled()
        .update(settled_at=now, settled_by=actor)
    )
