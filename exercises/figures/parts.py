"""The body as solids: tubes of elliptical sections along the bones, blended at the joints, coloured by what they wear.

Neighbours carry a stub of each other, so that their surfaces agree at the joint and no line shows there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exercises.figures import bodies
from exercises.figures.bodies import Body
from exercises.figures.head import head_solids
from exercises.figures.record import SIDES, sign
from exercises.figures.shapes import Group, Rod, Segment, Shape, Solid
from exercises.figures.skeleton import Skeleton
from exercises.figures.tubes import bone, plane, tube
from exercises.figures.vectors import Frame, Vec, turn

CUFF, SLEEVE, HEM, WAISTBAND = 0.84, 0.56, 0.05, 0.2
CLOTH, SLEEVE_CLOTH = 0.35, 0.55


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
    places = (-0.02, 0.06, 0.15, 0.24, 0.33, 0.42, 0.51, 0.6, 0.69, 0.78, 0.86, 0.92, 0.97, 1.01)
    hem = skeleton.at_spine(HEM)
    sections = tuple((s, a + _flare(s) * 0.5, b + _flare(s), c) for s, a, b, c in body.torso)
    torso = Group(tube(skeleton.at_spine, sections, places, CLOTH, (0.3, 0.5)), planes=((hem.at, -hem.up),))
    shoulders = [
        Group(_upper_arm(skeleton, body, side, (0.0, 0.12, 0.24), SLEEVE_CLOTH), blend=3.0)
        for side in SIDES
        if f"upperarm.{side}" in skeleton.frames
    ]
    return Solid("chest", "shirt", (torso, *shoulders))


def _flare(s: float) -> float:
    """The hem hangs outside the trousers."""
    return 0.9 * max(0.0, 1 - max(s, 0.0) / 0.36)


def _hips(skeleton: Skeleton, body: Body) -> Solid:
    trunk = Group(tube(skeleton.at_spine, body.torso, (-0.12, -0.06, 0.0, 0.07, 0.14, WAISTBAND), CLOTH, (0.45, 0.2)))
    roots = [
        Group(tube(bone(frame, bodies.THIGH), body.thigh, (0, 0.12, 0.25), CLOTH), blend=2.0)
        for side in SIDES
        if (frame := skeleton.frames.get(f"thigh.{side}"))
    ]
    return Solid("pelvis", "leg", (trunk, *roots))


# -- legs


def _leg(skeleton: Skeleton, body: Body, side: str) -> list[Solid]:
    thigh, shank = skeleton.frames[f"thigh.{side}"], skeleton.frames[f"shank.{side}"]
    upper, lower = bone(thigh, bodies.THIGH), bone(shank, bodies.SHANK)
    all_thigh = tube(upper, body.thigh, (0, 0.13, 0.26, 0.42, 0.58, 0.72, 0.86, 1), CLOTH)
    all_shank = tube(lower, body.shank, (0, 0.1, 0.2, 0.32, 0.45, 0.6, 0.75, CUFF + 0.03), CLOTH)
    cuff = (plane(shank, bodies.SHANK, CUFF),)
    return [
        Solid(f"thigh.{side}", "leg", (Group(all_thigh), Group(all_shank[:3], blend=1.6))),
        Solid(f"shank.{side}", "leg", (Group(all_shank, planes=cuff), Group(all_thigh[-3:], blend=1.6))),
        _foot(skeleton, body, side),
    ]


def _foot(skeleton: Skeleton, body: Body, side: str) -> Solid:
    foot, shank = skeleton.frames[f"foot.{side}"], skeleton.frames[f"shank.{side}"]
    ankle = tube(bone(shank, bodies.SHANK), body.shank, (0.7, 0.8, 0.9, 1))
    places = (0, 0.07, 0.14, 0.22, 0.3, 0.38, 0.46, 0.55, 0.65, 0.74, 0.84, 0.93, 1)
    sole = tube(_foot_axis(foot, skeleton.toes.get(side, 0.0)), bodies.FOOT_SECTIONS, places)
    return Solid(f"foot.{side}", "skin", (Group(ankle), Group(sole, blend=1.4)), fine=True)


def _foot_axis(foot: Frame, toes: float) -> Callable[[float], Frame]:
    """The bone runs forward; sections lie across it, and their shift points up. Beyond the ball the toes may bend."""
    ball = 0.72

    def at(s: float) -> Frame:
        frame = Frame(foot.point(s * bodies.FOOT - bodies.HEEL, 0), foot.up, -foot.front, foot.right)
        if toes and s > ball:
            pivot, m = foot.point(ball * bodies.FOOT - bodies.HEEL, -3.2), turn(foot.right, toes)
            return frame.moved(-pivot).turned(m).moved(pivot)
        return frame

    return at


# -- arms


def _upper_arm(
    skeleton: Skeleton, body: Body, side: str, places: Iterable[float], grow: float = 0.0
) -> tuple[Segment, ...]:
    return tube(bone(skeleton.frames[f"upperarm.{side}"], bodies.UPPER_ARM), body.upper_arm, places, grow)


def _arm(skeleton: Skeleton, body: Body, side: str) -> list[Solid]:
    upper, fore = skeleton.frames[f"upperarm.{side}"], skeleton.frames[f"forearm.{side}"]
    bare = _upper_arm(skeleton, body, side, (0.4, 0.55, 0.7, 0.85, 1))
    lower = tube(bone(fore, bodies.FOREARM), body.forearm, (0, 0.15, 0.3, 0.5, 0.7, 0.85, 1))
    sleeve = Group(
        _upper_arm(skeleton, body, side, (0, 0.12, 0.24, 0.36, 0.48, SLEEVE + 0.03), SLEEVE_CLOTH),
        planes=(plane(upper, bodies.UPPER_ARM, SLEEVE),),
    )
    return [
        Solid(f"upperarm.{side}", "skin", (Group(bare), Group(lower[:2], blend=1.0))),
        Solid(f"sleeve.{side}", "shirt", (sleeve,)),
        Solid(f"forearm.{side}", "skin", (Group(lower), Group(bare[-2:], blend=1.0))),
        Solid(f"hand.{side}", "skin", (*_hand(skeleton, side), Group(lower[-3:], blend=1.0)), fine=True),
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
