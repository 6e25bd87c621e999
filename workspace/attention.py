"""Who needs the physiotherapist, and why: the rules of the caseload. Plain values, no database.

Every rule looks at what is known of one person and gives a reason or none. A person stands in the list once, under the
gravest of their reasons; of two alike the one that is older comes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from statistics import fmean

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.reassessing import Due
from workspace.effort import Effort

PAIN_ROSE = (
    2  # points out of 10: the smallest change that matters on a 0 to 10 scale (Farrar 2001, Salaffi 2004)
)
RECENT, BEFORE, ENOUGH = 4, 14, 2  # days that count as now, days looked back, days with a figure in each
QUIET = 3  # days with exercises, one after the other, without any
LATE = 3  # days after a phase should have ended
ENDS_SOON = timedelta(days=14)
HELD_LONG = timedelta(days=7)
MISSED_LATELY = timedelta(days=14)


class Rank(IntEnum):
    """What comes first."""

    STOPPED, CLASH, CAUTION, WORSE, QUIET, UNPLANNED, UNBOOKED, DUE, LATE, HELD, UNSIGNED, ASK = range(12)


class Group(StrEnum):
    NEEDS_YOU = "needs-you"
    ON_TRACK = "on-track"
    NEW = "new"
    ENDING_SOON = "ending-soon"


LOOKS = {  # signal, icon, what the button says and where it leads
    Rank.STOPPED: ("stop", "flag", "call"),
    Rank.CLASH: ("stop", "stop", "plan"),
    Rank.CAUTION: ("warn", "warn", "plan"),
    Rank.WORSE: ("warn", "arrow-up", "chart"),
    Rank.QUIET: ("warn", "clock", "chart"),
    Rank.UNPLANNED: ("info", "layers", "start"),
    Rank.UNBOOKED: ("warn", "calendar", "book"),
    Rank.DUE: ("info", "range", "assess"),
    Rank.LATE: ("info", "clipboard", "plan"),
    Rank.HELD: ("info", "pause", "plan"),
    Rank.UNSIGNED: ("info", "pen", "draft"),
    Rank.ASK: ("info", "shield", "plan"),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody stopped an exercise, and nobody has seen to it: the cue in words, the exercise's name ("": they named none)."""

    cue: str
    at: datetime
    note: str = ""
    exercise: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """An item that a new safety fact took out of a running plan."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What a new check of the running plan found that pauses nothing: `cautions` and how many questions are open again."""

    since: date
    cautions: Sequence[Paused] = ()
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that runs, or is on hold. `phase_ends` and `ends` are the last days."""

    version: int
    on_hold: bool
    why: str
    since: date  # when its state last changed
    starts: date
    phase: int
    phase_ends: date
    ends: date


@dataclass(frozen=True, slots=True)
class Draft:
    version: int
    saved_on: date
    by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person today. `pains` is the worst pain after exercise of a day, out of 10."""

    today: date
    registered_on: date
    effort: Effort
    stops: Sequence[Stop] = ()
    paused: Sequence[Paused] = ()
    alert: Alert | None = None
    pains: Mapping[date, int] = field(default_factory=dict)
    plan: Plan | None = None
    draft: Draft | None = None
    next_visit: datetime | None = None
    last_visit: date | None = None  # kept
    missed: date | None = None  # the last that was missed
    visits_left: int = 0
    due: Sequence[Due] = ()  # for another assessment, the oldest reason first


@dataclass(frozen=True, slots=True)
class Reason:
    rank: Rank
    since: date
    title: str
    evidence: str

    @property
    def signal(self) -> str:
        return LOOKS[self.rank][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.rank][1]

    @property
    def action(self) -> str:
        return LOOKS[self.rank][2]


def reasons(facts: Facts) -> list[Reason]:
    """Return why somebody needs to be looked at, the gravest first; empty when nothing does."""
    found = [reason for rule in RULES for reason in rule(facts)]
    return sorted(found, key=lambda reason: (reason.rank, reason.since))


def group_of(facts: Facts, found: Sequence[Reason]) -> Group:
    """Return the one group somebody is in. Questions to ask again are told, and are no worry: somebody may be well on track."""
    if any(reason.rank != Rank.ASK for reason in found):
        return Group.NEEDS_YOU
    if facts.plan is None:
        return Group.NEW
    return Group.ENDING_SOON if facts.plan.ends - facts.today <= ENDS_SOON else Group.ON_TRACK


def standing(facts: Facts) -> str:
    """Return in one sentence how somebody stands who gives no reason."""
    if facts.plan is None:
        if facts.next_visit:
            return _("First visit on %s.") % date_format(facts.next_visit, "D j M, H:i")
        return _("Registered on %s.") % date_format(facts.registered_on, "D j M")
    if facts.plan.on_hold:
        return _("On hold since %s.") % date_format(facts.plan.since, "D j M")
    if facts.plan.ends - facts.today <= ENDS_SOON:
        return _("The plan ends on %s.") % date_format(facts.plan.ends, "D j M")
    done = facts.effort.last(7).done
    return ngettext("Exercised on %d of the last 7 days.", "Exercised on %d of the last 7 days.", done) % done


# --- the rules ------------------------------------------------------------------------------------------------------------
def _stopped(facts: Facts) -> Iterator[Reason]:
    if facts.stops:
        first = min(facts.stops, key=lambda stop: stop.at)
        told = timezone.localtime(first.at)
        said = f" “{first.note}”" if first.note else ""
        when = _("Told on %(day)s at %(time)s.") % {
            "day": date_format(told, "D j M"),
            "time": date_format(told, "H:i"),
        }
        name = f"{first.exercise}. " if first.exercise else ""
        yield Reason(Rank.STOPPED, told.date(), _("Stopped: %s") % first.cue, f"{name}{when}{said}")


def _clash(facts: Facts) -> Iterator[Reason]:
    if facts.paused:
        number, first = len(facts.paused), facts.paused[0]
        title = (
            _("Paused for safety: %s") % first.name
            if number == 1
            else ngettext("%d item paused for safety", "%d items paused for safety", number) % number
        )
        yield Reason(Rank.CLASH, facts.plan.since if facts.plan else facts.today, title, first.why)


def _caution(facts: Facts) -> Iterator[Reason]:
    """A warning that nobody gave a reason for: the plan goes on, and stands here until the next version is signed."""
    if facts.alert and facts.alert.cautions:
        number, first = len(facts.alert.cautions), facts.alert.cautions[0]
        title = (
            _("New caution: %s") % first.name
            if number == 1
            else ngettext("%d new caution", "%d new cautions", number) % number
        )
        yield Reason(Rank.CAUTION, facts.alert.since, title, first.why)


def _ask(facts: Facts) -> Iterator[Reason]:
    """Answers run out all the time, so they are asked for when the person is there to be asked, or is not expected at all."""
    if facts.alert is None or not facts.alert.questions:
        return
    visit = timezone.localtime(facts.next_visit).date() if facts.next_visit else None
    if visit is None or visit <= facts.today:
        number = facts.alert.questions
        title = ngettext("%d safety question is open", "%d safety questions are open", number) % number
        said = _("The answers have run out since the plan was signed.")
        yield Reason(Rank.ASK, facts.alert.since, title, said)


def _worse(facts: Facts) -> Iterator[Reason]:
    turn = facts.today - timedelta(days=RECENT)
    first = facts.today - timedelta(days=BEFORE)
    now = [pain for day, pain in facts.pains.items() if turn < day <= facts.today]
    then = [pain for day, pain in facts.pains.items() if first < day <= turn]
    if min(len(now), len(then)) < ENOUGH:
        return
    before, after = fmean(then), fmean(now)
    rise = round(after - before)
    if after - before >= PAIN_ROSE:
        yield Reason(
            Rank.WORSE,
            turn,
            ngettext("Pain up %d point", "Pain up %d points", rise) % rise,
            _("%(before)s to %(after)s out of 10 after exercise, in %(days)d days.")
            % {"before": round(before), "after": round(after), "days": RECENT},
        )


def _quiet(facts: Facts) -> Iterator[Reason]:
    if facts.plan is None or facts.plan.on_hold or facts.effort.missed_in_a_row < QUIET:
        return
    done = [day.day for day in facts.effort.days if day.done]
    since = max([*done, facts.plan.starts - timedelta(days=1), facts.effort.days[0].day - timedelta(days=1)])
    days = (facts.today - since).days - 1
    title = ngettext("No home exercise for %d day", "No home exercise for %d days", days) % days
    last = (
        _("Last done on %s.") % date_format(done[-1], "D j M")
        if done
        else _("None in the last %d days.") % days
    )
    yield Reason(Rank.QUIET, since, title, last)


def _unplanned(facts: Facts) -> Iterator[Reason]:
    if facts.plan is None and facts.draft is None and facts.last_visit:
        seen = _("Last seen on %s.") % date_format(facts.last_visit, "D j M")
        yield Reason(Rank.UNPLANNED, facts.last_visit, _("No plan runs"), seen)


def _unbooked(facts: Facts) -> Iterator[Reason]:
    if facts.plan is None or facts.plan.on_hold or facts.next_visit or facts.visits_left < 1:
        return
    left = ngettext("%d visit of the plan is left.", "%d visits of the plan are left.", facts.visits_left) % (
        facts.visits_left
    )
    if facts.missed and facts.today - facts.missed <= MISSED_LATELY:
        left = f"{_('Missed on %s.') % date_format(facts.missed, 'D j M')} {left}"
    yield Reason(
        Rank.UNBOOKED, facts.missed or facts.last_visit or facts.plan.starts, _("No visit booked"), left
    )


def _due(facts: Facts) -> Iterator[Reason]:
    if facts.due and facts.plan and not facts.plan.on_hold:
        since = facts.due[0].since
        why = " ".join(each.why for each in facts.due)
        yield Reason(Rank.DUE, since, _("Assessment due since %s") % date_format(since, "D j M"), why)


def _late(facts: Facts) -> Iterator[Reason]:
    if facts.plan is None or facts.plan.on_hold:
        return
    days = (facts.today - facts.plan.phase_ends).days
    if days < LATE:
        return
    planned = _("Phase %(number)d was planned to end on %(day)s.") % {
        "number": facts.plan.phase,
        "day": date_format(facts.plan.phase_ends, "D j M"),
    }
    title = ngettext("Review is %d day late", "Review is %d days late", days) % days
    yield Reason(Rank.LATE, facts.plan.phase_ends, title, planned)


def _held(facts: Facts) -> Iterator[Reason]:
    if facts.plan and facts.plan.on_hold and facts.today - facts.plan.since >= HELD_LONG:
        days = (facts.today - facts.plan.since).days
        title = ngettext("On hold for %d day", "On hold for %d days", days) % days
        yield Reason(Rank.HELD, facts.plan.since, title, facts.plan.why)


def _unsigned(facts: Facts) -> Iterator[Reason]:
    if facts.draft:
        title = _("Plan version %d waits for a signature") % facts.draft.version
        said = (
            _("Begun by %(name)s, last saved on %(day)s.") if facts.draft.by else _("Last saved on %(day)s.")
        )
        named = {"name": facts.draft.by, "day": date_format(facts.draft.saved_on, "D j M")}
        yield Reason(Rank.UNSIGNED, facts.draft.saved_on, title, said % named)


RULES = (
    _stopped,
    _clash,
    _caution,
    _worse,
    _quiet,
    _unplanned,
    _unbooked,
    _due,
    _late,
    _held,
    _unsigned,
    _ask,
)


def most_urgent(rows: Iterable[tuple[Facts, list[Reason]]]) -> list[tuple[Facts, list[Reason]]]:
    """Return people with reasons by the gravest of each, the older first."""
    return sorted(rows, key=lambda row: (row[1][0].rank, row[1][0].since))
