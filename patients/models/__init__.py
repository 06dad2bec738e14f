"""The people: clinics, logins, patients, how they feel, how we reach them."""

from patients.models.audit import AuditEvent
from patients.models.clinics import Clinic, ClinicLogo, Invitation, Membership
from patients.models.diary import Flare, PainEntry, Stiffness
from patients.models.messages import ContactPreference, Delivery, Message, ReminderSchedule
from patients.models.patients import CareTeam, Patient, PatientCondition
from patients.models.surgery import Surgery
from patients.models.users import User

__all__ = [
    "AuditEvent",
    "CareTeam",
    "Clinic",
    "ClinicLogo",
    "ContactPreference",
    "Delivery",
    "Flare",
    "Invitation",
    "Membership",
    "Message",
    "PainEntry",
    "Patient",
    "PatientCondition",
    "ReminderSchedule",
    "Stiffness",
    "Surgery",
    "User",
]
