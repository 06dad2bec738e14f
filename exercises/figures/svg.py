"""Writes a drawing as SVG: colours as custom properties, light and dark, or resolved on white for print.

The root is `#light`, the group inside it `#dark`: an address that ends in #dark or #light asks for one of them, a bare
address follows the page's colour scheme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from exercises.figures.draw import Drawing
from exercises.figures.fitting import Picture, common, fitted, without
from exercises.figures.frame import HEIGHT, UNIT, WIDTH
from exercises.figures.marks import Mark

OUTLINE, CONTOUR, SEAM, THIN = 17, 8, 6, 6
FINE, COARSE = 0.3, (0.55, 0.75, 1.0, 1.35, 1.8)  # how far a fitted curve may lie off, in pixels of the panel
LARGEST = 40_000
Colours = Mapping[str, tuple[str, str]]


def still(slug: str, title: str, alt: str, drawing: Drawing, colours: Colours) -> str:
    """One drawing in a file of its own."""
    body = _back(drawing) + _shadow(drawing) + _front(slug, fitted(drawing, FINE))
    return _file(slug, title, alt, body, colours)


def moving(slug: str, title: str, alt: str, drawings: Sequence[Drawing], colours: Colours) -> str:
    """Drawings as a flipbook, there and back in about six seconds; still on the last one with reduced motion.

    Fitted as finely as the file's limit allows. What is the same in every drawing is written once, behind them.
    """
    for tolerance in COARSE:
        text = _moving(slug, title, alt, drawings, colours, tolerance)
        if len(text) <= LARGEST:
            break
    return text


def _moving(slug: str, title: str, alt: str, drawings: Sequence[Drawing], colours: Colours, tolerance: float) -> str:
    pictures = [fitted(d, tolerance, shine=False) for d in drawings]
    same = common(pictures)
    body = _back(drawings[0]) + _front(f"{slug}s", same)
    for n, picture in enumerate(pictures):
        shadow = _shadow(drawings[n])
        body += f'<g class="f f{n}">{shadow}{_front(f"{slug}{n}", without(picture, same), arrows=False)}</g>'
    return _file(slug, title, alt, body + _arrows(drawings[-1].marks), colours, _flipbook(len(drawings)))


def printed(svg: str, colours: Colours) -> str:
    """The same file with the light colours in place on white, for renderers that know no custom properties."""
    bare = re.sub(r"<style>.*?</style>", "", svg, flags=re.S)
    bare = re.sub(r'<use href="#([^"]+)" ([^>]*)/><g id="\1">(.*?)</g>', r"<g \2>\3</g><g>\3</g>", bare)
    values = {role: light for role, (light, _) in colours.items()} | {"bg": "ffffff"}
    return re.sub(r"var\(--([a-z]+)\)", lambda m: f"#{values[m[1]]}", bare)


def _file(slug: str, title: str, alt: str, body: str, colours: Colours, style: str = "") -> str:
    used = dict.fromkeys(re.findall(r"var\(--([a-z]+)\)", body + "var(--bg)"))
    light = ";".join(f"--{c}:#{colours[c][0]}" for c in used)
    dark = ";".join(f"--{c}:#{colours[c][1]}" for c in used)
    css = f"svg{{{light}}}@media(prefers-color-scheme:dark){{svg:not(:target){{{dark}}}}}g:target{{{dark}}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="light" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH * UNIT} {HEIGHT * UNIT}" role="img" aria-labelledby="{slug}-t {slug}-d">'
        f'<title id="{slug}-t">{escape(title)}</title><desc id="{slug}-d">{escape(alt)}</desc>'
        f'<style>{css}{style}</style><g id="dark" stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="M0 0h{WIDTH * UNIT}v{HEIGHT * UNIT}h-{WIDTH * UNIT}z" fill="var(--bg)"/>{body}</g></svg>\n'
    )


def _flipbook(count: int) -> str:
    """Frame n shows on the way there and on the way back; both ends rest for three beats."""
    order = [0, 0, *range(count), count - 1, count - 1, *range(count - 2, 0, -1)]
    beat = 100 / len(order)
    rules = [".f{visibility:hidden}"]
    for n in range(count):
        keys, before = [], None
        for i, frame in enumerate(order):
            state = "visible" if frame == n else "hidden"
            if state != before:
                keys.append(f"{i * beat:.4g}%{{visibility:{state}}}")
            before = state
        rules.append(f"@keyframes f{n}{{{''.join(keys)}}}.f{n}{{animation:f{n} 6s step-end infinite}}")
    last = count - 1
    calm = f".f{{animation:none}}.f{last}{{visibility:visible}}"
    return "".join(rules) + f"@media(prefers-reduced-motion:reduce){{{calm}}}@media print{{{calm}}}"


def _back(drawing: Drawing) -> str:
    text = ""
    for colour, path, line in drawing.back:
        stroke = ' stroke="var(--edge)" stroke-width="5"' if line else ""
        text += f'<path d="{path}" fill="var(--{colour})"{stroke}/>'
    return text


def _shadow(drawing: Drawing) -> str:
    return f'<path d="{drawing.shadow}" fill="var(--shadow)" fill-opacity=".2"/>' if drawing.shadow else ""


def _front(slug: str, p: Picture, arrows: bool = True) -> str:
    # The outline is the outer half of the areas' own stroke, drawn behind them: no silhouette has a path of its own.
    areas = "".join(f'<path d="{"".join(paths)}" fill="var(--{c})"/>' for c, paths in p.areas.items() if paths)
    text = (
        f'<use href="#{slug}-a" stroke="var(--line)" stroke-width="{OUTLINE}"/><g id="{slug}-a">{areas}</g>'
        if areas
        else ""
    )
    if p.shade:
        text += f'<path d="{"".join(p.shade)}" fill-opacity=".2"/>'
    if p.shine:
        text += f'<path d="{"".join(p.shine)}" fill="#fff" fill-opacity=".09"/>'
    if p.seams:
        text += _stroke("".join(p.seams), SEAM, ' stroke-opacity=".55"')
    if p.contours:
        text += _stroke("".join(p.contours), CONTOUR)
    text += "".join(_mark(slug, m) for m in p.face)
    if p.water:
        body, edge = p.water
        text += f'<path d="{body}" fill="var(--water)" fill-opacity=".34"/>' + _stroke(edge, 7, colour="wave")
    return text + _zones(slug, p.marks) + (_arrows(p.marks) if arrows else "")


def _stroke(path: str, width: float, more: str = "", colour: str = "line") -> str:
    return f'<path d="{path}" fill="none" stroke="var(--{colour})" stroke-width="{width}"{more}/>'


def _mark(slug: str, mark: Mark) -> str:
    if mark.role == "dot":
        x, y = mark.path.split()
        return f'<circle cx="{x}" cy="{y}" r="9.5" fill="var(--line)"/>'
    return _stroke(mark.path, 6.5 if mark.role == "mouth" else THIN)


def _zones(slug: str, marks: Sequence[Mark]) -> str:
    text = ""
    for n, mark in enumerate(m for m in marks if m.role == "zone"):
        assert mark.ellipse is not None  # noqa: S101 (zones carry one)
        x, y, a, b, tilt = mark.ellipse
        turn = f" rotate({tilt:.4g})" if tilt else ""
        text += (
            f'<radialGradient id="{slug}-z{n}" gradientUnits="userSpaceOnUse" r="1" cx="0" cy="0"'
            f' gradientTransform="translate({x:.0f} {y:.0f}){turn} scale({a:.0f} {b:.0f})">'
            '<stop stop-color="var(--target)"/><stop offset=".5" stop-color="var(--target)" stop-opacity=".85"/>'
            '<stop offset="1" stop-color="var(--target)" stop-opacity=".3"/></radialGradient>'
            f'<path d="{mark.path}" fill="url(#{slug}-z{n})"/>'
        )
    for mark in marks:
        if mark.role == "ring" and mark.path:
            text += _stroke(mark.path, 10) + _stroke(mark.path, 5.5, ' stroke-dasharray="13 12"', "ring")
    return text


def _arrows(marks: Sequence[Mark]) -> str:
    shafts = "".join(m.path for m in marks if m.role == "shaft")
    heads = "".join(m.path for m in marks if m.role == "head")
    if not shafts:
        return ""
    halo = f'<path d="{heads}" fill="var(--bg)" stroke="var(--bg)" stroke-width="26"/>' + _stroke(shafts, 40, "", "bg")
    return (
        halo
        + _stroke(shafts, 19, "", "arrow")
        + f'<path d="{heads}" fill="var(--arrow)" stroke="var(--arrow)" stroke-width="6"/>'
    )
