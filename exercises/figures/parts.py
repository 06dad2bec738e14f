"""The body as solids: tubes of elliptical sections along the bones, blended at the joints, coloured by what they wear.

Neighbours carry a stub of each other, so that their surfaces agree at the joint and no line shows there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from exercises.figures import bodies
from exercises.figures.bodies import Body
from exercises.figures.head import head_solids
from exercises.figures.record import SIDES, sign
from exercises.figures.shapes import Group, Loft, Rod, Shape, Solid
from exercises.figures.skeleton import Skeleton
from exercises.figures.tubes import plane, straight, tube
from exercises.figures.vectors import Frame, turn, unit

CUFF, SLEEVE, HEM, WAISTBAND = 0.84, 0.56, 0.05, 0.2
CLOTH, SLEEVE_CLOTH, SHOE = 0.35, 0.55, np.float32(0.3)


def body_solids(skeleton: Skeleton, body: Body) -> list[Solid]:
    """All solids of the body whose limbs the skeleton knows."""
    solids = [_shirt(skeleton, body), _hips(skeleton, body)]
    for side in SIDES:
        if f"shank.{side}" in skeleton.frames:
            solids += _leg(skeleton, body, side)
        if f"hand.{side}" in skeleton.frames:
            solids += _arm(skeleton, body, side)
    return solids + head_solids(skeleton, body)


# -- trunk


def _shirt(skeleton: Skeleton, body: Body) -> Solid:
    places = np.linspace(-0.02, 1.01, 23).tolist()
    hem = skeleton.at_spine(HEM)
    sections = tuple((s, a + _flare(s) * 0.5, b + _flare(s), c) for s, a, b, c in body.torso)
    torso = Group(tube(skeleton.at_spine, sections, places, CLOTH, (0.3, 0.5)), planes=((hem.at, -hem.up),))
    shoulders = [
        replace(_upper_arm(skeleton, body, side, (0.0, 0.24), SLEEVE_CLOTH), blend=3.0)
        for side in SIDES
        if f"upperarm.{side}" in skeleton.frames
    ]
    return Solid("chest", "shirt", (torso, *shoulders))


def _flare(s: float) -> float:
    """The hem hangs outside the trousers."""
    return 0.9 * max(0.0, 1 - max(s, 0.0) / 0.36)


def _hips(skeleton: Skeleton, body: Body) -> Solid:
    places = (-0.12, -0.08, -0.04, 0.0, 0.05, 0.1, 0.15, WAISTBAND)
    trunk = Group(tube(skeleton.at_spine, body.torso, places, CLOTH, (0.45, 0.2)))
    roots = [
        Group(straight(frame, bodies.THIGH, body.thigh, (0, 0.25), CLOTH), blend=2.0)
        for side in SIDES
        if (frame := skeleton.frames.get(f"thigh.{side}"))
    ]
    return Solid("pelvis", "leg", (trunk, *roots))


# -- legs


def _leg(skeleton: Skeleton, body: Body, side: str) -> list[Solid]:
    thigh, shank = skeleton.frames[f"thigh.{side}"], skeleton.frames[f"shank.{side}"]

    def upper(*part: float) -> Group:
        return Group(straight(thigh, bodies.THIGH, body.thigh, part, CLOTH), blend=1.6)  # type: ignore[arg-type]

    def lower(*part: float) -> Group:
        return Group(straight(shank, bodies.SHANK, body.shank, part, CLOTH), blend=1.6)  # type: ignore[arg-type]

    cuff = replace(lower(0, CUFF + 0.03), planes=(plane(shank, bodies.SHANK, CUFF),))
    return [
        Solid(f"thigh.{side}", "leg", (upper(0, 1), lower(0, 0.22))),
        Solid(f"shank.{side}", "leg", (cuff, upper(0.74, 1))),
        *_foot(skeleton, body, side),
    ]


def _foot(skeleton: Skeleton, body: Body, side: str) -> list[Solid]:
    foot, shank, toes = skeleton.frames[f"foot.{side}"], skeleton.frames[f"shank.{side}"], skeleton.toes.get(side, 0.0)
    ankle = straight(shank, bodies.SHANK, body.shank, (0.7, 1))
    bone = Frame(foot.point(-bodies.HEEL, 0), foot.up, -foot.front, foot.right)
    sole: tuple[Shape, ...] = straight(bone, bodies.FOOT, bodies.FOOT_SECTIONS)
    if toes:
        sole = tube(_bent_foot(foot, toes), bodies.FOOT_SECTIONS, np.linspace(0, 1, 19).tolist())
    if not body.shoes:
        return [Solid(f"foot.{side}", "skin", (Group(ankle), Group(sole, blend=1.4)), fine=True)]
    top = (foot.point(-2.5, 0.9), unit(foot.up - 0.25 * foot.front))
    shoe = tuple(replace(s, wide=s.wide + SHOE, deep=s.deep + SHOE) for s in sole if isinstance(s, Loft))
    return [
        Solid(f"foot.{side}", "shoe", (Group(shoe or sole), Group(ankle, blend=1.0, planes=(top,))), fine=True),
        Solid(f"ankle.{side}", "skin", (Group(ankle),), fine=True),
    ]


def _bent_foot(foot: Frame, toes: float) -> Callable[[float], Frame]:
    """The bone runs forward; sections lie across it, and their shift points up. Beyond the ball the toes bend."""
    ball = 0.72

    def at(s: float) -> Frame:
        frame = Frame(foot.point(s * bodies.FOOT - bodies.HEEL, 0), foot.up, -foot.front, foot.right)
        if s > ball:
            pivot, m = foot.point(ball * bodies.FOOT - bodies.HEEL, -3.2), turn(foot.right, toes)
            return frame.moved(-pivot).turned(m).moved(pivot)
        return frame

    return at


# -- arms


def _upper_arm(skeleton: Skeleton, body: Body, side: str, part: tuple[float, float], grow: float = 0.0) -> Group:
    return Group(straight(skeleton.frames[f"upperarm.{side}"], bodies.UPPER_ARM, body.upper_arm, part, grow), blend=1.0)


def _arm(skeleton: Skeleton, body: Body, side: str) -> list[Solid]:
    upper, fore = skeleton.frames[f"upperarm.{side}"], skeleton.frames[f"forearm.{side}"]

    def lower(*part: float) -> Group:
        return Group(straight(fore, bodies.FOREARM, body.forearm, part), blend=1.0)  # type: ignore[arg-type]

    sleeve = replace(
        _upper_arm(skeleton, body, side, (0, SLEEVE + 0.03), SLEEVE_CLOTH),
        planes=(plane(upper, bodies.UPPER_ARM, SLEEVE),),
    )
    return [
        Solid(f"upperarm.{side}", "skin", (_upper_arm(skeleton, body, side, (0.4, 1)), lower(0, 0.2))),
        Solid(f"sleeve.{side}", "shirt", (sleeve,)),
        Solid(f"forearm.{side}", "skin", (lower(0, 1), _upper_arm(skeleton, body, side, (0.82, 1)))),
        Solid(f"hand.{side}", "skin", (*_hand(skeleton, side), lower(0.72, 1)), fine=True),
    ]


def _hand(skeleton: Skeleton, side: str) -> list[Group]:
    """Palm, two finger joints that curl toward the palm, and the thumb."""
    hand, curl = skeleton.frames[f"hand.{side}"], skeleton.curls.get(side, 0.0)
    bends = {0.0: 0.0, 0.52: curl * 0.9, 0.76: curl * 1.9}
    at: dict[float, Frame] = {}
    place, last = hand.at, 0.0
    for s in (0.0, 0.17, 0.35, 0.52, 0.64, 0.76, 0.88, 1.0):
        angle = next(b for start, b in reversed(bends.items()) if last >= start)
        m = turn(hand.right, angle)
        place = place + (m @ hand.front) * (s - last) * bodies.HAND
        at[s], last = Frame(place, m @ hand.up, -(m @ hand.front), hand.right), s
    palm = tube(lambda s: at[s], bodies.HAND_SECTIONS, at)
    out = sign(side)
    tip = hand.point(4.9 - min(curl, 90) * 0.012, -0.3 - min(curl, 90) * 0.02, out * (2.9 - min(curl, 90) * 0.012))
    thumb: Shape = Rod(hand.point(1.2, -0.1, out * 1.1), tip, 1.05, 0.75)
    return [Group(palm), Group((thumb,), blend=0.6)]
