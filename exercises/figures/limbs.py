"""One limb at a time: two bones that reach for a point, which way a joint hinges, how a hand lies."""

from __future__ import annotations

import numpy as np

from exercises.figures.bodies import UPPER_ARM
from exercises.figures.vectors import Frame, Vec, across, between, smooth, unit

STRAIGHT, CLEARLY_BENT = 4.0, 22.0  # degrees; between them the hinge fades from the body's to the limb's own


def reach(root: Vec, target: Vec, upper: float, lower: float, pole: Vec) -> tuple[Vec, Vec, float]:
    """The middle joint, the end, and by how much the end misses the target."""
    way = target - root
    wanted = float((way @ way) ** 0.5)
    length = min(max(wanted, abs(upper - lower) + 0.05), upper + lower - 0.02)
    along = unit(way)
    first = (upper**2 - lower**2 + length**2) / (2 * length)
    aside = max(upper**2 - first**2, 0.0) ** 0.5
    middle = root + along * first + across(pole, along) * aside
    return middle, root + along * length, abs(wanted - length)


def resting_elbow(shoulder: Vec, target: Vec) -> tuple[Vec, float]:
    """The elbow at exactly the target's height and in its direction; the miss is what the height asks too much."""
    drop = float(target[1] - shoulder[1])
    level = np.array((target[0] - shoulder[0], 0.0, target[2] - shoulder[2]))
    aside = max(UPPER_ARM**2 - drop**2, 0.0) ** 0.5
    elbow = shoulder + unit(level) * aside + np.array((0.0, np.clip(drop, -UPPER_ARM, UPPER_ARM), 0.0))
    return elbow, max(0.0, abs(drop) - UPPER_ARM)


def hinge(turned: Vec, upper: Vec, fallback: Vec) -> Vec:
    """The axis of knee or elbow, from the limb's own bend where it is bent, else from the body."""
    own = unit(turned, fallback)
    base = across(fallback, upper, own)
    share = smooth((float((turned @ turned) ** 0.5) - 0.06) / 0.3)
    if own @ base < -0.2 and share < 1:
        share = 0.0
    return across(share * own + (1 - share) * base, upper, base)


def limb_frame(at: Vec, along: Vec, axis: Vec) -> Frame:
    """A bone's axes; `up` points back toward the body."""
    right = across(axis, along)
    return Frame(at, np.cross(-along, right), -along, right)


def hand_axes(fingers: Vec, palm: Vec, other: Vec) -> tuple[Vec, Vec]:
    """The palm's normal made square to the fingers, and the line across the knuckles."""
    if min(between(palm, fingers), between(palm, -fingers)) < 12:
        palm = other
    normal = across(palm, fingers)
    return normal, np.cross(fingers, normal)
