"""When things happened, as bars side by side: medicines by dose, and treatments elsewhere. Plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SHORTEST, LONGEST = timedelta(days=91), timedelta(days=731)
WIDE = 1000  # units of the drawing
POINT = 8  # units: the least that can be seen


@dataclass(frozen=True, slots=True)
class Span:
    """Something with its days, both its own; None is open. `name` says in which lane, `weight` 0 to 1 how high."""

    name: str
    label: str
    first: date | None
    last: date | None
    weight: float = 1.0
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as drawn: `x` and `width` in thousandths of the time shown, `height` of 20."""

    x: float
    width: float
    height: float
    label: str
    is_event: bool

    @property
    def y(self) -> float:
        return 20 - self.height


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes over one stretch of time, from `first` to `last`, with the day in their `middle`."""

    first: date
    last: date
    lanes: tuple[Lane, ...]

    @property
    def middle(self) -> date:
        return self.first + (self.last - self.first) / 2


def draw(spans: Sequence[Span], today: date) -> Timeline | None:
    """Return the spans of the last three months to two years, as far back as they go; None where there is nothing to show."""
    known = [span.first for span in spans if span.first]
    first = max(min([*known, today - SHORTEST]), today - LONGEST)
    shown = [span for span in spans if span.last is None or span.last >= first]
    if not shown:
        return None
    names = dict.fromkeys(span.name for span in shown)
    lanes = (Lane(name, tuple(_bars((s for s in shown if s.name == name), first, today))) for name in names)
    return Timeline(first, today, tuple(lanes))


def _bars(spans: Iterable[Span], first: date, today: date) -> Iterable[Bar]:
    days = (today - first).days + 1
    for span in spans:
        begins = max(((span.first or first) - first).days, 0)
        ends = min(((span.last or today) - first).days + 1, days)
        width = max((ends - begins) / days * WIDE, POINT)
        x = min(begins / days * WIDE, WIDE - width)
        yield Bar(round(x, 1), round(width, 1), round(6 + 12 * span.weight, 1), span.label, span.is_event)
