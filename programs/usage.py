"""How exercises fare in use: how often skipped, how pain moved, how often swapped out. Counted over everybody.

The beat counts once an hour and keeps the figures beside each exercise, so that the curators' table stays quick and
sorts in the database. What is in use at this moment is counted at this moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from programs.enums import EntryStatus
from programs.models import Entry, ExerciseUsage, Prescription, PrescriptionItem, PrescriptionVersion

PERIOD = timedelta(days=365)
ENOUGH = 10  # below this a figure is shown grey and in brackets: it may be chance

# Pain belongs to no session by foreign key (sessions live in a higher app), so the ORM cannot join the two.
# Plain SQL that both databases know: a million answers in a second or two, against half a minute of subqueries.
PAIN = """
SELECT item.exercise_id, AVG(ended.score - began.score), COUNT(*)
FROM programs_session session
JOIN patients_painentry began
  ON began.patient_id = session.patient_id AND began.session_key = session.id
  AND began.moment = 'before' AND began.site = 'overall'
JOIN patients_painentry ended
  ON ended.patient_id = session.patient_id AND ended.session_key = session.id
  AND ended.moment = 'after' AND ended.site = 'overall'
JOIN programs_entry entry ON entry.session_id = session.id AND entry.status <> 'skipped'
JOIN programs_prescriptionitem item ON item.id = entry.item_id
WHERE session.local_date >= %s
GROUP BY item.exercise_id
"""


@dataclass(frozen=True, slots=True)
class Share:
    """A number out of a number. Too few to say much is still said, and marked."""

    number: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        return round(100 * self.number / self.of) if self.of else None

    @property
    def is_thin(self) -> bool:
        return self.of < ENOUGH


@dataclass(frozen=True, slots=True)
class PainChange:
    """Mean of pain after minus pain before, over sessions in which the exercise was done and both were rated."""

    mean: float | None = None
    of: int = 0

    @property
    def is_thin(self) -> bool:
        return self.of < ENOUGH

    @property
    def words(self) -> str:
        """`−0.4`, `+1.0`, `0.0`: signed, since less is better."""
        if self.mean is None:
            return ""
        rounded = round(self.mean, 1)
        return "0.0" if not rounded else f"{rounded:+.1f}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class Usage:
    """`skipped`: answers "skipped" out of all answers. `swapped`: later versions of a prescription that left the
    exercise out, of all later versions of prescriptions that held it."""

    skipped: Share = Share()
    pain: PainChange = PainChange()
    swapped: Share = Share()


UNUSED = Usage()


def usage_of(row: ExerciseUsage | None) -> Usage:
    """The stored figures as values."""
    if row is None:
        return UNUSED
    pain = PainChange(row.pain_change, row.pain_sessions)
    return Usage(Share(row.skips, row.answers), pain, Share(row.swaps, row.changes))


def running(today: date, ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """How many live prescriptions hold each of these exercises, or each of all. One statement."""
    items = PrescriptionItem.objects.not_replaced(today).filter(
        version__prescription__in=Prescription.objects.live(today)
    )
    chosen = items if ids is None else items.filter(exercise__in=ids)
    grouped = chosen.order_by().values_list("exercise")
    return dict(grouped.annotate(number=Count("version__prescription", distinct=True)))


# --- Counting ------------------------------------------------------------------------------------------------


@transaction.atomic
def recount(now: datetime) -> int:
    """Count anew and store. Three statements to count, whatever there is; answers with the number of exercises."""
    rows: dict[UUID, ExerciseUsage] = {}

    def row(pk: UUID) -> ExerciseUsage:
        return rows.setdefault(pk, ExerciseUsage(exercise_id=pk, counted_at=now))

    since = now.date() - PERIOD
    for pk, answers, skips in _answers(since):
        row(pk).answers, row(pk).skips = answers, skips
    for pk, change, sessions in _pain(since):
        row(pk).pain_change, row(pk).pain_sessions = change, sessions
    for pk, changes, swaps in _changes(since):
        row(pk).changes, row(pk).swaps = changes, swaps
    _store(list(rows.values()), now)
    return len(rows)


def _store(rows: list[ExerciseUsage], now: datetime) -> None:
    """Write over what was counted before; what is no longer used goes."""
    columns = [field.name for field in ExerciseUsage._meta.fields if not field.primary_key]
    ExerciseUsage.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["exercise"], update_fields=columns, batch_size=500
    )
    ExerciseUsage.objects.filter(counted_at__lt=now).delete()


def _answers(since: date) -> Iterable[tuple[UUID, int, int]]:
    """Exercise, answers, and how many of them were "skipped"."""
    entries = Entry.objects.filter(session__local_date__gte=since).order_by().values_list("item__exercise")
    return entries.annotate(answers=Count("pk"), skips=Count("pk", filter=Q(status=EntryStatus.SKIPPED)))


def _pain(since: date) -> Iterable[tuple[UUID, float, int]]:
    """Exercise, mean change, and number of sessions."""
    with connection.cursor() as cursor:
        cursor.execute(PAIN, [since])
        found = cursor.fetchall()
    return [(pk if isinstance(pk, UUID) else UUID(pk), float(change), number) for pk, change, number in found]


def _changes(since: date) -> Iterable[tuple[UUID, int, int]]:
    """Exercise, later versions of prescriptions that held it, and how many of those left it out."""
    versions = PrescriptionVersion.objects.filter(prescription=OuterRef("version__prescription"))
    later = versions.filter(effective_from__gt=OuterRef("version__effective_from")).order_by("effective_from")
    then, changed_on = (Subquery(later.values(column)[:1]) for column in ("pk", "effective_from"))
    items = PrescriptionItem.objects.annotate(then=then, changed_on=changed_on).filter(changed_on__gte=since)
    kept = PrescriptionItem.objects.filter(version=OuterRef("then"), exercise=OuterRef("exercise"))
    grouped: Any = items.order_by().values_list("exercise")
    return grouped.annotate(
        changes=Count("version", distinct=True), swaps=Count("version", filter=~Exists(kept), distinct=True)
    )
