"""What changes the course of a running prescription without a new version: pauses, variants, paper that was shared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.lib.models import LongText, Row
from patients.models import Clinic, Patient
from patients.tenancy import PatientScopedQuerySet
from programs.enums import PauseKind, Variant
from programs.models.prescriptions import Prescription


class SpanQuerySet(PatientScopedQuerySet):
    """Rows with a `starts_on` and a `last_day`; NULL means open."""

    def touching(self, first: date, last: date) -> Self:
        return self.filter(Q(last_day=None) | Q(last_day__gte=first), starts_on__lte=last)

    def on(self, day: date) -> Self:
        return self.touching(day, day)


class Pause(Row):
    """Days on which nothing is due, both ends included; of one prescription, or of all when it is NULL."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="pauses")
    prescription = models.ForeignKey(
        Prescription, null=True, blank=True, on_delete=models.CASCADE, related_name="pauses"
    )
    kind = models.CharField(max_length=8, choices=PauseKind.choices(), default=PauseKind.PAUSE)
    starts_on = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    note = LongText(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_start", condition=Q(last_day=None) | Q(last_day__gte=F("starts_on"))
            ),
        ]
        indexes = [models.Index(fields=["patient", "starts_on"], name="pause_by_patient")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.starts_on}"


class VariantSpell(Row):
    """The variant that a patient is in, both days included; between spells the usual program holds.

    `last_day` of a flare is set when it begins, so that it lapses; `checked_at` says that the patient answered the
    question asked then. A spell that begins later takes over from one that still runs.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="variant_spells")
    variant = models.CharField(max_length=8, choices=Variant.choices())
    starts_on = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "starts_on"], name="variant_once_a_day"),
            models.CheckConstraint(
                name="variant_ends_after_start", condition=Q(last_day=None) | Q(last_day__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_variant_display()} from {self.starts_on}"


class ShareLinkQuerySet(models.QuerySet):
    def open_at(self, now: datetime) -> Self:
        """Links that still open a page."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class ShareLink(Row):
    """A handout that opens without a login and names nobody. Only the digest of its secret is stored."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="share_links")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Link to {self.prescription} until {self.expires_at:%Y-%m-%d}"
