"""What is open, what is free, and what lies nearest to a wish. No database, no Django.

Times are instants; a span is half open, so that one visit may begin the minute another ends. Hours are kept as wall clock
(`[{"weekday": 1..7, "start": "HH:MM", "end": "HH:MM"}]` in a zone) and become spans here.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from careplans.sessions import instant

LONGEST = timedelta(hours=8)  # no visit is longer; the database holds it
STEP = timedelta(minutes=15)  # what is offered begins on a quarter of an hour
_EVER = datetime.max.replace(tzinfo=UTC)

Hours = Sequence[Mapping[str, Any]]


class Span(NamedTuple):
    """A stretch of time, its end not included."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def span_of(start: datetime, minutes: int) -> Span:
    return Span(start, start + timedelta(minutes=minutes))


# --- what is open ---------------------------------------------------------------------------------------------------------
def week(hours: Hours, zone: ZoneInfo, within: Span) -> list[Span]:
    """Return the opening hours of every day that a stretch of time touches, and of the days beside it."""
    first = within.start.astimezone(zone).date() - timedelta(days=1)
    last = within.end.astimezone(zone).date() + timedelta(days=1)
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for each in hours:
            if each["weekday"] == day.isoweekday():
                begin, end = (time.fromisoformat(each[edge]) for edge in ("start", "end"))
                found.append(Span(instant(day, begin, zone), instant(day, end, zone)))
    return merged(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans in order that neither overlap nor touch."""
    out: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what is left of `spans` when `taken` is cut out."""
    left = merged(spans)
    for hole in merged(taken):
        left = [
            piece
            for span in left
            for piece in (
                (Span(span.start, hole.start), Span(hole.end, span.end)) if span.overlaps(hole) else (span,)
            )
            if piece.start < piece.end
        ]
    return left


def opened(hours: Iterable[Span], closed: Iterable[Span], extra: Iterable[Span]) -> list[Span]:
    """Return the hours less what is closed, and what is open besides; that was said on purpose, so it counts most."""
    return merged([*without(hours, closed), *extra])


def covers(opening: Sequence[Span], span: Span) -> bool:
    """Tell whether a span lies inside one of these (in order, apart, as `merged` makes them)."""
    place = bisect_right(opening, (span.start, _EVER)) - 1
    return place >= 0 and span.end <= opening[place].end


# --- what is free ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Place:
    """A resource as it is planned with: how many it takes at once, and when it is open (as `merged` makes it)."""

    id: UUID
    kind: str
    capacity: int = 1
    opening: Sequence[Span] = ()


class Hold(NamedTuple):
    """A lane of a place, taken for a while."""

    start: datetime
    end: datetime
    lane: int


class Clash(NamedTuple):
    """What stands in the way: the patient's own visit, somebody at a place, or that it is not open ("hours")."""

    kind: str
    resource: UUID | None
    start: datetime
    end: datetime


class Choice(NamedTuple):
    """A time that is free, with the places that are."""

    start: datetime
    end: datetime
    resources: list[UUID]


Wish = Sequence[Sequence[UUID]]  # for each place wanted, those that would do, the best first


class Diary:
    """What is open and what is taken, for some places and one patient, in a stretch of time."""

    def __init__(
        self,
        places: Iterable[Place],
        holds: Iterable[tuple[UUID, Hold]] = (),
        visits: Iterable[Span] = (),
    ) -> None:
        self.places = {place.id: place for place in places}
        self._holds: dict[UUID, list[Hold]] = defaultdict(list)
        for place_id, hold in holds:
            self._holds[place_id].append(hold)
        for each in self._holds.values():
            each.sort()
        self._visits = sorted(visits)

    def is_open(self, place_id: UUID, span: Span) -> bool:
        return covers(self.places[place_id].opening, span)

    def lane(self, place_id: UUID, span: Span) -> int | None:
        """Return the first lane of a place that is free for the whole span, None when it is full."""
        used = {hold.lane for hold in _during(self._holds[place_id], span)}
        capacity = self.places[place_id].capacity
        free = [lane for lane in range(1, capacity + 1) if lane not in used]
        beyond = sum(lane > capacity for lane in used)  # booked before the capacity was lowered
        return free[0] if len(free) > beyond else None

    def is_patient_free(self, span: Span) -> bool:
        return not _during(self._visits, span)

    def clashes(self, span: Span, place_ids: Iterable[UUID], *, hours: bool = False) -> list[Clash]:
        """Return what stands in the way of a visit at these places; closed hours too where `hours` asks for them."""
        found = [Clash("patient", None, visit.start, visit.end) for visit in _during(self._visits, span)]
        for place_id in place_ids:
            kind = self.places[place_id].kind
            if self.lane(place_id, span) is None:
                there = dict.fromkeys((h.start, h.end) for h in _during(self._holds[place_id], span))
                found += [Clash(kind, place_id, *when) for when in there]
            if hours and not self.is_open(place_id, span):
                found.append(Clash("hours", place_id, *span))
        return found

    def take(self, span: Span, place_ids: Iterable[UUID]) -> dict[UUID, int]:
        """Take free lanes for a visit and return them. Raises LookupError where there is none."""
        lanes = {}
        for place_id in place_ids:
            lane = self.lane(place_id, span)
            if lane is None:
                raise LookupError(place_id)
            lanes[place_id] = lane
        for place_id, lane in lanes.items():
            insort(self._holds[place_id], Hold(span.start, span.end, lane))
        insort(self._visits, span)
        return lanes

    def pick(self, span: Span, wish: Wish) -> list[UUID] | None:
        """Return a place for each one wanted, open and free and each only once; None where that cannot be."""

        def fits(place_id: UUID) -> bool:
            return self.is_open(place_id, span) and self.lane(place_id, span) is not None

        chosen: list[UUID] = []
        for would_do in wish:
            first = next((each for each in would_do if each not in chosen and fits(each)), None)
            if first is None:
                return _matched([[each for each in some if fits(each)] for some in wish]) if chosen else None
            chosen.append(first)
        return chosen

    def free(self, span: Span, wish: Wish) -> list[UUID] | None:
        """The same, where the patient must be free too."""
        return self.pick(span, wish) if self.is_patient_free(span) else None


def _during(sorted_spans: Sequence[Any], span: Span) -> list[Any]:
    """Return those that overlap a span. None is longer than LONGEST, so only those that begin near it are looked at."""
    near = sorted_spans[
        bisect_left(sorted_spans, (span.start - LONGEST,)) : bisect_left(sorted_spans, (span.end,))
    ]
    return [each for each in near if each.end > span.start]


def _matched(choices: Sequence[Sequence[UUID]]) -> list[UUID] | None:
    """Return one of each list, all different, where that is possible at all (a bipartite matching)."""
    holder: dict[UUID, int] = {}

    def settle(number: int, asked: set[UUID]) -> bool:
        for each in choices[number]:
            if each not in asked:
                asked.add(each)
                if each not in holder or settle(holder[each], asked):
                    holder[each] = number
                    return True
        return False

    if not all(settle(number, set()) for number in range(len(choices))):
        return None
    by_number = {number: each for each, number in holder.items()}
    return [by_number[number] for number in range(len(choices))]


# --- what is offered ------------------------------------------------------------------------------------------------------
def quarters(within: Span) -> Iterator[datetime]:
    """Return every quarter of an hour of a stretch of time. (Every zone's offset is a whole number of quarters.)"""
    start = _quarter(within.start)
    while start < within.end:
        if start >= within.start:
            yield start
        start += STEP


def _quarter(moment: datetime) -> datetime:
    """Return the last quarter of an hour at or before a moment."""
    moment = moment.astimezone(UTC)
    return moment - (moment - moment.replace(minute=0, second=0, microsecond=0)) % STEP


def around(start: datetime, within: Span) -> Iterator[datetime]:
    """Return a start, then the quarters of an hour of a stretch of time, the nearest first, the earlier of two before."""
    if within.start <= start < within.end:
        yield start
    earlier = _quarter(start)
    if earlier == start:
        earlier -= STEP
    later = _quarter(start) + STEP
    while earlier >= within.start or later < within.end:
        if later >= within.end or (earlier >= within.start and start - earlier <= later - start):
            if earlier < within.end:
                yield earlier
            earlier -= STEP
        else:
            if later >= within.start:
                yield later
            later += STEP


def free_starts(diary: Diary, wish: Wish, minutes: int, within: Span) -> list[Choice]:
    """Return every quarter of an hour at which a visit could begin, with the places it would have."""
    spans = [span_of(start, minutes) for start in quarters(within)]
    found = ((span, diary.free(span, wish)) for span in spans)
    return [Choice(*span, places) for span, places in found if places is not None]


def nearest(
    diary: Diary,
    wish: Wish,
    span: Span,
    within: Span,
    *,
    most: int = 3,
    allowed: Callable[[datetime], bool] = lambda _start: True,
) -> list[Choice]:
    """Return the free starts nearest to a wished span, at most `most`; the same time with other places comes first."""
    found = []
    length = span.end - span.start
    for start in around(span.start, within):
        if not allowed(start):
            continue
        places = diary.free(Span(start, start + length), wish)
        if places is not None:
            found.append(Choice(start, start + length, places))
            if len(found) == most:
                break
    return found
