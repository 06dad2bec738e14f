"""How a patient feels: pain, morning stiffness, flares. Days are the patient's own calendar days."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from config.lib.ids import uuid7
from config.lib.models import LongText, Row
from patients.enums import PainMoment, PainSite
from patients.models.clinics import Clinic
from patients.models.patients import Patient
from patients.tenancy import PatientScopedQuerySet


class PainEntry(Row):
    """One rating from 0 to 10. Not rated means no row: 0 is an answer, absence is not.

    `session_key` is the Session whose beginning or end was rated. It is a value, not a foreign key, because
    sessions live in a higher app.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="pain_entries")
    local_date = models.DateField()
    moment = models.CharField(max_length=8, choices=PainMoment.choices(), default=PainMoment.DAILY)
    site = models.CharField(max_length=16, choices=PainSite.choices(), default=PainSite.OVERALL)
    score = models.PositiveSmallIntegerField()
    session_key = models.UUIDField(null=True, blank=True)
    client_uuid = models.UUIDField(default=uuid7)
    recorded_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date", "-recorded_at"]
        constraints = [
            models.CheckConstraint(name="pain_0_to_10", condition=Q(score__gte=0, score__lte=10)),
            models.UniqueConstraint(fields=["patient", "client_uuid"], name="pain_write_once"),
            models.UniqueConstraint(
                fields=["patient", "session_key", "moment", "site"],
                condition=Q(session_key__isnull=False),
                name="pain_once_per_session_moment",
            ),
        ]
        # Caseload and charts: the pain of some patients over a span of days, from the index alone.
        indexes = [
            models.Index(fields=["patient", "local_date"], include=["score", "moment"], name="pain_by_patient_day")
        ]

    def __str__(self) -> str:
        return f"{self.score} on {self.local_date}"


class Stiffness(Row):
    """Minutes of morning stiffness on one day; 0 is an answer."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="stiffness")
    local_date = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "local_date"], name="stiffness_once_a_day"),
            models.CheckConstraint(name="stiffness_0_to_720", condition=Q(minutes__gte=0, minutes__lte=720)),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.local_date}"


class FlareQuerySet(PatientScopedQuerySet):
    def running(self) -> Self:
        return self.filter(ended_on=None)


class Flare(Row):
    """A spell clearly above the usual, as the patient or the therapist named it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="flares")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    note = LongText(max_length=500, blank=True)

    objects = FlareQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on"]
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(ended_on=None), name="one_running_flare"),
            models.CheckConstraint(
                name="flare_ends_after_start", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"Flare from {self.started_on}"
