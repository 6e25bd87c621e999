"""The course of a nerve: a way of straight lines with its corners rounded."""

import re

from figures.shapes import path, rounded


def test_a_course_touches_the_middle_of_each_line_and_rounding_does_not_add_up() -> None:
    points = [(10.03 * i, 7.77 * (i % 3)) for i in range(14)]
    commands = re.findall(r"([Mlqt])([^Mlqt]*)", rounded(points))
    assert [c for c, _ in commands] == ["M", "l", "q", *"t" * 11, "l"]
    x, y = 0.0, 0.0
    ends = []
    for _, text in commands:
        *_, dx, dy = (float(v) for v in re.findall(r"-?\d*\.?\d+", text))
        x, y = x + dx, y + dy
        ends.append((x, y))
    for i, end in enumerate(ends[1:-1]):
        (ax, ay), (bx, by) = points[i], points[i + 1]
        assert abs(end[0] - (ax + bx) / 2) < 0.16
        assert abs(end[1] - (ay + by) / 2) < 0.16
    assert abs(ends[-1][0] - points[-1][0]) < 0.06
    assert path(("course", points)) == rounded(points)
