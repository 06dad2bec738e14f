"""The lines of a picture: where one thing stands clear of another, where strangers touch, and the seams of clothes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import is_

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from exercises.figures.raster import Cells, Mask, Points, area_of, outlines
from exercises.figures.shapes import Array, Solid

JUMP = 1.6  # a depth step that earns a line
SEARCH = 2.5  # cells to either side of an edge where its depths are read
# Parts that grow into each other: no line where their surfaces agree.
JOINED = {
    frozenset(pair.split())
    for pair in (
        "chest sleeve", "chest upperarm", "sleeve upperarm", "sleeve forearm", "upperarm forearm", "forearm hand",
        "upperarm hand", "chest neck", "neck head", "neck hair", "head hair", "chest hair", "chest pelvis",
        "chest thigh", "pelvis thigh", "pelvis shank", "thigh shank", "thigh foot", "thigh ankle", "shank foot",
        "shank ankle", "ankle foot", "sleeve neck", "sleeve hand",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stretch of edge; `deep` where something lies clearly behind it, else only the colour changes."""

    points: Points
    deep: bool


def strokes(cells: Cells) -> Iterator[Stroke]:
    """Lines where one solid stands clear of another, and seams where cloth meets skin or cloth."""
    found = [
        stroke
        for label in np.unique(cells.labels)
        if label
        for outline in outlines(cells.cover(partial(is_, cells.solids[label - 1])))
        for stroke in _runs(cells, outline, int(label))
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


def _runs(cells: Cells, outline: Points, label: int) -> Iterator[Stroke]:
    behind, jump = _across(cells, outline)
    mine = cells.solids[label - 1]
    inner = behind > 0
    deep = inner & (median_filter(jump, 9, mode="wrap") > JUMP)
    level = inner & ~deep & (jump > -JUMP)
    # Where parts merely touch, one of the two draws the line.
    met = np.array([False, *(_meets(mine, s) for s in cells.solids)])[behind] & (behind > label)
    seam = np.array([False, *(_sewn(mine, s) for s in cells.solids)])[behind]
    for flags, is_deep, least in ((deep, True, 9), (level & met, True, 16), (level & seam, False, 12)):
        yield from (Stroke(run, is_deep) for run in _stretches(outline, _healed(flags), least))


def _meets(a: Solid, b: Solid) -> bool:
    """Whether two parts of the body are strangers: a hand on a knee, a thigh beside the other, an arm on the chest."""
    if "prop" in (a.part, b.part):
        return False
    (one, _, side), (two, _, other) = a.part.partition("."), b.part.partition(".")
    return frozenset((one, two)) not in JOINED or bool(side and other and side != other)


def _sewn(a: Solid, b: Solid) -> bool:
    """Whether a's edge toward b is a seam, a's to draw: neighbours of two colours, on the body or within a prop."""
    if (a.part == "prop") != (b.part == "prop") or _meets(a, b):
        return False
    return b.colour > a.colour


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
