"""The people of the demo clinics. All of them are invented; the addresses lead nowhere."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patients.conditions import Condition

DOMAIN = "demo.rachis.example"
PASSWORD = "rachis-demo-hips"  # noqa: S105  known to everybody, hence embedded mode on loopback only


@dataclass(frozen=True, slots=True)
class Account:
    """A login that `make run` prints."""

    role: str
    name: str
    email: str
    password: str = PASSWORD


THERAPIST = Account("therapist", "Mara Lindqvist", f"mara@{DOMAIN}")
PATIENT = Account("patient", "Daniel Reiter", f"daniel@{DOMAIN}")
CURATOR = Account("curator", "Cora Vogel", f"cora@{DOMAIN}")
CLINIC_ADMIN = Account("clinic admin", "Helene Brandt", f"helene@{DOMAIN}")
ACCOUNTS = [THERAPIST, PATIENT, CURATOR, CLINIC_ADMIN]
SECOND_CURATOR = Account("curator", "Tove Lund", f"tove@{DOMAIN}")
CURATORS = (CURATOR, SECOND_CURATOR)
SECOND_THERAPIST = Account("therapist", "Jonas Weber", f"jonas@{DOMAIN}")
HILL_THERAPIST = Account("therapist", "Priya Nair", f"priya@{DOMAIN}")

HARBOUR = ("Harbour Physiotherapy", "Europe/Berlin", "DE")
HILL = ("Hill Street Clinic", "Europe/London", "GB")


class Story(StrEnum):
    """What the twelve weeks looked like."""

    STEADY = "steady"
    IMPROVING = "improving"
    SLIPPING = "slipping"
    PAST_FLARE = "past_flare"
    FLARE_NOW = "flare_now"
    GAP = "gap"
    WEEKDAYS_ONLY = "weekdays_only"
    HIP_REPLACEMENT = "hip_replacement"
    NEVER_LOGS = "never_logs"
    NEW = "new"
    NO_PROGRAM = "no_program"


@dataclass(frozen=True, slots=True)
class Person:
    """One patient: `diligence` is the chance that a due session is logged, `pain` the usual score.

    `program` runs from the beginning of the story, on its own days and at its own times where nothing else is said;
    `beside` names a second one and since how many days it runs. What happened on the way: `programs.demo.course`.
    """

    name: str
    born: date
    story: Story
    program: str
    diligence: float
    pain: float
    conditions: tuple[Condition, ...] = ()
    zone: str = ""
    diagnosed: int = 2012
    times_per_week: int | None = None
    weekdays: int | None = None
    slots: tuple[str, ...] | None = None
    has_login: bool = True
    beside: tuple[str, int] | None = None

    @property
    def family_name(self) -> str:
        return self.name.partition(" ")[2]


def _person(name: str, born: str, story: Story, program: str, diligence: float, pain: float, **more: object) -> Person:
    return Person(name, date.fromisoformat(born), story, program, diligence, pain, **more)  # type: ignore[arg-type]


S = Story
HIPS, MORNING, ROLLING = "hip-stretch", "morning-stiffness", "foam-rolling"
POSTURE, DESK, HEAT = "posture-breathing", "desk-breaks", "heat-cold"
STRONG, CARDIO, POOL, BALANCE = "strong-back-hips", "cardio-starter", "pool", "balance"
FUSED, THIN_BONES, BEFORE_HIP = "fused-spine", "osteoporosis-safe", "before-hip-replacement"

MARAS = [
    _person(
        PATIENT.name, "1986-03-14", S.STEADY, MORNING, 0.86, 2.9, diagnosed=2014, slots=("07:15",), beside=(POOL, 40)
    ),
    _person("Gisela Hartmann", "1964-11-02", S.HIP_REPLACEMENT, HIPS, 0.9, 4.4, diagnosed=1991),
    _person(
        "Piotr Zielinski",
        "1979-06-21",
        S.FLARE_NOW,
        HIPS,
        0.74,
        4.2,
        conditions=(Condition.ACUTE_UVEITIS,),
        diagnosed=2006,
    ),
    _person("Amara Okoye", "1991-01-30", S.IMPROVING, MORNING, 0.8, 4.8, diagnosed=2020),
    _person(
        "Werner Schuster",
        "1957-08-09",
        S.STEADY,
        FUSED,
        1.0,
        2.0,
        diagnosed=1984,
        conditions=(Condition.FUSED_THORACOLUMBAR_SPINE, Condition.OSTEOPOROSIS),
    ),
    _person("Lea Fontaine", "1996-12-05", S.SLIPPING, HIPS, 0.85, 3.6, diagnosed=2021),
    _person("Tomasz Nowak", "1983-04-18", S.NEVER_LOGS, MORNING, 0.0, 0.0, diagnosed=2016),
    _person(
        "Sabine Krüger",
        "1972-02-11",
        S.PAST_FLARE,
        ROLLING,
        0.78,
        3.4,
        diagnosed=2003,
        conditions=(Condition.ADVANCED_HIP_ARTHRITIS,),
        beside=(BEFORE_HIP, 21),
    ),
    _person(
        "Yusuf Demir",
        "1988-09-27",
        S.WEEKDAYS_ONLY,
        DESK,
        0.83,
        2.6,
        diagnosed=2018,
    ),
    _person("Ingrid Solberg", "1968-05-16", S.GAP, HIPS, 0.82, 3.0, diagnosed=1999, conditions=(Condition.OBESITY,)),
    _person("Mateo Rivas", "1994-07-08", S.STEADY, STRONG, 0.97, 1.9, diagnosed=2022),
    _person(
        "Helga Baumann",
        "1951-10-23",
        S.STEADY,
        HEAT,
        0.88,
        3.8,
        diagnosed=1979,
        conditions=(Condition.ANTICOAGULATION, Condition.BALANCE_PROBLEM_FALL_RISK),
        beside=(BALANCE, 35),
    ),
    _person("Noor Haddad", "1999-03-03", S.NEW, MORNING, 0.9, 5.0, diagnosed=2026, beside=(CARDIO, 9)),
    _person("Stefan Lang", "1975-12-19", S.SLIPPING, ROLLING, 0.72, 4.1, diagnosed=2008),
    _person("Carolina Mendes", "1990-08-01", S.NO_PROGRAM, HIPS, 0.0, 0.0, diagnosed=2025, has_login=False),
    _person(
        "Friedrich Adler",
        "1960-01-25",
        S.PAST_FLARE,
        POSTURE,
        0.8,
        3.9,
        diagnosed=1988,
        conditions=(Condition.FUSED_CERVICAL_SPINE,),
    ),
]
JONAS = [
    _person("Birgit Sommer", "1970-06-06", S.STEADY, HIPS, 0.84, 2.7, diagnosed=2001),
    _person("Emre Yildiz", "1985-02-28", S.IMPROVING, ROLLING, 0.79, 4.4, diagnosed=2015),
    _person("Annika Holm", "1993-11-11", S.GAP, MORNING, 0.76, 3.2, diagnosed=2019),
    _person("Ralf Kessler", "1966-09-14", S.STEADY, HEAT, 0.6, 4.6, diagnosed=1995, conditions=(Condition.RAYNAUD,)),
    _person("Jana Novotná", "1987-04-04", S.FLARE_NOW, MORNING, 0.7, 4.0, diagnosed=2017),
    _person(
        "Otto Lehmann",
        "1949-07-30",
        S.STEADY,
        THIN_BONES,
        0.92,
        2.1,
        diagnosed=1975,
        conditions=(Condition.VERTEBRAL_FRACTURE_HISTORY, Condition.OSTEOPOROSIS),
    ),
    _person("Miriam Stein", "1982-05-22", S.WEEKDAYS_ONLY, DESK, 0.68, 3.3, diagnosed=2011, slots=("10:30", "15:00")),
    _person("Kai Petersen", "1997-10-10", S.NEW, HIPS, 0.85, 4.7, diagnosed=2026),
]
PRIYAS = [
    _person("Oliver Hughes", "1978-01-19", S.STEADY, HIPS, 0.81, 3.0, diagnosed=2009),
    _person("Fatima Sheikh", "1989-06-13", S.IMPROVING, MORNING, 0.77, 4.5, diagnosed=2018),
    _person(
        "Gareth Evans",
        "1963-03-27",
        S.PAST_FLARE,
        POSTURE,
        0.86,
        3.5,
        diagnosed=1990,
        conditions=(Condition.CARDIAC_INVOLVEMENT,),
    ),
    _person("Siobhan Kelly", "1992-12-12", S.GAP, ROLLING, 0.73, 2.8, diagnosed=2021, zone="Europe/Dublin"),
    _person("Ravi Menon", "1984-08-24", S.SLIPPING, DESK, 0.7, 3.7, diagnosed=2013, times_per_week=5, slots=("11:00",)),
    _person("Margaret Doyle", "1955-05-05", S.STEADY, HEAT, 0.9, 3.2, diagnosed=1982),
]
