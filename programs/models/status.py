"""The rollup that the caseload reads: one row a patient, kept true in the transaction of each log write."""

from __future__ import annotations

from django.db import models

from patients.models import Patient
from patients.tenancy import PatientScopedQuerySet


class PatientStatus(models.Model):
    """Figures for the 28 local days that end with `as_of`; see `programs.adherence` for their definition.

    `last_pain` NULL means never rated, which is not pain 0. `expected` 0 means nothing was due.
    """

    patient = models.OneToOneField(Patient, primary_key=True, on_delete=models.CASCADE, related_name="status")
    as_of = models.DateField()
    expected = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    partly = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    adherence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Per cent; NULL: nothing due.")
    last_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    last_pain_on = models.DateField(null=True, blank=True)
    pain_mean_week = models.FloatField(null=True, blank=True)
    pain_mean_before = models.FloatField(null=True, blank=True)
    # Mean pain of each of the last 14 days, oldest first; null where nothing was rated.
    pain_days = models.JSONField(default=list)
    last_activity_on = models.DateField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        # The beat looks for rows whose window has moved on.
        indexes = [models.Index(fields=["as_of"], name="status_as_of")]

    def __str__(self) -> str:
        return f"Status of {self.patient_id} as of {self.as_of}"
