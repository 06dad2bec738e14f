"""What we say and each try to say it. The delivery row is the queue; Celery only rings the bell."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from config.lib.models import Row
from patients.enums import ChannelName, DeliveryState, MessageKind
from patients.models.clinics import Clinic, Invitation
from patients.models.patients import Patient
from patients.tenancy import ClinicScopedQuerySet, PatientScopedQuerySet

EVERY_DAY = 0b1111111


class ContactPreference(models.Model):
    """On or off, and the hours in which we keep quiet (the patient's own clock). One row a patient."""

    patient = models.OneToOneField(
        Patient, primary_key=True, on_delete=models.CASCADE, related_name="contact_preference"
    )
    reminders_on = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_both_or_neither",
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Reminders {'on' if self.reminders_on else 'off'}"


class ReminderSchedule(Row):
    """One reminder time: the rule in local time, and the next instant it falls due in UTC.

    `weekdays` is a mask, Monday = 1 ... Sunday = 64. `next_due_at` is NULL while the schedule sleeps.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="reminder_schedules")
    slot = models.TimeField()
    weekdays = models.PositiveSmallIntegerField(default=EVERY_DAY)
    is_on = models.BooleanField(default=True)
    next_due_at = models.DateTimeField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "slot"], name="reminder_slot_once"),
            models.CheckConstraint(name="reminder_weekdays", condition=Q(weekdays__gte=1, weekdays__lte=127)),
        ]
        # The dispatcher's poll: what is due now, and nothing else.
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="reminder_next_due")
        ]

    def __str__(self) -> str:
        return f"{self.slot:%H:%M}"


class Message(Row):
    """One thing we say to one address. A reminder exists once for each patient, local date and slot."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=MessageKind.choices())
    language = models.CharField(max_length=8, default="en")
    local_date = models.DateField(null=True, blank=True)
    slot = models.TimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "local_date", "slot"],
                condition=Q(local_date__isnull=False),
                name="message_once_per_occurrence",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class DeliveryQuerySet(ClinicScopedQuerySet):
    clinic_path = "message__clinic"

    def reminders_to(self, patient: Patient) -> Self:
        """What was to remind this patient, newest first."""
        of_patient = self.filter(message__patient=patient, message__kind=MessageKind.REMINDER)
        return of_patient.select_related("message").order_by("-due_at", "-pk")


class Delivery(Row):
    """One channel's hand-over of one message. States and leases: `patients.outbox`."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=ChannelName.choices(), default=ChannelName.EMAIL)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=12, choices=DeliveryState.choices(), default=DeliveryState.DUE)
    due_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    unknown_attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at"]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_once_per_channel"),
        ]
        indexes = [
            # The sender's claim: due rows in order.
            models.Index(fields=["due_at"], condition=Q(state="due"), name="delivery_due"),
            # The sweep: leases that ran out.
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["claimed", "handing_over"]), name="delivery_leased"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.state}"
