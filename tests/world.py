"""The cast and their fixed world. Ana treats Dan; Ben is Ana's colleague and treats Eve; Adam runs their clinic.

Chloe works elsewhere and treats Finn. Cora and Cleo curate the library and belong to no clinic. Nora has an account and
no clinic at all. Del was a therapist at Ana's clinic and is deactivated.
"""

from dataclasses import dataclass, field
from typing import Any

from patients.conditions import Condition
from patients.enums import Role
from patients.models import Clinic, Patient, User
from tests import factories


@dataclass
class World:
    harbour: Clinic
    hill: Clinic
    ana: User
    ben: User
    adam: User
    chloe: User
    cora: User
    nora: User
    del_: User
    dan: Patient
    eve: Patient
    finn: Patient
    exercises: list[Any]
    program: Any
    prescription: Any
    cleo: User
    extras: dict[str, Any] = field(default_factory=dict)

    def login_of(self, actor: str) -> User | None:
        """The account behind an actor's name in the permission tests."""
        return {
            "anonymous": None,
            "patient": self.dan.user,
            "other_patient": self.eve.user,
            "other_clinics_patient": self.finn.user,
            "therapist": self.ana,
            "colleague": self.ben,
            "clinic_admin": self.adam,
            "other_therapist": self.chloe,
            "curator": self.cora,
            "clinicless": self.nora,
            "deactivated": self.del_,
        }[actor]


ACTORS = [
    "anonymous",
    "patient",
    "other_patient",
    "other_clinics_patient",
    "therapist",
    "colleague",
    "clinic_admin",
    "other_therapist",
    "curator",
    "clinicless",
    "deactivated",
]


def build_world() -> World:
    harbour = factories.make_clinic("Harbour Physiotherapy")
    hill = factories.make_clinic("Hill Clinic")
    ana = factories.make_member(harbour, "Ana Lind", email="ana@harbour.example")
    ben = factories.make_member(harbour, "Ben Okafor", email="ben@harbour.example")
    adam = factories.make_member(harbour, "Adam Roth", Role.CLINIC_ADMIN, email="adam@harbour.example")
    del_ = factories.make_member(harbour, "Del Gone", email="del@harbour.example")
    del_.is_active = False
    del_.save()
    chloe = factories.make_member(hill, "Chloe Martin", email="chloe@hill.example")
    cora = factories.make_user("Cora Vogel", email="cora@library.example", is_curator=True, password=factories.PASSWORD)
    cleo = factories.make_user("Cleo Marsh", email="cleo@library.example", is_curator=True, password=factories.PASSWORD)
    nora = factories.make_user("Nora Nobody", email="nora@example.org", password=factories.PASSWORD)
    dan = factories.make_patient(harbour, "Dan Canarydan", therapist=ana, email="dan@example.org")
    eve = factories.make_patient(harbour, "Eve Canaryeve", therapist=ben, email="eve@example.org")
    finn = factories.make_patient(hill, "Finn Canaryfinn", therapist=chloe, email="finn@example.org")
    factories.make_condition(dan, Condition.OSTEOPOROSIS)
    exercises = [
        factories.make_exercise("Standing hip stretch"),
        factories.make_exercise("Cross-body stretch", features=["hip_adduction_past_midline", "hip_flexion_gt_90"]),
        factories.make_exercise("Trunk bend", features=["spinal_flexion_load"]),
        factories.make_exercise("Calm breathing", regions=["ribs"], kind="breathing"),
    ]
    program = factories.make_program(harbour, *exercises[:3], name="Morning hips")
    prescription = factories.make_prescription(dan, exercises[0], exercises[3])
    factories.make_prescription(eve, exercises[0])
    factories.make_prescription(finn, exercises[0])
    return World(
        harbour, hill, ana, ben, adam, chloe, cora, nora, del_, dan, eve, finn, exercises, program, prescription, cleo
    )
