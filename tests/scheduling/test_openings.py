"""What is open, what is free, what lies nearest; every promise of it for any calendar."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.openings import (
    Diary,
    Hold,
    Place,
    Span,
    around,
    covers,
    free_starts,
    merged,
    nearest,
    opened,
    quarters,
    span_of,
    week,
    without,
)

KOLKATA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
DAY = datetime(2027, 3, 1, tzinfo=UTC)
THERAPIST, ROOM, GYM, OTHER = (UUID(int=n) for n in range(1, 5))
NINE_TO_SIX = [{"weekday": day, "start": "09:00", "end": "18:00"} for day in range(1, 6)]


def at(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


def span(begin, end):
    return Span(at(begin), at(end))


ALWAYS = [Span(DAY - timedelta(days=30), DAY + timedelta(days=60))]


# --- hours ----------------------------------------------------------------------------------------------------------------
def test_hours_are_wall_clock_of_the_zone():
    friday, monday = datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 3, 29, 12, tzinfo=UTC)
    opening = week(NINE_TO_SIX, BERLIN, Span(friday, monday))
    starts = [each.start.astimezone(UTC).hour for each in opening if each.start >= friday.replace(hour=0)]
    assert starts == [8, 7, 7]  # Friday in winter time, Monday in summer time, Tuesday beside it


def test_a_span_is_open_only_as_a_whole():
    opening = [span(9, 12), span(13, 18)]
    assert covers(opening, span(9, 12))
    assert covers(opening, span(14, 15))
    for outside in (span(8, 9), span(8, 10), span(11, 14), span(12, 13), span(17, 19), span(18, 19)):
        assert not covers(opening, outside)
    assert not covers([], span(9, 10))


def test_mornings_and_afternoons_that_touch_are_one():
    assert merged([span(13, 18), span(9, 13), span(9, 10)]) == [span(9, 18)]


def test_a_closure_cuts_and_an_extra_opening_wins():
    assert opened([span(9, 18)], [span(12, 14)], [span(13, 14), span(19, 20)]) == [
        span(9, 12),
        span(13, 18),
        span(19, 20),
    ]


spans = st.builds(
    lambda begin, length: Span(at(0, begin), at(0, begin + length)), st.integers(0, 1440), st.integers(0, 480)
)
minutes = st.integers(0, 2000).map(lambda minute: at(0, minute))


@given(st.lists(spans), st.lists(spans), minutes)
def test_cutting_out_leaves_exactly_the_rest(some, holes, moment):
    def holds(parts):
        return any(part.start <= moment < part.end for part in parts)

    assert holds(without(some, holes)) == (holds(some) and not holds(holes))
    assert holds(merged(some)) == holds(some)


# --- what is free ---------------------------------------------------------------------------------------------------------
def diary(*holds, visits=(), opening=ALWAYS, gym=3):
    places = [
        Place(THERAPIST, "therapist", 1, opening),
        Place(ROOM, "room", 1, opening),
        Place(OTHER, "room", 1, opening),
        Place(GYM, "room", gym, opening),
    ]
    return Diary(places, holds, visits)


def test_the_next_visit_may_begin_the_minute_one_ends():
    busy = diary((ROOM, Hold(at(10), at(11), 1)))
    assert busy.lane(ROOM, span(9, 10)) == 1
    assert busy.lane(ROOM, span(11, 12)) == 1
    assert busy.lane(ROOM, span(10, 12)) is None


def test_a_gym_takes_as_many_as_it_has_lanes():
    busy = diary()
    assert [busy.take(span(10, 11), [GYM])[GYM] for _ in range(3)] == [1, 2, 3]
    assert busy.lane(GYM, span(10, 11)) is None
    with pytest.raises(LookupError):
        busy.take(span(10, 11), [GYM])


def test_visits_beyond_a_lowered_capacity_still_count():
    busy = diary((GYM, Hold(at(10), at(11), 3)), gym=2)
    assert busy.take(span(10, 11), [GYM]) == {GYM: 1}
    assert busy.lane(GYM, span(10, 11)) is None


def test_what_stands_in_the_way_is_named():
    busy = diary((ROOM, Hold(at(10), at(11), 1)), visits=[span(9, 11)], opening=[span(11, 18)])
    found = busy.clashes(span(10, 12), [THERAPIST, ROOM], hours=True)
    assert [(clash.kind, clash.resource) for clash in found] == [
        ("patient", None),
        ("hours", THERAPIST),
        ("room", ROOM),
        ("hours", ROOM),
    ]


def test_two_rooms_of_two_are_found_whatever_is_preferred():
    assert diary().pick(span(10, 11), [[ROOM, OTHER], [ROOM]]) == [OTHER, ROOM]
    assert diary().pick(span(10, 11), [[ROOM], [ROOM]]) is None
    assert diary().pick(span(10, 11), [[]]) is None


def test_many_alike_places_too_few_is_found_out_at_once():
    many = [UUID(int=100 + n) for n in range(9)]
    full = Diary([Place(pk, "room", 1, ALWAYS) for pk in many])
    assert full.pick(span(10, 11), [many] * 9) is not None
    assert full.pick(span(10, 11), [many] * 10) is None


# --- what is offered ------------------------------------------------------------------------------------------------------
def test_quarters_are_those_of_the_clock():
    assert list(quarters(Span(at(9, 7), at(9, 46)))) == [at(9, 15), at(9, 30), at(9, 45)]


def test_the_nearest_start_comes_first_and_the_wish_before_all():
    found = list(around(at(10, 10), Span(at(9), at(11))))
    assert found[:5] == [at(10, 10), at(10, 15), at(10), at(10, 30), at(9, 45)]
    assert sorted(found[1:]) == list(quarters(Span(at(9), at(11))))
    assert list(around(at(8), Span(at(9), at(9, 30)))) == [at(9), at(9, 15)]
    assert list(around(at(12), Span(at(9), at(9, 30)))) == [at(9, 15), at(9)]


@given(minutes, minutes, minutes)
def test_all_quarters_are_looked_at_nearest_first(wish, begin, end):
    found = list(around(wish, Span(begin, end)))
    assert set(quarters(Span(begin, end))) <= set(found) <= {wish, *quarters(Span(begin, end))}
    assert len(found) == len(set(found))
    distances = [abs(start - wish) for start in found]
    assert distances == sorted(distances)


lengths = st.integers(1, 8).map(lambda n: n * 15)
calendars = st.lists(
    st.tuples(st.sampled_from([THERAPIST, ROOM, OTHER, GYM]), st.integers(0, 95), lengths), max_size=40
)
openings = st.lists(spans, min_size=1, max_size=4).map(merged)


def filled(calendar, opening):
    """A diary in which whatever found a lane was booked, and the holds by place."""
    full, held = diary(opening=opening), []
    for place_id, quarter, length in calendar:
        when = span_of(at(0, quarter * 15), length)
        if (lane := full.lane(place_id, when)) is not None:
            full.take(when, [place_id])
            held.append((place_id, Hold(*when, lane)))
    return held


@given(calendars)
def test_no_two_picked_lanes_overlap(calendar):
    held = filled(calendar, ALWAYS)
    for number, (place_id, hold) in enumerate(held):
        assert 1 <= hold.lane <= 3
        for other_id, other in held[:number]:
            if (place_id, hold.lane) == (other_id, other.lane):
                assert hold.end <= other.start or other.end <= hold.start


@given(calendars, openings, st.lists(spans.filter(lambda each: each.start < each.end), max_size=3), lengths)
def test_every_offered_start_is_free_and_open_and_every_other_is_not(calendar, opening, visits, length):
    held = filled(calendar, ALWAYS)
    busy = diary(*held, visits=visits, opening=opening)
    wish = [[THERAPIST], [ROOM, OTHER]]
    offered = {choice.start: choice.resources for choice in free_starts(busy, wish, length, span(0, 26))}

    def is_free(place_id, when):
        taken = [hold for pk, hold in held if pk == place_id]
        return covers(opening, when) and not any(when.overlaps(Span(*hold[:2])) for hold in taken)

    for start in quarters(span(0, 26)):
        when = span_of(start, length)
        patient_free = not any(when.overlaps(visit) for visit in visits)
        rooms = [pk for pk in (ROOM, OTHER) if is_free(pk, when)]
        if patient_free and rooms and is_free(THERAPIST, when):
            assert offered[start] == [THERAPIST, rooms[0]]
        else:
            assert start not in offered


@given(calendars, openings, lengths, st.integers(0, 95))
def test_the_nearest_free_are_the_nearest_of_all_free(calendar, opening, length, quarter):
    busy = diary(*filled(calendar, ALWAYS), opening=opening)
    wish, start = [[THERAPIST], [GYM]], at(0, quarter * 15)
    every = free_starts(busy, wish, length, span(0, 26))
    found = nearest(busy, wish, span_of(start, length), span(0, 26))
    assert len(found) == min(3, len(every))
    by_distance = sorted(abs(choice.start - start) for choice in every)
    assert [abs(choice.start - start) for choice in found] == by_distance[:3]


def test_days_that_are_not_wanted_are_passed_over():
    wish = [[THERAPIST]]
    found = nearest(
        diary(),
        wish,
        span(10, 11),
        Span(DAY, DAY + timedelta(days=3)),
        allowed=lambda start: start.date() != DAY.date(),
    )
    assert [choice.start for choice in found] == [at(24), at(24, 15), at(24, 30)]
