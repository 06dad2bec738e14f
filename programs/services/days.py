"""One day of one patient, gathered in a fixed number of queries: what was due, what was answered, how it felt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from patients.enums import PainMoment, PainSite
from patients.models import CareTeam, Flare, PainEntry, Patient, Stiffness, User
from patients.services.diary import EDIT_DAYS
from programs.models import PrescriptionItem, PrescriptionVersion, Session
from programs.schedule import in_mask
from programs.services import editions
from programs.today import Line, Occurrence, Running, arrange, next_due


@dataclass(frozen=True, slots=True)
class DaySheet:
    """`occurrences` are in the order of the page. A rating that is None was not given."""

    day: date
    today: date
    occurrences: list[Occurrence]
    pain: int | None
    is_pain_edited: bool
    stiffness: int | None
    flare: Flare | None
    has_program: bool
    next_due: date | None

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def is_open(self) -> bool:
        """May still be written."""
        return self.today - timedelta(days=EDIT_DAYS) <= self.day <= self.today

    def find(self, prescription_id: UUID, slot: str) -> Occurrence | None:
        wanted = (prescription_id, slot)
        return next((one for one in self.occurrences if (one.prescription_id, one.slot) == wanted), None)


def load(patient: Patient, day: date, now: datetime) -> DaySheet:
    """The sheet of `day`, arranged for the patient's clock at `now`."""
    local_now = now.astimezone(ZoneInfo(patient.time_zone))
    today = local_now.date()
    week = _sessions_of_week(patient, day)
    sessions = [session for session in week if session.local_date == day]
    versions = _versions(patient, day, sessions)
    pains = list(PainEntry.objects.filter(patient=patient, local_date=day, site=PainSite.OVERALL))
    daily = next((row for row in pains if row.moment == PainMoment.DAILY), None)
    stiffness = Stiffness.objects.filter(patient=patient, local_date=day).first()
    occurrences = list(_occurrences(day, versions, sessions, week, pains))
    return DaySheet(
        day=day,
        today=today,
        occurrences=arrange(occurrences, local_now.time() if day == today else None),
        pain=daily.score if daily else None,
        is_pain_edited=bool(daily and daily.edited_at),
        stiffness=stiffness.minutes if stiffness else None,
        flare=Flare.objects.filter(patient=patient).running().first(),
        has_program=bool(versions),
        next_due=None if occurrences else next_due(day, _running(versions)),
    )


def lead_of(patient: Patient, today: date) -> User | None:
    """Whom to ask: the therapist who leads, else any who treats."""
    seats = CareTeam.objects.filter(patient=patient).on(today).select_related("therapist")
    seat = seats.order_by("-is_lead", "starts_on").first()
    return seat.therapist if seat else None


def _sessions_of_week(patient: Patient, day: date) -> list[Session]:
    """Monday to Sunday around `day`: the day's answers, and how often a times-per-week program was done."""
    monday = day - timedelta(days=day.weekday())
    rows = Session.objects.filter(patient=patient).between(monday, monday + timedelta(days=6))
    return list(rows.prefetch_related("entries"))


Items = list[PrescriptionItem]


def _versions(patient: Patient, day: date, sessions: list[Session]) -> dict[PrescriptionVersion, Items]:
    """Versions in force on `day`, those still to come, and those the day's sessions were begun under."""
    newer = PrescriptionVersion.objects.filter(
        prescription=OuterRef("version__prescription"),
        effective_from__lte=day,
        effective_from__gt=OuterRef("version__effective_from"),
    )
    rows = (
        PrescriptionItem.objects.filter(
            ~Exists(newer) | Q(version__in=[session.version_id for session in sessions]),
            Q(version__prescription__ends_on=None) | Q(version__prescription__ends_on__gte=day),
            version__prescription__patient=patient,
        )
        .select_related("version__prescription", "exercise")
        .order_by("version__prescription", "version__effective_from", "order", "pk")
    )
    editions.reword(rows, day)
    return {version: list(items) for version, items in groupby(rows, key=lambda item: item.version)}


def _occurrences(
    day: date,
    versions: dict[PrescriptionVersion, Items],
    sessions: list[Session],
    week: list[Session],
    pains: list[PainEntry],
) -> Iterable[Occurrence]:
    """Every set of the day: as planned by the version in force, or as begun under an earlier one."""
    begun = {(session.prescription_id, session.slot): session for session in sessions}
    by_pk = {version.pk: version for version in versions}
    rated: defaultdict[UUID | None, dict[str, PainEntry]] = defaultdict(dict)
    for row in pains:
        rated[row.session_key][row.moment] = row
    planned = {(v.prescription_id, slot): v for v in _in_force(day, versions) for slot in v.rule.slots_or_any}
    done_days = _days_done(week, day)
    for key, version in (planned | {k: by_pk[s.version_id] for k, s in begun.items() if s.version_id in by_pk}).items():
        session = begun.get(key)
        items = [i for i in versions[version] if i.weekdays is None or in_mask(day, i.weekdays)]
        if items and (session or version.rule.due_on(day)):
            ratings = rated[session.pk] if session else {}
            yield _occurrence(version, key[1], items, session, ratings, done_days[version.prescription_id])


def _in_force(day: date, versions: Iterable[PrescriptionVersion]) -> list[PrescriptionVersion]:
    """The newest begun version of every prescription that runs on `day`."""
    newest: dict[UUID, PrescriptionVersion] = {}
    for version in sorted(versions, key=lambda version: version.effective_from):
        if version.effective_from <= day and version.prescription.starts_on <= day:
            newest[version.prescription_id] = version
    return list(newest.values())


def _days_done(week: list[Session], day: date) -> Counter[UUID]:
    """On how many other days of the week each prescription was done, at least in part."""
    done = {(s.prescription_id, s.local_date) for s in week if (s.done or s.partly) and s.local_date != day}
    return Counter(prescription_id for prescription_id, _ in done)


def _occurrence(
    version: PrescriptionVersion,
    slot: str,
    items: Items,
    session: Session | None,
    ratings: dict[str, PainEntry],
    days_done: int,
) -> Occurrence:
    answers = {entry.item_id: entry for entry in session.entries.all()} if session else {}
    before, after = ratings.get(PainMoment.BEFORE), ratings.get(PainMoment.AFTER)
    return Occurrence(
        prescription_id=version.prescription_id,
        title=version.prescription.title,
        slot=slot,
        lines=tuple(
            Line(item, slot, entry.status, entry.reason, entry.edited_at is not None)
            if (entry := answers.get(item.pk))
            else Line(item, slot)
            for item in items
        ),
        pain_before=before.score if before else None,
        pain_after=after.score if after else None,
        is_pain_edited=any(row and row.edited_at for row in (before, after)),
        note=session.note if session else "",
        is_edited=bool(session and session.edited_at),
        weekly_goal=version.times_per_week if version.rule.is_flexible else None,
        weekly_done=days_done,
    )


def _running(versions: dict[PrescriptionVersion, Items]) -> list[Running]:
    """The same versions as spans: each ends where the next of its prescription begins."""
    ordered = sorted(versions, key=lambda version: (str(version.prescription_id), version.effective_from))
    spans = []
    for position, version in enumerate(ordered):
        later = ordered[position + 1 :][:1]
        is_followed = later and later[0].prescription_id == version.prescription_id
        ends = [later[0].effective_from - timedelta(days=1)] if is_followed else []
        ends += [version.prescription.ends_on] if version.prescription.ends_on else []
        masks = tuple(item.weekdays for item in versions[version])
        first = max(version.effective_from, version.prescription.starts_on)
        spans.append(Running(first, min(ends, default=None), version.rule, masks))
    return spans
