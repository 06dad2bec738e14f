"""Poses between two poses: the numbers are interpolated, not the picture, so that joints keep their lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from exercises.figures.figure import Figure, PropSpec, Scene
from exercises.figures.record import SIDES, Arm, Leg, Pose, Side, Target, Triple, sign
from exercises.figures.skeleton import room
from exercises.figures.stage import Stage, put_up
from exercises.figures.vectors import Vec, smooth

DRAWINGS = 7


def in_between(figure: Figure, count: int = DRAWINGS) -> list[Scene]:
    """Scenes from the first pose through the others to the last, slow at both ends."""
    scenes = alike([grounded(figure, scene) for scene in figure.scenes], [put_up(figure, s) for s in figure.scenes])
    legs = len(scenes) - 1
    out = []
    for n in range(count):
        place = n / (count - 1) * legs
        i = min(int(place), legs - 1)
        t = smooth(place - i)
        a, b = scenes[i], scenes[i + 1]
        out.append(Scene(scenes[round(place)].name, mixed(a.pose, b.pose, t), _props(a, b, t)))
    return out


def grounded(figure: Figure, scene: Scene) -> Scene:
    """With the pelvis where the pose puts it, unless the same joint stays pinned throughout."""
    pins = {s.pose.pin[0] if s.pose.pin else "" for s in figure.scenes}
    if pins != {""} and len(pins) == 1:
        return scene
    x, y, z = put_up(figure, scene).skeleton.joints["pelvis"]
    return Scene(scene.name, replace(scene.pose, pin=None, pelvis_at=(float(x), float(y), float(z))), scene.props)


def alike(scenes: list[Scene], stages: list[Stage]) -> list[Scene]:
    """Limbs that the scenes place in different ways all reach for where they ended up, so that they mix."""
    legs = {s for s in SIDES if len({_manner(scene.pose.legs[s]) for scene in scenes}) > 1}
    arms = {s for s in SIDES if len({_manner(scene.pose.arms[s]) for scene in scenes}) > 1}
    return [_reaching(scene, stage, legs, arms) for scene, stage in zip(scenes, stages, strict=True)]


def _manner(limb: Leg | Arm) -> tuple[object, ...]:
    """How a limb is placed: which fields are given, and the joints it hangs on."""
    values = (getattr(limb, f.name) for f in fields(limb) if f.name not in ("toes", "grip", "pole"))
    return tuple(v.anchor if isinstance(v, Target) else v is not None for v in values)


def _reaching(scene: Scene, stage: Stage, legs: set[Side], arms: set[Side]) -> Scene:
    """The pose with these limbs given by where wrist or ankle, elbow or knee, hand or foot came to lie."""
    joints, frames = stage.skeleton.joints, stage.skeleton.frames
    new_legs, new_arms = dict(scene.pose.legs), dict(scene.pose.arms)
    for s in legs:
        pole = joints[f"knee.{s}"] - (joints[f"hip.{s}"] + joints[f"ankle.{s}"]) / 2
        foot = _angle(scene.pose, frames[f"foot.{s}"].front, s)
        new_legs[s] = Leg(foot=foot, to=_at(joints[f"ankle.{s}"]), pole=_triple(pole), toes=new_legs[s].toes)
    for s in arms:
        pole = joints[f"elbow.{s}"] - (joints[f"shoulder.{s}"] + joints[f"wrist.{s}"]) / 2
        hand = frames[f"hand.{s}"]
        way, palm, curl = _angle(scene.pose, hand.front, s), _triple(-hand.up), stage.skeleton.curls[s]
        new_arms[s] = Arm(hand=way, to=_at(joints[f"wrist.{s}"]), pole=_triple(pole), palm=palm, grip=curl)
    return Scene(scene.name, replace(scene.pose, legs=new_legs, arms=new_arms), scene.props)


def _angle(pose: Pose, way: Vec, side: Side) -> tuple[float, float]:
    """A direction of the room as angles in the person's own side view."""
    x, y, z = room(pose).T @ way
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arcsin(np.clip(z * sign(side), -1, 1))))


def _at(point: Vec) -> Target:
    return Target(_triple(point))


def _triple(v: Vec) -> Triple:
    return float(v[0]), float(v[1]), float(v[2])


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
