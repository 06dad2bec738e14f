"""Hip replacements: what was done, when, and what the surgeon asks for since."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.lib.models import LongText, Row
from patients.enums import Approach, SurgerySide
from patients.models.patients import Patient
from patients.tenancy import PatientScopedQuerySet


class SurgeryQuerySet(PatientScopedQuerySet):
    clinic_path = "patient__clinic"

    def uncleared(self) -> Self:
        return self.filter(cleared_on=None)


class Surgery(Row):
    """One hip replacement, planned or done. Both hips in one operation are one row.

    `precautions_until` is the day on which to ask, never a day on which precautions end: they end with `cleared_on`,
    which a person writes down after the surgeon has cleared (clinical rules, section 5).
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="surgeries")
    side = models.CharField(max_length=8, choices=SurgerySide.choices())
    approach = models.CharField(max_length=16, choices=Approach.choices())
    operated_on = models.DateField("date of the operation")
    precautions_until = models.DateField("precautions until", null=True, blank=True)
    instructions = LongText("instructions of the surgeon", max_length=2000, blank=True)
    cleared_on = models.DateField(null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SurgeryQuerySet.as_manager()

    class Meta:
        ordering = ["-operated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="surgery_precautions_after_operation",
                condition=Q(precautions_until=None) | Q(precautions_until__gte=F("operated_on")),
                violation_error_message="Precautions cannot end before the operation.",
            ),
            models.CheckConstraint(
                name="surgery_cleared_after_operation",
                condition=Q(cleared_on=None) | Q(cleared_on__gte=F("operated_on")),
            ),
            models.UniqueConstraint(fields=["patient", "operated_on", "side"], name="surgery_once"),
        ]

    def __str__(self) -> str:
        return f"Hip replacement, {self.get_side_display().lower()}, {self.operated_on:%-d %B %Y}"

    def weeks_on(self, day: date) -> int:
        """Whole weeks since the operation on `day`; negative before it (-1 in the last week)."""
        return (day - self.operated_on).days // 7
