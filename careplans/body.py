"""Where things are on the body: sides, limbs, and how far what is known about one place reaches.

Two kinds of region ids meet here. A *chart region* ("left-calf") is a spot of the body chart and carries its
own side. A *vocabulary region* ("calf") carries none and takes the side of whatever names it. The safety
rules think in vocabulary regions with a side; `Body.place` translates. Sides are the patient's own; midline
meets both.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Side = Literal["left", "right", "midline"]

# How far a flag with a place reaches; the table is in the clinical README under "Where things are".
Scope = Literal["anywhere", "region", "near", "limb", "distal", "trunk"]


class Place(NamedTuple):
    """One spot: its vocabulary region and side, and, on an arm or leg, how many steps out from the trunk."""

    region: str
    side: str
    limb: str | None
    step: int


class Body:
    """Every region of the chart and of the vocabulary, and how they lie to each other.

    `vocabulary` has body_regions, limbs, trunk and touching; `chart_regions` those of the body chart.
    """

    def __init__(self, vocabulary: Mapping[str, Any], chart_regions: Iterable[Mapping[str, Any]]) -> None:
        self.regions = {region["id"]: region for region in vocabulary["body_regions"]}
        self.chart = {spot["id"]: spot for spot in chart_regions}
        self._steps = {
            region: (limb["id"], out)
            for limb in vocabulary["limbs"]
            for out, step in enumerate(limb["steps"], start=1)
            for region in step
        }
        self._through = {limb["id"]: frozenset(limb["through"]) for limb in vocabulary["limbs"]}
        self._trunk = frozenset(vocabulary["trunk"])
        self._touching = {frozenset(pair) for pair in vocabulary["touching"]}

    def knows(self, region_id: str) -> bool:
        """Tell whether this is a region of the chart or of the vocabulary."""
        return region_id in self.chart or region_id in self.regions

    def name(self, region_id: str) -> str:
        """Return "Left calf" for a region of the chart, "Calf" for one of the vocabulary."""
        spot = self.chart.get(region_id)
        if spot is None:
            return self.regions[region_id]["label"] if region_id in self.regions else region_id
        label = str(spot.get("label") or region_id.replace("-", " "))
        return label[:1].upper() + label[1:]

    def place(self, region_id: str, side: str | None = None) -> Place:
        """Return where a region is; `side` counts for vocabulary regions only, none of it means both sides.

        Raises KeyError for an id that neither the chart nor the vocabulary has.
        """
        spot = self.chart.get(region_id)
        region = spot["region"] if spot else region_id
        if region not in self.regions:
            raise KeyError(region_id)
        limb, step = self._steps.get(region, (None, 0))
        if spot and "girdle" in spot:
            limb, step = spot["girdle"], 0
        return Place(region, spot["side"] if spot else side or "midline", limb, step)

    def reaches(self, scope: Scope, flag: Place, item: Place) -> bool:
        """Tell whether what is known about the flag's place counts where the item works."""
        if scope == "anywhere":
            return True
        if scope == "trunk":
            return flag.region in self._trunk and item.region in self._trunk
        if flag.side != item.side and "midline" not in (flag.side, item.side):
            return False
        if flag.region == item.region:
            return True
        if scope == "near":
            return frozenset((flag.region, item.region)) in self._touching
        if scope in ("limb", "distal") and item.limb:
            if flag.limb == item.limb:
                return scope == "limb" or item.step >= flag.step
            return flag.region in self._through[item.limb]  # a clot in the pelvis counts for the whole leg
        return False

    def on_side(self, region: str, side: str | None) -> list[str]:
        """Return the chart regions that make up a vocabulary region on one side (left sole, toes …).

        Where no side is meant, or the chart has no such spot, the vocabulary region itself.
        """
        if side not in ("left", "right"):
            return [region]
        spots = [
            spot["id"] for spot in self.chart.values() if spot["region"] == region and spot["side"] == side
        ]
        return spots or [region]
