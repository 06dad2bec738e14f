"""Whether a figure stands on the ground: how deep parts sink, how far contacts gape, what stays out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from exercises.figures.field import distance
from exercises.figures.figure import Figure, Scene
from exercises.figures.props import Prop
from exercises.figures.shapes import Egg, Loft, Rod, Segment, Shape, Solid
from exercises.figures.stage import Stage, put_up
from exercises.figures.vectors import Vec

DEEPEST, WIDEST, FARTHEST = 1.0, 1.5, 1.0  # below the floor, off a contact, out of reach
SOFT, SINK = 3.2, 4.2  # how far flesh may sink where it rests, and elsewhere into furniture
HELD = ("strap", "band", "bar", "stick", "massage_stick", "poles", "pack")  # may lie in a hand or on the skin
HOLDING = ("hand", "wrist", "forearm", "arm", "elbow", "shank")  # may lean on a side as well as on a top
# Places that are no part of their own: the parts that make them up, the joint, and how far round it they reach.
ZONES = {
    "knee": (("thigh", "shank"), "knee", 6.5),
    "heel": (("foot",), "heel", 4.2),
    "toes": (("foot",), "toes", 4.5),
    "ankle": (("foot", "shank"), "ankle", 4.5),
    "elbow": (("upperarm", "forearm"), "elbow", 4.5),
    "wrist": (("forearm", "hand"), "wrist", 3.0),
    "shoulder": (("upperarm", "sleeve", "chest"), "shoulder", 7.5),
    "hip": (("pelvis", "thigh"), "hip", 9.5),
    "arm": (("upperarm", "sleeve", "forearm", "hand"), "elbow", 99.0),
    "leg": (("thigh", "shank", "foot"), "knee", 99.0),
    "upperarm": (("upperarm", "sleeve"), "elbow", 99.0),
    "head": (("head", "hair"), "head", 99.0),
    "waist": (("chest", "pelvis"), "waist", 8.0),
}


@dataclass(slots=True)
class Report:
    """One pose's measures. `problems` is empty when it keeps every limit."""

    code: str
    pose: str
    floor: float = 0.0
    floor_part: str = ""
    gap: float = 0.0
    gap_contact: str = ""
    miss: float = 0.0
    miss_limb: str = ""
    problems: list[str] = field(default_factory=list)


def check(figure: Figure) -> list[Report]:
    """One report a scene, the stiff ones too."""
    reports = [report(figure, scene, put_up(figure, scene)) for scene in figure.scenes]
    if figure.stiff:
        for r in check(figure.stiff):
            r.pose = f"stiff {r.pose}"
            reports.append(r)
    return reports


def report(figure: Figure, scene: Scene, stage: Stage) -> Report:
    out = Report(figure.code, scene.name)
    _floor(stage, out)
    for part, surface in scene.pose.contacts:
        _contact(stage, part, surface, out)
    _reach(stage, out)
    _sinking(stage, scene, out)
    return out


def _floor(stage: Stage, out: Report) -> None:
    ground = min(
        (0.0, *(float(s.points[:, 1].min()) for p in stage.props.values() if p.water is not None for s in p.sheets))
    )
    lows = [(float(points(s)[:, 1].min()) - ground, s.part) for s in stage.solids]
    low, part = min(lows)
    out.floor, out.floor_part = min(low, 0.0), part if low < 0 else ""
    out.problems += [f"{p} is {-y:.1f} below the floor" for y, p in lows if y < -DEEPEST]


def _contact(stage: Stage, part: str, surface: str, out: Report) -> None:
    try:
        here = part_points(stage, part)
        gap, soft = _gap(stage, here, surface, part.split(".")[0] not in HOLDING)
    except KeyError as unknown:
        out.problems.append(f'"{part} on {surface}": there is no {unknown.args[0]!r} in this pose')
        return
    if abs(gap) > abs(out.gap):
        out.gap, out.gap_contact = gap, f"{part} on {surface}"
    if gap > WIDEST:
        out.problems.append(f"{part} is {gap:.1f} off the {surface}")
    elif gap < -(SOFT if soft else WIDEST):
        out.problems.append(f"{part} sinks {-gap:.1f} into the {surface}")


def _gap(stage: Stage, here: Vec, surface: str, rests: bool) -> tuple[float, bool]:
    """The smallest distance, and whether the surface gives."""
    if surface == "floor":
        return float(here[:, 1].min()), False
    if surface in stage.props:
        prop = stage.props[surface]
        gaps = [float(distance(s, here).min()) for s in prop.solids]
        gaps += [float(((here - at) @ n).min()) for at, n in prop.planes]
        if not gaps:
            raise KeyError(surface)
        return min(*gaps, _above(here, prop)) if prop.flat and rests else min(gaps), prop.soft or _is_seat(prop)
    return min(float(distance(s, here).min()) for s in part_solids(stage, surface)[0]), True


def _above(here: Vec, prop: Prop) -> float:
    """How high the points lie over a flat top, a board thinner than a body; those far below it are beside it."""
    top = float(prop.place[1])
    low, high = next(b for b in (s.bounds() for s in prop.solids[::-1]) if abs(b[1][1] - top) < 0.5)
    over = ((here > low) & (here < high))[:, (0, 2)].all(axis=1) & (here[:, 1] > top - 12)
    return float(here[over, 1].min()) - top if over.any() else np.inf


def _is_seat(prop: Prop) -> bool:
    return any(s.colour in ("cushion", "sheet") for s in prop.solids)


def _reach(stage: Stage, out: Report) -> None:
    for limb, miss in stage.skeleton.misses.items():
        if miss > out.miss:
            out.miss, out.miss_limb = miss, limb
        if miss > FARTHEST:
            out.problems.append(f"{limb} misses its target by {miss:.1f}")


def _sinking(stage: Stage, scene: Scene, out: Report) -> None:
    """A part inside furniture, declared or not."""
    for name, prop in stage.props.items():
        if scene.props[name]["kind"] in HELD:
            continue
        for part in stage.solids:
            deep = _depth(points(part), prop)
            if deep > SINK:
                out.problems.append(f"{part.part} is {deep:.1f} inside the {name}")


def _depth(here: Vec, prop: Prop) -> float:
    """How far the deepest of the points lies inside the prop."""
    depths = [0.0, *(-float(((here - at) @ n).min()) for at, n in prop.planes)]
    for solid in prop.solids:
        low, high = solid.bounds()
        near = here[((here > low) & (here < high)).all(axis=1)]
        if len(near):
            depths.append(-float(distance(solid, near).min()))
    return max(depths)


# -- points on the body's surface


def part_solids(stage: Stage, name: str) -> tuple[list[Solid], str, float]:
    """The solids of a part or zone, the joint it lies round and its reach."""
    word, _, side = name.partition(".")
    parts, joint, reach = ZONES.get(word, ((word,), "", 0.0))
    dot = f".{side}" if side else ""
    wanted = {p if p in ("chest", "pelvis", "head", "hair", "neck") else f"{p}{dot}" for p in parts}
    solids = [s for s in stage.solids if s.part in wanted]
    if not solids or (joint and f"{joint}{dot}" not in stage.skeleton.joints):
        raise KeyError(name)
    return solids, f"{joint}{dot}" if joint else "", reach


def part_points(stage: Stage, name: str) -> Vec:
    """Points on the surface of a part or zone."""
    solids, joint, reach = part_solids(stage, name)
    found = np.concatenate([points(s) for s in solids])
    if joint:
        near = np.linalg.norm(found - stage.skeleton.joints[joint], axis=1) < reach
        found = found[near] if near.any() else found
    return found


def points(solid: Solid) -> Vec:
    """Points on a solid's own surface."""
    found: list[Vec] = [p for g in solid.groups if not g.cut for shape in g.shapes for p in _on(shape)]
    all_points = np.array(found)
    for group in solid.groups:
        for at, n in group.planes:
            kept = all_points[(all_points - at) @ n < 0.2]
            all_points = kept if len(kept) else all_points
    return all_points


def _on(shape: Shape) -> Iterator[Vec]:
    turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    if isinstance(shape, Segment | Loft):
        for at, side, front in shape.rings():
            yield from at + np.cos(turns)[:, None] * side + np.sin(turns)[:, None] * front
    elif isinstance(shape, Egg):
        f, (x, y, z) = shape.frame, shape.radii
        for up in np.linspace(-np.pi / 2, np.pi / 2, 9):
            for a in turns:
                yield f.point(x * np.cos(up) * np.cos(a), y * np.sin(up), z * np.cos(up) * np.sin(a))
    elif isinstance(shape, Rod):
        yield shape.start
        yield shape.end
