"""From the values of a pose file to records, each checked; what is wrong is said with its file and field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from exercises.figures import catalogue
from exercises.figures.figure import Arrow, Zone
from exercises.figures.palette import COLOURS
from exercises.figures.record import SIDES, Angle, Arm, Leg, Pose, Target, Triple
from exercises.figures.skeleton import PALMS

Raw = Mapping[str, Any]
SINGLE = ("pelvis", "waist", "chest", "neck", "head", "bend", "twist", "turn", "roll", "head_turn", "head_tilt")
NEEDED = ("pelvis", "chest", "neck", "head")
LEG = {"thigh", "shank", "foot", "to", "pole", "toes"}
ARM = {"up", "fore", "hand", "to", "elbow", "pole", "palm", "grip"}
POSE = {*SINGLE, "shoulders", "leg", "arm", "pin", "pelvis_at", "contacts", "base", "props", "note", "_base"}
NAMES = ("start", "middle", "end")
LIMB_PARTS = ("thigh", "shank", "foot", "ankle", "upperarm", "sleeve", "forearm", "hand")
PAINTED = {"chest", "pelvis", "neck", "head", "hair", *LIMB_PARTS, *(f"{p}.{s}" for p in LIMB_PARTS for s in SIDES)}
GRIPS = {"flat": 0.0, "relaxed": 22.0, "cup": 45.0, "fist": 92.0}
PALM_WORDS = {*PALMS, "in", "out", "front", "back"}
# Saying one way to place a limb drops the other way the base may have used.
DROPS = {
    "thigh": ("to", "pole"),
    "shank": ("to", "pole"),
    "up": ("to", "pole", "elbow"),
    "to": ("thigh", "shank", "up", "fore", "elbow"),
    "elbow": ("up", "to", "pole"),
}


class FigureError(ValueError):
    """A pose file that cannot be used; names the file and the field."""

    def __init__(self, file: str, field: str, trouble: str) -> None:
        super().__init__(f"{file}: {field}: {trouble}" if field else f"{file}: {trouble}")


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; `where / "leg.R"` goes deeper."""

    file: str
    field: str = ""

    def __truediv__(self, name: str) -> Where:
        return Where(self.file, f"{self.field}.{name}" if self.field else name)

    def wrong(self, trouble: str) -> FigureError:
        return FigureError(self.file, self.field, trouble)

    def table(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong("give a table of keys")
        return value

    def known(self, raw: Raw, names: Collection[str]) -> None:
        for name in raw:
            if name not in names:
                raise (self / name).wrong(f"is not understood; known are {', '.join(sorted(names))}")

    def number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"give a number, not {value!r}")
        return float(value)

    def numbers(self, value: Any, count: int) -> tuple[float, ...]:
        if not isinstance(value, list) or len(value) != count:
            raise self.wrong(f"give {count} numbers in brackets, not {value!r}")
        return tuple(self.number(v) for v in value)

    def choice(self, value: Any, name: str, among: Collection[Any]) -> Any:
        if value not in among:
            raise (self / name).wrong(f"is {value!r}; possible are {', '.join(str(a) for a in among)}")
        return value


def several(value: Any) -> list[Any]:
    """A value that may be missing, one, or a list of them."""
    return [] if value is None else value if isinstance(value, list) else [value]


def target(value: Any, where: Where) -> Target:
    """`[x, y, z]`, `["knee.L", x, y, z]` or `"knee.L"`."""
    if isinstance(value, str):
        return Target((0.0, 0.0, 0.0), value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return Target(_triple(value[1:], where), value[0])
    return Target(_triple(value, where))


def _triple(value: Any, where: Where) -> Triple:
    x, y, z = where.numbers(value, 3)
    return x, y, z


def angle(value: Any, where: Where) -> Angle:
    """A number, or `[in the side view, outward]`."""
    if isinstance(value, list):
        a, out = where.numbers(value, 2)
        return a, out
    return where.number(value), 0.0


# -- poses


def pose(layers: Sequence[Raw], where: Where) -> Pose:
    """What the layers say together, the last one on top."""
    merged: dict[str, Any] = {}
    for layer in layers:
        where.known(layer, POSE)
        merged |= {k: v for k, v in layer.items() if k not in ("leg", "arm", "props", "base", "note", "_base")}
        if "pin" in layer:
            merged.pop("pelvis_at", None)
        if "pelvis_at" in layer:
            merged.pop("pin", None)
    for name in NEEDED:
        if name not in merged:
            raise (where / name).wrong("is missing (give it, or a `base`)")
    legs: dict[str, Leg] = {s: _leg(_limb(layers, "leg", s, LEG, where), where / f"leg.{s}") for s in SIDES}
    arms: dict[str, Arm] = {s: _arm(_limb(layers, "arm", s, ARM, where), where / f"arm.{s}") for s in SIDES}
    return Pose(legs=legs, arms=arms, **_simple(merged, where))


def pose_over(before: Pose, raw: Raw, where: Where) -> Pose:
    """A finished pose with some fields said anew (the stiff variant's own section)."""
    where.known(raw, POSE)
    changes: dict[str, Any] = _simple({k: v for k, v in raw.items() if k not in ("leg", "arm", "props", "note")}, where)
    legs, arms = dict(before.legs), dict(before.arms)
    for s in SIDES:
        if leg := _limb([raw], "leg", s, LEG, where):
            legs[s] = _leg({**_said(legs[s], leg), **leg}, where / f"leg.{s}")
        if arm := _limb([raw], "arm", s, ARM, where):
            arms[s] = _arm({**_said(arms[s], arm), **arm}, where / f"arm.{s}")
    return replace(before, legs=legs, arms=arms, **changes)


def _said(limb: Leg | Arm, new: Raw) -> dict[str, Any]:
    dropped = {d for key in new for d in DROPS.get(key, ())}
    return {f.name: v for f in fields(limb) if (v := getattr(limb, f.name)) is not None and f.name not in dropped}


def _simple(merged: Raw, where: Where) -> dict[str, Any]:
    out: dict[str, Any] = {k: (where / k).number(merged[k]) for k in SINGLE if k in merged}
    if "shoulders" in merged:
        out["shoulders"] = (where / "shoulders").numbers(merged["shoulders"], 2)
    if "pin" in merged:
        out["pin"] = _pin(merged["pin"], where / "pin")
    if "pelvis_at" in merged:
        value = merged["pelvis_at"]
        out["pelvis_at"] = _triple(
            [*value, 0] if isinstance(value, list) and len(value) == 2 else value, where / "pelvis_at"
        )
    if "contacts" in merged:
        out["contacts"] = tuple(_contact(c, where / "contacts") for c in several(merged["contacts"]))
    return out


def _pin(value: Any, where: Where) -> tuple[str, float, float]:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise where.wrong('give a joint and where it stays, such as ["knee.R", 0, 4.2]')
    return value[0], where.number(value[1]), where.number(value[2])


def _contact(value: Any, where: Where) -> tuple[str, str]:
    part, on, surface = str(value).partition(" on ")
    if not on or not part or not surface:
        raise where.wrong(f'{value!r} should read like "knee.R on floor"')
    return part.strip(), surface.strip()


def _limb(layers: Sequence[Raw], kind: str, side: str, names: set[str], where: Where) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        limbs = (where / kind).table(layer.get(kind, {}))
        (where / kind).known(limbs, {"R", "L", "both"})
        for key in ("both", side):
            keys = (where / kind / key).table(limbs.get(key, {}))
            (where / kind / key).known(keys, names)
            for said in keys:
                for dropped in DROPS.get(said, ()):
                    merged.pop(dropped, None)
            merged |= keys
    return merged


def _leg(raw: Raw, where: Where) -> Leg:
    if not ("to" in raw or ("thigh" in raw and "shank" in raw)):
        raise where.wrong("give `thigh` and `shank`, or `to`")
    return Leg(
        **{k: _maybe_angle(raw[k], where / k) for k in ("thigh", "shank", "foot") if k in raw},
        to=_maybe_target(raw.get("to"), where / "to"),
        pole=_maybe_triple(raw.get("pole"), where / "pole"),
        toes=(where / "toes").number(raw.get("toes", 0)),
    )


def _arm(raw: Raw, where: Where) -> Arm:
    if not ("to" in raw or ("fore" in raw and ("up" in raw or "elbow" in raw))):
        raise where.wrong("give `up` and `fore`, or `to`, or `elbow` and `fore`")
    grip = raw.get("grip")
    return Arm(
        **{k: _maybe_angle(raw[k], where / k) for k in ("up", "fore", "hand") if k in raw},
        to=_maybe_target(raw.get("to"), where / "to"),
        elbow=_maybe_target(raw.get("elbow"), where / "elbow"),
        pole=_maybe_triple(raw.get("pole"), where / "pole"),
        palm=_palm(raw.get("palm"), where / "palm"),
        grip=_grip(grip, where / "grip"),
    )


def _grip(value: Any, where: Where) -> float | None:
    if isinstance(value, str):
        if value not in GRIPS:
            raise where.wrong(f"is {value!r}; possible are {', '.join(GRIPS)}, or degrees")
        return GRIPS[value]
    return None if value is None else where.number(value)


def _maybe_angle(value: Any, where: Where) -> Angle:
    return value if isinstance(value, tuple) else angle(value, where)


def _maybe_target(value: Any, where: Where) -> Target | None:
    return value if value is None or isinstance(value, Target) else target(value, where)


def _maybe_triple(value: Any, where: Where) -> Triple | None:
    return value if value is None or isinstance(value, tuple) else _triple(value, where)


def _palm(value: Any, where: Where) -> Triple | str | None:
    if isinstance(value, str):
        if value not in PALM_WORDS:
            raise where.wrong(f"is {value!r}; possible are {', '.join(sorted(PALM_WORDS))}, or [x, y, z]")
        return value
    return _maybe_triple(value, where)


# -- marks and props


def zone(raw: Any, where: Where) -> Zone:
    table = where.table(raw)
    where.known(table, {"at", "size", "tilt", "parts", "poses"})
    _named(table, where)
    for part in several(table.get("parts")):
        if part not in PAINTED:
            raise (where / "parts").wrong(f"{part!r} is no part; possible are {', '.join(sorted(PAINTED))}")
    size = table.get("size", 5)
    wide, high = (where / "size").numbers(size, 2) if isinstance(size, list) else ((where / "size").number(size),) * 2
    return Zone(
        target(table.get("at"), where / "at"),
        (wide, high),
        (where / "tilt").number(table.get("tilt", 0)),
        tuple(several(table.get("parts"))),
        tuple(several(table.get("poses"))),
    )


def _named(table: Raw, where: Where) -> None:
    for name in several(table.get("poses")):
        if name not in NAMES:
            raise (where / "poses").wrong(f"{name!r} is no pose; possible are {', '.join(NAMES)}")


def arrow(raw: Any, where: Where) -> Arrow:
    table = where.table(raw)
    where.known(table, {"from", "to", "bow", "kind", "poses"})
    _named(table, where)
    return Arrow(
        target(table.get("from"), where / "from"),
        target(table.get("to"), where / "to"),
        (where / "bow").number(table.get("bow", 0)),
        where.choice(table.get("kind", "one"), "kind", ("one", "both", "pair")),
        tuple(several(table.get("poses"))),
    )


def prop(raw: Raw, where: Where) -> dict[str, Any]:
    """A prop's keys with its points read as targets."""
    kind = where.choice(raw.get("kind"), "kind", catalogue.KINDS)
    where.known(raw, {"kind", *catalogue.keys(kind)})
    if "colour" in raw:
        where.choice(raw["colour"], "colour", COLOURS)
    out = dict(raw)
    for key in catalogue.POINTS:
        if key in out:
            out[key] = [t if isinstance(t, Target) else target(t, where / key) for t in several(out[key])]
    if kind in catalogue.POINT and not isinstance(out.get(catalogue.POINT[kind]), Target):
        out[catalogue.POINT[kind]] = target(out.get(catalogue.POINT[kind]), where / catalogue.POINT[kind])
    for key, needed in catalogue.keys(kind).items():
        if needed is catalogue.REQUIRED and key not in out:
            raise (where / key).wrong("is missing")
    return out
