"""Booking, moving, and the steps of a visit, as whoever calls them finds them."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from rest_framework.serializers import ValidationError

from careplans.models import CarePlan
from clinic import services as staff
from clinic import tenancy
from clinic.access import Role
from patients.models import CareTeam
from patients.services import Archived
from reminders.models import Reminder
from scheduling import services
from scheduling.models import Appointment, Booking, Closure, Status
from scheduling.services import Conflict, WrongState
from scheduling.signals import (
    appointment_cancelled,
    appointment_missed,
    appointment_moved,
    appointment_restored,
    appointments_booked,
)
from tests import factories
from tests.conftest import outside
from tests.scheduling.visits import at, booked

SIGNALS = {
    "booked": appointments_booked,
    "moved": appointment_moved,
    "cancelled": appointment_cancelled,
    "restored": appointment_restored,
    "missed": appointment_missed,
}


def _listener(name, said):
    return lambda sender, **told: said.append((name, told))


@pytest.fixture
def heard():
    """What scheduling tells the apps above it, as it is told."""
    said = []
    listeners = {name: _listener(name, said) for name in SIGNALS}
    for name, signal in SIGNALS.items():
        signal.connect(listeners[name], weak=False)
    yield said
    for name, signal in SIGNALS.items():
        signal.disconnect(listeners[name])


def clashes(refused):
    return [(clash["kind"], clash["start"], clash["end"]) for clash in refused.value.extra["conflicts"]]


def offered(refused):
    return [(each["start"], each["resources"]) for each in refused.value.extra["alternatives"]]


def faults(call):
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.detail


# --- booking --------------------------------------------------------------------------------------------------------------
def test_a_visit_holds_its_patient_therapist_and_room(visit, desk, patient, therapist, room, clinic):
    assert (visit.status, visit.minutes, visit.created_by_id) == (Status.BOOKED, 45, desk.member_id)
    assert visit.resource_ids == [therapist.pk, room.pk]
    other, during = factories.make_patient(clinic), (at("10:00"), at("10:45"))
    with pytest.raises(Conflict) as refused:
        booked(desk, other, therapist, room, start=at("10:30"))
    assert clashes(refused) == [("therapist", *during), ("room", *during)]
    with pytest.raises(Conflict) as refused:
        booked(desk, patient, factories.make_resource(clinic), start=at("10:30"))
    assert clashes(refused) == [("patient", *during)]
    assert booked(desk, other, therapist, room, start=at("10:45"))


def test_a_refusal_offers_another_room_now_then_the_nearest_times(visit, desk, clinic, room, therapist):
    other, second = factories.make_patient(clinic), factories.make_resource(clinic, "room")
    with pytest.raises(Conflict) as refused:
        booked(desk, other, room)
    assert offered(refused) == [
        (at("10:00"), [second.pk]),
        (at("09:45"), [second.pk]),
        (at("10:15"), [second.pk]),
    ]
    with pytest.raises(Conflict) as refused:
        booked(desk, other, therapist, room)
    assert offered(refused)[0] == (at("09:15"), [therapist.pk, room.pk])


def test_whatever_is_offered_can_be_booked(visit, desk, clinic, therapist, room):
    with pytest.raises(Conflict) as refused:
        booked(desk, factories.make_patient(clinic), therapist, room)
    for start, resources in offered(refused):
        taken = services.book(
            {
                "patient": factories.make_patient(clinic).pk,
                "type": visit.type_id,
                "start": start,
                "resources": resources,
            },
            by=desk,
        )
        services.cancel(taken.pk, by=desk, reason="only a try")


def test_a_device_is_replaced_by_one_of_the_same_use_only(desk, patient, clinic, device):
    factories.make_resource(clinic, "device", equipment="ultrasound")
    same = factories.make_resource(clinic, "device", equipment=device.equipment)
    booked(desk, patient, device)
    with pytest.raises(Conflict) as refused:
        booked(desk, factories.make_patient(clinic), device)
    assert {pk for _start, resources in offered(refused) for pk in resources} == {same.pk}


def test_a_gym_takes_as_many_as_it_is_for(desk, clinic):
    gym = factories.make_resource(clinic, "room", capacity=2)
    for _number in range(2):
        booked(desk, factories.make_patient(clinic), gym)
    with pytest.raises(Conflict):
        booked(desk, factories.make_patient(clinic), gym)


def test_a_time_in_the_night_needs_a_reason(desk, patient, therapist):
    refused = faults(lambda: booked(desk, patient, therapist, start=at("20:00")))
    assert list(refused) == ["override_hours_reason"]
    late = booked(desk, patient, therapist, start=at("20:00"), override_hours_reason="Works until eight")
    assert late.override_hours_reason == "Works until eight"
    assert booked(desk, patient, therapist, override_hours_reason="A reason in hours is no harm")


def test_hours_are_asked_for_before_conflicts(desk, patient, therapist, clinic):
    booked(desk, patient, therapist, start=at("20:00"), override_hours_reason="Late")
    other = factories.make_patient(clinic)
    assert "override_hours_reason" in faults(lambda: booked(desk, other, therapist, start=at("20:00")))
    with pytest.raises(Conflict):
        booked(desk, other, therapist, start=at("20:00"), override_hours_reason="Late too")


def test_a_therapists_own_hours_replace_the_clinics(desk, patient, clinic):
    own = [{"weekday": 6, "start": "08:00", "end": "12:00"}]
    saturdays = factories.make_resource(clinic, "therapist", hours=own)
    assert booked(desk, patient, saturdays, start=at("08:00", day=5))
    assert "override_hours_reason" in faults(lambda: booked(desk, patient, saturdays, start=at("10:00")))


def test_closed_days_and_extra_openings_bound_what_is_offered(desk, patient, clinic, therapist, room):
    for about, day, extra in ((None, 0, False), (therapist, 1, False), (therapist, 5, True)):
        span = DateTimeTZRange(at("00:00", day), at("00:00", day + 1))
        Closure.objects.create(clinic=clinic, resource=about, span=span, extra=extra)
    closed = ((therapist, 0), (room, 0), (therapist, 1), (room, 5))
    for resource, day in closed:
        refused = faults(lambda r=resource, d=day: booked(desk, patient, r, start=at("10:00", d)))
        assert "override_hours_reason" in refused
    assert booked(desk, patient, room, start=at("10:00", 1))
    assert booked(desk, patient, therapist, start=at("10:00", 5))


def test_a_closure_over_visits_names_them_and_leaves_them(visit, desk, therapist, clinic):
    closure, lie_in_it = services.close(at("09:00"), at("10:30"), by=desk, resource=therapist.pk)
    assert lie_in_it == [visit]
    assert services.visits_within(at("10:45"), at("12:00"), by=desk) == []
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    assert services.move(visit.pk, {"start": at("11:00")}, by=desk).start == at("11:00")
    assert "override_hours_reason" in faults(lambda: services.move(visit.pk, {"start": at("10:00")}, by=desk))
    services.reopen(closure.pk, by=desk)
    assert services.move(visit.pk, {"start": at("10:00")}, by=desk)


@pytest.mark.parametrize(
    ("start", "is_fine"),
    [
        (timedelta(hours=-20), False),
        (timedelta(minutes=-20), True),  # a walk-in, entered when there was time
        (timedelta(days=400), True),
        (timedelta(days=40_000), False),
        (timedelta(seconds=30), False),
    ],
    ids=["yesterday", "earlier today", "next year", "after a hundred years", "half a minute"],
)
@time_machine.travel(at("14:00"), tick=False)
def test_visits_are_entered_on_their_day_or_before(desk, patient, room, start, is_fine):
    def call():
        return booked(desk, patient, room, start=timezone.now() + start, override_hours_reason="Any hour")

    assert call() if is_fine else "start" in faults(call)


@pytest.mark.parametrize("left", ["archived_at", "deceased_on"])
def test_a_closed_record_is_not_booked(desk, patient, room, left):
    setattr(patient, left, timezone.now())
    patient.save()
    with pytest.raises(Archived):
        booked(desk, patient, room)


def test_unknown_and_foreign_ids_read_the_same_and_retired_ones_are_named(
    desk, patient, room, other_clinic, clinic
):
    with outside():
        strange = factories.make_resource(other_clinic)
        stranger = factories.make_patient(other_clinic)
        strange_kind = factories.make_type(other_clinic)
    gone = factories.make_resource(clinic, active=False)
    first, second, third, fourth = faults(lambda: booked(desk, patient, strange, stranger, gone, room, room))[
        "resources"
    ].values()
    assert first == second
    assert "not in use" in third[0]
    assert "twice" in fourth[0]
    wish = {
        "patient": stranger.pk,
        "type": factories.make_type(clinic).pk,
        "start": at(),
        "resources": [room.pk],
    }
    assert "patient" in faults(lambda: services.book(wish, by=desk))
    retired = factories.make_type(clinic, "retired", active=False)
    for unknown in (strange_kind, retired, room):
        assert "type" in faults(lambda u=unknown: booked(desk, patient, room, type=u.pk))
    assert "resources" in faults(lambda: booked(desk, patient))


def test_the_plan_is_the_patients_own(desk, patient, room, clinic):
    own = CarePlan.objects.create(clinic=clinic, patient=patient)
    others = CarePlan.objects.create(clinic=clinic, patient=factories.make_patient(clinic))
    assert booked(desk, patient, room, plan=own.pk).plan_id == own.pk
    for unknown in (others.pk, room.pk):
        assert "plan" in faults(lambda pk=unknown: booked(desk, patient, room, start=at("12:00"), plan=pk))


def test_an_assistant_books_those_they_treat(member, patient, room):
    assistant = member(Role.ASSISTANT)
    assert "patient" in faults(lambda: booked(assistant, patient, room))
    CareTeam.objects.create(clinic_id=patient.clinic_id, patient=patient, member_id=assistant.member_id)
    visit = booked(assistant, patient, room)
    assert services.confirm(visit.pk, by=assistant).status == Status.CONFIRMED
    with pytest.raises(Appointment.DoesNotExist):
        services.confirm(visit.pk, by=member(Role.ASSISTANT))


def test_whoever_is_booked_treats_the_patient(visit, patient, physio, desk, clinic, member):
    assert [row.member_id for row in CareTeam.objects.filter(patient=patient)] == [physio.member_id]
    assistant = factories.make_resource(clinic, "therapist", member_id=member(Role.ASSISTANT).member_id)
    services.move(visit.pk, {"resources": [assistant.pk]}, by=desk)
    assert set(CareTeam.objects.values_list("member_id", "role")) == {
        (physio.member_id, "responsible"),
        (assistant.member_id, "treating"),
    }


# --- moving ---------------------------------------------------------------------------------------------------------------
def test_moving_lets_go_of_the_old_places_first(visit, desk, therapist, room):
    moved = services.move(visit.pk, {"start": at("10:15"), "minutes": 60}, by=desk)
    assert (moved.start, moved.minutes, moved.resource_ids) == (at("10:15"), 60, [therapist.pk, room.pk])
    assert set(Booking.objects.values_list("span", flat=True)) == {moved.span}


def test_a_move_to_a_taken_place_changes_nothing(visit, desk, therapist, clinic, heard):
    second = factories.make_resource(clinic)
    booked(desk, factories.make_patient(clinic), therapist, second, start=at("14:00"))
    heard.clear()
    with pytest.raises(Conflict) as refused:
        services.move(visit.pk, {"start": at("14:15")}, by=desk)
    assert clashes(refused) == [("therapist", at("14:00"), at("14:45"))]
    assert [start for start, _resources in offered(refused)] == [at("14:45"), at("15:00"), at("13:15")]
    fresh = Appointment.objects.get(pk=visit.pk)
    assert (fresh.start, len(fresh.resource_ids)) == (at("10:00"), 2)
    assert not heard


def test_what_is_offered_for_a_move_is_not_where_it_is_already(visit, desk, therapist, clinic):
    booked(
        desk, factories.make_patient(clinic), therapist, factories.make_resource(clinic), start=at("10:45")
    )
    with pytest.raises(Conflict) as refused:
        services.move(visit.pk, {"start": at("10:30")}, by=desk)
    starts = [start for start, _resources in offered(refused)]
    assert at("10:00") not in starts
    assert len(starts) == 3


def test_a_confirmed_visit_that_moves_is_to_be_confirmed_again(visit, desk, clinic):
    services.confirm(visit.pk, by=desk)
    other = factories.make_resource(clinic)
    assert services.move(visit.pk, {"resources": [other.pk]}, by=desk).status == Status.CONFIRMED
    assert services.move(visit.pk, {"start": at("11:00")}, by=desk).status == Status.BOOKED


def test_whoever_has_arrived_is_still_to_come_when_the_visit_goes_to_another_day(visit, desk):
    services.check_in(visit.pk, by=desk)
    later = services.move(visit.pk, {"start": at("12:00")}, by=desk)
    assert (later.status, later.arrived_at is None) == (Status.ARRIVED, False)
    services.move(visit.pk, {"start": at("12:00", 1)}, by=desk)
    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == (Status.BOOKED, None)


def test_the_reason_for_an_odd_hour_is_asked_for_anew_where_time_or_place_change(desk, patient, room, clinic):
    late = booked(desk, patient, room, start=at("20:00"), override_hours_reason="Works late")
    assert services.move(late.pk, {}, by=desk).override_hours_reason == "Works late"
    assert "override_hours_reason" in faults(lambda: services.move(late.pk, {"start": at("21:00")}, by=desk))
    assert services.move(late.pk, {"start": at("16:00")}, by=desk).override_hours_reason == ""


def test_a_visit_keeps_nothing_that_is_out_of_use_when_it_moves(visit, desk, therapist, room):
    room.active = False
    room.save()
    assert "resources" in faults(lambda: services.move(visit.pk, {"start": at("12:00")}, by=desk))
    assert services.move(visit.pk, {"start": at("12:00"), "resources": [therapist.pk]}, by=desk)


def test_an_unplaced_visit_is_given_a_place(desk, patient, room, kind, heard):
    wish = {"start": at(), "unplaced": True}
    series = services.book_series({"patient": patient.pk, "type": kind.pk, "occurrences": [wish]}, by=desk)
    visit = series.appointments.all()[0]
    assert (visit.status, visit.minutes, visit.resource_ids) == (Status.UNPLACED, 45, [])
    assert booked(desk, patient, room)  # it holds nothing
    assert "resources" in faults(lambda: services.move(visit.pk, {"start": at("12:00")}, by=desk))
    heard.clear()
    placed = services.move(visit.pk, {"start": at("12:00"), "resources": [room.pk]}, by=desk)
    assert placed.status == Status.BOOKED
    assert [name for name, _told in heard] == ["booked"]


def test_an_unplaced_visit_is_not_placed_on_a_day_that_is_over(desk, patient, room, kind):
    wish = {"start": at(), "unplaced": True}
    series = services.book_series({"patient": patient.pk, "type": kind.pk, "occurrences": [wish]}, by=desk)
    visit, tuesday = series.appointments.all()[0], at("09:00", 1)
    assert "start" in faults(lambda: services.move(visit.pk, {"resources": [room.pk]}, by=desk, now=tuesday))
    there = {"start": at("10:00", 1), "resources": [room.pk]}
    assert services.move(visit.pk, there, by=desk, now=tuesday).status == Status.BOOKED


def test_who_left_is_not_booked_any_more_and_keeps_what_is(
    visit, desk, patient, therapist, member, physio, client_for
):
    staff.deactivate_member(physio.member_id, by=member(Role.ADMIN))
    refused = faults(
        lambda: booked(desk, factories.make_patient(visit.patient.clinic), therapist, start=at("15:00"))
    )
    assert "resources" in refused
    therapist.refresh_from_db()
    assert not therapist.active
    day = client_for(desk).get(f"/calendar/?date={visit.start:%Y-%m-%d}").content.decode()
    assert patient.name in day
    assert services.availability(visit.type_id, by=desk, start=at("09:00"), therapist="any") == []


# --- steps ----------------------------------------------------------------------------------------------------------------
CALLS = {
    "confirm": services.confirm,
    "check-in": services.check_in,
    "start": services.start,
    "complete": services.complete,
    "cancel": lambda pk, by: services.cancel(pk, by=by, reason="ill"),
    "no-show": lambda pk, by: services.no_show(pk, by=by, reason="no word"),
    "restore": services.restore,
    "move": lambda pk, by: services.move(pk, {"start": at("15:00")}, by=by),
}
POSSIBLE = {
    "booked": {"confirm", "check-in", "start", "cancel", "no-show", "move"},
    "confirmed": {"check-in", "start", "cancel", "no-show", "move"},
    "arrived": {"start", "complete", "cancel", "move"},
    "in-treatment": {"complete"},
    "done": set(),
    "no-show": {"restore"},
    "cancelled": {"restore"},
    "unplaced": {"cancel"},
}


@pytest.mark.parametrize("status", list(POSSIBLE))
def test_a_visit_goes_only_where_it_can(visit, desk, status):
    Appointment.objects.filter(pk=visit.pk).update(status=status)
    Booking.objects.update(active=visit.holds_time and status not in ("no-show", "cancelled", "unplaced"))
    if status == "unplaced":
        Booking.objects.all().delete()
    went = set()
    for name, call in CALLS.items():
        if (status, name) == ("unplaced", "move"):  # needs resources: shown above
            continue
        with transaction.atomic(), suppress(WrongState):
            call(visit.pk, by=desk)
            went.add(name)
            transaction.set_rollback(True)
    assert went == POSSIBLE[status]


def test_the_steps_of_a_visit_keep_when(visit, desk, room):
    services.confirm(visit.pk, by=desk)
    services.check_in(visit.pk, by=desk, now=at("09:55"))
    services.start(visit.pk, by=desk, now=at("10:02"))
    done = services.complete(visit.pk, by=desk, now=at("10:50"))
    assert (done.arrived_at, done.started_at, done.ended_at) == (at("09:55"), at("10:02"), at("10:50"))
    assert done.status == Status.DONE
    with pytest.raises(Conflict):  # what is done keeps its time
        booked(desk, done.patient, room)


@pytest.mark.parametrize("leave", ["cancel", "no_show"])
def test_a_visit_that_will_not_be_frees_its_places_and_may_come_back(visit, desk, therapist, clinic, leave):
    gone = getattr(services, leave)(visit.pk, by=desk, reason="ill")
    assert gone.status_reason == "ill"
    assert not Booking.objects.filter(active=True).exists()
    other = booked(desk, factories.make_patient(clinic), therapist)
    with pytest.raises(Conflict) as refused:
        services.restore(visit.pk, by=desk)
    assert clashes(refused) == [("therapist", at("10:00"), at("10:45"))]
    services.cancel(other.pk, by=desk, reason="ill")
    back = services.restore(visit.pk, by=desk)
    assert (back.status, back.status_reason, len(back.resource_ids)) == (Status.BOOKED, "", 2)
    assert Booking.objects.filter(active=True).count() == 2


def test_what_is_out_of_use_does_not_come_back(visit, desk, room):
    services.cancel(visit.pk, by=desk, reason="ill")
    room.active = False
    room.save()
    with pytest.raises(WrongState):
        services.restore(visit.pk, by=desk)


# --- what is told ---------------------------------------------------------------------------------------------------------
def test_the_apps_above_are_told_in_the_same_transaction(heard, desk, patient, therapist):
    visit = booked(desk, patient, therapist)
    services.move(visit.pk, {"start": at("11:00")}, by=desk)
    services.move(visit.pk, {"minutes": 60}, by=desk)
    services.cancel(visit.pk, by=desk, reason="ill")
    services.restore(visit.pk, by=desk)
    services.no_show(visit.pk, by=desk, reason="no word")
    assert [name for name, _told in heard] == ["booked", "moved", "moved", "cancelled", "restored", "missed"]
    assert all(told["by"] == desk for _name, told in heard)
    assert heard[0][1]["appointments"] == [visit]
    assert heard[1][1]["was"].lower == at("10:00")


def test_reminders_follow_the_visit(visit, desk):
    def pending():
        rows = Reminder.objects.filter(state="pending", kind="appointment")
        return sorted(row.due_at for row in rows)

    assert pending() == [at("10:00", -1), at("08:00")]
    services.move(visit.pk, {"start": at("12:00")}, by=desk)
    assert pending() == [at("12:00", -1), at("10:00")]
    services.cancel(visit.pk, by=desk, reason="ill")
    assert pending() == []


def test_an_unplaced_visit_that_is_cancelled_tells_nobody(desk, patient, kind, heard):
    wish = {"start": at(), "unplaced": True}
    series = services.book_series({"patient": patient.pk, "type": kind.pk, "occurrences": [wish]}, by=desk)
    pk = series.appointments.all()[0].pk
    services.cancel(pk, by=desk, reason="not needed")
    assert services.restore(pk, by=desk).status == Status.UNPLACED
    assert [name for name, _told in heard] == ["booked"]
    assert not Reminder.objects.exists()


# --- what must hold whoever writes ----------------------------------------------------------------------------------------
def test_a_booking_cannot_leave_its_visit(visit):
    Booking.objects.update(span=factories.minutes_from(at("12:00"), 0, 45))
    with pytest.raises(IntegrityError):
        tenancy.check_deferred()
    connection.needs_rollback = True


def test_no_visit_is_longer_than_eight_hours(visit):
    with pytest.raises(IntegrityError, match="not_too_long"):
        Appointment.objects.update(span=factories.minutes_from(at("08:00"), 0, 481))
    connection.needs_rollback = True
