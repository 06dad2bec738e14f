"""Codes: how an exercise is named in addresses, files and neighbours."""

from __future__ import annotations

import secrets

from exercises.enums import Kind
from exercises.models import Exercise
from patients.models import Clinic

LETTERS = {
    Kind.STRETCHING: "S",
    Kind.FOAM_ROLLING: "R",
    Kind.MOBILITY: "M",
    Kind.STRENGTHENING: "T",
    Kind.POSTURE: "P",
    Kind.BREATHING: "B",
    Kind.BALANCE: "L",
    Kind.AEROBIC: "A",
    Kind.AQUATIC: "W",
    Kind.THERMAL: "H",
}
FIRST_NEW = 101  # the shipped library keeps the numbers below
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that could be taken for another


def free_code(kind: str, clinic: Clinic | None = None, *, skip: int = 0) -> str:
    """A code that is free now: `S101` in the shared library, `C` and six symbols for a clinic's own.

    Two writers may be given the same one at the same moment; the unique constraint refuses the second, who asks
    again with a higher `skip`.
    """
    if clinic is not None:
        return "C" + "".join(secrets.choice(SYMBOLS) for _ in range(6))
    letter = LETTERS[Kind(kind)]
    taken = Exercise.objects.filter(shared=True, code__startswith=letter).values_list("code", flat=True)
    numbers = [int(code[1:]) for code in taken if code[1:].isdecimal()]
    return f"{letter}{max([FIRST_NEW - 1, *numbers]) + 1 + skip}"
