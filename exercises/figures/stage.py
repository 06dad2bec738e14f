"""A scene put up in the room: the skeleton placed, the body and the props as solids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from exercises.figures import catalogue
from exercises.figures.bodies import BODIES, Body
from exercises.figures.figure import Figure, PropSpec, Scene
from exercises.figures.parts import body_solids
from exercises.figures.props import Prop
from exercises.figures.record import Pose, Target
from exercises.figures.shapes import Solid
from exercises.figures.skeleton import OWN_AXES, Places, Skeleton, Unsolvable, build
from exercises.figures.vectors import Vec, as_vec


@dataclass(slots=True)
class Stage:
    """Everything of one drawing, in the room."""

    skeleton: Skeleton
    body: Body
    solids: list[Solid]
    props: dict[str, Prop]

    def point(self, target: Target) -> Vec:
        """A target's place: a joint, an own-axes part, a prop or the room."""
        return _point(target, self.skeleton, {name: p.place for name, p in self.props.items()})

    @property
    def all_solids(self) -> list[Solid]:
        return [*self.solids, *(s for p in self.props.values() for s in p.solids)]


def put_up(figure: Figure, scene: Scene) -> Stage:
    """Fixed props first, since limbs may reach for them; then the body; then what hangs on it (straps, packs)."""
    body = replace(BODIES[figure.body], shoes=figure.shoes)
    made = {name: _made(spec) for name, spec in scene.props.items() if not _hangs(spec)}
    places: dict[str, Vec] = {name: p.place for name, p in made.items()}
    skeleton = settle(scene.pose, body, places)
    for name, spec in scene.props.items():
        if _hangs(spec):
            made[name] = _made(_pointed(spec, skeleton, places))
    return Stage(skeleton, body, body_solids(skeleton, body), made)


def settle(pose: Pose, body: Body, places: Places) -> Skeleton:
    """The skeleton where the pose says: pelvis given, a joint pinned, or dropped until something touches the floor."""
    if pose.pelvis_at is not None:
        return build(pose, as_vec(pose.pelvis_at), places)
    loose = build(pose, np.zeros(3), places, reaching=False)
    if pose.pin is not None:
        joint, x, y = pose.pin
        if joint not in loose.joints:
            raise Unsolvable(f"pin: {joint!r} is no joint that directions place")
        at = loose.joints[joint]
        return build(pose, as_vec((x - at[0], y - at[1], 0.0)), places)
    lowest = min(float(s.bounds()[0][1]) for s in body_solids(loose, body))
    return build(pose, as_vec((0.0, -lowest, 0.0)), places)


def _hangs(spec: PropSpec) -> bool:
    return any(isinstance(v, Target) or (isinstance(v, list) and v and isinstance(v[0], Target)) for v in spec.values())


def _made(spec: Mapping[str, Any]) -> Prop:
    return catalogue.KINDS[spec["kind"]](**{k: v for k, v in spec.items() if k != "kind"})


def _pointed(spec: PropSpec, skeleton: Skeleton, places: Places) -> dict[str, Any]:
    def found(value: Any) -> Any:
        if isinstance(value, Target):
            return _point(value, skeleton, places)
        if isinstance(value, list) and value and isinstance(value[0], Target):
            return [_point(t, skeleton, places) for t in value]
        return value

    return {k: found(v) for k, v in spec.items()}


def _point(target: Target, skeleton: Skeleton, places: Places) -> Vec:
    if target.anchor in OWN_AXES or (
        target.anchor.partition(".")[0] in ("foot", "hand") and target.anchor in skeleton.frames
    ):
        return skeleton.frames[target.anchor].point(*target.offset)
    if not target.anchor:
        return as_vec(target.offset)
    place = places.get(target.anchor, skeleton.joints.get(target.anchor))
    if place is None:
        raise Unsolvable(f"there is no joint or prop called {target.anchor!r}")
    return place + as_vec(target.offset)
