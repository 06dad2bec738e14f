"""Draws figures in parallel, only what changed, and keeps exercises/figures/index.json for the app."""

from __future__ import annotations

import argparse
import ast
import fcntl
import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from exercises.figures import catalogue, contacts, machines, poses, render
from exercises.figures.contacts import Report
from exercises.figures.figure import Figure
from exercises.figures.read import FigureError
from exercises.figures.skeleton import Unsolvable

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "static" / "figures"
DOCS = ROOT / "docs" / "figures"
INDEX = HERE / "index.json"
LIBRARY = ROOT / "exercises" / "library"
# Modules that only measure, look or fetch: changing them changes no drawing.
ASIDE = {"__init__", "__main__", "build", "contacts", "sheet"}


def run(args: argparse.Namespace) -> int:
    """What the command line asks for; 1 when a figure could not be used or breaks a contact rule."""
    codes = args.codes or poses.codes()
    wrong = _say(measured(codes))
    if args.check:
        return wrong
    drawn = draw(codes if args.codes else stale(codes), args.jobs)
    print(f"{len(drawn)} drawn, {len(codes) - len(drawn)} up to date")
    if not args.codes:
        write_contacts()
        forget(poses.codes())
    if args.look:
        _look(codes, args.look, args.width)
    if args.sheets:
        from exercises.figures import sheet

        sheet.sheets(load_index(), DOCS)
    return wrong


def measured(codes: Iterable[str]) -> Iterator[Report | str]:
    """Reports, or the sentence that says why a file cannot be used."""
    for code in codes:
        try:
            yield from contacts.check(poses.load(code))
        except (FigureError, Unsolvable) as trouble:
            yield f"{code}: {trouble}"


def _say(found: Iterable[Report | str]) -> int:
    wrong = 0
    for r in found:
        if isinstance(r, str):
            print(f"WRONG  {r}")
        else:
            worst = f"floor {r.floor:.1f}  gap {r.gap:+.1f} {r.gap_contact}  miss {r.miss:.1f}"
            print(f"{'  !!  ' if r.problems else '  ok  '}{r.code} {r.pose:8} {worst}")
            for problem in r.problems:
                print(f"           {problem}")
        wrong |= isinstance(r, str) or bool(r.problems)
    return int(wrong)


# -- drawing


def draw(codes: Sequence[str], jobs: int) -> list[str]:
    """Draws, writes the files and the index; a figure that cannot be drawn is left out."""
    usable = [c for c in codes if _usable(c)]
    if len(usable) > 1 and jobs > 1:
        with ProcessPoolExecutor(min(jobs, len(usable))) as pool:
            _remembered(usable, pool.map(draw_one, usable))
    else:
        _remembered(usable, map(draw_one, usable))
    return usable


def _remembered(codes: Sequence[str], entries: Iterable[dict[str, Any]]) -> None:
    """One by one, so that an interrupted run keeps what it drew."""
    for code, entry in zip(codes, entries, strict=True):
        _remember({code: entry})


def _usable(code: str) -> bool:
    try:
        contacts.check(poses.load(code))
    except (FigureError, Unsolvable):
        return False
    return True


def draw_one(code: str) -> dict[str, Any]:
    """Writes one exercise's files; its entry of the index."""
    figure = poses.load(code)
    files = render.files(figure, name_of(code))
    for old in (p for folder in (OUT, OUT / "print") for p in folder.glob(f"{code}-*.svg")):
        if str(old.relative_to(OUT)) not in files:
            old.unlink()
    for name, text in files.items():
        path = OUT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return _entry(figure, files)


def _entry(figure: Figure, files: Iterable[str]) -> dict[str, Any]:
    return {
        "poses": len(figure.scenes),
        "move": figure.move,
        "stiff": figure.stiff is not None,
        "alt": list(figure.alt),
        "stiff_alt": list(figure.stiff.alt) if figure.stiff else [],
        "files": sorted(f for f in files if not f.startswith("print/")),
        "print": sorted(f for f in files if f.startswith("print/")),
        "digest": digest(figure.code),
    }


def name_of(code: str) -> str:
    """The exercise's name, for the picture's title."""
    path = LIBRARY / f"{code}.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["name"]) if path.exists() else code


# -- what is up to date


def stale(codes: Iterable[str]) -> list[str]:
    """Exercises whose files are missing or older than their pose file and the engine."""
    index = load_index()
    return [c for c in codes if not fresh(c, index.get(c))]


def fresh(code: str, entry: dict[str, Any] | None) -> bool:
    if entry is None or entry["digest"] != digest(code):
        return False
    return all((OUT / f).exists() for f in (*entry["files"], *entry["print"]))


def digest(code: str) -> str:
    """What the drawings depend on: the pose file, what it builds on, the exercise's name and the engine."""
    sources = [p.read_text(encoding="utf-8") for p in poses.sources(code)]
    text = [engine(_rides(poses.load(code))), name_of(code), *sources]
    return hashlib.sha256("\0".join(text).encode()).hexdigest()[:16]


def _rides(figure: Figure) -> bool:
    """Whether a training machine is drawn: only then do the machines matter."""
    kinds = {spec["kind"] for scene in figure.scenes for spec in scene.props.values()}
    return any(catalogue.KINDS[kind].__module__ == machines.__name__ for kind in kinds)


@lru_cache(maxsize=2)
def engine(with_machines: bool) -> str:
    """The engine's sources without comments and layout."""
    aside = ASIDE if with_machines else {*ASIDE, "machines"}
    modules = sorted(p for p in HERE.glob("*.py") if p.stem not in aside)
    return "".join(ast.dump(ast.parse(p.read_text(encoding="utf-8"))) for p in modules)


# -- the index


def load_index() -> dict[str, Any]:
    return json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {}


def _remember(entries: dict[str, Any]) -> None:
    with _alone():
        _write_index({**load_index(), **entries})


def forget(kept: Sequence[str]) -> None:
    """Drops exercises without a pose file."""
    with _alone():
        _write_index({c: e for c, e in load_index().items() if c in kept})


def _write_index(index: dict[str, Any]) -> None:
    text = json.dumps(dict(sorted(index.items())), ensure_ascii=False, indent=1)
    INDEX.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    """Several people may draw at once."""
    with (HERE / "poses" / "bases.toml").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- for people


def write_contacts() -> None:
    """docs/figures/contacts.md, one line a pose."""
    rows, broken = [], 0
    for r in measured(poses.codes()):
        if isinstance(r, str):
            rows.append(f"| {r} | | | | |")
            broken += 1
            continue
        broken += len(r.problems)
        rows.append(
            f"| {r.code} | {r.pose} | {-r.floor:.1f} {r.floor_part} "
            f"| {r.gap:+.1f} {r.gap_contact} | {r.miss:.1f} {r.miss_limb} |"
        )
    head = (
        "# Contacts of the exercise figures\n\nWritten by `make figures`. Lengths in percent of body height. "
        f"A part may lie {contacts.DEEPEST} below the floor, a contact gape {contacts.WIDEST}, "
        f"a limb miss its target by {contacts.FARTHEST}.\n\n"
        f"{len(rows)} poses, {broken} violations.\n\n"
        "| exercise | pose | worst below the floor | worst contact | worst reach |\n|---|---|---|---|---|\n"
    )
    DOCS.mkdir(parents=True, exist_ok=True)
    (DOCS / "contacts.md").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


def _look(codes: Sequence[str], to: Path, width: int) -> None:
    from exercises.figures import sheet

    index = load_index()
    files = [OUT / f for c in codes if c in index for f in index[c]["files"] if not f.endswith("-move.svg")]
    sheet.both(files, to, width)
    print(f"look at {to}")
