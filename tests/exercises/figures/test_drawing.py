"""From solids to paths: depth decides what is seen, curves stay near their points."""

import re

import numpy as np
import pytest

from exercises.figures import curves, poses, render, svg
from exercises.figures.draw import draw
from exercises.figures.field import distance, look
from exercises.figures.frame import HEIGHT, UNIT, WIDTH, placing
from exercises.figures.palette import COLOURS, HAIRS, SKINS, colours
from exercises.figures.raster import merge
from exercises.figures.shapes import Box, Drum, Egg, Group, Rod, Solid
from exercises.figures.stage import put_up
from exercises.figures.vectors import Frame, vec

AXES = Frame(np.zeros(3), *np.eye(3))


def rod(depth: float, colour: str) -> Solid:
    return Solid("prop", colour, (Group((Rod(vec(-5, 0, depth), vec(5, 0, depth), 1, 1),)),), exact=True)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_nearer_solid_is_seen_whatever_the_order(order: tuple[int, int]) -> None:
    solids = [(rod(5, "near"), rod(-5, "far"))[i] for i in order]
    cells = merge(solids, [look(s) for s in solids], 0.15)
    seen = cells.labels[-cells.j, -cells.i]
    assert solids[seen - 1].colour == "near"


@pytest.mark.parametrize(
    "shape",
    [
        Box(Frame(vec(1, 2, 3), *np.eye(3)), (4, 2, 3)),
        Egg(Frame(vec(1, 2, 3), *np.eye(3)), (4, 2, 3)),
        Rod(vec(0, 0, 0), vec(5, 3, 2), 1.5, 0.5),
        Drum(vec(0, 0, 0), vec(6, 2, 1), 3),
    ],
)
def test_the_walked_silhouette_is_where_the_field_says(shape: Box | Egg | Rod | Drum) -> None:
    view = look(Solid("prop", "x", (Group((shape,)),), exact=True))
    rows, columns = np.nonzero(view.inside < -0.3)
    points = np.stack(((columns + view.i) * 0.15, (rows + view.j) * 0.15, view.depth[rows, columns]), axis=1)
    assert np.abs(distance(Solid("prop", "x", (Group((shape,)),)), points)).max() < 0.1


def test_a_strap_behind_the_foot_is_hidden() -> None:
    figure = poses.load("S08")
    stage = put_up(figure, figure.scenes[1])
    solids = [s.turned(figure.camera.matrix) for s in stage.all_solids]
    cells = merge(solids, [look(s) for s in solids], 0.15)
    strap = next(s for s in solids if s.colour == "strap")
    alone = look(strap)
    shown = int(cells.where(lambda s: s is strap).sum())
    assert 0 < shown < 0.95 * int((alone.inside < 0).sum())


def test_a_fitted_curve_stays_near_its_points() -> None:
    turns = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = np.stack((500 + 300 * np.cos(turns), 400 + 200 * np.sin(turns)), axis=1)
    path = curves.path([circle], 1.5)
    assert len(path) < 160
    assert max(abs(np.hypot((x - 500) / 300, (y - 400) / 200) - 1) for x, y in walked(path)) < 0.02


def walked(path: str) -> list[tuple[float, float]]:
    """Points along a path of one M and relative curves."""
    start, rest = re.fullmatch(r"M([-\d ]+)c([-\d ]+)z", path).groups()  # type: ignore[union-attr]
    at = np.array([int(n) for n in re.findall(r"-?\d+", start)], dtype=float)
    numbers = np.array([int(n) for n in re.findall(r"-?\d+", rest)], dtype=float).reshape(-1, 3, 2)
    out = []
    for a, b, c in numbers:
        for t in np.linspace(0, 1, 9):
            p = 3 * t * (1 - t) ** 2 * a + 3 * t**2 * (1 - t) * b + t**3 * c
            out.append(tuple(at + p))
        at = at + c
    return out


def test_both_poses_share_scale_and_floor_and_stay_in_the_panel() -> None:
    figure = poses.load("S01")
    stages = [put_up(figure, s) for s in figure.scenes]
    frame = placing(figure, stages)
    for scene, stage in zip(figure.scenes, stages, strict=True):
        drawing = draw(figure, scene.name, stage, frame)
        points = np.concatenate([p for _, patches in drawing.areas for patch in patches for p in patch])
        assert (points > 0).all()
        assert (points < np.array((WIDTH, HEIGHT)) * UNIT).all()


def test_the_far_arm_and_leg_are_darker_from_the_side_alone() -> None:
    figure = poses.load("S01")
    text = render.files(figure, "Stretch")["S01-1.svg"]
    assert "var(--legf)" in text
    assert "var(--skinf)" in text
    front = poses.load("P02")
    assert "var(--legf)" not in render.files(front, "Slide")["P02-1.svg"]


@pytest.mark.parametrize("skin", list(SKINS))
@pytest.mark.parametrize("theme", [0, 1])
def test_the_body_stands_out_from_the_ground(skin: int, theme: int) -> None:
    palette = colours(skin, "brown")
    ground = luminance(palette["bg"][theme])
    outline = contrast(luminance(palette["line"][theme]), ground)
    for role in ("skin", "shirt", "leg"):
        assert max(contrast(luminance(palette[role][theme]), ground), outline) >= 3


@pytest.mark.parametrize("theme", [0, 1])
def test_ring_and_strap_show_on_every_cloth(theme: int) -> None:
    """Each is a light line on a dark one: whatever lies below, one of the two stands out."""
    for role in ("ring", "strap", "band"):
        light, dark = (luminance(COLOURS[r][theme]) for r in (role, "line"))
        for ground in ("shirt", "leg", "shirtf", "legf", "mat", "target"):
            below = luminance(COLOURS[ground][theme])
            assert max(contrast(light, below), contrast(dark, below)) >= 3


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def test_the_printed_copy_has_its_colours_in_place() -> None:
    text = render.files(poses.load("S01"), "Stretch")["print/S01-2.svg"]
    assert "var(" not in text
    assert "<style" not in text
    assert "<use" not in text
    assert 'fill="#ffffff"' in text


def test_every_hair_and_skin_has_both_themes() -> None:
    for skin in SKINS:
        for hair in HAIRS:
            assert all(len(pair) == 2 for pair in colours(skin, hair).values())


def test_a_moving_picture_keeps_the_limit_by_fitting_more_coarsely(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = poses.load("S01")
    monkeypatch.setattr(svg, "LARGEST", 34_000)
    assert len(render.files(figure, "Stretch")["S01-move.svg"]) <= 34_000
