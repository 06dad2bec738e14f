"""Poses between two poses: the numbers are interpolated, not the picture, so that joints keep their lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from exercises.figures.figure import Figure, PropSpec, Scene
from exercises.figures.record import SIDES, Arm, Leg, Pose, Target
from exercises.figures.stage import put_up
from exercises.figures.vectors import smooth

DRAWINGS = 7


def in_between(figure: Figure, count: int = DRAWINGS) -> list[Scene]:
    """Scenes from the first pose through the others to the last, slow at both ends."""
    scenes = [grounded(figure, scene) for scene in figure.scenes]
    legs = len(scenes) - 1
    out = []
    for n in range(count):
        place = n / (count - 1) * legs
        i = min(int(place), legs - 1)
        t = smooth(place - i)
        out.append(
            Scene(
                scenes[round(place)].name,
                mixed(scenes[i].pose, scenes[i + 1].pose, t),
                _props(scenes[i], scenes[i + 1], t),
            )
        )
    return out


def grounded(figure: Figure, scene: Scene) -> Scene:
    """With the pelvis where the pose puts it, unless the same joint stays pinned throughout."""
    pins = {s.pose.pin[0] if s.pose.pin else "" for s in figure.scenes}
    if pins != {""} and len(pins) == 1:
        return scene
    x, y, z = put_up(figure, scene).skeleton.joints["pelvis"]
    return Scene(scene.name, replace(scene.pose, pin=None, pelvis_at=(float(x), float(y), float(z))), scene.props)


def mixed(a: Pose, b: Pose, t: float) -> Pose:
    """The pose a share t of the way from a to b."""
    plain = {
        f.name: _mix(getattr(a, f.name), getattr(b, f.name), t)
        for f in fields(Pose)
        if f.name not in ("legs", "arms", "contacts", "waist")
    }
    waist = _mix(a.spine()[1], b.spine()[1], t)
    legs = {s: _limb(a.legs[s], b.legs[s], t) for s in SIDES}
    arms = {s: _limb(a.arms[s], b.arms[s], t) for s in SIDES}
    return Pose(**{**plain, "waist": waist, "legs": legs, "arms": arms, "contacts": ()})


def _limb(a: Any, b: Any, t: float) -> Any:
    kind: type[Leg] | type[Arm] = type(a)
    return kind(**{f.name: _mix(getattr(a, f.name), getattr(b, f.name), t) for f in fields(kind)})


def _mix(a: Any, b: Any, t: float) -> Any:
    """Numbers, tuples of them and targets mix; anything else changes halfway."""
    if isinstance(a, Target) and isinstance(b, Target) and a.anchor == b.anchor:
        return Target(_mix(a.offset, b.offset, t), a.anchor)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list) and len(a) == len(b):
        return type(a)(_mix(x, y, t) for x, y in zip(a, b, strict=True))
    if _number(a) and _number(b):
        return a + (b - a) * t
    return a if t < 0.5 else b


def _number(x: Any) -> bool:
    return isinstance(x, int | float) and not isinstance(x, bool)


def _props(a: Scene, b: Scene, t: float) -> dict[str, PropSpec]:
    near: Mapping[str, PropSpec] = a.props if t < 0.5 else b.props
    return {
        name: {k: _mix(a.props[name].get(k, v), b.props[name].get(k, v), t) for k, v in spec.items()}
        if name in a.props and name in b.props
        else spec
        for name, spec in near.items()
    }
