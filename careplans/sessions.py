"""The home exercise sessions of one local day, and what has been logged of them. Plain values, no database.

Days and times of a prescription are the patient's wall clock: days of the week from 1, Monday, and times
"HH:MM". They become instants at the last moment (`instant`), so that a change of clocks moves no exercise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

Clock = time | str  # a time of day on the patient's clock; a text is "HH:MM"


class Prescribed(Protocol):
    """A home exercise of the current phase; `lineage_id` is the same in every version of the plan."""

    @property
    def lineage_id(self) -> object: ...
    @property
    def days_of_week(self) -> Sequence[int]: ...
    @property
    def times(self) -> Sequence[Clock]: ...
    @property
    def status(self) -> str: ...


class Logged(Protocol):
    """An exercise done on a local day; `session` is the time it was due (`session_of`)."""

    @property
    def lineage_id(self) -> object: ...
    @property
    def day(self) -> date: ...
    @property
    def session(self) -> Clock: ...


P = TypeVar("P", bound=Prescribed)


@dataclass(frozen=True)
class Due(Generic[P]):
    """One exercise in a session, and whether it was done."""

    prescription: P
    done: bool


@dataclass(frozen=True)
class Session(Generic[P]):
    """The exercises due at one time of the day, in the order of the plan."""

    time: str
    exercises: tuple[Due[P], ...]

    @property
    def done(self) -> bool:
        return all(due.done for due in self.exercises)


def sessions_on(day: date, prescriptions: Iterable[P], logs: Iterable[Logged] = ()) -> list[Session[P]]:
    """Return every session of a local day by time, earlier ones too; paused exercises are left out.

    `logs` may be of more days than this. A log counts for its lineage; one of a time that is no longer
    prescribed, because the plan was amended since, counts for the nearest.
    """
    active = [each for each in prescriptions if each.status == "active"]
    due = [
        (each, sorted(map(as_time, each.times))) for each in active if day.isoweekday() in each.days_of_week
    ]
    times = {each.lineage_id: at for each, at in due}
    done = {
        (log.lineage_id, nearest(times[log.lineage_id], log.session))
        for log in logs
        if log.day == day and log.lineage_id in times
    }
    return [
        Session(
            f"{at:%H:%M}", tuple(Due(each, (each.lineage_id, at) in done) for each, own in due if at in own)
        )
        for at in sorted({at for _each, own in due for at in own})
    ]


def session_of(
    occurred_at: datetime, times: Iterable[Clock], zone: ZoneInfo, *, named: Clock | None = None
) -> tuple[date, time]:
    """Return the local day and the session that something logged belongs to.

    The session is the one that the patient named, else the nearest of `times`, else (no times) the minute
    itself. What happened after midnight belongs to the new day.
    """
    local = occurred_at.astimezone(zone)
    if named is not None:
        return local.date(), as_time(named)
    return local.date(), nearest(times, local.time()) or local.time().replace(second=0, microsecond=0)


def nearest(times: Iterable[Clock], at: Clock) -> time | None:
    """Return the time closest to `at` within the day, of two the earlier; None without times."""
    wanted = _seconds(as_time(at))
    return min(sorted(map(as_time, times)), key=lambda each: abs(_seconds(each) - wanted), default=None)


def as_time(clock: Clock) -> time:
    """Return a time of day from itself or from "HH:MM"."""
    return time.fromisoformat(clock) if isinstance(clock, str) else clock


def _seconds(at: time) -> int:
    return (at.hour * 60 + at.minute) * 60 + at.second


# ------------------------------------------------------------------ local days and instants


def instant(day: date, at: Clock, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clocks of a zone show this time on this day.

    A time that the clocks skip in spring comes later by as much as they skip (02:30 is 03:30); of one that
    they show twice in autumn it is the first.
    """
    clock = as_time(at).replace(fold=0)  # fold 0 reads a skipped time by the clock before the change
    return datetime.combine(day, clock, zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date that a zone's calendar shows at an instant."""
    return moment.astimezone(zone).date()


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a local day as instants in UTC, start included and end not; it has 23 to 25 hours."""
    return instant(day, time(), zone), instant(day + timedelta(days=1), time(), zone)
