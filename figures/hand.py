"""The hand rig: one or two large hands with their forearms, for exercises that the body's mitten cannot show.

Lengths in **percent of hand length** (wrist crease to the tip of the middle finger, about 187 mm), angles in degrees from the
straight hand. Positive is flexion, ulnar deviation, pronation, opposition, abduction and spread, on both hands alike. The own
frame of a hand is x to the fingers, y out of its back, z to the little finger; all is computed for the right hand, the left is
its mirror image in z.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, hypot, pi, sin
from typing import Any

from figures.body import Group
from figures.camera import Camera
from figures.shapes import Shape, ribbon
from figures.skeleton import Posed
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

FINGERS = ("index", "middle", "ring", "little")
DIGITS = ("thumb", *FINGERS)
MILLIMETRE = 100 / 187

# Bones after Buryanov & Kotiuk (2010), "Proportions of hand segments", Int. J. Morphol. 28(3): 755-758, in mm: proximal, middle and
# distal phalanx (thumb: metacarpal, proximal, distal), with 4 mm of soft tissue beyond the last bone. Noted down without the paper
# at hand: compare once.
BONES: dict[str, tuple[float, float, float]] = {
    digit: (a * MILLIMETRE, b * MILLIMETRE, (c + 4) * MILLIMETRE)
    for digit, (a, b, c) in {
        "thumb": (46.2, 31.6, 21.7),
        "index": (39.8, 22.4, 15.8),
        "middle": (44.6, 26.3, 17.4),
        "ring": (41.4, 25.7, 17.3),
        "little": (32.7, 18.1, 16.0),
    }.items()
}
FOREARM = 135.0  # 14.6 to 10.8 of body height, as in `skeleton`
CUFF = 46.0  # how far from the wrist the sleeve begins, if a figure does not say

# Drawing choices, not measurements: where the digits begin, how thick they are (at their three joints and the tip), rest angles.
ROOT: dict[str, Vector] = {
    "thumb": (11.0, -5.0, -11.5),
    "index": (48.0, -1.0, -13.0),
    "middle": (50.0, 0.0, -3.6),
    "ring": (47.2, -0.8, 5.6),
    "little": (42.6, -2.8, 13.8),
}
THICK: dict[str, tuple[float, float, float, float]] = {
    "thumb": (8.2, 6.4, 5.8, 4.9),
    "index": (6.2, 5.4, 4.8, 4.3),
    "middle": (6.3, 5.5, 4.9, 4.4),
    "ring": (6.0, 5.2, 4.6, 4.2),
    "little": (5.4, 4.6, 4.1, 3.7),
}
FAN = {"index": 3.0, "middle": 0.0, "ring": -3.0, "little": -7.0}  # straight fingers point a little apart
SPREADS = {
    "index": 1,
    "middle": 1,
    "ring": -1,
    "little": -1,
}  # away from the middle finger; the middle one to the thumb
THUMB_OUT, THUMB_ROLL = (
    22.0,
    62.0,
)  # the resting thumb: aside from the index finger, its nail turned to the side

# Usual ranges of movement as in textbooks (American Academy of Orthopaedic Surgeons, "Joint motion", 1965), opened a little for
# drawing; they are no clinical norms. Opposition and abduction of the thumb are turns of this rig, not goniometer readings.
LIMITS: dict[str, tuple[float, float]] = {
    "wrist": (-75, 85),
    "dev": (-25, 40),
    "pron": (-90, 90),
    "thumb_oppose": (-10, 125),
    "thumb_abd": (-25, 45),
    "thumb_mcp": (-10, 65),
    "thumb_ip": (-15, 85),
    **{f"{finger}_mcp": (-30, 95) for finger in FINGERS},
    **{f"{finger}_pip": (-5, 112) for finger in FINGERS},
    **{f"{finger}_dip": (-8, 82) for finger in FINGERS},
    **{f"{finger}_spread": (-12, 25) for finger in FINGERS},
}
JOINTS = {"thumb": ("oppose", "abd", "mcp", "ip"), **dict.fromkeys(FINGERS, ("mcp", "pip", "dip", "spread"))}
PLACED = {"at", "by", "point", "palm", "wrist", "dev", "pron"}
HAND = {*PLACED, *DIGITS, "shape", "touch"}
BOWED = {"ip": 8.0, "pip": 25.0, "dip": 14.0}  # least bend of digits that touch: a round O, no beak
OPPOSED: dict[str, list[float]] = {  # thumb and finger, where a search from the given pose finds no way
    "index": [82, 14, 14, 12, 50, 45, 24, 0],
    "middle": [92, 18, 14, 12, 54, 45, 22, 0],
    "ring": [107, 40, 21, 12, 74, 40, 18, 1],
    "little": [122, 42, 20, 10, 72, 34, 16, 2],
}
MET = 0.02
TOUCH_MISS = 1.0 * MILLIMETRE  # pads that stay farther apart have not met


def _alike(finger: Sequence[float], thumb: Sequence[float], spread: float = 0.0) -> dict[str, list[float]]:
    return {
        "thumb": list(thumb),
        **{name: [*finger, 0.0 if name == "middle" else spread] for name in FINGERS},
    }


# Named shapes: where the digits start from.
SHAPES: dict[str, dict[str, list[float]]] = {
    "straight": _alike((0, 0, 0), (48, 4, 5, 5), -1),
    "open": _alike((-6, 2, 2), (15, 26, 0, -5), 11),
    "relaxed": {
        "thumb": [42, 8, 12, 14],
        "index": [22, 28, 12, 0],
        "middle": [28, 34, 14, 0],
        "ring": [32, 38, 15, 0],
        "little": [34, 38, 15, 2],
    },
    "hook": _alike((2, 98, 62), (48, 4, 5, 5), -1),
    "fist": {
        "thumb": [91, 45, 52, 20],
        "index": [84, 104, 62, -1],
        "middle": [88, 104, 62, 0],
        "ring": [89, 104, 62, -1],
        "little": [90, 104, 62, -2],
    },
    "tabletop": _alike((86, 0, 0), (40, 4, 5, 5), -1),
    "loose-fist": _alike((58, 74, 38), (92, 25, 1, 25), -1),
    "pinch-index": {
        "thumb": [82, 14, 14, 12],
        "index": [46, 42, 22, 0],
        "middle": [26, 30, 14, 0],
        "ring": [22, 28, 12, 2],
        "little": [18, 24, 12, 4],
    },
    "grip": {
        "thumb": [86, 35, 28, 13],
        "index": [62, 78, 42, 0],
        "middle": [64, 78, 42, 0],
        "ring": [66, 78, 42, 0],
        "little": [68, 78, 42, 0],
    },
    "cup": _alike((34, 34, 18), (88, 20, 14, 12), 2),
}  # fmt: skip


@dataclass(frozen=True)
class Digit:
    """A solved digit in the hand's own frame: four joints, the last the middle of the tip's ball, and the frame of each bone."""

    joints: tuple[Vector, Vector, Vector, Vector]
    frames: tuple[Matrix, Matrix, Matrix]
    radius: float

    @property
    def tip(self) -> Vector:
        return add(self.joints[3], mul(col(self.frames[2], 0), self.radius))

    @property
    def pad(self) -> Vector:
        """Return the middle of the pulp, on the skin."""
        return add(lerp(self.joints[2], self.joints[3], 0.85), mul(col(self.frames[2], 1), -self.radius))

    @property
    def faces(self) -> Vector:
        """Return the direction in which the pad looks."""
        return mul(col(self.frames[2], 1), -1)


def digit(name: str, angles: Sequence[float]) -> Digit:
    """Return a digit of the right hand at its four angles, in the order of `JOINTS`."""
    if name == "thumb":
        oppose, out, mcp, ip = angles
        first = mm(rx(-oppose), ry(THUMB_OUT + out), rx(-THUMB_ROLL))
        turns = (mcp, ip)
    else:
        knuckle, pip, dip, spread = angles
        first = mm(ry(FAN[name] + SPREADS[name] * spread), rz(-knuckle))
        turns = (pip, dip)
    frames = [first]
    for turn in turns:
        frames.append(mm(frames[-1], rz(-turn)))
    joints, radius = [ROOT[name]], THICK[name][3]
    for frame, length in zip(frames, BONES[name], strict=True):
        long = length - radius if len(joints) == 3 else length
        joints.append(add(joints[-1], mul(col(frame, 0), long)))
    return Digit(tuple(joints), tuple(frames), radius)  # type: ignore[arg-type]


# --- poses -----------------------------------------------------------------------------------------------------------------------


def resolve(pose: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hand's pose in numbers: the shape laid out, what a finger says over it, pads that must meet brought together.

    Poses are mixed over time after this, so that nothing has to be solved between two of them. `missed` is how far pads stay apart.
    """
    angles = {name: list(values) for name, values in SHAPES[pose.get("shape", "relaxed")].items()}
    for name in DIGITS:
        given = pose.get(name)
        if isinstance(given, Mapping):
            for i, joint in enumerate(JOINTS[name]):
                angles[name][i] = float(given.get(joint, angles[name][i]))
        elif given is not None:
            angles[name][: len(given)] = [float(value) for value in given]
    out: dict[str, Any] = {
        "at": [0, 0, 0], "by": "wrist", "point": [1, 0, 0], "palm": [0, -1, 0], "wrist": 0.0, "dev": 0.0, "pron": 0.0,
        "missed": 0.0, **{key: pose[key] for key in PLACED if key in pose},
    }  # fmt: skip
    if touch := pose.get("touch"):
        out["missed"] = meet(angles, touch["thumb"], touch.get("gap", 0.0))
    return out | angles


def meet(angles: dict[str, list[float]], finger: str, gap: float = 0.0) -> float:
    """Bring the pads of thumb and a finger together, or `gap` apart, by changing both digits' angles; return what is missing.

    Least squares in two rounds (Levenberg-Marquardt, within the joint limits): first near the given pose with the pads facing each
    other, then nothing but the distance.
    """
    names = [("thumb", joint) for joint in JOINTS["thumb"]] + [(finger, joint) for joint in JOINTS[finger]]
    limits = [
        (max(low, BOWED.get(joint, low)), high)
        for joint, (low, high) in ((joint, LIMITS[f"{name}_{joint}"]) for name, joint in names)
    ]
    wanted = [*angles["thumb"], *angles[finger]]

    def errors(values: Sequence[float], facing: float, rest: float, home: Sequence[float]) -> list[float]:
        thumb, other = digit("thumb", values[:4]), digit(finger, values[4:])
        apart = sub(add(thumb.pad, mul(thumb.faces, gap / 2)), add(other.pad, mul(other.faces, gap / 2)))
        skew = mul(add(thumb.faces, other.faces), facing)
        # a finger bows sooner than it goes aside, and its last two joints bend together
        weight = [1, 1, 1, 1, 1, 1, 1, 3]
        away = [rest * w * (v - h) for w, v, h in zip(weight, values, home, strict=True)]
        return [*apart, *skew, *away]

    best = 1e9
    for start in (wanted, OPPOSED[finger]):
        values: Sequence[float] = start
        for facing, rest, steps in ((3.0, 0.06, 40), (0.0, 1e-4, 20)):
            goal = partial(errors, facing=facing, rest=rest, home=list(values))
            values = _least(goal, values, limits, steps)
        missing = norm(tuple(errors(values, 0, 0, values)[:3]))  # type: ignore[arg-type]
        if missing < best:
            best, found = missing, values
        if best < MET:
            break
    angles["thumb"], angles[finger] = list(found[:4]), list(found[4:])
    return best


def _least(
    errors: Any, start: Sequence[float], limits: Sequence[tuple[float, float]], steps: int
) -> list[float]:
    """Return the values within limits that make the sum of squared errors small."""
    values, damping = list(start), 0.01
    now = errors(values)
    total = sum(e * e for e in now)
    for _ in range(steps):
        slopes = []
        for i in range(len(values)):
            moved = list(values)
            moved[i] += 0.01
            slopes.append([(b - a) / 0.01 for a, b in zip(now, errors(moved), strict=True)])
        normal = [[sum(a * b for a, b in zip(p, q, strict=True)) for q in slopes] for p in slopes]
        aim = [-sum(s * e for s, e in zip(slope, now, strict=True)) for slope in slopes]
        for i in range(len(values)):
            normal[i][i] += damping * (normal[i][i] + 1e-6)
        change = _solved(normal, aim)
        tried = [max(low, min(high, v + c)) for v, c, (low, high) in zip(values, change, limits, strict=True)]
        then = errors(tried)
        if (sum_ := sum(e * e for e in then)) < total:
            if total - sum_ < 1e-10:
                return tried
            values, now, total, damping = tried, then, sum_, damping / 4
        else:
            damping *= 6
            if damping > 1e8:
                break
    return values


def _solved(rows: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of a small set of linear equations (Gauss, with pivots)."""
    n = len(right)
    work = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for i in range(n):
        best = max(range(i, n), key=lambda k: abs(work[k][i]))
        work[i], work[best] = work[best], work[i]
        for k in range(i + 1, n):
            factor = work[k][i] / work[i][i]
            work[k] = [a - factor * b for a, b in zip(work[k], work[i], strict=True)]
    out = [0.0] * n
    for i in reversed(range(n)):
        out[i] = (work[i][n] - sum(work[i][k] * out[k] for k in range(i + 1, n))) / work[i][i]
    return out


# --- solved hands ----------------------------------------------------------------------------------------------------------------


class Hands(Posed):
    """Solved hands.

    Points: `r.wrist palm back edge elbow fore pinch` and of each digit `r.index.tip pad nail mcp pip dip` (thumb: `cmc mcp ip`),
    likewise `l.`.
    `R` has the frame of each hand (`r`) and forearm (`r.fore`); `digits` the solved digits in the hand's own frame.
    """

    def __init__(self, known: Mapping[str, Vector] = {}) -> None:
        super().__init__(known)
        self.digits: dict[str, dict[str, Digit]] = {}

    def frame(self, point: str) -> Matrix:
        side, _, part = point.partition(".")
        return self.R.get(f"{side}.fore" if part in ("fore", "elbow") else side, IDENTITY)

    def world(self, side: str, local: Vector, frame: str = "") -> Vector:
        """Return a place given in a hand's (or forearm's) own frame, the right one's; the left is its mirror image."""
        x, y, z = local
        return add(self[f"{side}.wrist"], mv(self.R[side + frame], (x, y, z if side == "r" else -z)))

    def towards(self, side: str, local: Vector) -> Vector:
        """Return a direction given in a hand's own frame."""
        return sub(self.world(side, local), self[f"{side}.wrist"])


def solve(pose: Mapping[str, Any], known: Mapping[str, Vector] = {}) -> Hands:
    """Return the hands of a resolved pose, {hands: {r: …, l: …}}; the left one may be placed by points of the right."""
    P = Hands(known)
    for side in sorted(pose.get("hands", {}), reverse=True):
        _solve_hand(P, side, pose["hands"][side])
    return P


def _solve_hand(P: Hands, side: str, hand: Mapping[str, Any]) -> None:
    sign = 1 if side == "r" else -1
    x = unit(tuple(float(v) for v in hand["point"]))  # type: ignore[arg-type]
    back = mul(tuple(float(v) for v in hand["palm"]), -1)  # type: ignore[arg-type]
    y = unit(sub(back, mul(x, dot(back, x))))
    frame = mm(from_cols(x, y, cross(x, y)), rx(-hand["pron"] * sign))
    P.R[f"{side}.fore"] = frame
    P.R[side] = mm(frame, ry(-hand["dev"] * sign), rz(-hand["wrist"]))
    P[f"{side}.wrist"] = (0.0, 0.0, 0.0)
    P.digits[side] = {name: digit(name, hand[name]) for name in DIGITS}
    points = _points(P, side)
    shift = sub(P.place(hand["at"]), points[hand["by"]])
    P.update({f"{side}.{name}": add(p, shift) for name, p in points.items()})
    for joint in ("wrist", "dev", "pron"):
        P.angles[f"{side}.{joint}"] = hand[joint]
    for name in DIGITS:
        for joint, angle in zip(JOINTS[name], hand[name], strict=True):
            P.angles[f"{side}.{name}_{joint}"] = angle
    if hand["missed"] > TOUCH_MISS:
        P.misses.append(f"{side}.thumb")


def _points(P: Hands, side: str) -> dict[str, Vector]:
    points = {
        "wrist": (0.0, 0.0, 0.0),
        "palm": P.world(side, (30, -8.5, 0)),
        "back": P.world(side, (30, 7.5, 0)),
        "edge": P.world(side, (24, -4, 19)),
        "elbow": P.world(side, (-FOREARM, 0, 0), ".fore"),
        "fore": P.world(side, (-FOREARM / 3, 0, 0), ".fore"),
    }
    for name, one in P.digits[side].items():
        names = ("cmc", "mcp", "ip") if name == "thumb" else ("mcp", "pip", "dip")
        places = dict(zip(names, one.joints, strict=False))
        nail = add(lerp(one.joints[2], one.joints[3], 0.8), mul(one.faces, -one.radius))
        for point, place in {**places, "tip": one.tip, "pad": one.pad, "nail": nail}.items():
            points[f"{name}.{point}"] = P.world(side, place)
    points["pinch"] = lerp(points["thumb.pad"], points["index.pad"], 0.5)
    return points


# --- drawing ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """Back to front, the parts of each hand (`palm` with the forearm, and the digits): the same in every frame."""

    order: tuple[tuple[str, str], ...]
    far: tuple[str, ...] = ()  # hands in the darker colours of the far side
    cuff: float = CUFF
    marks: tuple[Mapping[str, Any], ...] = ()
    creased: tuple[str, ...] = ("r", "l")  # hands whose palm is ever seen


def make_plan(P: Hands, camera: Camera, doc: Mapping[str, Any]) -> Plan:
    """Decide from the main pose; `layers: {order: [l.palm, r, l.digits]}` overrules: parts, digits or whole hands.

    Of a finger the bone at the palm (`index.root`) and the rest (`index.ends`) are drawn apart, so that it can lie over itself and
    a thing between both; `fore` is a forearm alone.
    """
    sides = sorted(P.digits, key=lambda side: camera.depth(P[f"{side}.palm"]))
    order: list[tuple[str, str]] = []
    for entry in doc.get("layers", {}).get("order") or sides:
        side, _, part = entry.partition(".")
        first: tuple[str, ...] = ("ends", "root") if _back_shows(P, side, camera) else ("root", "ends")
        if doc.get("layers", {}).get("whole"):
            first = ("",)
        whole = [
            name if name in ("palm", "thumb") else f"{name}.{half}".rstrip(".")
            for name in _order(P, side, camera)
            for half in (first if name in FINGERS else ("",))
        ]
        order += [(side, each) for each in whole if _belongs(each, part)] or [(side, part)]
    cuff = doc.get("layers", {}).get("cuff", CUFF)
    return Plan(
        tuple(order),
        tuple(doc.get("far", ())),
        cuff,
        tuple(doc.get("highlight", ())),
        tuple(doc.get("creased", ("r", "l"))),
    )


def _belongs(each: str, part: str) -> bool:
    """Say whether a part as it is drawn (palm, thumb, index.root …) is meant by a name: none, digits, roots, ends, index …"""
    name, _, half = each.partition(".")
    return (
        part in ("", each, name)
        or (part == "digits" and each != "palm")
        or (part == "roots" and half == "root")
        or (part == "ends" and half == "ends")
    )


def palm_shows(P: Hands, side: str, camera: Camera) -> bool:
    return dot(P.towards(side, (0, -1, 0)), camera.towards) > 0.35


def _back_shows(P: Hands, side: str, camera: Camera) -> bool:
    return dot(P.towards(side, (0, -1, 0)), camera.towards) < -0.4


def _order(P: Hands, side: str, camera: Camera) -> list[str]:
    """Seen from the palm, the digits come before it; from the back, behind; from an edge, the nearest alone before it."""
    fingers = sorted(FINGERS, key=lambda name: camera.depth(P[f"{side}.{name}.mcp"]))
    palm = dot(P.towards(side, (0, -1, 0)), camera.towards)
    thumb_near = dot(P.towards(side, (0, 0, -1)), camera.towards) > 0
    if palm > 0.25:
        return ["palm", *fingers, "thumb"] if palm > 0.5 or thumb_near else ["palm", "thumb", *fingers]
    if palm < -0.4:
        return ["thumb", *fingers, "palm"] if not thumb_near else [*fingers, "palm", "thumb"]
    return (
        [*fingers[:-1], "palm", fingers[-1], "thumb"]
        if thumb_near
        else ["thumb", *fingers[:-1], "palm", fingers[-1]]
    )


Balls = Sequence[tuple[Vector, float]]


def _segments(name: str, one: Digit) -> list[Balls]:
    """Return the balls of a digit's bones."""
    radii = THICK[name]
    pulp = add(lerp(one.joints[2], one.joints[3], 0.55), mul(one.faces, 0.7))
    first = ((one.joints[0], radii[0]), (one.joints[1], radii[1]))
    if name == "thumb":  # the ball of the thumb
        middle = add(lerp(one.joints[0], one.joints[1], 0.45), mul(mv(one.frames[0], (0, -1, 0)), 1.5))
        first = (*first, (middle, 8.4))  # type: ignore[assignment]
    return [
        first,
        ((one.joints[1], radii[1]), (one.joints[2], radii[2])),
        ((one.joints[2], radii[2]), (pulp, radii[3] + 0.3), (one.joints[3], radii[3])),
    ]


# Palm and wrist in the hand's frame; the forearm in its own: (x, y, z), radius.
PALM: Balls = [
    ((2.0, 0.0, -6.4), 9.0),
    ((2.0, 0.0, 6.4), 8.8),
    ((47.0, -1.0, -12.6), 7.0),
    ((49.0, 0.0, -3.6), 7.2),
    ((46.2, -0.8, 5.6), 6.8),
    ((41.6, -2.8, 13.4), 6.4),
    ((15.0, -3.4, 11.6), 8.2),
]
ARM: Balls = [
    ((0.0, 0.0, -6.0), 9.0),
    ((0.0, 0.0, 6.0), 9.0),
    ((-56.0, -1.0, -2.0), 13.5),
    ((-56.0, -1.0, 2.0), 13.5),
    ((-110.0, -1.0, -2.0), 15.5),
    ((-110.0, -1.0, 2.0), 15.5),
]
# Muscles of the forearm: on the side of the palm (-1) or of the back, (share of the way to the sleeve, up, half width).
MUSCLES = {"wrist-flexors": -1.0, "wrist-extensors": 1.0}
MUSCLE = [(0.12, 6.0, 0.6), (0.33, 7.0, 2.8), (0.55, 8.5, 4.4), (0.73, 9.2, 4.2), (0.84, 9.6, 2.0)]
SLEEVE_END = 300.0  # beyond the elbow: the edge of the picture cuts it off


def _sleeve(cuff: float) -> Balls:
    """Return the sleeve: small balls round its edge, so that it ends straight."""
    edge = [((-cuff, -1.0 + 17 * cos(pi * k / 4), 17 * sin(pi * k / 4)), 1.5) for k in range(8)]
    return [*edge, ((-SLEEVE_END, 0.0, -3.0), 20.0), ((-SLEEVE_END, 0.0, 3.0), 20.0)]


CREASES: list[
    list[Vector]
] = [  # the ball of the thumb, and the line under the fingers, on the skin of the palm
    [(40.0, -8.0, -14.0), (33.0, -9.0, -5.0), (20.0, -9.5, 1.0), (9.0, -9.5, 1.0)],
    [(41.5, -7.5, -6.0), (37.0, -8.0, 3.0), (35.5, -8.5, 12.0)],
]


class HandsDrawn:
    """The shapes of one pose. `solids` lists (part, centre, radius) of every ball drawn, for the checks."""

    def __init__(self, P: Hands, camera: Camera) -> None:
        self.P, self.camera = P, camera
        self.solids: list[tuple[str, Vector, float]] = []

    def build(self, plan: Plan) -> list[Group]:
        """Return the groups of all hands, back to front."""
        out = []
        for i, (side, part) in enumerate(plan.order):
            far = "2" if side in plan.far else ""
            name, _, half = part.partition(".")
            earlier = {name for s, name in plan.order[:i] if s == side}
            if part == "fore":
                group = self._fore(side, far, plan.cuff)
            elif part == "palm":
                before = {each.partition(".")[0] for each in earlier if not each.endswith(".ends")} - {
                    "thumb",
                    "fore",
                }
                group = self._palm(side, far, before, plan)
            elif not half:
                group = self._digit(side, name, far, patched="palm" in earlier)
            else:
                other = f"{name}.{'root' if half == 'ends' else 'ends'}"
                group = self._half(
                    side,
                    name,
                    half,
                    far,
                    patched="palm" in earlier,
                    joined=other in earlier,
                    apart=plan.order[i - 1] != (side, other),
                )
            if (side, "fore") in plan.order:  # a reflection is pale: its nails are the only lines on it
                group.details = [detail for detail in group.details if detail[0] == "fingernail"]
            out.append(group)
        return out

    def _half(
        self, side: str, name: str, half: str, far: str, patched: bool, joined: bool, apart: bool
    ) -> Group:
        """Return the first bone of a finger, or the other two; the later of both covers the outline between them."""
        one, bones = self.P.digits[side][name], _segments(name, self.P.digits[side][name])
        skin = [self._hull(side, name, balls) for balls in (bones[:1] if half == "root" else bones[1:])]
        group = Group(f"{side}{name}{'root' if half == 'root' else ''}", [("s" + far, skin)])
        if half == "ends":
            group.details = [("fingernail", self._nail(side, one))]
        elif patched:
            group.patches = [("s" + far, self._patch(side, name))]
        if joined:
            group.patches = [*group.patches, ("s" + far, self._joint(side, name, half, apart))]
        return group

    def _joint(self, side: str, name: str, later: str, apart: bool) -> Shape:
        """Return skin over the outline where both halves of a finger meet; nothing where one half lies over the other.

        `apart`: a thing may be between both while the finger is bent.
        """
        a, b, c, _ = (self.P.world(side, p) for p in self.P.digits[side][name].joints)
        (ax, ay), (bx, by), (cx, cy) = (self.camera.xy(p) for p in (a, b, c))
        first, second = (bx - ax, by - ay), (cx - bx, cy - by)
        long, short = hypot(*first), hypot(*second)
        plain = (
            (first[0] * second[0] + first[1] * second[1]) > -0.5 * long * short
            and not (apart and self.P.angles[f"{side}.{name}_pip"] > 30)
            and short > 0.5 * BONES[name][1]
        )
        radius = THICK[name][1]
        (x, y), share = ((ax, ay), 0.3) if later == "ends" else ((cx, cy), 0.4)
        balls = [((bx, by), radius - 0.8), ((bx + (x - bx) * share, by + (y - by) * share), radius - 0.7)]
        return ("hull", balls if plain else [((bx, by), 0.02), ((bx + 0.01, by), 0.02)])

    def _fore(self, side: str, far: str, cuff: float) -> Group:
        # all that shows of the hidden arm is its sleeve, lower than the one in the mirror: hidden and seen arms are two
        balls = [(add(centre, (60.0, 2.0, -28.0)), radius) for centre, radius in _sleeve(cuff)]
        return Group(f"{side}fore", [("t" + far, [self._hull(side, "fore", balls, ".fore")])])

    def _hull(self, side: str, part: str, balls: Iterable[tuple[Vector, float]], frame: str = "") -> Shape:
        solid = [(self.P.world(side, centre, frame), radius) for centre, radius in balls]
        self.solids += [(f"{side}.{part}", centre, radius) for centre, radius in solid]
        return ("hull", [(self.camera.xy(centre), radius) for centre, radius in solid])

    def _palm(self, side: str, far: str, before: set[str], plan: Plan) -> Group:
        thumb = self.P.digits[side]["thumb"]
        web = [
            (lerp(thumb.joints[0], thumb.joints[1], 0.8), 4.6),
            ((36.0, -2.0, -11.0), 5.0),
            ((14.0, -2.0, -7.0), 7.0),
        ]
        skin = [
            self._hull(side, "palm", PALM),
            self._hull(side, "palm", web),
            self._hull(side, "fore", ARM, ".fore"),
        ]
        sleeve = self._hull(side, "fore", _sleeve(plan.cuff), ".fore")
        group = Group(f"{side}palm", [("s" + far, skin), ("t" + far, [sleeve])])
        group.patches = [("s" + far, self._patch(side, name)) for name in FINGERS if name in before]
        if side in plan.creased:
            group.details = [("crease", self._crease(side, course)) for course in CREASES]
        group.marks = [
            (mark["kind"], self._mark(side, mark["muscle"], plan.cuff), mark.get("only"))
            for mark in plan.marks
            if mark["side"] == side
        ]
        return group

    def _mark(self, side: str, muscle: str, cuff: float) -> Shape:
        """Return a muscle of the forearm, from the wrist to the sleeve."""
        course = [self.P.world(side, (-x * cuff, y * MUSCLES[muscle], 0), ".fore") for x, y, _ in MUSCLE]
        return ribbon([self.camera.xy(p) for p in course], [radius for *_, radius in MUSCLE])

    def _digit(self, side: str, name: str, far: str, patched: bool) -> Group:
        one = self.P.digits[side][name]
        skin = [self._hull(side, name, balls) for balls in _segments(name, one)]
        group = Group(f"{side}{name}", [("s" + far, skin)], details=[("fingernail", self._nail(side, one))])
        if patched:
            group.patches = [("s" + far, self._patch(side, name))]
        return group

    def _patch(self, side: str, name: str) -> Shape:
        """Return skin over the outline between a digit and the palm, where both are one."""
        one, radius = self.P.digits[side][name], THICK[name][0]
        if name == "thumb":
            balls = [
                (add(one.joints[0], (-3.5, 2.0, 4.5)), radius - 0.8),
                (one.joints[0], radius - 1.2),
                (lerp(one.joints[0], one.joints[1], 0.35), radius - 1.4),
            ]
        else:
            inner = add(one.joints[0], (-7.0, 0.0, 0.0))
            balls = [(inner, radius - 0.9), (lerp(one.joints[0], one.joints[1], 0.22), radius - 1.0)]
        return ("hull", [(self.camera.xy(self.P.world(side, centre)), r) for centre, r in balls])

    def _nail(self, side: str, one: Digit) -> Shape:
        """Return the nail; seen from the pad it shrinks to nothing inside the finger, so that all frames have the same shapes."""
        along, up, across = (col(one.frames[2], k) for k in range(3))
        shows = dot(self.P.towards(side, up), self.camera.towards)
        middle = lerp(one.joints[2], one.joints[3], 0.95)
        size = one.radius if shows > 0.12 else 0.02
        raised = add(middle, mul(up, 0.82 * one.radius))
        if shows <= 0.12:  # away into the outline of the tip
            x, y = (dot(self.P.towards(side, along), axis) for axis in (self.camera.right, self.camera.up))
            long = hypot(x, y) or 1.0
            edge = add(mul(self.camera.right, x / long), mul(self.camera.up, y / long))
            own = self.P.R[side]
            local = tuple(dot(edge, col(own, k)) for k in range(3))
            local = local if side == "r" else (local[0], local[1], -local[2])
            raised = add(one.joints[3], mul(local, one.radius))  # type: ignore[arg-type]
        corners = [(1.0, 0.0), (0.72, 0.62), (-0.5, 0.66), (-0.8, 0.0), (-0.5, -0.66), (0.72, -0.62)]
        around = [add(raised, add(mul(along, a * size), mul(across, b * size))) for a, b in corners]
        # its sides follow the finger's roundness
        around = [add(p, mul(up, -0.25 * size * abs(b))) for p, (_, b) in zip(around, corners, strict=True)]
        return ("blob", [self.camera.xy(self.P.world(side, p)) for p in around])

    def _crease(self, side: str, course: list[Vector]) -> Shape:
        """Return a line of the palm; seen from the back it shrinks to nothing."""
        shows = palm_shows(self.P, side, self.camera)
        middle = course[1]
        points = [p if shows else lerp(middle, p, 0.01) for p in course]
        return ("curve", [self.camera.xy(self.P.world(side, p)) for p in points])
