"""The floor shadow: everything low, flattened onto the floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from shapely import MultiPoint, Polygon, unary_union
from shapely.geometry.base import BaseGeometry

from exercises.figures.shapes import Loft, Segment, Solid
from exercises.figures.stage import Stage
from exercises.figures.vectors import Vec

LOW = 30.0  # what is higher casts no shadow worth drawing
RAISED = ("bed", "pool")


def footprint(stage: Stage) -> list[Vec]:
    """Polygons on the floor, or none where the person is not on it."""
    if any(name.rstrip("0123456789") in RAISED for name in stage.props):
        return []
    shapes = [hull for solid in stage.all_solids for hull in _hulls(solid)]
    if not shapes:
        return []
    union = unary_union(shapes).buffer(1.2).buffer(-0.9).simplify(0.35)
    return [_on_floor(p) for p in getattr(union, "geoms", [union]) if p.area > 6]


def _hulls(solid: Solid) -> Iterator[BaseGeometry]:
    for group in solid.groups:
        for shape in () if group.cut else group.shapes:
            low, high = shape.bounds()
            if low[1] > LOW or low[1] < -2:
                continue
            yield MultiPoint(_rings(shape) if isinstance(shape, Segment | Loft) else _corners(low, high)).convex_hull


def _rings(shape: Segment | Loft) -> list[tuple[float, float]]:
    turns = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    found = [at + side * np.cos(a) + front * np.sin(a) for at, side, front in shape.rings() for a in turns]
    return [(float(p[0]), float(p[2])) for p in found]


def _corners(low: Vec, high: Vec) -> list[tuple[float, float]]:
    return [(float(x), float(z)) for x in (low[0], high[0]) for z in (low[2], high[2])]


def _on_floor(polygon: Polygon) -> Vec:
    ring = np.array(polygon.exterior.coords)[:-1]
    return np.stack((ring[:, 0], np.zeros(len(ring)), ring[:, 1]), axis=1)
