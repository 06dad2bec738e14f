"""From traced points to short SVG paths: cubic Bézier curves within a tolerance (after Schneider), in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

REACH = 4  # points to either side when judging a corner
CORNER = 62.0  # degrees of turning that count as one


def path(outlines: Iterable[Points], tolerance: float, closed: bool = True) -> str:
    """Path data for several outlines or lines; points are already in the file's units."""
    return "".join(_one(points, tolerance, closed) for points in outlines)


def polygon(points: Points) -> str:
    """Path data with straight sides."""
    whole = np.rint(points).astype(int)
    return f"M{_pair(whole[0])}l" + _numbers(np.diff(whole, axis=0).ravel()) + "z"


def line(points: Points) -> str:
    whole = np.rint(points).astype(int)
    return f"M{_pair(whole[0])}l" + _numbers(np.diff(whole, axis=0).ravel())


def _one(points: Points, tolerance: float, closed: bool) -> str:
    points = _spread(points)
    if len(points) < 4:
        return ""
    pieces = _pieces(points, closed)
    curves: list[Points] = []
    for piece in pieces:
        curves += _fit(piece, _tangent(piece), _tangent(piece[::-1]), tolerance, 0)
    at = np.rint(curves[0][0]).astype(int)
    text = [f"M{_pair(at)}"]
    numbers: list[int] = []
    for curve in curves:
        whole = np.rint(curve[1:]).astype(int)
        if (whole[2] == at).all():
            continue
        numbers += (whole - at).ravel().tolist()
        at = whole[2]
    if not numbers:
        return ""
    return "".join((*text, "c", _numbers(numbers), "z" if closed else ""))


def _spread(points: Points) -> Points:
    """Without points that lie on their neighbour."""
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.abs(np.diff(points, axis=0)).max(axis=1) > 0.02
    return points[keep]


def _pieces(points: Points, closed: bool) -> list[Points]:
    """Cut at corners; a closed outline without any is cut at its sharpest place, where a break shows least."""
    n = len(points)
    before, after = (np.roll(points, REACH, axis=0), np.roll(points, -REACH, axis=0))
    a, b = points - before, after - points
    turning = np.abs(np.degrees(np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))))
    if not closed:
        turning[:REACH] = turning[-REACH:] = 0
    if n <= 3 * REACH:
        turning[:] = 0
    corners = [int(i) for i in np.flatnonzero(turning > CORNER) if turning[i] >= turning[_around(int(i), n)].max()]
    if not closed:
        marks = [0, *corners, n - 1]
        return [points[a : b + 1] for a, b in pairwise(marks) if b > a]
    if not corners:
        corners = [int(turning.argmax())]
    turned = np.vstack((np.roll(points, -corners[0], axis=0), points[corners[0]]))
    marks = [c - corners[0] for c in corners] + [n]
    return [turned[a : b + 1] for a, b in pairwise(marks) if b > a]


def _around(i: int, n: int) -> NDArray[np.int64]:
    return np.arange(i - REACH, i + REACH + 1) % n


def _tangent(points: Points) -> Points:
    ahead = points[min(len(points) - 1, 3)] - points[0]
    length = float(np.hypot(*ahead))
    return ahead / length if length else np.array((1.0, 0.0))


def _fit(points: Points, t0: Points, t1: Points, tolerance: float, depth: int) -> list[Points]:
    if len(points) <= 2 or depth > 12:
        third = np.hypot(*(points[-1] - points[0])) / 3
        return [np.array((points[0], points[0] + t0 * third, points[-1] + t1 * third, points[-1]))]
    chord = np.concatenate(((0.0,), np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    u = chord / chord[-1]
    for _ in range(3):
        curve = _least(points, u, t0, t1)
        gaps = ((_at(curve, u) - points) ** 2).sum(axis=1)
        worst = int(gaps.argmax())
        if gaps[worst] <= tolerance**2:
            return [curve]
        if gaps[worst] > (6 * tolerance) ** 2:
            break
        u = _closer(curve, points, u)
    worst = min(max(worst, 1), len(points) - 2)
    lead = points[max(worst - 3, 0)] - points[min(worst + 3, len(points) - 1)]
    length = float(np.hypot(*lead)) or 1.0
    lead = lead / length
    first = _fit(points[: worst + 1], t0, lead, tolerance, depth + 1)
    return first + _fit(points[worst:], -lead, t1, tolerance, depth + 1)


def _least(points: Points, u: NDArray[np.float64], t0: Points, t1: Points) -> Points:
    b0, b1, b2, b3 = (1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u**2 * (1 - u), u**3
    first, last = points[0], points[-1]
    rest = points - np.outer(b0 + b1, first) - np.outer(b2 + b3, last)
    c = np.array((((b1 * b1).sum(), (b1 * b2).sum() * (t0 @ t1)), ((b1 * b2).sum() * (t0 @ t1), (b2 * b2).sum())))
    x = np.array(((b1 * (rest @ t0)).sum(), (b2 * (rest @ t1)).sum()))
    span = float(np.hypot(*(last - first)))
    determinant = c[0, 0] * c[1, 1] - c[0, 1] * c[1, 0]
    if abs(determinant) > 1e-9:
        a0 = (x[0] * c[1, 1] - x[1] * c[0, 1]) / determinant
        a1 = (c[0, 0] * x[1] - c[1, 0] * x[0]) / determinant
    else:
        a0 = a1 = span / 3
    longest = 2.5 * span + 0.5
    if not (1e-3 * span < a0 < longest and 1e-3 * span < a1 < longest):
        a0 = a1 = span / 3
    return np.array((first, first + t0 * a0, last + t1 * a1, last))


def _at(curve: Points, u: NDArray[np.float64]) -> Points:
    v = 1 - u
    weights = np.stack((v**3, 3 * u * v**2, 3 * u**2 * v, u**3), axis=1)
    return weights @ curve


def _closer(curve: Points, points: Points, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """One Newton step of each point's parameter toward the nearest place on the curve."""
    d1 = 3 * np.diff(curve, axis=0)
    d2 = 2 * np.diff(d1, axis=0)
    v = 1 - u
    gap = _at(curve, u) - points
    slope = np.stack((v**2, 2 * u * v, u**2), axis=1) @ d1
    bend = np.stack((v, u), axis=1) @ d2
    below = (slope**2).sum(axis=1) + (gap * bend).sum(axis=1)
    step = np.where(np.abs(below) > 1e-9, (gap * slope).sum(axis=1) / np.where(below == 0, 1, below), 0)
    return np.clip(u - step, 0, 1)


def _pair(p: Sequence[int] | NDArray[np.int64]) -> str:
    return f"{p[0]}{'' if p[1] < 0 else ' '}{p[1]}"


def _numbers(values: Iterable[int]) -> str:
    text: list[str] = []
    for n in values:
        text.append(f"{n}" if n < 0 or not text else f" {n}")
    return "".join(text)
