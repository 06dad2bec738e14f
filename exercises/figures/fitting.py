"""A drawing's points fitted with curves, patch by patch, so that drawings of one movement can share what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exercises.figures import curves
from exercises.figures.draw import Drawing
from exercises.figures.frame import UNIT
from exercises.figures.marks import Mark


@dataclass(slots=True)
class Picture:
    """Path data by role; areas by colour in drawing order."""

    areas: dict[str, list[str]] = field(default_factory=dict)
    shade: list[str] = field(default_factory=list)
    shine: list[str] = field(default_factory=list)
    seams: list[str] = field(default_factory=list)
    contours: list[str] = field(default_factory=list)
    face: list[Mark] = field(default_factory=list)
    water: tuple[str, str] | None = None
    marks: list[Mark] = field(default_factory=list)


LISTS = ("shade", "shine", "seams", "contours")


def fitted(drawing: Drawing, tolerance: float, shine: bool = True) -> Picture:
    """The drawing as paths no farther than `tolerance` pixels off."""
    t = tolerance * UNIT
    return Picture(
        areas={colour: [curves.path(p, t) for p in patches] for colour, patches in drawing.areas},
        shade=[curves.path(p, t * 1.4) for p in drawing.shade],
        shine=[curves.path(p, t * 1.4) for p in drawing.shine] if shine else [],
        seams=[curves.path([line], t * 1.3, closed=False) for line in drawing.seams],
        contours=[curves.path([line], t * 1.2, closed=False) for line in drawing.contours],
        face=drawing.face,
        water=drawing.water,
        marks=drawing.marks,
    )


def common(pictures: Sequence[Picture]) -> Picture:
    """What every picture has; water and marks are not counted."""
    first, rest = pictures[0], pictures[1:]
    out = Picture()
    for colour, paths in first.areas.items():
        out.areas[colour] = [p for p in paths if all(p in r.areas.get(colour, ()) for r in rest)]
    for role in LISTS:
        setattr(out, role, [p for p in getattr(first, role) if all(p in getattr(r, role) for r in rest)])
    return out


def without(picture: Picture, known: Picture) -> Picture:
    """The picture without what is known already."""
    out = Picture(face=picture.face, water=picture.water, marks=picture.marks)
    out.areas = {c: [p for p in paths if p not in known.areas.get(c, ())] for c, paths in picture.areas.items()}
    for role in LISTS:
        setattr(out, role, [p for p in getattr(picture, role) if p not in getattr(known, role)])
    return out
