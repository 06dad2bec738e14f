"""The two people of the figures: lengths and cross-sections in percent of body height, and what they wear.

A section is (position, half-width sideways, half-depth front to back, shift to the front).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

Section: TypeAlias = tuple[float, float, float, float]
Sections: TypeAlias = tuple[Section, ...]

SPINE, NECK = 29.5, 6.2
UPPER_ARM, FOREARM, HAND = 17.0, 14.5, 8.0
THIGH, SHANK = 24.5, 23.5
HEEL, TOES = 3.9, 11.0
FOOT = HEEL + TOES
HIP_HALF, SHOULDER_HALF = 4.9, 9.2
SHOULDER_AT = 0.9  # on the spine
LEG_REACH, ARM_REACH = THIGH + SHANK, UPPER_ARM + FOREARM

TORSO: Sections = (
    (-0.12, 6.2, 5.2, -0.9),
    (0.0, 8.6, 6.9, -1.0),
    (0.14, 8.7, 6.5, -0.4),
    (0.36, 7.4, 5.7, 0.2),
    (0.6, 8.3, 6.5, 0.5),
    (0.8, 9.3, 6.5, 0.3),
    (0.92, 9.2, 5.6, -0.2),
    (1.0, 6.0, 4.2, -0.8),
    (1.05, 3.6, 3.2, -0.9),
)
THIGH_SECTIONS: Sections = (
    (0, 5.2, 6.9, -0.5),
    (0.25, 5.4, 6.7, 0),
    (0.6, 4.6, 5.5, 0.3),
    (0.88, 3.9, 4.4, 0.3),
    (1, 3.8, 4.2, 0.2),
)
SHANK_SECTIONS: Sections = (
    (0, 3.8, 4.1, 0.1),
    (0.15, 3.7, 4.1, -0.3),
    (0.35, 4.1, 4.5, -0.9),
    (0.65, 3.0, 3.3, -0.5),
    (0.9, 2.1, 2.5, 0),
    (1, 2.2, 2.6, 0),
)
UPPER_ARM_SECTIONS: Sections = ((0, 3.4, 3.9, 0), (0.3, 3.1, 3.6, 0.1), (0.75, 2.6, 2.9, 0.1), (1, 2.4, 2.6, 0))
FOREARM_SECTIONS: Sections = ((0, 2.4, 2.6, 0), (0.25, 2.6, 2.7, 0.1), (0.7, 1.9, 2.1, 0), (1, 1.5, 1.8, 0))
HAND_SECTIONS: Sections = ((0, 1.6, 1.3, 0), (0.35, 2.5, 1.3, 0), (0.7, 2.3, 1.05, 0), (1, 1.5, 0.7, 0))
FOOT_SECTIONS: Sections = (  # here the shift is upward
    (0, 1.5, 1.8, -2.0),
    (0.12, 2.2, 3.0, -0.9),
    (0.3, 2.4, 3.2, -0.6),
    (0.5, 2.7, 2.2, -1.6),
    (0.75, 3.0, 1.5, -2.3),
    (0.92, 2.7, 1.1, -2.7),
    (1, 1.8, 0.8, -2.9),
)
NECK_SECTIONS: Sections = ((0, 3.1, 3.2, 0), (1, 2.8, 2.9, 0))


@dataclass(frozen=True, slots=True)
class Body:
    """One person. Lengths are shared, so that a pose fits both; girth, head and hair differ."""

    name: str
    torso: Sections = TORSO
    thigh: Sections = THIGH_SECTIONS
    shank: Sections = SHANK_SECTIONS
    upper_arm: Sections = UPPER_ARM_SECTIONS
    forearm: Sections = FOREARM_SECTIONS
    neck: Sections = NECK_SECTIONS
    bun: bool = True
    jaw: float = 1.0
    hair: str = "brown"
    skin: int = 1
    brow: bool = False
    shoes: bool = False


def _grown(sections: Sections, wide: float, deep: float) -> Sections:
    return tuple((at, a * wide, b * deep, shift) for at, a, b, shift in sections)


_HEAVIER_TORSO: Sections = (
    (-0.12, 6.2, 5.2, -0.9),
    (0.0, 8.5, 7.1, -0.7),
    (0.14, 8.9, 7.4, 0.6),
    (0.36, 8.8, 7.6, 1.4),
    (0.6, 9.0, 7.3, 0.9),
    (0.8, 9.7, 6.9, 0.3),
    (0.92, 9.7, 5.9, -0.2),
    (1.0, 6.6, 4.5, -0.8),
    (1.05, 4.0, 3.5, -0.9),
)

WOMAN = Body("a woman with her hair in a bun")
MAN = replace(
    Body("an older, heavier man with short grey hair"),
    torso=_HEAVIER_TORSO,
    upper_arm=_grown(UPPER_ARM_SECTIONS, 1.08, 1.06),
    forearm=_grown(FOREARM_SECTIONS, 1.08, 1.06),
    neck=((0, 3.6, 3.6, 0), (1, 3.3, 3.4, 0)),
    bun=False,
    jaw=1.12,
    hair="grey",
    skin=1,
    brow=True,
)
BODIES = {1: WOMAN, 2: MAN}
