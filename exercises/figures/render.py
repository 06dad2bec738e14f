"""One exercise from pose file to finished files, as text by name."""

from __future__ import annotations

from exercises.figures import svg
from exercises.figures.between import in_between
from exercises.figures.bodies import BODIES
from exercises.figures.draw import draw
from exercises.figures.figure import Figure
from exercises.figures.frame import placing
from exercises.figures.palette import colours
from exercises.figures.stage import put_up

COARSER = 0.4  # sampling of a moving picture, whose seven drawings share one file
FEEL = "A moving picture: "


def files(figure: Figure, title: str) -> dict[str, str]:
    """Name to content: `S01-1.svg`, `S01-move.svg`, `S01-stiff-1.svg`, `print/S01-1.svg` and so on."""
    out = _stills(figure, title, figure.code)
    if figure.stiff:
        out |= _stills(figure.stiff, title, f"{figure.code}-stiff")
    if figure.move:
        out[f"{figure.code}-move.svg"] = _moving(figure, title)
    return out


def _palette(figure: Figure) -> dict[str, tuple[str, str]]:
    return colours(figure.skin, figure.hair or BODIES[figure.body].hair)


def _stills(figure: Figure, title: str, stem: str) -> dict[str, str]:
    stages = [put_up(figure, scene) for scene in figure.scenes]
    frame, palette = placing(figure, stages), _palette(figure)
    out = {}
    for n, (scene, stage, alt) in enumerate(zip(figure.scenes, stages, figure.alt, strict=True), 1):
        drawing = draw(figure, scene.name, stage, frame)
        text = svg.still(f"{stem}-{n}", title, alt, drawing, palette)
        out[f"{stem}-{n}.svg"] = text
        out[f"print/{stem}-{n}.svg"] = svg.printed(text, palette)
    return out


def _moving(figure: Figure, title: str) -> str:
    """The frame is that of the stills, so that nothing jumps when the page puts the moving picture in their place."""
    frame = placing(figure, [put_up(figure, scene) for scene in figure.scenes])
    scenes = in_between(figure)
    drawings = [draw(figure, scene.name, put_up(figure, scene), frame, COARSER) for scene in scenes]
    alt = FEEL + " ".join(figure.alt)
    return svg.moving(f"{figure.code}-move", title, alt, drawings, _palette(figure))
