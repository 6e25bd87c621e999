"""Things around the people: each a few solids in the world, with named places that hands, feet and seats can point at.

Lengths in percent of body height, as in `skeleton`. `standing(prop)` builds one from its entry in a figure file; `x` runs forward.
Things that a person holds (strap, towel, band, stick, ball, bottle) follow named points and are built anew in every frame: `held`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import cos, radians, sin
from typing import Any

from figures.body import Group
from figures.camera import Camera
from figures.shapes import Shape
from figures.skeleton import Posed
from figures.vectors import Vector, add, cross, dot, mul, mv, sub, unit

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Box:
    """A block between two corners; `top` is the colour of its upper face where the eye sees it."""

    low: Vector
    high: Vector
    colour: str
    top: str = ""
    edge: float = 0.35  # how round its edges are
    solid: bool = True  # nobody may be inside it

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        corners = [(x, y, z) for x in self._along(0) for y in self._along(1) for z in self._along(2)]
        out = [(self.colour, self._hull(camera, corners))]
        if self.top and camera.sees_ground:
            top = [(x, self.high[1] - self.edge, z) for x in self._along(0) for z in self._along(2)]
            out.append((self.top, self._hull(camera, top)))
        return out

    def _along(self, axis: int) -> tuple[float, float]:
        return self.low[axis] + self.edge, self.high[axis] - self.edge

    def _hull(self, camera: Camera, corners: list[Vector]) -> Shape:
        return ("hull", [(camera.xy(c), self.edge) for c in corners])


@dataclass(frozen=True)
class Bar:
    """A round bar from end to end; a ball where both ends are one place."""

    a: Vector
    b: Vector
    radius: float
    colour: str
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        return [(self.colour, ("hull", [(camera.xy(self.a), self.radius), (camera.xy(self.b), self.radius)]))]


@dataclass(frozen=True)
class Lump:
    """Something soft: the hull of balls."""

    balls: tuple[tuple[Vector, float], ...]
    colour: str
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        return [(self.colour, ("hull", [(camera.xy(c), r) for c, r in self.balls]))]


@dataclass(frozen=True)
class Cushion:
    """The near face of something soft from x to x, pressed down between two places: a foot stands in it."""

    across: tuple[float, float]
    dent: tuple[float, float]
    z: float
    height: float
    pressed: float  # height within the dent
    colour: str = "foam"
    solid: bool = False

    def shapes(self, camera: Camera) -> list[tuple[str, Shape]]:
        (a, b), (c, d), h = self.across, self.dent, self.height
        top = [(c, h - 0.3), (c + 1.6, self.pressed), (d - 1.6, self.pressed), (d, h - 0.3)] if d > c else []
        top = [(a + 0.1, h - 1.2), (a + 1, h), *top, (b - 1, h), (b - 0.1, h - 1.2)]
        face = [*top, (b, h / 2), (b - 0.1, 1), (b - 1, 0), (a + 1, 0), (a + 0.1, 1), (a, h / 2)]
        return [(self.colour, ("blob", [camera.xy((x, y, self.z)) for x, y in face]))]


@dataclass(frozen=True)
class Ring:
    """The rim of a wheel, upright in the x-y plane, with its spokes unless it is the far one."""

    centre: Vector
    radius: float
    spokes: bool = True
    colour: str = "tyre"
    solid: bool = False

    def lines(self, camera: Camera) -> list[tuple[str, Shape, float]]:
        def at(angle: float, radius: float) -> tuple[float, float]:
            a = radians(angle)
            return camera.xy(add(self.centre, (radius * cos(a), radius * sin(a), 0)))

        star = [
            at(angle + way, r)
            for angle in (30, 90, 150)
            for way, r in ((0, self.radius), (180, self.radius), (0, 0.0))
        ]
        rim = ("blob", [at(30 * k, self.radius) for k in range(12)])
        spokes: list[tuple[str, Shape, float]] = [("spoke", ("line", star), 1.0)] if self.spokes else []
        return [*spokes, (self.colour, rim, 3.2)]


Solid = Box | Bar | Lump | Cushion | Ring


@dataclass
class Prop:
    """`back` is drawn behind the people, `front` before them; `places` are its named points."""

    back: list[Solid] = field(default_factory=list)
    front: list[Solid] = field(default_factory=list)
    places: dict[str, Vector] = field(default_factory=dict)
    framed: bool = True  # the picture is made wide enough for it
    top: float | None = None  # height of the face that people lie, sit or stand on
    only: str = ""  # there near this pose alone

    @property
    def solids(self) -> list[Solid]:
        return [*self.back, *self.front]


def mat(p: Entry) -> Prop:
    """A mat on the floor: from, to (x), half (its half width), z, thick."""
    half, z, thick = p.get("half", 13), p.get("z", 0), p.get("thick", 1.4)
    box = Box((p["from"], 0, z - half), (p["to"], thick, z + half), "mat", "mat2", edge=0.5)
    return Prop([box], framed=False, top=thick, places={"top": ((p["from"] + p["to"]) / 2, thick, z)})


def bed(p: Entry) -> Prop:
    """A bed: from, to (x; the head end is `from`), h (height of its top), half (half width), z."""
    a, b, h, half, z = p["from"], p["to"], p.get("h", 22), p.get("half", 17), p.get("z", 0)
    legs: list[Solid] = [
        Bar((x, h - 6, zz), (x, 0.8, zz), 1.1, "wood")
        for x in (a + 3, b - 3)
        for zz in (z - half + 2, z + half - 2)
    ]
    frame = Box((a, h - 8, z - half), (b, h - 5, z + half), "wood", edge=0.4)
    mattress = Box((a + 0.5, h - 5, z - half + 0.5), (b - 0.5, h, z + half - 0.5), "mat", "mat2", edge=1.2)
    places = {
        "top": ((a + b) / 2, h, z),
        "head": (a, h, z),
        "foot": (b, h, z),
        "edge_r": ((a + b) / 2, h, z + half),
        "edge_l": ((a + b) / 2, h, z - half),
    }
    return Prop([*legs, frame, mattress], framed=False, top=h, places=places)


def chair(p: Entry) -> Prop:
    """A chair: x (front edge of its seat), seat (height), faces (1: a sitter looks towards +x), back (its height above the seat, 0
    for a stool), arms (true: an armchair), z, width (half); near: seen from behind, before the sitter's legs."""
    x, h, faces, z = p["x"], p.get("seat", 24), p.get("faces", 1), p.get("z", 0)
    back, half = p.get("back", 26), p.get("width", 10.5)
    rear = x - faces * 22
    solids: list[Solid] = []
    for side in (z - half + 1, z + half - 1):
        wood = "wood2" if side < z else "wood"
        solids.append(Bar((rear + faces, h - 1, side), (rear - faces * 1.2, 0.75, side), 0.75, wood))
        solids.append(Bar((x - faces * 1.5, h - 1, side), (x - faces * 0.8, 0.75, side), 0.75, wood))
        if back:
            solids.append(Bar((rear + faces, h, side), (rear - faces * 2.2, h + back, side), 0.75, wood))
    for share in (0.55, 0.92) if back else ():
        at = rear + faces - faces * 3.2 * share
        low, high = h + back * share - 2.3, h + back * share + 2
        solids.append(Box((at - 0.7, low, z - half + 1), (at + 0.7, high, z + half - 1), "wood", edge=0.4))
    solids.append(
        Box((min(rear, x), h - 1.8, z - half), (max(rear, x), h, z + half), "seat", "seat2", edge=0.4)
    )
    front: list[Solid] = []
    if p.get("arms"):
        for side, sink in ((z - half - 1, solids), (z + half + 1, front)):
            wood = "wood2" if side < z else "wood"
            post = x - faces * 4
            sink.append(Bar((post, h - 1, side), (post, h + 8.6, side), 0.7, wood))
            sink.append(Bar((rear, h + 9, side), (x - faces * 2, h + 9, side), 1.0, wood))
    places = {
        "seat": (x - faces * 10, h, z),
        "front": (x, h, z),
        "seat_r": (x - faces * 8, h, z + half),
        "seat_l": (x - faces * 8, h, z - half),
        "back": (rear - faces * 2.0, h + back, z),
        "back_r": (rear - faces * 2.0, h + back, z + half - 1),
        "back_l": (rear - faces * 2.0, h + back, z - half + 1),
        "arm_r": (x - faces * 4, h + 10, z + half + 1),
        "arm_l": (x - faces * 4, h + 10, z - half - 1),
    }
    if p.get("near"):
        solids, front = [], [*solids, *front]
    return Prop(solids, front, places, top=h)


def table(p: Entry) -> Prop:
    """A table: from, to (x), h (height), half (half width), z."""
    a, b, h, half, z = p["from"], p["to"], p.get("h", 42), p.get("half", 14), p.get("z", 0)
    legs: list[Solid] = [
        Bar((x, h - 1, zz), (x, 0.8, zz), 0.8, "wood2" if zz < z else "wood")
        for zz in (z - half + 2, z + half - 2)
        for x in (a + 2, b - 2)
    ]
    top = Box((a, h - 2, z - half), (b, h, z + half), "wood", "seat2", edge=0.3)
    places = {
        "edge": (a, h, z),
        "edge_r": (a, h, z + half / 2),
        "edge_l": (a, h, z - half / 2),
        "far_edge": (b, h, z),
        "top": ((a + b) / 2, h, z),
    }
    return Prop([*legs, top], places=places, top=h)


def step(p: Entry) -> Prop:
    """A step: from, to (x), h (height), half, z."""
    a, b, h, half, z = p["from"], p["to"], p.get("h", 9), p.get("half", 16), p.get("z", 0)
    box = Box((a, 0, z - half), (b, h, z + half), "wood", "seat2", edge=0.3)
    return Prop([box], places={"top": ((a + b) / 2, h, z), "edge": (a, h, z)}, top=h)


def foam(p: Entry) -> Prop:
    """A soft pad: from, to (x), h (its height under a foot, which sinks in a little), half, z; dent: pressed from x to x."""
    a, b, h, half, z = p["from"], p["to"], p.get("h", 4), p.get("half", 14), p.get("z", 0)
    box = Box((a, 0, z - half), (b, h, z + half), "foam", "foam2", edge=1.2)
    full = h + SINK  # where nobody stands; its near rim hides what has sunk in
    if "dent" in p:
        cushion = Cushion((a, b), tuple(p["dent"]), z + half, full, h + 0.2)
        return Prop([box], [cushion], places={"top": ((a + b) / 2, h, z)}, top=h)
    layers: list[Solid] = [
        Box((a, low, z + half - 1), (b, low + full / 2, z + half), "foam", edge=full / 4 - 0.01, solid=False)
        for low in (0, full / 2)
    ]
    return Prop([box], layers, places={"top": ((a + b) / 2, h, z)}, top=h)


def block(p: Entry) -> Prop:
    """Any block: from and to are corners [x, y, z]; colour: wood, cloth, mat, foam …"""
    low = tuple(min(a, b) for a, b in zip(p["from"], p["to"], strict=True))
    high = tuple(max(a, b) for a, b in zip(p["from"], p["to"], strict=True))
    colour = p.get("colour", "wood")
    tops = {"wood": "seat2", "mat": "mat2", "foam": "foam2"}
    box = Box(low, high, colour, tops.get(colour, ""), edge=0.4, solid=p.get("solid", True))
    middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    return Prop([box], places={"top": (middle[0], high[1], middle[2]), "middle": middle}, top=high[1])


def wall(p: Entry) -> Prop:
    """A wall that is met at x; `out` -1 when it lies behind (towards -x)."""
    x, out, h = p["x"], p.get("out", 1), p.get("h", 104)
    low, high = sorted((x, x + 3.2 * out))
    box = Box((low, 0, -18), (high, h, 18), "wall", edge=0.05)
    return Prop([box], places={"face": (x, h / 2, 0)}, framed=False)


def doorway(p: Entry) -> Prop:
    """A door frame across the way at x: two posts and a lintel; half its clear width; near: right post before the people."""
    x, half, h = p["x"], p.get("half", 20), p.get("h", 112)
    posts: list[Solid] = [
        Box((x, 0, side - 2), (x + 4, h, side + 2), "wood2", edge=0.3) for side in (-half - 2, half + 2)
    ]
    lintel = Box((x, h, -half - 4), (x + 4, h + 4, half + 4), "wood2", edge=0.3)
    places: dict[str, Vector] = {"post_r": (x, 70, half), "post_l": (x, 70, -half)}
    if p.get("near"):
        return Prop([posts[0], lintel], [posts[1]], places, framed=False)
    return Prop([*posts, lintel], places=places, framed=False)


def pillow(p: Entry) -> Prop:
    """A pillow lying at [x, y, z]: w (half length), d (half width), t (half thickness)."""
    x, y, z = _place(p["at"])
    w, d, t = p.get("w", 9), p.get("d", 8), p.get("t", 2.4)
    balls = [((x + dx * (w - t), y + t, z + dz * (d - t)), t) for dx in (-1, 1) for dz in (-1, 1)]
    return Prop([Lump((*balls, ((x, y + t, z), t * 1.2)), "cloth")], places={"top": (x, y + 2 * t, z)})


def roll(p: Entry) -> Prop:
    """A rolled towel across the way at [x, y, z]: r, half (half length); near: before the people."""
    x, y, z = _place(p["at"])
    r, half = p.get("r", 3), p.get("half", 9)
    ends = ((x, y + r, z - half), (x, y + r, z + half))
    layers = ((0.74, "cloth2"), (0.5, "cloth"), (0.22, "cloth2"))  # of its near end, rolled up
    bars: list[Solid] = [Bar(*ends, r, "cloth")]
    bars += [Bar(ends[1], ends[1], r * share, colour) for share, colour in layers]
    near = p.get("near", False)
    return Prop([] if near else bars, bars if near else [], places={"top": (x, y + 2 * r, z)})


def wheelchair(p: Entry) -> Prop:
    """A wheelchair: x (front edge of its seat; the sitter looks towards +x), seat (height of the cushion), arms (false: taken off),
    footrest (false: turned away), z."""
    x, h, z = p["x"], p.get("seat", 27), p.get("z", 0)
    rear = x - 21
    solids: list[Solid] = [Ring((rear + 3, 15.5, z - 12), 15.0, spokes=False)]
    for side in (z - 10, z + 10):
        solids.append(Bar((rear, h + 22, side), (rear + 1, h - 4, side), 0.9, "wood2"))
        solids.append(Bar((rear, h + 21.5, side), (rear - 4.5, h + 22.5, side), 0.9, "wood2"))
        solids.append(Bar((x, h - 3, side), (x + 6, 6, side), 0.8, "wood2"))
        solids.append(Bar((x + 2, 3.5, side), (x + 2, 3.5, side), 3.5, "tyre"))
    solids.append(Box((rear - 0.6, h + 5, z - 10), (rear + 0.6, h + 20, z + 10), "seat", edge=0.5))
    if p.get("footrest", True):
        solids.append(Box((x + 4, 3.4, z - 9), (x + 17, 4.6, z + 9), "wood2", edge=0.4, solid=False))
    solids.append(Box((rear, h - 3, z - 10), (x, h, z + 10), "seat", "seat2", edge=0.8))
    front: list[Solid] = []
    if p.get("arms", True):
        solids.append(Bar((rear + 1, h + 9, z - 11), (x - 4, h + 9, z - 11), 1.0, "wood2"))
        front.append(Bar((rear + 1, h + 9, z + 11), (x - 4, h + 9, z + 11), 1.0, "wood"))
        front.append(Bar((x - 5, h + 8.5, z + 11), (x - 5, h - 2, z + 11), 0.7, "wood"))
    front.append(Ring((rear + 3, 15.5, z + 12), 15.0))
    places = {
        "seat": (x - 10, h, z),
        "front": (x, h, z),
        "footrest": (x + 11, 4.6, z),
        "arm_r": (x - 6, h + 10, z + 11),
        "arm_l": (x - 6, h + 10, z - 11),
        "rim_r": (rear + 8, 29.5, z + 12),
        "rim_l": (rear + 8, 29.5, z - 12),
        "handle_r": (rear - 3.5, h + 23, z + 10),
        "handle_l": (rear - 3.5, h + 23, z - 10),
    }
    return Prop(solids, front, places, top=h)


def walker(p: Entry) -> Prop:
    """A walking frame: x (its handles), h (their height)."""
    x, h, z = p["x"], p.get("h", 50), p.get("z", 0)
    back: list[Solid] = []
    front: list[Solid] = []
    for side, sink in ((z - 14, back), (z + 14, front)):
        sink.append(Bar((x - 5, h, side), (x - 8, 0.8, side), 0.8, "metal"))
        sink.append(Bar((x + 6, h - 1, side), (x + 12, 0.8, side), 0.8, "metal"))
        sink.append(Bar((x - 5, h, side), (x + 6, h, side), 1.1, "metal"))
    back.append(Bar((x + 8, h * 0.7, z - 14), (x + 8, h * 0.7, z + 14), 0.8, "metal"))
    return Prop(back, front, {"handle_r": (x, h + 1, z + 14), "handle_l": (x, h + 1, z - 14)})


def rail(p: Entry) -> Prop:
    """A handrail along the way: from, to (x), h, z; posts at its ends."""
    a, b, h, z = p["from"], p["to"], p.get("h", 52), p.get("z", 0)
    bars: list[Solid] = [Bar((x, h, z), (x, 0.8, z), 0.8, "metal") for x in (a + 3, b - 3)]
    bars.append(Bar((a, h, z), (b, h, z), 1.1, "metal"))
    near = p.get("near", False)
    middle: Vector = ((a + b) / 2, h, z)
    return Prop([] if near else bars, bars if near else [], {"top": middle}, framed=False)


def ball_on(p: Entry) -> Prop:
    """A ball, sticker or other round thing that stays at [x, y, z]: r, colour."""
    at = _place(p["at"])
    return Prop([Bar(at, at, p.get("r", 2), p.get("colour", "ball"))], places={"middle": at})


STANDING: dict[str, Callable[[Entry], Prop]] = {
    "mat": mat,
    "bed": bed,
    "chair": chair,
    "table": table,
    "step": step,
    "foam": foam,
    "block": block,
    "wall": wall,
    "doorway": doorway,
    "pillow": pillow,
    "roll": roll,
    "wheelchair": wheelchair,
    "walker": walker,
    "rail": rail,
    "object": ball_on,
}

SINK = 1.2  # of a foot into foam

# Things held: colour, width in pixels
BANDS = {"strap": ("strap", 3.4), "band": ("band", 3.8), "towel": ("cloth", 6.0), "stick": ("wood", 3.6)}
HELD = {*BANDS, "ball", "bottle"}


def _place(at: Any) -> Vector:
    return (at[0], at[1], at[2] if len(at) > 2 else 0.0)


def standing(entry: Entry) -> Prop:
    """Return a thing that does not move."""
    prop = STANDING[entry["kind"]](entry)
    prop.only = entry.get("only", "")
    return prop


def places(entries: list[Entry]) -> dict[str, Vector]:
    """Return the named points of all standing things: "chair.back", or "name.point" where an entry has a name."""
    return {
        f"{entry.get('name', entry['kind'])}.{point}": place
        for entry in entries
        if entry["kind"] in STANDING
        for point, place in standing(entry).places.items()
    }


# Where a strap lies round the right foot, in the foot's frame: its outer edge, its middle, its inner edge
ROUND = {
    "sole": ((7.0, -3.4, 2.9), (7.0, -4.5, 0.2), (7.0, -3.4, -2.6)),
    "instep": ((7.0, -2.8, 2.7), (6.6, -0.9, 0.1), (7.0, -2.8, -2.5)),
}


def looped(entry: Entry, P: Posed, main: Posed, camera: Camera, index: int) -> tuple[Group, Group]:
    """Return a strap, band or towel round a foot: what lies behind the leg, and what lies before it.

    `round: sole_r` (or `instep_r`); `through`: where its inner and its outer end are held. What the eye sees of it is decided from
    the main pose, so that every frame has the same parts.
    """
    colour, width = BANDS[entry["kind"]]
    colour, width = entry.get("colour", colour), entry.get("width", width)
    where, side = entry["round"].split("_")
    sign = 1 if side == "r" else -1
    ankle, frame = P["ankle_" + side], P.R["foot_" + side]
    outer, middle, inner = (add(ankle, mv(frame, (x, y, z * sign))) for x, y, z in ROUND[where])
    held_inner, held_outer = (P.place(place) for place in entry["through"])
    foot = main.R["foot_" + side]
    outside_near = dot(mv(foot, (0, 0, sign)), camera.towards) >= 0
    faced = dot(mv(foot, (0, -1 if where == "sole" else 1, 0)), camera.towards) > 0.1
    near, far = [held_outer, outer, middle], [held_inner, inner, middle]
    if not outside_near:
        near, far = far, near
    if faced:  # the eye sees it cross the foot
        near, far = [*near, far[1]], far[:2]
    name = f"x{index}"

    def drawn(course: list[Vector], part: str) -> Group:
        line: Shape = ("line", [camera.xy(p) for p in course])
        return Group(name + part, lines=[(colour, line, width)])

    return drawn(far, "b"), drawn(near, "f")


def held(entry: Entry, P: Posed, camera: Camera, index: int) -> Group:
    """Return a thing that follows named points, in this pose.

    strap, band, towel, stick: `through` places. ball: `at` a place, r. bottle: `at` a hand, across it.
    """
    name = f"x{index}"
    if entry["kind"] in BANDS:
        colour, width = BANDS[entry["kind"]]
        course = [camera.xy(P.place(place)) for place in entry["through"]]
        return Group(name, lines=[(entry.get("colour", colour), ("line", course), entry.get("width", width))])
    at = P.place(entry["at"])
    if entry["kind"] == "ball":
        return Group(
            name, [(entry.get("colour", "ball"), [("hull", [(camera.xy(at), entry.get("r", 2.4))])])]
        )
    side = str(entry["at"])[-1] if isinstance(entry["at"], str) else "r"
    fingers = sub(P["hand_" + side], P["wrist_" + side])
    across = unit(cross(unit(fingers), camera.towards))
    long = entry.get("long", 8)
    ends = [add(at, mul(across, long * share)) for share in (-0.45, 0.3, 0.5)]
    radii = (1.9, 1.9, 0.9)
    bottle: Shape = ("hull", [(camera.xy(e), r) for e, r in zip(ends, radii, strict=True)])
    return Group(name, [("bottle", [bottle])])
