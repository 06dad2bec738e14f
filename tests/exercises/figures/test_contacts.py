"""Every drawn person stands, sits or lies on something, within the limits, in every pose file."""

from dataclasses import replace

import pytest

from exercises.figures import contacts, poses
from exercises.figures.figure import Figure, Scene
from exercises.figures.stage import put_up
from exercises.library import read_library

FIGURES = {code: poses.load(code) for code in poses.codes()}
SCENES = [
    (f"{code}{'-stiff' if figure is not whole else ''}-{scene.name}", figure, scene)
    for code, whole in FIGURES.items()
    for figure in (whole, whole.stiff)
    if figure
    for scene in figure.scenes
]


@pytest.mark.parametrize(("figure", "scene"), [s[1:] for s in SCENES], ids=[s[0] for s in SCENES])
def test_pose_keeps_floor_contacts_and_reach(figure: Figure, scene: Scene) -> None:
    found = contacts.report(figure, scene, put_up(figure, scene))
    assert found.problems == []


@pytest.mark.parametrize(("figure", "scene"), [s[1:] for s in SCENES], ids=[s[0] for s in SCENES])
def test_pose_says_what_it_touches(figure: Figure, scene: Scene) -> None:
    floats = any(spec["kind"] == "pool" for spec in scene.props.values())
    assert scene.pose.contacts or floats


def test_every_exercise_of_the_library_has_a_pose_file() -> None:
    assert sorted(FIGURES) == sorted(entry.code for entry in read_library())


@pytest.fixture
def kneeling() -> Figure:
    return FIGURES["S01"]


def broken(figure: Figure, **changes: object) -> list[str]:
    scene = figure.scenes[0]
    scene = Scene(scene.name, replace(scene.pose, **changes), scene.props)
    return contacts.report(figure, scene, put_up(figure, scene)).problems


def test_a_knee_in_the_floor_is_seen(kneeling: Figure) -> None:
    problems = broken(kneeling, pin=("knee.R", 0.0, 1.5))
    assert any("below the floor" in p for p in problems)


def test_a_floating_knee_is_seen(kneeling: Figure) -> None:
    assert any(p.startswith("knee.R is") and "off the floor" in p for p in broken(kneeling, pin=("knee.R", 0.0, 7.5)))


def test_a_target_out_of_reach_is_seen(kneeling: Figure) -> None:
    assert any("misses its target" in p for p in broken(kneeling, chest=130.0, pelvis=130.0))


def test_a_leg_through_a_chair_is_seen() -> None:
    figure = FIGURES["M04"]
    scene = figure.scenes[0]
    sunk = Scene(scene.name, replace(scene.pose, pelvis_at=(0.0, 25.0, 0.0)), scene.props)
    problems = contacts.report(figure, sunk, put_up(figure, sunk)).problems
    assert any("into the chair" in p for p in problems)


def test_a_contact_with_nothing_is_named(kneeling: Figure) -> None:
    assert any("no 'trampoline'" in p for p in broken(kneeling, contacts=(("knee.R", "trampoline"),)))
