"""Looks at every frame of a figure for what a body cannot do and a picture must not show.

Joint limits; limbs that do not reach; nothing below the floor or inside a thing, nothing through a limb, a head or a trunk;
contacts that the file declares; seats under sitters; everything inside the frame; equal path commands over time; sizes.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from math import hypot, sqrt
from typing import Any

from figures import hand_checking
from figures.body import SECTIONS
from figures.drawing import KINDS, SIZE_LIMITS, Drawing, packed_size
from figures.props import Box
from figures.reading import Figure
from figures.scene import Moment
from figures.shapes import extent
from figures.skeleton import JOINT_LIMITS, Posed
from figures.vectors import Vector, add, distance, mul, mv, norm, sub

ALT_LENGTH = 400

TOUCH = 1.2  # how deep flesh may sink into a thing, percent of body height
BONES = {  # capsules of the limbs: ends and the radius that is bone and firm flesh
    "thigh": ("hip", "knee", 3.6),
    "shank": ("knee", "ankle", 2.4),
    "upper": ("shoulder", "elbow", 2.2),
    "fore": ("elbow", "wrist", 1.6),
}
NEIGHBOURS = {frozenset(("thigh", "shank")), frozenset(("upper", "fore"))}
SEATED = (4.2, 7.0)  # of mid-hip above the seat
FIRM = 0.62  # limbs may press together, not pass through each other: share of their radii that must stay between them

Ball = tuple[str, str, Vector, float, float]  # who, part, centre, radius, how deep it may sink in


def faults(figure: Figure) -> list[str]:
    """Return what is wrong with a figure, each once; nothing is what it should be."""
    drawing = Drawing(figure)
    found: dict[str, None] = {}
    first: dict[str, Vector] = {}
    for frame, moment in zip(drawing.frames, drawing.moments, strict=True):
        main = [name for name, share in frame.shares.items() if share == 1]
        where = f"in {main[0]}" if main else "between " + " and ".join(frame.shares)
        for fault in _moment(drawing, moment, first, frame.shares):
            found.setdefault(f"{where}: {fault}")
    for fault in _files(figure, drawing):
        found.setdefault(fault)
    return list(found)


def _moment(
    drawing: Drawing, moment: Moment, first: dict[str, Vector], shares: Mapping[str, float]
) -> Iterator[str]:
    figure = drawing.figure
    if figure.rig == "hand":
        yield from hand_checking.faults(moment)
        balls = [(*solid, hand_checking.SOFT) for solid in moment.solids]
        yield from _inside(drawing, balls, shares)
        yield from _contacts(drawing, moment, first, shares)
        yield from _frame(drawing, moment)
        return
    for who, P in moment.people.items():
        name = "" if who == "patient" else f"{who}'s "
        hidden = figure.hide if who == "patient" else (figure.helper or {}).get("hide", [])
        for fault in (*_joints(P), *_limbs(P, hidden), *_trunk(P, hidden)):
            yield name + fault
    yield from _between_people(moment, figure)
    yield from _things(drawing, moment, shares)
    yield from _seats(drawing, moment)
    yield from _contacts(drawing, moment, first, shares)
    yield from _frame(drawing, moment)


def _joints(P: Posed) -> Iterator[str]:
    for name, angle in P.angles.items():
        low, high = JOINT_LIMITS[name.removesuffix("_r").removesuffix("_l")]
        if not low - 0.5 <= angle <= high + 0.5:
            yield f"{name} is {angle:.0f}°, allowed {low} to {high}"
    for limb in P.misses:
        yield f"{limb} cannot reach its target"


def _capsules(P: Posed, hidden: Any = ()) -> list[tuple[str, str, Vector, Vector, float]]:
    out = []
    for part, (start, end, radius) in BONES.items():
        for side in "rl":
            limb = ("leg_" if part in ("thigh", "shank") else "arm_") + side
            if limb not in hidden:
                out.append((part, side, P[f"{start}_{side}"], P[f"{end}_{side}"], radius))
    return out


def _limbs(P: Posed, hidden: Any) -> Iterator[str]:
    """Limbs must not pass through one another, nor through the head."""
    for (a, sa, a0, a1, ra), (b, sb, b0, b1, rb) in combinations(_capsules(P, hidden), 2):
        if sa == sb and frozenset((a, b)) in NEIGHBOURS:
            continue
        if a == b == "thigh":  # they share the pelvis: only their lower halves can cross
            a0, b0 = mul(add(a0, a1), 0.5), mul(add(b0, b1), 0.5)
        gap = distance(a0, a1, b0, b1)
        if gap < FIRM * (ra + rb):
            yield f"{a}_{sa} passes through {b}_{sb} ({gap:.1f} between their middles)"
    for part, side, start, end, radius in _capsules(P, hidden):
        if (
            part in ("fore", "shank")
            and (gap := distance(start, end, P["head"], P["head"])) < 5.2 + radius * 0.5
        ):
            yield f"{part}_{side} passes through the head ({gap:.1f} from its middle)"


def _trunk(P: Posed, hidden: Any) -> Iterator[str]:
    """A hand, an elbow or a knee may touch the trunk, not be in it."""
    origin = {"pelvis": "pelvis", "lumbar": "l5", "thorax": "t12"}
    points = [f"{point}_{side}" for point in ("hand", "wrist", "knee") for side in "rl"]
    for point in points:
        if ("leg_" if point.startswith("knee") else "arm_") + point[-1] in hidden:
            continue
        for part, y, x, deep, wide in SECTIONS[1:8]:
            middle = add(P[origin[part]], mv(P.R[part], (x, y, 0)))
            away = sub(P[point], middle)
            local = [sum(away[k] * P.R[part][k][j] for k in range(3)) for j in range(3)]
            if abs(local[1]) < 2.6 and (local[0] / deep) ** 2 + (local[2] / wide) ** 2 < 0.55:
                yield f"{point} is inside the trunk"
                break


def _between_people(moment: Moment, figure: Figure) -> Iterator[str]:
    if "helper" not in moment.people:
        return
    patient = _capsules(moment.people["patient"], figure.hide)
    helper = _capsules(moment.people["helper"], (figure.helper or {}).get("hide", []))
    for a, sa, a0, a1, ra in patient:
        for b, sb, b0, b1, rb in helper:
            gap = distance(a0, a1, b0, b1)
            if gap < FIRM * (ra + rb):
                yield f"helper's {b}_{sb} passes through {a}_{sa} ({gap:.1f} between their middles)"


def _things(drawing: Drawing, moment: Moment, shares: Mapping[str, float]) -> Iterator[str]:
    """Nothing of a person lies below the floor or inside a block."""
    balls: list[Ball] = [
        (who, part, c, r, 0.9 if part[:4] in ("hand", "foot", "toe_") else TOUCH)
        for who, part, c, r in moment.solids
    ]
    for who, P in moment.people.items():
        for part, middle, radius in sections(P):
            balls.append((who, part, middle, radius, TOUCH))
    for who, part, centre, radius, soft in balls:
        if centre[1] - radius < -soft:
            yield f"{_named(who, part)} is {radius - centre[1]:.1f} below the floor"
    yield from _inside(drawing, balls, shares)


def _inside(drawing: Drawing, balls: list[Ball], shares: Mapping[str, float]) -> Iterator[str]:
    boxes = [
        (entry["kind"], solid)
        for entry, prop in zip(drawing.scene.entries, drawing.scene.props, strict=True)
        for solid in prop.solids
        if isinstance(solid, Box) and solid.solid and (not prop.only or shares.get(prop.only, 0) == 1)
    ]
    for who, part, centre, radius, soft in balls:
        for kind, box in boxes:
            deep = radius - _outside(centre, box)
            if deep > (2.4 if kind in ("bed", "foam") else soft):
                yield f"{_named(who, part)} is {deep:.1f} inside the {kind}"


def _named(who: str, part: str) -> str:
    return part if who == "patient" else f"{who}'s {part}"


def sections(P: Posed) -> list[tuple[str, Vector, float]]:
    """Return the trunk as balls: each section's middle and its reach downwards."""
    origin = {"pelvis": "pelvis", "lumbar": "l5", "thorax": "t12"}
    out = []
    for part, y, x, deep, wide in SECTIONS:
        middle = add(P[origin[part]], mv(P.R[part], (x, y, 0)))
        reach = sqrt(mv(P.R[part], (deep, 0, 0))[1] ** 2 + mv(P.R[part], (0, 0, wide))[1] ** 2)
        out.append((f"trunk ({part})", middle, min(reach, deep)))
    return out


def _outside(p: Vector, box: Box) -> float:
    """Return how far a point is from a block; negative inside it."""
    ways = [max(box.low[i] - p[i], p[i] - box.high[i]) for i in range(3)]
    if max(ways) <= 0:
        return max(ways)
    return sqrt(sum(max(way, 0) ** 2 for way in ways))


def _seats(drawing: Drawing, moment: Moment) -> Iterator[str]:
    """Who stays over a seat, upright, sits on it."""
    heights = [m.people["patient"]["pelvis"][1] for m in drawing.moments]
    P = moment.people["patient"]
    x, y, z = P["pelvis"]
    if max(heights) - min(heights) > 3 or mv(P.R["pelvis"], (0, 1, 0))[1] < 0.6:
        return
    for entry, prop in zip(drawing.scene.entries, drawing.scene.props, strict=True):
        if entry["kind"] in ("chair", "wheelchair"):
            sx, top, sz = prop.places["seat"]
            over = abs(x - sx) < 10 and abs(z - sz) < 8 and y - top < 20
            if over and not SEATED[0] <= y - top <= SEATED[1]:
                yield f"the seat is {y - top - 5.6:+.1f} away from the buttocks"


def _contacts(
    drawing: Drawing, moment: Moment, first: dict[str, Vector], shares: Mapping[str, float]
) -> Iterator[str]:
    """What the file declares: a point rests on something, stays above a height, or is near another point."""
    tops = {
        entry.get("name", entry["kind"]): prop.top
        for entry, prop in zip(drawing.scene.entries, drawing.scene.props, strict=True)
    }
    for check in drawing.figure.checks:
        if "only" in check and shares.get(check["only"], 0) < 1:
            continue
        P = moment.people[check.get("who", "patient")]
        name, p, within = check["point"], P[check["point"]], check.get("within", 0.9)
        if "rests" in check:
            on = check["rests"]
            height = 0.0 if on == "floor" else tops.get(on)
            if height is None:
                yield f"{name} cannot rest on {on}"
                continue
            if abs(p[1] - height) > within:
                yield f"{name} is {p[1] - height:+.1f} off the {on}"
            if not check.get("slides") and "only" not in check:
                start = first.setdefault(name, p)
                if hypot(p[0] - start[0], p[2] - start[2]) > 0.6:
                    yield f"{name} slides on the {on}"
        if "min_y" in check and p[1] < check["min_y"] - 0.3:
            yield f"{name} is too low ({p[1]:.1f})"
        if "near" in check:
            gap = norm(sub(p, P.place(check["near"])))
            if gap > check.get("within", 3.0):
                yield f"{name} is {gap:.1f} away from {check['near']}"


def _frame(drawing: Drawing, moment: Moment) -> Iterator[str]:
    """All is inside the picture, but for where the file cuts it off."""
    stage, cut = drawing.stage, drawing.figure.frame
    for group in moment.groups:
        shapes = [s for _, part in group.union for s in part] + [line[1] for line in group.lines]
        for shape in shapes:
            left, top, right, bottom = extent(stage.shape(shape))
            outside = {
                "left": left < 2,
                "right": right > stage.width - 2,
                "top": top < 2,
                "bottom": bottom > stage.height - 1,
            }
            if any(out for edge, out in outside.items() if edge not in cut):
                yield f"{group.id} leaves the picture"
                break
            if right > 0 and left < 36 and bottom > 0 and top < 36 and group.id == "hd":
                yield "the head lies under the number of the panel"


def _files(figure: Figure, drawing: Drawing) -> Iterator[str]:
    for language, text in figure.alt.items():
        if len(text) > ALT_LENGTH:
            yield f"alt ({language}) is {len(text)} characters long; {ALT_LENGTH} are enough"
    for kind in KINDS:
        svg = getattr(drawing, kind)()
        raw, packed = len(svg.encode()), packed_size(svg)
        most, most_packed = SIZE_LIMITS[kind]
        if raw > most or packed > most_packed:
            yield f"{kind} is too big: {raw} bytes, {packed} compressed"
        body = svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        for bad in ("<script", " style=", "http:", "https:", "<text", "<image", "onload"):
            if bad in body:
                yield f"{kind} holds {bad.strip()}"
        for values in re.findall(r'attributeName="d" values="([^"]+)"', svg):
            if len({re.sub(r"[^A-Za-z]", "", value) for value in values.split(";")}) > 1:
                yield f"{kind}: a path changes its commands between frames"
