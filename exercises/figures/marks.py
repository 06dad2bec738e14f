"""What is drawn on top: the target zone, clipped to the body and ringed with dashes, and the arrows of motion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_closing

from exercises.figures import curves
from exercises.figures.figure import Arrow, Figure, Zone
from exercises.figures.frame import UNIT
from exercises.figures.pen import Pen
from exercises.figures.stage import Stage
from exercises.figures.vectors import Vec

HEAD, HALF = 4.8, 2.7  # an arrow head's length and half-width, in body units at the usual scale


@dataclass(frozen=True, slots=True)
class Mark:
    """A path with a role: dot, mouth, thin, zone (with its gradient's ellipse), ring, shaft, head."""

    role: str
    path: str
    ellipse: tuple[float, float, float, float, float] | None = None


def zone_marks(figure: Figure, name: str, stage: Stage, pen: Pen) -> list[Mark]:
    """The zones this scene shows; without a list of scenes a zone shows in all."""
    return [m for zone in figure.zones if not zone.poses or name in zone.poses for m in _zone(figure, zone, stage, pen)]


def _zone(figure: Figure, zone: Zone, stage: Stage, pen: Pen) -> Iterator[Mark]:
    seen = figure.camera.see(stage.point(zone.at))
    cells = pen.cells
    rows, columns = np.indices(cells.labels.shape)
    u = (columns + cells.i) * pen.cell - seen[0]
    v = (rows + cells.j) * pen.cell - seen[1]
    a = np.radians(zone.tilt)
    across, along = (u * np.cos(a) + v * np.sin(a)) / zone.size[0], (v * np.cos(a) - u * np.sin(a)) / zone.size[1]
    parts = set(zone.parts)
    body = cells.where(lambda s: s.part != "prop" and (not parts or s.part in parts or s.part.split(".")[0] in parts))
    body = binary_closing(body, iterations=5)  # where two parts share a surface, either may be the one seen
    patch = body & (across**2 + along**2 < 1)
    path = curves.path([o for p in pen.patches(patch, least=12) for o in p], 0.3 * UNIT)
    if path:
        x, y = pen.placing(seen[None, :2])[0]
        scale = pen.placing.scale
        yield Mark("zone", path, (x, y, zone.size[0] * scale, zone.size[1] * scale, -zone.tilt))
        yield Mark("ring", _ring(seen, zone, body, pen))


def _ring(seen: Vec, zone: Zone, body: np.ndarray, pen: Pen) -> str:
    """The ellipse where it runs over the body."""
    t, a = np.linspace(0, 2 * np.pi, 241)[:-1], np.radians(zone.tilt)
    x, y = zone.size[0] * np.cos(t), zone.size[1] * np.sin(t)
    points = np.stack((seen[0] + x * np.cos(a) - y * np.sin(a), seen[1] + x * np.sin(a) + y * np.cos(a)), axis=1)
    inside = np.array([body[pen.at(p)] for p in points])
    if inside.all():
        return curves.path([pen.placing(points)], 1.0)
    if not inside.any():
        return ""
    start = int(np.flatnonzero(~inside)[0])
    inside, points = np.roll(inside, -start), np.roll(points, -start, axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False])).astype(int)))
    runs = [points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 8]
    return curves.path([pen.placing(r) for r in runs], 1.0, closed=False)


def arrow_marks(figure: Figure, name: str, stage: Stage, pen: Pen) -> list[Mark]:
    """Shafts and heads of this scene's arrows; without a list of scenes an arrow shows in the last one only."""
    last = figure.scenes[-1].name
    shown = [a for a in figure.arrows if name in (a.poses or (last,))]
    return [m for a in shown for m in _arrow(figure, a, stage, pen)]


def _arrow(figure: Figure, arrow: Arrow, stage: Stage, pen: Pen) -> Iterator[Mark]:
    ends = np.array([figure.camera.see(stage.point(t))[:2] for t in (arrow.start, arrow.end)])
    a, b = pen.placing(ends)
    size = min(pen.placing.scale, 3.6 * UNIT)
    if arrow.kind != "pair":
        yield from _bowed(a, b, arrow.bow, size, arrow.kind == "both")
        return
    aside = np.array((a[1] - b[1], b[0] - a[0])) / max(float(np.hypot(*(b - a))), 1e-6) * size * 2.1
    yield from _bowed(a + aside, b + aside, 0, size, False)
    yield from _bowed(b - aside, a - aside, 0, size, False)


def _bowed(a: Vec, b: Vec, bow: float, size: float, both: bool) -> Iterator[Mark]:
    """A quadratic curve whose middle is `bow` times its length to the left of the way."""
    way = b - a
    control = (a + b) / 2 + np.array((way[1], -way[0])) * bow * 2
    tip, into = b, _unit(b - control)
    tail, out = a, _unit(a - control)
    stop = tip - into * HEAD * 0.7 * size
    start = tail - out * HEAD * 0.7 * size if both else tail
    whole = [np.rint(p).astype(int) for p in (start, control, stop)]
    yield Mark("shaft", f"M{whole[0][0]} {whole[0][1]}Q{whole[1][0]} {whole[1][1]} {whole[2][0]} {whole[2][1]}")
    yield Mark("head", _head(tip, into, size))
    if both:
        yield Mark("head", _head(tail, out, size))


def _head(tip: Vec, way: Vec, size: float) -> str:
    back, side = tip - way * HEAD * size, np.array((-way[1], way[0])) * HALF * size
    return curves.polygon(np.array((tip, back + side, back - side)))


def _unit(v: Vec) -> Vec:
    return v / max(float(np.hypot(*v)), 1e-6)
