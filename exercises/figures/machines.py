"""Training machines from blocks, bars and wheels: simple, recognisable, the same lines as the rest."""

from __future__ import annotations

import numpy as np

from exercises.figures.props import Point, Prop, rod, solid, upright
from exercises.figures.shapes import Box, Drum, Egg, Solid
from exercises.figures.vectors import Frame, Vec

CRANK = 8.5


def _clear(f: Frame, at: Vec, half: Point) -> Box:
    return Box(Frame(at, f.front, f.up, f.right), half)


def pedals(f: Frame, hub: Vec, crank: float, apart: float = 7.0) -> tuple[Vec, Vec]:
    """The pedals' middles, near and far; `crank` is the near one's clock hand."""
    a = np.radians(crank)
    arm = (f.front * np.cos(a) + f.up * np.sin(a)) * CRANK
    return hub + arm + f.right * apart, hub - arm - f.right * apart


def _cranks(f: Frame, hub: Vec, crank: float) -> list[Solid]:
    out = []
    for pedal, inward in zip(pedals(f, hub, crank), (-f.right, f.right), strict=True):
        out.append(solid("metal", rod(hub - inward * 3, pedal + inward * 3.5, 0.8)))
        out.append(solid("prop", _clear(f, pedal, (3.8, 0.7, 2.4))))
    return out


def bike(at: Point = (0, 0, 0), saddle: float = 47, bars: float = 64, crank: float = -60) -> Prop:
    """An upright exercise bike; `at` is the floor under the saddle. Pedal points: hub at (13, 17), arm 8.5."""
    f = upright(at)
    hub, wheel, head = f.point(13, 17), f.point(34, 15), f.point(31, bars - 4)
    tubes = [(f.point(0, saddle - 2), hub), (hub, wheel), (wheel, head), (f.point(5, 34), f.point(32.5, 38))]
    feet = [rod(f.point(x, 1.1, -11), f.point(x, 1.1, 11), 1.1) for x in (1, 40)]
    stand = [rod(f.point(1, 1.1), hub, 1.2), rod(f.point(40, 1.1), wheel, 1.2)]
    grips = [rod(f.point(31, bars - 4, z), f.point(25, bars, z * 1.15), 0.9) for z in (-8, 8)]
    out = Prop(place=f.point(0, saddle))
    out.solids = [
        solid("metal", *(rod(a, b, 1.3) for a, b in tubes), *feet, *stand),
        solid("prop", Drum(wheel - f.right * 1.6, wheel + f.right * 1.6, 11.5)),
        solid("propend", Drum(wheel - f.right * 1.9, wheel + f.right * 1.9, 7.5)),
        solid("metal", rod(f.point(31, bars - 4, -8), f.point(31, bars - 4, 8), 0.9), *grips),
        *_cranks(f, hub, crank),
        solid("cushion", Egg(Frame(f.point(1, saddle - 1.6), f.front, f.up, f.right), (8.5, 1.8, 5.0))),
    ]
    return out


def recumbent(at: Point = (0, 0, 0), seat: float = 24, crank: float = -30) -> Prop:
    """A bike with a chair; `at` is the floor under the seat. Pedal points: hub at (43, 24), arm 8.5."""
    f = upright(at)
    hub = f.point(43, 24)
    back = Frame(f.point(-11, seat + 13), *(_leant(f, 20)))
    beam = [
        rod(f.point(-6, 6), f.point(46, 9), 1.6),
        rod(f.point(46, 9), hub, 1.6),
        rod(f.point(0, 6), f.point(0, seat - 2), 1.6),
    ]
    mast = [rod(f.point(46, 9), f.point(41, 50), 1.1), rod(f.point(41, 50, -5), f.point(41, 50, 5), 1.1)]
    feet = [rod(f.point(x, 1.1, -11), f.point(x, 1.1, 11), 1.1) for x in (-6, 48)]
    stand = [rod(f.point(-6, 1.1), f.point(-6, 6), 1.1), rod(f.point(48, 1.1), f.point(46, 9), 1.1)]
    out = Prop(place=f.point(0, seat))
    out.solids = [
        solid("metal", *beam, *mast, *feet, *stand),
        solid("prop", Drum(hub - f.right * 2, hub + f.right * 2, 10)),
        *_cranks(f, hub, crank),
        solid("cushion", _clear(f, f.point(0, seat - 1.2), (10, 1.2, 9.5))),
        solid("cushion", Box(back, (1.2, 13, 9.5), 0.8)),
    ]
    return out


def treadmill(at: Point = (0, 0, 0), length: float = 66, rail: float = 54) -> Prop:
    """A treadmill with side rails; `at` is the floor under its middle, the belt lies at height 6."""
    f, half = upright(at), length / 2
    posts = [rod(f.point(half - 6, 5, z), f.point(half - 2, rail + 8, z), 1.1) for z in (-15, 15)]
    rails = [rod(f.point(half - 2.5, rail, z), f.point(half - 26, rail, z), 1.0) for z in (-15, 15)]
    out = Prop(place=f.point(0, 6))
    out.solids = [
        solid("metal", _clear(f, f.point(0, 2.4), (half, 2.4, 16))),
        solid("prophole", _clear(f, f.point(0, 5.2), (half - 2, 0.8, 11))),
        solid("metal", posts[1], rails[1]),
        solid("metal", posts[0], rails[0]),
        solid("prop", _clear(f, f.point(half - 2, rail + 8), (1.6, 4.5, 16))),
    ]
    return out


def rower(at: Point = (0, 0, 0), seat: float = 0, pull: float = 0) -> Prop:
    """A rowing machine facing right; `seat` is where the seat slid to, `pull` how far the handle left the flywheel."""
    f = upright(at)
    wheel = f.point(48, 15)
    out = Prop(place=f.point(seat, 17))
    out.solids = [
        solid("metal", rod(f.point(-46, 9), f.point(42, 12), 1.8), rod(f.point(-44, 1, -9), f.point(-44, 1, 9), 1.1)),
        solid("metal", rod(f.point(-44, 1), f.point(-44, 9), 1.1), rod(f.point(46, 1, -11), f.point(46, 1, 11), 1.1)),
        solid("prop", Drum(wheel - f.right * 3, wheel + f.right * 3, 12)),
        solid("propend", Drum(wheel - f.right * 3.3, wheel + f.right * 3.3, 7)),
        *(solid("prop", Box(Frame(f.point(35, 14, z), *_leant(f, -35)), (0.8, 6, 3))) for z in (-6.5, 6.5)),
        solid("cushion", _clear(f, f.point(seat, 15.6), (7, 1.4, 7))),
        solid("metal", rod(f.point(44, 22), f.point(42 - pull, 22 + pull * 0.3), 0.4)),
        solid("prop", rod(f.point(42 - pull, 22 + pull * 0.3, -12.5), f.point(42 - pull, 22 + pull * 0.3, 12.5), 0.9)),
    ]
    return out


def elliptical(at: Point = (0, 0, 0), near: Point = (8, 14, 6), far: Point = (-8, 22, -6), lean: float = 0) -> Prop:
    """An elliptical trainer; `near` and `far` are the foot plates' middles, `lean` the near handle's lean."""
    f = upright(at)
    wheel, pivot = f.point(44, 16), f.point(34, 46)
    out = Prop(place=f.point(0, 0))
    out.solids = [
        solid(
            "metal",
            rod(f.point(-40, 1, -12), f.point(-40, 1, 12), 1.1),
            rod(f.point(50, 1, -12), f.point(50, 1, 12), 1.1),
        ),
        solid("metal", rod(f.point(-40, 1.5), f.point(50, 2), 1.5), rod(f.point(44, 2), f.point(34, 64), 1.5)),
        solid("prop", Drum(wheel - f.right * 2, wheel + f.right * 2, 13)),
        solid("propend", Drum(wheel - f.right * 2.3, wheel + f.right * 2.3, 8)),
    ]
    for plate, angle in ((near, lean), (far, -lean)):
        middle, z = f.point(*plate), plate[2] * 1.9
        a = np.radians(90 - angle)
        swing = f.front * np.cos(a) + f.up * np.sin(a)
        top, low = pivot + f.right * z + swing * 22, pivot + f.right * z - swing * 22
        out.solids += [
            solid("prop", _clear(f, middle - f.up * 0.9, (9, 0.9, 3.4))),
            solid("metal", rod(middle - f.up * 1.5, low, 1.0), rod(top, low, 1.0)),
            solid("prop", rod(top, top - swing * 6, 1.3)),
        ]
    return out


def _leant(f: Frame, degrees: float) -> tuple[Vec, Vec, Vec]:
    """Axes leaning back by degrees."""
    a = np.radians(degrees)
    up = f.up * np.cos(a) - f.front * np.sin(a)
    return np.cross(up, f.right), up, f.right
