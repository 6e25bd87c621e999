"""What the safety screen knows of each question on a day: answered, by what, until when. Pure: rows in, plain values out.

Two things answer a question: a flag on record (yes from its `since` on, no from its `until` on), and an answer given. The
later counts. An answer lives for the flag's `expires_days`. A flag that has run out is a no, but for a critical one: that is
asked again and never taken as a no. "Not sure" answers nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

Entry = Mapping[str, Any]


class Period(Protocol):
    """A flag on record that was not struck through."""

    @property
    def flag_id(self) -> str: ...
    @property
    def regions(self) -> Sequence[str]: ...
    @property
    def note(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...
    @property
    def renewed_on(self) -> date | None: ...


class Reply(Protocol):
    """The latest answer that somebody gave to a question."""

    flag_id: str
    present: bool | None
    note: str
    answered_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question stands: `present` None is not sure, or asked again. `source` is the row that says so."""

    flag: str
    present: bool | None
    on: date
    expires_on: date | None = None  # the last day it holds
    regions: tuple[str, ...] = ()
    note: str = ""
    source: Any = None

    def answers(self, today: date) -> bool:
        """Tell whether this is a yes or a no that still holds."""
        return self.present is not None and (self.expires_on is None or today <= self.expires_on)


def standings(
    periods: Iterable[Period], replies: Iterable[Reply], flags: Mapping[str, Entry], today: date
) -> dict[str, Standing]:
    """Return how every question stands that was ever answered, by flag."""
    recorded: dict[str, list[Period]] = {}
    for period in periods:
        if period.since <= today:
            recorded.setdefault(period.flag_id, []).append(period)
    said = {reply.flag_id: reply for reply in replies}
    return {
        flag: _standing(flags[flag], recorded.get(flag, []), said.get(flag), today)
        for flag in [*recorded, *(flag for flag in said if flag not in recorded)]
        if flag in flags
    }


def _standing(entry: Entry, periods: list[Period], reply: Reply | None, today: date) -> Standing:
    days = entry.get("expires_days")
    running = [period for period in periods if is_running(period, days, today)]
    if running:
        newest = max(running, key=lambda period: period.renewed_on or period.since)
        return Standing(
            entry["id"],
            True,
            newest.renewed_on or newest.since,
            expires(newest.renewed_on or newest.since, days),
            merged(period.regions for period in running),
            newest.note,
            newest,
        )
    # the later counts; on one day what was said weighs more than what ended, and doubt more than certainty
    choices = []
    for period in periods:
        on, by_somebody = _ended(period, days, today)
        present = False if by_somebody or not entry["critical"] else None
        choices.append((on, 1, _of(entry, present, on, days, period)))
    if reply is not None:
        # a yes whose flag is no more was struck through: the question is open again
        present, rank = {True: (None, 0), False: (False, 2), None: (None, 3)}[reply.present]
        choices.append((reply.answered_on, rank, _of(entry, present, reply.answered_on, days, reply)))
    return max(choices, key=lambda choice: choice[:2])[2]


def _of(entry: Entry, present: bool | None, on: date, days: int | None, source: Any) -> Standing:
    return Standing(entry["id"], present, on, expires(on, days), note=source.note, source=source)


def _ended(period: Period, days: int | None, today: date) -> tuple[date, bool]:
    """Return the day from which a flag no longer counts, and whether somebody ended it (else it ran out)."""
    last = expires(period.renewed_on or period.since, days)
    if period.until is not None and (last is None or period.until <= last):
        return period.until, True
    return (last or today) + timedelta(days=1), False


def is_running(period: Period, days: int | None, today: date) -> bool:
    """Tell whether a flag counts on a day: begun, not ended, not run out."""
    last = expires(period.renewed_on or period.since, days)
    begun = period.since <= today and (period.until is None or period.until > today)
    return begun and (last is None or today <= last)


def expires(on: date, days: int | None) -> date | None:
    """Return the last day something said `on` a day holds; None is for good."""
    return on + timedelta(days=days) if days else None


def merged(places: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the regions of several records of one flag; one record without a place makes the place unknown: ()."""
    every = list(places)
    return tuple(dict.fromkeys(region for regions in every for region in regions)) if all(every) else ()


def due(
    known: Mapping[str, Standing], flags: Iterable[Entry], asked: Callable[[str], bool], today: date
) -> list[str]:
    """Return the questions to ask today, in the order of the catalogue: critical ones, and those `asked` says hang on it."""
    return [
        entry["id"]
        for entry in flags
        if (entry["critical"] or asked(entry["id"]))
        and not (entry["id"] in known and known[entry["id"]].answers(today))
    ]
