"""Things at the scale of a hand: lengths in percent of hand length, as in `hand`.

`STANDING` builds what does not move from its entry in a figure file; `held` builds, in every frame, what follows hands or goes
its own way (`things` of a pose may change any number of its entry: where a coin lies, how far a soft ball is pressed).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from figures.body import Group
from figures.camera import Camera
from figures.hand import Hands
from figures.props import Box, Prop
from figures.shapes import Shape
from figures.vectors import Vector, add, cross, lerp, mul, sub, unit

Entry = Mapping[str, Any]
UP: Vector = (0.0, 1.0, 0.0)
POINTS = 16  # of a circle's outline


def circle(centre: Vector, axis: Vector, radius: float) -> list[Vector]:
    """Return points round a circle across an axis."""
    one = unit(cross(axis, (0.31, 0.11, 0.94)))
    other = cross(unit(axis), one)
    turns = [2 * pi * k / POINTS for k in range(POINTS)]
    return [add(centre, add(mul(one, radius * cos(t)), mul(other, radius * sin(t)))) for t in turns]


@dataclass(frozen=True)
class Disc:
    """A flat round thing."""

    centre: Vector
    radius: float
    colour: str
    axis: Vector = UP
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        return [(self.colour, ("blob", [camera.xy(p) for p in circle(self.centre, self.axis, self.radius)]))]


@dataclass(frozen=True)
class Wall:
    """The near half of the round wall of a cup or bowl."""

    foot: Vector
    foot_radius: float
    rim: Vector
    rim_radius: float
    colour: str
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        rim = _near_half(camera, self.rim, self.rim_radius)
        foot = _near_half(camera, self.foot, self.foot_radius)[::-1]
        return [(self.colour, ("polygon", [*rim, *foot]))]


def _near_half(camera: Camera, centre: Vector, radius: float, steps: int = 12) -> list[tuple[float, float]]:
    """Return the near half of a level circle, from left to right."""
    flat = unit((camera.towards[0], 0.0, camera.towards[2]))
    turns = [pi * (1 - k / steps) for k in range(steps + 1)]
    return [
        camera.xy(add(centre, add(mul(camera.right, radius * cos(t)), mul(flat, radius * sin(t)))))
        for t in turns
    ]


@dataclass(frozen=True)
class NearHalf:
    """The near half of a level disc: what dips into its middle disappears behind it."""

    centre: Vector
    radius: float
    colour: str
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        return [(self.colour, ("polygon", _near_half(camera, self.centre, self.radius)))]


@dataclass(frozen=True)
class Mound:
    """A heap of grains with an uneven upper edge, and the grains on it; a ball may look out of it."""

    centre: Vector
    radius: float
    height: float
    ball: str = ""  # its colour
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        x, y = camera.xy(self.centre)
        edge = [
            (x + self.radius * s, y + self.height * (1 - s * s) * (1.0 + (0.16 if k % 2 else -0.16)))
            for k, s in enumerate((-1, -0.8, -0.55, -0.3, 0.0, 0.25, 0.5, 0.78, 1))
        ]
        low = [(x + self.radius * s, y - self.height * 0.8 * (1 - s * s)) for s in (0.7, 0.0, -0.7)]
        grains: list[tuple[str, Shape]] = [
            ("grain", ("hull", [((x + a, y + b), 0.55), ((x + a + 2.2, y + b + 0.9 * (-1) ** k), 0.55)]))
            for k, (a, b) in enumerate(
                (self.radius * s, self.height * t)
                for s, t in (
                    (-0.7, 0.2),
                    (-0.4, 0.55),
                    (-0.1, 0.2),
                    (0.1, 0.7),
                    (0.35, 0.3),
                    (0.62, 0.3),
                    (-0.2, -0.3),
                    (0.4, -0.3),
                )
            )
        ]
        if self.ball:
            out: Shape = (
                "hull",
                [((x, y + self.height), self.radius * 0.6), ((x + 0.01, y + self.height), self.radius * 0.6)],
            )
            return [(self.ball, out), ("rice", ("blob", [*edge, *low]))]
        return [("rice", ("blob", [*edge, *low])), *grains]


@dataclass(frozen=True)
class Dots:
    """Short strokes: grains of rice, the weave of a cloth."""

    places: tuple[tuple[Vector, Vector], ...]
    colour: str
    width: float
    solid: bool = False

    def lines(self, camera: Camera) -> list[tuple[str, Shape, float]]:
        return [(self.colour, ("line", [camera.xy(a), camera.xy(b)]), self.width) for a, b in self.places]


def table(p: Entry) -> Prop:
    """A table top: from, to (x), h (height of its face), half (half width, z), z, thick."""
    a, b, h, half, z, thick = (
        p["from"],
        p["to"],
        p.get("h", 0),
        p.get("half", 60),
        p.get("z", 0),
        p.get("thick", 7),
    )
    box = Box((a, h - thick, z - half), (b, h, z + half), "wood", "seat2", edge=1.0)
    return Prop(
        [box], framed=False, top=h, places={"top": ((a + b) / 2, h, z), "edge": (b, h, z), "near": (a, h, z)}
    )


def cup(p: Entry) -> Prop:
    """A cup: at (the middle of its foot), r, h."""
    x, y, z = _place(p["at"])
    r, h = p.get("r", 17), p.get("h", 42)
    rim = (x, y + h, z)
    back = [Disc(rim, r, "glass")]
    front = [Wall((x, y + 1, z), r * 0.8, rim, r, "bottle")]
    return Prop(back, front, places={"rim": rim, "inside": (x, y + h * 0.4, z), "foot": (x, y, z)}, top=y + h)  # type: ignore[arg-type]


def bowl(p: Entry) -> Prop:
    """A bowl of rice: at (the middle of its foot), r, h, full (share of the height that is filled)."""
    x, y, z = _place(p["at"])
    r, h = p.get("r", 52), p.get("h", 30)
    level = y + h * p.get("full", 0.8)
    rim, rice = (x, y + h, z), (x, level, z)
    wide = r * (0.5 + 0.5 * p.get("full", 0.8)) - 0.6
    grains = []
    for k in range(16):  # a spiral of the golden angle: even, and the same in every run
        away, turn = wide * 0.92 * ((k + 0.5) / 16) ** 0.5, 2.4 * k
        g = (x + away * cos(turn), level, z + away * sin(turn))
        grains.append((g, add(g, (2.6 * cos(3.1 * turn), 0.0, 2.6 * sin(3.1 * turn)))))
    near = [grain for grain in grains if grain[0][2] > z]  # of eyes that look from the side
    back = [Disc(rim, r, "glass"), Disc(rice, wide, "rice"), Dots(tuple(grains), "grain", 1.6)]
    front = [
        NearHalf(rice, wide, "rice"),
        Dots(tuple(near), "grain", 1.6),
        Wall((x, y + 0.5, z), r * 0.5, rim, r, "bottle"),
    ]
    return Prop(back, front, places={"rice": rice, "rim": rim, "foot": (x, y, z)}, top=level)  # type: ignore[arg-type]


def heap(p: Entry) -> Prop:
    """Rice before a hand that is in it: at (on the rice), r (half its width), h; `colour` of a ball that looks out of it."""
    at, r, h = _place(p["at"]), p.get("r", 20), p.get("h", 8)
    return Prop([], [Mound(at, r, h, p.get("colour", ""))], places={"top": at})  # type: ignore[list-item]


def cloth(p: Entry) -> Prop:
    """A cloth with a rough weave: from, to (corners on the table), colour."""
    a, b = _place(p["from"]), _place(p["to"])
    box = Box(a, (b[0], a[1] + 1.6, b[2]), p.get("colour", "foam"), "foam2", edge=0.7, solid=False)
    rows = []
    for i in range(1, 8):
        for j in range(1, 8):
            g = (a[0] + (b[0] - a[0]) * i / 8, a[1] + 1.6, a[2] + (b[2] - a[2]) * j / 8)
            rows.append((g, add(g, (2.2, 0.0, 2.2 if (i + j) % 2 else -2.2))))
    return Prop([box, Dots(tuple(rows), "strap", 1.2)], places={"top": lerp(a, b, 0.5)}, top=a[1] + 1.6)  # type: ignore[list-item]


def towel(p: Entry) -> Prop:
    """A folded towel: from, to (corners), thick."""
    a, b, thick = _place(p["from"]), _place(p["to"]), p.get("thick", 10)
    half = thick / 2
    low = Box(a, (b[0], a[1] + half, b[2]), "cloth2", "cloth2", edge=half * 0.48)
    high = Box((a[0], a[1] + half, a[2]), (b[0], a[1] + thick, b[2]), "cloth", "cloth", edge=half * 0.48)
    top = (lerp(a, b, 0.5)[0], a[1] + thick, lerp(a, b, 0.5)[2])
    return Prop([low, high], places={"top": top}, top=a[1] + thick)


def target(p: Entry) -> Prop:
    """A round sticker: at, r, axis."""
    at, axis = _place(p["at"]), tuple(p.get("axis", UP))
    return Prop([Disc(at, p.get("r", 6), p.get("colour", "ball"), axis)], places={"middle": at})  # type: ignore[list-item]


def glass(p: Entry, camera: Camera) -> Shape:
    """Return the glass of a mirror: corners in the picture."""
    a, b, h, z, y = p["from"], p["to"], p.get("h", 80), p.get("z", 0), p.get("y", 0)
    z -= 2.0
    corners = [(a, y + 3, z), (b, y + 3, z), (b, y + h, z), (a, y + h, z)]
    return ("polygon", [camera.xy(corner) for corner in corners])


class Unseen(Box):
    """A block that nothing may be inside, drawn elsewhere."""

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        return []


def _frame(p: Entry) -> tuple[Vector, Vector]:
    a, b, h, z, y = p["from"], p["to"], p.get("h", 80), p.get("z", 0), p.get("y", 0)
    return (a - 6, y - 3, z - 2.0), (b + 6, y + h + 6, z + 2.0)


def mirror(p: Entry) -> Prop:
    """What nothing may go through of a mirror; `held` draws it, between the hands."""
    low, high = _frame(p)
    return Prop([Unseen(low, high, "wood2")], framed=False, places={"middle": lerp(low, high, 0.5)})


def _mirror(p: Entry, camera: Camera, name: str) -> list[tuple[Group, str]]:
    """Return a mirror that stands across z: from, to (x), h, z; `y` is what it stands on."""
    frame = Box(*_frame(p), "wood2", edge=1.2)
    pane = glass(p, camera)
    o, u, v = pane[1][0], _between(pane[1][0], pane[1][1]), _between(pane[1][0], pane[1][3])
    light: list[tuple[str, Shape]] = []  # on the glass, says that it is one
    for start, wide in ((0.66, 0.07), (0.78, 0.03)):
        corners = [(start, 0.72), (start + wide, 0.72), (start + 0.14 + wide, 0.96), (start + 0.14, 0.96)]
        places = [(o[0] + u[0] * s + v[0] * t, o[1] + u[1] * s + v[1] * t) for s, t in corners]
        light.append(("rice", ("polygon", places)))
    group = Group(name, [("wood2", [shape for _, shape in frame.shapes(camera)])])
    inner = Group(name + "g", [("glass", [pane])], details=light)
    layer = p.get("layer", "behind")
    return [(group, layer), (inner, name)]


def block(p: Entry) -> Prop:
    """A block between two corners: from, to, colour, solid."""
    box = Box(
        _place(p["from"]),
        _place(p["to"]),
        p.get("colour", "wood"),
        p.get("top", ""),
        0.8,
        p.get("solid", True),
    )
    return Prop([box], places={"middle": lerp(_place(p["from"]), _place(p["to"]), 0.5)}, top=box.high[1])


STANDING: dict[str, Callable[[Entry], Prop]] = {
    "table": table, "cup": cup, "bowl": bowl, "heap": heap, "cloth": cloth, "towel": towel, "target": target, "mirror": mirror,
    "block": block,
}  # fmt: skip
HELD = {"ball", "coin", "bottle", "band", "mirror"}
KEYS = {
    "kind", "name", "from", "to", "h", "half", "z", "y", "thick", "at", "r", "full", "colour", "top", "solid", "axis", "layer",
    "only", "through", "over", "long", "width", "flat",
}  # fmt: skip


def _place(at: Any) -> Vector:
    return (float(at[0]), float(at[1]), float(at[2]) if len(at) > 2 else 0.0)


def standing(entry: Entry) -> Prop:
    """Return a thing that does not move."""
    prop = STANDING[entry["kind"]](entry)
    prop.only = entry.get("only", "")
    return prop


def places(entries: Sequence[Entry]) -> dict[str, Vector]:
    """Return the named points of all standing things: "table.edge", or "name.point" where an entry has a name."""
    return {
        f"{entry.get('name', entry['kind'])}.{point}": place
        for entry in entries
        if entry["kind"] in STANDING
        for point, place in standing(entry).places.items()
    }


def held(entry: Entry, P: Hands, camera: Camera, index: int) -> list[tuple[Group, str]]:
    """Return the groups of a thing that moves, in this pose, each with its place: "behind" or "front" of all, or after a part.

    ball: at, r, flat (how much it is pressed together along `axis`). coin: at, r, axis. bottle: at, axis, long, r; its neck comes
    before the hand. band: `through` points, in order round the hand, of which the first `over` are drawn before it. `layer` says
    where the thing lies: behind, front, or the group that it follows (rpalm, lindex …).
    """
    name, layer = f"x{index}", entry.get("layer", "front")
    if entry["kind"] == "mirror":
        return _mirror(entry, camera, name)
    if entry["kind"] == "band":
        course = [camera.xy(P.place(place)) for place in entry["through"]]
        colour, width = entry.get("colour", "band"), entry.get("width", 4.2)
        over = course[: round(entry.get("over", len(course)))]
        whole = Group(name + "b", lines=[(colour, ("polygon", course), width)])
        return [(whole, "behind"), (Group(name, lines=[(colour, ("line", over), width)]), layer)]
    at, axis = P.place(entry["at"]), _axis(entry, P)
    if entry["kind"] == "ball":
        r, flat = entry.get("r", 22), max(entry.get("flat", 0), 0.02)
        side = unit(cross(axis, camera.towards))
        # pressed together along its axis, it gives way to both sides
        balls = [
            (camera.xy(add(at, mul(side, step * r * flat))), r * (1 - flat * 0.75)) for step in (-1, 0, 1)
        ]
        return [(Group(name, [(entry.get("colour", "ball"), [("hull", balls)])]), layer)]
    if entry["kind"] == "coin":
        face = [camera.xy(p) for p in circle(at, axis, entry.get("r", 7))]
        rim = [(p, 0.6) for p in face]
        return [
            (
                Group(name, [("coin", [("hull", rim)])], details=[("rim", ("blob", _shrunk(face, 0.66)))]),
                layer,
            )
        ]
    long, r = entry.get("long", 90), entry.get("r", 14)
    a, b = add(at, mul(axis, -long / 2)), add(at, mul(axis, long / 2))
    foot, shoulder = (
        [(camera.xy(p), 1.5) for p in circle(lerp(a, b, s), axis, r - 1.5)] for s in (0.02, 0.72)
    )
    neck: Shape = ("hull", [*shoulder, (camera.xy(lerp(a, b, 0.84)), r * 0.5)])
    cap: Shape = ("hull", [(camera.xy(lerp(a, b, s)), r * 0.42) for s in (0.88, 0.98)])
    top = Group(name + "n", [("bottle", [neck]), ("strap", [cap])])
    out = [
        (Group(name, [("bottle", [("hull", [*foot, *shoulder])])]), layer),
        (top, entry.get("top", "front")),
    ]
    if "over" in entry:  # the end of its foot comes before the hands, from this far beyond the middle on
        ring = [(camera.xy(p), 1.5) for p in circle(add(at, mul(axis, -entry["over"])), axis, r - 1.5)]
        out.append((Group(name + "f", [("bottle", [("hull", [*foot, *ring])])]), "front"))
    return out


def _axis(entry: Entry, P: Hands) -> Vector:
    """Return the axis of a thing: a direction, or "across r", along the knuckles of a hand."""
    axis = entry.get("axis", UP)
    if isinstance(axis, str):
        side = axis.split()[-1]
        return unit(sub(P[f"{side}.index.mcp"], P[f"{side}.little.mcp"]))
    return unit(tuple(float(v) for v in axis))  # type: ignore[arg-type]


def _between(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return b[0] - a[0], b[1] - a[1]


def _shrunk(points: list[tuple[float, float]], share: float) -> list[tuple[float, float]]:
    x, y = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    return [(x + (p[0] - x) * share, y + (p[1] - y) * share) for p in points]
