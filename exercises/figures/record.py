"""What a pose is: the numbers of one drawing, as read from a pose file and before any geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["R", "L"]
SIDES: tuple[Side, Side] = ("R", "L")
Angle: TypeAlias = tuple[float, float]  # in the side view, and outward
Triple: TypeAlias = tuple[float, float, float]


def sign(side: str) -> int:
    """+1 for the person's right, which lies nearer to the viewer; -1 for the left."""
    return 1 if side == "R" else -1


@dataclass(frozen=True, slots=True)
class Target:
    """A point of the room, or an offset from a joint, a part or a prop."""

    offset: Triple
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """Either `thigh` and `shank`, or `to` (the ankle) with `pole` (where the knee points)."""

    thigh: Angle | None = None
    shank: Angle | None = None
    foot: Angle | None = None
    to: Target | None = None
    pole: Triple | None = None
    toes: float = 0.0


@dataclass(frozen=True, slots=True)
class Arm:
    """Either `up` and `fore`, or `to` (the wrist) with `pole` (where the elbow points), or `elbow` with `fore`."""

    up: Angle | None = None
    fore: Angle | None = None
    hand: Angle | None = None
    to: Target | None = None
    elbow: Target | None = None
    pole: Triple | None = None
    palm: Triple | str | None = None
    grip: float | None = None  # how far the fingers curl, in degrees a joint; None = flat on the floor, else relaxed


@dataclass(frozen=True, slots=True)
class Pose:
    """One drawing's numbers. Angles in degrees; bend, twist, turn, roll and the head's are positive to the right."""

    pelvis: float
    chest: float
    neck: float
    head: float
    legs: dict[str, Leg]
    arms: dict[str, Arm]
    waist: float | None = None
    bend: float = 0.0
    twist: float = 0.0
    turn: float = 0.0
    roll: float = 0.0
    head_turn: float = 0.0
    head_tilt: float = 0.0
    shoulders: tuple[float, float] = (0.0, 0.0)
    pin: tuple[str, float, float] | None = None
    pelvis_at: Triple | None = None
    contacts: tuple[tuple[str, str], ...] = field(default=())

    def spine(self) -> tuple[float, float, float]:
        """The directions at the pelvis, in the middle and at the chest."""
        waist = (self.pelvis + self.chest) / 2 if self.waist is None else self.waist
        return self.pelvis, waist, self.chest
