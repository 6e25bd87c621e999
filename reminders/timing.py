"""When something is said: plain values in, instants out. No database, no Django.

Sessions and quiet hours are wall-clock rules of a zone; they become instants at the last moment, so that a change of clocks
moves none of them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from careplans.sessions import instant

BEFORE_A_VISIT = {"24h": timedelta(hours=24), "2h": timedelta(hours=2)}
EXERCISE_USEFUL_FOR = timedelta(hours=2)
MAX_ATTEMPTS = 9  # over about four hours, as long as a server is rebooted or a provider is down
FIRST_WAIT = timedelta(seconds=30)

Schedule = tuple[Sequence[int], Sequence[time]]  # days of the week from 1, Monday; times of the day


def next_session(
    schedules: Iterable[Schedule], *, after: datetime, zone: str, start: date | None = None
) -> datetime | None:
    """Return the first instant later than `after`, from the day `start` on, at which a session of any schedule is due.

    Looks eight days ahead, which every weekly pattern fits in. None when no schedule has a day and a time.
    """
    place = ZoneInfo(zone)
    first = max(after.astimezone(place).date(), start or date.min)
    weekly = [(set(days), list(times)) for days, times in schedules]
    for offset in range(9):
        day = first + timedelta(days=offset)
        due = [instant(day, at, place) for days, times in weekly if day.isoweekday() in days for at in times]
        if later := [moment for moment in due if moment > after]:
            return min(later)
    return None


def appointment_reminders(start: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Return (lead, due at) of each reminder before a visit that still lies ahead."""
    due = [(lead, start - before) for lead, before in BEFORE_A_VISIT.items()]
    return [(lead, at) for lead, at in due if at > now]


def after_quiet_hours(moment: datetime, quiet_from: time, quiet_until: time, zone: str) -> datetime:
    """Return `moment`, or the end of the quiet hours it falls into; they may run past midnight. From = until is none."""
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    at = local.time().replace(tzinfo=None)
    if quiet_from < quiet_until:
        quiet, day = quiet_from <= at < quiet_until, local.date()
    else:
        quiet = quiet_from != quiet_until and (at >= quiet_from or at < quiet_until)
        day = local.date() + timedelta(days=at >= quiet_from)
    return instant(day, quiet_until, place) if quiet else moment


def back_off(attempts: int, chance: Callable[[], float]) -> timedelta | None:
    """Return how long to wait after the n-th failed try: doubling, with up to half as much again by `chance` (0 to 1).

    None when it was the last.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return FIRST_WAIT * 2 ** (attempts - 1) * (1 + chance() / 2)
