"""One moment of a figure of hands, as `scene` has it of people: hands and things, solved and seen by the camera."""

from collections.abc import Mapping
from typing import Any

from figures import hand, hand_props, motion
from figures.body import Group
from figures.hand import Hands, HandsDrawn
from figures.reading import Figure
from figures.scene import Moment, SceneBase
from figures.vectors import norm, sub


class HandScene(SceneBase):
    """A figure of hands before its camera. Poses are solved once, by name, and mixed as angles."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.things = [entry for entry in figure.props if entry["kind"] in hand_props.HELD]
        self.entries = [entry for entry in figure.props if entry["kind"] in hand_props.STANDING]
        self.props = [hand_props.standing(entry) for entry in self.entries]
        self.known = hand_props.places(self.entries)
        self.poses = {name: self._resolved(pose) for name, pose in figure.poses.items()}
        main = self.people(self.poses[figure.plan_from])["patient"]
        self.plan = hand.make_plan(
            main,
            self.camera,
            {
                "layers": figure.layers,
                "far": figure.far,
                "highlight": figure.highlight,
                "creased": self._creased(),
            },
        )

    def _resolved(self, pose: Mapping[str, Any]) -> dict[str, Any]:
        things = pose.get("things", {})
        return {
            "hands": {side: hand.resolve(each) for side, each in pose["hands"].items()},
            "things": {_name(entry): {**entry, **things.get(_name(entry), {})} for entry in self.things},
        }

    def _creased(self) -> list[str]:
        """Return the hands whose palm is ever seen: lines on the others would only weigh."""
        seen = [self.people(pose)["patient"] for pose in self.poses.values()]
        return [
            side
            for side in ("r", "l")
            if any(side in P.digits and hand.palm_shows(P, side, self.camera) for P in seen)
        ]

    def people(self, pose: Mapping[str, Any]) -> dict[str, Hands]:  # type: ignore[override]
        return {"patient": hand.solve(pose, self.known)}

    def moment(self, pose: Mapping[str, Any]) -> Moment:
        people = self.people(pose)
        drawn = HandsDrawn(people["patient"], self.camera)
        groups = drawn.build(self.plan)
        if self.figure.reflected:
            glass = next(hand_props.glass(e, self.camera) for e in self.things if e["kind"] == "mirror")
            for group in groups:
                if group.id[0] in self.figure.reflected and group.id[1:] != "fore":
                    group.clip = glass
        for i, entry in enumerate(pose["things"].values()):
            groups = _placed(groups, hand_props.held(entry, people["patient"], self.camera, i))
        return Moment(people, groups, solids=[("patient", *solid) for solid in drawn.solids])  # type: ignore[arg-type]

    def _largest_turn(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
        p, q = (self.people(pose)["patient"] for pose in (a, b))
        turns = [abs(p.angles[joint] - q.angles[joint]) for joint in p.angles]
        ways = [norm(sub(p[f"{side}.wrist"], q[f"{side}.wrist"])) / 2 for side in p.digits]
        return max(*turns, *ways)

    def timeline(self, in_all: int) -> tuple[list[motion.Frame], float]:
        return motion.timeline(self.poses, self.figure.sequence, self._largest_turn, in_all)


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name", entry["kind"]))


def _placed(groups: list[Group], things: list[tuple[Group, str]]) -> list[Group]:
    """Put each thing behind or before all hands, or after the group that its layer names."""
    for group, layer in things:
        names = [each.id for each in groups]
        at = 0 if layer == "behind" else len(groups) if layer == "front" else names.index(layer) + 1
        groups = [*groups[:at], group, *groups[at:]]
    return groups
