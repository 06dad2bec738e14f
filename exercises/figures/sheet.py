"""Looks at drawings through Chromium: a PNG of chosen figures, and the contact sheets of the whole set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
PAGE = """<!doctype html><meta charset="utf-8"><style>body{{margin:0;background:{ground};font:13px sans-serif;color:{ink}}}
main{{display:grid;grid-template-columns:repeat({columns},{width}px);gap:{gap}px;padding:{gap}px}}
figure{{margin:0}}img{{width:100%;height:auto;display:block}}figcaption{{padding:1px 4px}}</style><main>{body}</main>"""


def page(files: Sequence[Path], theme: str, columns: int, width: int, gap: int = 6) -> str:
    """HTML with the files in a grid, in one theme."""
    ground, ink = ("#171c23", "#cdd5de") if theme == "dark" else ("#f6f4ef", "#1d2733")
    body = "".join(
        f'<figure><img src="file://{f.resolve()}#{theme}"><figcaption>{f.stem}</figcaption></figure>' for f in files
    )
    return PAGE.format(ground=ground, ink=ink, columns=columns, width=width, gap=gap, body=body)


def shoot(html: str, to: Path, width: int) -> None:
    """A screenshot of a page, as tall as it is."""
    from playwright.sync_api import sync_playwright

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
    light, dark = (page(files, theme, columns, width) for theme in ("light", "dark"))
    shoot(
        light + dark.replace("<main>", '<main style="background:#171c23;color:#cdd5de">'), to, columns * (width + 6) + 6
    )
