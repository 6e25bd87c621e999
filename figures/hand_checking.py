"""What a hand cannot do: joints beyond their limits, pads that do not meet, digits that pass through each other or the palm."""

from collections.abc import Iterator
from itertools import combinations
from typing import cast

from figures.hand import DIGITS, LIMITS, THICK, Hands
from figures.scene import Moment
from figures.vectors import Vector, distance

FIRM = 0.52  # digits may press together: share of their radii that must stay between their middles
PALM = (4.0, 46.0)  # where the palm is, along the hand
SOFT = 3.0  # how deep a tip may sink into the palm
SKIN = -6.5  # the palm's skin, below the middle of the hand


def faults(moment: Moment) -> Iterator[str]:
    P = cast(Hands, moment.people["patient"])
    for name, angle in P.angles.items():
        low, high = LIMITS[name.partition(".")[2]]
        if not low - 0.5 <= angle <= high + 0.5:
            yield f"{name} is {angle:.0f}°, allowed {low} to {high}"
    for digit in P.misses:
        yield f"{digit} does not touch what it should"
    bones = [bone for side in P.digits for bone in _bones(P, side)]
    for (a, i, a0, a1, ra), (b, j, b0, b1, rb) in combinations(bones, 2):
        if a == b or (a[0] == b[0] and i + j < 2):  # own neighbours; the first bones share the palm
            continue
        gap = distance(a0, a1, b0, b1)
        if gap < FIRM * (ra + rb):
            yield f"{a} passes through {b} ({gap:.1f} between their middles)"
    for side, digits in P.digits.items():
        for name, one in digits.items():
            x, y, z = one.joints[3]
            if PALM[0] < x < PALM[1] and abs(z) < 16 and SKIN - one.radius + SOFT < y < -SKIN:
                yield f"{side}.{name} sinks into the palm"


def _bones(P: Hands, side: str) -> Iterator[tuple[str, int, Vector, Vector, float]]:
    """Yield (digit, which bone, both ends, radius)."""
    for name in DIGITS:
        one, radii = P.digits[side][name], THICK[name]
        for i in range(3):
            start, end = (P.world(side, p) for p in one.joints[i : i + 2])
            yield f"{side}.{name}", i, start, end, min(radii[i], radii[i + 1])
