"""What counts for patients' safety on a day: recorded conditions, and those that follow from hip replacements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from patients.conditions import Condition
from patients.enums import Approach
from patients.models import Patient, PatientCondition, Surgery
from patients.precautions import Operation, conditions_on


def conditions_of(patient: Patient, day: date) -> frozenset[Condition]:
    """What counts for this patient's safety on `day`. Two statements."""
    return conditions_of_each([patient.pk], day)[patient.pk]


def conditions_during(patient: Patient, *days: date) -> frozenset[Condition]:
    """What counts on any of these days: today, and where a plan begins after an operation. Two statements."""
    operations, recorded = _operations([patient.pk]), _recorded([patient.pk])
    own = recorded[patient.pk]
    return frozenset().union(*(conditions_on(day, operations[patient.pk], _in_force(own, day)) for day in days))


def conditions_of_each(patients: Iterable[UUID] | QuerySet, day: date) -> defaultdict[UUID, frozenset[Condition]]:
    """The same for many patients at once, by id; two statements for any number of them."""
    operations, recorded = _operations(patients), _recorded(patients)
    found: defaultdict[UUID, frozenset[Condition]] = defaultdict(frozenset)
    for patient_id in {*operations, *recorded}:
        held = _in_force(recorded[patient_id], day)
        found[patient_id] = conditions_on(day, operations[patient_id], held)
    return found


Recorded = tuple[Condition, date | None]


def _in_force(recorded: Iterable[Recorded], day: date) -> frozenset[Condition]:
    return frozenset(condition for condition, ended_on in recorded if ended_on is None or ended_on > day)


def _recorded(patients: Iterable[UUID] | QuerySet) -> defaultdict[UUID, list[Recorded]]:
    rows = PatientCondition.objects.filter(patient__in=patients).order_by()
    found: defaultdict[UUID, list[Recorded]] = defaultdict(list)
    for patient_id, condition, ended_on in rows.values_list("patient_id", "condition", "ended_on"):
        found[patient_id].append((Condition(condition), ended_on))
    return found


def _operations(patients: Iterable[UUID] | QuerySet) -> defaultdict[UUID, list[Operation]]:
    rows = Surgery.objects.filter(patient__in=patients).order_by()
    found: defaultdict[UUID, list[Operation]] = defaultdict(list)
    for patient_id, approach, done, cleared in rows.values_list("patient_id", "approach", "operated_on", "cleared_on"):
        found[patient_id].append(Operation(Approach(approach), done, cleared))
    return found
