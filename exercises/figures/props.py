"""Things beside the person, from a few numbers each: what hides and is hidden, what lies behind, what can be touched.

Every function here is a kind of prop; its parameters are the keys a pose file may give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from exercises.figures.shapes import Box, Drum, Egg, Group, Rod, Shape, Solid
from exercises.figures.vectors import Frame, Vec, X, Y, Z, across, turn, unit, vec

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat area behind the person, as a polygon in the room."""

    colour: str
    points: Vec
    line: bool = True
    normal: Vec | None = None  # drawn only when it faces the viewer


@dataclass(slots=True)
class Prop:
    """`top` is the middle of what one sits or lies on; `water` the height of a water line."""

    solids: list[Solid] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    place: Vec = field(default_factory=lambda: np.zeros(3))
    planes: list[tuple[Vec, Vec]] = field(default_factory=list)
    water: float | None = None
    soft: bool = False
    flat: bool = False  # one rests on its top, at the height of `place`


def solid(colour: str, *shapes: Shape, part: str = "prop") -> Solid:
    return Solid(part, colour, (Group(shapes),), exact=True)


def upright(at: Point | Vec, degrees: float = 0.0) -> Frame:
    """Axes of a thing on the floor that faces right, turned by degrees (90 faces the viewer, 180 left)."""
    m = turn(Y, -degrees)
    return Frame(np.array(at, dtype=float), m @ X, Y, m @ Z)


def block_at(frame: Frame, middle: Point, half: Point, edge: float = 0.3) -> Box:
    front, up, right = middle
    return Box(frame.moved(frame.point(front, up, right) - frame.at), half, edge)


def rod(a: Vec, b: Vec, radius: float) -> Rod:
    return Rod(a, b, radius, radius)


# -- floor and walls


def mat(x: tuple[float, float] = (-45, 45), half: float = 19, z: float = 0, thick: float = 1.4) -> Prop:
    """An exercise mat; its top is the floor."""
    a, b = x
    top = np.array(((a, 0, z + half), (b, 0, z + half), (b, 0, z - half), (a, 0, z - half)), dtype=float)
    down = vec(0, -thick, 0)
    sides = ((0, 1, Z), (2, 3, -Z), (1, 2, X), (3, 0, -X))
    faces = [Sheet("matside", np.array((top[i], top[j], top[j] + down, top[i] + down)), normal=n) for i, j, n in sides]
    return Prop(sheets=[*faces, Sheet("mat", top)])


def floor(x: tuple[float, float] = (-26, 26), half: float = 11, z: float = 0) -> Prop:
    """A patch of floor, so that a standing person does not float."""
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    middle, wide = (x[0] + x[1]) / 2, (x[1] - x[0]) / 2
    points = np.stack((middle + wide * np.cos(a), 0 * a, z + half * np.sin(a)), axis=1)
    return Prop(sheets=[Sheet("floor", points, line=False)])


def wall(
    x: float | None = None,
    z: float | None = None,
    span: tuple[float, float] = (-26, 26),
    height: float = 112,
) -> Prop:
    """A wall across the way (`x`, seen from behind the person) or along it on the far side (`z`)."""
    a, b = span
    if x is not None:
        corners = ((x, 0, b), (x, 0, a), (x, height, a), (x, height, b))
        strip = ((x, 0, b), (x, 0, a), (x - 9, 0, a), (x - 9, 0, b))
        plane = (vec(x, 0, 0), vec(-1.0, 0, 0))
    else:
        d = z if z is not None else -12.0
        corners = ((a, 0, d), (b, 0, d), (b, height, d), (a, height, d))
        strip = ((a, 0, d), (b, 0, d), (b, 0, d + 9), (a, 0, d + 9))
        plane = (vec(0, 0, d), vec(0, 0, 1.0))
    sheets = [Sheet("floor", np.array(strip, dtype=float), False), Sheet("wall", np.array(corners, dtype=float))]
    return Prop(sheets=sheets, planes=[plane], place=plane[0])


def behind(x: float = -8, span: tuple[float, float] = (-30, 30), height: float = 112) -> Prop:
    """A wall at the person's back; look from the front."""
    a, b = span
    corners = ((x, 0, b), (x, 0, a), (x, height, a), (x, height, b))
    strip = ((x, 0, b), (x, 0, a), (x + 14, 0, a), (x + 14, 0, b))
    sheets = [Sheet("floor", np.array(strip, dtype=float), False), Sheet("wall", np.array(corners, dtype=float))]
    return Prop(sheets=sheets, planes=[(vec(x, 0, 0), vec(1.0, 0, 0))], place=vec(x, 0, 0))


def corner(x: float = 24, length: float = 36, height: float = 112) -> Prop:
    """Two walls that meet ahead of the person, at 45 degrees to either side."""
    sheets, planes = [], []
    tip = vec(x, 0, 0)
    for side in (-1, 1):
        end = tip + unit(vec(-1, 0, side)) * length
        up = vec(0, height, 0)
        inward = unit(vec(-1, 0, -side))
        strip = np.array((tip, end, end + inward * 9, tip + inward * 9))
        sheets.append(Sheet("floor", strip, False))
        sheets.append(Sheet("wall" if side < 0 else "wallside", np.array((tip, end, end + up, tip + up))))
        planes.append((tip, inward))
    sheets.sort(key=lambda s: s.colour != "floor")
    return Prop(sheets=sheets, planes=planes, place=tip)


def doorway(x: float = 4, width: float = 46, height: float = 112, deep: float = 3) -> Prop:
    """An open door frame across the way, with a stretch of wall on either side."""
    frame, out = upright((x, 0, 0)), Prop(place=vec(x, 0, 0))
    for side in (-1, 1):
        z = side * (width / 2 + 1.6)
        out.solids.append(solid("wood", block_at(frame, (0, height / 2, z), (deep / 2, height / 2, 1.6))))
    out.solids.append(solid("wood", block_at(frame, (0, height + 1.6, 0), (deep / 2, 1.6, width / 2 + 3.2))))
    return out


# -- furniture


def chair(
    at: Point = (0, 0, 0),
    facing: float = 0,
    seat: float = 24.5,
    width: float = 22,
    deep: float = 22,
    back: float = 26,
    arms: bool = False,
) -> Prop:
    """A plain firm chair; `at` is the floor under its middle, `back` the height of the backrest (0 = stool)."""
    f, w, d = upright(at, facing), width / 2, deep / 2
    legs = [
        rod(f.point(x, seat - 1.5, z), f.point(x * 1.08, 0.8, z * 1.05), 0.8)
        for x in (-d + 1.2, d - 1.2)
        for z in (-w + 1.2, w - 1.2)
    ]
    out = Prop(place=f.point(0, seat), flat=True)
    out.solids = [solid("wood", *legs), solid("cushion", block_at(f, (0, seat - 1.1, 0), (d, 1.1, w), 0.8))]
    if back:
        posts = [rod(f.point(-d + 0.6, seat - 1, z), f.point(-d - 1.6, seat + back, z), 0.8) for z in (-w + 1, w - 1)]
        lean = Frame(f.point(-d - 1.2, seat + back - 6), *_leaning(f))
        out.solids += [solid("wood", *posts), solid("cushion", Box(lean, (0.9, 6.5, w - 0.2), 0.8))]
    if arms:
        for z in (-w - 0.6, w + 0.6):
            bar = rod(f.point(-d, seat + 9, z), f.point(d - 3, seat + 9, z), 1.0)
            post = rod(f.point(d - 4, seat + 9, z), f.point(d - 4, seat - 1, z), 0.8)
            out.solids.append(solid("wood", bar, post))
    return out


def _leaning(f: Frame) -> tuple[Vec, Vec, Vec]:
    m = turn(f.right, 5)
    return m @ f.front, m @ f.up, f.right


def table(at: Point = (0, 0, 0), top: float = 42, size: tuple[float, float] = (30, 50), facing: float = 0) -> Prop:
    """A table; `size` along the way and across it."""
    f, d, w = upright(at, facing), size[0] / 2, size[1] / 2
    legs = [rod(f.point(x, top - 1, z), f.point(x, 0.8, z), 1.0) for x in (-d + 2, d - 2) for z in (-w + 2, w - 2)]
    board = block_at(f, (0, top - 0.9, 0), (d, 0.9, w), 0.4)
    return Prop([solid("wood", *legs), solid("wood", board)], place=f.point(0, top), flat=True)


def bed(x: tuple[float, float] = (-62, 52), half: float = 21, top: float = 26, z: float = 0) -> Prop:
    """A bed or couch with its mattress; who lies on it lies at height `top`."""
    f = upright(((x[0] + x[1]) / 2, 0, z))
    long = (x[1] - x[0]) / 2
    base = block_at(f, (0, top - 11, 0), (long - 0.6, 3.0, half - 0.6), 0.4)
    feet = [
        block_at(f, (a, (top - 13) / 2, b), (1.3, (top - 13) / 2, 1.3))
        for a in (4 - long, long - 4)
        for b in (4 - half, half - 4)
    ]
    mattress = block_at(f, (0, top - 4, 0), (long, 4.0, half), 1.4)
    return Prop([solid("wood", base, *feet), solid("sheet", mattress)], place=f.point(0, top), soft=True, flat=True)


def step(at: Point = (0, 0, 0), size: Point = (20, 9, 34), facing: float = 0) -> Prop:
    """A step; `size` is depth along the way, height, width across it; `at` the floor under its middle."""
    f = upright(at, facing)
    box = block_at(f, (0, size[1] / 2, 0), (size[0] / 2, size[1] / 2, size[2] / 2), 0.4)
    return Prop([solid("wood", box)], place=f.point(0, size[1]), flat=True)


def block(at: Point = (0, 0, 0), size: Point = (10, 10, 10), facing: float = 0, colour: str = "prop") -> Prop:
    """A plain box by its middle: for what has no kind of its own."""
    half = tuple(s / 2 for s in size)
    return Prop([solid(colour, Box(upright(at, facing), half, min(0.5, min(half) / 2)))], place=vec(*at))  # type: ignore[arg-type]


def pad(at: Point = (0, 0, 0), size: Point = (26, 4, 22)) -> Prop:
    """A foam pad to stand on; `at` is the floor under its middle."""
    box = block_at(upright(at), (0, size[1] / 2, 0), (size[0] / 2, size[1] / 2, size[2] / 2), 1.2)
    return Prop([solid("foam", box)], place=vec(at[0], size[1], at[2]), soft=True, flat=True)


def pillow(at: Point = (0, 3, 0), size: Point = (16, 5, 24), facing: float = 0, tilt: float = 0) -> Prop:
    """A pillow by its middle; `tilt` lifts its front edge."""
    f = upright(at, facing)
    m = turn(f.right, tilt)
    frame = Frame(f.at, m @ f.front, m @ f.up, f.right)
    soft = Egg(frame, (size[0] / 2 * 1.15, size[1] / 2 * 1.1, size[2] / 2 * 1.15))
    box = Box(frame, (size[0] / 2, size[1] / 2 * 0.75, size[2] / 2), min(1.6, size[1] / 2 * 0.7))
    both = Solid("prop", "cloth", (Group((box,)), Group((soft,), blend=1.5)))
    return Prop([both], place=vec(*at), soft=True)


# -- small things


def _way(along: str | Sequence[float]) -> Vec:
    return {"x": X, "y": Y, "z": Z}[along] if isinstance(along, str) else unit(np.array(along, dtype=float))


def roller(
    at: Point = (0, 4.5, 0), along: str | Sequence[float] = "z", length: float = 28, radius: float = 4.5
) -> Prop:
    """A foam roller by its middle."""
    return Prop(_roll("prop", "propend", "prophole", at, along, length, radius, 0.34), place=vec(*at), soft=True)


def _roll(
    side: str, face: str, core: str, at: Point, along: str | Sequence[float], length: float, radius: float, hole: float
) -> list[Solid]:
    """A roll whose ends differ in colour from its side, so that a seam shows the edge."""
    middle, way = vec(*at), _way(along)
    a, b = middle - way * length / 2, middle + way * length / 2
    out = [solid(side, Drum(a, b, radius))]
    for end, n in ((a, -way), (b, way)):
        out.append(solid(face, Drum(end - n * 0.3, end + n * 0.12, radius)))
        out.append(solid(core, Drum(end - n * 0.3, end + n * 0.3, radius * hole)))
    return out


def towel(at: Point = (0, 2.5, 0), along: str | Sequence[float] = "z", length: float = 18, radius: float = 2.5) -> Prop:
    """A rolled towel by its middle."""
    return Prop(_roll("cloth", "clothend", "cloth", at, along, length, radius, 0.5), place=vec(*at), soft=True)


def ball(at: Point = (0, 5, 0), radius: float = 5, colour: str = "ball") -> Prop:
    """A ball by its middle."""
    return Prop([solid(colour, Egg(upright(at), (radius,) * 3))], place=vec(*at), soft=True)


def pack(at: Vec, facing: Point = (0, 1, 0), size: tuple[float, float] = (11, 8), colour: str = "heat") -> Prop:
    """A heat or cold pack (`colour` heat, ice or cloth) lying on the body; `facing` is the way its outer side looks."""
    normal = unit(vec(*facing))
    side = across(Z, normal, X)
    frame = Frame(np.array(at), np.cross(normal, side), normal, side)
    inner = Box(frame.moved(normal * 0.5), (size[0] / 2 - 1.3, 1.0, size[1] / 2 - 1.3), 0.8)
    outer = Box(frame, (size[0] / 2, 0.8, size[1] / 2), 0.7)
    return Prop([solid("cloth", outer), solid(colour, inner)], place=frame.at, soft=True)


def bar(ends: Sequence[Vec], radius: float = 0.8, over: float = 0, colour: str = "prop") -> Prop:
    """A rail, a stick or a pole between two points, `over` units longer at both ends."""
    a, b = ends
    way = unit(b - a) * over
    return Prop([solid(colour, rod(a - way, b + way, radius))], place=(a + b) / 2)


def stick(ends: Sequence[Vec], over: float = 9, radius: float = 0.75) -> Prop:
    """A wooden stick held in both hands: `ends` are the grips."""
    return bar(ends, radius, over, "wood")


def massage_stick(ends: Sequence[Vec], over: float = 3) -> Prop:
    """A roller stick: a thick middle with a handle at either end; `ends` are the grips."""
    a, b = ends
    n = unit(b - a)
    handle = solid("prop", rod(a - n * over, b + n * over, 0.9))
    return Prop([handle, solid("foam", rod(a + n * 3, b - n * 3, 1.7))], place=(a + b) / 2)


def poles(ends: Sequence[Vec], radius: float = 0.5) -> Prop:
    """Walking poles: points in pairs, grip and tip."""
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return Prop([solid("prop", rod(a + unit(a - b) * 2, b, radius)) for a, b in pairs])


def strap(path: Sequence[Vec], radius: float = 0.75, closed: bool = False, colour: str = "strap") -> Prop:
    """A strap or towel drawn from point to point; give points round the foot, and what is behind is hidden."""
    points = [*path, path[0]] if closed else list(path)
    rods = [rod(a, b, radius) for a, b in pairwise(points)]
    return Prop([Solid("prop", colour, (Group(tuple(rods)),), exact=True)], place=points[0])


def band(path: Sequence[Vec], radius: float = 0.6, closed: bool = False) -> Prop:
    """An elastic band from point to point."""
    return strap(path, radius, closed, "band")


def disc(
    at: Point = (0, 10, 0),
    along: str | Sequence[float] = "z",
    radius: float = 10,
    thick: float = 3,
    colour: str = "prop",
) -> Prop:
    """A flat wheel or drum by its middle."""
    middle, way = vec(*at), _way(along) * thick / 2
    return Prop([solid(colour, Drum(middle - way, middle + way, radius))], place=middle)


def pool(level: float = 60, x: tuple[float, float] = (-60, 60), bottom: float = 0) -> Prop:
    """Water up to a level, in front of the person; the pool's floor is drawn too."""
    a, b = x
    corners = np.array(((a, bottom, 16), (b, bottom, 16), (b, bottom, -16), (a, bottom, -16)), dtype=float)
    return Prop(sheets=[Sheet("floor", corners, False)], water=level)
