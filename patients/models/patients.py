"""Patients: one clinic's record of one person, what matters for their safety, and who treats them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.lib.clock import local_date
from config.lib.models import LongText, Row, ShortText, is_time_zone
from config.lib.text import fold
from patients.conditions import RECORDABLE, Condition
from patients.models.clinics import Clinic
from patients.tenancy import PatientScopedQuerySet


def years_between(birth: date, day: date) -> int:
    """Completed years of life."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def name_holds(text: str) -> Q:
    """Every word of `text` is in the name, whatever its case and accents."""
    return Q(*(Q(search_name__contains=word) for word in fold(text).split()))


class PatientQuerySet(PatientScopedQuerySet):
    patient_path = ""

    def active(self) -> Self:
        return self.filter(archived_at=None)

    def search(self, text: str) -> Self:
        """Patients whose name holds every word of `text`, whatever its case and accents."""
        return self.filter(name_holds(text))


class Patient(Row):
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="patient_records"
    )
    given_name = ShortText("first name", max_length=150)
    family_name = ShortText("last name", max_length=150)
    search_name = models.CharField(max_length=320, editable=False, db_index=True)
    birth_date = models.DateField("date of birth")
    time_zone = models.CharField(max_length=64, default="Europe/Berlin", validators=[is_time_zone])
    language = models.CharField(max_length=8, default="en", choices=settings.LANGUAGES)
    diagnosis_date = models.DateField("diagnosed on", null=True, blank=True)
    email = models.EmailField("e-mail", max_length=254, blank=True)
    phone = ShortText(max_length=32, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user"], condition=Q(user__isnull=False), name="patient_login_once_per_clinic"
            ),
            models.CheckConstraint(
                name="patient_diagnosed_after_birth",
                condition=Q(diagnosis_date=None) | Q(diagnosis_date__gte=F("birth_date")),
                violation_error_message="The diagnosis cannot be earlier than the birth.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_name = fold(f"{self.given_name} {self.family_name}")[:320]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def local_today(self, now: datetime) -> date:
        """The patient's calendar day at `now`."""
        return local_date(now, self.time_zone)

    def age_on(self, day: date) -> int:
        """Completed years of life on `day`."""
        return years_between(self.birth_date, day)


class PatientConditionQuerySet(PatientScopedQuerySet):
    clinic_path = "patient__clinic"

    def in_force(self, day: date) -> Self:
        """Conditions that count on `day`. An end date is written by a person, never by the calendar."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class PatientCondition(Row):
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="conditions")
    condition = models.CharField(max_length=32, choices=[(c.value, c.description) for c in RECORDABLE])
    since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    note = LongText(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = PatientConditionQuerySet.as_manager()

    class Meta:
        ordering = ["condition"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "condition"], condition=Q(ended_on=None), name="patient_condition_once"
            ),
        ]

    def __str__(self) -> str:
        return self.word.label

    @property
    def word(self) -> Condition:
        return Condition(self.condition)


class CareTeamQuerySet(PatientScopedQuerySet):
    clinic_path = "patient__clinic"

    def on(self, day: date) -> Self:
        """Seats that give access on `day`: the end day itself no longer does."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), starts_on__lte=day)


class CareTeam(Row):
    """One therapist's seat beside one patient. `ended_on` is the first day without access."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="care_team")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="care_team")
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_lead = models.BooleanField(default=False)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "therapist"], condition=Q(ended_on=None), name="care_team_seat_once"
            ),
        ]
        # Caseload: the patients of one therapist.
        indexes = [models.Index(fields=["therapist", "patient"], name="care_team_by_therapist")]

    def __str__(self) -> str:
        return f"{self.therapist} treats {self.patient}"

    @property
    def last_day(self) -> date | None:
        """The last day with access, which people count with; None for a seat without an end."""
        return self.ended_on - timedelta(days=1) if self.ended_on else None
