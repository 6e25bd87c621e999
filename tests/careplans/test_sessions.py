"""The sessions of a local day, which one a log belongs to, and wall clocks that jump."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.sessions import day_span, instant, local_day, nearest, session_of, sessions_on

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
KOLKATA, NEW_YORK, LORD_HOWE = (
    ZoneInfo(name) for name in ("Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
)


@dataclass
class Exercise:
    lineage_id: str
    times: list[str] | list[time]
    days_of_week: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    status: str = "active"


@dataclass
class Log:
    lineage_id: str
    session: str | time
    day: date = MONDAY


CALF, BRIDGE = Exercise("calf", ["19:00", "08:00"]), Exercise("bridge", ["08:00"], (1, 3, 5))


def plain(sessions):
    """Return sessions as {time: {exercise: done}}."""
    return {each.time: {due.prescription.lineage_id: due.done for due in each.exercises} for each in sessions}


def test_sessions_come_by_time_with_the_exercises_due():
    assert plain(sessions_on(MONDAY, [CALF, BRIDGE])) == {
        "08:00": {"calf": False, "bridge": False},
        "19:00": {"calf": False},
    }
    assert [session.time for session in sessions_on(MONDAY, [CALF, BRIDGE])] == ["08:00", "19:00"]


def test_exercise_is_due_on_its_days_only():
    assert plain(sessions_on(TUESDAY, [CALF, BRIDGE])) == {"08:00": {"calf": False}, "19:00": {"calf": False}}
    assert sessions_on(TUESDAY, [BRIDGE]) == []


def test_paused_exercise_is_not_due():
    assert sessions_on(MONDAY, [Exercise("calf", ["08:00"], status="paused")]) == []


def test_times_may_be_times():
    walk = Exercise("walk", [time(8), time(17, 30)])
    assert plain(sessions_on(MONDAY, [walk, BRIDGE], [Log("walk", time(17, 30))])) == {
        "08:00": {"walk": False, "bridge": False},
        "17:30": {"walk": True},
    }


def test_log_marks_its_exercise_in_its_session():
    done = sessions_on(MONDAY, [CALF, BRIDGE], [Log("calf", "08:00")])
    assert plain(done) == {"08:00": {"calf": True, "bridge": False}, "19:00": {"calf": False}}
    assert [session.done for session in done] == [False, False]


def test_session_is_done_when_every_exercise_is():
    logs = [Log("calf", "08:00"), Log("bridge", "08:00"), Log("bridge", "08:00")]
    assert [session.done for session in sessions_on(MONDAY, [CALF, BRIDGE], logs)] == [True, False]


def test_log_of_another_day_or_exercise_marks_nothing():
    logs = [Log("calf", "08:00", TUESDAY), Log("squat", "08:00")]
    assert plain(sessions_on(MONDAY, [CALF], logs)) == {"08:00": {"calf": False}, "19:00": {"calf": False}}


def test_log_of_a_time_that_was_amended_counts_for_the_nearest():
    assert plain(sessions_on(MONDAY, [CALF], [Log("calf", "18:00")])) == {
        "08:00": {"calf": False},
        "19:00": {"calf": True},
    }


# ------------------------------------------------------------------ which session


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("00:10", time(8)),
        ("07:00", time(8)),
        ("13:29", time(8)),
        ("13:30", time(8)),
        ("13:31", time(19)),
        ("23:50", time(19)),
    ],
)
def test_nearest_session_and_of_two_the_earlier(at, expected):
    assert nearest(["19:00", "08:00"], at) == expected


def test_nearest_of_none():
    assert nearest([], "08:00") is None


def test_log_belongs_to_the_session_named_on_the_patients_own_day():
    late = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # half past midnight on Tuesday in Kolkata
    assert session_of(late, ["08:00"], KOLKATA, named="19:00") == (TUESDAY, time(19))
    assert session_of(late, ["08:00", "19:00"], KOLKATA) == (TUESDAY, time(8))
    assert session_of(late, ["08:00", "19:00"], NEW_YORK) == (MONDAY, time(19))


def test_extra_log_belongs_to_its_minute():
    assert session_of(datetime(2026, 11, 23, 6, 1, 30, tzinfo=UTC), [], KOLKATA) == (MONDAY, time(11, 31))


# ------------------------------------------------------------------ wall clocks


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (MONDAY, "08:00", KOLKATA, "2026-11-23T02:30"),
        (MONDAY, time(8), NEW_YORK, "2026-11-23T13:00"),
        (date(2026, 3, 7), "02:30", NEW_YORK, "2026-03-07T07:30"),
        (date(2026, 3, 8), "02:30", NEW_YORK, "2026-03-08T07:30"),  # skipped: 03:30 on the new clock
        (date(2026, 3, 8), "03:30", NEW_YORK, "2026-03-08T07:30"),
        (date(2026, 11, 1), "01:30", NEW_YORK, "2026-11-01T05:30"),  # shown twice: the first
        (date(2026, 11, 1), "02:00", NEW_YORK, "2026-11-01T07:00"),
        (date(2026, 10, 4), "02:15", LORD_HOWE, "2026-10-03T15:45"),  # half an hour skipped: 02:45
    ],
)
def test_instant_of_a_wall_clock_time(day, at, zone, expected):
    assert instant(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert instant(day, at, zone).tzinfo is UTC


def test_second_showing_of_a_time_is_not_meant_even_when_marked():
    assert instant(date(2026, 11, 1), time(1, 30, fold=1), NEW_YORK) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


zones = st.sampled_from(
    [
        "Asia/Kolkata",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Africa/Cairo",
    ]
).map(ZoneInfo)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.times(), zones)
def test_instant_shows_the_time_asked_for_or_a_later_one(day, at, zone):
    shown = instant(day, at, zone).astimezone(zone)
    wanted = datetime.combine(day, at)
    assert timedelta() <= shown.replace(tzinfo=None) - wanted <= timedelta(hours=1)
    assert shown.fold == 0
    assert local_day(instant(day, at, zone), zone) == day


@given(days, zones)
def test_days_follow_each_other_without_gap_or_overlap(day, zone):
    start, end = day_span(day, zone)
    assert end == day_span(day + timedelta(days=1), zone)[0]
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
    assert local_day(start, zone) == day
    assert local_day(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)
