"""Finding patients in a caseload: whose, by name, by a sign that asks for a look, in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery

from config.lib.words import Word
from patients.access import Actor
from patients.models import Patient
from patients.models.patients import PatientQuerySet, name_holds
from programs.models import Prescription, WorkItem

QUIET_DAYS = 7
RECENT_DAYS = 7
STRONG_PAIN = 7


class Sign(Word):
    """A reason to look at a patient."""

    WORK = "work"
    FLARE = "flare"
    PAIN = "pain"
    QUIET = "quiet"
    NO_PROGRAM = "no_program"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Sign.WORK: "Work notes",
    Sign.FLARE: "Flare now",
    Sign.PAIN: f"Pain {STRONG_PAIN} or more this week",
    Sign.QUIET: f"No log for {QUIET_DAYS} days",
    Sign.NO_PROGRAM: "No program",
}


class Sort(Word):
    NAME = "name"
    ADHERENCE = "adherence"
    PAIN = "pain"
    ACTIVITY = "activity"


NAME = ("family_name", "given_name", "pk")
COLUMNS = {
    Sort.ADHERENCE: "status__adherence",
    Sort.PAIN: "status__last_pain",
    Sort.ACTIVITY: "status__last_activity_on",
}


def caseload(actor: Actor) -> PatientQuerySet:
    """The patients this therapist treats today, with `flare_now` (at most one), `runs_since`, `has_notes`.

    Two seats beside one patient are still one row. `runs_since` is the first day of the oldest running prescription.
    """
    mine = Patient.objects.for_actor(actor).values("pk")
    running = Prescription.objects.filter(patient=OuterRef("pk")).active_on(actor.today).order_by("starts_on")
    patients = Patient.objects.for_clinic(actor.clinic).active().filter(pk__in=mine)
    return patients.annotate(
        flare_now=FilteredRelation("flares", condition=Q(flares__ended_on=None)),
        runs_since=Subquery(running.values("starts_on")[:1]),
        has_notes=Exists(WorkItem.objects.filter(patient=OuterRef("pk")).unsettled()),
    )


def shows(sign: Sign, today: date) -> Q:
    """`sign` as a condition on a caseload, on the calendar day of the clinic."""
    week_ago = today - timedelta(days=QUIET_DAYS)
    if sign is Sign.WORK:
        return Q(has_notes=True)
    if sign is Sign.FLARE:
        return Q(flare_now__isnull=False)
    if sign is Sign.PAIN:
        recent = today - timedelta(days=RECENT_DAYS - 1)
        return Q(status__last_pain__gte=STRONG_PAIN, status__last_pain_on__gte=recent)
    if sign is Sign.QUIET:
        silent = Q(status__last_activity_on=None) | Q(status__last_activity_on__lte=week_ago)
        return Q(runs_since__lte=week_ago) & silent
    return Q(runs_since=None)


def wanted(text: str, sign: Sign | None, today: date) -> Q:
    """The name holds `text`, and the patient shows `sign`."""
    return name_holds(text) & shows(sign, today) if sign else name_holds(text)


def counts(patients: PatientQuerySet, found: Q, today: date) -> dict[str, int]:
    """How many there are (`all`), how many show each sign, and how many fit `found`; one statement."""
    signs = {sign.value: Count("pk", filter=shows(sign, today)) for sign in Sign}
    everyone = Count("pk")
    return patients.order_by().aggregate(all=everyone, found=Count("pk", filter=found) if found else everyone, **signs)


def ordered(patients: PatientQuerySet, sort: Sort, *, descending: bool) -> PatientQuerySet:
    """In a stable order; who has no value comes last either way."""
    if sort is Sort.NAME:
        return patients.order_by(*[f"-{name}" if descending else name for name in NAME])
    column = F(COLUMNS[sort])
    return patients.order_by(column.desc(nulls_last=True) if descending else column.asc(nulls_last=True), *NAME)


def programs_of(patient_ids: Collection[UUID], actor: Actor) -> dict[UUID, list[str]]:
    """Titles of the running prescriptions of each patient, the newest first; one statement."""
    rows = Prescription.objects.for_clinic(actor.clinic).active_on(actor.today).filter(patient__in=patient_ids)
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for patient_id, title in rows.order_by("-starts_on", "-pk").values_list("patient_id", "title"):
        found[patient_id].append(title)
    return found


class Notes(NamedTuple):
    """How many work notes of a patient are open, and the one that weighs most."""

    number: int
    worst: WorkItem


def work_of(patient_ids: Collection[UUID], actor: Actor) -> dict[UUID, Notes]:
    """The open work notes of each patient who has any; one statement."""
    rows = WorkItem.objects.for_clinic(actor.clinic).filter(patient__in=patient_ids).unsettled().worst_first()
    rows = rows.select_related("exercise")
    found: dict[UUID, Notes] = {}
    for item in rows:
        known = found.get(item.patient_id)
        found[item.patient_id] = Notes(known.number + 1, known.worst) if known else Notes(1, item)
    return found
