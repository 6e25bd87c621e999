"""The hand rig: bones keep their length, limits are watched, pads meet exactly, the left hand is the right one in a mirror."""

from typing import Any

import pytest

from figures.camera import Camera
from figures.checking import faults
from figures.drawing import Drawing
from figures.hand import (
    BONES,
    DIGITS,
    FINGERS,
    LIMITS,
    SHAPES,
    TOUCH_MISS,
    HandsDrawn,
    digit,
    make_plan,
    resolve,
    solve,
)
from figures.hand_props import held, standing
from figures.reading import DATA, Fault, figure, read, read_all
from figures.vectors import add, dot, norm, sub

FIGURES = [each.id for each in read_all() if each.rig == "hand"]
SOUND: dict[str, Any] = {
    "id": "x",
    "rig": "hand",
    "alt": {"en": "A hand closes and opens.", "hi": "हाथ बंद होकर खुलता है।", "bn": "হাত বন্ধ হয়, আবার খোলে।"},
    "poses": {
        "open": {"hands": {"r": {"shape": "straight"}}},
        "closed": {"hands": {"r": {"shape": "hook"}}},
    },
    "sequence": [{"to": "closed", "move": 1}, {"to": "open", "move": 1}],
}


def hands(**sides: dict[str, Any]) -> Any:
    return solve({"hands": {side: resolve(one) for side, one in sides.items()}})


def sound(**closed: Any) -> dict[str, Any]:
    poses = {**SOUND["poses"], "closed": {"hands": {"r": {"shape": "hook", **closed}}}}
    return {**SOUND, "poses": poses}


def test_a_straight_hand_is_as_long_as_a_hand():
    P = hands(r={"middle": [0, 0, 0, 0], "shape": "straight"})
    assert norm(sub(P["r.middle.tip"], P["r.wrist"])) == pytest.approx(100, abs=1)


@pytest.mark.parametrize("shape", SHAPES)
def test_bones_keep_their_length_in_every_shape(shape: str):
    P = hands(r={"shape": shape, "wrist": 30, "dev": -10, "pron": 40, "point": [1, 2, 0.5]})
    for name in DIGITS:
        places = ("cmc", "mcp", "ip") if name == "thumb" else ("mcp", "pip", "dip")
        a, b, c = (P[f"r.{name}.{place}"] for place in places)
        first, second, last = BONES[name]
        assert norm(sub(b, a)) == pytest.approx(first)
        assert norm(sub(c, b)) == pytest.approx(second)
        assert norm(sub(P[f"r.{name}.tip"], c)) == pytest.approx(last)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_named_shape_is_within_the_limits(shape: str):
    for name, angle in hands(r={"shape": shape}).angles.items():
        low, high = LIMITS[name.partition(".")[2]]
        assert low <= angle <= high, name


def test_positive_is_flexion_towards_the_palm_and_away_from_it_for_the_wrist_back():
    for finger in FINGERS:
        straight, bent = digit(finger, (0, 0, 0, 0)), digit(finger, (40, 40, 20, 0))
        assert bent.tip[1] < straight.tip[1] - 20, finger
    assert hands(r={"wrist": 40})["r.palm"][1] < hands(r={"wrist": -40})["r.palm"][1]


def test_opposition_carries_the_thumb_before_the_palm_and_abduction_away_from_the_fingers():
    aside, before, wide = (
        digit("thumb", angles).tip for angles in ((0, 0, 0, 0), (90, 0, 0, 0), (0, 30, 0, 0))
    )
    assert before[1] < aside[1] - 15
    assert wide[2] < aside[2] - 10


@pytest.mark.parametrize("shape", SHAPES)
def test_the_left_hand_is_the_mirror_image_of_the_right(shape: str):
    one = {"shape": shape, "wrist": 25, "dev": 12, "pron": 30, "index": {"spread": 6}}
    P = hands(
        r={**one, "at": [3, 4, 5], "point": [1, 0.3, 0.4], "palm": [0.1, -1, 0.3]},
        l={**one, "at": [3, 4, -5], "point": [1, 0.3, -0.4], "palm": [0.1, -1, -0.3]},
    )
    for name, (x, y, z) in P.items():
        if name.startswith("r."):
            assert P["l." + name[2:]] == pytest.approx((x, y, -z)), name


@pytest.mark.parametrize("finger", FINGERS)
def test_the_thumb_meets_each_finger_exactly_within_the_limits(finger: str):
    start = {"thumb": [100, 30, 15, 12], finger: [60, 45, 22, 0]}
    P = hands(r={"shape": "open", **start, "touch": {"thumb": finger}})
    assert norm(sub(P["r.thumb.pad"], P[f"r.{finger}.pad"])) < 0.05
    assert not P.misses
    for name, angle in P.angles.items():
        low, high = LIMITS[name.partition(".")[2]]
        assert low - 1e-6 <= angle <= high + 1e-6, name
    one, other = P.digits["r"]["thumb"], P.digits["r"][finger]
    assert dot(one.faces, other.faces) < 0, "pad to pad, not back to back"


@pytest.mark.parametrize("gap", [4.0, 12.0])
def test_pads_leave_room_for_what_they_hold(gap: float):
    P = hands(r={"shape": "pinch-index", "touch": {"thumb": "index", "gap": gap}})
    one, other = P.digits["r"]["thumb"], P.digits["r"]["index"]
    halves = [add(d.pad, tuple(gap / 2 * v for v in d.faces)) for d in (one, other)]  # type: ignore[arg-type]
    assert norm(sub(*halves)) < 0.05


def test_pads_that_cannot_meet_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(LIMITS, "little_mcp", (-30, 0))
    monkeypatch.setitem(LIMITS, "little_pip", (-5, 26))
    P = hands(r={"shape": "open", "touch": {"thumb": "little"}})
    assert P.misses == ["r.thumb"]
    assert norm(sub(P["r.thumb.pad"], P["r.little.pad"])) > TOUCH_MISS


def test_what_a_hand_reaches_for_on_the_other_follows_it():
    at = {"of": "r.index.mcp", "shift": [0, -10, 0]}
    P = hands(r={"wrist": 50}, l={"by": "palm", "at": at})
    assert norm(sub(P["l.palm"], P["r.index.mcp"])) == pytest.approx(10)


@pytest.mark.parametrize(
    ("closed", "told"),
    [
        ({"index": [110, 0, 0]}, "r.index_mcp is 110°, allowed -30 to 95"),
        ({"wrist": 95}, "r.wrist is 95°"),
        ({"thumb": {"ip": 99}}, "r.thumb_ip is 99°"),
        ({"index": {"spread": -12}, "middle": {"spread": 24}}, "passes through r.middle"),
        ({"thumb": [20, -20, 60, 60]}, "sinks into the palm"),
    ],
)
def test_what_a_hand_cannot_do_is_told(closed: dict[str, Any], told: str):
    assert told in "\n".join(faults(figure(sound(**closed), "x")))


def test_the_sound_figure_has_no_fault():
    assert faults(figure(sound(), "x")) == []


def test_a_hand_inside_a_table_is_told():
    doc = {**sound(), "props": [{"kind": "table", "from": -50, "to": 150, "h": 0}]}
    assert "inside the table" in "\n".join(faults(figure(doc, "x")))


@pytest.mark.parametrize(
    ("doc", "told"),
    [
        (sound(shape="claw"), "no shape is called claw"),
        (sound(indx=[1, 2, 3]), "has unknown indx"),
        (sound(thumb={"pip": 3}), r"closed\.hands\.r\.thumb has unknown pip"),
        (sound(touch={"thumb": "toe"}), "the thumb touches one of index"),
        ({**sound(), "props": [{"kind": "chair", "x": 3}]}, "prop 1 is of unknown kind chair"),
        ({**sound(), "rig": "paw"}, "rig paw is neither body nor hand"),
        (
            {**sound(), "reflected": ["r"], "rig": "body", "poses": {"open": {}, "closed": {}}},
            "unknown reflected",
        ),
    ],
)
def test_what_a_file_of_hands_must_not_say_is_refused(doc: dict[str, Any], told: str):
    with pytest.raises(Fault, match=told):
        figure(doc, "x")


def test_fingers_show_before_the_palm_and_behind_the_back():
    for palm, palm_first in (([0, 0, 1], True), ([0, 0, -1], False)):
        P = hands(r={"point": [0, 1, 0], "palm": palm})
        order = [part for _, part in make_plan(P, Camera(), {}).order]
        halves = [f"{name}.{half}" for name in FINGERS for half in ("root", "ends")]
        assert sorted(order) == sorted([*halves, "thumb", "palm"])
        assert all((order.index("palm") < order.index(half)) is palm_first for half in halves)


def test_a_nail_shows_from_the_back_alone():
    def nail(palm: list[float]) -> float:
        P = hands(r={"point": [0, 1, 0], "palm": palm, "shape": "straight"})
        groups = HandsDrawn(P, Camera()).build(make_plan(P, Camera(), {}))
        points = next(g for g in groups if g.id == "rmiddle").details[0][1][1]
        return max(x for x, _ in points) - min(x for x, _ in points)

    assert nail([0, 0, -1]) > 4
    assert nail([0, 0, 1]) < 0.1


def test_a_thing_lies_between_the_halves_of_fingers_that_close_round_it():
    ball = {"kind": "ball", "at": [30, -14, 0], "r": 10, "layer": "rlittleroot"}
    layers = {"order": ["r.palm", "r.roots", "r.ends", "r.thumb"]}
    moment = Drawing(figure({**sound(), "props": [ball], "layers": layers}, "x")).moments[0]
    order = [group.id for group in moment.groups]
    assert order.index("rindexroot") < order.index("x0") < order.index("rindex") < order.index("rthumb")


def test_a_muscle_of_the_forearm_is_marked_on_its_own_side():
    def mark(muscle: str) -> float:
        highlight = [{"muscle": muscle, "side": "r", "kind": "work"}]
        P = hands(r={"point": [1, 0, 0], "palm": [0, -1, 0]})
        groups = HandsDrawn(P, Camera()).build(make_plan(P, Camera(), {"highlight": highlight}))
        points = next(group for group in groups if group.id == "rpalm").marks[0][1][1]
        return sum(y for _, y in points) / len(points)

    assert mark("wrist-extensors") > 3
    assert mark("wrist-flexors") < -3
    with pytest.raises(Fault, match="hands mark"):
        figure({**sound(), "highlight": [{"muscle": "calf", "side": "r", "kind": "work"}]}, "x")


def test_a_reflection_shows_in_its_glass_alone_and_the_arm_behind_it_is_whole():
    drawing = Drawing(read(DATA / "mirror-hand.yaml"))
    clipped = {group.id for group in drawing.moments[0].groups if group.clip}
    assert clipped == {"rpalm", *(f"r{name}" for name in DIGITS)}
    assert drawing.panels().count("<clipPath") == 3  # the panels' own, and a glass in each


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_frame_has_the_same_shapes(figure_id: str):
    drawing = Drawing(read(DATA / f"{figure_id}.yaml"))

    def build_up(moment: Any) -> Any:
        return [
            (
                group.id,
                [(colour, [(kind, len(data)) for kind, data in shapes]) for colour, shapes in group.union],
                [(colour, kind, len(data)) for colour, (kind, data) in group.patches + group.details],
                [(colour, len(data)) for colour, (_, data), _ in group.lines],
            )
            for group in moment.groups
        ]

    first = build_up(drawing.moments[0])
    assert all(build_up(moment) == first for moment in drawing.moments)


def test_a_ball_looks_out_of_the_rice_and_a_band_is_taut():
    heap = {"kind": "heap", "at": [0, 0, 0], "r": 10, "h": 4}
    camera = Camera(0, 0)

    def colours(entry: dict[str, Any]) -> list[str]:
        return [colour for colour, _ in standing(entry).front[0].shapes(camera)]

    assert colours(heap)[0] == "rice"
    assert colours({**heap, "colour": "band"}) == ["band", "rice"]
    band = {"kind": "band", "through": ["r.thumb.nail", "r.index.nail", "r.little.nail"], "over": 2}
    (whole, _), (over, _) = held(band, hands(r={"shape": "open"}), camera, 0)
    assert (whole.lines[0][1][0], over.lines[0][1][0]) == ("polygon", "line")
