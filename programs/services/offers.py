"""Which programs are offered first to one patient, and what speaks against each.

The weeks before and after a hip replacement lead, then what a program was made for, and there what has nothing to
avoid. Nothing is hidden: what does not fit stands further down, and says how many of its exercises are to be avoided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import Patient, Surgery
from programs import safety
from programs.enums import Rating
from programs.models import Program
from programs.services.conditions import conditions_of


@dataclass(frozen=True, slots=True)
class Offer:
    """One program for one patient: why it is offered first (empty: no reason), and its warnings."""

    program: Program
    why: str
    avoid: int
    caution: int
    rank: tuple[int, bool, int]

    @property
    def rating(self) -> str:
        worst = Rating.AVOID if self.avoid else Rating.CAUTION if self.caution else Rating.ALLOW
        return worst.word


def offered(programs: Sequence[Program], patient: Patient, today: date) -> list[Offer]:
    """The programs, which come with their items, best first; otherwise in the order given. Three statements."""
    held = conditions_of(patient, today)
    surgeries = list(Surgery.objects.filter(patient=patient))
    found = [_offer(program, held, surgeries, today) for program in programs]
    return sorted(found, key=lambda offer: offer.rank)


def _offer(program: Program, held: frozenset[Condition], surgeries: Iterable[Surgery], today: date) -> Offer:
    ratings = [_rating(exercise, held) for exercise in _exercises(program)]
    avoid, caution = ratings.count(Rating.AVOID), ratings.count(Rating.CAUTION)
    weeks = weeks_that_fit(program.meant_for, surgeries, today)
    made_for = sorted(held & {Condition(word) for word in program.made_for})
    if weeks:
        return Offer(program, weeks, avoid, caution, (0, False, -len(made_for)))
    if program.meant_for or not made_for:
        return Offer(program, "", avoid, caution, (2, False, 0))
    why = f"Made for {', '.join(_small(condition.label) for condition in made_for)}"
    return Offer(program, why, avoid, caution, (1, bool(avoid), -len(made_for)))


def weeks_that_fit(meant_for: Mapping[str, Any], surgeries: Iterable[Surgery], today: date) -> str:
    """`Week 3 after the hip replacement`, when one of the surgeries lies where the program is meant for; else empty.

    Weeks are whole ones, negative before the operation; the last week belongs to the next program. A missing bound is
    open. A cleared hip needs no program of the weeks after it.
    """
    for surgery in surgeries if meant_for else ():
        weeks = surgery.weeks_on(today)
        low, high = meant_for.get("from"), meant_for.get("to")
        is_in = (low is None or low <= weeks) and (high is None or weeks < high)
        is_way = meant_for.get("approach") in (None, "", surgery.approach)
        if is_in and is_way and (weeks < 0 or surgery.cleared_on is None):
            return _said(weeks)
    return ""


def _said(weeks: int) -> str:
    if weeks < 0:
        return f"{_counted(-weeks)} before the hip replacement"
    return f"{_counted(weeks)} after the hip replacement" if weeks else "The first week after the hip replacement"


def _counted(weeks: int) -> str:
    return "1 week" if weeks == 1 else f"{weeks} weeks"


def _exercises(program: Program) -> list[Exercise]:
    return list({item.exercise.pk: item.exercise for item in program.items.all()}.values())


def _rating(exercise: Exercise, held: frozenset[Condition]) -> Rating:
    return safety.worst(safety.check(exercise.feature_set, held))


def _small(words: str) -> str:
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
