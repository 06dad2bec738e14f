"""Angles, turns and reaching: the body's geometry."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exercises.figures import bodies, poses
from exercises.figures.between import alike, in_between, mixed
from exercises.figures.figure import Figure, Scene
from exercises.figures.read import Where
from exercises.figures.skeleton import Skeleton
from exercises.figures.stage import put_up

X, Y, Z = np.eye(3)


def figure(**start: Any) -> Figure:
    return poses.parse("S01", {"alt": ["A person."], "start": {"base": "standing", **start}}, Where("S01.toml"))


def skeleton(**start: Any) -> Skeleton:
    made = figure(**start)
    return put_up(made, made.scenes[0]).skeleton


def test_standing_the_person_faces_right_and_the_right_side_is_near() -> None:
    found = skeleton()
    assert found.frames["head"].front @ X > 0.99
    assert found.joints["hip.R"][2] > 0 > found.joints["hip.L"][2]
    assert found.joints["crown"][1] == pytest.approx(99.5, abs=2)


def test_supine_the_face_looks_up_and_the_head_lies_on_the_left() -> None:
    found = skeleton(base="supine")
    assert found.frames["chest"].front @ Y > 0.99
    assert found.joints["head"][0] < found.joints["pelvis"][0]


def test_side_lying_faces_the_viewer_with_the_right_side_on_top() -> None:
    found = skeleton(base="side_lying")
    assert found.frames["pelvis"].front @ Z > 0.95
    assert found.joints["hip.R"][1] - found.joints["hip.L"][1] == pytest.approx(2 * bodies.HIP_HALF, abs=0.3)


@pytest.mark.parametrize("degrees", [-40, 25, 60])
def test_a_twist_turns_the_chest_to_the_right_and_leaves_the_pelvis(degrees: float) -> None:
    found = skeleton(twist=degrees)
    chest = found.frames["chest"].front
    share = np.degrees(np.arctan2(chest @ Z, chest @ X)) / degrees
    assert 0.6 < share <= 1.0
    assert found.frames["pelvis"].front @ X == pytest.approx(1, abs=1e-4)


def test_a_bend_leans_to_the_right() -> None:
    assert skeleton(bend=30).joints["neck"][2] > 5


def test_a_turn_swings_the_whole_person() -> None:
    assert skeleton(turn=90).frames["pelvis"].front @ Z > 0.99


@pytest.mark.parametrize("target", [[20, 70, 12], [8, 50, 20], [-15, 60, 15]])
def test_a_hand_reaches_its_target_with_bones_of_their_length(target: list[float]) -> None:
    found = skeleton(arm={"R": {"to": target}})
    shoulder, elbow, wrist = (found.joints[f"{j}.R"] for j in ("shoulder", "elbow", "wrist"))
    assert wrist == pytest.approx(target, abs=0.05)
    assert np.linalg.norm(elbow - shoulder) == pytest.approx(bodies.UPPER_ARM)
    assert np.linalg.norm(wrist - elbow) == pytest.approx(bodies.FOREARM, abs=0.05)
    assert found.misses["arm.R"] == pytest.approx(0, abs=0.05)


def test_a_hand_that_cannot_reach_says_by_how_much() -> None:
    assert skeleton(arm={"R": {"to": [60, 80, 10]}}).misses["arm.R"] > 15


def test_the_knee_points_where_the_pole_says() -> None:
    found = skeleton(pelvis_at=[0, 40], leg={"R": {"to": [5, 4, 5], "pole": [1, 0, 0]}})
    assert found.joints["knee.R"][0] > 10


def test_a_resting_elbow_lies_at_its_height() -> None:
    found = skeleton(base="prone", pelvis_at=[0, 12], arm={"R": {"elbow": [30, 3.6, 10], "fore": 0}})
    assert found.joints["elbow.R"][1] == pytest.approx(3.6)


def test_a_pinned_joint_stays() -> None:
    for pelvis in (90, 70):
        assert skeleton(base="half_kneeling", pelvis=pelvis).joints["knee.R"][:2] == pytest.approx([0, 4.2])


def test_arms_by_angle_ride_along_with_a_twist() -> None:
    still, twisted = (skeleton(twist=t, arm={"R": {"up": 0, "fore": 0}}) for t in (0, 50))
    assert twisted.joints["wrist.R"][2] > still.joints["wrist.R"][2] + 10


def test_between_poses_the_numbers_are_mixed() -> None:
    a, b = figure(chest=90).scenes[0].pose, figure(chest=60).scenes[0].pose
    assert mixed(a, b, 0.5).chest == pytest.approx(75)


def test_a_movement_starts_and_ends_with_the_stills_and_rests_there() -> None:
    made = poses.load("S01")
    frames = in_between(made)
    assert len(frames) == 7
    first, second, last = (put_up(made, frames[i]).skeleton.joints["hip.R"] for i in (0, 1, -1))
    assert first == pytest.approx(put_up(made, made.scenes[0]).skeleton.joints["hip.R"], abs=0.01)
    assert last == pytest.approx(put_up(made, made.scenes[1]).skeleton.joints["hip.R"], abs=0.01)
    assert np.linalg.norm(second - first) < np.linalg.norm(last - first) / 6


def test_a_limb_placed_in_two_ways_is_made_alike_and_stays_where_it_was() -> None:
    by_angle = figure(arm={"R": {"up": -30, "fore": 40}})
    by_target = figure(arm={"R": {"to": [20, 70, 12]}})
    stages = [put_up(f, f.scenes[0]) for f in (by_angle, by_target)]
    first, second = alike([by_angle.scenes[0], by_target.scenes[0]], stages)
    assert first.pose.arms["R"].to is not None
    assert second.pose.arms["R"].to is not None
    again = put_up(by_angle, Scene("start", replace(first.pose), first.props)).skeleton
    for joint in ("elbow.R", "wrist.R", "fingers.R"):
        assert again.joints[joint] == pytest.approx(stages[0].skeleton.joints[joint], abs=0.3)
