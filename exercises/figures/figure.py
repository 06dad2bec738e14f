"""What a pose file describes: a figure with its poses, props, marks and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from exercises.figures.camera import Camera
from exercises.figures.record import Pose, Target

PropSpec: TypeAlias = Mapping[str, Any]  # kind, and the keys of exercises.figures.props


@dataclass(frozen=True, slots=True)
class Zone:
    """Where it is felt or where it works: an ellipse round a point, painted on the body alone."""

    at: Target
    size: tuple[float, float]
    tilt: float = 0.0
    parts: tuple[str, ...] = ()
    poses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """Which way it moves; `bow` bends it, `kind` is one, both (a head at each end) or pair (there and back)."""

    start: Target
    end: Target
    bow: float = 0.0
    kind: str = "one"
    poses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawing: a pose and the things around it."""

    name: str
    pose: Pose
    props: Mapping[str, PropSpec]


@dataclass(frozen=True, slots=True)
class Figure:
    """Everything a pose file says, checked. `alt` has one text per scene."""

    code: str
    camera: Camera
    scenes: tuple[Scene, ...]
    alt: tuple[str, ...]
    body: int = 1
    skin: int = 1
    hair: str = ""
    shoes: bool = False
    move: bool = False
    zones: tuple[Zone, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    stiff: Figure | None = None
    problems: tuple[str, ...] = field(default=())
