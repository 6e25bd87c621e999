"""When somebody under a plan is to be assessed again: by date, by visits used, by a change that is no chance. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

BEFORE = timedelta(weeks=4)  # so long before a plan begins an assessment is still the first one of it
COUNTS_FOR = timedelta(days=7)  # so long before a date or visit an assessment is the one that was due


@dataclass(frozen=True, slots=True)
class Interval:
    """Weeks from the first assessment to the second, and from each to the next; as the disorder has them."""

    first: int
    then: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A value entered since the last assessment that is no chance: the measure by name, both values as written."""

    day: date
    measure: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Course:
    """How a plan went so far. Days are in their order; `visits` are those kept since its first version started."""

    starts: date
    assessed: Sequence[date]
    visits: Sequence[date]
    planned: int
    interval: Interval
    changes: Sequence[Changed] = ()

    @property
    def of_plan(self) -> list[date]:
        """The assessments that belong to this plan, not to what was treated earlier."""
        return [day for day in self.assessed if day >= self.starts - BEFORE]


@dataclass(frozen=True, slots=True)
class Due:
    """An assessment that is due `since` a day, and why, in one sentence."""

    since: date
    why: str


def due(course: Course, today: date) -> list[Due]:
    """Return why somebody is to be assessed again by today, the oldest reason first; empty when nothing asks for it."""
    found = [*_by_date(course, today), *_by_visits(course), *_by_change(course)]
    return sorted(found, key=lambda each: each.since)


def next_due(course: Course) -> date:
    """Return the day on which the next assessment is due by date."""
    assessed = course.of_plan
    weeks = course.interval.first if len(assessed) < 2 else course.interval.then
    return (assessed[-1] if assessed else course.starts) + timedelta(weeks=weeks)


def _by_date(course: Course, today: date) -> Iterator[Due]:
    if (day := next_due(course)) <= today:
        if not course.of_plan:
            yield Due(day, _("Not assessed since the plan began."))
            return
        last = course.of_plan[-1]
        weeks = (today - last).days // 7
        why = ngettext(
            "%(weeks)d week since the last one, of %(day)s.",
            "%(weeks)d weeks since the last one, of %(day)s.",
            weeks,
        )
        yield Due(day, why % {"weeks": weeks, "day": date_format(last, "j M Y")})


def _by_visits(course: Course) -> Iterator[Due]:
    """Half of the planned visits are used, or all; only the later of the two is told."""
    words = (
        _("All %(planned)d planned visits are used."),
        _("Half of the %(planned)d planned visits are used."),
    )
    for number, why in zip((course.planned, -(-course.planned // 2)), words, strict=True):
        if 0 < number <= len(course.visits):
            day = course.visits[number - 1]
            if not any(each >= day - COUNTS_FOR for each in course.assessed):
                yield Due(day, why % {"planned": course.planned})
            return


def _by_change(course: Course) -> Iterator[Due]:
    last = course.assessed[-1] if course.assessed else course.starts
    for change in course.changes:
        if change.day >= last:
            told = {"measure": change.measure, "before": change.before, "now": change.now}
            yield Due(change.day, _("%(measure)s went from %(before)s to %(now)s.") % told)
