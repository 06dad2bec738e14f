"""What the calendar brings for new hips: the day of a planned operation, and the day to ask whether precautions end.

The calendar asks; it clears nothing. Everything here may run again: a note that exists is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from patients.models import Surgery
from programs.enums import Rating, WorkKind
from programs.models import Prescription, WorkItem
from programs.services import facts, recheck, work
from programs.services.conditions import conditions_during

# An operation that has come is looked for on these many days, should the beat have stood still.
LOOK_BACK = timedelta(days=14)
AHEAD = timedelta(days=1)  # somewhere it is tomorrow already


def look_after(now: datetime) -> int:
    """Both kinds of note for every patient whose own day has come; answers with how many are new."""
    return begin(now) + ask(now)


def begin(now: datetime) -> int:
    """Re-check what runs for patients whose planned operation has come: from now on its precautions count."""
    today = now.date()
    due = Surgery.objects.uncleared().filter(
        operated_on__range=(today - LOOK_BACK, today + AHEAD), patient__archived_at=None
    )
    rows = due.select_related("patient").order_by("pk")
    return sum(_begin(row, now) for row in rows if row.operated_on <= row.patient.local_today(now))


@transaction.atomic
def _begin(surgery: Surgery, now: datetime) -> int:
    event = facts.begins(surgery)
    if WorkItem.objects.filter(dedupe_key__startswith=f"{event.key}:").exists():
        return 0
    recheck.hold_still(surgery.patient, surgery.patient.local_today(now))
    before = conditions_during(surgery.patient, surgery.operated_on - timedelta(days=1))
    return recheck.conditions_changed(actor=None, patient=surgery.patient, before=before, event=event, now=now)


def ask(now: datetime) -> int:
    """A note for each new hip whose day to ask has come, at the patient's newest prescription."""
    due = Surgery.objects.uncleared().filter(precautions_until__lte=now.date() + AHEAD, patient__archived_at=None)
    rows = [
        row
        for row in due.select_related("patient").order_by("pk")
        if row.precautions_until and row.precautions_until <= row.patient.local_today(now)
    ]
    newest = _newest((row.patient_id for row in rows), now.date()) if rows else {}
    asked = [_question(row, newest[row.patient_id]) for row in rows if row.patient_id in newest]
    known = set(
        WorkItem.objects.filter(dedupe_key__in=[one.dedupe_key for one in asked]).values_list("dedupe_key", flat=True)
    )
    return work.write([one for one in asked if one.dedupe_key not in known])


def _newest(patients: Iterable[UUID], today: date) -> dict[UUID, Prescription]:
    """The prescription of each patient that began last and is not over."""
    rows = Prescription.objects.filter(patient__in=set(patients)).not_over(today).order_by("starts_on", "pk")
    return {row.patient_id: row for row in rows}


def _question(surgery: Surgery, prescription: Prescription) -> WorkItem:
    until = surgery.precautions_until
    said = (
        f"Hip replacement ({surgery.get_side_display().lower()}, {surgery.operated_on:%-d %B %Y}): precautions were "
        f"set until {until:%-d %B %Y}. Ask whether the surgeon has cleared. Until somebody writes that down they go on."
    )
    return WorkItem(
        clinic_id=prescription.clinic_id,
        patient_id=surgery.patient_id,
        prescription=prescription,
        kind=WorkKind.CLEARANCE,
        rating=Rating.ALLOW,
        reason=said,
        due_on=until,
        dedupe_key=f"clearance:{surgery.pk}:{until}",
    )
