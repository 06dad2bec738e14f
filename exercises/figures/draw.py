"""One scene drawn: solids seen by the camera, then traced into the areas and lines of a picture, in the file's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exercises.figures import curves
from exercises.figures.camera import Camera
from exercises.figures.field import STEP, look
from exercises.figures.figure import Figure
from exercises.figures.frame import Placing
from exercises.figures.head import face_marks
from exercises.figures.marks import Mark, arrow_marks, zone_marks
from exercises.figures.raster import Cells, Mask, Points, merge, outlines, strokes
from exercises.figures.shadow import footprint
from exercises.figures.shapes import Solid
from exercises.figures.stage import Stage
from exercises.figures.vectors import Vec

SHADE, SHINE = -0.08, 0.84
CLOTHED = ("shirt", "leg", "skin")
BODY_COLOURS = {"shirt", "shirtf", "leg", "legf", "skin", "skinf", "hair"}


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely to sample and to fit: a still is finer than one of seven drawings in a moving file."""

    step: float = STEP
    tolerance: float = 3.0
    shine: bool = True


@dataclass(slots=True)
class Drawing:
    """Path data, ready to be coloured. `areas` lie in drawing order above the dark silhouette."""

    back: list[tuple[str, str, bool]] = field(default_factory=list)
    shadow: str = ""
    silhouette: str = ""
    areas: list[tuple[str, str]] = field(default_factory=list)
    shade: str = ""
    shine: str = ""
    seams: str = ""
    contours: str = ""
    face: list[Mark] = field(default_factory=list)
    water: tuple[str, str] | None = None
    marks: list[Mark] = field(default_factory=list)


def draw(figure: Figure, name: str, stage: Stage, placing: Placing, detail: Detail) -> Drawing:
    """The picture of one scene in its frame."""
    camera = figure.camera
    solids = [coloured(s, stage, camera).turned(camera.matrix) for s in stage.all_solids]
    cells = merge(solids, [look(s, detail.step) for s in solids])
    pen = Pen(cells, placing, detail)
    out = Drawing()
    sheets = [s for p in stage.props.values() for s in p.sheets]
    facing = [s for s in sheets if s.normal is None or camera.see(s.normal)[2] > 0]
    out.back = [(s.colour, pen.polygon(camera.see(s.points)), s.line) for s in facing]
    out.shadow = "".join(pen.polygon(camera.see(p)) for p in footprint(stage))
    out.silhouette = pen.area(cells.labels > 0)
    out.areas = [(c, pen.area(cells.masks(lambda s, c=c: s.colour == c), 0.45)) for c in _order(solids)]
    out.shade, out.shine = _tones(cells, pen, detail)
    out.seams, out.contours = _lines(cells, pen)
    out.face = _face(stage, camera, pen)
    out.water = _water(stage, camera, pen)
    out.marks = zone_marks(figure, name, stage, pen) + arrow_marks(figure, name, stage, pen)
    return out


def coloured(solid: Solid, stage: Stage, camera: Camera) -> Solid:
    """The far arm and leg a tone darker, where one side is clearly behind the other."""
    side = solid.part.rpartition(".")[2]
    if side not in ("R", "L") or solid.colour not in CLOTHED:
        return solid
    joint = "hip" if solid.part.split(".")[0] in ("thigh", "shank", "foot") else "shoulder"
    other = "L" if side == "R" else "R"
    mine, theirs = (camera.see(stage.skeleton.joints[f"{joint}.{s}"])[2] for s in (side, other))
    if theirs - mine < 5.5:
        return solid
    return Solid(solid.part, f"{solid.colour}f", solid.groups, solid.exact, solid.fine)


def _order(solids: Sequence[Solid]) -> list[str]:
    return list(dict.fromkeys(s.colour for s in solids))


class Pen:
    """From cells and camera points to path data."""

    def __init__(self, cells: Cells, placing: Placing, detail: Detail) -> None:
        self.cells, self.placing, self.detail = cells, placing, detail
        self.cell = detail.step / 2

    def place(self, outline: Points) -> Points:
        """Points as (column, row) of the cells, in the file's units."""
        return self.placing((outline + (self.cells.i, self.cells.j)) * self.cell)

    def area(self, mask: Mask, level: float = 0.5, blur: float = 1.5, least: float = 30) -> str:
        found = outlines(mask, level, blur, least)
        return curves.path((self.place(o) for o in found), self.detail.tolerance)

    def line(self, points: Points) -> str:
        return curves.path([self.place(points)], self.detail.tolerance * 1.2, closed=False)

    def polygon(self, seen: Vec) -> str:
        return curves.polygon(self.placing(seen[:, :2]))

    def at(self, seen: Vec) -> tuple[int, int]:
        """The cell (row, column) a camera point falls in."""
        column = int(np.clip(round(float(seen[0]) / self.cell) - self.cells.i, 0, self.cells.labels.shape[1] - 1))
        row = int(np.clip(round(float(seen[1]) / self.cell) - self.cells.j, 0, self.cells.labels.shape[0] - 1))
        return row, column

    def shows(self, seen: Vec, parts: Sequence[str], give: float = 1.3) -> bool:
        """Whether a point on one of the parts is not hidden."""
        row, column = self.at(seen)
        label = int(self.cells.labels[row, column])
        return label > 0 and self.cells.solids[label - 1].part in parts and self.cells.depth[row, column] < seen[2] + give


def _tones(cells: Cells, pen: Pen, detail: Detail) -> tuple[str, str]:
    from scipy.ndimage import gaussian_filter

    body = cells.labels > 0
    weight = gaussian_filter(body.astype(np.float32), 2.0)
    light = gaussian_filter(np.where(body, cells.light, 0), 2.0) / np.maximum(weight, 1e-3)
    soft = pen.detail.tolerance * 1.3
    shade = curves.path((pen.place(o) for o in outlines(body & (light < SHADE), 0.5, 1.5, 160)), soft)
    if not detail.shine:
        return shade, ""
    bright = body & (light > SHINE) & cells.masks(lambda s: s.colour in BODY_COLOURS)
    return shade, curves.path((pen.place(o) for o in outlines(bright, 0.5, 2.0, 220)), soft)


def _lines(cells: Cells, pen: Pen) -> tuple[str, str]:
    seams, contours = [], []
    for stroke in strokes(cells):
        (contours if stroke.deep else seams).append(pen.line(stroke.points))
    return "".join(seams), "".join(contours)


def _face(stage: Stage, camera: Camera, pen: Pen) -> list[Mark]:
    marks: list[Mark] = []
    head = stage.skeleton.frames["head"]
    for name, points in face_marks(head, stage.body).items():
        seen = [camera.see(p) for p in points]
        if not all(pen.shows(s, ("head",)) for s in seen):
            if name != "mouth":
                continue
            seen = [s for s in seen if pen.shows(s, ("head",))]
            if len(seen) < 2:
                continue
        spots = pen.placing(np.array(seen)[:, :2])
        if len(spots) == 1 and name.startswith("eye"):
            marks.append(Mark("dot", f"{spots[0][0]:.0f} {spots[0][1]:.0f}"))
        elif name.startswith("ear"):
            marks.append(Mark("thin", curves.line(spots)))
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
    u = np.linspace(left, right, 61)
    wave = np.stack((u, top + 0.7 * np.sin(u * 0.62)), axis=1)
    body = np.vstack((wave, ((right, floor[:, 1].min()), (left, floor[:, 1].min()))))
    edge = curves.path([pen.placing(np.stack((x := np.linspace(left, right, 400), top + 0.7 * np.sin(x * 0.62)), axis=1))], 3, False)
    return curves.polygon(pen.placing(body)), edge
