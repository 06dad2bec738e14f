"""Who treats whom, from when until when. A patient always keeps one therapist without an end date."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from patients import audit
from patients.enums import Role
from patients.models import CareTeam, Clinic, Membership, Patient, User


class SeatRefused(Exception):
    """This change to a care team cannot be; `field` and `message` say why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def works_here(clinic: Clinic, user: User) -> bool:
    """Whether `user` is a therapist of this clinic now."""
    return Membership.objects.for_clinic(clinic).of(user).current().filter(role=Role.THERAPIST).exists()


def colleagues(clinic: Clinic) -> QuerySet[User]:
    """The clinic's therapists, by name."""
    working = Membership.objects.for_clinic(clinic).current().filter(role=Role.THERAPIST)
    return User.objects.filter(pk__in=working.values("user")).order_by("name", "email")


@transaction.atomic
def add(
    *,
    actor: User,
    patient: Patient,
    therapist: User,
    starts_on: date,
    ended_on: date | None = None,
    is_lead: bool = False,
) -> CareTeam:
    """Give a colleague of the patient's clinic a seat; `ended_on` is the first day without access."""
    _alone_with(patient)
    if not works_here(patient.clinic, therapist):
        raise SeatRefused("therapist", "Choose a therapist of this clinic.")
    if ended_on is not None and ended_on <= starts_on:
        raise SeatRefused("last_day", "The last day cannot be before the first.")
    overlapping = CareTeam.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=starts_on), patient=patient, therapist=therapist
    )
    if ended_on is not None:
        overlapping = overlapping.filter(starts_on__lt=ended_on)
    if overlapping.exists():
        raise SeatRefused("therapist", "This colleague is already in the care team on some of these days.")
    seat = CareTeam.objects.create(
        patient=patient, therapist=therapist, starts_on=starts_on, ended_on=ended_on, is_lead=is_lead
    )
    audit.record(actor, "care_team.add", seat, therapist=str(therapist.pk))
    return seat


@transaction.atomic
def end(*, actor: User, seat: CareTeam, on: date) -> CareTeam:
    """From `on` the seat gives no access. Refused where it would leave the patient without a lasting therapist.

    The lead passes to the colleague who stays longest in the team.
    """
    _alone_with(seat.patient)
    seat.refresh_from_db()
    if seat.ended_on is not None and seat.ended_on <= on:
        return seat
    successor = _successor(seat, on)
    if successor is None:
        raise SeatRefused(
            "on", "This would leave the patient without a therapist. Add a colleague to the care team first."
        )
    if on <= seat.starts_on:
        # A seat that never gave access on any day of its own: keep the row, empty.
        seat.starts_on = min(seat.starts_on, on)
    was_lead, seat.ended_on, seat.is_lead = seat.is_lead, on, False
    seat.save(update_fields=["starts_on", "ended_on", "is_lead"])
    if was_lead:
        CareTeam.objects.filter(pk=successor.pk).update(is_lead=True)
    audit.record(actor, "care_team.end", seat, therapist=str(seat.therapist_id), on=on.isoformat())
    return seat


def _successor(seat: CareTeam, on: date) -> CareTeam | None:
    working = Membership.objects.for_clinic(seat.patient.clinic).current().filter(role=Role.THERAPIST)
    lasting = CareTeam.objects.filter(
        patient=seat.patient, ended_on=None, starts_on__lte=on, therapist__in=working.values("user")
    )
    return lasting.exclude(pk=seat.pk).order_by("starts_on", "pk").first()


def _alone_with(patient: Patient) -> None:
    """Let nobody else change this care team until our transaction ends."""
    Patient.objects.select_for_update().get(pk=patient.pk)


@transaction.atomic
def hand_on(
    *, actor: User, patient: Patient, therapist: User, starts_on: date, last_day: date | None = None
) -> CareTeam:
    """Hand a patient to a colleague: until `last_day`, when their access ends by itself, or for good with None.

    For good means that the actor's own access ends on `starts_on` and the lead goes along. Asked for twice it is
    done once.
    """
    _alone_with(patient)
    if therapist.pk == actor.pk:
        raise SeatRefused("therapist", "Choose somebody else than yourself.")
    if last_day is not None:
        ended_on = last_day + timedelta(days=1)
        seats = CareTeam.objects.filter(patient=patient, therapist=therapist, starts_on=starts_on, ended_on=ended_on)
        return seats.first() or add(
            actor=actor, patient=patient, therapist=therapist, starts_on=starts_on, ended_on=ended_on
        )
    seat = _lasting(actor, patient, therapist, starts_on)
    own = CareTeam.objects.on(starts_on).filter(patient=patient, therapist=actor).first()
    if own:
        was_lead = own.is_lead
        end(actor=actor, seat=own, on=starts_on)
        if was_lead:
            CareTeam.objects.filter(patient=patient, is_lead=True).update(is_lead=False)
            CareTeam.objects.filter(pk=seat.pk).update(is_lead=True)
    seat.refresh_from_db()
    return seat


def _lasting(actor: User, patient: Patient, therapist: User, starts_on: date) -> CareTeam:
    """A seat without an end that gives access on `starts_on`: theirs, made to last or begun earlier, or a new one."""
    theirs = CareTeam.objects.filter(patient=patient, therapist=therapist)
    seat = theirs.filter(Q(ended_on=None) | Q(ended_on__gt=starts_on)).order_by("starts_on").first()
    if seat is None:
        return add(actor=actor, patient=patient, therapist=therapist, starts_on=starts_on)
    if not works_here(patient.clinic, therapist):
        raise SeatRefused("therapist", "Choose a therapist of this clinic.")
    if seat.ended_on is None and seat.starts_on <= starts_on:
        return seat
    theirs.filter(starts_on__gt=seat.starts_on).delete()
    seat.starts_on, seat.ended_on = min(seat.starts_on, starts_on), None
    seat.save(update_fields=["starts_on", "ended_on"])
    audit.record(actor, "care_team.keep", seat, therapist=str(therapist.pk), on=starts_on.isoformat())
    return seat


@transaction.atomic
def hand_over(*, actor: User, patient: Patient, therapist: User, on: date) -> CareTeam:
    """Give a patient whose therapists have left to a colleague, as the lead."""
    _alone_with(patient)
    if patient.pk not in {left.pk for left in without_therapist(clinic=patient.clinic, on=on)}:
        raise SeatRefused("patient", "This patient has a therapist again.")
    CareTeam.objects.filter(patient=patient, is_lead=True).update(is_lead=False)
    # A seat planned for later gives way to the one that starts now.
    CareTeam.objects.filter(patient=patient, therapist=therapist, starts_on__gt=on).update(starts_on=on, ended_on=on)
    return add(actor=actor, patient=patient, therapist=therapist, starts_on=on, is_lead=True)


def without_therapist(*, clinic: Clinic, on: date) -> list[Patient]:
    """Patients of the clinic whom no working therapist treats on `on`."""
    working = Membership.objects.for_clinic(clinic).current().filter(role=Role.THERAPIST)
    seats = CareTeam.objects.for_clinic(clinic).on(on).filter(therapist__in=working.values("user"))
    return list(Patient.objects.for_clinic(clinic).active().exclude(pk__in=seats.values("patient")))
