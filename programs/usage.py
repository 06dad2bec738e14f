"""How exercises fare in use: how often skipped, how pain moved, how often swapped out. Counted over everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from patients.enums import PainMoment, PainSite
from patients.models import PainEntry
from programs.enums import EntryStatus
from programs.models import Entry, Prescription, PrescriptionItem, PrescriptionVersion

PERIOD = timedelta(days=365)
ENOUGH = 10  # below this a figure is shown grey: it may be chance


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
    """`running`: live prescriptions that hold it now. The rest looks back over `PERIOD`."""

    running: int = 0
    skipped: Share = Share()
    pain: PainChange = PainChange()
    swapped: Share = Share()


UNUSED = Usage()
Ids = Collection[UUID] | None


def usage(today: date, ids: Ids = None) -> dict[UUID, Usage]:
    """The figures of these exercises, or of all. Four statements for any number; who was never used is left out."""
    since = today - PERIOD
    found: dict[UUID, Usage] = {pk: Usage(running=number) for pk, number in _running(today, ids)}
    for pk, entries, skips in _skipped(since, ids):
        found[pk] = replace(found.get(pk, UNUSED), skipped=Share(skips, entries))
    for pk, mean, sessions in _pain(since, ids):
        found[pk] = replace(found.get(pk, UNUSED), pain=PainChange(mean, sessions))
    for pk, changes, swaps in _swapped(since, ids):
        found[pk] = replace(found.get(pk, UNUSED), swapped=Share(swaps, changes))
    return found


Counted = Iterable[tuple[UUID, Any, Any]]


def _running(today: date, ids: Ids) -> Iterable[tuple[UUID, int]]:
    """Exercise and number of live prescriptions that hold it."""
    live = Prescription.objects.live(today)
    items = PrescriptionItem.objects.not_replaced(today).filter(version__prescription__in=live)
    return _of(items, "exercise", ids).annotate(number=Count("version__prescription", distinct=True))


def _skipped(since: date, ids: Ids) -> Counted:
    """Exercise, answers, and how many of them were "skipped"."""
    skips = Count("pk", filter=Q(status=EntryStatus.SKIPPED))
    entries = Entry.objects.filter(session__local_date__gte=since)
    return _of(entries, "item__exercise", ids).annotate(entries=Count("pk"), skips=skips)


def _pain(since: date, ids: Ids) -> Counted:
    """Exercise, mean change, and number of sessions."""
    done = Entry.objects.filter(session__local_date__gte=since).exclude(status=EntryStatus.SKIPPED)
    change = _rated(PainMoment.AFTER) - _rated(PainMoment.BEFORE)
    return _of(done, "item__exercise", ids).annotate(mean=Avg(change), sessions=Count(change)).filter(sessions__gt=0)


def _rated(moment: PainMoment) -> Any:
    """The pain of the entry's session at that moment; NULL where it was not rated."""
    ratings = PainEntry.objects.filter(
        patient=OuterRef("session__patient"),
        session_key=OuterRef("session"),
        moment=moment,
        site=PainSite.OVERALL,
    )
    return Cast(Subquery(ratings.values("score")[:1]), FloatField())


def _swapped(since: date, ids: Ids) -> Counted:
    """Exercise, later versions of prescriptions that held it, and how many of those left it out."""
    versions = PrescriptionVersion.objects.filter(prescription=OuterRef("version__prescription"))
    later = versions.filter(effective_from__gt=OuterRef("version__effective_from")).order_by("effective_from")
    then, changed_on = (Subquery(later.values(column)[:1]) for column in ("pk", "effective_from"))
    items = PrescriptionItem.objects.annotate(then=then, changed_on=changed_on).filter(changed_on__gte=since)
    kept = PrescriptionItem.objects.filter(version=OuterRef("then"), exercise=OuterRef("exercise"))
    return _of(items, "exercise", ids).annotate(
        changes=Count("version", distinct=True), swaps=Count("version", filter=~Exists(kept), distinct=True)
    )


def _of(rows: QuerySet[Any, Any], path: str, ids: Ids) -> QuerySet[Any, Any]:
    """Grouped by the exercise at `path`, narrowed to `ids`."""
    chosen = rows if ids is None else rows.filter(**{f"{path}__in": ids})
    grouped: QuerySet[Any, Any] = chosen.order_by().values_list(path)
    return grouped
