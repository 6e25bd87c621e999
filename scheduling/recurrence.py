"""A pattern of visits (days of the week, a time on the clinic's clock) turned into instants. No database, no Django.

The pattern is wall clock: 10:00 stays 10:00 when the clocks change, and the instant moves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

from careplans.sessions import instant


@dataclass(frozen=True, slots=True)
class Pattern:
    """`count` visits on `weekdays` (1 is Monday) at `at`, none before `first_date`."""

    first_date: date
    weekdays: frozenset[int]
    at: time
    count: int


def days(pattern: Pattern) -> list[date]:
    """Return the days of a pattern; `first_date` is the first of them when its weekday is one of the pattern's."""
    found: Iterable[datetime] = rrule(
        WEEKLY,
        dtstart=datetime.combine(pattern.first_date, time()),
        byweekday=sorted(day - 1 for day in pattern.weekdays),
        count=pattern.count,
    )
    return [moment.date() for moment in found]


def starts(pattern: Pattern, zone: ZoneInfo) -> list[datetime]:
    """Return the instants, in UTC, at which the visits begin.

    A time that the clocks skip comes later by as much as they skip; of one that they show twice it is the first.
    """
    return [instant(day, pattern.at, zone) for day in days(pattern)]
