"""The posture of a stiff spine: the chest leans forward and the head sits ahead of it, as in ankylosing spondylitis."""

from __future__ import annotations

from dataclasses import replace

from exercises.figures.figure import Scene


def stiffened(scene: Scene, lean: float, head: float) -> Scene:
    """The same scene with the chest `lean` degrees and the head `head` degrees farther forward.

    Forward is a smaller angle in every posture. The neck takes both, the face half of the head's share: people with a
    bent spine lift their chin to see. A twist or side-bend shrinks to a third.
    """
    p = scene.pose
    pelvis, waist, chest = p.spine()
    stiff = replace(
        p,
        waist=waist - lean * 0.35,
        chest=chest - lean,
        neck=p.neck - lean - head * 0.6,
        head=p.head - lean * 0.4 - head * 0.25,
        bend=p.bend / 3,
        twist=p.twist / 3,
        head_turn=p.head_turn / 2,
        head_tilt=p.head_tilt / 2,
        pelvis=pelvis,
    )
    return Scene(scene.name, stiff, scene.props)
