"""What counts for one patient's safety on a day."""

from __future__ import annotations

from datetime import date

from patients.conditions import Condition
from patients.models import Patient, PatientCondition


def conditions_of(patient: Patient, today: date) -> frozenset[Condition]:
    """What counts for this patient's safety on `today`."""
    return frozenset(c.word for c in PatientCondition.objects.filter(patient=patient).in_force(today))
