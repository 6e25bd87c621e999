"""The skeleton: lengths hold, signs mean the same on both sides, targets are met."""

import pytest

from figures.skeleton import FOREARM, GRIP, SHANK, THIGH, UPPER_ARM, solve
from figures.vectors import norm, sub


def test_who_stands_straight_is_as_tall_as_the_proportions_say():
    P = solve({})
    assert P["hip_r"][1] == pytest.approx(53)
    assert P["heel_r"][1] == pytest.approx(0, abs=0.1), "on the floor"
    assert 100 < P["crown"][1] < 106
    assert P["shoulder_r"][1] == pytest.approx(82, abs=1)


def test_bones_keep_their_length_in_any_pose():
    P = solve(
        {"leg_r": {"hip": 70, "abd": 20, "knee": 60}, "arm_l": {"reach": [20, 60, -4], "pole": [-1, -1, 0]}}
    )
    assert norm(sub(P["knee_r"], P["hip_r"])) == pytest.approx(THIGH)
    assert norm(sub(P["ankle_r"], P["knee_r"])) == pytest.approx(SHANK)
    assert norm(sub(P["elbow_l"], P["shoulder_l"])) == pytest.approx(UPPER_ARM)
    assert norm(sub(P["wrist_l"], P["elbow_l"])) == pytest.approx(FOREARM)


def test_positive_angles_mean_the_same_on_both_sides():
    leg, arm = (
        {"hip": 40, "abd": 15, "rot": 20, "knee": 30, "ankle": 10, "swing": 20, "evert": 15},
        {"shoulder": 50, "abd": 30, "elbow": 40, "pron": 30},
    )
    limbs = {"leg": leg, "arm": arm}
    P = solve({f"{limb}_{side}": angles for limb, angles in limbs.items() for side in "rl"})
    for point in ("knee", "ankle", "toe", "elbow", "wrist", "tip"):
        x, y, z = P[point + "_r"]
        assert P[point + "_l"] == pytest.approx((x, y, -z)), point
    assert P["knee_r"][0] > 0, "flexion goes forward"
    assert P["knee_r"][2] > P["hip_r"][2], "abduction goes outward"


def test_a_foot_swings_its_toes_outwards():
    P = solve({"leg_r": {"swing": 20}})
    assert P["toe_r"][2] > P["ankle_r"][2] + 2
    assert P["ankle_r"] == pytest.approx(solve({})["ankle_r"])


def test_found_angles_are_the_given_ones():
    P = solve({"leg_r": {"hip": 62, "knee": 35}, "arm_l": {"shoulder": 48, "elbow": 71}})
    assert P.angles["hip_r"] == pytest.approx(62)
    assert P.angles["knee_r"] == pytest.approx(35)
    assert P.angles["shoulder_l"] == pytest.approx(48)
    assert P.angles["elbow_l"] == pytest.approx(71)


def test_a_knee_that_bends_the_wrong_way_is_a_negative_angle():
    assert solve({"leg_r": {"knee": -20}}).angles["knee_r"] == pytest.approx(-20)


def test_a_hand_reaches_a_place_on_a_thing_or_on_the_own_body():
    known = {"table.edge": (24.0, 60.0, 8.0)}
    P = solve({"arm_r": {"reach": {"of": "table.edge", "shift": [0, 1.6, 0]}}}, known)
    assert P["hand_r"] == pytest.approx((24, 61.6, 8), abs=0.05)
    assert not P.misses
    P = solve({"arm_r": {"reach": {"of": "hip_r", "shift": [0, 0, 6]}, "hand": [0, -1, 0]}})
    assert P["hand_r"] == pytest.approx((0, 53, 10.7), abs=0.05)
    assert norm(sub(P["hand_r"], P["wrist_r"])) == pytest.approx(GRIP)


def test_what_is_out_of_reach_is_told():
    assert solve({"arm_r": {"reach": [90, 60, 0]}}).misses == ["arm_r"]


def test_a_pinned_point_stays_where_it_must():
    P = solve({"root": {"lean": 40}, "pin": {"point": "c7", "at": [3, 80]}})
    assert P["c7"][:2] == pytest.approx((3, 80))


def test_an_unknown_point_is_named():
    with pytest.raises(ValueError, match=r"no point is called sofa\.edge"):
        solve({"arm_r": {"reach": {"of": "sofa.edge"}}})
