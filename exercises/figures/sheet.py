"""Looks at drawings through Chromium: a PNG of chosen figures, and the contact sheets of the whole set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
OUT = Path(__file__).parents[2] / "static" / "figures"
A_SHEET, COLUMNS, WIDE = 24, 3, 1400
TONES = 128
GROUNDS = {"light": ("#f6f4ef", "#1d2733"), "dark": ("#171c23", "#cdd5de")}
STYLE = """<!doctype html><meta charset="utf-8"><style>
body{margin:0;font:12px sans-serif}main{display:grid;gap:4px;padding:4px;background:var(--ground);color:var(--ink)}
figure{margin:0}div{display:flex}img{display:block;min-width:0;flex:1;height:auto}
figcaption{padding:0 4px 4px}.half img{max-width:50%}</style>"""


def page(figures: Sequence[tuple[str, Sequence[Path]]], theme: str, columns: int, half: bool = False) -> str:
    """HTML with each figure's drawings side by side under one name; a single one takes all the place or half of it."""
    ground, ink = GROUNDS[theme]
    cells = []
    for name, files in figures:
        images = "".join(
            f'<img src="{f.resolve().as_uri()}#{theme}" style="width:{100 / len(files):.3f}%">' for f in files
        )
        cells.append(f"<figure><div>{images}</div><figcaption>{name}</figcaption></figure>")
    grid = f"--ground:{ground};--ink:{ink};grid-template-columns:repeat({columns},minmax(0,1fr))"
    return f'{STYLE}<main class="{"half" if half else ""}" style="{grid}">{"".join(cells)}</main>'


def shoot(html: str, to: Path, width: int) -> None:
    """A screenshot of a page, as tall as it is."""
    to.parent.mkdir(parents=True, exist_ok=True)
    source = to.with_suffix(".html")
    source.write_text(html, encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 100})
        tab.goto(source.resolve().as_uri())
        tab.wait_for_load_state("load")
        tab.screenshot(path=str(to), full_page=True)
        browser.close()
    source.unlink()


def both(files: Sequence[Path], to: Path, width: int) -> None:
    """Light above dark in one picture."""
    columns = min(len(files), 3)
    singles = [(f.stem, [f]) for f in files]
    shoot("".join(page(singles, theme, columns) for theme in GROUNDS), to, columns * (width + 4) + 4)


def sheets(index: Mapping[str, Mapping[str, Any]], to: Path) -> None:
    """Contact sheets of the whole set, 24 exercises each, light and dark; older ones are removed."""
    for old in to.glob("sheet-*"):
        old.unlink()
    codes = sorted(index)
    for n, start in enumerate(range(0, len(codes), A_SHEET), 1):
        figures = [(c, _stills(index[c])) for c in codes[start : start + A_SHEET]]
        for theme in GROUNDS:
            picture = to / f"sheet-{n:02}-{theme}.png"
            shoot(page(figures, theme, COLUMNS, half=True), picture, WIDE)
            with Image.open(picture) as wide:
                wide.convert("RGB").quantize(TONES, dither=Image.Dither.NONE).save(picture, optimize=True)


def _stills(entry: Mapping[str, Any]) -> list[Path]:
    return [OUT / f for f in entry["files"] if "-move" not in f and "-stiff" not in f]
