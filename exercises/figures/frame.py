"""Where a figure sits in its panel: one scale and one floor height for all drawings of an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from exercises.figures.figure import Figure
from exercises.figures.stage import Stage
from exercises.figures.vectors import Vec

UNIT = 5  # file units to a pixel of the 400 x 300 panel
WIDTH, HEIGHT = 400, 300
MARGIN, LOWER_MARGIN = 13.0, 13.0
LARGEST = 4.2  # pixels to a body unit, so that a lying person is no giant beside a standing one


@dataclass(frozen=True, slots=True)
class Placing:
    """From camera (u, v) to the file's units, y downward."""

    scale: float
    left: float
    base: float

    def __call__(self, points: Vec) -> Vec:
        return np.stack((self.left + points[:, 0] * self.scale, self.base - points[:, 1] * self.scale), axis=1)


def placing(figure: Figure, stages: Iterable[Stage]) -> Placing:
    """The frame that holds every scene, sheet and arrow."""
    low, high = _extent(figure, list(stages))
    wide, tall = high - low
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - MARGIN - LOWER_MARGIN) / tall, LARGEST)
    bottom = min(HEIGHT - LOWER_MARGIN, HEIGHT / 2 + tall * scale / 2 + 22)
    left = WIDTH / 2 - (low[0] + high[0]) / 2 * scale
    return Placing(scale * UNIT, left * UNIT, (bottom + low[1] * scale) * UNIT)


def _extent(figure: Figure, stages: list[Stage]) -> tuple[Vec, Vec]:
    see = figure.camera.see
    points = []
    for stage in stages:
        for solid in stage.all_solids:
            points += list(solid.turned(figure.camera.matrix).bounds())
        points += [p for prop in stage.props.values() for sheet in prop.sheets for p in see(sheet.points)]
        points += [see(stage.point(t)) + d for a in figure.arrows for t in (a.start, a.end) for d in (-2.0, 2.0)]
    flat = np.array(points)[:, :2]
    return flat.min(axis=0), flat.max(axis=0)
