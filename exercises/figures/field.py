"""What the camera sees of one solid: for each cell of the picture how near the ray comes and where it first meets it.

Body parts are sampled on a grid inside their own bounding box (cheap: an arm is tiny); blocks and rods, whose distances
are exact, are found by walking along the rays. Both give arrays twice as fine as the sampling, aligned to one lattice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.figures.shapes import Array, Group, Shape, Solid
from exercises.figures.vectors import Vec

STEP = 0.3  # sampling in the picture plane; the lattice of the result is twice as fine
FAR = np.float32(4.0)
MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """A patch of the picture at lattice (i, j): `inside` < 0 where the solid covers it, `depth` toward the viewer."""

    i: int
    j: int
    inside: Array
    depth: Array


def look(solid: Solid, step: float = STEP) -> View:
    """The solid, already in camera axes (u right, v up, w toward the viewer)."""
    return _walked(solid, step) if solid.exact else _sampled(solid, step)


def distance(solid: Solid, points: Vec) -> Array:
    """The solid's field at points (n, 3)."""
    u, v, w = (np.ascontiguousarray(points[:, i], dtype=np.float32) for i in range(3))
    total: Array | None = None
    for group in solid.groups:
        total = _joined(total, _together(group, u, v, w), group)
    assert total is not None  # noqa: S101 (a solid has a group)
    return total


def _together(group: Group, u: Array, v: Array, w: Array) -> Array:
    found = group.shapes[0].field(u, v, w)
    for shape in group.shapes[1:]:
        found = np.minimum(found, shape.field(u, v, w))
    return _planed(found, group, u, v, w)


def _planed(found: Array, group: Group, u: Array, v: Array, w: Array) -> Array:
    for at, n in group.planes:
        side = u * np.float32(n[0]) + (v * np.float32(n[1]) + (w * np.float32(n[2]) - np.float32(n @ at)))
        found = np.maximum(found, side)
    return found


def _joined(before: Array | None, field: Array, group: Group) -> Array:
    if before is None:
        return field
    if group.cut:
        return np.maximum(before, -field)
    return blended(before, field, group.blend)


def blended(a: Array, b: Array, k: float) -> Array:
    """The smaller of two fields, with the crease between them filled over k."""
    if k <= 0:
        return np.minimum(a, b)
    h = np.clip(np.float32(0.5) + (b - a) * np.float32(0.5 / k), 0, 1)
    return b + (a - b) * h - np.float32(k) * h * (1 - h)


# -- sampling in a box


class _Grid:
    def __init__(self, solid: Solid, step: float) -> None:
        self.steps = np.array((step, step, step if solid.fine else 2 * step))
        low, high = solid.bounds()
        self.first = np.floor((low - MARGIN) / self.steps).astype(int)
        self.count = np.ceil((high + MARGIN) / self.steps).astype(int) - self.first + 1
        axes = [(np.arange(n) + f) * s for n, f, s in zip(self.count, self.first, self.steps, strict=True)]
        self.axes = [a.astype(np.float32) for a in axes]

    def part(self, shape: Shape, margin: float) -> tuple[tuple[slice, ...], tuple[Array, Array, Array]]:
        low, high = shape.bounds()
        start = np.clip(np.floor((low - margin) / self.steps).astype(int) - self.first, 0, self.count)
        stop = np.clip(np.ceil((high + margin) / self.steps).astype(int) - self.first + 1, 0, self.count)
        where = tuple(slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))
        u, v, w = (axis[s] for axis, s in zip(self.axes, where, strict=True))
        return where, (u[None, :, None], v[:, None, None], w[None, None, :])

    def empty(self) -> Array:
        nu, nv, nw = self.count
        return np.full((nv, nu, nw), FAR, dtype=np.float32)


def _volume(solid: Solid, grid: _Grid) -> Array:
    total: Array | None = None
    for group in solid.groups:
        field, margin = grid.empty(), MARGIN + group.blend
        for shape in group.shapes:
            (su, sv, sw), axes = grid.part(shape, margin)
            if su.start < su.stop and sv.start < sv.stop and sw.start < sw.stop:
                here = field[sv, su, sw]
                np.minimum(here, shape.field(*axes), out=here)
        u, v, w = grid.axes
        field = _planed(field, group, u[None, :, None], v[:, None, None], w[None, None, :])
        total = _joined(total, field, group)
    assert total is not None  # noqa: S101 (a solid has a group)
    return total


def _sampled(solid: Solid, step: float) -> View:
    grid = _Grid(solid, step)
    volume = _volume(solid, grid)[:, :, ::-1]  # nearest slice first
    deepest = np.clip(volume.argmin(axis=2), 1, volume.shape[2] - 2)
    low, offset = _lowest(volume, deepest)
    hit = volume < 0
    first = np.where(hit.any(axis=2), np.maximum(hit.argmax(axis=2), 1), deepest)
    place = np.where(hit.any(axis=2), _crossing(volume, first), deepest + offset)
    depth = grid.axes[2][-1] - place.astype(np.float32) * np.float32(grid.steps[2])
    return View(2 * int(grid.first[0]), 2 * int(grid.first[1]), finer(np.clip(low, -FAR, FAR)), finer(depth, False))


def _pick(volume: Array, index: np.ndarray) -> Array:
    return np.take_along_axis(volume, index[:, :, None], axis=2)[:, :, 0]


def _lowest(volume: Array, deepest: np.ndarray) -> tuple[Array, Array]:
    """The least value along each ray and where, by a parabola through three samples."""
    before, at, after = (_pick(volume, deepest + d) for d in (-1, 0, 1))
    curve = np.maximum(before - 2 * at + after, np.float32(1e-4))
    offset = np.clip((before - after) / (2 * curve), -0.5, 0.5)
    return at - (before - after) ** 2 / (8 * curve) * (np.abs(before - after) < 2 * curve), offset


def _crossing(volume: Array, first: np.ndarray) -> Array:
    """Where the field first passes zero, between two samples."""
    outer, inner = _pick(volume, first - 1), _pick(volume, first)
    return first - np.clip(inner / np.minimum(inner - outer, np.float32(-1e-4)), 0, 1)


# -- walking along rays


def _walked(solid: Solid, step: float) -> View:
    """Silhouettes are the shapes' exact outlines; depths are walked to along each ray inside them."""
    cell = step / 2
    low, high = solid.bounds()
    i, j = (int(np.floor((low[k] - MARGIN) / cell)) for k in (0, 1))
    nu, nv = (int(np.ceil((high[k] + MARGIN) / cell)) - a + 1 for k, a in ((0, i), (1, j)))
    u = ((np.arange(nu) + i) * cell).astype(np.float32)
    v = ((np.arange(nv) + j) * cell).astype(np.float32)
    inside = np.full((nv, nu), FAR, dtype=np.float32)
    for group in solid.groups:
        for shape in group.shapes:
            np.minimum(inside, outside_of(shape.outline(), u[None, :], v[:, None]), out=inside)
    depth = np.full((nv, nu), low[2], dtype=np.float32)
    rows, columns = np.nonzero(inside < 0.3)
    depth[rows, columns] = _first_hits(solid, u[columns], v[rows], float(high[2]) + 0.3, float(low[2]) - 0.3)
    return View(i, j, inside, depth)


def outside_of(outline: Vec, u: Array, v: Array) -> Array:
    """How far points lie outside a convex outline (counter-clockwise), negative inside."""
    found: Array | None = None
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        way = b - a
        length = float(np.hypot(*way))
        if length > 1e-6:
            x, y = way[1] / length, -way[0] / length
            beyond = u * np.float32(x) + (v * np.float32(y) - np.float32(a[0] * x + a[1] * y))
            found = beyond if found is None else np.maximum(found, beyond)
    assert found is not None  # noqa: S101 (an outline has a side)
    return found


def _first_hits(solid: Solid, u: Array, v: Array, start: float, stop: float) -> Array:
    depth = np.full(u.size, start, dtype=np.float32)
    nearest, where = np.full(u.size, FAR), depth.copy()
    alive = np.arange(u.size)
    for _ in range(60):
        here = distance(solid, np.stack((u[alive], v[alive], depth[alive]), axis=1))
        closer = here < nearest[alive]
        nearest[alive[closer]], where[alive[closer]] = here[closer], depth[alive[closer]]
        keep = (here > 0.015) & (depth[alive] > stop)
        alive = alive[keep]
        if not alive.size:
            break
        depth[alive] -= np.maximum(here[keep], np.float32(0.02))
    return where


# -- twice as fine


def finer(a: Array, cubic: bool = True) -> Array:
    """Values between the samples too: cubic for silhouettes, linear for depths, which jump."""
    return _between(_between(a, cubic).T, cubic).T


def _between(a: Array, cubic: bool) -> Array:
    out = np.empty((2 * a.shape[0] - 1, a.shape[1]), dtype=np.float32)
    out[::2] = a
    middle = (a[1:] + a[:-1]) / 2
    if cubic and len(a) > 3:
        middle[1:-1] = (9 * (a[1:-2] + a[2:-1]) - a[:-3] - a[3:]) / 16
    out[1::2] = middle
    return out
