"""What to do and what was done."""

from programs.models.prescriptions import Prescription, PrescriptionItem, PrescriptionVersion, SafetyDecision
from programs.models.programs import ItemColumns, Program, ProgramItem
from programs.models.sessions import Entry, LogReceipt, Session
from programs.models.status import PatientStatus
from programs.models.usage import ExerciseUsage
from programs.models.work import WorkItem

__all__ = [
    "Entry",
    "ExerciseUsage",
    "ItemColumns",
    "LogReceipt",
    "PatientStatus",
    "Prescription",
    "PrescriptionItem",
    "PrescriptionVersion",
    "Program",
    "ProgramItem",
    "SafetyDecision",
    "Session",
    "WorkItem",
]
