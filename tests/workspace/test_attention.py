"""The rules of the caseload: who needs the physiotherapist, for what reason, in which order."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from careplans.reassessing import Due
from workspace.attention import (
    Alert,
    Draft,
    Facts,
    Group,
    Paused,
    Plan,
    Rank,
    Stop,
    group_of,
    most_urgent,
    reasons,
)
from workspace.effort import effort

TODAY = date(2027, 1, 14)  # a Thursday
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@dataclass
class Exercise:
    days_of_week: tuple[int, ...] = EVERY_DAY
    times: tuple[str, ...] = ("08:00", "18:00")
    status: str = "active"


def ago(days):
    return TODAY - timedelta(days=days)


def done(*days_ago, exercises=(Exercise(),), since=60, number=2):
    return effort(TODAY, exercises, {ago(days): number for days in days_ago}, since=ago(since))


PLAN = Plan(
    version=1,
    on_hold=False,
    why="",
    since=ago(30),
    starts=ago(30),
    phase=1,
    phase_ends=ago(-10),
    ends=ago(-40),
)
FINE = Facts(
    today=TODAY,
    registered_on=ago(40),
    effort=done(*range(14)),
    plan=PLAN,
    next_visit=datetime(2027, 1, 15, 9, tzinfo=UTC),
    last_visit=ago(2),
    visits_left=4,
)


def ranks(facts):
    return [reason.rank for reason in reasons(facts)]


def only(facts):
    (reason,) = reasons(facts)
    return reason


# --- effort ---------------------------------------------------------------------------------------------------------------
def test_a_day_is_done_half_done_rest_or_missed():
    week = effort(TODAY, [Exercise((1, 2, 3, 4))], {ago(1): 2, ago(2): 1}, since=ago(60), days=7)
    assert week.marks == ("r", "r", "r", "", "h", "1", "r")  # Fri, Sat, Sun, Mon, Tue, Wed, and today
    assert (week.done, week.due) == (2, 3)


def test_today_counts_once_something_is_done():
    assert (done().marks[-1], done().due) == ("r", 13)
    assert (done(0).marks[-1], done(0).due) == ("1", 14)


def test_paused_exercises_and_days_before_the_plan_are_not_due():
    assert done(exercises=[Exercise(status="paused")]).due == 0
    assert done(since=3).due == 3
    assert effort(TODAY, [Exercise()], {}, since=None).due == 0


def test_days_without_exercises_do_not_break_a_row_of_missed_ones():
    assert effort(TODAY, [Exercise((1, 4))], {}, since=ago(60)).missed_in_a_row == 3


# --- reasons --------------------------------------------------------------------------------------------------------------
def test_somebody_on_track_gives_no_reason():
    assert reasons(FINE) == []
    assert group_of(FINE, []) == Group.ON_TRACK


def test_a_stop_comes_before_everything():
    stops = [Stop("Sharp pain", datetime(2027, 1, 14, 1, 10, tzinfo=UTC), "Left calf")]
    found = reasons(replace(FINE, stops=stops, paused=[Paused("Heat pack", "Numb sole.")], effort=done()))
    assert [reason.rank for reason in found] == [Rank.STOPPED, Rank.CLASH, Rank.QUIET]
    assert found[0].title == "Stopped: Sharp pain"
    assert "“Left calf”" in found[0].evidence
    assert (found[0].signal, found[0].action) == ("stop", "call")


def test_a_paused_item_says_which_and_why():
    reason = only(replace(FINE, paused=[Paused("Heat pack", "The left sole is numb.")]))
    assert (reason.title, reason.evidence) == ("Paused for safety: Heat pack", "The left sole is numb.")


def test_several_paused_items_are_counted():
    items = [Paused("Heat pack", "Numb."), Paused("Cold pack", "Numb.")]
    assert only(replace(FINE, paused=items)).title == "2 items paused for safety"


def test_a_new_caution_comes_after_what_is_paused_and_before_pain():
    alert = Alert(ago(1), [Paused("TENS", "Stop if the skin turns red.")])
    reason = only(replace(FINE, alert=alert))
    assert (reason.rank, reason.since, reason.signal, reason.action) == (
        Rank.CAUTION,
        ago(1),
        "warn",
        "plan",
    )
    assert (reason.title, reason.evidence) == ("New caution: TENS", "Stop if the skin turns red.")
    assert ranks(replace(FINE, alert=alert, paused=[Paused("Heat pack", "Numb.")])) == [
        Rank.CLASH,
        Rank.CAUTION,
    ]


@pytest.mark.parametrize(
    ("visit", "asks"),
    [(datetime(2027, 1, 14, 9, tzinfo=UTC), True), (datetime(2027, 1, 16, 9, tzinfo=UTC), False)],
    ids=["today", "later"],
)
def test_questions_are_asked_again_when_somebody_is_there_to_be_asked(visit, asks):
    facts = replace(FINE, alert=Alert(ago(1), questions=3), next_visit=visit)
    assert ranks(facts) == ([Rank.ASK] if asks else [])
    assert group_of(facts, reasons(facts)) == Group.ON_TRACK


def test_somebody_not_expected_is_asked_at_once():
    facts = replace(FINE, alert=Alert(ago(1), questions=1), next_visit=None, visits_left=0)
    assert only(facts).title == "1 safety question is open"


@pytest.mark.parametrize(
    ("now", "rises"), [(4, False), (5, True), (8, True)], ids=["by one", "by two", "by five"]
)
def test_pain_that_rose_by_two_points_is_a_reason(now, rises):
    pains = {ago(10): 3, ago(8): 3, ago(2): now, ago(1): now}
    assert ranks(replace(FINE, pains=pains)) == ([Rank.WORSE] if rises else [])


def test_pain_says_from_what_to_what():
    reason = only(replace(FINE, pains={ago(10): 3, ago(8): 3, ago(2): 5, ago(1): 5}))
    assert reason.title == "Pain up 2 points"
    assert reason.evidence == "3 to 5 out of 10 after exercise, in 4 days."


def test_one_bad_day_is_no_trend():
    assert reasons(replace(FINE, pains={ago(10): 2, ago(8): 2, ago(1): 9})) == []


@pytest.mark.parametrize(
    ("last", "title"),
    [(3, None), (4, "No home exercise for 3 days"), (7, "No home exercise for 6 days")],
    ids=["two days", "three days", "six days"],
)
def test_days_without_exercise_are_counted(last, title):
    found = reasons(replace(FINE, effort=done(last, last + 1)))
    assert [reason.title for reason in found] == ([title] if title else [])


def test_somebody_who_never_began_is_quiet_since_the_plan_began():
    plan = replace(PLAN, starts=ago(5))
    reason = only(replace(FINE, plan=plan, effort=done(since=5)))
    assert reason.title == "No home exercise for 5 days"


def test_nobody_is_asked_for_exercise_on_hold():
    plan = replace(PLAN, on_hold=True, since=ago(2), why="In hospital")
    assert reasons(replace(FINE, plan=plan, effort=done())) == []


def test_no_visit_booked_names_the_one_that_was_missed():
    reason = only(replace(FINE, next_visit=None, missed=ago(3)))
    assert reason.title == "No visit booked"
    assert reason.evidence == "Missed on Mon 11 Jan. 4 visits of the plan are left."
    assert reason.action == "book"


def test_nobody_books_when_every_visit_was_kept():
    assert reasons(replace(FINE, next_visit=None, visits_left=0)) == []


def test_an_assessment_that_is_due_says_since_when_and_why():
    due = [Due(ago(9), "Half of the 12 planned visits are used."), Due(ago(2), "4 weeks since the last one.")]
    reason = only(replace(FINE, due=due))
    assert (reason.rank, reason.since, reason.action) == (Rank.DUE, ago(9), "assess")
    assert reason.evidence == "Half of the 12 planned visits are used. 4 weeks since the last one."
    assert reasons(replace(FINE, due=due, plan=replace(PLAN, on_hold=True, since=ago(2)))) == []


def test_a_phase_that_should_have_ended_is_due_for_review():
    assert only(replace(FINE, plan=replace(PLAN, phase_ends=ago(5)))).title == "Review is 5 days late"
    assert reasons(replace(FINE, plan=replace(PLAN, phase_ends=ago(2)))) == []


def test_a_plan_long_on_hold_says_since_when_and_why():
    reason = only(replace(FINE, plan=replace(PLAN, on_hold=True, since=ago(9), why="In hospital")))
    assert (reason.title, reason.evidence) == ("On hold for 9 days", "In hospital")


def test_a_draft_waits_for_a_signature():
    reason = only(replace(FINE, draft=Draft(2, ago(3), "Shreya Bose")))
    assert reason.title == "Plan version 2 waits for a signature"
    assert reason.evidence == "Begun by Shreya Bose, last saved on Mon 11 Jan."


def test_somebody_seen_but_without_a_plan_needs_one():
    assert only(replace(FINE, plan=None)).rank == Rank.UNPLANNED


# --- groups and order -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "group"),
    [
        (replace(FINE, next_visit=None), Group.NEEDS_YOU),
        (replace(FINE, plan=None, last_visit=None), Group.NEW),
        (replace(FINE, plan=replace(PLAN, ends=ago(-14))), Group.ENDING_SOON),
        (replace(FINE, plan=replace(PLAN, ends=ago(-15))), Group.ON_TRACK),
    ],
    ids=["a reason", "no plan yet", "ends in 14 days", "ends in 15 days"],
)
def test_everybody_is_in_one_group(facts, group):
    assert group_of(facts, reasons(facts)) == group


def test_the_gravest_comes_first_and_of_two_alike_the_older():
    rows = [
        (facts, reasons(facts))
        for facts in (
            replace(FINE, draft=Draft(2, ago(9), "")),
            replace(FINE, effort=done(4)),
            replace(FINE, effort=done(8)),
        )
    ]
    assert [found[0].title for _facts, found in most_urgent(rows)] == [
        "No home exercise for 7 days",
        "No home exercise for 3 days",
        "Plan version 2 waits for a signature",
    ]
