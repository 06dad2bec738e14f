"""The picture as cells: which solid is nearest, how deep it lies, how the light falls; then outlines traced from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import is_

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d, median_filter
from skimage.measure import find_contours

from exercises.figures.field import View
from exercises.figures.shapes import Array, Solid

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

LIGHT = np.array((-0.4, 0.8, 0.45)) / np.linalg.norm((-0.4, 0.8, 0.45))
JUMP = 1.6  # a depth step that earns a line
BLUR = 1.2  # cells
SEARCH = 2.5  # cells to either side of an edge where its depths are read
EDGE = 6  # empty cells around everything
NOTHING = np.float32(-1e6)


@dataclass(slots=True)
class Cells:
    """Labels are 1 + index into `solids`, 0 is empty; row 0 is at lattice line `j`, column 0 at `i`.

    Along edges a cell belongs in part to the nearest solid and in part to the next: `front` and `next` name them,
    `shares` says how much of the cell each would cover. So an edge is known more finely than the cells.
    """

    solids: Sequence[Solid]
    i: int
    j: int
    labels: NDArray[np.int16]
    depth: Array
    light: Array
    front: NDArray[np.int16]
    next: NDArray[np.int16]
    shares: tuple[Array, Array]

    def where(self, wanted: Callable[[Solid], bool]) -> Mask:
        """Cells in which such a solid is seen."""
        return self._chosen(wanted)[self.labels]

    def cover(self, wanted: Callable[[Solid], bool]) -> Array:
        """How much of each cell such solids cover, 0 to 1."""
        chosen = self._chosen(wanted)
        mine, other = chosen[self.front], chosen[self.next]
        first, second = self.shares
        alone = np.where(mine, first, np.where(other, np.minimum(second, 1 - first), 0))
        return np.where(mine & other, np.maximum(first, second), alone)

    def _chosen(self, wanted: Callable[[Solid], bool]) -> Mask:
        return np.array([False, *(wanted(s) for s in self.solids)])


def merge(solids: Sequence[Solid], views: Sequence[View], cell: float) -> Cells:
    """The nearest solid wins in every cell; the one behind it is kept for the edges."""
    i, j = min(v.i for v in views) - EDGE, min(v.j for v in views) - EDGE
    columns = max(v.i + v.inside.shape[1] for v in views) + EDGE - i
    rows = max(v.j + v.inside.shape[0] for v in views) + EDGE - j
    labels = np.zeros((2, rows, columns), dtype=np.int16)
    depth = np.full((2, rows, columns), NOTHING, dtype=np.float32)
    shares = np.zeros((2, rows, columns), dtype=np.float32)
    light = np.zeros((2, rows, columns), dtype=np.float32)
    layers = (labels, depth, shares, light)
    for n, view in enumerate(views):
        top, left = view.j - j, view.i - i
        where = np.s_[:, top : top + view.inside.shape[0], left : left + view.inside.shape[1]]
        share = np.clip(np.float32(0.5) - view.inside / np.float32(cell), 0, 1)
        mine = (np.full(share.shape, n + 1, dtype=np.int16), view.depth, share, _lit(view, cell))
        nearer = (share > 0) & (view.depth > depth[where][0])
        second = (share > 0) & ~nearer & (view.depth > depth[where][1])
        for layer, value in zip(layers, mine, strict=True):
            here = layer[where]
            here[1][nearer] = here[0][nearer]
            here[0][nearer] = value[nearer]
            here[1][second] = value[second]
    seen = (shares[0] < 0.5).astype(np.intp)
    seen_share = np.take_along_axis(shares, seen[None], axis=0)[0]
    label, deep, lit = (np.take_along_axis(x, seen[None], axis=0)[0] for x in (labels, depth, light))
    empty = seen_share < 0.5
    label, deep = np.where(empty, 0, label), np.where(empty, NOTHING, deep)
    return Cells(solids, i, j, label, deep, lit, labels[0], labels[1], (shares[0], shares[1]))


def _lit(view: View, cell: float) -> Array:
    """How much the surface faces the light, -1 to 1."""
    down, across = np.gradient(gaussian_filter(view.depth, 3.0), cell)
    return (LIGHT[2] - across * LIGHT[0] - down * LIGHT[1]) / np.sqrt(1 + across**2 + down**2)


def outlines(mask: Mask | Array, level: float = 0.5, blur: float = BLUR, least: float = 30.0) -> list[Points]:
    """Closed outlines of a mask as (column, row), those smaller than `least` cells left out."""
    filled = mask > 0
    if not filled.any():
        return []
    rows, columns = (np.flatnonzero(filled.any(axis=a)) for a in (1, 0))
    top, left = max(rows[0] - EDGE, 0), max(columns[0] - EDGE, 0)
    patch = np.pad(mask[top : rows[-1] + EDGE, left : columns[-1] + EDGE].astype(np.float32), 1)
    found = find_contours(gaussian_filter(patch, blur), level)
    shifted = [c[:-1, ::-1] + (left - 1, top - 1) for c in found if (c[0] == c[-1]).all()]
    return [c for c in shifted if abs(area_of(c)) >= least]


def area_of(c: Points) -> float:
    x, y = c.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stretch of edge; `deep` where something lies clearly behind it, else only the colour changes."""

    points: Points
    deep: bool


def strokes(cells: Cells) -> Iterator[Stroke]:
    """Lines where one solid stands clear of another, and seams where cloth meets skin or cloth."""
    colours = [s.colour for s in cells.solids]
    found = [
        stroke
        for label in np.unique(cells.labels)
        if label
        for outline in outlines(cells.cover(partial(is_, cells.solids[label - 1])))
        for stroke in _runs(cells, outline, int(label), colours)
    ]
    found += [Stroke(run, True) for run in _resting(cells)]
    for deep in (True, False):
        for points in chained([s.points for s in found if s.deep == deep]):
            yield Stroke(_soft(points), deep)


def _resting(cells: Cells) -> Iterator[Points]:
    """Where a body lies on a thing: no step in depth, yet the edge of a person."""
    prop = np.array([False, *(s.part == "prop" for s in cells.solids)])
    for outline in outlines(cells.cover(lambda s: s.part != "prop"), blur=2.0, least=400):
        behind, jump = _across(cells, outline)
        level = prop[behind] & (np.abs(median_filter(jump, 9, mode="wrap")) <= JUMP)
        yield from _stretches(outline, _healed(level), 16)


def chained(lines: list[Points], gap: float = 7.0) -> list[Points]:
    """Lines whose ends meet become one: an arm is several solids, its edge one stroke."""
    rest = sorted(lines, key=len, reverse=True)
    out: list[Points] = []
    while rest:
        line = rest.pop(0)
        while (found := _next(line, rest, gap)) is not None:
            n, turned = found
            line = np.vstack((line, turned))
            rest.pop(n)
        line = line[::-1]
        while (found := _next(line, rest, gap)) is not None:
            n, turned = found
            line = np.vstack((line, turned))
            rest.pop(n)
        out.append(line)
    return out


def _next(line: Points, rest: list[Points], gap: float) -> tuple[int, Points] | None:
    """The line that goes on where this one ends, in about the same direction."""
    end, way = line[-1], line[-1] - line[max(len(line) - 8, 0)]
    for n, other in enumerate(rest):
        for turned in (other, other[::-1]):
            onward = turned[min(7, len(turned) - 1)] - turned[0]
            near = np.hypot(*(turned[0] - end)) < gap
            if near and way @ onward > 0.6 * np.hypot(*way) * np.hypot(*onward):
                return n, turned
    return None


def _soft(points: Points) -> Points:
    """Without the small steps that joining and tracing leave; the ends stay."""
    if len(points) < 12:
        return points
    soft = gaussian_filter1d(points, 2.2, axis=0, mode="nearest")
    soft[0], soft[-1] = points[0], points[-1]
    return soft


def _runs(cells: Cells, outline: Points, label: int, colours: Sequence[str]) -> Iterator[Stroke]:
    behind, jump = _across(cells, outline)
    inner = behind > 0
    deep = inner & (median_filter(jump, 9, mode="wrap") > JUMP)
    other = np.array(["", *colours])[behind]
    mine = colours[label - 1]
    level = inner & ~deep & (jump > -JUMP)
    prop = np.array([True, *(s.part == "prop" for s in cells.solids)])
    seam = level & (prop[behind] == prop[label]) & (other > mine)
    for flags, is_deep, least in ((deep, True, 9), (seam, False, 12)):
        yield from (Stroke(run, is_deep) for run in _stretches(outline, _healed(flags), least))


def _across(cells: Cells, outline: Points) -> tuple[NDArray[np.int16], Array]:
    """What lies just outside each point of an outline, and how far behind, beyond what the slope there explains."""
    ahead = np.roll(outline, -2, axis=0) - np.roll(outline, 2, axis=0)
    normal = np.stack((ahead[:, 1], -ahead[:, 0]), axis=1)
    normal /= np.maximum(np.hypot(*normal.T), 1e-6)[:, None]
    if area_of(outline) < 0:
        normal = -normal
    rows, columns = cells.labels.shape

    def read(reach: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        p = np.rint(outline + normal * reach * SEARCH).astype(int)
        return np.clip(p[:, 1], 0, rows - 1), np.clip(p[:, 0], 0, columns - 1)

    out, inside, beyond = read(1), read(-1), read(2)
    near, far = cells.depth[inside], cells.depth[out]
    # A limb that points at the viewer is steep on both sides of a joint: that is no step.
    falls = cells.depth[read(-2)] - near
    goes_on = np.where(cells.labels[beyond] > 0, far - cells.depth[beyond], 0)
    return cells.labels[out], near - far - 2.5 * np.clip(np.minimum(falls, goes_on) - 0.45, 0, 4)


def _healed(flags: Mask) -> Mask:
    """Short gaps closed, so that a line does not stutter."""
    return median_filter(flags.astype(np.uint8), 7, mode="wrap").astype(bool)


def _stretches(outline: Points, flags: Mask, least: int) -> Iterator[Points]:
    if flags.all():
        yield np.vstack((outline, outline[:1]))
        return
    start = int(np.flatnonzero(~flags)[0])
    turned, points = np.roll(flags, -start), np.roll(outline, -start, axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], turned, [False])).astype(int)))
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a >= least:
            yield points[a:b]
