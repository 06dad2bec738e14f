"""Signed distances: below zero inside a shape, above zero outside, near the surface a length in body units.

`field(u, v, w)` takes arrays that broadcast, so the same shape serves a grid, a sheet of rays or a list of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from exercises.figures.vectors import Frame, Matrix, Vec

Array: TypeAlias = NDArray[np.float32]
Bounds: TypeAlias = tuple[Vec, Vec]
Triple: TypeAlias = tuple[Array, Array, Array]


class Shape(Protocol):
    """What a solid is made of."""

    def field(self, u: Array, v: Array, w: Array) -> Array: ...

    def bounds(self) -> Bounds: ...

    def turned(self, m: Matrix) -> Shape: ...

    def outline(self) -> Vec: ...


def hull(points: Vec) -> Vec:
    """The convex outline of points as the camera sees them, counter-clockwise."""
    return points[ConvexHull(points[:, :2]).vertices, :2]


def _circle(middle: Vec, a: Vec, b: Vec, count: int = 40) -> Vec:
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    return middle + np.cos(turns) * a + np.sin(turns) * b


def along(n: Vec, at: Vec, u: Array, v: Array, w: Array) -> Array:
    """How far each point lies from `at` in the direction n."""
    a, b, c = (np.float32(x) for x in n)
    return u * a + (v * b + (w * c - np.float32(n @ at)))


@dataclass(frozen=True, slots=True)
class Ring:
    """An elliptical section across a bone."""

    at: Vec
    right: Vec
    front: Vec
    wide: float
    deep: float

    def turned(self, m: Matrix) -> Ring:
        return Ring(m @ self.at, m @ self.right, m @ self.front, self.wide, self.deep)

    def vectors(self) -> tuple[Vec, Vec, Vec]:
        """Middle, half-width and half-depth."""
        return self.at, self.right * self.wide, self.front * self.deep


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of tube between two sections; the ends are rounded by `caps` (1 = as round as the section)."""

    a: Ring
    b: Ring
    caps: tuple[float, float] = (1.0, 1.0)

    def field(self, u: Array, v: Array, w: Array) -> Array:
        a, b = self.a, self.b
        axis = b.at - a.at
        # Slices lie square to the bone, not to the line between shifted middles: so neighbours meet without a step.
        bone = np.cross(a.front + b.front, a.right + b.right)
        bone = bone / np.linalg.norm(bone)
        length = float(bone @ axis)
        if length < 0:
            bone, length = -bone, -length
        length = max(length, 1e-3)
        beyond = along(bone, a.at, u, v, w)
        t = np.clip(beyond / np.float32(length), 0, 1)
        beyond = beyond - t * np.float32(length)
        right = self._lean((a.right, b.right), axis, t, (u, v, w))
        front = self._lean((a.front, b.front), axis, t, (u, v, w))
        wide = np.float32(a.wide) + t * np.float32(b.wide - a.wide)
        deep = np.float32(a.deep) + t * np.float32(b.deep - a.deep)
        cap = np.minimum(wide, deep) * np.where(beyond < 0, np.float32(self.caps[0]), np.float32(self.caps[1]))
        return ellipsoid((right, front, beyond), (wide, deep, cap))

    def _lean(self, ways: tuple[Vec, Vec], axis: Vec, t: Array, point: Triple) -> Array:
        first = along(ways[0], self.a.at, *point) - t * np.float32(axis @ ways[0])
        if np.abs(ways[1] - ways[0]).max() < 1e-6:
            return first
        return first + t * (along(ways[1], self.a.at, *point) - t * np.float32(axis @ ways[1]) - first)

    def rings(self) -> list[tuple[Vec, Vec, Vec]]:
        """Both sections as middle, half-width and half-depth vectors."""
        return [self.a.vectors(), self.b.vectors()]

    def bounds(self) -> Bounds:
        axis = self.b.at - self.a.at
        axis = axis / (np.linalg.norm(axis) or 1e-6)
        boxes = []
        for ring, cap in zip((self.a, self.b), self.caps, strict=True):
            at, side, front = ring.vectors()
            size = np.sqrt(side**2 + front**2 + (axis * min(ring.wide, ring.deep) * cap) ** 2)
            boxes.append((at - size, at + size))
        return np.minimum(boxes[0][0], boxes[1][0]), np.maximum(boxes[0][1], boxes[1][1])

    def outline(self) -> Vec:
        return hull(np.concatenate([_circle(*ring) for ring in self.rings()]))

    def turned(self, m: Matrix) -> Segment:
        return Segment(self.a.turned(m), self.b.turned(m), self.caps)


@dataclass(frozen=True, slots=True)
class Loft:
    """A straight tube whose section changes smoothly: half-widths, half-depths and shifts forward, evenly spaced."""

    frame: Frame  # `up` points back along the bone
    length: float
    wide: Array
    deep: Array
    shift: Array
    caps: tuple[float, float] = (1.0, 1.0)

    def field(self, u: Array, v: Array, w: Array) -> Array:
        f, steps = self.frame, len(self.wide) - 1
        beyond = along(-f.up, f.at, u, v, w)
        place = np.clip(beyond * np.float32(steps / self.length), 0, np.float32(steps - 1e-3))
        beyond = beyond - np.clip(beyond, 0, np.float32(self.length))
        i = place.astype(np.int32)
        t = place - i
        a, b, shift = (x[i] + t * (x[i + 1] - x[i]) for x in (self.wide, self.deep, self.shift))
        cap = np.minimum(a, b) * np.where(beyond < 0, np.float32(self.caps[0]), np.float32(self.caps[1]))
        return ellipsoid((along(f.right, f.at, u, v, w), along(f.front, f.at, u, v, w) - shift, beyond), (a, b, cap))

    def rings(self) -> list[tuple[Vec, Vec, Vec]]:
        """Some sections as middle, half-width and half-depth vectors."""
        f, last = self.frame, len(self.wide) - 1
        chosen = sorted({round(n * last / 8) for n in range(9)})
        return [
            (
                f.at - f.up * (self.length * i / last) + f.front * float(self.shift[i]),
                f.right * float(self.wide[i]),
                f.front * float(self.deep[i]),
            )
            for i in chosen
        ]

    def bounds(self) -> Bounds:
        low, high = _round_rings(self.rings())
        ends = [self.rings()[i] for i in (0, -1)]
        for (at, a, b), cap in zip(ends, self.caps, strict=True):
            size = np.abs(self.frame.up) * min(float(np.linalg.norm(a)), float(np.linalg.norm(b))) * cap
            low, high = np.minimum(low, at - size), np.maximum(high, at + size)
        return low - 0.05, high + 0.05

    def outline(self) -> Vec:
        return hull(np.concatenate([_circle(*ring) for ring in self.rings()]))

    def turned(self, m: Matrix) -> Loft:
        return replace(self, frame=self.frame.turned(m))


def _round_rings(rings: Sequence[tuple[Vec, Vec, Vec]]) -> Bounds:
    boxes = [(at, np.sqrt(a * a + b * b)) for at, a, b in rings]
    return np.min([at - s for at, s in boxes], axis=0), np.max([at + s for at, s in boxes], axis=0)


def ellipsoid(point: Triple, radii: Triple) -> Array:
    """The near-exact distance to an ellipsoid in its own axes."""
    (x, y, z), (a, b, c) = point, radii
    p, q, r = x / a, y / b, z / c
    near: Array = np.sqrt(p * p + q * q + r * r)
    slope = np.sqrt((p / a) ** 2 + (q / b) ** 2 + (r / c) ** 2)
    deepest = np.minimum(np.minimum(a, b), c)
    return np.where(near < 0.05, -deepest, near * (near - 1) / np.maximum(slope, np.float32(1e-6)))


@dataclass(frozen=True, slots=True)
class Egg:
    """An ellipsoid; radii to the front, up and to the right of its frame."""

    frame: Frame
    radii: tuple[float, float, float]

    def field(self, u: Array, v: Array, w: Array) -> Array:
        f = self.frame
        own = along(f.front, f.at, u, v, w), along(f.up, f.at, u, v, w), along(f.right, f.at, u, v, w)
        front, up, right = (np.asarray(r, dtype=np.float32) for r in self.radii)
        return ellipsoid(own, (front, up, right))

    def bounds(self) -> Bounds:
        f = self.frame
        size = np.sqrt(sum((axis * r) ** 2 for axis, r in zip((f.front, f.up, f.right), self.radii, strict=True)))
        return f.at - size, f.at + size

    def outline(self) -> Vec:
        f, (x, y, z) = self.frame, self.radii
        axes = np.stack((f.front * x, f.up * y, f.right * z))
        turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        edge = np.stack((np.cos(turns), np.sin(turns)), axis=1)
        # Seen along w, an ellipsoid's outline is the ellipse whose support in each direction is the longest projection.
        reach = np.linalg.norm(axes[:, :2] @ edge.T, axis=0)
        slopes = (axes[:, :2].T @ axes[:, :2] @ edge.T) / reach
        return hull(f.at[:2] + slopes.T)

    def turned(self, m: Matrix) -> Egg:
        return replace(self, frame=self.frame.turned(m))


@dataclass(frozen=True, slots=True)
class Rod:
    """A round stick with round ends, thinner or thicker at the far end."""

    start: Vec
    end: Vec
    radius: float
    end_radius: float

    def field(self, u: Array, v: Array, w: Array) -> Array:
        axis = self.end - self.start
        t = np.clip(along(axis, self.start, u, v, w) / np.float32(max(float(axis @ axis), 1e-9)), 0, 1)
        a, b, c = (x - np.float32(s) - t * np.float32(d) for x, s, d in zip((u, v, w), self.start, axis, strict=True))
        return np.sqrt(a * a + b * b + c * c) - (self.radius + t * np.float32(self.end_radius - self.radius))

    def bounds(self) -> Bounds:
        a, b = self.radius, self.end_radius
        return np.minimum(self.start - a, self.end - b), np.maximum(self.start + a, self.end + b)

    def outline(self) -> Vec:
        x, y = np.eye(3)[:2]
        ends = ((self.start, self.radius), (self.end, self.end_radius))
        return hull(np.concatenate([_circle(at, x * r, y * r) for at, r in ends]))

    def turned(self, m: Matrix) -> Rod:
        return replace(self, start=m @ self.start, end=m @ self.end)


@dataclass(frozen=True, slots=True)
class Box:
    """A block: half-sizes to the front, up and to the right of its frame, edges rounded by `edge`."""

    frame: Frame
    half: tuple[float, float, float]
    edge: float = 0.3

    def field(self, u: Array, v: Array, w: Array) -> Array:
        f = self.frame
        axes = zip((f.front, f.up, f.right), self.half, strict=True)
        q = [np.abs(along(axis, f.at, u, v, w)) - np.float32(h - self.edge) for axis, h in axes]
        outside = np.sqrt(sum(np.maximum(x, 0) ** 2 for x in q))
        return outside + np.minimum(np.maximum(np.maximum(q[0], q[1]), q[2]), 0) - np.float32(self.edge)

    def bounds(self) -> Bounds:
        f = self.frame
        size = sum(np.abs(axis) * h for axis, h in zip((f.front, f.up, f.right), self.half, strict=True))
        return f.at - size, f.at + size

    def outline(self) -> Vec:
        f, inner = self.frame, [h - self.edge for h in self.half]
        signs = np.array(np.meshgrid((-1, 1), (-1, 1), (-1, 1))).reshape(3, -1).T
        corners = f.at + (signs * inner) @ np.stack((f.front, f.up, f.right))
        x, y = np.eye(3)[:2] * self.edge
        return hull(np.concatenate([_circle(c, x, y, 12) for c in corners]))

    def turned(self, m: Matrix) -> Box:
        return replace(self, frame=self.frame.turned(m))


@dataclass(frozen=True, slots=True)
class Drum:
    """A cylinder with flat ends."""

    start: Vec
    end: Vec
    radius: float

    def field(self, u: Array, v: Array, w: Array) -> Array:
        axis = self.end - self.start
        length = float(np.linalg.norm(axis))
        n = axis / length
        t = along(n, self.start, u, v, w)
        a, b, c = (x - np.float32(s) - t * np.float32(d) for x, s, d in zip((u, v, w), self.start, n, strict=True))
        r = np.sqrt(a * a + b * b + c * c)
        x = np.abs(t - np.float32(length / 2)) - np.float32(length / 2)
        y = r - np.float32(self.radius)
        return np.minimum(np.maximum(x, y), 0) + np.sqrt(np.maximum(x, 0) ** 2 + np.maximum(y, 0) ** 2)

    def bounds(self) -> Bounds:
        n = (self.end - self.start) / np.linalg.norm(self.end - self.start)
        size = self.radius * np.sqrt(np.maximum(1 - n * n, 0))
        return np.minimum(self.start, self.end) - size, np.maximum(self.start, self.end) + size

    def outline(self) -> Vec:
        n = (self.end - self.start) / np.linalg.norm(self.end - self.start)
        a = np.cross(n, np.eye(3)[int(np.abs(n).argmin())])
        a = a / np.linalg.norm(a) * self.radius
        return hull(np.concatenate([_circle(at, a, np.cross(n, a)) for at in (self.start, self.end)]))

    def turned(self, m: Matrix) -> Drum:
        return replace(self, start=m @ self.start, end=m @ self.end)


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes taken together, cut by planes (point, outward normal), and how they join what came before."""

    shapes: tuple[Shape, ...]
    blend: float = 0.0
    cut: bool = False
    planes: tuple[tuple[Vec, Vec], ...] = ()

    def turned(self, m: Matrix) -> Group:
        return replace(
            self,
            shapes=tuple(s.turned(m) for s in self.shapes),
            planes=tuple((m @ at, m @ n) for at, n in self.planes),
        )


@dataclass(frozen=True, slots=True)
class Solid:
    """One thing that can hide another. `part` is what authors call it; `exact` distances may be walked along a ray."""

    part: str
    colour: str
    groups: tuple[Group, ...]
    exact: bool = False
    fine: bool = False

    def turned(self, m: Matrix) -> Solid:
        return replace(self, groups=tuple(g.turned(m) for g in self.groups))

    def bounds(self) -> Bounds:
        boxes = [s.bounds() for g in self.groups if not g.cut for s in g.shapes]
        return np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
