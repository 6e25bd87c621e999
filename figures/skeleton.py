"""The skeleton: joint angles become places of joints.

Lengths in percent of body height (H = 100). World: x the way the figure faces when its turn is 0, y up (floor 0), z its own right.
Angles in degrees from the neutral zero position (standing upright, arms hanging, thumbs forward). Positive is flexion, abduction,
external rotation, pronation, dorsiflexion, bend or turn to the own right, on both sides alike.
"""

from collections.abc import Mapping
from math import acos, atan2, degrees, sqrt
from typing import Any

from figures.vectors import (
    IDENTITY,
    Matrix,
    Vector,
    add,
    col,
    cross,
    dot,
    from_cols,
    lerp,
    mm,
    mul,
    mv,
    norm,
    rx,
    ry,
    rz,
    sub,
    unit,
)

Pose = Mapping[str, Any]

# Drillis & Contini (1966), as printed in Winter, "Biomechanics and Motor Control of Human Movement", fig. 4.1.
THIGH, SHANK = 24.5, 24.6
UPPER_ARM, FOREARM, HAND = 18.6, 14.6, 10.8
GRIP = 4.2  # from the wrist to the middle of the palm

# Drawing choices, not measurements: offsets in the frame of the part below.
HIP_Z = 4.7
L5: Vector = (-1.0, 5.5, 0.0)  # from mid-hip
T12: Vector = (0.0, 10.5, 0.0)  # from L5
C7: Vector = (-1.4, 17.3, 0.0)  # from T12
SHOULDER: Vector = (-0.6, 13.0, 10.0)  # from T12
SKULL: Vector = (2.4, 5.2, 0.0)  # from C7
HEAD: Vector = (1.1, 4.3, 0.0)  # from the base of the skull

# Limits for drawing (degrees): usual ranges, opened a little. They are no clinical norms. Ankle: 35 only under body weight, -65
# with the midfoot.
JOINT_LIMITS = {
    "hip": (-20, 125),
    "hip_abd": (-30, 50),
    "knee": (0, 150),
    "ankle": (-65, 35),
    "toe": (-30, 70),
    "spread": (0, 25),
    "arch": (0, 1),
    "shoulder": (-60, 180),
    "shoulder_abd": (-45, 180),
    "elbow": (0, 150),
    "pron": (-90, 90),
    "wrist": (-90, 85),
    "dev": (-35, 25),
    "lumbar": (-30, 60),
    "thoracic": (-25, 45),
    "neck": (-45, 50),
    "head": (-25, 30),
    "lumbar_lat": (-25, 25),
    "thoracic_lat": (-25, 25),
    "neck_lat": (-35, 35),
    "head_lat": (-12, 12),
    "lumbar_rot": (-10, 10),
    "thoracic_rot": (-35, 35),
    "neck_rot": (-60, 60),
    "head_rot": (-35, 35),
    "belly": (-2, 5),  # no angle: how far it stands out with the breath, percent of body height
    "fist": (0, 1),  # no angle: 0 an open hand, 1 a fist
}

# The frame that a point turns with, when something else is to keep its place on it.
FRAME_OF = {
    "head": "head",
    "crown": "head",
    "chin": "head",
    "chest": "thorax",
    "back": "thorax",
    "c7": "thorax",
    "belly": "lumbar",
    "pelvis": "pelvis",
    **{
        f"{point}_{side}": f"{frame}_{side}"
        for side in "rl"
        for point, frame in {
            "knee": "thigh",
            "hip": "pelvis",
            "ankle": "shank",
            "heel": "foot",
            "sole": "foot",
            "ball": "foot",
            "hand": "hand",
            "wrist": "fore",
            "elbow": "upper",
        }.items()
    },
}
FRAME_OF.update(hip_r="pelvis", hip_l="pelvis")


class Posed(dict[str, Vector]):
    """Named points of a solved pose.

    `R` frames by part, `angles` in degrees by joint (found too where a target was reached; with them `belly` and `fist`, which are
    none), `misses` the limbs whose target is out of reach.
    """

    def __init__(self, known: Mapping[str, Vector] = {}, frames: Mapping[str, Matrix] = {}) -> None:
        super().__init__()
        self.known, self.frames = known, frames
        self.R: dict[str, Matrix] = {}
        self.angles: dict[str, float] = {}
        self.misses: list[str] = []

    def place(self, target: Any, z: float = 0.0) -> Vector:
        """Return where a target is.

        A target is [x, y] or [x, y, z] in the world, the name of a point, or {of: point, shift: [x, y, z]} with the shift in that
        point's own frame. A point is one of this body, of a prop ("chair.back") or of the other person ("patient.knee_r"), whose
        limbs take a hand along as they turn.
        """
        if isinstance(target, str):
            return self.named(target)
        if isinstance(target, Mapping):
            if "mix" in target:  # on the way between two targets of different kinds
                a, b, share = target["mix"]
                return lerp(self.place(a, z), self.place(b, z), share)
            shift: Vector = tuple(float(v) for v in target.get("shift", (0, 0, 0)))  # type: ignore[assignment]
            return add(self.named(target["of"]), mv(self.frame(target["of"]), shift))
        return (target[0], target[1], target[2] if len(target) > 2 else z)

    def frame(self, point: str) -> Matrix:
        """Return the frame that a point turns with; a thing's does not turn."""
        return self.frames.get(point) or self.R.get(FRAME_OF.get(point, ""), IDENTITY)

    def named(self, point: str) -> Vector:
        if point in self:
            return self[point]
        if point in self.known:
            return self.known[point]
        raise ValueError(f"no point is called {point}; there are {', '.join(sorted({*self, *self.known}))}")


def spine_rotation(spine: Pose, part: str) -> Matrix:
    return mm(rz(-spine.get(part, 0)), rx(spine.get(part + "_lat", 0)), ry(-spine.get(part + "_rot", 0)))


def two_bones(
    origin: Vector, target: Vector, first: float, second: float, pole: Vector
) -> tuple[Vector, Vector, bool]:
    """Return the directions of two bones from `origin` to `target`, bending towards `pole`, and whether they reach."""
    way = sub(target, origin)
    distance = norm(way)
    reach = min(max(distance, abs(first - second) + 0.05), first + second - 0.01)
    along = unit(way)
    aside = sub(pole, mul(along, dot(pole, along)))
    aside = unit(aside) if norm(aside) > 1e-6 else unit(cross(along, (0, 0, 1)))
    cosine = max(-1.0, min(1.0, (first**2 + reach**2 - second**2) / (2 * first * reach)))
    one = add(mul(along, cosine), mul(aside, sqrt(1 - cosine * cosine)))
    two = unit(sub(add(origin, mul(along, reach)), add(origin, mul(one, first))))
    return one, two, abs(reach - distance) < 0.3


def bone_frame(direction: Vector, hinge: Vector) -> Matrix:
    """Return the frame whose -y runs along the bone and whose z is the hinge's axis."""
    y = mul(unit(direction), -1)
    z = unit(sub(hinge, mul(y, dot(hinge, y))))
    return from_cols(cross(y, z), y, z)


def solve(pose: Pose, known: Mapping[str, Vector] = {}, frames: Mapping[str, Matrix] = {}) -> Posed:
    """Return the points of a pose; `known` are places outside the body that it may reach for, `frames` those that turn."""
    root = pose.get("root", {})
    R = mm(
        ry(-root.get("turn", 0)), rz(-root.get("lean", 0)), rx(root.get("side", 0)), ry(-root.get("spin", 0))
    )
    at = Posed(known, frames).place(root.get("at", [0, 53, 0]))
    posed = _body(pose, R, at, known, frames)
    pin = pose.get("pin")
    if not pin:
        return posed
    # the whole figure moves so that one point is where it must be; a null leaves that direction alone
    now, want = posed[pin["point"]], [*pin["at"], None][:3]
    moved = tuple(now[i] if want[i] is None else float(want[i]) for i in range(3))
    return _body(pose, R, add(at, sub(moved, now)), known, frames)  # type: ignore[arg-type]


def _body(
    pose: Pose, R: Matrix, at: Vector, known: Mapping[str, Vector], frames: Mapping[str, Matrix]
) -> Posed:
    P = Posed(known, frames)
    spine = pose.get("spine", {})
    heading = mv(ry(-pose.get("root", {}).get("turn", 0)), (1, 0, 0))
    P["pelvis"], P.R["pelvis"] = at, R
    P["l5"] = add(at, mv(R, L5))
    lumbar = mm(R, spine_rotation(spine, "lumbar"))
    P["t12"] = add(P["l5"], mv(lumbar, T12))
    thorax = mm(lumbar, spine_rotation(spine, "thoracic"))
    P["c7"] = add(P["t12"], mv(thorax, C7))
    neck = mm(thorax, spine_rotation(spine, "neck"))
    P["skull"] = add(P["c7"], mv(neck, SKULL))
    head = mm(neck, spine_rotation(spine, "head"))
    P["head"] = add(P["skull"], mv(head, HEAD))
    P["crown"] = add(P["head"], mv(head, (-0.6, 6.6, 0)))
    P["chin"] = add(P["head"], mv(head, (4.6, -5.6, 0)))
    P["chest"] = add(P["t12"], mv(thorax, (6, 9, 0)))
    P["back"] = add(P["t12"], mv(thorax, (-6, 6, 0)))
    P["belly"] = add(P["l5"], mv(lumbar, (5.6 + spine.get("belly", 0), 5, 0)))
    P["lumbar_back"] = add(P["l5"], mv(lumbar, (-5, 6, 0)))
    P["buttock"] = add(at, mv(R, (-7.2, -1.0, 0)))
    P.R.update(lumbar=lumbar, thorax=thorax, neck=neck, head=head)
    P.angles.update(spine)
    sides = [("r", 1), ("l", -1)]
    # a leg that rests on the other one comes second
    for side, sign in sorted(sides, key=lambda s: isinstance(pose.get("leg_" + s[0], {}).get("reach"), dict)):
        hip = add(at, mv(R, (0, 0, sign * HIP_Z)))
        _leg(P, pose.get("leg_" + side, {}), side, sign, R, hip, heading)
    for side, sign in sorted(sides, key=lambda s: "hand" in str(pose.get("arm_" + s[0], {}).get("reach"))):
        forward, up = pose.get("girdle_" + side, [0, 0])
        shift = (SHOULDER[0] + forward, SHOULDER[1] + up, sign * SHOULDER[2])
        _arm(P, pose.get("arm_" + side, {}), side, sign, thorax, add(P["t12"], mv(thorax, shift)))
    return P


def ball_joint(parent: Matrix, bone: Matrix) -> tuple[float, float]:
    """Return (flexion, abduction) of a bone, for the right side, from its direction in the parent's frame."""
    d = mul(col(bone, 1), -1)
    x, y, z = (dot(d, col(parent, i)) for i in range(3))
    return degrees(atan2(x, -y)), degrees(atan2(z, sqrt(x * x + y * y)))


def _leg(P: Posed, leg: Pose, side: str, sign: int, parent: Matrix, hip: Vector, heading: Vector) -> None:
    n = "_" + side
    P["hip" + n] = hip
    if "reach" in leg:
        pole = tuple(leg["pole"]) if "pole" in leg else add(col(parent, 0), mul(col(parent, 1), 0.35))
        one, two, reached = two_bones(hip, P.place(leg["reach"], hip[2]), THIGH, SHANK, pole)
        if not reached:
            P.misses.append("leg" + n)
        hinge = cross(one, two)
        hinge = mul(unit(hinge), -1) if norm(hinge) > 0.02 else col(parent, 2)
        if dot(hinge, col(parent, 2)) < -0.2 and "pole" not in leg:
            hinge = mul(hinge, -1)
        thigh, shank = bone_frame(one, hinge), bone_frame(two, hinge)
    else:
        thigh = mm(
            parent, rz(leg.get("hip", 0)), rx(-sign * leg.get("abd", 0)), ry(-sign * leg.get("rot", 0))
        )
        shank = mm(thigh, rz(-leg.get("knee", 0)))
    knee = add(hip, mv(thigh, (0, -THIGH, 0)))
    ankle = add(knee, mv(shank, (0, -SHANK, 0)))
    dorsiflexion = leg.get("ankle", 0)
    if "foot" in leg:  # pitch of the sole in the world; 0 is flat
        x = col(shank, 0)
        now = degrees(atan2(x[1], sqrt(x[0] ** 2 + x[2] ** 2)))
        if dot(x, heading) < -0.5:
            now = 180 - now
        dorsiflexion = (leg["foot"] - now + 180) % 360 - 180
    foot = mm(shank, ry(-sign * leg.get("swing", 0)), rz(dorsiflexion), rx(-sign * leg.get("evert", 0)))
    toe = mm(foot, rz(leg.get("toe", 0)))
    P["knee" + n], P["ankle" + n] = knee, ankle
    P["heel" + n] = add(ankle, mv(foot, (-2.2, -3.9, 0)))
    P["ball" + n] = add(ankle, mv(foot, (7.4, -3.9, 0)))
    P["sole" + n] = add(ankle, mv(foot, (4.0, -3.9, 0)))
    P["toeball" + n] = add(ankle, mv(foot, (7.4, -2.4, 0)))
    P["toe" + n] = add(P["toeball" + n], mv(toe, (3.6, 0, 0)))
    P.R.update({"thigh" + n: thigh, "shank" + n: shank, "foot" + n: foot, "toe" + n: toe})
    flexion, abduction = ball_joint(parent, thigh)
    bend = degrees(acos(max(-1, min(1, dot(col(thigh, 1), col(shank, 1))))))
    if dot(cross(col(thigh, 1), col(shank, 1)), col(thigh, 2)) > 1e-6:
        bend = -bend
    P.angles.update(
        {
            "hip" + n: flexion,
            "hip_abd" + n: abduction * sign,
            "knee" + n: bend,
            "ankle" + n: dorsiflexion,
            "toe" + n: leg.get("toe", 0),
            **{key + n: leg[key] for key in ("spread", "arch") if key in leg},
        }
    )


def _arm(P: Posed, arm: Pose, side: str, sign: int, parent: Matrix, shoulder: Vector) -> None:
    n = "_" + side
    P["shoulder" + n] = shoulder
    if "reach" in arm:
        target = P.place(arm["reach"], shoulder[2])
        lower = FOREARM
        if arm.get("by", "hand") == "hand":
            if "hand" in arm:
                target = sub(target, mul(unit(tuple(arm["hand"])), GRIP))
            else:
                lower += GRIP  # the hand goes on straight from the forearm
        pole = (
            tuple(arm["pole"])
            if "pole" in arm
            else add(mul(col(parent, 0), -1), mul(col(parent, 2), 0.25 * sign))
        )
        one, two, reached = two_bones(shoulder, target, UPPER_ARM, lower, pole)
        if not reached:
            P.misses.append("arm" + n)
        hinge = cross(one, two)
        hinge = unit(hinge) if norm(hinge) > 0.02 else col(parent, 2)
        upper, fore = bone_frame(one, hinge), bone_frame(two, hinge)
    else:
        upper = mm(
            parent, rz(arm.get("shoulder", 0)), rx(-sign * arm.get("abd", 0)), ry(-sign * arm.get("rot", 0))
        )
        fore = mm(upper, rz(arm.get("elbow", 0)))
    fore = mm(fore, ry(sign * arm.get("pron", 0)))
    elbow = add(shoulder, mv(upper, (0, -UPPER_ARM, 0)))
    wrist = add(elbow, mv(fore, (0, -FOREARM, 0)))
    if "hand" in arm:  # direction of the fingers in the world; palm: what the palm looks at
        hand = bone_frame(
            tuple(arm["hand"]), mul(tuple(arm["palm"]), -sign) if "palm" in arm else col(fore, 2)
        )
    else:
        hand = mm(fore, rx(sign * arm.get("wrist", 0)), rz(arm.get("dev", 0)))
    P["elbow" + n], P["wrist" + n] = elbow, wrist
    P["hand" + n] = add(wrist, mv(hand, (0, -GRIP, 0)))
    P["tip" + n] = add(wrist, mv(hand, (0, -HAND * 0.93, 0)))
    P.R.update({"upper" + n: upper, "fore" + n: fore, "hand" + n: hand})
    P.angles["elbow" + n] = degrees(acos(max(-1, min(1, dot(col(upper, 1), col(fore, 1))))))
    flexion, abduction = ball_joint(parent, upper)
    raised = degrees(acos(max(-1, min(1, dot(col(upper, 1), col(parent, 1))))))
    if raised < 90:  # above the shoulder's height flexion and abduction cannot be told apart
        P.angles["shoulder_abd" + n] = abduction * sign
        if abs(abduction) < 60:
            P.angles["shoulder" + n] = flexion
    P.angles.update({key + n: arm[key] for key in ("pron", "wrist", "dev", "fist") if key in arm})
