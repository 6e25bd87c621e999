"""Booking, moving, series and the steps of a visit, as whoever calls them finds them."""

import pytest

from scheduling import services
from scheduling.models import Booking, Status
from scheduling.services import Conflict, WrongState
from tests import factories
from tests.scheduling.visits import at, booked


@pytest.fixture
def therapist(clinic, physio):
    return factories.make_resource(clinic, "therapist", member_id=physio.member_id)


@pytest.fixture
def room(clinic):
    return factories.make_resource(clinic, "room")


@pytest.fixture
def visit(desk, patient, therapist, room):
    return booked(desk, patient, therapist, room)


# --- booking --------------------------------------------------------------------------------------------------------------
def test_a_visit_holds_its_patient_therapist_and_room(visit, desk, patient, therapist, room, clinic):
    assert (visit.status, visit.minutes) == (Status.BOOKED, 45)
    assert Booking.objects.filter(appointment=visit, active=True).count() == 2
    other = factories.make_patient(clinic)
    with pytest.raises(Conflict) as refused:
        booked(desk, other, therapist, start=at("10:30"))
    assert [clash["kind"] for clash in refused.value.extra["conflicts"]] == ["therapist"]
    with pytest.raises(Conflict) as refused:
        booked(desk, patient, factories.make_resource(clinic), start=at("10:30"))
    assert [clash["kind"] for clash in refused.value.extra["conflicts"]] == ["patient"]
    assert booked(desk, other, therapist, start=at("10:45"))


def test_a_refusal_offers_another_room_then_the_nearest_times(visit, desk, clinic, room, therapist):
    other = factories.make_patient(clinic)
    second = factories.make_resource(clinic, "room")
    with pytest.raises(Conflict) as refused:
        booked(desk, other, room, start=at("10:00"))
    first, *rest = refused.value.extra["alternatives"]
    assert (first["start"], first["resources"]) == (at("10:00"), [second.pk])
    assert [each["start"] for each in rest] == [at("09:45"), at("10:15")]


def test_moving_lets_go_of_the_old_places_first(visit, desk, therapist, room):
    moved = services.move(visit.pk, {"start": at("10:15")}, by=desk)
    assert moved.start == at("10:15")
    assert set(moved.resource_ids) == {therapist.pk, room.pk}


def test_a_series_is_planned_and_booked(desk, patient, therapist, room, visit, clinic):
    from datetime import date, time

    kind = factories.make_type(clinic)
    planned = services.plan_series(
        {
            "patient": patient.pk,
            "type": kind.pk,
            "first_date": date(2027, 3, 1),
            "weekdays": [1, 3, 5],
            "time": time(10),
            "count": 6,
            "resources": [therapist.pk],
            "any_of": [{"kind": "room"}],
        },
        by=desk,
    )
    assert len(planned) == 6
    assert [bool(each.conflicts) for each in planned] == [True, *[False] * 5]
    agreed = [
        {"start": each.alternatives[0].start, "resources": each.alternatives[0].resources}
        if each.conflicts
        else {"start": each.span.start, "resources": each.resources}
        for each in planned
    ]
    series = services.book_series({"patient": patient.pk, "type": kind.pk, "occurrences": agreed}, by=desk)
    assert len(series.appointments.all()) == 6
    with pytest.raises(Conflict) as refused:
        services.book_series({"patient": patient.pk, "type": kind.pk, "occurrences": agreed}, by=desk)
    assert len(refused.value.extra["occurrences"]) == 6


def test_steps(visit, desk):
    for name in ("confirm", "check_in", "start", "complete"):
        visit = getattr(services, name)(visit.pk, by=desk)
    assert visit.status == Status.DONE
    with pytest.raises(WrongState):
        services.cancel(visit.pk, by=desk, reason="x")


def test_cancelled_and_restored(visit, desk):
    services.cancel(visit.pk, by=desk, reason="ill")
    assert not Booking.objects.filter(active=True).exists()
    assert services.restore(visit.pk, by=desk).status == Status.BOOKED
    assert Booking.objects.filter(active=True).count() == 2


def test_availability(visit, desk, clinic, therapist):
    found = services.availability(
        factories.make_type(clinic).pk, by=desk, start=at("08:00"), end=at("12:00"), therapist=therapist.pk
    )
    assert [each.start for each in found] == [
        at("09:00"),
        at("09:15"),
        at("10:45"),
        at("11:00"),
        at("11:15"),
        at("11:30"),
        at("11:45"),
    ]
