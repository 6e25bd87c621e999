"""The demo's time: everything is told from the day the clinic was first loaded, up to now."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKS = 12
AHEAD = 21  # days to come that are booked


@dataclass(frozen=True)
class Clock:
    """`start` is when the clinic was first loaded, `now` when it is loaded this time."""

    start: datetime
    now: datetime
    zone: ZoneInfo

    @property
    def anchor(self) -> date:
        return self.start.astimezone(self.zone).date()

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone)

    def first_day(self, weeks: int) -> date:
        """Return a working day so many weeks before the anchor."""
        day = self.anchor - timedelta(weeks=weeks)
        return day - timedelta(days=max(0, day.isoweekday() - 5))


@contextmanager
def as_told(model: Any, *names: str) -> Iterator[None]:
    """Let rows keep the times that we give them, where the model would write down the present."""
    fields = [model._meta.get_field(name) for name in names]
    was = [(field.auto_now, field.auto_now_add) for field in fields]
    for field in fields:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, (auto_now, auto_now_add) in zip(fields, was, strict=True):
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
