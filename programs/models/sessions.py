"""What a patient did in one go, and each exercise inside it. Days are the patient's own calendar days."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from config.lib.models import LongText, Row
from exercises.models import Exercise
from patients.models import Clinic, Patient
from patients.tenancy import PatientScopedQuerySet
from programs.enums import EntryStatus, Situation, SkipReason, Source, Variant
from programs.models.prescriptions import Prescription, PrescriptionItem, PrescriptionVersion


class SessionQuerySet(PatientScopedQuerySet):
    def between(self, first: date, last: date) -> Self:
        return self.filter(local_date__range=(first, last))


class Session(Row):
    """One occurrence of a prescription, exactly one row for each local date and slot.

    `expected` is how many exercises were due in it; the three counters follow its entries. `slot` is empty
    for a session that was not planned for a time of day. `variant` is the one that was in force.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="sessions")
    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="sessions")
    version = models.ForeignKey(PrescriptionVersion, on_delete=models.PROTECT, related_name="sessions")
    local_date = models.DateField()
    slot = models.CharField(max_length=5, blank=True)
    variant = models.CharField(max_length=8, choices=Variant.choices(), default=Variant.NORMAL)
    expected = models.PositiveSmallIntegerField()
    done = models.PositiveSmallIntegerField(default=0)
    partly = models.PositiveSmallIntegerField(default=0)
    skipped = models.PositiveSmallIntegerField(default=0)
    note = LongText(max_length=1000, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices(), default=Source.WEB)
    logged_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date", "-slot"]
        constraints = [
            models.UniqueConstraint(fields=["prescription", "local_date", "slot"], name="session_once_per_occurrence"),
        ]
        # Adherence of many patients over a span of days, from the index alone.
        indexes = [
            models.Index(
                fields=["patient", "local_date"],
                include=["expected", "done", "partly", "skipped"],
                name="session_by_patient_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.local_date} {self.slot}".strip()


class EntryQuerySet(PatientScopedQuerySet):
    clinic_path = "session__clinic"
    patient_path = "session__patient"


class Entry(Row):
    """What the patient says of one exercise in one session; `swapped_to` is the approved alternative done instead."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey(PrescriptionItem, on_delete=models.PROTECT, related_name="entries")
    status = models.CharField(max_length=8, choices=EntryStatus.choices())
    reason = models.CharField(max_length=16, choices=SkipReason.choices(), blank=True)
    note = LongText(max_length=500, blank=True)
    swapped_to = models.ForeignKey(Exercise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    swapped_for = models.CharField(max_length=16, choices=Situation.choices(), blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["item__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "item"], name="entry_once_per_item"),
            models.CheckConstraint(
                name="entry_reason_when_not_done", condition=~Q(status=EntryStatus.DONE) | Q(reason="")
            ),
            models.CheckConstraint(
                name="entry_swap_says_why",
                condition=Q(swapped_to=None, swapped_for="") | Q(swapped_to__isnull=False) & ~Q(swapped_for=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.status}"


class LogReceipt(models.Model):
    """Proof that a log write with this client-made id arrived. The same id with the same body answers alike."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    client_uuid = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    session = models.ForeignKey(Session, null=True, on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "client_uuid"], name="log_write_once")]

    def __str__(self) -> str:
        return str(self.client_uuid)
