"""A figure file becomes a `Figure`; anything unknown in it is refused with its place, so that no typing mistake draws silently."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from figures import hand, hand_props
from figures.body import MUSCLES, NERVES
from figures.camera import VIEWS
from figures.props import HELD, STANDING

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "hi", "bn")
AUTHOR = "Tonus"
LICENCE = "© Tonus. Drawn for Tonus; clinics that use it may show and print it."

LIMB = {"reach", "pole"}
JOINTS = {"hip", "abd", "rot", "knee", "shoulder", "elbow"}  # given by their angles, a limb does not reach
LEG = LIMB | {"hip", "abd", "rot", "knee", "ankle", "evert", "swing", "toe", "foot", "spread", "arch"}
ARM = LIMB | {"shoulder", "abd", "rot", "elbow", "pron", "wrist", "dev", "fist", "hand", "palm", "by"}
SPINE = {part + way for part in ("lumbar", "thoracic", "neck", "head") for way in ("", "_lat", "_rot")} | {
    "belly"
}
PERSON = {
    "root": {"at", "lean", "side", "turn", "spin"},
    "spine": SPINE,
    "leg_r": LEG,
    "leg_l": LEG,
    "arm_r": ARM,
    "arm_l": ARM,
    "girdle_r": None,
    "girdle_l": None,
    "pin": {"point", "at"},
}
FIGURE = {
    "id", "rig", "alt", "author", "licence", "sides", "view", "plan_from", "frame", "floor", "layers", "hide",
    "grip", "point", "fingers", "eyes", "shoes", "props", "helper", "base", "poses", "start", "show", "panels", "mark_all", "ghost",
    "sequence",
    "highlight", "nerve", "arrows", "checks",
}  # fmt: skip
HAND_FIGURE = {"far", "reflected"}  # of the hand rig alone
LISTS = {
    "sequence": {"to", "move", "hold"},
    "highlight": {"muscle", "side", "kind", "only"},
    "arrows": {
        "at", "pose", "shift", "dir", "len", "bend", "round", "panel", "point", "from", "to", "out", "trim", "double", "who",
    },
    "checks": {"point", "rests", "within", "slides", "min_y", "near", "only", "who"},
}  # fmt: skip
PROP = {
    "kind", "name", "from", "to", "x", "z", "h", "half", "dent", "thick", "seat", "faces", "back", "arms", "width",
    "at", "w", "d", "t", "r", "out", "through", "round", "colour", "layer", "footrest", "long", "near", "solid",
    "only",
}  # fmt: skip
HELPER = {"layers", "hide", "grip", "arms", "layer"}


class Fault(ValueError):
    """What is wrong in a figure file, with its place."""


@dataclass
class Figure:
    """One exercise picture. Poses are complete: the base is merged into each."""

    id: str
    alt: dict[str, str]
    poses: dict[str, dict[str, Any]]
    sequence: list[dict[str, Any]]
    start: str
    show: str
    panels: list[str]
    plan_from: str
    rig: str = "body"
    sides: bool = (
        False  # done with one side: the picture shows the right one, and a mirrored one is made for the left
    )
    author: str = AUTHOR
    licence: str = LICENCE
    view: str | dict[str, float] = "side"
    frame: dict[str, float] = field(default_factory=dict)
    floor: bool = True
    ghost: bool = True
    mark_all: bool = False
    layers: dict[str, str] = field(default_factory=dict)
    hide: list[str] = field(default_factory=list)
    grip: str = ""
    point: str = ""
    fingers: str = ""
    eyes: str = "open"  # or "closed"
    shoes: bool = False
    props: list[dict[str, Any]] = field(default_factory=list)
    helper: dict[str, Any] | None = None
    highlight: list[dict[str, Any]] = field(default_factory=list)
    nerve: dict[str, str] | None = None
    arrows: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    far: list[str] = field(default_factory=list)  # hands (r, l) in the darker colours of the far side
    reflected: list[str] = field(
        default_factory=list
    )  # hands that are a mirror's image, seen in its glass alone


def read(path: Path) -> Figure:
    """Return the figure of a file; `Fault` says what is wrong with it and where."""
    doc = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(doc, dict):
        raise Fault(f"{path.name}: a figure is a mapping")
    try:
        return figure(doc, path.stem)
    except Fault as fault:
        raise Fault(f"{path.name}: {fault}") from None


def read_all(ids: Iterable[str] = (), folder: Path = DATA) -> list[Figure]:
    """Return the figures of these ids, of all files without any."""
    chosen = list(ids) or sorted(path.stem for path in folder.glob("*.yaml"))
    return [read(folder / f"{each}.yaml") for each in chosen]


def figure(doc: Mapping[str, Any], stem: str) -> Figure:
    rig = doc.get("rig", "body")
    if rig not in ("body", "hand"):
        raise Fault(f"rig {rig} is neither body nor hand")
    keys = FIGURE | HAND_FIGURE if rig == "hand" else FIGURE
    refuse_unknown(doc, keys, "the figure")
    if doc.get("id") != stem:
        raise Fault(f"id is {doc.get('id')}, the file is called {stem}")
    for key in ("alt", "poses", "sequence"):
        if not doc.get(key):
            raise Fault(f"{key} is missing")
    refuse_unknown(doc["alt"], set(LANGUAGES), "alt")
    if missing := [each for each in LANGUAGES if not doc["alt"].get(each)]:
        raise Fault(f"alt has no {', '.join(missing)}")
    for place, pose in {"base": doc.get("base", {}), **doc["poses"]}.items():
        _check_pose(pose or {}, place, rig)
    for key, allowed in LISTS.items():
        for i, entry in enumerate(doc.get(key, [])):
            refuse_unknown(entry, allowed, f"{key} {i + 1}")
    _check_props(doc.get("props", []), rig)
    refuse_unknown(doc.get("helper") or {}, HELPER, "helper")
    refuse_unknown(doc.get("frame") or {}, {"zoom", "shift", "bottom", "top", "left", "right"}, "frame")
    poses = {name: merged(doc.get("base", {}), pose or {}) for name, pose in doc["poses"].items()}
    _check_names(doc, poses, rig)
    names = list(poses)
    given = {key: doc[key] for key in keys - {"base", "poses"} if key in doc}
    defaults = {
        "start": names[0],
        "show": names[-1],
        "panels": [names[0], names[-1]],
        "plan_from": names[-1],
        "floor": rig == "body",
    }
    return Figure(poses=poses, **{**defaults, **given})


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid on it; a limb that reaches in one and has angles in the other takes the upper one's whole."""
    out = deepcopy(dict(base))
    for key, value in over.items():
        below = out.get(key)
        if not (isinstance(value, dict) and isinstance(below, dict) and value.get("of") == below.get("of")):
            out[key] = deepcopy(value)
            continue
        if "reach" in value:
            below = {k: v for k, v in below.items() if k not in JOINTS}
        elif JOINTS & value.keys():
            below = {k: v for k, v in below.items() if k not in LIMB}
        out[key] = merged(below, value)
    return out


def refuse_unknown(entry: Mapping[str, Any], allowed: set[str], place: str) -> None:
    if not isinstance(entry, Mapping):
        raise Fault(f"{place} is no mapping")
    if unknown := sorted(str(key) for key in entry if key not in allowed):
        raise Fault(f"{place} has unknown {', '.join(unknown)}")


def _check_pose(pose: Mapping[str, Any], place: str, rig: str) -> None:
    if rig == "hand":
        _check_hands(pose, place)
        return
    refuse_unknown(pose, {*PERSON, "helper"}, place)
    people = {place: {key: value for key, value in pose.items() if key != "helper"}}
    if "helper" in pose:
        people[f"{place}.helper"] = pose["helper"]
        refuse_unknown(pose["helper"], set(PERSON), f"{place}.helper")
    for who, person in people.items():
        for part, value in person.items():
            if (keys := PERSON[part]) is not None:
                refuse_unknown(value, keys, f"{who}.{part}")


def _check_hands(pose: Mapping[str, Any], place: str) -> None:
    refuse_unknown(pose, {"hands", "things"}, place)
    refuse_unknown(pose.get("hands", {}), {"r", "l"}, f"{place}.hands")
    for side, one in pose.get("hands", {}).items():
        where = f"{place}.hands.{side}"
        refuse_unknown(one, hand.HAND, where)
        if one.get("shape", "relaxed") not in hand.SHAPES:
            raise Fault(f"{where}: no shape is called {one['shape']}; there are {', '.join(hand.SHAPES)}")
        for name in hand.DIGITS:
            if isinstance(one.get(name), Mapping):
                refuse_unknown(one[name], set(hand.JOINTS[name]), f"{where}.{name}")
        touch = one.get("touch") or {"thumb": "index"}
        refuse_unknown(touch, {"thumb", "gap"}, f"{where}.touch")
        if touch.get("thumb") not in hand.FINGERS:
            raise Fault(f"{where}.touch: the thumb touches one of {', '.join(hand.FINGERS)}")


def _check_props(props: list[Mapping[str, Any]], rig: str) -> None:
    of_hand = rig == "hand"
    kinds = {*hand_props.STANDING, *hand_props.HELD} if of_hand else {*STANDING, *HELD}
    for i, prop in enumerate(props):
        if prop.get("kind") not in kinds:
            raise Fault(f"prop {i + 1} is of unknown kind {prop.get('kind')}")
        refuse_unknown(prop, hand_props.KEYS if of_hand else PROP, f"prop {i + 1} ({prop['kind']})")


def _check_names(doc: Mapping[str, Any], poses: Mapping[str, Any], rig: str) -> None:
    view = doc.get("view", "side")
    if isinstance(view, str) and view not in VIEWS:
        raise Fault(f"view {view} is none of {', '.join(VIEWS)}")
    if doc.get("eyes", "open") not in ("open", "closed"):
        raise Fault(f"eyes are open or closed, not {doc['eyes']}")
    used = [doc[key] for key in ("start", "show", "plan_from") if key in doc]
    used += [*doc.get("panels", []), *(leg["to"] for leg in doc["sequence"])]
    used += [
        each["only"]
        for key in ("highlight", "checks", "props")
        for each in doc.get(key, [])
        if "only" in each
    ]
    for name in used:
        if name not in poses:
            raise Fault(f"there is no pose {name}")
    if not 2 <= len(doc.get("panels", [1, 2])) <= 3:
        raise Fault("panels are two or three")
    if rig != "body":
        for mark in doc.get("highlight", []):
            if mark.get("muscle") not in hand.MUSCLES or mark.get("side") not in ("r", "l"):
                raise Fault(f"hands mark {' or '.join(hand.MUSCLES)}, side r or l")
            if mark.get("kind") not in ("stretch", "work"):
                raise Fault(f"a highlight is stretch or work, not {mark.get('kind')}")
        return
    for limb in ("leg_r", "leg_l", "arm_r", "arm_l"):
        kinds = {("reach" in pose.get(limb, {})) for pose in poses.values()}
        if len(kinds) == 2:
            raise Fault(
                f"{limb} reaches for a place in one pose and has angles in another: choose one of them"
            )
    for mark in doc.get("highlight", []):
        if mark["muscle"] not in MUSCLES:
            raise Fault(f"no muscle is called {mark['muscle']}; there are {', '.join(MUSCLES)}")
        if mark.get("kind") not in ("stretch", "work"):
            raise Fault(f"a highlight is stretch or work, not {mark.get('kind')}")
    nerve = doc.get("nerve")
    if nerve and (nerve.get("name") not in NERVES or nerve.get("side") not in ("r", "l")):
        raise Fault(f"nerve is {{name: {' | '.join(NERVES)}, side: r | l}}")
