"""What is drawn of numbers: lines and bars as SVG coordinates. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Week(Protocol):
    """Seven days: on how many something was done, and the mean pain after exercise (0 to 10)."""

    @property
    def days_done(self) -> int: ...
    @property
    def pain(self) -> float | None: ...


LEFT, RIGHT, TOP, BOTTOM = 26, 234, 15, 114  # the plot of a 264 × 132 box (design)


@dataclass(frozen=True, slots=True)
class Plot:
    """Pain week by week as points of a 264 × 132 box: the line's parts (a gap breaks it), every dot, first and last."""

    lines: list[str]
    dots: list[tuple[float, float]]
    first: tuple[float, float, float]
    last: tuple[float, float, float]


def pain_plot(weeks: Sequence[Week]) -> Plot | None:
    """Return how pain went, None where no week has any."""
    step = (RIGHT - LEFT) / max(len(weeks) - 1, 1)

    def at(n: int, pain: float) -> tuple[float, float]:
        return round(LEFT + n * step, 1), round(BOTTOM - pain / 10 * (BOTTOM - TOP), 1)

    known = [(n, week.pain) for n, week in enumerate(weeks) if week.pain is not None]
    if not known:
        return None
    lines: list[list[str]] = []
    before = None
    for n, pain in known:
        if before is None or n - before > 3:
            lines.append([])
        lines[-1].append("{},{}".format(*at(n, pain)))
        before = n
    dots = [at(n, pain) for n, pain in known]
    return Plot(
        [" ".join(line) for line in lines if len(line) > 1],
        dots[1:-1],
        (*dots[0], known[0][1]),
        (*dots[-1], known[-1][1]),
    )


def bars(weeks: Sequence[Week]) -> list[dict[str, float]]:
    """Return days exercised a week as bars of a 264 × 132 box."""
    step = (RIGHT - LEFT) / max(len(weeks), 1)
    height = BOTTOM - TOP
    return [
        {
            "x": round(LEFT + n * step + step * 0.2, 1),
            "width": round(step * 0.6, 1),
            "y": round(BOTTOM - week.days_done / 7 * height, 1),
            "height": round(week.days_done / 7 * height, 1),
            "days": week.days_done,
            "middle": round(LEFT + n * step + step * 0.5, 1),
        }
        for n, week in enumerate(weeks)
    ]


def spark(pains: Sequence[float | None]) -> dict[str, Any] | None:
    """Return pain day by day as a line in a 110 × 30 box, None where nothing was said."""
    step = 98 / max(len(pains) - 1, 1)
    points = [
        (round(4 + n * step, 1), round(27 - pain / 10 * 24, 1))
        for n, pain in enumerate(pains)
        if pain is not None
    ]
    if not points:
        return None
    return {"points": " ".join(f"{x},{y}" for x, y in points), "x": points[-1][0], "y": points[-1][1]}
