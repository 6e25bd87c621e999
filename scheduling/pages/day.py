"""A day of the calendar as its page shows it: columns of quarter hours, with what is booked, what is shut and what is free."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Clinic
from clinic.templatetags.ui import icon
from scheduling.models import Closure, Kind, Resource, Status
from scheduling.openings import Span
from scheduling.pages.visits import Resources, Visit, edges
from scheduling.services.diaries import places

ROWS = range(32, 97, 4)  # the heights of a grid for which there are classes, in quarter hours
MOST_LANES = 4  # side by side in one column; more share the last

COLUMNS = {
    Kind.THERAPIST: gettext_lazy("Therapists"),
    Kind.ROOM: gettext_lazy("Rooms"),
    Kind.DEVICE: gettext_lazy("Devices"),
}
MARKS = {  # how a state looks in the grid: the end of its class, its icon
    Status.BOOKED: ("", ""),
    Status.CONFIRMED: ("", "chat"),
    Status.ARRIVED: ("arrived", "sofa"),
    Status.IN_TREATMENT: ("now", "play"),
    Status.DONE: ("done", "check"),
    Status.NO_SHOW: ("missed", "x"),
    Status.CANCELLED: ("missed", "x"),
    Status.UNPLACED: ("held", "clock"),
}
IN_GRID = {*Status} - {Status.CANCELLED, Status.UNPLACED}


# --- the grid -------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Slot:
    """A visit in the grid: the quarter in which it begins (the first is 1), how many it takes, and what it says."""

    visit: Visit
    at: int
    length: int
    id: str
    classes: str
    title: str
    icon: str
    place: str
    said: str  # its state where that matters, else what it is for
    more: str  # how long, where there is room to say so


@dataclass(slots=True)
class Column:
    name: str
    note: str
    key: str
    resource: Resource | None
    book: str = ""  # where a free quarter leads, as escaped HTML
    slots: list[Slot] = field(default_factory=list)
    shut: list[tuple[int, int, str]] = field(default_factory=list)  # at, length, why
    free: list[tuple[int, str]] = field(default_factory=list)  # at, the time as said
    lanes: int = 1

    def links(self) -> SafeString:
        """Return the free quarters as links, not through the template: a day has hundreds. Tab goes to the first, arrows on."""
        return mark_safe(  # noqa: S308 (numbers, and an address of ours)
            "".join(
                f'<a class="free at-{at}"{" tabindex=-1" if number else ""} href="{self.book}&amp;time={time}">{time}</a>'
                for number, (at, time) in enumerate(self.free)
            )
        )


@dataclass(slots=True)
class Grid:
    columns: list[Column]
    rows: int
    hours: list[tuple[int, str]]
    now: int = 0  # the quarter of now, 0: not on this day
    third: int = 0  # the five minutes within it
    first: int = 0  # the hour it begins with

    @property
    def tracks(self) -> int:
        """How many columns' width it takes: one in which people stand side by side takes more."""
        return sum(min(column.lanes, 3) for column in self.columns)

    @property
    def until(self) -> int:
        return self.first + self.rows // 4


def grid(
    day: date, by: str, visits: Sequence[Visit], resources: Resources, clinic: Clinic, now: datetime
) -> Grid:
    """Lay a day out by therapist, room or device. One query: what is closed."""
    of_kind = [each for each in resources.values() if each.kind == by and each.active]
    begin, end = edges(day)
    closures = list(Closure.objects.for_clinic(clinic).filter(span__overlap=(begin, end)))
    spans = [(each.resource_id, each.extra, Span(each.span.lower, each.span.upper)) for each in closures]
    opening = {
        place.id: _within(place.opening, begin, end)
        for place in places(clinic, of_kind, spans, Span(begin, end))
    }
    shown = [visit for visit in visits if visit.status in IN_GRID]
    first, rows = _frame(day, clinic, shown, [span for each in opening.values() for span in each])
    taken = {each.pk for visit in shown for each in visit.resources}
    columns = []
    for resource in resources.values():
        if resource.kind != by or not (resource.active or resource.pk in taken):
            continue
        theirs = [visit for visit in shown if any(each.pk == resource.pk for each in visit.resources)]
        column = Column(resource.name, _booked(theirs), str(resource.pk), resource)
        why = [each for each in closures if not each.extra and each.resource_id in (None, resource.pk)]
        _fill(column, theirs, by, first, rows)
        column.book = f"{reverse('scheduling:book')}?date={day:%Y-%m-%d}&amp;{by}={resource.pk}"
        _open(column, opening.get(resource.pk, []), why, day, first, rows, now)
        columns.append(column)
    if by == Kind.THERAPIST:
        alone = [visit for visit in shown if not any(each.kind == by for each in visit.resources)]
        if alone:
            column = Column(_("No therapist"), _booked(alone), "alone", None)
            _fill(column, alone, by, first, rows)
            columns.append(column)
    laid = Grid(columns, rows, [], first=first)
    if day == now.date():
        minutes = (now.hour - first) * 60 + now.minute
        if 0 <= minutes < rows * 15:
            laid.now, laid.third = minutes // 15 + 1, minutes % 15 // 5
    starts = ((4 * hour + 1, f"{first + hour}:00") for hour in range(rows // 4))
    laid.hours = [
        (at, hour) for at, hour in starts if laid.now not in (at, at + 1)
    ]  # the tag of now stands there
    return laid


def _booked(visits: Sequence[Visit]) -> str:
    number = sum(visit.status != Status.NO_SHOW for visit in visits)
    return _("%d booked") % number if number else _("Nothing booked")


def _within(spans: Iterable[Span], begin: datetime, end: datetime) -> list[Span]:
    return [Span(max(s.start, begin), min(s.end, end)) for s in spans if s.start < end and s.end > begin]


def _frame(day: date, clinic: Clinic, visits: Sequence[Visit], spans: Iterable[Span]) -> tuple[int, int]:
    """Return the hour with which the grid begins, and its quarters: the usual hours, and whatever lies outside them today."""
    minutes = [_minute(edge) for each in clinic.hours for edge in (each["start"], each["end"])]
    for start, end in [(v.start, v.end) for v in visits] + [tuple(span) for span in spans]:
        minutes += [_of_day(start, day), _of_day(end, day)]
    if not minutes:
        minutes = [8 * 60, 19 * 60]
    first = min(minutes) // 60
    needed = -(-max(minutes) // 60) * 4 - first * 4
    rows = next(each for each in ROWS if each >= needed)
    return min(first, 24 - rows // 4), rows


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")[:2]
    return int(hour) * 60 + int(minute)


def _of_day(moment: datetime, day: date) -> int:
    """Return the minute of a day at which a moment lies on the clock; before it 0, after it its last."""
    local = timezone.localtime(moment)
    if local.date() != day:
        return 0 if local.date() < day else 24 * 60
    return local.hour * 60 + local.minute


def _quarters(start: datetime, end: datetime, day: date, first: int, rows: int) -> tuple[int, int]:
    """Return where a span stands in the grid: the quarter it begins in and how many it touches; (0, 0) outside."""
    top = max(_of_day(start, day) - first * 60, 0) // 15
    bottom = min(-(-(_of_day(end, day) - first * 60) // 15), rows)
    return (top + 1, bottom - top) if bottom > top else (0, 0)


def _fill(column: Column, visits: Sequence[Visit], by: str, first: int, rows: int) -> None:
    """Put visits in a column; those that touch the same quarter stand side by side."""
    group: list[Slot] = []
    until = 0
    for visit in visits:
        at, length = _quarters(visit.start, visit.end, visit.start.date(), first, rows)
        if not length:
            continue
        slot = _slot(visit, at, length, column, by)
        if at >= until and group:
            _beside(column, group)
            group = []
        group.append(slot)
        until = max(until, at + length)
        column.slots.append(slot)
    _beside(column, group)


def _beside(column: Column, group: list[Slot]) -> None:
    """Give slots that touch a lane each; where several people fit at once, one lane stays to be pressed."""
    spare = bool(column.resource and column.resource.capacity > 1)
    if len(group) + spare < 2:
        return
    ends: list[int] = []
    for slot in group:
        lane = next((n for n, end in enumerate(ends) if end <= slot.at), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = slot.at + slot.length
        slot.classes += f" in-{min(lane + 1, MOST_LANES)}"
    column.lanes = max(column.lanes, min(len(ends) + spare, MOST_LANES))


def _slot(visit: Visit, at: int, length: int, column: Column, by: str) -> Slot:
    look, mark = MARKS[Status(visit.status)]
    others = [each for each in visit.resources if each.kind != by]
    first = Kind.ROOM if by == Kind.THERAPIST else Kind.THERAPIST
    place = next((each for each in others if each.kind == first), others[0] if others else None)
    if by == Kind.THERAPIST and column.resource is None and not look:
        look, mark = "alone", mark or "bolt"
    word = visit.word if visit.status not in (Status.BOOKED, Status.CONFIRMED) else ""
    more = ""
    if length > 3:
        more = _("%d min") % visit.minutes + (f" · {visit.what}" if word else "")
    return Slot(
        visit=visit,
        at=at,
        length=length,
        id=f"v-{column.key}-{visit.pk}",
        classes=f"slot at-{at} for-{length}" + (f" slot--{look}" if look else ""),
        title=f"{visit.patient}, {visit.starts}–{visit.ends}, {visit.what}",
        icon=icon(mark, "sm", visit.word) if mark else "",
        place=(place.short_name or place.name) if place else "",
        said=word or visit.what,
        more=more,
    )


def _open(
    column: Column,
    opening: Sequence[Span],
    closures: Sequence[Closure],
    day: date,
    first: int,
    rows: int,
    now: datetime,
) -> None:
    """Mark what is shut, and what is free to be booked: open, not taken, not past."""
    is_open, taken = [False] * (rows + 1), Counter()
    for span in opening:
        at, length = _quarters(*span, day, first, rows)
        is_open[at : at + length] = [True] * length
    for slot in column.slots:
        if slot.visit.status != Status.NO_SHOW:
            taken.update(range(slot.at, slot.at + slot.length))
    past = (now.hour - first) * 4 + now.minute // 15 if day == now.date() else 0
    past = rows if day < now.date() else past
    capacity = column.resource.capacity if column.resource and column.resource.active else 0
    drawn = (
        {n for slot in column.slots for n in range(slot.at, slot.at + slot.length)}
        if capacity == 1
        else set()
    )
    shut = 0
    for at in range(1, rows + 2):
        if at <= rows and not is_open[at]:
            shut = shut or at
            continue
        if shut:
            column.shut.append(
                (
                    shut,
                    at - shut,
                    _why(closures, shut, at, day, first) or (_("Closed") if at - shut == rows else ""),
                )
            )
            shut = 0
        if past < at <= rows and taken[at] < capacity and at not in drawn:
            column.free.append((at, f"{first + (at - 1) // 4}:{(at - 1) % 4 * 15:02}"))


def _why(closures: Sequence[Closure], begin: int, end: int, day: date, first: int) -> str:
    """Return the reason of a closure that covers part of these quarters; else nothing for the edges of the day."""
    for each in closures:
        start = _of_day(each.span.lower, day) if each.span.lower else 0
        finish = _of_day(each.span.upper, day) if each.span.upper else 24 * 60
        if start < first * 60 + (end - 1) * 15 and finish > first * 60 + (begin - 1) * 15:
            return each.reason or _("Closed")
    return ""


# --- beside the grid ------------------------------------------------------------------------------------------------------
def lanes(visits: Sequence[Visit], laid: Grid) -> list[dict[str, Any]]:
    """Return the use of each device over the day, for the small chart: name, bars, and the same in words."""
    used: dict[UUID, dict[str, Any]] = {}
    for visit in visits:
        if visit.status not in IN_GRID or visit.status == Status.NO_SHOW:
            continue
        for each in visit.resources:
            if each.kind == Kind.DEVICE:
                row = used.setdefault(
                    each.pk, {"name": each.short_name or each.name, "bars": [], "times": []}
                )
                at, length = _quarters(visit.start, visit.end, visit.start.date(), laid.first, laid.rows)
                row["bars"].append((at, length, visit.status == Status.IN_TREATMENT))
                row["times"].append(visit.starts)
    return sorted(used.values(), key=lambda row: row["name"])[:8]
