"""When something is said: wall clocks, quiet hours and waits, from plain values."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders import timing

ZONES = ["Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(
    after=moments,
    zone=st.sampled_from(ZONES),
    days=st.lists(st.integers(1, 7), min_size=1, unique=True),
    times=st.lists(clocks, min_size=1, max_size=4, unique=True),
)
def test_the_next_session_is_later_on_one_of_its_days_and_none_lies_between(after, zone, days, times):
    found = timing.next_session([(days, times)], after=after, zone=zone)
    assert after < found <= after + timedelta(days=8, hours=2)
    local = found.astimezone(ZoneInfo(zone))
    showing = {local.time().replace(second=0), (found - timedelta(hours=1)).astimezone(ZoneInfo(zone)).time()}
    half = (
        (found - timedelta(minutes=30)).astimezone(ZoneInfo(zone)).time()
    )  # Lord Howe's clocks skip half an hour
    assert set(times) & {*showing, half}
    again = timing.next_session([(days, times)], after=found - timedelta(microseconds=1), zone=zone)
    assert again == found


@given(now=moments, zone=st.sampled_from(ZONES), begin=clocks, until=clocks)
def test_after_quiet_hours_it_is_not_quiet_and_nothing_waits_longer_than_a_day(now, zone, begin, until):
    said = timing.after_quiet_hours(now, begin, until, zone)
    assert now <= said <= now + timedelta(hours=26)
    if said != now:
        assert said.astimezone(ZoneInfo(zone)).minute in {until.minute, (until.minute + 30) % 60}


@pytest.mark.parametrize(
    ("at", "said"),
    [("20:59", "20:59"), ("21:00", "07:00"), ("23:30", "07:00"), ("00:10", "07:00"), ("06:59", "07:00"), ("07:00", "07:00")],
)  # fmt: skip
def test_quiet_hours_run_past_midnight(at, said):
    place = ZoneInfo("Asia/Kolkata")
    moment = datetime.combine(date(2027, 1, 4), time.fromisoformat(at), place)
    found = timing.after_quiet_hours(moment, time(21), time(7), "Asia/Kolkata").astimezone(place)
    assert f"{found:%H:%M}" == said
    assert found >= moment


@pytest.mark.parametrize(
    ("ahead", "leads"),
    [(timedelta(hours=25), ["24h", "2h"]), (timedelta(hours=24), ["2h"]), (timedelta(hours=2), []), (timedelta(0), [])],
)  # fmt: skip
def test_only_reminders_that_still_lie_ahead(ahead, leads):
    now = datetime(2027, 1, 4, tzinfo=UTC)
    assert [lead for lead, _due in timing.appointment_reminders(now + ahead, now)] == leads


def test_a_plan_without_days_or_times_has_no_session():
    now = datetime(2027, 1, 4, tzinfo=UTC)
    assert timing.next_session([], after=now, zone="Asia/Kolkata") is None
    assert timing.next_session([([], [time(8)]), ([1], [])], after=now, zone="Asia/Kolkata") is None


def test_a_plan_that_has_not_begun_starts_on_its_day():
    now = datetime(2027, 1, 4, tzinfo=UTC)
    found = timing.next_session([([1], [time(8)])], after=now, zone="UTC", start=date(2027, 1, 12))
    assert found == datetime(2027, 1, 18, 8, tzinfo=UTC)


def test_waits_double_with_some_chance_and_end():
    assert [timing.back_off(n, lambda: 0.0) for n in (1, 2, 3)] == [
        timedelta(seconds=s) for s in (30, 60, 120)
    ]
    assert timing.back_off(1, lambda: 1.0) == timedelta(seconds=45)
    assert timing.back_off(timing.MAX_ATTEMPTS, lambda: 0.0) is None
