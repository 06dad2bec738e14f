"""Reads the pose files and says plainly which file and field is wrong. README.md here describes the format."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from exercises.figures import read
from exercises.figures.bodies import BODIES
from exercises.figures.camera import NAMED, Camera
from exercises.figures.figure import Figure, PropSpec, Scene
from exercises.figures.palette import HAIRS, SKINS
from exercises.figures.read import NAMES, FigureError, Where
from exercises.figures.stiff import stiffened

FOLDER = Path(__file__).parent / "poses"
BASES = FOLDER / "bases.toml"
LOOKS, SIGHT = {"body", "skin", "hair", "shoes"}, {"camera", "props", "target", "arrow", "move"}
TOP = {*LOOKS, *SIGHT, "alt", "stiff", "note", *NAMES}
Raw = dict[str, Any]


def codes() -> list[str]:
    """Every exercise that has a pose file."""
    return sorted(path.stem for path in FOLDER.glob("[A-Z]*.toml"))


def load(code: str, folder: Path = FOLDER) -> Figure:
    """The figure of one exercise; raises FigureError."""
    path = folder / f"{code}.toml"
    where = Where(path.name)
    return parse(code, _toml(path), where)


def sources(code: str) -> list[Path]:
    """The files a figure is made from: its own, the bases, and another exercise it builds on."""
    own = FOLDER / f"{code}.toml"
    words = set(re.findall(r'base\s*=\s*"([A-Z]\d\d)', own.read_text(encoding="utf-8")))
    return [own, BASES, *(FOLDER / f"{w}.toml" for w in sorted(words) if (FOLDER / f"{w}.toml").exists())]


def parse(code: str, raw: Raw, where: Where) -> Figure:
    """A figure from what the file says."""
    where.known(raw, TOP)
    figure = _figure(code, raw, _scenes(raw, where), raw.get("alt"), where)
    if "stiff" not in raw:
        return figure
    place = where / "stiff"
    section = place.table(raw["stiff"])
    place.known(section, {"lean", "head", "alt", "props", "arrow", "target", *NAMES})
    changed = _stiff_raw(raw, section)
    scenes = [stiffened(s, section.get("lean", 14), section.get("head", 16)) for s in _scenes(changed, where)]
    scenes = [_over(s, section.get(s.name, {}), place / s.name) for s in scenes]
    stiff = _figure(code, changed, scenes, section.get("alt"), place)
    return Figure(**{**{f: getattr(figure, f) for f in Figure.__slots__}, "stiff": stiff})


def _stiff_raw(raw: Raw, section: Raw) -> Raw:
    props = {**raw.get("props", {}), **section.get("props", {})}
    return {**raw, **{k: section[k] for k in ("arrow", "target") if k in section}, "props": props, "move": False}


def _over(scene: Scene, raw: Raw, where: Where) -> Scene:
    """The stiff drawing with what its own section says on top."""
    if not raw:
        return scene
    pose = read.pose_over(scene.pose, where.table(raw), where)
    return Scene(scene.name, pose, _props([scene.props, raw.get("props", {})], where))


def _figure(code: str, raw: Raw, scenes: list[Scene], alt: Any, where: Where) -> Figure:
    return Figure(
        code=code,
        camera=_camera(raw.get("camera", "side"), where / "camera"),
        scenes=tuple(scenes),
        alt=_alt(alt, scenes, where / "alt"),
        body=where.choice(raw.get("body", default_body(code)), "body", BODIES),
        skin=where.choice(raw.get("skin", default_skin(code)), "skin", SKINS),
        hair=where.choice(raw["hair"], "hair", HAIRS) if "hair" in raw else "",
        shoes=bool(raw.get("shoes", False)),
        move=bool(raw.get("move", False)),
        zones=tuple(read.zone(z, where / "target") for z in read.several(raw.get("target"))),
        arrows=tuple(read.arrow(a, where / "arrow") for a in read.several(raw.get("arrow"))),
    )


def default_body(code: str) -> int:
    """Woman and man by turns, so that the set shows both."""
    return 1 if int(code[1:]) % 2 else 2


def default_skin(code: str) -> int:
    """Three skin tones by turns."""
    return (int(code[1:]) + ord(code[0])) % 3 + 1


def _camera(value: Any, where: Where) -> Camera:
    if isinstance(value, str):
        if value not in NAMED:
            raise where.wrong(f"there is no camera {value!r}; named ones are {', '.join(NAMED)}")
        return Camera(*NAMED[value])
    yaw, pitch = where.numbers(value, 2)
    return Camera(yaw, pitch)


def _alt(value: Any, scenes: list[Scene], where: Where) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or len(texts) != len(scenes) or not all(isinstance(t, str) and t for t in texts):
        raise where.wrong(f"give a list of {len(scenes)} texts, one for each pose")
    return tuple(texts)


# -- poses


@lru_cache(maxsize=1)
def bases() -> Mapping[str, Raw]:
    """The named postures."""
    return _toml(BASES)


def _scenes(raw: Raw, where: Where) -> list[Scene]:
    names = [n for n in NAMES if n in raw]
    if "start" not in names:
        raise (where / "start").wrong("every figure needs a [start] pose")
    return [_scene(raw, name, where / name) for name in names]


def _scene(raw: Raw, name: str, where: Where) -> Scene:
    layers = list(_layers(raw, name, where, ()))
    pose = read.pose(layers, where)
    return Scene(name, pose, _props([layer.get("props", {}) for layer in _with_file(layers, raw)], where))


def _with_file(layers: list[Raw], raw: Raw) -> list[Raw]:
    """The file's own props lie above those of bases and below those of its poses."""
    own = [layer for layer in layers if layer.get("_base")]
    return [*own, {"props": raw.get("props", {})}, *(layer for layer in layers if not layer.get("_base"))]


def _layers(raw: Raw, name: str, where: Where, seen: tuple[str, ...]) -> Iterator[Raw]:
    """The pose and what it builds on, the deepest first."""
    pose = where.table(raw[name])
    base = pose.get("base", None if name == "start" else "start")
    if base in seen:
        raise where.wrong(f"base {base!r} builds on itself")
    if base in NAMES and base in raw and base != name:
        yield from _layers(raw, base, where, (*seen, base))
    elif base is not None:
        yield from _base(base, where, ())
    yield pose


def _base(name: str, where: Where, seen: tuple[str, ...]) -> Iterator[Raw]:
    code, _, scene = name.partition(".")
    if (FOLDER / f"{code}.toml").exists() and code not in seen:
        other = _toml(FOLDER / f"{code}.toml")
        yield from _layers(other, scene or "start", Where(f"{code}.toml"), ())
        return
    if name not in bases() or name in seen:
        raise (where / "base").wrong(f"there is no base {name!r}; there are {', '.join(bases())}")
    raw = bases()[name]
    if "base" in raw:
        yield from _base(raw["base"], where, (*seen, name))
    yield {**raw, "_base": True}


def _props(layers: list[Any], where: Where) -> dict[str, PropSpec]:
    merged: dict[str, PropSpec] = {}
    for layer in layers:
        for name, keys in (where / "props").table(layer).items():
            if keys is False:
                merged.pop(name, None)
                continue
            given = {} if keys is True else (where / "props" / name).table(keys)
            merged[name] = {**merged.get(name, {"kind": name.rstrip("0123456789")}), **given}
    return {name: read.prop(spec, where / "props" / name) for name, spec in merged.items()}


def _toml(path: Path) -> Raw:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FigureError(path.name, "", "there is no such file") from None
    except tomllib.TOMLDecodeError as trouble:
        raise FigureError(path.name, "", f"this is not TOML: {trouble}") from None
