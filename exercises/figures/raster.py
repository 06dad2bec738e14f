"""The picture as cells: which solid is nearest, how deep it lies, how the light falls; and outlines of any part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.measure import find_contours

from exercises.figures.field import View
from exercises.figures.shapes import Array, Solid

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

LIGHT = np.array((-0.4, 0.8, 0.45)) / np.linalg.norm((-0.4, 0.8, 0.45))
BLUR = 1.2  # cells
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
