"""What to do and what was done."""

from programs.models.course import Pause, ShareLink, VariantSpell
from programs.models.items import ITEM_DOSE_FIELDS, ITEM_FIELDS, SCHEDULE_FIELDS, ItemColumns, ScheduleColumns
from programs.models.prescriptions import (
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    SafetyDecision,
)
from programs.models.programs import Program, ProgramAlternative, ProgramItem, UsualDose
from programs.models.sessions import Entry, LogReceipt, Session
from programs.models.status import PatientStatus
from programs.models.usage import ExerciseUsage
from programs.models.work import WorkItem

__all__ = [
    "ITEM_DOSE_FIELDS",
    "ITEM_FIELDS",
    "SCHEDULE_FIELDS",
    "Entry",
    "ExerciseUsage",
    "ItemColumns",
    "LogReceipt",
    "PatientStatus",
    "Pause",
    "Prescription",
    "PrescriptionAlternative",
    "PrescriptionItem",
    "PrescriptionVersion",
    "Program",
    "ProgramAlternative",
    "ProgramItem",
    "SafetyDecision",
    "ScheduleColumns",
    "Session",
    "ShareLink",
    "UsualDose",
    "VariantSpell",
    "WorkItem",
]
