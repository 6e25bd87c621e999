"""When somebody is to be assessed again: by date, by visits used, by a change that is no chance."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from careplans.reassessing import Changed, Course, Interval, due, next_due
from careplans.services.reassessing import changes_of, interval_of
from catalogue.knowledge import knowledge

TODAY = date(2026, 11, 25)


def ago(days):
    return TODAY - timedelta(days=days)


FRESH = Course(
    starts=ago(20), assessed=[ago(21)], visits=[ago(18), ago(16)], planned=12, interval=Interval(4, 6)
)


def why(course):
    return [(each.since, each.why) for each in due(course, TODAY)]


def test_nothing_is_due_while_all_is_fresh():
    assert due(FRESH, TODAY) == []


@pytest.mark.parametrize(
    ("assessed", "on"),
    [
        ([], ago(20) + timedelta(weeks=4)),
        ([ago(21)], ago(21) + timedelta(weeks=4)),
        ([ago(40), ago(21)], ago(21) + timedelta(weeks=6)),
        ([ago(900), ago(800), ago(21)], ago(21) + timedelta(weeks=4)),  # those were of another plan
        ([ago(900)], ago(20) + timedelta(weeks=4)),
    ],
)
def test_the_next_is_due_after_the_weeks_of_the_disorder(assessed, on):
    assert next_due(replace(FRESH, assessed=assessed)) == on


def test_it_is_due_on_its_day_and_not_before():
    assert due(replace(FRESH, assessed=[ago(27)]), TODAY) == []
    assert why(replace(FRESH, assessed=[ago(28)])) == [(TODAY, "4 weeks since the last one, of 28 Oct 2026.")]
    assert why(replace(FRESH, starts=ago(30), assessed=[])) == [
        (ago(2), "Not assessed since the plan began.")
    ]


def test_half_and_all_of_the_planned_visits_ask_for_one():
    kept = [ago(19 - n) for n in range(12)]
    assert due(replace(FRESH, visits=kept[:5], assessed=[ago(27)]), TODAY) == []
    half = replace(FRESH, visits=kept[:6], assessed=[ago(27)])
    assert why(half) == [(ago(14), "Half of the 12 planned visits are used.")]
    whole = replace(FRESH, visits=kept, assessed=[ago(27)])
    assert why(whole) == [(ago(8), "All 12 planned visits are used.")]


@pytest.mark.parametrize(("before", "asks"), [(0, False), (7, False), (8, True), (-3, False)])
def test_an_assessment_within_a_week_before_the_visit_counts_for_it(before, asks):
    visits = [ago(20 - n) for n in range(6)]
    assert bool(due(replace(FRESH, visits=visits, assessed=[ago(15 + before)]), TODAY)) is asks


def test_an_odd_number_of_visits_is_half_used_at_the_greater_half_and_none_planned_asks_nothing():
    two, three = [ago(19), ago(18)], [ago(19), ago(18), ago(5)]
    assert due(replace(FRESH, planned=5, visits=two, assessed=[ago(27)]), TODAY) == []
    assert due(replace(FRESH, planned=5, visits=three, assessed=[ago(27)]), TODAY)[0].since == ago(5)
    assert due(replace(FRESH, planned=0, visits=three, assessed=[ago(20)]), TODAY) == []


def test_a_change_since_the_last_asks_for_one():
    change = Changed(ago(3), "Numeric pain rating", "4", "8")
    assert why(replace(FRESH, changes=[change])) == [(ago(3), "Numeric pain rating went from 4 to 8.")]
    assert due(replace(FRESH, changes=[replace(change, day=ago(30))]), TODAY) == []


# --- from what is on record -----------------------------------------------------------------------------------------------
NPRS = {"measure": "nprs", "site": "", "side": "", "motion": "", "conditions": {}, "at": ago(3).isoformat()}
WAY = {"timing": "average-24h"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "now", "other", "counts"),
    [
        (4, 8, {}, True),
        (8, 4, {}, True),
        (4, 5, {}, False),  # within the error
        (4, 8, {"inputs": {"timing": "worst-24h"}}, False),  # asked otherwise
        (4, 8, {"conditions": {"position": "sitting"}}, True),  # the first was in none that is known
        (4, 8, {"measure": "modified-tardieu", "inputs": {}}, False),  # no threshold is published
    ],
)
def test_only_a_change_beyond_the_error_in_the_same_way_counts(before, now, other, counts):
    first = {"inputs": WAY, "conditions": {}, "value": before, "number": before}
    row = {**NPRS, "inputs": WAY, "value": now, "number": now, "before": [first], **other}
    found = changes_of([row], ["sciatica-left"], knowledge())
    assert bool(found) is counts
    back = {**row, "value": before, "number": before}
    assert changes_of([row, back], ["sciatica-left"], knowledge()) == []  # the latest value counts
    assert changes_of([{**row, "before": None}], ["sciatica-left"], knowledge()) == []


@pytest.mark.django_db
def test_the_shortest_interval_of_ones_disorders_counts():
    known = knowledge()
    assert interval_of(["sciatica-left"], known) == Interval(2, 4)
    assert interval_of(["diabetic-polyneuropathy", "sciatica-left"], known) == Interval(2, 4)
    assert interval_of([], known) == Interval(4, 6)
    for entry in known.conditions.current:
        told = interval_of([entry["id"]], known)
        assert 0 < told.first <= told.then
