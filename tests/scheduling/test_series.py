"""Series: planned so that all of it can be had, booked whole or not at all."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from clinic.models import Clinic
from scheduling import services
from scheduling.models import Appointment, Booking, Resource, Series
from scheduling.openings import Diary, Hold, Place, Span, covers, span_of
from scheduling.services import Conflict
from scheduling.services.series import Wanted, place_all
from tests import factories
from tests.scheduling.visits import ZONE, at, booked

MONDAY = date(2027, 3, 1)


@pytest.fixture
def pattern(patient, kind, therapist, room):
    """Three a week at 10:00 with the therapist in any room, six visits."""
    return {
        "patient": patient.pk,
        "type": kind.pk,
        "first_date": MONDAY,
        "weekdays": [1, 3, 5],
        "time": time(10),
        "count": 6,
        "resources": [therapist.pk],
        "any_of": [{"kind": "room"}],
    }


def agreed(planned):
    """What a desk sends when it takes the first alternative wherever something is in the way."""
    choices = [each.alternatives[0] if each.conflicts else each for each in planned]
    starts = [each.alternatives[0].start if each.conflicts else each.span.start for each in planned]
    return [
        {"start": start, "resources": choice.resources} for start, choice in zip(starts, choices, strict=True)
    ]


def kinds(planned):
    return [sorted({clash.kind for clash in each.conflicts}) for each in planned]


# --- planning -------------------------------------------------------------------------------------------------------------
def test_a_free_pattern_has_nothing_in_its_way(pattern, desk, therapist, room):
    planned = services.plan_series(pattern, by=desk)
    assert [each.span.start for each in planned] == [at("10:00", day) for day in (0, 2, 4, 7, 9, 11)]
    assert all(each.resources == [therapist.pk, room.pk] for each in planned)
    assert kinds(planned) == [[]] * 6
    assert not Booking.objects.exists()


def test_every_clash_names_its_kind_and_offers_the_nearest(pattern, desk, clinic, patient, therapist, room):
    other = factories.make_patient(clinic)
    booked(desk, other, therapist, start=at("10:15", 0))
    booked(desk, other, room, start=at("09:30", 2))
    booked(desk, patient, factories.make_resource(clinic, "device"), start=at("10:00", 4))
    services.close(at("00:00", 7), at("00:00", 8), by=desk, reason="Holiday")
    planned = services.plan_series(pattern, by=desk)
    assert kinds(planned) == [["therapist"], ["room"], ["patient"], ["hours"], [], []]
    assert [each.alternatives[0].start for each in planned[:3]] == [
        at("09:30", 0),
        at("10:15", 2),
        at("09:15", 4),
    ]
    on_the_way = planned[3].alternatives[0].start.astimezone(ZONE).date()
    assert on_the_way == MONDAY + timedelta(days=8)  # not on the Friday or Wednesday of another visit


def test_any_room_is_taken_that_is_free_and_open(pattern, desk, clinic, room):
    later = [{"weekday": 1, "start": "12:00", "end": "18:00"}]
    factories.make_resource(clinic, name="A", hours=later)
    second = factories.make_resource(clinic, name="z")
    booked(desk, factories.make_patient(clinic), room)
    first, *rest = services.plan_series(pattern, by=desk)
    assert (first.resources[1], first.conflicts) == (second.pk, [])
    assert {each.resources[1] for each in rest} == {room.pk}


def test_any_device_of_one_use(pattern, desk, clinic, device):
    factories.make_resource(clinic, "device", name="A", equipment="ultrasound")
    pattern["any_of"] = [{"kind": "device", "equipment": device.equipment}]
    assert {each.resources[1] for each in services.plan_series(pattern, by=desk)} == {device.pk}
    pattern["any_of"] = [{"kind": "device", "equipment": "laser"}]
    assert services.plan_series(pattern, by=desk)[0].alternatives == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_date": date(2026, 1, 1)}, "first_date"),
        ({"first_date": date(9999, 12, 31)}, "first_date"),
        ({"resources": [], "any_of": []}, "resources"),
        ({"resources": [UUID(int=1)]}, "resources"),
        ({"patient": UUID(int=1)}, "patient"),
        ({"type": UUID(int=1)}, "type"),
        ({"plan": UUID(int=1)}, "plan"),
    ],
    ids=str,
)
@time_machine.travel(at("08:00", -3), tick=False)
def test_an_impossible_pattern_is_refused_at_its_field(pattern, desk, change, field):
    with pytest.raises(ValidationError) as refused:
        services.plan_series(pattern | change, by=desk)
    assert list(refused.value.detail) == [field]


# --- booking --------------------------------------------------------------------------------------------------------------
def test_what_was_planned_can_be_booked(pattern, desk, clinic, patient, therapist):
    for day, clock in enumerate(("09:30", "10:00", "10:30")):
        booked(desk, factories.make_patient(clinic), therapist, start=at(clock, day * 2))
    planned = services.plan_series(pattern, by=desk)
    assert sum(bool(each.conflicts) for each in planned) == 3
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": agreed(planned)}
    series = services.book_series(wish, by=desk)
    visits = series.appointments.all()
    assert [visit.start for visit in visits] == [each["start"] for each in wish["occurrences"]]
    assert {visit.series_id for visit in Appointment.objects.filter(patient=patient)} == {series.pk}
    with pytest.raises(Conflict) as refused:
        services.book_series(wish, by=desk)
    assert len(refused.value.extra["occurrences"]) == 6
    assert Series.objects.count() == 1


def test_one_clash_and_nothing_is_booked(pattern, desk, clinic, patient, therapist):
    planned = services.plan_series(pattern, by=desk)
    booked(desk, factories.make_patient(clinic), therapist, start=at("10:00", 9))
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": agreed(planned)}
    with pytest.raises(Conflict) as refused:
        services.book_series(wish, by=desk)
    assert not Appointment.objects.filter(patient=patient).exists()
    told = refused.value.extra["occurrences"]
    assert [bool(each["conflicts"]) for each in told] == [False] * 4 + [True, False]
    assert told[4]["alternatives"][0]["start"] == at("09:15", 9)
    wish["occurrences"][4] = told[4]["alternatives"][0]
    assert services.book_series(wish, by=desk)


def test_two_visits_of_one_series_do_not_overlap(pattern, desk, patient, room):
    occurrences = [{"start": at(clock), "resources": [room.pk]} for clock in ("10:00", "10:30")]
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": occurrences}
    with pytest.raises(Conflict) as refused:
        services.book_series(wish, by=desk)
    assert [len(each["conflicts"]) for each in refused.value.extra["occurrences"]] == [0, 2]


def test_an_unplaced_visit_is_kept_beside_the_placed_ones(pattern, desk, patient, room):
    occurrences = [
        {"start": at(), "resources": [room.pk]},
        {"start": at("10:00", 2), "minutes": 30, "unplaced": True},
        {"start": at("20:00", 4), "resources": [room.pk], "override_hours_reason": "Works late"},
    ]
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": occurrences}
    services.book_series(wish, by=desk)
    rows = Appointment.objects.order_by("starts_at").values_list("status", "override_hours_reason")
    assert list(rows) == [("booked", ""), ("unplaced", ""), ("booked", "Works late")]


def test_faults_are_named_at_the_visit_they_are_in(pattern, desk, patient, room):
    occurrences = [
        {"start": at(), "resources": [room.pk]},
        {"start": at("10:00", 1), "resources": []},
        {"start": at("10:00", 2), "resources": [UUID(int=1)]},
        {"start": at("10:00", 3), "resources": [room.pk], "unplaced": True},
    ]
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": occurrences}
    with pytest.raises(ValidationError) as refused:
        services.book_series(wish, by=desk)
    assert [list(each) for each in refused.value.detail["occurrences"]] == [[], *[["resources"]] * 3]
    wish["occurrences"] = [occurrences[0], {"start": at("20:00"), "resources": [room.pk]}]
    with pytest.raises(ValidationError) as refused:
        services.book_series(wish, by=desk)
    assert [list(each) for each in refused.value.detail["occurrences"]] == [[], ["override_hours_reason"]]


@pytest.mark.parametrize(("days", "wrong"), [(2 * 366, False), (2 * 366 + 1, True)])
def test_a_series_lasts_two_years_at_most(pattern, desk, patient, room, days, wrong):
    occurrences = [{"start": at(day=day), "unplaced": True} for day in (0, days)]
    wish = {"patient": patient.pk, "type": pattern["type"], "occurrences": occurrences}
    if not wrong:
        assert services.book_series(wish, by=desk)
        return
    with pytest.raises(ValidationError) as refused:
        services.book_series(wish, by=desk)
    assert [list(each) for each in refused.value.detail["occurrences"]] == [[], ["start"]]


def test_a_series_tells_of_all_its_visits_at_once(pattern, desk, patient):
    from reminders.models import Reminder

    wish = {
        "patient": patient.pk,
        "type": pattern["type"],
        "occurrences": agreed(services.plan_series(pattern, by=desk)),
    }
    services.book_series(wish, by=desk)
    assert Reminder.objects.filter(kind="notice").count() == 1
    assert Reminder.objects.filter(kind="appointment").count() == 12


# --- for any calendar -----------------------------------------------------------------------------------------------------
THERAPIST, ROOM, OTHER = (UUID(int=n) for n in (1, 2, 3))
RESOURCES = [
    Resource(pk=pk, kind=kind, name=str(pk)[-1])
    for pk, kind in ((THERAPIST, "therapist"), (ROOM, "room"), (OTHER, "room"))
]
OPEN = [Span(at("09:00", day), at("13:00", day)) for day in range(-7, 35) if (day % 7) < 5]
holds = st.lists(
    st.tuples(
        st.sampled_from([THERAPIST, ROOM, OTHER, None]),
        st.integers(0, 20),
        st.integers(0, 15),
        st.integers(1, 12),
    ),
    max_size=60,
)


@given(holds, st.lists(st.integers(0, 18), min_size=1, max_size=8, unique=True), st.integers(0, 14))
def test_the_first_alternatives_and_all_the_rest_can_be_had_together(taken, days, quarter):
    places = [Place(row.pk, row.kind, 1, OPEN) for row in RESOURCES]
    busy, visits = [], []
    for place_id, day, begin, length in taken:
        when = span_of(at("09:00", day) + timedelta(minutes=15 * begin), 15 * length)
        if place_id is None:
            visits.append(when)
        elif not any(pk == place_id and when.overlaps(Span(*hold[:2])) for pk, hold in busy):
            busy.append((place_id, Hold(*when, 1)))
    wanted = [
        Wanted(
            span_of(at("09:00", day) + timedelta(minutes=15 * quarter), 45),
            [THERAPIST],
            [[ROOM, OTHER]],
            ["room"],
        )
        for day in sorted(days)
    ]
    planned = place_all(
        Diary(places, busy, visits), wanted, RESOURCES, Clinic(timezone="Asia/Kolkata"), now=at("00:00", -1)
    )

    diary = Diary(places, busy, visits)
    for each in planned:
        if each.conflicts and not each.alternatives:
            continue  # it stays unplaced
        start, resources = (
            (each.alternatives[0].start, each.alternatives[0].resources)
            if each.conflicts
            else (each.span.start, each.resources)
        )
        when = span_of(start, 45)
        assert len(set(resources)) == 2
        assert diary.is_patient_free(when)
        assert all(covers(OPEN, when) for _place in resources)
        diary.take(when, resources)  # raises where one is taken
    assert [each.span for each in planned] == [each.span for each in wanted]
