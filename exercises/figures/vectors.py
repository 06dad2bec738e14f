"""Points and turns in the figures' space: x forward, y up, z toward the viewer; a unit is 1 % of body height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vec: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]

X, Y, Z = np.eye(3)


def vec(*numbers: float) -> Vec:
    return np.array(numbers, dtype=float)


def as_vec(numbers: Sequence[float]) -> Vec:
    return np.array(numbers, dtype=float)


def unit(v: Vec, fallback: Vec = X) -> Vec:
    """The direction of v; the fallback where v has none."""
    length = float(np.linalg.norm(v))
    return v / length if length > 1e-9 else fallback


def across(v: Vec, axis: Vec, fallback: Vec = Y) -> Vec:
    """The direction of v with its share along the axis taken out."""
    return unit(v - (v @ axis) * axis, fallback)


def direction(angle: float, out: float = 0.0, side: int = 1) -> Vec:
    """A clock hand in the side view (0 right, 90 up), lifted `out` degrees toward the limb's own side."""
    a, o = np.radians(angle), np.radians(out)
    return vec(np.cos(a) * np.cos(o), np.sin(a) * np.cos(o), side * np.sin(o))


def turn(axis: Vec, degrees: float) -> Matrix:
    """The matrix that turns about an axis, by the right-hand rule."""
    a = np.radians(degrees)
    x, y, z = unit(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * (k @ k)


def between(a: Vec, b: Vec) -> float:
    """The angle between two directions, in degrees."""
    return float(np.degrees(np.arccos(np.clip(unit(a) @ unit(b), -1, 1))))


def smooth(t: float) -> float:
    """0 below 0, 1 above 1, and an S between."""
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


@dataclass(frozen=True, slots=True)
class Frame:
    """A place with its own axes: where the part's front, its upper end and the person's right point."""

    at: Vec
    front: Vec
    up: Vec
    right: Vec

    def moved(self, shift: Vec) -> Frame:
        return Frame(self.at + shift, self.front, self.up, self.right)

    def turned(self, m: Matrix) -> Frame:
        """Turned about the origin of space."""
        return Frame(m @ self.at, m @ self.front, m @ self.up, m @ self.right)

    def point(self, front: float, up: float, right: float = 0.0) -> Vec:
        return self.at + front * self.front + up * self.up + right * self.right
