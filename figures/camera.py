"""The eye that looks at the scene: parallel projection, so nothing grows or shrinks with distance."""

from math import cos, radians, sin
from typing import Any

from figures.vectors import Vector, dot

Point = tuple[float, float]

# yaw: how far round the figure the eye walks (0 sees its right side, 90 its face); pitch: how far it looks down
VIEWS = {
    "side": (0, 0),
    "side-left": (180, 0),
    "front": (90, 0),
    "three-quarter": (38, 12),
    "front-quarter": (58, 12),
    "back": (-90, 0),
}


class Camera:
    """Projects world points (percent of body height) on the picture plane: x to the right, y up, same unit."""

    def __init__(self, yaw: float = 0.0, pitch: float = 0.0) -> None:
        self.yaw, self.pitch = yaw, pitch
        y, p = radians(yaw), radians(pitch)
        flat = (sin(y), 0.0, cos(y))
        self.right: Vector = (cos(y), 0.0, -sin(y))
        self.up: Vector = (-flat[0] * sin(p), cos(p), -flat[2] * sin(p))
        self.towards: Vector = (flat[0] * cos(p), sin(p), flat[2] * cos(p))

    @classmethod
    def of(cls, view: str | dict[str, Any]) -> "Camera":
        """Return the camera of a view's name, or of {yaw, pitch} in degrees."""
        return cls(*VIEWS[view]) if isinstance(view, str) else cls(view.get("yaw", 0), view.get("pitch", 0))

    def xy(self, p: Vector) -> Point:
        return (dot(p, self.right), dot(p, self.up))

    def depth(self, p: Vector) -> float:
        """Return how near a point is to the eye; more is nearer."""
        return dot(p, self.towards)

    @property
    def sees_ground(self) -> bool:
        """True when the eye looks down so far that tops of things and the ground show."""
        return self.pitch > 3
