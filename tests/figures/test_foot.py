"""The foot with toes, for close views: its toes fan out, its arch rises, and it is the same on both sides."""

from typing import Any

from figures.body import Body, make_plan
from figures.camera import Camera
from figures.skeleton import solve
from figures.vectors import Vector

ABOVE = Camera(90, 60)


def body(**leg: Any) -> Body:
    P = solve({"leg_r": leg, "leg_l": leg})
    drawn = Body(P, ABOVE, make_plan(P, ABOVE, {}))
    drawn.groups()
    return drawn


def balls(drawn: Body, part: str) -> list[Vector]:
    return [centre for name, centre, _ in drawn.solids if name == part]


def test_toes_fan_out_by_the_same_on_both_sides():
    closed, spread = body(spread=0), body(spread=20)
    for side, outwards in (("r", 1), ("l", -1)):
        sideways = [[z * outwards for _, _, z in balls(drawn, "toe_" + side)] for drawn in (closed, spread)]
        assert max(sideways[1]) > max(sideways[0]) + 0.5, "the little toe goes out"
        assert min(sideways[1]) < min(sideways[0]) - 0.5, "the big toe goes in"


def test_a_lifted_arch_draws_the_toes_nearer_to_a_heel_that_stays():
    flat, lifted = body(arch=0), body(arch=1)
    assert max(x for x, _, _ in balls(lifted, "toe_r")) < max(x for x, _, _ in balls(flat, "toe_r")) - 1
    assert min(x for x, _, _ in balls(lifted, "foot_r")) == min(x for x, _, _ in balls(flat, "foot_r"))


def test_nails_show_from_above_and_not_from_the_sole():
    assert len([colour for colour, _ in body(spread=5).nails("r") if colour == "nail"]) == 5
    P = solve({"root": {"lean": 90}, "leg_r": {"spread": 5}})
    assert not Body(P, Camera(-90, 0), make_plan(P, Camera(-90, 0), {})).nails("r")
    assert not body().nails("r"), "a plain foot has none"
