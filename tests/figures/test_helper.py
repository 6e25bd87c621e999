"""A second person: hands stay on the limb that they move; who stands on the far side of a bed is behind it."""

from typing import Any

import pytest

from figures.drawing import Drawing
from figures.reading import figure
from figures.scene import Scene


def lifted(**helper: Any) -> dict[str, Any]:
    """Return a figure of someone on a bed whose thigh is lifted by a helper on the far side."""
    return {
        "id": "x",
        "alt": {"en": "A helper lifts a thigh.", "hi": "सहायक जाँघ उठाता है।", "bn": "সাহায্যকারী ঊরু তোলে।"},
        "props": [{"kind": "bed", "h": 40, "from": -60, "to": 60}],
        "base": {
            "root": {"at": [0, 48, 0], "lean": -90},
            "helper": {
                "root": {"at": [20, 53, -24], "turn": 90, "lean": 30},
                "arm_r": {"reach": {"of": "patient.knee_r", "shift": [-4, 4, 0]}},
            },
        },
        "poses": {"start": {"leg_r": {"hip": 0, "knee": 10}}, "end": {"leg_r": {"hip": 90, "knee": 90}}},
        "sequence": [{"to": "end", "move": 2}, {"to": "start", "move": 2}],
        "helper": helper,
    }


def test_a_place_on_the_patients_limb_turns_with_it():
    scene = Scene(figure(lifted(), "x"))
    hip, lying = (0.0, 48.0, 4.7), scene.people(scene.figure.poses["start"])
    raised = scene.people(scene.figure.poses["end"])
    for people, along in ((lying, (1, 0)), (raised, (0, 1))):
        knee, hand = (
            people["patient"]["knee_r"],
            people["helper"].place({"of": "patient.knee_r", "shift": [-4, 4, 0]}),
        )
        assert knee == pytest.approx((hip[0] + 24.5 * along[0], hip[1] + 24.5 * along[1], hip[2]))
        assert hand == pytest.approx((knee[0] - 4 * along[0] + 4 * along[1], knee[1] - 4, knee[2]))


@pytest.mark.parametrize(("helper", "behind"), [({"layer": "beyond"}, True), ({}, False)])
def test_a_helper_beyond_the_bed_is_drawn_before_it(helper: dict[str, Any], behind: bool):
    svg = Drawing(figure(lifted(**helper), "x")).moving()
    legs, mattress = svg.index("xmhlg0"), svg.index('class="fx-mat"')
    assert (legs < mattress) is behind
    assert svg.index('class="fx-mat"') < svg.index("xmhar0"), "the arm reaches over the bed"


def test_an_arm_before_the_patient_brings_its_sleeve_along():
    groups = Scene(figure(lifted(), "x"))
    moment = groups.moment(groups.figure.poses["end"])
    colours = {g.id: [colour for colour, _ in g.union] for g in moment.groups}
    assert colours["har"] == ["hs", "ht"]
    assert [g.id for g in moment.groups].index("har") > [g.id for g in moment.groups].index("lr")
