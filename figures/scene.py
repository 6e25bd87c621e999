"""One moment of a figure: people and what they hold, solved and seen by the camera; and what stands around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from figures import motion
from figures.body import Body, Group, Plan, make_plan
from figures.camera import Camera
from figures.props import HELD, Prop, held, looped, places, standing
from figures.reading import Figure
from figures.shapes import extent
from figures.skeleton import FRAME_OF, Posed, solve
from figures.vectors import Vector


@dataclass
class Moment:
    """A solved pose. `groups` come back to front, the first `beyond` of them behind things that stand there; `solids` are
    (who, part, centre, radius) of every ball drawn."""

    people: dict[str, Posed]
    groups: list[Group]
    beyond: int = 0
    solids: list[tuple[str, str, Vector, float]] = field(default_factory=list)


class SceneBase:
    """A figure before its camera, whichever rig draws it: `entries`, `props`: what stands around; `poses`: the complete ones."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.camera = Camera.of(figure.view)
        self.entries: list[dict[str, Any]] = []
        self.props: list[Prop] = []
        self.poses: dict[str, dict[str, Any]] = figure.poses

    def people(self, pose: Mapping[str, Any]) -> dict[str, Posed]:
        raise NotImplementedError

    def moment(self, pose: Mapping[str, Any]) -> Moment:
        raise NotImplementedError

    def timeline(self, in_all: int) -> tuple[list[motion.Frame], float]:
        raise NotImplementedError

    def bounds(self, moments: list[Moment], things: bool = True) -> tuple[float, float, float, float]:
        """Return (left, low, right, high) of people and, with `things`, framed props over all moments, in picture units."""
        boxes = [
            extent(shape)
            for moment in moments
            for group in moment.groups
            for shapes in ([s for _, part in group.union for s in part], [line[1] for line in group.lines])
            for shape in shapes
        ]
        if things:
            boxes += [
                extent(shape) for prop in self.props if prop.framed for _, shape in self.shapes_of(prop)
            ]
        return (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )

    def shapes_of(self, prop: Prop) -> list[tuple[str, Any]]:
        out: list[tuple[str, Any]] = []
        for solid in prop.solids:
            if hasattr(solid, "shapes"):
                out += solid.shapes(self.camera)
            else:
                out += [(colour, shape) for colour, shape, _ in solid.lines(self.camera)]
        return out


class Scene(SceneBase):
    """People before the camera. Decisions that hold for all frames are made here, from the main pose."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.entries = [p for p in figure.props if p["kind"] not in HELD]
        self.props = [standing(self._whole(p)) for p in self.entries]
        self.known = places([self._whole(p) for p in figure.props])
        main = self.people(figure.poses[figure.plan_from])
        self.main = main["patient"]
        own = {
            key: getattr(figure, key)
            for key in ("layers", "hide", "highlight", "nerve", "grip", "point", "fingers", "eyes", "shoes")
        }
        self.plans: dict[str, Plan] = {"patient": make_plan(main["patient"], self.camera, own)}
        if "helper" in main:
            self.plans["helper"] = make_plan(main["helper"], self.camera, self._of_helper(), who="h")

    def _of_helper(self) -> dict[str, Any]:
        """Arms that come before the patient are whole ones, with their sleeves: they are drawn apart from the shirt."""
        wanted = self.figure.helper or {}
        before = {} if wanted.get("arms") == "behind" else {"arm_r": "front", "arm_l": "front"}
        return {**wanted, "layers": {**before, **wanted.get("layers", {})}}

    # --- what stands around ----------------------------------------------------------------------------------------------
    def _whole(self, prop: Mapping[str, Any]) -> Mapping[str, Any]:
        """A mat or bed without a length is as long as the people on it, and a little longer."""
        if prop["kind"] not in ("mat", "bed") or "from" in prop:
            return prop
        low, high = self._length
        return {"from": low - 6, "to": high + 6, **prop}

    @cached_property
    def _length(self) -> tuple[float, float]:
        known = places([p for p in self.figure.props if p["kind"] not in ("mat", "bed") or "from" in p])
        top = next((p.get("h", 22) for p in self.figure.props if p["kind"] == "bed"), 1.4)
        for kind in ("bed", "mat"):
            for point in ("top", "head", "foot", "edge_r", "edge_l"):
                known.setdefault(f"{kind}.{point}", (0.0, top, 0.0))
        xs = [p[0] for pose in self.figure.poses.values() for p in solve(_own(pose), known).values()]
        return min(xs), max(xs)

    # --- moments ---------------------------------------------------------------------------------------------------------
    def people(self, pose: Mapping[str, Any]) -> dict[str, Posed]:
        out = {"patient": solve(_own(pose), self.known)}
        if "helper" in pose:
            patient = out["patient"]
            known = {**self.known, **{f"patient.{name}": p for name, p in patient.items()}}
            frames = {f"patient.{name}": patient.R[part] for name, part in FRAME_OF.items()}
            out["helper"] = solve(pose["helper"], known, frames)
        return out

    def moment(self, pose: Mapping[str, Any]) -> Moment:
        people = self.people(pose)
        bodies = {who: Body(P, self.camera, self.plans[who]) for who, P in people.items()}
        own = {who: body.groups() for who, body in bodies.items()}
        groups, beyond = self._with_things_held(own["patient"], people["patient"]), 0
        if "helper" in own:
            groups, beyond = self._with_helper(groups, own["helper"])
        solids = [(who, *solid) for who, body in bodies.items() for solid in body.solids]
        return Moment(people, groups, beyond, solids)

    def _with_things_held(self, groups: list[Group], P: Posed) -> list[Group]:
        """Things held lie behind the near arm unless their `layer` says front or behind (all people)."""
        out = {"behind": [], "middle": [], "front": []}  # type: dict[str, list[Group]]
        for i, prop in enumerate(self.figure.props):
            if "round" in prop:  # the far end of it passes between the legs
                behind, before = looped(prop, P, self.main, self.camera, i)
                leg = next((k for k, g in enumerate(groups) if g.id == "l" + prop["round"][-1]), 0)
                groups = [*groups[:leg], behind, *groups[leg:]]
                out[prop.get("layer", "middle")].append(before)
            elif prop["kind"] in HELD:
                out[prop.get("layer", "middle")].append(held(prop, P, self.camera, i))
        after_head = [g.id for g in groups].index("hd") + 1
        return [*out["behind"], *groups[:after_head], *out["middle"], *groups[after_head:], *out["front"]]

    def _with_helper(self, groups: list[Group], helper: list[Group]) -> tuple[list[Group], int]:
        """Return all groups and how many lie behind the things that stand there.

        The helper is behind the patient, an arm in front unless `arms` or its layer says behind; `layer: front` brings all before
        the patient, `layer: beyond` what is behind the patient also behind the bed or chair.
        """
        wanted = self.figure.helper or {}
        for group in helper:
            group.id = "h" + group.id
        if wanted.get("layer") == "front":
            return [*groups, *helper], 0
        before = [f"ha{side}" for side in self.plans["helper"].arms_front]
        arms = [] if wanted.get("arms") == "behind" else [g for g in helper if g.id in before]
        rest = [g for g in helper if g not in arms]
        return [*rest, *groups, *arms], len(rest) if wanted.get("layer") == "beyond" else 0

    # --- over time -------------------------------------------------------------------------------------------------------
    def timeline(self, in_all: int) -> tuple[list[motion.Frame], float]:
        poses, sequence = self.figure.poses, self.figure.sequence
        return motion.timeline(poses, sequence, self._largest_turn, in_all)  # type: ignore[arg-type]

    def _largest_turn(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
        turns = [motion.turn(_own(a), _own(b), self.known)]
        if "helper" in a:
            p, q = self.people(a)["helper"], self.people(b)["helper"]
            turns += [
                2 * max(abs(x - y) for x, y in zip(p[n], q[n], strict=True)) for n in ("hand_r", "hand_l")
            ]
        return max(turns)


def _own(pose: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pose.items() if key != "helper"}
