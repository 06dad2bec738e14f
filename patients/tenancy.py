"""Scopes. Every query for clinic data starts from one of these sentences; a missing clinic grants nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from patients.access import Actor
    from patients.models import Clinic


class ClinicScopedQuerySet(models.QuerySet):
    """Rows that belong to one clinic, found through `clinic_path`."""

    clinic_path = "clinic"

    def for_clinic(self, clinic: Clinic | None) -> Self:
        """Rows of this clinic; none for an account without a clinic."""
        if clinic is None:
            return self.none()
        return self.filter(**{self.clinic_path: clinic})


class PatientScopedQuerySet(ClinicScopedQuerySet):
    """Rows about one patient, found through `patient_path` (empty for Patient itself)."""

    patient_path = "patient"

    def for_patient(self, actor: Actor) -> Self:
        """Rows about the person who is signed in."""
        if actor.patient is None:
            return self.none()
        return self.filter(**{self.patient_path or "pk": actor.patient.pk})

    def for_therapist(self, actor: Actor) -> Self:
        """Rows about the patients this therapist treats today, in the clinic they work in now."""
        if actor.clinic is None or not actor.is_therapist:
            return self.none()
        seats = apps.get_model("patients", "CareTeam").objects.on(actor.today)
        seat = seats.filter(therapist=actor.user.pk, patient=OuterRef(self.patient_path or "pk"))
        return self.for_clinic(actor.clinic).filter(Exists(seat))

    def for_actor(self, actor: Actor) -> Self:
        """What this person may read by role: the therapist's caseload, or the patient's own rows."""
        return self.for_therapist(actor) if actor.is_therapist else self.for_patient(actor)
