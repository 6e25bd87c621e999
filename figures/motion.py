"""Poses over time: angles and places are mixed, not points, so lengths stay true and planted hands and feet stay planted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import acos, ceil, pi
from typing import Any

from figures.skeleton import solve
from figures.vectors import Vector

DEGREES_PER_FRAME = 14  # of the joint that turns most
FRAMES = (2, 8)  # fewest and most between two poses
IN_ALL = (24, 19, 15, 12, 8, 6)  # in one loop: the first that makes a picture light enough for weak networks


@dataclass(frozen=True)
class Frame:
    """One moment: seconds from the start of the loop, the pose, and how much of each named pose is in it (0 to 1)."""

    seconds: float
    pose: dict[str, Any]
    shares: dict[str, float]


def mix(a: Any, b: Any, share: float) -> Any:
    """Return what lies between two values of a pose; what one of them leaves out counts as zero there."""
    if isinstance(a, dict) and isinstance(b, dict) and a.get("of") == b.get("of"):
        return {
            key: mix(a[key], b[key], share)
            if key in a and key in b
            else _scaled(a.get(key, b.get(key)), 1 - share if key in a else share)
            for key in {**a, **b}
        }
    if isinstance(a, list) and isinstance(b, list):
        return [mix(x, y, share) for x, y in zip(a, b, strict=False)]
    if isinstance(a, dict | list | str) and isinstance(b, dict | list | str):
        # two places of different kinds are mixed where they are, not as numbers
        return a if a == b else {"mix": [a, b, share]}
    if isinstance(a, bool) or a is None:
        return a
    return a * (1 - share) + b * share


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _scaled(each, factor) for key, each in value.items()}
    if isinstance(value, list):
        return [_scaled(each, factor) for each in value]
    return value * factor if isinstance(value, int | float) and not isinstance(value, bool) else value


def turn(a: Mapping[str, Any], b: Mapping[str, Any], known: Mapping[str, Vector]) -> float:
    """Return the largest turn of a joint between two poses, in degrees; a way of head, hip or hand counts twice its length."""
    p, q = solve(a, known), solve(b, known)
    angles = [abs(p.angles[key] - q.angles[key]) for key in p.angles if key in q.angles]
    ways = [
        2 * max(abs(x - y) for x, y in zip(p[point], q[point], strict=True))
        for point in ("head", "pelvis", "hand_r", "hand_l")
    ]
    return max([*angles, *ways])


def eased(share: float) -> float:
    """Return the share of the time at which an eased movement has done `share` of its way."""
    return acos(1 - 2 * share) / pi


def timeline(
    poses: Mapping[str, dict[str, Any]],
    sequence: Sequence[Mapping[str, Any]],
    largest_turn: Any,
    in_all: int = IN_ALL[0],
) -> tuple[list[Frame], float]:
    """Return about `in_all` frames of one loop at most, and its length in seconds.

    `largest_turn(a, b)` says how far two poses are apart, in degrees.
    """
    current = sequence[-1]["to"]
    seconds, frames = 0.0, [Frame(0.0, poses[current], {current: 1.0})]
    ways = [
        (poses[before["to"]], poses[leg["to"]])
        for before, leg in zip([sequence[-1], *sequence], sequence, strict=False)
    ]
    counts = [max(FRAMES[0], min(FRAMES[1], ceil(largest_turn(a, b) / DEGREES_PER_FRAME))) for a, b in ways]
    thin = min(1.0, in_all / sum(counts))
    for leg, (a, b), wanted in zip(sequence, ways, counts, strict=True):
        name, count = leg["to"], max(FRAMES[0], round(wanted * thin))
        for i in range(1, count + 1):
            share = i / count
            pose = b if i == count else mix(a, b, share)
            shares = {current: 1 - share, name: share}
            frames.append(Frame(seconds + leg["move"] * eased(share), pose, shares))
        seconds += leg["move"]
        if leg.get("hold"):
            seconds += leg["hold"]
            frames.append(Frame(seconds, b, {name: 1.0}))
        current = name
    return frames, seconds
