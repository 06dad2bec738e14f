"""The demo clinics for the sweep over all pages, and beside them the people whom they lack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from patients import outbox
from patients.enums import Role
from patients.models import Clinic, Invitation, Patient, User
from patients.services import invitations
from programs.demo import clinics, people
from programs.enums import Rating, WorkKind
from programs.models import Prescription, Program, WorkItem
from programs.services import programs
from tests import factories

MARA, DANIEL, CORA, HELENE = (account.role for account in people.ACCOUNTS)
ANYBODY = "anybody"
NORA = "account without a clinic"
NILS = "therapist without patients"
IDA = "patient without program"
CARL = "clinic admin with a second factor"


@dataclass
class Furnished:
    """What the addresses of the pages are made from."""

    clinic: Clinic
    accounts: dict[str, User]
    patients: dict[str, Patient]
    own: Program
    shared: Program
    invited: Invitation
    invited_staff: Invitation
    mail: str

    @property
    def prescription(self) -> Prescription:
        return self.patients["Daniel"].prescriptions.first()


def furnish() -> Furnished:
    """Library, programs and demo as `make run` lays them, two invitations on their way, four more people."""
    call_command("load_library", verbosity=0)
    call_command("load_programs", verbosity=0)
    now = timezone.now()
    clinics.build(now)
    clinic = Clinic.objects.get(name=people.HARBOUR[0])
    accounts = {account.role: User.objects.get(email=account.email) for account in people.ACCOUNTS}
    accounts |= _others(clinic)
    mara, helene = accounts[MARA], accounts[HELENE]
    patients = {patient.given_name: patient for patient in Patient.objects.filter(clinic=clinic)}
    shared = Program.objects.get(code=people.HIPS)
    own = programs.copy(actor=mara, clinic=clinic, program=shared)
    _note(patients["Gisela"])
    carolina = patients["Carolina"]
    invited = invitations.invite_patient(actor=mara, patient=carolina, email="carolina@example.org", now=now)
    invited_staff = invitations.invite_staff(
        actor=helene, clinic=clinic, email="gil@example.org", name="Gil Weiss", role=Role.THERAPIST, now=now
    )
    outbox.deliver(owner="sweep")
    mail = max(path.stem for path in Path(settings.MAIL_FOLDER).glob("*.eml"))
    return Furnished(clinic, accounts, patients, own, shared, invited, invited_staff, mail)


def _note(patient: Patient) -> None:
    """Something that a change of the library asks of her therapist."""
    about = patient.prescriptions.first()
    WorkItem.objects.create(
        clinic=about.clinic,
        patient=patient,
        prescription=about,
        kind=WorkKind.SAFETY,
        rating=Rating.AVOID,
        reason="“Wall slide” now counts as: end-range neck extension. Avoid for fused cervical spine. Look at it.",
        dedupe_key="furnished",
    )


def _others(clinic: Clinic) -> dict[str, User]:
    nils = factories.make_member(clinic, "Nils New", email="nils@example.org")
    carl = factories.make_member(clinic, "Carl Careful", Role.CLINIC_ADMIN, email="carl@example.org")
    TOTP.activate(carl, generate_totp_secret())
    RecoveryCodes.activate(carl)
    ida = factories.make_patient(clinic, "Ida Idle", therapist=nils)
    return {NORA: factories.make_user("Nora Nobody"), NILS: nils, CARL: carl, IDA: ida.user}
