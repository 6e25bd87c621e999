"""The checker finds what a body cannot do and a picture must not show: each fault is put into a sound figure."""

from copy import deepcopy
from typing import Any

import pytest

from figures.checking import distance, faults
from figures.reading import Fault, figure

SOUND: dict[str, Any] = {
    "id": "x",
    "alt": {"en": "Sits and straightens a knee.", "hi": "बैठकर घुटना सीधा करें।", "bn": "বসে হাঁটু সোজা করুন।"},
    "props": [{"kind": "chair", "x": 9}],
    "base": {
        "root": {"at": {"of": "chair.seat", "shift": [1, 5.6, 0]}},
        "leg_l": {"reach": [22, 3.9, -5], "foot": 0},
        "arm_r": {"reach": [14, 36, 7]},
        "arm_l": {"reach": [14, 36, -7]},
    },
    "poses": {"start": {"leg_r": {"hip": 88, "knee": 88}}, "end": {"leg_r": {"hip": 90, "knee": 10}}},
    "sequence": [{"to": "end", "move": 2, "hold": 1}, {"to": "start", "move": 2}],
    "checks": [{"point": "heel_l", "rests": "floor"}],
}


def changed(**parts: Any) -> dict[str, Any]:
    """Return the sound figure with some parts of it exchanged; `pose_…` and `base_…` reach inside."""
    doc = deepcopy(SOUND)
    for key, value in parts.items():
        place, _, name = key.partition("__")
        if place == "end":
            doc["poses"]["end"][name] = value
        elif place == "base":
            doc["base"][name] = value
        else:
            doc[key] = value
    return doc


def found(**parts: Any) -> str:
    return "\n".join(faults(figure(changed(**parts), "x")))


def test_the_sound_figure_has_no_fault():
    assert found() == ""


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"end__leg_r": {"hip": 90, "knee": -15}}, "knee_r is -15°, allowed 0 to 150"),
        ({"end__leg_r": {"hip": 20, "knee": 20}}, "below the floor"),
        ({"end__leg_r": {"hip": 140, "knee": 90}}, "hip_r is 140°"),
        ({"base__arm_r": {"reach": [70, 60, 7]}}, "arm_r cannot reach its target"),
        ({"base__arm_r": {"reach": [0, 45, 0]}}, "is inside the trunk"),
        ({"end__leg_r": {"hip": 88, "knee": 88, "abd": -22}}, "passes through"),
        ({"base__root": {"at": [0, 36]}}, "away from the buttocks"),
        ({"base__root": {"at": [0, 27]}}, "inside the chair"),
        ({"base__leg_l": {"reach": [22, 6, -5], "foot": 0}}, "heel_l is +2.1 off the floor"),
        ({"frame": {"zoom": 1.6}}, "leaves the picture"),
        ({"props": [*SOUND["props"], {"kind": "wall", "x": 30}]}, "inside the wall"),
        ({"alt": {**SOUND["alt"], "en": "long " * 100}}, "characters long"),
        ({"checks": [{"point": "heel_l", "rests": "sofa"}]}, "heel_l cannot rest on sofa"),
        ({"checks": [{"point": "hand_r", "near": "chair.back", "within": 4}]}, "away from chair.back"),
        ({"checks": [{"point": "head", "min_y": 99}]}, "head is too low"),
    ],
)
def test_a_fault_is_told(parts: dict[str, Any], told: str):
    assert told in found(**parts)


def test_a_foot_that_slides_is_told_unless_it_may():
    doc = changed(end__leg_l={"reach": [26, 3.9, -5], "foot": 0})
    assert "heel_l slides on the floor" in "\n".join(faults(figure(doc, "x")))
    doc["checks"][0]["slides"] = True
    assert faults(figure(doc, "x")) == []


@pytest.mark.parametrize(
    ("doc", "told"),
    [
        (changed(colour="red"), "the figure has unknown colour"),
        (changed(end__leg_r={"hip": 1, "knees": 2}), r"end\.leg_r has unknown knees"),
        (changed(base__helper={"root": {"lien": 3}}), r"base\.helper\.root has unknown lien"),
        (changed(props=[{"kind": "sofa"}]), "prop 1 is of unknown kind sofa"),
        (changed(props=[{"kind": "chair", "x": 1, "legs": 3}]), r"prop 1 \(chair\) has unknown legs"),
        (changed(sequence=[{"to": "up", "move": 1}]), "there is no pose up"),
        (changed(highlight=[{"muscle": "biscuit", "kind": "work"}]), "no muscle is called biscuit"),
        (changed(highlight=[{"muscle": "calf", "kind": "glow"}]), "stretch or work"),
        (changed(nerve={"name": "vagus", "side": "r"}), "nerve is"),
        (changed(view="upside"), "view upside"),
        (changed(eyes="shut"), "eyes are open or closed"),
        (changed(alt={"en": "Only English."}), "alt has no hi, bn"),
        (changed(id="y"), "id is y, the file is called x"),
        (changed(panels=["start"]), "two or three"),
        (
            changed(end__leg_l={"hip": 90, "knee": 90}),
            "leg_l reaches for a place in one pose and has angles in another",
        ),
        (changed(checks=[{"point": "heel_l", "rest": "floor"}]), "checks 1 has unknown rest"),
    ],
)
def test_what_a_file_must_not_say_is_refused_with_its_place(doc: dict[str, Any], told: str):
    with pytest.raises(Fault, match=told):
        figure(doc, "x")


@pytest.mark.parametrize(
    ("pieces", "gap"),
    [
        (((0, 0, 0), (10, 0, 0), (5, 3, -5), (5, 3, 5)), 3),
        (((0, 0, 0), (10, 0, 0), (13, 4, 0), (20, 4, 0)), 5),
        (((0, 0, 0), (10, 0, 0), (2, 7, 0), (8, 7, 0)), 7),
        (((0, 0, 0), (0, 0, 0), (3, 4, 0), (3, 4, 0)), 5),
    ],
)
def test_the_distance_of_two_pieces(pieces: Any, gap: float):
    assert distance(*pieces) == pytest.approx(gap)
