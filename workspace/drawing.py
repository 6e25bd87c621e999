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


# --- a diary: pain as a line, spasms as bars, in a 640 × 132 box ------------------------------------------------------------
class ToldDay(Protocol):
    """A day of the diary: pain from 0 to 10, spasms counted; None is not told."""

    @property
    def pain(self) -> int | None: ...
    @property
    def spasms(self) -> int | None: ...


WIDE = 612  # where the plot of the diary ends


@dataclass(frozen=True, slots=True)
class DiaryPlot:
    """`lines` and `dots` are pain; `bars` spasms: x, y, width, height. `most` is the count that the axis ends with."""

    lines: list[str]
    dots: list[tuple[float, float]]
    bars: list[tuple[float, float, float, float]]
    most: int


def diary_plot(days: Sequence[ToldDay]) -> DiaryPlot | None:
    """Return how the days went, the oldest first; None where neither pain nor spasms were told."""
    step, height = (WIDE - LEFT) / max(len(days), 1), BOTTOM - TOP
    most = max(10, *(day.spasms or 0 for day in days)) if days else 10

    def middle(n: int) -> float:
        return round(LEFT + (n + 0.5) * step, 1)

    pains = [
        (n, middle(n), round(BOTTOM - day.pain / 10 * height, 1))
        for n, day in enumerate(days)
        if day.pain is not None
    ]
    counted = [(n, day.spasms) for n, day in enumerate(days) if day.spasms]
    if not pains and not counted:
        return None
    lines: list[list[str]] = []
    before = None
    for n, x, y in pains:
        if before is None or n - before > 3:
            lines.append([])
        lines[-1].append(f"{x},{y}")
        before = n
    bars = [
        (round(middle(n) - step * 0.3, 1), round(BOTTOM - tall, 1), round(step * 0.6, 1), round(tall, 1))
        for n, count in counted
        for tall in [count / most * height]
    ]
    return DiaryPlot(
        [" ".join(line) for line in lines if len(line) > 1], [(x, y) for _n, x, y in pains], bars, most
    )
