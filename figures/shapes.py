"""Flat shapes, and the SVG path text of each.

A shape is (kind, data), in picture units before `drawing.Stage` and in pixels after it:

- "hull": the convex hull of circles [((x, y), radius)], written as exact arcs and straight lines
- "blob": a closed smooth curve through points; "curve": an open one; "line": straight lines
- "course": an open curve that rounds the corners of a way of straight lines: it touches each in its middle

A shape keeps the same number of points in every frame of a figure, so that it can be animated.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import acos, atan2, cos, hypot, pi, sin
from typing import Any

Point = tuple[float, float]
Circle = tuple[Point, float]
Shape = tuple[str, list[Any]]


def number(value: float) -> str:
    """Return a coordinate with one decimal, as short as SVG allows."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    if text.startswith("0."):
        text = text[1:]
    elif text.startswith("-0."):
        text = "-" + text[2:]
    return "0" if text in ("-0", "-", "") else text


def numbers(values: Sequence[float]) -> str:
    out = ""
    for value in values:
        text = number(value)
        out += text if not out or text[0] == "-" else " " + text
    return out


def ribbon(points: Sequence[Point], radii: Sequence[float]) -> Shape:
    """Return a closed smooth band along a line, `radii[i]` half wide at point i."""
    left, right = [], []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        length = hypot(bx - ax, by - ay) or 1
        nx, ny = -(by - ay) / length * radii[i], (bx - ax) / length * radii[i]
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return ("blob", left + right[::-1])


def smooth(points: Sequence[Point], closed: bool) -> str:
    """Return a Catmull-Rom curve through the points as relative cubics; what rounding cuts off is carried on, not added up.

    The handles at a point mirror each other, so all pieces but the first are written without their first handle ("s").
    """
    n = len(points)
    x, y = (round(v, 1) for v in points[0])
    out = "M" + numbers((x, y))

    def at(i: int) -> Point:
        return points[i % n] if closed else points[max(0, min(n - 1, i))]

    values: list[float] = []
    for i in range(n if closed else n - 1):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = at(i - 1), at(i), at(i + 1), at(i + 2)
        six = (bx + (cx - ax) / 6, by + (cy - ay) / 6, cx - (dx - bx) / 6, cy - (dy - by) / 6, cx, cy)
        relative = [round(v - (x, y)[k % 2], 1) for k, v in enumerate(six)]
        if i == 0:
            out += "c" + numbers(relative)
        else:
            values += relative[2:]
        x, y = x + relative[4], y + relative[5]
    return out + ("s" + numbers(values) if values else "") + ("Z" if closed else "")


def straight(points: Sequence[Point], closed: bool) -> str:
    x, y = (round(v, 1) for v in points[0])
    head, values = "M" + numbers((x, y)) + "l", []
    for px, py in points[1:]:
        dx, dy = round(px - x, 1), round(py - y, 1)
        x, y = x + dx, y + dy
        values += [dx, dy]
    return head + numbers(values) + ("Z" if closed else "")


def rounded(points: Sequence[Point]) -> str:
    """Return parabolas from middle to middle of a way's straight lines, each with a corner for its handle.

    All but the first are written without it ("t": it mirrors the last one); what rounding moves is made good by the next middle.
    """
    start, at = _step((0, 0), points[0])
    out = "M" + start
    handle = at
    for i, (px, py) in enumerate(points[1:]):
        (hx, hy), before = handle, at
        way, at = _step(at, ((hx + px) / 2, (hy + py) / 2))
        if i == 0:
            out += "l" + way
        elif i == 1:
            out += "q" + numbers((hx - before[0], hy - before[1]))
            out += way if way[0] == "-" else " " + way
        else:
            out += "t" + way
        handle = (2 * at[0] - hx, 2 * at[1] - hy)
    return out + "l" + _step(at, points[-1])[0]


@lru_cache
def _directions(n: int) -> tuple[Point, ...]:
    return tuple((cos(2 * pi * k / n), sin(2 * pi * k / n)) for k in range(n))


def hull_walk(circles: Sequence[Circle]) -> list[int]:
    """Return the indexes of the circles on the hull, in turning order."""
    walk: list[int] = []
    for ux, uy in _directions(180):
        best, most = 0, -1e9
        for i, ((x, y), r) in enumerate(circles):
            reach = x * ux + y * uy + r
            if reach > most:
                best, most = i, reach
        if not walk or walk[-1] != best:
            walk.append(best)
    if len(walk) > 1 and walk[0] == walk[-1]:
        walk.pop()
    return walk


def _step(at: Point, to: Point) -> tuple[str, Point]:
    """Return the text of the way to a point and where it ends; both ends are rounded, so rounding never adds up."""
    to = (round(to[0], 1), round(to[1], 1))
    return numbers((to[0] - at[0], to[1] - at[1])), to


def hull_path(circles: Sequence[Circle]) -> tuple[str, tuple[Any, ...]]:
    """Return the exact outline of a hull and its build-up, which must be equal in all frames to be animated as it is."""
    walk = hull_walk(circles)
    if len(walk) == 1:
        (x, y), r = circles[walk[0]]
        r = round(r, 1)
        there, back = (
            f"a{numbers((r, r))} 0 1 1 {numbers((2 * r, 0))}",
            f"a{numbers((r, r))} 0 1 1 {numbers((-2 * r, 0))}",
        )
        return f"M{numbers((x - r, y))}{there}{back}Z", ("o",)
    start = walk.index(min(walk))
    walk = walk[start:] + walk[:start]
    leaves = []  # the normal at which the walk leaves each circle for the next
    for k, i in enumerate(walk):
        (a, ra), (b, rb) = circles[i], circles[walk[(k + 1) % len(walk)]]
        distance = hypot(b[0] - a[0], b[1] - a[1]) or 1e-6
        leaves.append(atan2(b[1] - a[1], b[0] - a[0]) - acos(max(-1, min(1, (ra - rb) / distance))))
    out, build_up, at = "", [], (0.0, 0.0)
    for k, i in enumerate(walk):
        ((x, y), r), enters, leaves_at = circles[i], leaves[k - 1], leaves[k]
        span = (leaves_at - enters) % (2 * pi)
        halves = 2 if span > 2.5 else 1  # no arc near or over a half turn: rounding could flip it
        build_up.append((i, halves))
        way, at = _step(at, (x + r * cos(enters), y + r * sin(enters)))
        out += ("M" if k == 0 else "l") + way
        for part in range(1, halves + 1):
            angle = enters + span * part / halves
            way, at = _step(at, (x + r * cos(angle), y + r * sin(angle)))
            out += f"a{numbers((r, r))} 0 0 1 {way}"
    return out + "Z", tuple(build_up)


def hull_samples(circles: Sequence[Circle], first_angle: float, n: int = 20) -> list[Point]:
    """Return n points of a hull's outline: for frames whose hulls are built up differently."""
    points = []
    for k in range(n):
        ux, uy = cos(first_angle + 2 * pi * k / n), sin(first_angle + 2 * pi * k / n)
        (x, y), r = max(circles, key=lambda c: c[0][0] * ux + c[0][1] * uy + c[1])
        points.append((x + r * ux, y + r * uy))
    return points


def path(shape: Shape) -> str:
    """Return the path text of a shape in pixels."""
    kind, data = shape
    if kind == "hull":
        return hull_path(data)[0]
    if kind == "line":
        return straight(data, closed=False)
    if kind == "polygon":
        return straight(data, closed=True)
    if kind == "course":
        return rounded(data)
    return smooth(data, closed=kind == "blob")


def extent(shape: Shape) -> tuple[float, float, float, float]:
    """Return (left, low, right, high) of a shape, in its own units."""
    kind, data = shape
    circles = data if kind == "hull" else [(p, 0.0) for p in data]
    return (
        min(p[0] - r for p, r in circles),
        min(p[1] - r for p, r in circles),
        max(p[0] + r for p, r in circles),
        max(p[1] + r for p, r in circles),
    )
