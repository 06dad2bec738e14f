"""From a pose to joints and part frames: the spine, then each limb by direction or by reaching for a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator

from exercises.figures import bodies
from exercises.figures.limbs import hand_axes, hinge, limb_frame, reach, resting_elbow
from exercises.figures.record import SIDES, Angle, Arm, Leg, Pose, Target, sign
from exercises.figures.vectors import Frame, Matrix, Vec, Y, Z, across, as_vec, direction, smooth, turn, unit, vec

STATIONS = np.linspace(-0.12, 1.05, 14)
PALMS = {"down": (0, -1, 0), "up": (0, 1, 0), "left": (-1, 0, 0), "right": (1, 0, 0), "viewer": (0, 0, 1)}
OWN_AXES = ("pelvis", "chest", "head")  # offsets from these ride with the part: front, up, right
FLAT_HAND = 4.5  # a wrist this low belongs to a hand that lies on the floor


class Unsolvable(ValueError):
    """Two limbs wait for each other, or a target names nothing."""


@dataclass(slots=True)
class Skeleton:
    """Where everything is. `spine` has a frame for each of STATIONS; `misses` tells how far a target stayed away."""

    joints: dict[str, Vec] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    spine: list[Frame] = field(default_factory=list)
    curls: dict[str, float] = field(default_factory=dict)
    toes: dict[str, float] = field(default_factory=dict)
    misses: dict[str, float] = field(default_factory=dict)

    def at_spine(self, s: float) -> Frame:
        place = float(np.clip(np.interp(s, STATIONS, np.arange(len(STATIONS))), 0, len(STATIONS) - 1.001))
        i, t = int(place), place - int(place)
        a, b = self.spine[i], self.spine[i + 1]
        up = unit((1 - t) * a.up + t * b.up)
        right = across((1 - t) * a.right + t * b.right, up)
        return Frame((1 - t) * a.at + t * b.at, np.cross(up, right), up, right)


Places = Mapping[str, Vec]


def build(pose: Pose, origin: Vec, places: Places, reaching: bool = True) -> Skeleton:
    """The whole skeleton with the pelvis at the origin; without `reaching` only what directions give."""
    return _Builder(pose, origin, places, reaching).run()


def room(pose: Pose) -> Matrix:
    """From the person's own side view to the room: first rolled on the long axis, then turned about the upright."""
    long_axis = direction(pose.spine()[1])
    return turn(Y, -pose.turn) @ turn(long_axis, -pose.roll)


def tilted(angle: float, bend: float, twist: float) -> Frame:
    """Axes for a direction of the spine, bent and then twisted to the right."""
    up, right = direction(angle), Z
    front = np.cross(up, right)
    b, t = np.radians(bend), np.radians(twist)
    up, right = up * np.cos(b) + right * np.sin(b), right * np.cos(b) - up * np.sin(b)
    return Frame(np.zeros(3), front * np.cos(t) + right * np.sin(t), up, right * np.cos(t) - front * np.sin(t))


class _Builder:
    def __init__(self, pose: Pose, origin: Vec, places: Places, reaching: bool) -> None:
        self.pose, self.origin, self.places, self.reaching = pose, origin, places, reaching
        self.room = room(pose)
        self.out = Skeleton()
        self.busy: set[str] = set()

    def run(self) -> Skeleton:
        self._spine()
        self._head()
        for side in SIDES:
            self._limb(f"leg.{side}")
        for side in SIDES:
            self._limb(f"arm.{side}")
        return self.out

    # -- trunk

    def _spine(self) -> None:
        pelvis, waist, chest = self.pose.spine()
        angle = PchipInterpolator((-0.12, 0.12, 0.5, 0.88, 1.05), (pelvis, pelvis, waist, chest, chest))
        fine = np.linspace(-0.12, 1.05, 118)
        frames = [self._vertebra(s, float(angle(s))) for s in fine]
        ups = np.array([f.up for f in frames])
        steps = (ups[1:] + ups[:-1]) / 2 * (np.diff(fine) * bodies.SPINE)[:, None]
        places = np.vstack((np.zeros(3), np.cumsum(steps, axis=0)))
        places -= [np.interp(0.0, fine, places[:, i]) for i in range(3)]
        chosen = [round(float(i)) for i in np.interp(STATIONS, fine, np.arange(len(fine)))]
        self.out.spine = [self._placed(frames[i], places[i]) for i in chosen]
        self._trunk_joints()

    def _vertebra(self, s: float, angle: float) -> Frame:
        share = smooth((s - 0.02) / 0.94)
        return tilted(angle, self.pose.bend * share, self.pose.twist * share)

    def _placed(self, frame: Frame, at: Vec) -> Frame:
        turned = Frame(at, frame.front, frame.up, frame.right).turned(self.room)
        return turned.moved(self.origin)

    def _trunk_joints(self) -> None:
        at, frames, joints = self.out.at_spine, self.out.frames, self.out.joints
        frames["pelvis"], frames["chest"] = at(0.0), at(0.75)
        joints |= {"pelvis": at(0.0).at, "waist": at(0.4).at, "chest": at(0.75).at, "neck": at(1.0).at}
        for side in SIDES:
            joints[f"hip.{side}"] = at(0.0).point(0, 0, sign(side) * bodies.HIP_HALF)

    def _head(self) -> None:
        pose, base = self.pose, self.out.joints["neck"]
        neck = tilted(pose.neck, pose.bend + pose.head_tilt / 2, pose.twist + pose.head_turn / 2).turned(self.room)
        head = tilted(pose.head, pose.bend + pose.head_tilt, pose.twist + pose.head_turn).turned(self.room)
        top = base + neck.up * bodies.NECK
        self.out.frames["neck"] = neck.moved(base)
        self.out.frames["head"] = centre = head.moved(top + head.up * 5.6 + head.front * 0.9)
        self.out.joints |= {
            "skull": top,
            "head": centre.at,
            "crown": centre.point(0, 6),
            "chin": centre.point(4.4, -6.2),
        }

    # -- limbs

    def _limb(self, name: str) -> None:
        kind, side = name.split(".")
        if f"{'ankle' if kind == 'leg' else 'wrist'}.{side}" in self.out.joints:
            return
        if name in self.busy:
            raise Unsolvable(f"{name} waits for itself: its target hangs on another limb that hangs on it")
        self.busy.add(name)
        if kind == "leg":
            self._leg(side, self.pose.legs[side])
        else:
            self._arm(side, self.pose.arms[side])

    def _point(self, target: Target) -> Vec:
        if target.anchor in OWN_AXES:
            return self.out.frames[target.anchor].point(*target.offset)
        return self._joint(target.anchor) + as_vec(target.offset)

    def _joint(self, name: str) -> Vec:
        if not name:
            return np.zeros(3)
        if name in self.places:
            return self.places[name]
        part, _, side = name.partition(".")
        if name not in self.out.joints and side in SIDES:
            self._limb(f"{'leg' if part in LEG_JOINTS else 'arm'}.{side}")
        if name not in self.out.joints:
            raise Unsolvable(f"there is no joint or prop called {name!r}")
        return self.out.joints[name]

    def _way(self, angle: Angle, side: str, chest: bool = False) -> Vec:
        way = direction(*angle, sign(side))
        return self.room @ (self._ride() @ way if chest else way)

    def _ride(self) -> Matrix:
        """How side-bend and twist carry the arms along."""
        return _axes(tilted(self.pose.chest, self.pose.bend, self.pose.twist)) @ _axes(tilted(self.pose.chest, 0, 0)).T

    def _leg(self, side: str, leg: Leg) -> None:
        joints, hip = self.out.joints, self.out.joints[f"hip.{side}"]
        if leg.to is not None:
            if not self.reaching:
                return
            pole = as_vec(leg.pole) if leg.pole else self.out.frames["pelvis"].front
            knee, ankle, self.out.misses[f"leg.{side}"] = reach(
                hip, self._point(leg.to), bodies.THIGH, bodies.SHANK, pole
            )
        else:
            assert leg.thigh is not None  # noqa: S101 (the loader has checked)
            assert leg.shank is not None  # noqa: S101
            knee = hip + self._way(leg.thigh, side) * bodies.THIGH
            ankle = knee + self._way(leg.shank, side) * bodies.SHANK
        thigh, shank = unit(knee - hip), unit(ankle - knee)
        axis = hinge(np.cross(shank, thigh), thigh, self.out.frames["pelvis"].right)
        joints |= {f"knee.{side}": knee, f"ankle.{side}": ankle}
        joints |= {f"thigh.{side}": (hip + knee) / 2, f"shank.{side}": (knee + ankle) / 2}
        self.out.frames[f"thigh.{side}"] = limb_frame(hip, thigh, axis)
        self.out.frames[f"shank.{side}"] = limb_frame(knee, shank, axis)
        self._foot(side, leg, ankle, axis)

    def _foot(self, side: str, leg: Leg, ankle: Vec, axis: Vec) -> None:
        front = self._way(leg.foot, side) if leg.foot else self.out.frames[f"shank.{side}"].front
        right = across(axis, front, Z)
        up = np.cross(right, front)
        frame = self.out.frames[f"foot.{side}"] = Frame(ankle, front, up, right)
        self.out.toes[side] = leg.toes
        self.out.joints |= {f"heel.{side}": frame.point(-3.2, -3.4), f"sole.{side}": frame.point(3.5, -3.8)}
        self.out.joints[f"toes.{side}"] = frame.point(10, -3)

    def _arm(self, side: str, arm: Arm) -> None:
        reaches = arm.to is not None or arm.elbow is not None
        if reaches and not self.reaching:
            return
        shoulder = self._shoulder(side, 0.0)
        solve: Callable[[Vec], tuple[Vec, Vec]] = lambda root: self._elbow_wrist(side, arm, root)  # noqa: E731
        elbow, _ = solve(shoulder)
        lift = max(0.0, float(unit(elbow - shoulder) @ self.out.frames["chest"].up))
        shoulder = self._shoulder(side, lift)
        elbow, wrist = solve(shoulder)
        upper, fore = unit(elbow - shoulder), unit(wrist - elbow)
        axis = hinge(np.cross(upper, fore), upper, self.out.frames["chest"].right)
        joints = self.out.joints
        joints |= {f"shoulder.{side}": shoulder, f"elbow.{side}": elbow, f"wrist.{side}": wrist}
        joints |= {f"upperarm.{side}": (shoulder + elbow) / 2, f"forearm.{side}": (elbow + wrist) / 2}
        self.out.frames[f"upperarm.{side}"] = limb_frame(shoulder, upper, axis)
        self.out.frames[f"forearm.{side}"] = limb_frame(elbow, fore, axis)
        self._hand(side, arm, wrist, fore)

    def _shoulder(self, side: str, lift: float) -> Vec:
        """The joint slides up and in when the arm goes overhead."""
        top, s = self.out.at_spine(bodies.SHOULDER_AT), sign(side)
        forward, up = self.pose.shoulders
        return top.point(forward, up + 2.4 * lift, s * (bodies.SHOULDER_HALF - 1.3 * lift - abs(forward) * 0.15))

    def _elbow_wrist(self, side: str, arm: Arm, shoulder: Vec) -> tuple[Vec, Vec]:
        if arm.to is not None:
            pole = as_vec(arm.pole) if arm.pole else self._elbow_pole(side)
            elbow, wrist, self.out.misses[f"arm.{side}"] = reach(
                shoulder, self._point(arm.to), bodies.UPPER_ARM, bodies.FOREARM, pole
            )
            return elbow, wrist
        assert arm.fore is not None  # noqa: S101 (the loader has checked)
        if arm.elbow is not None:
            elbow, self.out.misses[f"arm.{side}"] = resting_elbow(shoulder, self._point(arm.elbow))
            return elbow, elbow + self._way(arm.fore, side) * bodies.FOREARM
        assert arm.up is not None  # noqa: S101
        elbow = shoulder + self._way(arm.up, side, chest=True) * bodies.UPPER_ARM
        return elbow, elbow + self._way(arm.fore, side, chest=True) * bodies.FOREARM

    def _elbow_pole(self, side: str) -> Vec:
        chest = self.out.frames["chest"]
        return -chest.front - 0.35 * chest.up + 0.45 * sign(side) * chest.right

    def _hand(self, side: str, arm: Arm, wrist: Vec, fore: Vec) -> None:
        rides = arm.to is None and arm.elbow is None
        fingers = self._way(arm.hand, side, chest=rides) if arm.hand else fore
        chest = self.out.frames["chest"]
        inward = -sign(side) * chest.right
        normal, knuckles = hand_axes(fingers, self._palm(side, arm, wrist), inward if arm.palm else -chest.front)
        frame = self.out.frames[f"hand.{side}"] = Frame(wrist, fingers, -normal, knuckles)
        flat = frame.up[1] > 0.9 and wrist[1] < FLAT_HAND
        self.out.curls[side] = arm.grip if arm.grip is not None else 2.0 if flat else 20.0
        self.out.joints |= {f"hand.{side}": frame.point(3.8, 0), f"grip.{side}": frame.point(4.0, -1.9)}
        self.out.joints[f"fingers.{side}"] = frame.point(bodies.HAND, 0)

    def _palm(self, side: str, arm: Arm, wrist: Vec) -> Vec:
        chest, s = self.out.frames["chest"], sign(side)
        own = {"in": -s * chest.right, "out": s * chest.right, "front": chest.front, "back": -chest.front}
        if isinstance(arm.palm, str):
            return own[arm.palm] if arm.palm in own else vec(*PALMS[arm.palm])
        if arm.palm is not None:
            return as_vec(arm.palm)
        flat = wrist[1] < FLAT_HAND and (arm.to is not None or arm.elbow is not None)
        return -Y if flat else own["in"]


def _axes(frame: Frame) -> Matrix:
    return np.column_stack((frame.front, frame.up, frame.right))


LEG_JOINTS = {"hip", "knee", "ankle", "heel", "sole", "toes", "thigh", "shank", "foot"}
