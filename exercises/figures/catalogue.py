"""Every kind of prop by its name in a pose file, and the keys it understands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from exercises.figures import machines, props
from exercises.figures.props import Prop

REQUIRED = inspect.Parameter.empty
KINDS: Mapping[str, Callable[..., Prop]] = {
    f.__name__: f
    for f in (
        props.mat,
        props.floor,
        props.wall,
        props.behind,
        props.corner,
        props.doorway,
        props.chair,
        props.table,
        props.bed,
        props.step,
        props.block,
        props.pad,
        props.pillow,
        props.roller,
        props.towel,
        props.ball,
        props.pack,
        props.bar,
        props.stick,
        props.massage_stick,
        props.poles,
        props.strap,
        props.band,
        props.disc,
        props.pool,
        machines.bike,
        machines.recumbent,
        machines.treadmill,
        machines.rower,
        machines.elliptical,
    )
}
POINTS, POINT = ("ends", "path"), {"pack": "at"}  # keys that hold targets, not numbers


def keys(kind: str) -> Mapping[str, Any]:
    """The keys a kind understands, with what they are when left out."""
    return {name: p.default for name, p in inspect.signature(KINDS[kind]).parameters.items()}
