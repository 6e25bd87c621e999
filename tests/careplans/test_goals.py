"""The five levels of a goal. No database."""

import pytest

from careplans.goals import levels
from tests.careplans.knowledge import entries

SCALES = {measure: entry["value"] for measure, entry in entries("measures").items()}


@pytest.mark.parametrize(
    ("measure", "baseline", "target", "expected"),
    [
        ("nprs", 8, 4, ["8", "6", "4", "2", "0"]),
        ("nprs", 3, 1, ["3", "2", "1", "0", "0"]),  # never below what there is
        ("five-times-sit-to-stand", 20, 15, ["20", "17.5", "15", "12.5", "10"]),
        ("modified-ashworth", "3", "1", None),
        ("nprs", None, 4, []),
        ("nprs", 4, 4, []),
        ("nprs", "[value now]", 4, []),
        ("nprs", "NaN", 4, []),
        ("nprs", 4, "Infinity", []),
        ("modified-ashworth", "5", "1", []),
    ],
)
def test_levels_lie_evenly_from_now_over_the_target(measure, baseline, target, expected):
    found = levels(baseline, target, SCALES[measure])
    if expected is None:  # grades move along their choices
        choices = list(map(str, SCALES[measure]["choices"]))
        assert (found[0], found[2]) == ("3", "1")
        places = [choices.index(each) for each in found]
        assert places == sorted(places, reverse=True)
    else:
        assert [each.split(" ")[0] for each in found] == expected


def test_units_are_said():
    unit = SCALES["five-times-sit-to-stand"]["unit"]
    assert all(each.endswith(unit) for each in levels(20, 15, SCALES["five-times-sit-to-stand"]))
