"""The committed drawings: small, self-contained, described, and no older than what they are made from."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exercises.figures import build, poses
from exercises.library import read_library

INDEX = build.load_index()
FILES = sorted(build.OUT.rglob("*.svg"))
NAMES = [str(p.relative_to(build.OUT)) for p in FILES]
LARGEST_FILE, LARGEST_SET = 45_000, 12_000_000
SVG = "{http://www.w3.org/2000/svg}"


def test_the_index_names_every_exercise_of_the_library() -> None:
    assert sorted(INDEX) == sorted(entry.code for entry in read_library())


def test_the_index_names_exactly_the_files_there_are() -> None:
    assert sorted(f for entry in INDEX.values() for f in (*entry["files"], *entry["print"])) == NAMES


@pytest.mark.parametrize("code", sorted(INDEX))
def test_drawings_are_no_older_than_their_pose_and_the_engine(code: str) -> None:
    """`make figures` draws what this test finds."""
    assert build.fresh(code, INDEX[code])


@pytest.mark.parametrize("code", sorted(INDEX))
def test_the_index_says_what_the_pose_file_says(code: str) -> None:
    figure, entry = poses.load(code), INDEX[code]
    assert entry["poses"] == len(figure.scenes) == len(entry["alt"])
    assert entry["alt"] == list(figure.alt)
    assert entry["move"] == figure.move == (f"{code}-move.svg" in entry["files"])
    assert entry["stiff"] == (figure.stiff is not None) == (f"{code}-stiff-1.svg" in entry["files"])
    assert all(f"print/{f}" in entry["print"] for f in entry["files"] if not f.endswith("-move.svg"))


def test_every_file_is_small() -> None:
    assert {
        name: p.stat().st_size for name, p in zip(NAMES, FILES, strict=True) if p.stat().st_size >= LARGEST_FILE
    } == {}


def test_all_files_together_are_small() -> None:
    assert sum(p.stat().st_size for p in FILES) < LARGEST_SET


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_file_is_self_contained_and_described(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == "0 0 2000 1500"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    tags = {e.tag.removeprefix(SVG) for e in root.iter()}
    allowed = {"svg", "title", "desc", "style", "g", "path", "use", "circle", "radialGradient", "stop"}
    assert tags <= allowed
    references = re.findall(r"""(?:href=|url\(|src=|@import)["']?([^"')]+)""", text)
    assert all(r.startswith("#") for r in references)
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"<text|NaN|\binf\b", text)


@pytest.mark.parametrize("code", sorted(INDEX))
def test_alt_texts_never_say_left_or_right(code: str) -> None:
    """The app shows the prescribed side; a text that says one would be wrong for the other."""
    for text in (*INDEX[code]["alt"], *INDEX[code]["stiff_alt"]):
        assert len(text) > 30
        assert text.endswith(".")
        assert not re.search(r"\b(left|right)\b(?! angle)", text, flags=re.I)


@pytest.mark.parametrize("code", [c for c in sorted(INDEX) if INDEX[c]["move"]])
def test_a_moving_picture_stops_with_reduced_motion_and_in_print(code: str) -> None:
    text = (build.OUT / f"{code}-move.svg").read_text(encoding="utf-8")
    calm = ".f{animation:none}.f6{visibility:visible}"
    assert f"@media(prefers-reduced-motion:reduce){{{calm}}}" in text
    assert f"@media print{{{calm}}}" in text
    assert re.findall(r'<g class="f f(\d)">', text) == [str(n) for n in range(7)]


@pytest.mark.parametrize("code", sorted(INDEX))
def test_every_target_zone_shows_and_wears_a_dashed_ring(code: str) -> None:
    figure = poses.load(code)
    for number, scene in enumerate(figure.scenes, 1):
        zones = [z for z in figure.zones if not z.poses or scene.name in z.poses]
        text = (build.OUT / f"{code}-{number}.svg").read_text(encoding="utf-8")
        assert text.count("<radialGradient") == len(zones)
        assert ("stroke-dasharray" in text) == bool(zones)
