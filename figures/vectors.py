"""Vectors and rotations in three dimensions, as plain tuples. Angles in degrees."""

from math import cos, radians, sin, sqrt

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]  # rows

IDENTITY: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


def add(a: Vector, b: Vector) -> Vector:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def mul(a: Vector, factor: float) -> Vector:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def norm(a: Vector) -> float:
    return sqrt(dot(a, a))


def unit(a: Vector) -> Vector:
    """Return `a` with length 1; a vector without length stays zero."""
    length = norm(a)
    return mul(a, 1 / length) if length > 1e-9 else (0.0, 0.0, 0.0)


def lerp(a: Vector, b: Vector, share: float) -> Vector:
    return add(mul(a, 1 - share), mul(b, share))


def rx(angle: float) -> Matrix:
    c, s = cos(radians(angle)), sin(radians(angle))
    return ((1, 0, 0), (0, c, -s), (0, s, c))


def ry(angle: float) -> Matrix:
    c, s = cos(radians(angle)), sin(radians(angle))
    return ((c, 0, s), (0, 1, 0), (-s, 0, c))


def rz(angle: float) -> Matrix:
    c, s = cos(radians(angle)), sin(radians(angle))
    return ((c, -s, 0), (s, c, 0), (0, 0, 1))


def mm(first: Matrix, *others: Matrix) -> Matrix:
    """Return the product of matrices, from the left."""
    out = first
    for m in others:
        a, b, c = m
        out = tuple(  # type: ignore[assignment]
            (
                r[0] * a[0] + r[1] * b[0] + r[2] * c[0],
                r[0] * a[1] + r[1] * b[1] + r[2] * c[1],
                r[0] * a[2] + r[1] * b[2] + r[2] * c[2],
            )
            for r in out
        )
    return out


def mv(m: Matrix, v: Vector) -> Vector:
    """Return a matrix times a vector."""
    return (dot(m[0], v), dot(m[1], v), dot(m[2], v))


def col(m: Matrix, j: int) -> Vector:
    return (m[0][j], m[1][j], m[2][j])


def from_cols(x: Vector, y: Vector, z: Vector) -> Matrix:
    return ((x[0], y[0], z[0]), (x[1], y[1], z[1]), (x[2], y[2], z[2]))


def distance(a0: Vector, a1: Vector, b0: Vector, b1: Vector) -> float:
    """Return the shortest distance between two straight pieces (Ericson, Real-Time Collision Detection, 5.1.9)."""
    u, v, w = sub(a1, a0), sub(b1, b0), sub(a0, b0)
    a, b, c, d, e = dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w)
    if a < 1e-9 and c < 1e-9:
        return norm(w)
    if a < 1e-9:
        s, t = 0.0, max(0.0, min(1.0, e / c))
    elif c < 1e-9:
        s, t = max(0.0, min(1.0, -d / a)), 0.0
    else:
        det = a * c - b * b
        s = max(0.0, min(1.0, (b * e - c * d) / det)) if det > 1e-9 else 0.0
        t = (b * s + e) / c
        if t < 0 or t > 1:
            t = max(0.0, min(1.0, t))
            s = max(0.0, min(1.0, (b * t - d) / a))
    return norm(sub(add(a0, mul(u, s)), add(b0, mul(v, t))))
