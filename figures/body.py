"""A solved skeleton before a camera becomes flat shapes: limbs as hulls of balls, the trunk as a smooth curve over oval sections.

Groups come back to front. What shows and in which order is decided once per figure (`Plan`), so every frame has the same parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians, sin
from typing import Any

from figures.camera import Camera
from figures.shapes import Point, Shape, ribbon
from figures.skeleton import FOREARM, SHANK, SHOULDER, THIGH, UPPER_ARM, Posed
from figures.vectors import Vector, add, col, dot, mul, mv, sub, unit

HEAD_SCALE = 1.07  # a little larger than life: friendlier, and the face can be read on a small screen

# trunk sections from low to high: frame, height, middle, half depth, half width
SECTIONS = [
    ("pelvis", -5.5, -1.4, 4.6, 7.4),
    ("pelvis", -1.5, -1.6, 6.4, 9.2),
    ("pelvis", 3.5, -1.0, 6.1, 8.8),
    ("lumbar", 2.5, 0.1, 5.5, 7.6),
    ("lumbar", 7.0, 0.3, 5.3, 7.5),
    ("thorax", 1.5, 0.2, 5.8, 8.0),
    ("thorax", 6.5, 0.2, 6.5, 8.9),
    ("thorax", 11.0, -0.4, 6.1, 9.6),
    ("thorax", 14.4, -1.2, 4.6, 8.2),
    ("thorax", 16.2, -1.2, 3.3, 4.5),
]
PELVIS, SHIRT = (0, 4), (2, 10)  # which sections each covers
BREATH = {2: 0.4, 3: 1.0, 4: 1.0, 5: 0.5}  # share of the belly's swelling by section
SHRUGGED = 8  # the section that rises with the shoulders

# the toes of the right foot from their joints on: place forward and outward, radius, length, and how far each goes out in a spread
TOES = [
    (0.2, -1.8, 1.05, 3.2, -1.0),
    (0.3, -0.6, 0.72, 3.2, -0.3),
    (-0.2, 0.35, 0.68, 2.9, 0.25),
    (-0.9, 1.2, 0.64, 2.5, 0.75),
    (-1.8, 1.95, 0.62, 2.1, 1.3),
]
SHORTER = 1.7  # how far the ball comes to the heel where the arch is lifted

ORIGIN = {"pelvis": "pelvis", "lumbar": "l5", "thorax": "t12", "neck": "c7", "head": "head"}
BONES = {  # part: (origin, length)
    "thigh": ("hip", THIGH),
    "shank": ("knee", SHANK),
    "upper": ("shoulder", UPPER_ARM),
    "fore": ("elbow", FOREARM),
    "foot": ("ankle", 0),
    "hand": ("wrist", 0),
}


def _limb(
    part: str, home: str, points: Sequence[tuple[float, float, float]], radii: Sequence[float]
) -> tuple[str, list[tuple[str, Vector]], Sequence[float]]:
    """A muscle along a bone: points are (share of the bone's length, forward, outward)."""
    length = BONES[part][1]
    return home, [(part, (x, -length * share, z)) for share, x, z in points], radii


def _trunk(
    home: str, points: Sequence[tuple[str, Vector]], radii: Sequence[float]
) -> tuple[str, list[tuple[str, Vector]], Sequence[float]]:
    return home, list(points), radii


# Where each muscle is marked: the group it is drawn with, its course for the right side, and how wide it is there.
MUSCLES: dict[str, tuple[str, list[tuple[str, Vector]], Sequence[float]]] = {
    "hamstrings": _limb(
        "thigh",
        "leg",
        [(0.10, -2.6, 0), (0.28, -2.9, 0), (0.5, -2.7, 0), (0.75, -2.2, 0), (0.97, -1.6, 0)],
        (0.5, 1.75, 2.1, 1.6, 0.5),
    ),
    "quadriceps": _limb(
        "thigh",
        "leg",
        [(0.10, 2.8, 0), (0.3, 3.0, 0), (0.5, 2.7, 0), (0.75, 2.0, 0), (0.95, 1.5, 0)],
        (0.5, 1.8, 2.1, 1.6, 0.5),
    ),
    "adductors": _limb(
        "thigh",
        "leg",
        [(0.06, 0.3, -3.2), (0.25, 0.2, -3.6), (0.5, 0.2, -3.2), (0.8, 0.2, -2.5)],
        (0.5, 1.7, 1.6, 0.4),
    ),
    "hip-flexors": _trunk(
        "leg",
        [
            ("pelvis", (3.0, 4.5, 3.4)),
            ("pelvis", (4.2, 1.0, 4.2)),
            ("thigh", (4.0, -3.0, 0)),
            ("thigh", (2.6, -7.5, 0)),
        ],
        (0.5, 1.6, 1.7, 0.5),
    ),
    "calf": _limb(
        "shank",
        "leg",
        [
            (0.02, -1.3, 0),
            (0.16, -2.2, 0),
            (0.32, -2.45, 0),
            (0.52, -2.2, 0),
            (0.78, -1.8, 0),
            (0.95, -1.4, 0),
        ],
        (0.5, 1.6, 1.8, 1.25, 0.6, 0.45),
    ),
    "soleus": _limb(
        "shank",
        "leg",
        [(0.36, -2.4, 0), (0.52, -2.4, 0), (0.68, -2.0, 0), (0.84, -1.5, 0), (0.97, -1.3, 0)],
        (0.5, 1.5, 1.5, 1.0, 0.5),
    ),
    "tibialis": _trunk(
        "leg",
        [
            *[
                ("shank", (x, -SHANK * y, 0))
                for y, x in ((0.08, 1.5), (0.25, 1.6), (0.45, 1.5), (0.75, 1.6), (0.95, 1.8))
            ],
            ("foot", (3.4, -0.4, -0.6)),
        ],
        (0.4, 1.1, 1.1, 0.6, 0.45, 0.35),
    ),
    "peroneals": _limb(
        "shank",
        "leg",
        [(0.08, -0.3, 2.0), (0.25, -0.4, 2.4), (0.5, -0.5, 2.0), (0.75, -0.8, 1.5), (0.95, -1.1, 1.3)],
        (0.5, 1.35, 1.35, 0.8, 0.45),
    ),
    "foot-arch": _trunk(
        "leg",
        [("foot", (-1.2, -2.9, 0)), ("foot", (2.2, -2.4, 0)), ("foot", (6.2, -3.0, 0))],
        (0.4, 0.8, 0.4),
    ),
    "gluteals": _trunk(
        "trunk",
        [
            ("pelvis", (-3.8, 1.2, 2)),
            ("pelvis", (-4.4, -0.9, 3)),
            ("pelvis", (-4.0, -2.8, 3.4)),
            ("thigh", (-3.0, -4.0, 0.4)),
        ],
        (0.6, 2.3, 2.5, 0.8),
    ),
    "piriformis": _trunk(
        "trunk",
        [
            ("pelvis", (-4.4, 3.2, 1)),
            ("pelvis", (-4.2, 1.6, 3)),
            ("pelvis", (-3.0, 0.4, 5.5)),
            ("pelvis", (-1.6, -0.2, 8.2)),
        ],
        (0.8, 1.9, 1.9, 0.7),
    ),
    "hip-abductors": _trunk(
        "trunk",
        [
            ("pelvis", (-1.2, 1.8, 5.2)),
            ("pelvis", (-1.2, -0.2, 5.9)),
            ("pelvis", (-1.0, -2.2, 6.3)),
            ("thigh", (-0.4, -4.6, 2.0)),
        ],
        (0.7, 2.0, 1.9, 0.6),
    ),
    "back-extensors": _trunk(
        "trunk",
        [
            ("pelvis", (-4.9, 3.5, 0)),
            ("lumbar", (-3.3, 2.5, 0)),
            ("lumbar", (-3.2, 7.5, 0)),
            ("thorax", (-3.9, 3, 0)),
            ("thorax", (-4.4, 8, 0)),
            ("thorax", (-4.2, 13, 0)),
        ],
        (0.5, 1.3, 1.5, 1.5, 1.3, 0.5),
    ),
    "lower-back": _trunk(
        "trunk",
        [
            ("pelvis", (-5.0, 2.5, 0)),
            ("lumbar", (-3.4, 1.5, 0)),
            ("lumbar", (-3.2, 6.0, 0)),
            ("thorax", (-3.6, 1.0, 0)),
        ],
        (0.5, 1.5, 1.6, 0.5),
    ),
    "upper-back": _trunk(
        "trunk",
        [
            ("thorax", (-3.6, 2.5, 0)),
            ("thorax", (-4.1, 6.5, 0)),
            ("thorax", (-4.1, 10.5, 0)),
            ("thorax", (-3.3, 14.5, 0)),
        ],
        (0.5, 1.6, 1.6, 0.5),
    ),
    "shoulder-blades": _trunk(
        "trunk",
        [("thorax", (-4.6, 6, 2)), ("thorax", (-4.9, 9.5, 3.5)), ("thorax", (-3.8, 13, 6))],
        (0.6, 1.7, 0.6),
    ),
    "abdominals": _trunk(
        "trunk",
        [
            ("pelvis", (2.4, 1, 0)),
            ("lumbar", (3.6, 1.5, 0)),
            ("lumbar", (3.9, 6, 0)),
            ("thorax", (4.2, 2, 0)),
            ("thorax", (4.4, 5.5, 0)),
        ],
        (0.5, 1.3, 1.4, 1.3, 0.5),
    ),
    "lower-abdominals": _trunk(
        "trunk",
        [
            ("pelvis", (3.4, 1.0, 0)),
            ("pelvis", (3.6, 4.0, 0)),
            ("lumbar", (3.8, 3.0, 0)),
            ("lumbar", (3.8, 8.0, 0)),
        ],
        (0.5, 1.3, 1.4, 0.5),
    ),
    "obliques": _trunk(
        "trunk",
        [
            ("pelvis", (1.0, 3, 6.5)),
            ("lumbar", (1.5, 3, 6.0)),
            ("lumbar", (1.5, 7, 6.0)),
            ("thorax", (1.2, 3.5, 6.8)),
        ],
        (0.5, 1.5, 1.5, 0.5),
    ),
    "diaphragm": _trunk(
        "trunk",
        [("lumbar", (4.4, 2.5, 0)), ("lumbar", (4.9, 6.5, 0)), ("thorax", (4.8, 0.5, 0))],
        (0.6, 1.5, 0.6),
    ),
    "pectorals": _trunk(
        "trunk",
        [("thorax", (5.2, 7.6, 3.4)), ("thorax", (4.2, 9.2, 6.8)), ("thorax", (2.0, 11.4, 10.4))],
        (0.7, 2.2, 0.9),
    ),
    "upper-trapezius": _trunk(
        "shoulder",
        [
            ("neck", (0.0, 2.8, 1.9)),
            ("neck", (-0.6, 0.8, 2.0)),
            ("thorax", (-1.0, 15.2, 3.6)),
            ("thorax", (-0.9, 14.0, 6.2)),
            ("thorax", (-0.8, 13.2, 9.0)),
        ],
        (0.4, 1.0, 1.4, 1.2, 0.4),
    ),
    "levator": _trunk(
        "neck",
        [
            ("neck", (-0.4, 4.4, 2.0)),
            ("neck", (-1.4, 1.6, 2.0)),
            ("thorax", (-3.0, 14.6, 3.0)),
            ("thorax", (-4.4, 9.6, 4.8)),
        ],
        (0.4, 1.2, 1.6, 0.4),
    ),
    "deep-neck-flexors": _trunk(
        "neck",
        [("neck", (1.5, -0.8, 0)), ("neck", (2.6, 1.2, 0)), ("neck", (3.4, 3.4, 0)), ("neck", (3.6, 5.2, 0))],
        (0.4, 1.0, 1.0, 0.4),
    ),
    "suboccipitals": _trunk(
        "neck", [("neck", (-2.3, 0, 0)), ("neck", (-1.5, 2.4, 0)), ("neck", (-0.8, 4.4, 0))], (0.5, 1.1, 0.6)
    ),
    "neck-side": _trunk(
        "neck",
        [("neck", (0.2, -0.6, 2.6)), ("neck", (0.8, 2.0, 2.8)), ("neck", (1.4, 4.6, 2.8))],
        (0.5, 1.2, 0.5),
    ),
    "deltoid": _limb("upper", "arm", [(-0.08, 0, 1), (0.1, 0, 1), (0.42, 0, 0.5)], (1.2, 2.2, 0.5)),
    "rotator-cuff": _limb(
        "upper", "arm", [(-0.14, -1.6, 0), (0.02, -1.4, 0), (0.18, -0.8, 0)], (0.6, 1.6, 0.5)
    ),
    "biceps": _limb("upper", "arm", [(0.2, 1, 0), (0.55, 1.2, 0), (0.92, 0.9, 0)], (0.4, 1.3, 0.4)),
    "triceps": _limb("upper", "arm", [(0.2, -1, 0), (0.55, -1.2, 0), (0.92, -0.9, 0)], (0.4, 1.3, 0.4)),
    "forearm": _limb("fore", "arm", [(0.03, 0.6, 0), (0.3, 0.8, 0), (0.85, 0.5, 0)], (0.4, 1.4, 0.4)),
}

# The course of each nerve that a slider moves, for the right side.
NERVES: dict[str, list[tuple[str, Vector]]] = {
    "sciatic": [
        ("neck", (0.2, 5.0, 0)),
        ("neck", (-1.6, 0.6, 0)),
        ("thorax", (-3.6, 13, 0)),
        ("thorax", (-4.2, 7, 0)),
        ("lumbar", (-2.8, 8, 0)),
        ("lumbar", (-2.8, 2, 0)),
        ("pelvis", (-4.8, 0.6, 0)),
        *[("thigh", (x, -THIGH * share, 0)) for share, x in ((0.08, -2.4), (0.4, -2.9), (0.76, -3.2))],
        *[("shank", (x, -SHANK * share, 0)) for share, x in ((0.22, -3.1), (0.52, -1.8), (0.84, -0.7))],
        ("foot", (-0.6, -1.6, 0)),
        ("foot", (2.4, -2.9, 0)),
        ("foot", (6.8, -2.9, 0)),
    ],
    "femoral": [
        ("lumbar", (-2.2, 7, 0)),
        ("lumbar", (-0.5, 1, 2)),
        ("pelvis", (2.2, 0, 3.6)),
        *[("thigh", (2.7, -THIGH * share, 0)) for share in (0.12, 0.45, 0.85)],
        ("shank", (1.4, -SHANK * 0.14, -1)),
        ("shank", (0.6, -SHANK * 0.6, -1.2)),
        ("shank", (0.4, -SHANK * 0.95, -1.2)),
    ],
    "median": [
        ("neck", (-0.2, 0.6, 2.8)),
        ("thorax", (0.2, 15.2, 5)),
        ("thorax", (1.0, 12.4, 8.4)),
        *[("upper", (0.8, -UPPER_ARM * share, -0.6)) for share in (0.25, 0.55, 0.86)],
        *[("fore", (0.2, -FOREARM * share, -0.6)) for share in (0.2, 0.6, 0.9)],
        ("hand", (0.2, -3.0, -0.6)),
        ("hand", (0.5, -8.0, -0.6)),
    ],
    "ulnar": [
        ("neck", (0.2, 1.4, 1.6)),
        ("thorax", (0.4, 15.6, 5)),
        ("thorax", (0.6, 12.4, 8.4)),
        *[("upper", (-0.6, -UPPER_ARM * share, -0.8)) for share in (0.25, 0.55, 0.78)],
        ("upper", (-2.2, -UPPER_ARM * 0.98, -0.8)),
        *[("fore", (-1.0, -FOREARM * share, -0.4)) for share in (0.24, 0.6, 0.9)],
        ("hand", (-0.9, -3.0, -0.4)),
        ("hand", (-1.3, -8.0, -0.4)),
    ],
    "radial": [
        ("neck", (0.2, 1.4, 1.6)),
        ("thorax", (-0.4, 15.6, 5)),
        ("thorax", (-0.8, 12.6, 8.8)),
        ("upper", (-1.2, -UPPER_ARM * 0.25, 0.8)),
        ("upper", (-0.4, -UPPER_ARM * 0.55, 1.6)),
        ("upper", (1.0, -UPPER_ARM * 0.84, 1.3)),
        *[("fore", (1.0, -FOREARM * share, 0.8)) for share in (0.22, 0.6, 0.9)],
        ("hand", (1.0, -2.4, 0.8)),
        ("hand", (1.0, -6.5, 0.8)),
    ],
}


def _between(a: tuple[float, ...], b: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))


@dataclass
class Group:
    """Shapes drawn together. `union`: parts of each colour share one outline; `lines` and `details` come over it."""

    id: str
    union: list[tuple[str, list[Shape]]] = field(default_factory=list)
    patches: list[tuple[str, Shape]] = field(default_factory=list)  # cover an outline inside
    details: list[tuple[str, Shape]] = field(default_factory=list)  # face, nails
    marks: list[tuple[str, Shape, str | None]] = field(
        default_factory=list
    )  # kind, shape, only near this pose
    lines: list[tuple[str, Shape, float]] = field(default_factory=list)  # colour, course, width in pixels
    clip: Shape | None = None  # seen within this alone: a reflection in its glass


@dataclass(frozen=True)
class Plan:
    """What shows of one person and in which order: the same in every frame."""

    near: str
    far: str
    front: bool  # seen from front or back: both sides are equally near
    arms_back: tuple[str, ...]
    arms_middle: tuple[str, ...]  # over the trunk, under the legs in front: a hand between the thighs
    arms_front: tuple[str, ...]
    legs_back: tuple[str, ...]
    legs_front: tuple[str, ...]
    facing: float
    ears: tuple[int, ...]
    far_ears: tuple[int, ...]  # half behind the cheek
    eyes: tuple[int, ...]
    mouth: tuple[int, int] | None
    highlight: Sequence[Mapping[str, Any]]
    nerve: Mapping[str, str] | None
    grip: str  # sides whose hand is a fist
    point: str  # sides whose index finger points
    fingers: str  # sides whose open hand shows four fingers
    eyes_closed: bool
    feet_front: tuple[str, ...]  # feet nearer to the eye than their trouser legs
    shanks_front: tuple[str, ...]  # lower legs folded back before their thighs
    shoes: bool  # feet in shoes
    who: str  # prefix of the colour classes: "" the patient, "h" the helper


def make_plan(P: Posed, camera: Camera, doc: Mapping[str, Any], who: str = "") -> Plan:
    """Decide from the main pose; `layers` and `hide` of the document overrule."""
    depth = {s: camera.depth(P["shoulder_" + s]) for s in "rl"}
    front = abs(depth["r"] - depth["l"]) < 12
    near = "r" if depth["r"] >= depth["l"] else "l"
    far = "l" if near == "r" else "r"
    layers, hidden = doc.get("layers", {}), doc.get("hide", [])
    places: dict[str, list[str]] = {f"arm_{place}": [] for place in ("back", "middle", "front")}
    places |= {"leg_front": [], "leg_back": []}
    for side in (far, near):
        knee_towards = camera.depth(P["knee_" + side]) - camera.depth(P["hip_" + side]) > 5
        usual = {"arm": side == near and not front, "leg": knee_towards}
        for limb, is_front in usual.items():
            if f"{limb}_{side}" not in hidden:
                place = layers.get(f"{limb}_{side}", "front" if is_front else "back")
                places[f"{limb}_{place}"].append(side)
    head = P.R["head"]
    facing = dot(mv(head, (1, 0, 0)), camera.towards)
    aside = dot(mv(head, (0, 0, 1)), camera.towards)
    return Plan(
        near=near,
        far=far,
        front=front,
        arms_back=tuple(places["arm_back"]),
        arms_middle=tuple(places["arm_middle"]),
        arms_front=tuple(places["arm_front"]),
        legs_back=tuple(places["leg_back"]),
        legs_front=tuple(places["leg_front"]),
        facing=facing,
        ears=tuple(
            z for z in (1, -1) if aside * z > (-0.45 if facing < -0.5 else 0.1 if facing < 0.5 else -0.16)
        ),
        far_ears=tuple(z for z in (1, -1) if facing >= 0.5 and -0.45 < aside * z <= -0.16),
        eyes=tuple(z for z in (1, -1) if dot(mv(head, unit((0.75, 0, 0.66 * z))), camera.towards) > 0.28),
        mouth=None if facing <= -0.3 else (-1, 1) if facing > 0.8 else (0, 1) if aside > 0 else (-1, 0),
        highlight=doc.get("highlight", []),
        nerve=doc.get("nerve"),
        grip=doc.get("grip", ""),
        point=doc.get("point", ""),
        fingers=doc.get("fingers", ""),
        eyes_closed=doc.get("eyes") == "closed",
        feet_front=tuple(side for side in "rl" if layers.get("foot_" + side) == "front"),
        shanks_front=tuple(side for side in "rl" if layers.get("shank_" + side) == "front"),
        shoes=doc.get("shoes", False),
        who=who,
    )


class Body:
    """The shapes of one pose. `solids` lists (part, centre, radius) of every ball drawn, for the checks."""

    def __init__(self, P: Posed, camera: Camera, plan: Plan) -> None:
        self.P, self.camera, self.plan = P, camera, plan
        self.solids: list[tuple[str, Vector, float]] = []

    # --- places ---------------------------------------------------------------------------------------------------------
    def at(self, part: str, v: Vector, side: str = "") -> Vector:
        """Return a place given in a part's frame, the right side's; the left is its mirror image."""
        if part in ORIGIN:
            scaled = mul(v, HEAD_SCALE) if part == "head" else v
            sign = -1 if side == "l" else 1
            return add(self.P[ORIGIN[part]], mv(self.P.R[part], (scaled[0], scaled[1], scaled[2] * sign)))
        sign = -1 if side == "l" else 1
        return add(
            self.P[f"{BONES[part][0]}_{side}"], mv(self.P.R[f"{part}_{side}"], (v[0], v[1], v[2] * sign))
        )

    def hull(self, frame: str, origin: str, balls: Sequence[tuple[float, ...]]) -> Shape:
        """Return the hull of balls (x, y, z, radius) given in a part's frame."""
        scale = HEAD_SCALE if frame == "head" else 1.0
        solid = [
            (add(self.P[origin], mv(self.P.R[frame], mul((b[0], b[1], b[2]), scale))), b[3] * scale)
            for b in balls
        ]
        self.solids += [(frame, centre, radius) for centre, radius in solid]
        return ("hull", [(self.camera.xy(centre), radius) for centre, radius in solid])

    def colour(self, name: str, far: bool = False) -> str:
        return self.plan.who + name + ("2" if far else "")

    def _plain_foot(self, side: str) -> list[Shape]:
        n, sign = "_" + side, 1 if side == "r" else -1
        return [
            self.hull(
                "foot" + n,
                "ankle" + n,
                [
                    (-1.7, -2.0, 0, 1.9),
                    (-0.4, 0.2, 0, 2.05),
                    (1.6, -0.6, 0, 1.75),
                    (4.6, -2.0, 0, 1.5),
                    (7.3, -2.5, 1.3, 1.4),
                    (7.3, -2.5, -1.0, 1.4),
                ],
            ),
            self.hull(
                "toe" + n,
                "toeball" + n,
                [
                    (0, -0.1, 1.3, 1.4),
                    (0, -0.1, -1.0, 1.4),
                    (3.2, -0.5, -0.5 * sign, 1.0),
                    (2.7, -0.55, 1.2 * sign, 0.95),
                ],
            ),
        ]

    def _toed_foot(self, side: str) -> tuple[list[Shape], list[Shape]]:
        """Return a foot for close views: (its outer border, which shows in shade under the arch; the rest with five toes).

        `spread` fans the toes out; `arch` draws the ball towards the heel and lifts the inner border.
        """
        n, s = "_" + side, 1 if side == "r" else -1
        spread, arch = (self.P.angles.get(key + n, 0) for key in ("spread", "arch"))
        foot, ankle, back = "foot" + n, "ankle" + n, SHORTER * arch
        lift = 2.2 * arch
        ball = (7.6 - back, -2.65, -1.8 * s, 1.25)
        instep = (3.6 - back / 2, -1.7 + 1.1 * arch, -0.6 * s, 1.4)
        border = self.hull(
            foot,
            ankle,
            [(-1.7, -2.3, 0.4 * s, 1.6), (2.4, -3.0, 1.3 * s, 0.9), (5.4 - back, -3.1, 1.9 * s, 0.8)],
        )
        rest = [
            self.hull(foot, ankle, [(-1.7, -2.0, 0, 1.9), (-0.4, 0.2, 0, 2.05), (1.4, -0.8, 0, 1.7)]),
            self.hull(foot, ankle, [(-0.4, 0.2, 0, 2.05), (1.6, -0.6, 0, 1.75), instep]),
            self.hull(foot, ankle, [instep, ball]),
            self.hull(
                foot, ankle, [(0, -2.5 + lift, -0.5 * s, 1.0), (4.0 - back, -2.5 + lift, -1.2 * s, 1.0), ball]
            ),
            self.hull(foot, ankle, [instep, ball, (5.5 - back, -3.1, 1.9 * s, 0.8)]),
        ]
        for x, z, radius, long, way in TOES:
            a = radians(spread * way)
            y = radius - 1.5  # in the frame of the toes, whose sole is 1.5 below their joints
            tip = (x - back + long * cos(a), y, (z + long * sin(a)) * s, radius)
            rest.append(self.hull("toe" + n, "toeball" + n, [(x - back, y, z * s, radius), tip]))
        return [border], rest

    def nails(self, side: str) -> list[tuple[str, Shape]]:
        """Return the nails of a foot with toes and the lines between these, where the eye looks at its back."""
        n, s = "_" + side, 1 if side == "r" else -1
        if not self._toed(side) or dot(mv(self.P.R["toe" + n], (0, 1, 0)), self.camera.towards) < 0.15:
            return []
        spread, back = self.P.angles.get("spread" + n, 0), SHORTER * self.P.angles.get("arch" + n, 0)
        out: list[tuple[str, Shape]] = []
        for x, z, radius, long, way in TOES:
            a, y, small = radians(spread * way), 1.75 * radius - 1.5, 0.36 * radius
            ends = [
                (x - back + far * cos(a), y, (z + far * sin(a)) * s, small)
                for far in (long - small, long + small)
            ]
            out.append(("nail", self.hull("toe" + n, "toeball" + n, ends)))
            if way < TOES[-1][-1]:  # the line between this toe and the next
                along = [(long * share, radius) for share in (0.2, 0.6, 1.0)]
                side_on = [
                    (x - back + u * cos(a) - v * sin(a), z + u * sin(a) + v * cos(a)) for u, v in along
                ]
                out.append(("face", self._toe_line(n, [(px, radius - 1.1, pz * s) for px, pz in side_on])))
        return out

    def _toe_line(self, n: str, points: Sequence[Vector]) -> Shape:
        places = [add(self.P["toeball" + n], mv(self.P.R["toe" + n], p)) for p in points]
        return ("curve", [self.camera.xy(p) for p in places])

    def _toed(self, side: str) -> bool:
        return any(key + "_" + side in self.P.angles for key in ("spread", "arch"))

    def _leg_groups(self, leg: list[tuple[str, list[Shape]]], side: str) -> list[Group]:
        """Return the group of a leg, and after it that of its foot, or of the lower leg, where this is nearer to the eye."""
        marks, nails, before = self.marks("leg", side), self.nails(side), []
        if side in self.plan.shanks_front:
            (colour, (*thigh, shank)) = leg[-1]
            before, leg = [Group("k" + side, [(colour, thigh)])], [*leg[:-1], (colour, [shank])]
        if side not in self.plan.feet_front:
            return [*before, Group("l" + side, leg, details=nails, marks=marks)]
        *shade, (colour, (*foot, shin)), trousers = leg
        return [
            *before,
            Group("l" + side, [(colour, [shin]), trousers], marks=marks),
            Group("f" + side, [*shade, (colour, foot)], details=nails),
        ]

    # --- parts ----------------------------------------------------------------------------------------------------------
    def leg(self, side: str, far: bool) -> list[tuple[str, list[Shape]]]:
        n = "_" + side
        toed = self._toed(side)
        border, foot = self._toed_foot(side) if toed else ([], self._plain_foot(side))
        skin = [
            *foot,
            self.hull("shank" + n, "knee" + n, [(0, -SHANK * 0.78, 0, 2.25), (0, -SHANK, 0, 2.05)]),
        ]
        trousers = [
            self.hull(
                "thigh" + n, "hip" + n, [(0, 0, 0, 5.6), (0.5, -THIGH * 0.35, 0, 5.3), (0, -THIGH, 0, 3.75)]
            ),
            self.hull(
                "shank" + n,
                "knee" + n,
                [(0, 0, 0, 3.75), (-0.9, -SHANK * 0.27, 0, 3.75), (-0.2, -SHANK * 0.84, 0, 2.7)],
            ),
        ]
        shade = [(self.colour("s", far=True), border)] if border else []
        return [
            *shade,
            (self.colour("b" if self.plan.shoes else "s", far and not toed), skin),
            (self.colour("p", far), trousers),
        ]

    def sections(self) -> list[tuple[str, float, float, float, float]]:
        """Return the trunk's sections, the belly's as deep as the breath makes them: only their front moves."""
        swell = self.P.angles.get("belly", 0)
        out = []
        for i, (part, y, x, deep, wide) in enumerate(SECTIONS):
            more = swell * BREATH.get(i, 0) / 2
            out.append((part, y, x + more, deep + more, wide))
        return out

    def trunk(self, sections: tuple[int, int]) -> Shape:
        """Return the outline of some of the trunk's sections: each an oval, seen from where the eye is."""
        levels = self.sections()[slice(*sections)]
        middles = [self.camera.xy(self.at(part, (x, y, 0))) for part, y, x, _, _ in levels]
        left, right = [], []
        for i, (part, _, _, deep, wide) in enumerate(levels):
            (ax, ay), (bx, by) = middles[max(i - 1, 0)], middles[min(i + 1, len(levels) - 1)]
            length = hypot(bx - ax, by - ay) or 1
            tx, ty = (bx - ax) / length, (by - ay) / length
            ux, uy = self.camera.xy(mv(self.P.R[part], (deep, 0, 0)))
            wx, wy = self.camera.xy(mv(self.P.R[part], (0, 0, wide)))
            u, w = ux * -ty + uy * tx, wx * -ty + wy * tx
            reach = hypot(u, w) or 1
            ox, oy = (ux * u + wx * w) / reach, (uy * u + wy * w) / reach
            x, y = middles[i]
            lift, tilt = (0.0, 0.0) if i + sections[0] != SHRUGGED else self._shrug(w / reach)
            left.append((x + ox, y + oy + lift + tilt))
            right.append((x - ox, y - oy + lift - tilt))
            if i == 0:
                low = (x - tx * 1.6, y - ty * 1.6)
        high = (x + tx * 0.9, y + ty * 0.9)
        return ("blob", [*left, high, *right[::-1], low])

    def lift(self, side: str) -> float:
        """Return how far a shoulder blade is drawn up."""
        return max(
            0.0, dot(sub(self.P["shoulder_" + side], self.P["t12"]), col(self.P.R["thorax"], 1)) - SHOULDER[1]
        )

    def _shrug(self, aside: float) -> tuple[float, float]:
        """Return (rise of both edges of the shirt, rise of its left edge over that) where the shoulders lift it; `aside` is 1 where
        that edge is the person's right."""
        up = self.camera.up[1] * 0.9
        right, left = up * self.lift("r"), up * self.lift("l")
        return (right + left) / 2, aside * (right - left) / 2

    def arm(self, side: str, far: bool, bare: bool = False) -> list[tuple[str, list[Shape]]]:
        """Return an arm; `bare` leaves out the sleeve, which then is drawn with the shirt."""
        n, sign = "_" + side, 1 if side == "r" else -1
        upper, fore, hand = "upper" + n, "fore" + n, "hand" + n
        closed: list[tuple[float, ...]] = [
            (0, -0.5, 0, 1.65),
            (0.3, -3.2, -0.4 * sign, 2.35),
            (-0.2, -4.6, -0.7 * sign, 1.9),
        ]
        closed_thumb: list[tuple[float, ...]] = [(1.2, -1.6, 0, 0.9), (1.9, -4.2, -1.0 * sign, 0.9)]
        if side in self.plan.grip + self.plan.point:
            palm, thumb = closed, closed_thumb
        else:
            palm = [
                (0.5, 0, 0, 1.3),
                (-0.5, 0, 0, 1.3),
                (1.2, -4.2, 0, 1.25),
                (-1.3, -4.0, 0, 1.25),
                (0.7, -8.6, 0, 0.9),
                (-0.9, -8.2, 0, 0.85),
            ]
            thumb = [(1.1, -1.2, -0.3 * sign, 0.95), (2.9, -5.0, -0.9 * sign, 0.75)]
            if fist := self.P.angles.get("fist" + n, 0):
                palm = [_between(ball, closed[i // 2], fist) for i, ball in enumerate(palm)]
                thumb = [_between(a, b, fist) for a, b in zip(thumb, closed_thumb, strict=True)]
        skin = [
            self.hull(upper, "shoulder" + n, [(0, 0, 0, 3.3), (0, -UPPER_ARM, 0, 2.5)]),
            self.hull(
                fore, "elbow" + n, [(0, 0, 0, 2.5), (0, -FOREARM * 0.28, 0, 2.55), (0, -FOREARM, 0, 1.65)]
            ),
            self.hull(hand, "wrist" + n, palm),
            self.hull(hand, "wrist" + n, thumb),
        ]
        if side in self.plan.fingers:
            skin[2:3] = [self.hull(hand, "wrist" + n, palm[:4])] + [
                self.hull(hand, "wrist" + n, [(x * 0.8, -4.2, 0, 0.7), (x * 1.15, -long, 0, 0.6)])
                for x, long in ((1.9, 8.8), (0.65, 9.6), (-0.65, 9.1), (-1.9, 7.8))
            ]
        if side in self.plan.point:
            skin.append(self.hull(hand, "wrist" + n, [(0.9, -3.4, 0, 1.0), (0.2, -9.6, 0, 0.8)]))
        if bare:
            return [(self.colour("s", far), skin)]
        sleeve = self.hull(upper, "shoulder" + n, [(0, 0.2, 0, 4.0), (0, -UPPER_ARM * 0.52, 0, 3.35)])
        return [(self.colour("s", far), skin), (self.colour("t", far), [sleeve])]

    def knuckles(self, side: str) -> list[tuple[str, Shape]]:
        """Return the lines between the fingers of a hand that closes; an open one has them too short to be seen."""
        fist, sign = self.P.angles.get("fist_" + side), 1 if side == "r" else -1
        if fist is None:
            return []
        lines = [
            [(x, -6.3 + long * fist, -0.7 * sign) for long in (0.01, 1.4, 2.8)] for x in (1.0, 0.0, -1.0)
        ]
        return [
            (
                "crease",
                ("curve", [self.camera.xy(self.at("hand", (x, y, z * sign), side)) for x, y, z in line]),
            )
            for line in lines
        ]

    def sleeve(self, side: str) -> Shape:
        n = "_" + side
        return self.hull("upper" + n, "shoulder" + n, [(0, -0.2, 0, 3.7), (0, -UPPER_ARM * 0.52, 0, 3.3)])

    def shoulder_patch(self, side: str) -> Shape:
        """Return a patch in the shirt's colour that hides the outline between a near arm and the shirt."""
        x, y = self.camera.xy(self.P["shoulder_" + side])
        tx, ty = self.camera.xy(self.at("thorax", (-0.8, 12.6, 0)))
        return ("hull", [((x, y), 3.25), (((x + tx) / 2, (y + ty) / 2), 3.0)])

    def neck(self) -> Shape:
        return self.hull("neck", "c7", [(-0.2, -2.0, 0, 3.3), (2.0, 4.6, 0, 3.0)])

    def head(self) -> Group:
        plan = self.plan
        hair = self.hull("head", "head", [(-1.0, 1.2, 0, 5.9), (-3.4, -2.6, 1, 2.6), (-3.4, -2.6, -1, 2.6)])
        # where it has turned away in this frame, hair covers more of the cheek; the back of a head has no face at all
        back = -dot(col(self.P.R["head"], 0), self.camera.towards)
        away = max(0.0, min(1.0, 2 * back - 0.6))
        kept = max(0.0, min(1.0, (0.92 - back) / 0.12))

        def shown(*balls: tuple[float, float, float, float]) -> Shape:
            nape = (0.0, -5.0, 0.0, 0.05)  # where its skin is not seen on that of the neck
            return self.hull("head", "head", [_between(nape, ball, kept) for ball in balls])

        face = shown(
            (2.5 + away, 1.0, 1.0, 3.9 - 1.4 * away),
            (2.5 + away, 1.0, -1.0, 3.9 - 1.4 * away),
            (1.7 + away, -2.0, 1.5, 3.4 - away),
            (1.7 + away, -2.0, -1.5, 3.4 - away),
            (3.6, -5.2, 0, 1.6),
        )
        nose = shown((5.4, 0.4, 0, 0.8), (6.9, -1.7, 0, 0.75), (5.2, -2.6, 0, 0.8))
        parts: list[tuple[str, list[Shape]]] = [
            (self.colour("h"), [hair]),
            (self.colour("s"), [face, nose]),
        ]
        if plan.far_ears:
            parts.insert(0, (self.colour("s"), [self.ear(z) for z in plan.far_ears]))
        details: list[tuple[str, Shape]] = [("ear" + plan.who, self.ear(z)) for z in plan.ears]
        for z in plan.eyes:
            gone = dot(mv(self.P.R["head"], unit((0.75, 0, 0.66 * z))), self.camera.towards) < -0.15
            if gone:  # behind the head in this frame: specks in the hair, for they must be there in every one
                speck = ("curve", [self.camera.xy(self.at("head", (-3.5, 5.6, 0)))] * 3)
                eye = self.hull("head", "head", [(-3.5, 5.6, 0, 0.05)] * 2)
                details += [("face", speck) if plan.eyes_closed else ("eye", eye), ("face", speck)]
                continue
            if plan.eyes_closed:
                details.append(
                    ("face", self._drawn([(5.4, -0.1, 1.2 * z), (5.2, -0.6, 2.3 * z), (4.5, -0.2, 3.3 * z)]))
                )
            else:
                details.append(
                    (
                        "eye",
                        self.hull("head", "head", [(5.0, 0.35, 2.3 * z, 0.42), (5.0, -0.15, 2.3 * z, 0.42)]),
                    )
                )
            details.append(
                ("face", self._drawn([(5.9, 1.9, 1.2 * z), (5.4, 2.3, 2.4 * z), (4.6, 2.0, 3.4 * z)]))
            )
        if plan.facing > 0.5:
            z = 1 if len(plan.eyes) < 2 or plan.mouth != (-1, 0) else -1
            details.append(
                ("face", self._drawn([(6.6, 0.1, 0.5 * z), (7.2, -1.6, 0.95 * z), (6.8, -2.2, 0)]))
            )
        if plan.mouth:
            low, high = plan.mouth
            corners = (low * 1.7, (low + high) * 0.85, high * 1.7)
            details.append(
                ("face", self._drawn([(5.1 - abs(z) * 0.35, -3.75 + abs(z) * 0.22, z) for z in corners]))
            )
        return Group("hd", parts if plan.facing > -0.6 else parts[::-1], details=details)

    def ear(self, z: int) -> Shape:
        """Return an ear; one that has turned behind the cheek becomes a speck in the hair, for it must be there in every frame."""
        if dot(mv(self.P.R["head"], (0, 0, z)), self.camera.towards) < -0.45:
            return self.hull("head", "head", [(-3.5, 5.6, 0, 0.05)] * 2)
        # seen from the front it stands out beside the cheek
        front = max(0.0, dot(col(self.P.R["head"], 0), self.camera.towards))
        out, thin = (4.9 + 0.8 * front) * z, 1 - 0.2 * front
        return self.hull("head", "head", [(-0.9, -0.1, out, 1.15 * thin), (-0.6, -1.6, out, 0.85 * thin)])

    def _drawn(self, points: Sequence[Vector]) -> Shape:
        return ("curve", [self.camera.xy(self.at("head", v)) for v in points])

    # --- marks ----------------------------------------------------------------------------------------------------------
    def muscle(self, name: str, side: str) -> Shape:
        _, course, radii = MUSCLES[name]
        lift = self.lift(side) / SHOULDER[2] if name == "upper-trapezius" else 0  # it ends on the shoulder
        lifted = [(part, (x, y + lift * z if part == "thorax" else y, z)) for part, (x, y, z) in course]
        if name == "foot-arch":
            rise = 1.5 * self.P.angles.get("arch_" + side, 0)
            lifted = [(part, (x, y + rise * (1 - abs(x - 2.2) / 4.5), z)) for part, (x, y, z) in lifted]
        if name == "hip-flexors":  # with the hip bent they go over its crease, not into it
            bent = min(1.0, max(0.0, (self.P.angles.get("hip_" + side, 0) - 20) / 70))
            lifted = [
                (
                    part,
                    (x, y + (0.9 * y - 2) * bent, z)
                    if part == "thigh"
                    else (x - bent, y + (6 - y) * bent, z),
                )
                for part, (x, y, z) in lifted
            ]
        return ribbon([self.camera.xy(self.at(part, v, side)) for part, v in lifted], radii)

    def marks(self, home: str, side: str | None = None) -> list[tuple[str, Shape, str | None]]:
        """Return the marked muscles that are drawn with a group of parts."""
        return [
            (mark["kind"], self.muscle(mark["muscle"], mark.get("side", self.plan.near)), mark.get("only"))
            for mark in self.plan.highlight
            if MUSCLES[mark["muscle"]][0] == home and side in (None, mark.get("side", self.plan.near))
        ]

    def nerve(self, name: str, side: str) -> Shape:
        points: list[Point] = [self.camera.xy(self.at(part, v, side)) for part, v in NERVES[name]]
        return ("course", points)

    # --- the whole figure ------------------------------------------------------------------------------------------------
    def groups(self) -> list[Group]:
        """Return the groups of this person, back to front."""
        plan, out = self.plan, []
        for side in plan.arms_back:
            arm = self.arm(side, far=not plan.front, bare=plan.front)
            out.append(Group("a" + side, arm, details=self.knuckles(side), marks=self.marks("arm", side)))
        pelvis = self.trunk(PELVIS)
        if plan.front:
            skin: list[Shape] = []
            trousers, marks = [pelvis], []
            for side in plan.legs_back:
                leg = self.leg(side, far=False)
                skin += leg[-2][1]
                trousers += leg[-1][1]
                marks += self.marks("leg", side)
            parts = [(self.colour("b" if self.plan.shoes else "s"), skin)] if skin else []
            out.append(Group("lg", [*parts, (self.colour("p"), trousers)], marks=marks))
        else:
            for side in plan.legs_back:
                leg = self.leg(side, far=side == plan.far)
                if side == plan.near:
                    leg[-1][1].insert(0, pelvis)
                out += self._leg_groups(leg, side)
            if plan.near not in plan.legs_back:
                out.append(Group("pv", [(self.colour("p"), [pelvis])]))
        out.append(Group("nk", [(self.colour("s"), [self.neck()])]))
        shirt = [self.trunk(SHIRT)]
        if plan.front:
            shirt += [self.sleeve(side) for side in plan.arms_back]
        trunk_marks = self.marks("trunk")
        out.append(Group("tr", [(self.colour("t"), shirt)], marks=[] if plan.legs_front else trunk_marks))
        over = (*plan.arms_front, *plan.arms_middle)  # an arm that would hide the muscle on its shoulder
        on_shoulder = [m for side in "rl" if side not in over for m in self.marks("shoulder", side)]
        out.append(Group("nm", marks=self.marks("neck") + on_shoulder))
        out += [self.arm_before_trunk(side, over) for side in plan.arms_middle]
        for side in plan.legs_front:
            out += self._leg_groups(self.leg(side, far=side == plan.far and not plan.front), side)
        if plan.legs_front:
            out.append(Group("tm", marks=trunk_marks))
        nerve = []
        if plan.nerve:
            course = self.nerve(plan.nerve["name"], plan.nerve["side"])
            nerve = [Group("nv", lines=[("nerve", course, 2.6)])]
        # a leg's nerve runs under head and arms; from the front, one whose arm lies behind the head leaves the face free
        before_face = plan.nerve and (
            plan.nerve["name"] in ("sciatic", "femoral")
            or (plan.front and plan.nerve["side"] in plan.arms_back)
        )
        out += [*nerve, self.head()] if before_face else [self.head()]
        out += [self.arm_before_trunk(side, over) for side in plan.arms_front]
        return out if before_face else [*out, *nerve]

    def arm_before_trunk(self, side: str, over: tuple[str, ...]) -> Group:
        """Return an arm drawn over the shirt; of those in `over` the muscle of the shoulder lies on the arm."""
        patch = [(self.colour("t"), self.shoulder_patch(side))]
        marks = self.marks("arm", side) + (self.marks("shoulder", side) if side in over else [])
        details = self.knuckles(side)
        return Group("a" + side, self.arm(side, far=False), patches=patch, details=details, marks=marks)
