"""Many at once, on connections of their own: nothing is booked twice, everybody is told, nothing breaks."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
from django.db import connection
from rest_framework.test import APIClient

from clinic import tenancy
from clinic.access import Role
from clinic.auth_api import STAFF_TOKEN, issue_token
from patients.models import Patient
from scheduling.models import Appointment, Booking, Resource
from tests import factories
from tests.scheduling.visits import at, booked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("many connections"),  # one after another: the server takes 200
]
URL = "/api/v1/appointments/"
PATIENTS = 100


@pytest.fixture
def practice():
    """A clinic that others can see: a desk with its token, a therapist, a room and a hundred patients."""
    clinic = factories.make_clinic(slug="demo")
    desk = factories.make_access(clinic, Role.FRONT_DESK)
    key, _expires = issue_token(factories.user_of(desk), lasts=STAFF_TOKEN, patient=None)
    with tenancy.scope(clinic.pk):
        patients = Patient.objects.bulk_create(
            Patient(clinic=clinic, number=n, given_name=f"Person {n}", email=f"p{n}@example.org")
            for n in range(1, PATIENTS + 1)
        )
    return SimpleNamespace(
        clinic=clinic,
        desk=desk,
        key=key,
        patients=patients,
        therapist=factories.make_resource(clinic, "therapist"),
        room=factories.make_resource(clinic, "room"),
        kind=factories.make_type(clinic),
    )


def together(*calls: Callable):
    """Make the calls at the same moment, each with a connection of its own, and return what they return."""
    ready = Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            ready.wait(timeout=60)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as people:
        return [each.result() for each in [people.submit(run, call) for call in calls]]


def caller(practice, method, path, body, **headers):
    def call():
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Token {practice.key}", **headers)
        return getattr(client, method)(path, body)

    return call


def wish(practice, patient, *resources, start=None):
    return {
        "patient": str(patient.pk),
        "type": str(practice.kind.pk),
        "start": (start or at()).isoformat(),
        "resources": [str(resource.pk) for resource in resources],
    }


def outcomes(answers):
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


def test_a_hundred_bookings_of_one_slot_make_one_visit(practice):
    calls = [
        caller(practice, "post", URL, wish(practice, patient, practice.therapist, practice.room))
        for patient in practice.patients
    ]
    answers = together(*calls)
    assert outcomes(answers) == {(201, None): 1, (409, "conflict"): PATIENTS - 1}
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()
            assert {clash["resource"] for clash in told["conflicts"]} == {
                str(practice.therapist.pk),
                str(practice.room.pk),
            }
            assert told["alternatives"][0]["start"] == at("09:15").isoformat()
    with tenancy.scope(practice.clinic.pk):
        assert Appointment.objects.count() == 1
        assert Booking.objects.filter(active=True).count() == 2


def test_a_room_for_three_takes_three_of_twenty(practice):
    gym = factories.make_resource(practice.clinic, "room", capacity=3)
    calls = [caller(practice, "post", URL, wish(practice, each, gym)) for each in practice.patients[:20]]
    assert outcomes(together(*calls)) == {(201, None): 3, (409, "conflict"): 17}
    with tenancy.scope(practice.clinic.pk):
        assert sorted(Booking.objects.values_list("lane", flat=True)) == [1, 2, 3]


def test_one_patient_is_booked_once_whatever_else_is_free(practice):
    rooms = [factories.make_resource(practice.clinic) for _number in range(8)]
    calls = [caller(practice, "post", URL, wish(practice, practice.patients[0], room)) for room in rooms]
    assert outcomes(together(*calls)) == {(201, None): 1, (409, "conflict"): 7}


def test_a_call_that_is_sent_twice_at_once_books_once(practice):
    body = wish(practice, practice.patients[0], practice.room)
    calls = [caller(practice, "post", URL, body, HTTP_IDEMPOTENCY_KEY="one")] * 8
    answers = together(*calls)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_of_many_who_move_to_one_place_one_gets_it_and_the_rest_stay(practice):
    with tenancy.scope(practice.clinic.pk):
        visits = [
            booked(practice.desk, patient, practice.therapist, start=at("09:00", day))
            for day, patient in enumerate(practice.patients[:5])
        ]
    change = {"start": at("16:00", 2).isoformat()}
    answers = together(*(caller(practice, "patch", f"{URL}{visit.pk}/", change) for visit in visits))
    assert outcomes(answers) == {(200, None): 1, (409, "conflict"): 4}
    with tenancy.scope(practice.clinic.pk):
        starts = [visit.start for visit in Appointment.objects.all()]
        assert starts.count(at("16:00", 2)) == 1
        assert len(set(starts)) == 5


def test_two_who_go_to_each_others_rooms_do_not_wait_for_each_other(practice):
    other = factories.make_resource(practice.clinic)
    with tenancy.scope(practice.clinic.pk):
        one = booked(practice.desk, practice.patients[0], practice.room, start=at("09:00"))
        two = booked(practice.desk, practice.patients[1], other, start=at("14:00"))
    for _round in range(5):
        answers = together(
            caller(practice, "patch", f"{URL}{one.pk}/", {"resources": [str(other.pk)]}),
            caller(practice, "patch", f"{URL}{two.pk}/", {"resources": [str(practice.room.pk)]}),
        )
        assert outcomes(answers) == {(200, None): 2}
        practice.room, other = other, practice.room


def test_of_two_series_that_meet_in_one_visit_one_is_booked_whole_and_the_other_not_at_all(practice):
    def series(patient, first_day):
        days = [first_day, 2, 3] if first_day < 2 else [2, 3, first_day]
        occurrences = [
            {"start": at("10:00", day).isoformat(), "resources": [str(practice.therapist.pk)]} for day in days
        ]
        return {"patient": str(patient.pk), "type": str(practice.kind.pk), "occurrences": occurrences}

    bodies = [series(patient, day) for patient, day in zip(practice.patients[:2], (0, 4), strict=True)]
    answers = together(*(caller(practice, "post", "/api/v1/series/", body) for body in bodies))
    assert outcomes(answers) == {(201, None): 1, (409, "conflict"): 1}
    with tenancy.scope(practice.clinic.pk):
        assert Appointment.objects.count() == 3


def test_a_visit_is_cancelled_or_begun_but_not_both(practice):
    with tenancy.scope(practice.clinic.pk):
        visit = booked(practice.desk, practice.patients[0], practice.room)
    answers = together(
        caller(practice, "post", f"{URL}{visit.pk}/cancel/", {"reason": "ill"}),
        caller(practice, "post", f"{URL}{visit.pk}/start/", {}),
    )
    assert outcomes(answers) == {(200, None): 1, (409, "state"): 1}
    with tenancy.scope(practice.clinic.pk):
        visit.refresh_from_db()
        assert Booking.objects.get().active == visit.holds_time


def test_whoever_goes_around_the_locks_still_books_nothing_twice(practice):
    """The constraint is the guarantee: a booking that waits for it loses like any other."""
    written, blocked = Event(), Event()

    def intruder():
        with tenancy.scope(practice.clinic.pk):
            span = factories.minutes_from(at(), 0, 45)
            visit = Appointment.objects.create(
                clinic=practice.clinic, patient=practice.patients[0], type=practice.kind, span=span
            )
            Booking.objects.create(
                clinic=practice.clinic, appointment=visit, resource=practice.room, span=span
            )
            written.set()
            _wait_for_somebody_blocked()
            blocked.set()

    def desk():
        written.wait(timeout=30)
        answer = caller(practice, "post", URL, wish(practice, practice.patients[1], practice.room))()
        assert blocked.is_set()
        return answer

    _nothing, answer = together(intruder, desk)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(answer.json()["conflicts"]) == 1


@pytest.mark.slow
def test_a_deadlock_is_a_conflict_and_no_fault(practice):
    """Whoever locks in another order may be stopped by the detector, or stop us."""
    held = Event()

    def intruder():
        from django.db import OperationalError

        try:
            with tenancy.scope(practice.clinic.pk):
                Resource.objects.select_for_update().get(pk=practice.room.pk)
                held.set()
                _wait_for_somebody_blocked()
                Patient.objects.select_for_update().get(pk=practice.patients[0].pk)
        except OperationalError:
            return "stopped"
        return "went on"

    def desk():
        held.wait(timeout=30)
        return caller(practice, "post", URL, wish(practice, practice.patients[0], practice.room))()

    intruder_said, answer = together(intruder, desk)
    expected = {"stopped": 201, "went on": 409}
    assert answer.status_code == expected[intruder_said]


def _wait_for_somebody_blocked() -> None:
    """Return when another session of this database waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _try in range(100_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks waiting JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT waiting.granted AND a.datname = current_database()"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody ever waited")
