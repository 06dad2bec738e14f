"""From cells of the picture to points of the file, and which cell a point of the room falls in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exercises.figures import curves
from exercises.figures.frame import Placing
from exercises.figures.raster import BLUR, Cells, Mask, Points, area_of, outlines
from exercises.figures.shapes import Array
from exercises.figures.vectors import Vec

Patch = list[Points]  # one outline, or several when there are holes


class Pen:
    """Knows one drawing's cells and frame."""

    def __init__(self, cells: Cells, placing: Placing, cell: float) -> None:
        self.cells, self.placing, self.cell = cells, placing, cell

    def place(self, outline: Points) -> Points:
        """Points as (column, row) of the cells, in the file's units."""
        return self.placing((outline + np.array((self.cells.i, self.cells.j))) * self.cell)

    def patches(self, mask: Mask | Array, level: float = 0.5, blur: float = BLUR, least: float = 30) -> list[Patch]:
        """A mask's separate patches; with holes they stay together, since a hole needs its surroundings in one path."""
        found = outlines(mask, level, blur, least)
        placed = [self.place(o) for o in found]
        if len({area_of(o) > 0 for o in found}) > 1:
            return [placed]
        return [[p] for p in placed]

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
        return (
            label > 0 and self.cells.solids[label - 1].part in parts and self.cells.depth[row, column] < seen[2] + give
        )
