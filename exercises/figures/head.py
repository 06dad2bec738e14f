"""The head: skull, jaw, nose, ears and hair as ellipsoids, and where the face's few marks sit."""

from __future__ import annotations

import math

from exercises.figures import bodies
from exercises.figures.bodies import Body
from exercises.figures.shapes import Egg, Group, Rod, Solid
from exercises.figures.skeleton import Skeleton
from exercises.figures.tubes import straight
from exercises.figures.vectors import Frame, Vec


def head_solids(skeleton: Skeleton, body: Body) -> list[Solid]:
    """Neck, head and hair."""
    head, neck = skeleton.frames["head"], skeleton.frames["neck"]
    upward = Frame(neck.at - neck.up * bodies.NECK * 0.15, neck.front, -neck.up, neck.right)
    throat = straight(upward, bodies.NECK * 1.25, body.neck)
    face = (
        Group((_egg(head, (1, -1), (5.3, 6.6, 4.9)),)),
        Group((_egg(head, (2.4, -4.8), (3.0 * body.jaw, 2.5 * body.jaw, 3.25 * body.jaw)),), blend=2.2),
        Group((Rod(head.point(5.4, 0.3), head.point(6.9, -1.9), 0.55, 0.9),), blend=0.8),
        Group(tuple(_egg(head, (0.1, -1.3), (1.1, 1.7, 0.6), side) for side in (5.0, -5.0)), blend=0.3),
    )
    return [
        Solid("neck", "skin", (Group(throat), *face[:1])),
        Solid("head", "skin", face, fine=True),
        Solid("hair", "hair", tuple(_hair(head, body)), fine=True),
    ]


def _egg(head: Frame, at: tuple[float, float], radii: tuple[float, float, float], side: float = 0.0) -> Egg:
    return Egg(head.moved(head.point(*at, side) - head.at), radii)


def _hair(head: Frame, body: Body) -> list[Group]:
    if not body.bun:
        return [
            Group((_egg(head, (-0.9, 0.8), (6.9, 5.9, 5.45)),)),
            Group((_egg(head, (-2.6, -2.4), (3.0, 3.6, 4.3)),), blend=1.5),
            Group((_egg(head, (6.6, -1.4), (6.6, 6.3, 7.2)),), cut=True),
            Group(_round_ears(head), cut=True),
        ]
    return [
        Group((_egg(head, (-1.0, 1.4), (6.5, 6.2, 5.75)),)),
        Group((_egg(head, (-3.0, -2.6), (3.2, 3.4, 4.2)),), blend=1.6),
        Group((_egg(head, (6.6, -2.4), (6.9, 7.0, 7.4)),), cut=True),
        Group(_round_ears(head), cut=True),
        Group((_egg(head, (-5.6, 6.4), (3.0, 3.0, 3.0)),), blend=0.5),
    ]


def _round_ears(head: Frame) -> tuple[Egg, ...]:
    return tuple(_egg(head, (0.7, -1.7), (1.9, 2.5, 2.4), side) for side in (5.4, -5.4))


def _ear(head: Frame, side: float) -> list[Vec]:
    """An open ring, its gap toward the face."""
    turns = [math.radians(a) for a in range(50, 311, 26)]
    return [head.point(0.1 + 0.95 * math.cos(a), -1.3 + 1.5 * math.sin(a), side) for a in turns]


def face_marks(head: Frame, body: Body) -> dict[str, list[Vec]]:
    """Eyes and ears as points, mouth and brows as lines, on the skin."""
    eyes = {f"eye{i}": [head.point(5.65, 0.5, side)] for i, side in enumerate((2.1, -2.1))}
    ears = {f"ear{i}": _ear(head, side) for i, side in enumerate((5.55, -5.55))}
    mouth = [head.point(5.35, -4.7, z) if abs(z) < 1 else head.point(4.9, -4.5, z) for z in (-1.5, -0.7, 0.7, 1.5)]
    nose = [head.point(6.3, -2.3, -1.0), head.point(6.75, -2.75, 0), head.point(6.3, -2.3, 1.0)]
    marks = {**eyes, **ears, "mouth": mouth, "nose": nose}
    if body.brow:
        for i, side in enumerate((1, -1)):
            marks[f"brow{i}"] = [head.point(5.7, 2.5, side * 1.2), head.point(5.2, 2.25, side * 3.0)]
    return marks
