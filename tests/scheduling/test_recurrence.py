"""Patterns of visits: the wall clock keeps its time when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.recurrence import Pattern, days, starts

KOLKATA, BERLIN, SYDNEY = (
    ZoneInfo(name) for name in ("Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe")
)
TUESDAY = date(2026, 11, 24)


def test_monday_wednesday_friday_from_a_tuesday_begins_on_wednesday():
    found = days(Pattern(TUESDAY, frozenset({1, 3, 5}), time(10), 4))
    assert found == [date(2026, 11, day) for day in (25, 27, 30)] + [date(2026, 12, 2)]


def test_the_first_day_counts_when_its_weekday_is_asked_for():
    assert days(Pattern(TUESDAY, frozenset({2}), time(10), 2)) == [TUESDAY, date(2026, 12, 1)]


def test_starts_are_instants_of_the_clinics_clock():
    assert starts(Pattern(TUESDAY, frozenset({2}), time(10), 1), KOLKATA) == [
        datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (
            date(2027, 3, 28),
            time(2, 30),
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        ),  # skipped: 03:30 in summer
        (date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
    ids=["skipped", "twice"],
)
def test_a_time_that_is_not_or_is_twice(day, clock, expected):
    assert starts(Pattern(day, frozenset({7}), clock, 1), BERLIN) == [expected]


@given(
    st.dates(date(2025, 1, 1), date(2035, 1, 1)),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.integers(1, 40),
    st.sampled_from([KOLKATA, BERLIN, SYDNEY]),
)
def test_every_visit_keeps_weekday_and_clock(first, weekdays, clock, count, zone):
    pattern = Pattern(first, weekdays, clock, count)
    found = starts(pattern, zone)
    assert len(found) == count
    assert found == sorted(set(found))
    for day, start in zip(days(pattern), found, strict=True):
        local = start.astimezone(zone)
        assert day.isoweekday() in weekdays
        assert first <= day
        skipped = datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone).time() != clock
        assert local.date() == day
        assert local.time() == clock or (skipped and local.time() > clock)
    gaps = [after - before for before, after in zip(days(pattern), days(pattern)[1:], strict=False)]
    assert all(timedelta(1) <= gap <= timedelta(7) for gap in gaps)
