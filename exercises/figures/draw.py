"""One scene drawn: solids seen by the camera, then traced into areas and lines, in the file's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.ndimage import gaussian_filter

from exercises.figures import curves
from exercises.figures.camera import Camera
from exercises.figures.field import STEP, look
from exercises.figures.figure import Figure
from exercises.figures.frame import Placing
from exercises.figures.head import face_marks
from exercises.figures.marks import Mark, arrow_marks, zone_marks
from exercises.figures.pen import Patch, Pen
from exercises.figures.raster import Cells, Points, merge
from exercises.figures.shadow import footprint
from exercises.figures.shapes import Solid
from exercises.figures.stage import Stage
from exercises.figures.strokes import strokes

SHADE, SHINE = -0.08, 0.84
CLOTHED = ("shirt", "leg", "skin", "shoe")
BODY_COLOURS = {"shirt", "shirtf", "leg", "legf", "skin", "skinf", "hair", "shoe", "shoef"}


@dataclass(slots=True)
class Drawing:
    """Outlines and lines still as points, to be fitted when written; `areas` are in drawing order."""

    back: list[tuple[str, str, bool]] = field(default_factory=list)
    shadow: str = ""
    areas: list[tuple[str, list[Patch]]] = field(default_factory=list)
    shade: list[Patch] = field(default_factory=list)
    shine: list[Patch] = field(default_factory=list)
    seams: list[Points] = field(default_factory=list)
    contours: list[Points] = field(default_factory=list)
    face: list[Mark] = field(default_factory=list)
    water: tuple[str, str] | None = None
    marks: list[Mark] = field(default_factory=list)


def draw(figure: Figure, name: str, stage: Stage, placing: Placing, step: float = STEP) -> Drawing:
    """The picture of one scene in its frame; `step` is how finely the solids are sampled."""
    camera = figure.camera
    solids = [coloured(s, stage, camera).turned(camera.matrix) for s in stage.all_solids]
    cells = merge(solids, [look(s, step) for s in solids], step / 2)
    pen = Pen(cells, placing, step / 2)
    out = Drawing()
    sheets = [s for p in stage.props.values() for s in p.sheets]
    facing = [s for s in sheets if s.normal is None or camera.see(s.normal)[2] > 0]
    out.back = [(s.colour, pen.polygon(camera.see(s.points)), s.line) for s in facing]
    out.shadow = "".join(pen.polygon(camera.see(p)) for p in footprint(stage))
    out.areas = [(colour, pen.patches(cells.cover(partial(_has, colour)), 0.46)) for colour in _order(solids)]
    _tones(cells, pen, out)
    for stroke in strokes(cells):
        (out.contours if stroke.deep else out.seams).append(pen.place(stroke.points))
    out.face = _face(stage, camera, pen)
    out.water = _water(stage, camera, pen)
    out.marks = zone_marks(figure, name, stage, pen) + arrow_marks(figure, name, stage, pen)
    return out


def coloured(solid: Solid, stage: Stage, camera: Camera) -> Solid:
    """The far arm and leg a tone darker, where one side is clearly behind the other."""
    side = solid.part.rpartition(".")[2]
    if side not in ("R", "L") or solid.colour not in CLOTHED:
        return solid
    joint = "hip" if solid.part.split(".")[0] in ("thigh", "shank", "foot", "ankle") else "shoulder"
    other = "L" if side == "R" else "R"
    mine, theirs = (camera.see(stage.skeleton.joints[f"{joint}.{s}"])[2] for s in (side, other))
    if theirs - mine < 5.5:
        return solid
    return Solid(solid.part, f"{solid.colour}f", solid.groups, solid.exact, solid.fine)


def _has(colour: str, solid: Solid) -> bool:
    return solid.colour == colour


def _order(solids: Sequence[Solid]) -> list[str]:
    return list(dict.fromkeys(s.colour for s in solids))


def _tones(cells: Cells, pen: Pen, out: Drawing) -> None:
    body = cells.labels > 0
    weight = gaussian_filter(body.astype(np.float32), 2.0)
    light = gaussian_filter(np.where(body, cells.light, 0), 2.0) / np.maximum(weight, 1e-3)
    out.shade = pen.patches(body & (light < SHADE), 0.5, 1.5, 160)
    bright = body & (light > SHINE) & cells.where(lambda s: s.colour in BODY_COLOURS)
    out.shine = pen.patches(bright, 0.5, 2.0, 220)


def _face(stage: Stage, camera: Camera, pen: Pen) -> list[Mark]:
    """Eyes where they show, the part of mouth and brow that shows, an ear whose most part shows."""
    marks: list[Mark] = []
    head = stage.skeleton.frames["head"]
    facing = float(camera.see(head.front)[2])
    for name, points in face_marks(head, stage.body).items():
        seen = [camera.see(p) for p in points]
        shown = [s for s in seen if pen.shows(s, ("head",))]
        if name == "nose" and facing < 0.6:  # from the side the outline draws it
            continue
        if len(shown) < (len(seen) * 0.7 if name.startswith("ear") else min(len(seen), 2)):
            continue
        spots = pen.placing(np.array(shown)[:, :2])
        if name.startswith("eye"):
            marks.append(Mark("dot", f"{spots[0][0]:.0f} {spots[0][1]:.0f}"))
        elif name.startswith("ear"):
            marks.append(Mark("thin", curves.path([spots], 1.0, closed=False)))
        else:
            marks.append(Mark("mouth", curves.line(spots)))
    return marks


def _water(stage: Stage, camera: Camera, pen: Pen) -> tuple[str, str] | None:
    """The water in front of the person and its wavy upper edge."""
    pools = [p for p in stage.props.values() if p.water is not None]
    if not pools:
        return None
    floor = np.concatenate([camera.see(s.points) for s in pools[0].sheets])
    left, right = float(floor[:, 0].min()), float(floor[:, 0].max())
    top = float(camera.see(np.array((0.0, pools[0].water or 0.0, 0.0)))[1])
    low = float(floor[:, 1].min())
    edge = pen.placing(_wave(left, right, top, 400))
    body = np.vstack((_wave(left, right, top, 61), ((right, low), (left, low))))
    return curves.polygon(pen.placing(body)), curves.path([edge], 1.5, closed=False)


def _wave(left: float, right: float, height: float, count: int) -> Points:
    u = np.linspace(left, right, count)
    return np.stack((u, height + 0.7 * np.sin(u * 0.62)), axis=1)
