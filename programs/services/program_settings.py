"""Changing what a program says besides its exercises; programs and drafts of prescriptions alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from config.lib.revisions import take_revision
from patients import audit
from patients.models import User
from programs.models import SCHEDULE_FIELDS, Program

SETTINGS = ["name", "summary", "flare_days", "steps", "progression", *SCHEDULE_FIELDS]


def settings_of(program: Program) -> dict[str, Any]:
    """As they stand, as plain values."""
    return {name: getattr(program, name) for name in SETTINGS}


@transaction.atomic
def save(
    *, actor: User, program: Program, revision: int, values: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], int]:
    """Set some of `SETTINGS`; answers with what they were before, and the new revision.

    Nothing different means nothing stored and the same revision. Raises RevisionConflict when somebody changed the
    program since `revision`; then nothing was stored.
    """
    rows = Program.objects.filter(pk=program.pk, archived_at=None)
    current = rows.filter(revision=revision).first()
    before = settings_of(current) if current else {}
    changed = {name: value for name, value in values.items() if name in SETTINGS and before.get(name) != value}
    if current and not changed:
        return {}, revision
    revision = take_revision(rows, revision, updated_at=now, **changed)
    audit.record(actor, "program.settings", program, revision=revision, fields=sorted(changed))
    return {name: before[name] for name in changed}, revision
