"""Tubes: elliptical sections strung along a bone, as segments whose distance is cheap to compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from exercises.figures.bodies import Section, Sections
from exercises.figures.shapes import Loft, Ring, Segment
from exercises.figures.vectors import Frame, Vec


def _resampled(sections: Sections, places: Iterable[float]) -> list[Section]:
    table = np.array(sections)
    curve = PchipInterpolator(table[:, 0], table[:, 1:])
    return [(s, float(a), float(b), float(c)) for s, (a, b, c) in ((s, curve(s)) for s in places)]


def tube(
    frame_at: Callable[[float], Frame],
    sections: Sections,
    places: Iterable[float],
    grow: float = 0.0,
    caps: tuple[float, float] = (1.0, 1.0),
) -> tuple[Segment, ...]:
    """Segments through the sections at the places; `frame_at` gives the bone's axes at each."""
    rings = []
    for s, a, b, shift in _resampled(sections, places):
        frame = frame_at(s)
        rings.append(Ring(frame.point(shift, 0), frame.right, frame.front, a + grow, b + grow))
    last = len(rings) - 2
    return tuple(
        Segment(p, q, (caps[0] if n == 0 else 1.0, caps[1] if n == last else 1.0))
        for n, (p, q) in enumerate(pairwise(rings))
    )


def plane(frame: Frame, length: float, s: float) -> tuple[Vec, Vec]:
    """Cuts off what lies beyond s on a bone."""
    return frame.at - frame.up * length * s, -frame.up


def straight(
    frame: Frame,
    length: float,
    sections: Sections,
    part: tuple[float, float] = (0.0, 1.0),
    grow: float = 0.0,
    caps: tuple[float, float] = (1.0, 1.0),
) -> tuple[Loft, ...]:
    """A smooth tube along one bone, from a share of its length to another."""
    rows = np.array(_resampled(sections, np.linspace(*part, 25)), dtype=np.float32)
    start, end = part
    return (
        Loft(
            frame.moved(-frame.up * length * start),
            length * (end - start),
            rows[:, 1] + np.float32(grow),
            rows[:, 2] + np.float32(grow),
            rows[:, 3],
            caps,
        ),
    )
