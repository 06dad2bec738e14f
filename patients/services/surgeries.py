"""Hip replacements on record. Precautions end when a person writes down that the surgeon has cleared, never by date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from config.lib.revisions import RevisionConflict, take_revision
from patients import audit
from patients.enums import Approach, SurgerySide
from patients.models import AuditEvent, Patient, Surgery, User

# The usual length, from which the date to ask is proposed; 6 to 12 weeks are found (Eannucci 2019, HSS J 15:247).
USUAL_PRECAUTIONS = timedelta(weeks=12)


class AlreadyRecorded(Exception):
    """The patient has an operation of this side on this day on record."""


class AlreadyCleared(Exception):
    """Somebody cleared it, or took the clearance back, a moment ago."""


@transaction.atomic
def record(
    *,
    actor: User,
    patient: Patient,
    side: SurgerySide,
    approach: Approach,
    operated_on: date,
    precautions_until: date | None = None,
    instructions: str = "",
) -> Surgery:
    """Put a hip replacement, planned or done, on record. Raises AlreadyRecorded."""
    row = Surgery(
        patient=patient,
        side=side,
        approach=approach,
        operated_on=operated_on,
        precautions_until=precautions_until,
        instructions=instructions,
        recorded_by=actor,
    )
    _once(lambda: row.save(force_insert=True))
    audit.record(actor, "surgery.record", row, approach=approach, operated_on=operated_on.isoformat())
    return row


@transaction.atomic
def change(*, actor: User, surgery: Surgery, revision: int, **fields: Any) -> Surgery:
    """Correct the record. Raises RevisionConflict when it changed since it was read, and AlreadyRecorded."""
    changed = sorted(name for name, value in fields.items() if getattr(surgery, name) != value)
    if not changed:
        if surgery.revision != revision:
            raise RevisionConflict
        return surgery
    _once(lambda: take_revision(Surgery.objects.filter(pk=surgery.pk), revision, **fields))
    surgery.refresh_from_db()
    audit.record(actor, "surgery.change", surgery, fields=changed)
    return surgery


def _once(write: Any) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        raise AlreadyRecorded from error


@transaction.atomic
def clear(*, actor: User, surgery: Surgery, on: date, told_by: str) -> Surgery:
    """Write down that the surgeon has cleared from `on`, and who said so. Raises AlreadyCleared on the second call."""
    return _turn(actor, surgery, "clear", was=None, now_is=on, reason=told_by)


@transaction.atomic
def take_back_clearance(*, actor: User, surgery: Surgery, reason: str = "") -> Surgery:
    """The clearance was a mistake: precautions hold again. Raises AlreadyCleared on the second call."""
    return _turn(actor, surgery, "unclear", was=surgery.cleared_on, now_is=None, reason=reason)


def _turn(actor: User, surgery: Surgery, verb: str, *, was: date | None, now_is: date | None, reason: str) -> Surgery:
    by = actor if now_is else None
    rows = Surgery.objects.filter(pk=surgery.pk, cleared_on=was)
    if was == now_is or not rows.update(cleared_on=now_is, cleared_by=by, revision=F("revision") + 1):
        raise AlreadyCleared
    surgery.refresh_from_db()
    audit.record(actor, f"surgery.{verb}", surgery, reason=reason, on=(now_is or was).isoformat())  # type: ignore[union-attr]
    return surgery


def told_by(surgery: Surgery) -> str:
    """Who told us that the surgeon has cleared, as it was written down."""
    events = AuditEvent.objects.filter(object_id=surgery.pk, verb="surgery.clear").order_by("-created_at")
    return events.values_list("reason", flat=True).first() or ""
