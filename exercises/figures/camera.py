"""An orthographic camera: where a point of the room lands in the picture, and how near it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.figures.vectors import Matrix, Vec

# From the side a little in front, from behind, from the front, and what serves the floor.
NAMED = {
    "side": (16.0, 8.0),
    "side_behind": (-16.0, 8.0),
    "three_quarter": (42.0, 14.0),
    "three_quarter_behind": (-42.0, 12.0),
    "front": (82.0, 5.0),
    "back": (-82.0, 6.0),
    "corner": (-58.0, 8.0),
    "lying": (16.0, 12.0),
    "crossing": (44.0, 20.0),
    "above": (20.0, 42.0),
}


@dataclass(frozen=True, slots=True)
class Camera:
    """`yaw` 0 looks from the person's right side, 90 from the front, negative from behind; `pitch` from above."""

    yaw: float
    pitch: float

    @property
    def matrix(self) -> Matrix:
        """Rows: right in the picture, up in the picture, toward the viewer."""
        a, b = np.radians(self.yaw), np.radians(self.pitch)
        near = np.array((np.sin(a), 0, np.cos(a)))
        up = np.array((0.0, 1.0, 0.0))
        return np.array(
            ((np.cos(a), 0, -np.sin(a)), up * np.cos(b) - near * np.sin(b), up * np.sin(b) + near * np.cos(b))
        )

    def see(self, points: Vec) -> Vec:
        """(u, v, nearness) of one point or of many rows."""
        return points @ self.matrix.T
