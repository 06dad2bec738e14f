"""The pose files are read strictly, and what is wrong is said with file and field."""

from typing import Any

import pytest

from exercises.figures import poses
from exercises.figures.read import FigureError, Where
from exercises.figures.skeleton import Unsolvable
from exercises.figures.stage import put_up

ALT = {"alt": ["A person stands."]}


def parse(**raw: Any) -> Any:
    return poses.parse("S01", {**ALT, "start": {"base": "standing"}, **raw}, Where("S01.toml"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"camera": "moon"}, "S01.toml: camera: there is no camera 'moon'"),
        ({"camera": [1]}, "S01.toml: camera: give 2 numbers"),
        ({"colour": "red"}, "S01.toml: colour: is not understood"),
        ({"body": 3}, "S01.toml: body: is 3; possible are 1, 2"),
        ({"start": {}}, "S01.toml: start.pelvis: is missing"),
        ({"start": {"base": "flying"}}, "S01.toml: start.base: there is no base 'flying'"),
        ({"start": {"base": "standing", "chets": 90}}, "S01.toml: start.chets: is not understood"),
        ({"start": {"base": "standing", "chest": "up"}}, "S01.toml: start.chest: give a number, not 'up'"),
        ({"start": {"base": "standing", "leg": {"R": {"thight": 3}}}}, "start.leg.R.thight: is not understood"),
        ({"start": {"base": "standing", "arm": {"R": {"to": [1, 2]}}}}, "start.arm.R.to: give 3 numbers"),
        ({"start": {"base": "standing", "arm": {"R": {"palm": "blue"}}}}, "start.arm.R.palm: is 'blue'"),
        ({"start": {"base": "standing", "arm": {"R": {"grip": "claw"}}}}, "start.arm.R.grip: is 'claw'"),
        ({"start": {"base": "standing", "pin": ["knee.R", 0]}}, "start.pin: give a joint and where it stays"),
        ({"start": {"base": "standing", "contacts": ["foot.R"]}}, "should read like"),
        ({"props": {"sofa": True}}, "start.props.sofa.kind: is 'sofa'"),
        ({"props": {"chair": {"colour": "red"}}}, "start.props.chair.colour: is not understood"),
        ({"props": {"strap": True}}, "start.props.strap.path: is missing"),
        ({"alt": []}, "S01.toml: alt: give a list of 1 texts"),
        ({"arrow": {"from": [0, 0, 0], "to": [1, 1, 1], "kind": "spiral"}}, "arrow.kind: is 'spiral'"),
        ({"target": {"at": "hip.R", "parts": ["tail"]}}, "target.parts: 'tail' is no part"),
        ({"target": {"at": "hip.R", "poses": ["last"]}}, "target.poses: 'last' is no pose"),
        ({"props": {"stick": {"ends": ["grip.R", "grip.L"], "x": 1}}}, "props.stick.x: is not understood"),
        ({"props": {"ball": {"colour": "pink"}}}, "props.ball.colour: is 'pink'"),
        ({"target": {"at": "hip.R", "size": "big"}}, "target.size: give a number, not 'big'"),
        ({"stiff": {"lean": 10}}, "S01.toml: stiff.alt: give a list"),
    ],
)
def test_what_is_wrong_is_said(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(FigureError) as trouble:
        parse(**raw)
    assert said in str(trouble.value)


def test_a_file_that_is_no_toml_is_named(tmp_path: Any) -> None:
    (tmp_path / "S01.toml").write_text("camera = ", encoding="utf-8")
    with pytest.raises(FigureError, match=r"S01\.toml: this is not TOML"):
        poses.load("S01", tmp_path)


@pytest.mark.parametrize("name", list(poses.bases()))
def test_every_base_can_be_put_up(name: str) -> None:
    figure = parse(start={"base": name})
    assert put_up(figure, figure.scenes[0]).solids


def test_the_end_builds_on_the_start() -> None:
    figure = parse(alt=["a", "b"], start={"base": "standing", "chest": 80}, end={"head": 70})
    assert [s.pose.chest for s in figure.scenes] == [80, 80]
    assert figure.scenes[1].pose.head == 70


def test_a_new_way_to_place_a_limb_drops_the_old_one() -> None:
    arm = parse(start={"base": "standing", "arm": {"R": {"to": [10, 60, 10]}}}).scenes[0].pose.arms["R"]
    assert arm.to is not None
    assert arm.up is None


def test_a_pose_may_build_on_another_exercise() -> None:
    figure = poses.parse("S03", {**ALT, "start": {"base": "S01.end"}}, Where("S03.toml"))
    assert figure.scenes[0].pose.pelvis == poses.load("S01").scenes[1].pose.pelvis


def test_the_stiff_posture_leans_chest_and_head_forward() -> None:
    figure = parse(stiff={"alt": ["A person stands bent."], "lean": 20})
    assert figure.stiff is not None
    plain, stiff = figure.scenes[0].pose, figure.stiff.scenes[0].pose
    assert stiff.chest == plain.chest - 20
    assert stiff.neck < stiff.chest
    assert stiff.head < plain.head


def test_limbs_that_wait_for_each_other_are_named() -> None:
    arms = {"R": {"to": ["wrist.L", 0, 0, 0]}, "L": {"to": ["wrist.R", 0, 0, 0]}}
    figure = parse(start={"base": "standing", "arm": arms})
    with pytest.raises(Unsolvable, match=r"arm\.[RL] waits for itself"):
        put_up(figure, figure.scenes[0])
