"""How home exercise goes, day by day: what was due, what was done. Plain values, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DONE, HALF, REST, NOT = "1", "h", "r", ""  # how a day shows (components/_week.html)


@dataclass(frozen=True, slots=True)
class Asked:
    """A home exercise of the current phase; days of the week count from 1, Monday."""

    days_of_week: Sequence[int]
    times: Sequence[object]
    status: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    due: int
    done: int

    @property
    def mark(self) -> str:
        """A day without exercises is a rest day; so is today as long as nothing was done: it is not over."""
        if self.done:
            return DONE if self.done >= self.due else HALF
        return NOT if self.due else REST


@dataclass(frozen=True, slots=True)
class Effort:
    """The days of a window, oldest first; the last is today."""

    days: tuple[Day, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        past = [day.mark for day in self.days[:-1]]
        return (*past, self.days[-1].mark or REST) if self.days else ()

    def last(self, number: int) -> "Effort":
        return Effort(self.days[-number:])

    @property
    def done(self) -> int:
        """On how many days something was done."""
        return sum(1 for day in self.days if day.done)

    @property
    def due(self) -> int:
        """On how many days something was due or done; today counts once something is done."""
        return sum(1 for day in self.days[:-1] if day.due or day.done) + bool(
            self.days and self.days[-1].done
        )

    @property
    def missed_in_a_row(self) -> int:
        """On how many days with exercises, one after the other up to yesterday, nothing was done."""
        missed = 0
        for day in reversed(self.days):
            if day.done:
                return missed
            missed += bool(day.due) and day is not self.days[-1]
        return missed


def effort(
    today: date,
    prescribed: Iterable[Asked],
    done: Mapping[date, int],
    *,
    since: date | None,
    days: int = 14,
) -> Effort:
    """Return the last `days` days: due is what the current phase asks for, from `since` (the plan's start) on.

    `done` counts the exercises logged on a day, of whichever version of the plan.
    """
    due = Counter[int]()  # by day of the week
    for each in prescribed:
        if each.status == "active":
            due.update(dict.fromkeys(each.days_of_week, len(each.times)))
    window = [today - timedelta(days=back) for back in reversed(range(days))]
    return Effort(
        tuple(
            Day(day, due[day.isoweekday()] if since and day >= since else 0, done.get(day, 0))
            for day in window
        )
    )
