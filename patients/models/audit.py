"""Who did or read what, and why. Written in the transaction of the act itself."""

from django.conf import settings
from django.db import models

from config.lib.models import LongText, Row
from patients.models.clinics import Clinic
from patients.models.patients import Patient
from patients.tenancy import PatientScopedQuerySet


class AuditEvent(Row):
    clinic = models.ForeignKey(Clinic, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.SET_NULL, related_name="audit_events")
    verb = models.CharField(max_length=48)
    object_id = models.UUIDField(null=True)
    reason = LongText(max_length=1000, blank=True)
    detail = models.JSONField(default=dict)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        # "Who looked at my record", newest first.
        indexes = [models.Index(fields=["patient", "-created_at"], name="audit_by_patient")]

    def __str__(self) -> str:
        return self.verb
