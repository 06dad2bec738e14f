"""Weighs the therapists' rules against the last weeks of all running prescriptions, once a night.

What is met becomes a suggestion, a work note with the figures behind it, once for each rule and version. The program
itself is changed by nobody but the therapist. A suggestion about a version that no longer holds is withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from config.lib.clock import local_date
from patients.models import Flare, PainEntry
from programs import adherence, progression
from programs.adherence import Record
from programs.enums import Variant, WorkKind
from programs.models import PrescriptionVersion, WorkItem
from programs.progression import Facts, Rule
from programs.schedule import days_between
from programs.services import work

KEY = "suggestion"
# Patients looked at in one go, so that the memory of a night does not grow with the clinics.
BATCH = 500


class Candidate(NamedTuple):
    """A version in force that has rules, on its patient's own day."""

    version: PrescriptionVersion
    today: date
    rules: tuple[Rule, ...]

    @property
    def weeks(self) -> int:
        return (self.today - self.version.effective_from).days // 7

    @property
    def ripe(self) -> list[Rule]:
        """The rules for which the version has been in force long enough."""
        return [rule for rule in self.rules if rule.after_weeks <= self.weeks]


class Made(NamedTuple):
    written: int
    withdrawn: int


def suggest_all(now: datetime) -> Made:
    """Write what is to be suggested now, and withdraw what no longer applies. Safe to repeat."""
    candidates = list(_candidates(now))
    withdrawn = _withdraw({one.version.pk for one in candidates}, now)
    known = _known_keys(now)
    ripe = [one for one in candidates if any(key_of(one.version, rule) not in known for rule in one.ripe)]
    written = sum(_suggest(ripe[start : start + BATCH], known) for start in range(0, len(ripe), BATCH))
    return Made(written, withdrawn)


def key_of(version: PrescriptionVersion, rule: Rule) -> str:
    """Makes a second suggestion of the same rule about the same version impossible to write."""
    return f"{KEY}:{version.pk}:{rule.digest}"


def _candidates(now: datetime) -> Iterator[Candidate]:
    """Versions with rules that are in force where their patients are; one statement."""
    earliest, latest = (local_date(now + timedelta(hours=hours), "UTC") for hours in (-12, 14))
    own = PrescriptionVersion.objects.filter(prescription=OuterRef("prescription")).order_by("effective_from")
    later = own.filter(effective_from__gt=OuterRef("effective_from"))
    rows = (
        PrescriptionVersion.objects.filter(
            Q(prescription__ends_on=None) | Q(prescription__ends_on__gte=earliest),
            effective_from__lte=latest,
            prescription__patient__archived_at=None,
        )
        .exclude(progression=[])
        .annotate(next_from=Subquery(later.values("effective_from")[:1]))
        .select_related("prescription__patient")
        .order_by("pk")
    )
    for version in rows:
        today = version.prescription.patient.local_today(now)
        last = version.prescription.ends_on or date.max
        if version.effective_from <= today <= last and (version.next_from is None or today < version.next_from):
            yield Candidate(version, today, _rules(version))


def _rules(version: PrescriptionVersion) -> tuple[Rule, ...]:
    """A rule that cannot be read suggests nothing."""
    try:
        return progression.read_rules(version.progression)
    except progression.Fault:
        return ()


def _known_keys(now: datetime) -> set[str]:
    """Of prescriptions that may still run; settled suggestions count, because they were made."""
    runs = Q(prescription__ends_on=None) | Q(prescription__ends_on__gte=local_date(now - timedelta(hours=12), "UTC"))
    notes = WorkItem.objects.filter(runs, kind=WorkKind.SUGGESTION).order_by()
    return set(notes.values_list("dedupe_key", flat=True))


def _withdraw(in_force: set[UUID], now: datetime) -> int:
    """Open suggestions about versions that do not hold any more. At most two statements."""
    notes = WorkItem.objects.filter(kind=WorkKind.SUGGESTION).unsettled().order_by()
    gone = [pk for pk, key in notes.values_list("pk", "dedupe_key") if UUID(key.split(":")[1]) not in in_force]
    return WorkItem.objects.filter(pk__in=gone).unsettled().update(settled_at=now) if gone else 0


@transaction.atomic
def _suggest(candidates: list[Candidate], known: set[str]) -> int:
    """Notes for these versions, in a fixed number of statements."""
    history = History(candidates)
    notes = []
    for one in candidates:
        new = [rule for rule in one.ripe if key_of(one.version, rule) not in known]
        facts = {rule: history.facts(one, rule) for rule in new}
        notes += [_note(one, rule, facts[rule]) for rule in progression.met(new, facts)]
    return work.write(notes)


def _note(one: Candidate, rule: Rule, facts: Facts) -> WorkItem:
    prescription = one.version.prescription
    return WorkItem(
        clinic_id=prescription.clinic_id,
        patient_id=prescription.patient_id,
        prescription=prescription,
        kind=WorkKind.SUGGESTION,
        reason=progression.reason(rule, facts),
        dedupe_key=key_of(one.version, rule),
    )


class History:
    """What adherence, pain and flares say of many patients; loaded at once."""

    def __init__(self, candidates: list[Candidate]) -> None:
        longest = max((rule.days for one in candidates for rule in one.ripe), default=7)
        self.first = min((one.today for one in candidates), default=date.max) - timedelta(days=longest - 1)
        last = max((one.today for one in candidates), default=self.first)
        patients = {one.version.prescription.patient_id for one in candidates}
        self.records = adherence.records_for(patients, self.first, last)
        self.pain = self._pain(patients, last)
        self.flares = self._flares(patients, last)

    def _pain(self, patients: set[UUID], last: date) -> dict[UUID, list[tuple[date, int]]]:
        rows = PainEntry.objects.filter(patient__in=patients, local_date__range=(self.first, last)).order_by()
        found: defaultdict[UUID, list[tuple[date, int]]] = defaultdict(list)
        for patient_id, day, score in rows.values_list("patient_id", "local_date", "score"):
            found[patient_id].append((day, score))
        return found

    def _flares(self, patients: set[UUID], last: date) -> dict[UUID, list[date]]:
        """When the flares of each patient ended last; a running one counts as the last day."""
        rows = Flare.objects.filter(Q(ended_on=None) | Q(ended_on__gte=self.first), patient__in=patients).order_by()
        found: defaultdict[UUID, list[date]] = defaultdict(list)
        for patient_id, ended_on in rows.values_list("patient_id", "ended_on"):
            found[patient_id].append(ended_on or last)
        return found

    def facts(self, one: Candidate, rule: Rule) -> Facts:
        """What is known of the days that the rule looks back on."""
        prescription = one.version.prescription
        first = one.today - timedelta(days=rule.days - 1)
        record = self._own(self.records[prescription.patient_id], prescription.pk)
        figures = adherence.figures_of(record, one.today, rule.days)
        rated = [(day, score) for day, score in self.pain.get(prescription.patient_id, []) if first <= day <= one.today]
        means = _day_means(rated)
        return Facts(
            weeks_in_force=one.weeks,
            expected=figures.expected,
            done=figures.done,
            days_logged=len({log.day for log in record.logs if first <= log.day <= one.today and not log.is_silent}),
            pain=sum(means) / len(means) if means else None,
            worst_pain=max((score for _, score in rated), default=None),
            days_rated=len(means),
            is_disturbed=self._is_disturbed(one, first),
        )

    @staticmethod
    def _own(record: Record, prescription_id: UUID) -> Record:
        """Only what belongs to this prescription."""
        return replace(
            record,
            courses=[course for course in record.courses if course.prescription_id == prescription_id],
            logs=[log for log in record.logs if log.prescription_id == prescription_id],
            free=[entry for entry in record.free if entry.prescription_id == prescription_id],
        )

    def _is_disturbed(self, one: Candidate, first: date) -> bool:
        """A flare or another variant on any of the days, or a pause today."""
        if any(ended_on >= first for ended_on in self.flares.get(one.version.prescription.patient_id, [])):
            return True
        courses = self.records[one.version.prescription.patient_id].courses
        plans = [course.plan for course in courses if course.version_id == one.version.pk]
        return any(
            plan.is_paused(one.today)
            or any(plan.variant_on(day) is not Variant.NORMAL for day in days_between(first, one.today))
            for plan in plans
        )


def _day_means(rated: Iterable[tuple[date, int]]) -> list[float]:
    """The mean of each day on which pain was rated."""
    days: defaultdict[date, list[int]] = defaultdict(list)
    for day, score in rated:
        days[day].append(score)
    return [sum(scores) / len(scores) for scores in days.values()]
