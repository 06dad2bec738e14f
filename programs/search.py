"""Finding patients in a caseload: whose, by name, by a sign that asks for a look, in which order."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery

from config.lib.words import Word
from patients.access import Actor
from patients.models import Flare, Patient, PatientCondition
from patients.models.patients import PatientQuerySet
from programs.models import Prescription

QUIET_DAYS = 7
RECENT_DAYS = 7
STRONG_PAIN = 7


class Sign(Word):
    """A reason to look at a patient."""

    FLARE = "flare"
    PAIN = "pain"
    QUIET = "quiet"
    NO_PROGRAM = "no_program"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
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
    """The patients this therapist treats today; two seats beside one patient are still one row."""
    mine = Patient.objects.for_actor(actor).values("pk")
    return Patient.objects.for_clinic(actor.clinic).active().filter(pk__in=mine)


def condition_of(sign: Sign, today: date) -> Q:
    """`sign` as a condition on patients, on the calendar day of the clinic."""
    running = Prescription.objects.filter(patient=OuterRef("pk")).active_on(today)
    long_enough = running.filter(starts_on__lte=today - timedelta(days=QUIET_DAYS))
    silent_since = today - timedelta(days=QUIET_DAYS)
    if sign is Sign.FLARE:
        return Q(Exists(Flare.objects.filter(patient=OuterRef("pk")).running()))
    if sign is Sign.PAIN:
        recent = today - timedelta(days=RECENT_DAYS - 1)
        return Q(status__last_pain__gte=STRONG_PAIN, status__last_pain_on__gte=recent)
    if sign is Sign.QUIET:
        quiet = Q(status__last_activity_on=None) | Q(status__last_activity_on__lte=silent_since)
        return quiet & Q(Exists(long_enough))
    return ~Q(Exists(running))


def counts(patients: PatientQuerySet, today: date) -> dict[str, int]:
    """How many patients there are (`all`) and how many show each sign; one statement."""
    signs = {sign.value: Count("pk", filter=condition_of(sign, today)) for sign in Sign}
    return patients.order_by().aggregate(all=Count("pk"), **signs)


def narrow(patients: PatientQuerySet, *, text: str, sign: Sign | None, today: date) -> PatientQuerySet:
    found = patients.search(text)
    return found.filter(condition_of(sign, today)) if sign else found


def ordered(patients: PatientQuerySet, sort: Sort, *, descending: bool) -> PatientQuerySet:
    """In a stable order; who has no value comes last either way."""
    if sort is Sort.NAME:
        return patients.order_by(*[f"-{name}" if descending else name for name in NAME])
    column = F(COLUMNS[sort])
    return patients.order_by(column.desc(nulls_last=True) if descending else column.asc(nulls_last=True), *NAME)


def with_row_facts(patients: PatientQuerySet, actor: Actor) -> PatientQuerySet:
    """What a row of the table shows: status, flare, conditions in force, running prescriptions. Three statements."""
    flare = Flare.objects.filter(patient=OuterRef("pk")).running()
    conditions = PatientCondition.objects.for_clinic(actor.clinic).in_force(actor.today)
    running = Prescription.objects.for_clinic(actor.clinic).active_on(actor.today)
    return (
        patients.select_related("status")
        .annotate(flare_since=Subquery(flare.values("started_on")[:1]))
        .prefetch_related(
            Prefetch("conditions", queryset=conditions, to_attr="facts"),
            Prefetch("prescriptions", queryset=running.only("patient_id", "title", "starts_on"), to_attr="running"),
        )
    )
