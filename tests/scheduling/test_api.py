"""The calendar by API: the contract's shapes, every refusal in its order, who may what, and what it costs."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.models import CarePlan
from clinic.access import Role
from patients.models import CareTeam
from scheduling.models import Appointment, Booking, Resource
from tests import factories
from tests.conftest import outside
from tests.scheduling.visits import at, booked

URL = "/api/v1/appointments/"
VISIT = {
    *("id", "patient", "type", "start", "end", "minutes", "resources", "status", "plan", "series"),
    *(
        "override_hours_reason",
        "status_reason",
        "arrived_at",
        "started_at",
        "ended_at",
        "created_at",
        "updated_at",
    ),
}
NOBODY = "0199aaaa-0000-7000-8000-000000000000"


@pytest.fixture
def api(desk, api_for):
    return api_for(desk)


@pytest.fixture
def wish(patient, kind, therapist, room):
    return {
        "patient": str(patient.pk),
        "type": str(kind.pk),
        "start": at().isoformat(),
        "resources": [str(therapist.pk), str(room.pk)],
    }


@pytest.fixture
def pattern(patient, kind, therapist, room):
    return {
        "patient": str(patient.pk),
        "type": str(kind.pk),
        "first_date": "2027-03-01",
        "weekdays": [1, 3, 5],
        "time": "10:00",
        "count": 12,
        "resources": [str(therapist.pk)],
        "any_of": [{"kind": "room"}],
    }


def series_of(api, pattern):
    planned = api.post("/api/v1/series/plan/", pattern).json()["occurrences"]
    occurrences = [{"start": each["start"], "resources": each["resources"]} for each in planned]
    return {"patient": pattern["patient"], "type": pattern["type"], "occurrences": occurrences}


def queries_of(call):
    """Return how many statements read or write a table."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    said = [" ".join(query["sql"].upper().split()) for query in captured]
    return answer, sum(" FROM " in sql or "INSERT INTO" in sql or "UPDATE " in sql for sql in said)


# --- visits ---------------------------------------------------------------------------------------------------------------
def test_a_visit_is_booked_read_and_listed_alike(api, wish):
    answer = api.post(URL, wish | {"minutes": 30, "plan": None, "override_hours_reason": None})
    assert answer.status_code == 201, answer.json()
    visit = answer.json()
    assert visit.keys() == VISIT
    assert visit | wish | {"status": "booked", "end": at("10:30").isoformat(), "minutes": 30} == visit
    assert api.get(f"{URL}{visit['id']}/").json() == visit
    listed = api.get(URL).json()
    assert listed == {"count": 1, "next": None, "previous": None, "results": [visit]}


def test_a_taken_time_is_told_with_what_is_free(api, wish, clinic, room, therapist):
    assert api.post(URL, wish).status_code == 201
    wish["patient"] = str(factories.make_patient(clinic).pk)
    answer = api.post(URL, wish)
    assert answer.status_code == 409
    told = answer.json()
    assert told.keys() == {"code", "detail", "conflicts", "alternatives"}
    assert told["code"] == "conflict"
    during = {"start": at("10:00").isoformat(), "end": at("10:45").isoformat()}
    assert told["conflicts"] == [
        {"kind": "therapist", "resource": str(therapist.pk)} | during,
        {"kind": "room", "resource": str(room.pk)} | during,
    ]
    assert told["alternatives"][0] == {"start": at("09:15").isoformat(), "resources": wish["resources"]}
    assert api.post(URL, wish | told["alternatives"][0]).status_code == 201


def test_a_visit_moves_and_what_was_answered_may_be_sent_back(api, wish):
    visit = api.post(URL, wish).json()
    moved = api.patch(f"{URL}{visit['id']}/", visit | {"start": at("14:00").isoformat()})
    assert moved.status_code == 200, moved.json()
    assert moved.json()["start"] == at("14:00").isoformat()
    assert moved.json()["resources"] == wish["resources"]
    assert api.patch(f"{URL}{visit['id']}/", {}).json()["start"] == at("14:00").isoformat()


def test_a_visit_goes_through_its_day(api, wish):
    visit = f"{URL}{api.post(URL, wish).json()['id']}/"
    for step, status in (
        ("confirm", "confirmed"),
        ("check-in", "arrived"),
        ("start", "in-treatment"),
        ("complete", "done"),
    ):
        answer = api.post(f"{visit}{step}/", {})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    refused = api.post(f"{visit}cancel/", {"reason": "ill"})
    assert (refused.status_code, refused.json()["code"]) == (409, "state")


@pytest.mark.parametrize(("step", "status"), [("cancel", "cancelled"), ("no-show", "no-show")])
def test_leaving_needs_a_reason_and_may_be_taken_back(api, wish, step, status):
    visit = f"{URL}{api.post(URL, wish).json()['id']}/"
    for body in ({}, {"reason": ""}, {"reason": None}, {"reason": 3}):
        assert list(api.post(f"{visit}{step}/", body).json()) == ["reason"]
    gone = api.post(f"{visit}{step}/", {"reason": "ill"}).json()
    assert (gone["status"], gone["status_reason"], gone["resources"]) == (status, "ill", wish["resources"])
    assert api.post(f"{visit}complete/", {}).json()["code"] == "state"
    assert api.post(f"{visit}restore/", {}).json()["status"] == "booked"


def test_lists_are_narrowed(api, desk, clinic, kind, patient, room, therapist):
    other = factories.make_patient(clinic)
    first, second, third = (
        booked(desk, who, what, start=at("10:00", day))
        for day, (who, what) in enumerate([(patient, room), (other, room), (patient, therapist)])
    )
    api.post(f"{URL}{third.pk}/confirm/", {})

    def found(**wanted):
        answer = api.get(URL, wanted)
        assert answer.status_code == 200, answer.json()
        return [row["id"] for row in answer.json()["results"]]

    ids = [str(row.pk) for row in (first, second, third)]
    assert found() == ids
    assert found(patient=patient.pk) == [ids[0], ids[2]]
    assert found(resource=room.pk) == ids[:2]
    assert found(status="confirmed") == [ids[2]]
    assert found(**{"from": "2027-03-02"}) == ids[1:]
    assert found(to="2027-03-02") == ids[:1]
    assert found(**{"from": at("10:00", 1).isoformat(), "to": at("10:00", 2).isoformat()}) == [ids[1]]
    assert found(patient=NOBODY) == []
    for wrong in ({"status": "x"}, {"patient": "x"}, {"resource": "1"}, {"from": "x"}, {"to": "2027-13-01"}):
        answer = api.get(URL, wrong)
        assert (answer.status_code, list(answer.json())) == (400, list(wrong))


WRONG = [
    ({"patient": NOBODY}, "patient"),
    ({"patient": 5}, "patient"),
    ({"type": NOBODY}, "type"),
    ({"type": None}, "type"),
    ({"start": "2027-03-01T10:00:00"}, "start"),
    ({"start": "2027-03-01"}, "start"),
    ({"start": "9999-12-31T23:59:00Z"}, "start"),
    ({"start": "0001-01-01T00:00:00+14:00"}, "start"),
    ({"start": "2020-01-01T10:00:00Z"}, "start"),
    ({"start": "2027-02-30T10:00:00Z"}, "start"),
    ({"start": 20270301}, "start"),
    ({"start": "2027-03-01T10:00:30+05:30"}, "start"),
    ({"start": "2027-03-07T10:00:00+05:30"}, "override_hours_reason"),
    ({"start": "2027-03-07T10:00:00+05:30", "override_hours_reason": "  "}, "override_hours_reason"),
    ({"minutes": 0}, "minutes"),
    ({"minutes": 481}, "minutes"),
    ({"minutes": "45"}, "minutes"),
    ({"minutes": True}, "minutes"),
    ({"minutes": 10**30}, "minutes"),
    ({"resources": []}, "resources"),
    ({"resources": [NOBODY]}, "resources"),
    ({"resources": ["x"]}, "resources"),
    ({"resources": "x"}, "resources"),
    ({"resources": {}}, "resources"),
    ({"resources": [NOBODY] * 11}, "resources"),
    ({"plan": NOBODY}, "plan"),
    ({"override_hours_reason": "x" * 301}, "override_hours_reason"),
    ({"override_hours_reason": "a\0b"}, "override_hours_reason"),
    ({"override_hours_reason": 7}, "override_hours_reason"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("change", "field"), WRONG, ids=lambda value: json.dumps(value)[:60])
def test_what_is_wrong_is_said_at_its_field(api, wish, change, field):
    answer = api.post(URL, wish | change)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("missing", ["patient", "type", "start", "resources"])
def test_what_is_missing_is_said_at_its_field(api, wish, missing):
    del wish[missing]
    answer = api.post(URL, wish)
    assert (answer.status_code, list(answer.json())) == (400, [missing])


def test_refusals_come_in_the_contracts_order(api, api_for, client, wish, visit):
    address = f"{URL}{visit.pk}/"
    assert client.post(URL, wish, content_type="application/json").status_code == 401
    assert api_for(Role.PATIENT).post(URL, {"colour": "red"}).status_code == 403
    assert api_for(Role.PATIENT).patch(f"{URL}{NOBODY}/", {}).status_code == 403
    assert api.patch(f"{URL}{NOBODY}/", {"colour": "red"}).status_code == 404
    assert api.post(f"{URL}{NOBODY}/cancel/", {"colour": "red"}).status_code == 404
    assert api.patch(address, {"colour": "red"}).status_code == 400
    assert api.post(f"{address}restore/", {"colour": "red"}).status_code == 400
    assert api.post(f"{address}restore/", {}).status_code == 409


def test_another_clinics_ids_read_like_unknown_ones(api, wish, other_clinic, clinic):
    with outside():
        strange = {
            "patient": factories.make_patient(other_clinic).pk,
            "type": factories.make_type(other_clinic).pk,
            "resources": factories.make_resource(other_clinic).pk,
        }
        desk = factories.make_access(other_clinic, Role.FRONT_DESK)
        theirs = booked_elsewhere(other_clinic, desk)
    for field, pk in strange.items():
        wrap = (lambda value: [value]) if field == "resources" else (lambda value: value)
        foreign = api.post(URL, wish | {field: wrap(str(pk))})
        unknown = api.post(URL, wish | {field: wrap(NOBODY)})
        assert (foreign.status_code, foreign.json()) == (400, unknown.json())
    for method, path in (("get", ""), ("patch", ""), ("post", "cancel/"), ("post", "restore/")):
        assert getattr(api, method)(f"{URL}{theirs}/{path}").status_code == 404
    assert api.get(URL).json()["count"] == 0


def booked_elsewhere(clinic, desk):
    from clinic import tenancy

    with tenancy.scope(clinic.pk):
        return booked(desk, factories.make_patient(clinic), factories.make_resource(clinic)).pk


def test_an_assistant_sees_the_visits_of_those_they_treat(visit, member, api_for, desk, clinic, room):
    booked(desk, factories.make_patient(clinic), room, start=at("14:00"))
    assistant = member(Role.ASSISTANT)
    api = api_for(assistant)
    assert api.get(URL).json()["results"] == []
    assert api.post(f"{URL}{visit.pk}/check-in/", {}).status_code == 404
    CareTeam.objects.create(clinic=clinic, patient=visit.patient, member_id=assistant.member_id)
    assert [row["id"] for row in api.get(URL).json()["results"]] == [str(visit.pk)]
    assert api.post(f"{URL}{visit.pk}/check-in/", {}).status_code == 200


def test_the_desk_learns_of_a_plan_no_more_than_its_id(api, wish, clinic, patient):
    plan = CarePlan.objects.create(clinic=clinic, patient=patient)
    visit = api.post(URL, wish | {"plan": str(plan.pk)}).json()
    assert visit["plan"] == str(plan.pk)
    assert visit.keys() == VISIT
    assert api.get(f"/api/v1/plans/{plan.pk}/").status_code == 403


# --- sent twice -----------------------------------------------------------------------------------------------------------
def test_the_same_key_and_body_book_once(api, wish, api_for, physio):
    first = api.post(URL, wish, HTTP_IDEMPOTENCY_KEY="k")
    assert api.post(URL, wish, HTTP_IDEMPOTENCY_KEY="k").json() == first.json()
    assert Appointment.objects.count() == 1
    other = api.post(URL, wish | {"minutes": 30}, HTTP_IDEMPOTENCY_KEY="k")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    elsewhere = api.post("/api/v1/series/", wish, HTTP_IDEMPOTENCY_KEY="k")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "key_reused")
    assert api_for(physio).post(URL, wish, HTTP_IDEMPOTENCY_KEY="k").json()["code"] == "conflict"
    assert api.post(URL, wish).json()["code"] == "conflict"  # without a key nothing is a repeat


def test_a_refused_call_may_be_tried_again_under_its_key(api, wish, visit):
    assert api.post(URL, wish, HTTP_IDEMPOTENCY_KEY="k").status_code == 409
    api.post(f"{URL}{visit.pk}/cancel/", {"reason": "ill"})
    assert api.post(URL, wish, HTTP_IDEMPOTENCY_KEY="k").status_code == 201


# --- series ---------------------------------------------------------------------------------------------------------------
def test_a_series_is_planned_then_booked(api, pattern, therapist, room):
    answer = api.post("/api/v1/series/plan/", pattern)
    assert answer.status_code == 200, answer.json()
    planned = answer.json()["occurrences"]
    assert len(planned) == 12
    assert planned[0] == {
        "start": at().isoformat(),
        "end": at("10:45").isoformat(),
        "resources": [str(therapist.pk), str(room.pk)],
        "conflicts": [],
        "alternatives": [],
    }
    wish = {"patient": pattern["patient"], "type": pattern["type"], "plan": None, "occurrences": planned}
    booked_series = api.post("/api/v1/series/", wish)  # what an answer carries may be sent back
    assert booked_series.status_code == 201, booked_series.json()
    ids = booked_series.json()["appointments"]
    assert booked_series.json().keys() == {"id", "appointments"}
    assert {row["id"] for row in api.get(URL).json()["results"]} == set(ids)

    again = api.post("/api/v1/series/plan/", pattern).json()["occurrences"]
    assert {clash["kind"] for clash in again[0]["conflicts"]} == {"patient", "therapist", "room"}
    for each in again:
        each.update(each["alternatives"][0])
    refused = api.post("/api/v1/series/", wish)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert [each.keys() for each in refused.json()["occurrences"]] == [planned[0].keys()] * 12
    assert Appointment.objects.count() == 12
    assert api.post("/api/v1/series/", wish | {"occurrences": again}).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0]}, "weekdays"),
        ({"weekdays": [8]}, "weekdays"),
        ({"weekdays": "1"}, "weekdays"),
        ({"time": "24:00"}, "time"),
        ({"time": "10"}, "time"),
        ({"time": 10}, "time"),
        ({"count": 0}, "count"),
        ({"count": 101}, "count"),
        ({"first_date": "2020-01-01"}, "first_date"),
        ({"first_date": "9999-12-31"}, "first_date"),
        ({"first_date": "0001-01-01"}, "first_date"),
        ({"first_date": "2027-02-30"}, "first_date"),
        ({"any_of": [{"kind": "sofa"}]}, "any_of"),
        ({"any_of": [{}]}, "any_of"),
        ({"any_of": [], "resources": []}, "resources"),
        ({"resources": [NOBODY]}, "resources"),
        ({"plan": NOBODY}, "plan"),
        ({"until": "2028-01-01"}, "until"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_a_wrong_pattern_is_refused_at_its_field(api, pattern, change, field):
    answer = api.post("/api/v1/series/plan/", pattern | change)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    "occurrences",
    [[], None, "x", [[]], [{}], [{"start": "x"}], [{"start": at().isoformat(), "kind": 1}]],
    ids=str,
)
def test_a_wrong_series_is_refused_at_its_visits(api, pattern, occurrences):
    wish = {"patient": pattern["patient"], "type": pattern["type"], "occurrences": occurrences}
    answer = api.post("/api/v1/series/", wish)
    assert (answer.status_code, list(answer.json())) == (400, ["occurrences"])


# --- what can be booked, and when -----------------------------------------------------------------------------------------
def test_kinds_of_visits(api, kind, clinic, other_clinic):
    factories.make_type(clinic, "retired", active=False)
    with outside():
        factories.make_type(other_clinic, "theirs")
    expected = {"id": str(kind.pk), "code": "treatment", "name": "Treatment", "minutes": 45}
    assert api.get("/api/v1/appointment-types/").json() == {"results": [expected]}


def test_resources_are_listed_by_kind(api, therapist, room, clinic, physio):
    factories.make_resource(clinic, active=False)
    listed = api.get("/api/v1/resources/").json()["results"]
    assert [row["id"] for row in listed] == [str(room.pk), str(therapist.pk)]
    assert [row["kind"] for row in api.get("/api/v1/resources/?kind=therapist").json()["results"]] == [
        "therapist"
    ]
    assert api.get("/api/v1/resources/?active=false").json()["count"] == 1
    assert list(api.get("/api/v1/resources/?kind=sofa").json()) == ["kind"]
    assert listed[1]["user"] == str(physio.user_id)
    assert api.get(f"/api/v1/resources/{room.pk}/").json() == listed[0]


def test_an_admin_adds_and_changes_resources(api_for, api, physio):
    admin = api_for(Role.ADMIN)
    hours = [
        {"weekday": 2, "start": "08:00", "end": "12:00"},
        {"weekday": 1, "start": "13:00", "end": "17:30"},
    ]
    body = {"kind": "therapist", "name": "Mita Roy", "hours": hours, "user": str(physio.user_id)}
    answer = admin.post("/api/v1/resources/", body)
    assert answer.status_code == 201, answer.json()
    row = answer.json()
    assert row["hours"] == hours[::-1]
    assert (row["capacity"], row["active"], row["user"]) == (1, True, str(physio.user_id))
    address = f"/api/v1/resources/{row['id']}/"
    changed = admin.patch(address, row | {"name": "Dr Mita Roy", "hours": None, "active": False}).json()
    assert changed == row | {"name": "Dr Mita Roy", "hours": None, "active": False}
    assert api.post("/api/v1/resources/", body).status_code == 403
    assert api.patch(address, {}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "sofa"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Room one"}, "name"),
        ({"name": "a\0"}, "name"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 51}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"user": NOBODY}, "user"),
        ({"active": "yes"}, "active"),
        ({"hours": [{"weekday": 1, "start": "9", "end": "18:00"}]}, "hours"),
        ({"hours": [{"weekday": 1, "start": "18:00", "end": "09:00"}]}, "hours"),
        ({"hours": [{"weekday": 1, "start": "09:00", "end": "12:00"}] * 2}, "hours"),
        ({"hours": [{"weekday": 8, "start": "09:00", "end": "12:00"}]}, "hours"),
        ({"hours": {"weekday": 1}}, "hours"),
        ({"colour": "red"}, "colour"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_a_wrong_resource_is_refused_at_its_field(api_for, clinic, change, field):
    factories.make_resource(clinic, name="Room one")
    admin = api_for(Role.ADMIN)
    answer = admin.post("/api/v1/resources/", {"kind": "room", "name": "Room two"} | change)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    row = factories.make_resource(clinic)
    answer = admin.patch(f"/api/v1/resources/{row.pk}/", change)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_somebody_is_a_therapist_and_no_room(api_for, physio, other_clinic):
    admin = api_for(Role.ADMIN)
    body = {"kind": "room", "name": "A", "user": str(physio.user_id)}
    assert list(admin.post("/api/v1/resources/", body).json()) == ["user"]
    with outside():
        stranger = factories.make_access(other_clinic, Role.PHYSIOTHERAPIST)
    body = {"kind": "therapist", "name": "A", "user": str(stranger.user_id)}
    assert list(admin.post("/api/v1/resources/", body).json()) == ["user"]


def test_free_starts(api, visit, kind, therapist, room, clinic):
    def free(**wanted):
        answer = api.get(
            "/api/v1/availability/", {"type": kind.pk, "from": "2027-03-01", "to": "2027-03-02"} | wanted
        )
        assert answer.status_code == 200, answer.json()
        return answer.json()["results"]

    starts = [each["start"] for each in free(therapist=therapist.pk, room=room.pk)]
    assert starts[:3] == [at(clock).isoformat() for clock in ("09:00", "09:15", "10:45")]
    assert starts[-1] == at("17:15").isoformat()
    assert free(therapist=therapist.pk)[0] == {
        "start": at("09:00").isoformat(),
        "end": at("09:45").isoformat(),
        "resources": [str(therapist.pk)],
    }
    assert free() == free(therapist="any") == free(therapist=therapist.pk)
    second = factories.make_resource(clinic)
    at_ten = [each for each in free(room="any") if each["start"] == at("10:00").isoformat()]
    assert at_ten[0]["resources"] == [str(second.pk)]
    assert at("10:00").isoformat() not in [
        each["start"] for each in free(room="any", patient=visit.patient_id)
    ]
    assert free(minutes=480, room=second.pk)[-1]["start"] == at("10:00").isoformat()
    assert free(to="2027-03-01") == free(**{"from": "2020-01-01", "to": "2020-01-02"}) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": NOBODY}, "type"),
        ({"type": "x"}, "type"),
        ({"therapist": NOBODY}, "therapist"),
        ({"room": "some"}, "room"),
        ({"patient": NOBODY}, "patient"),
        ({"minutes": "4"}, "minutes"),
        ({"from": "soon"}, "from"),
    ],
    ids=lambda value: json.dumps(value),
)
def test_a_wrong_question_is_refused_at_its_parameter(api, kind, wrong, field):
    answer = api.get("/api/v1/availability/", {"type": str(kind.pk)} | wrong)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert list(api.get("/api/v1/availability/").json()) == ["type"]


# --- anything at all ------------------------------------------------------------------------------------------------------
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=6,
)
moments = st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.sampled_from(
    [at().isoformat(), "2027-03-01T10:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z"]
)


def body(**fields):
    return st.fixed_dictionaries({}, optional={name: kinds | json_values for name, kinds in fields.items()})


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_body_whatever_is_a_fault_of_ours(api, wish, pattern, visit, data):
    ids = st.sampled_from([NOBODY, "x", wish["patient"], wish["type"], *wish["resources"], str(visit.pk)])
    lists = st.lists(ids, max_size=4)
    minutes, reasons = st.integers(-5, 1000), st.text(max_size=310)
    common = {"patient": ids, "type": ids, "plan": ids, "minutes": minutes}
    when = {"start": moments, "resources": lists, "override_hours_reason": reasons}
    bodies = {
        URL: wish | data.draw(body(**common, **when)),
        f"{URL}{visit.pk}/": data.draw(body(minutes=minutes, **when)),
        f"{URL}{visit.pk}/cancel/": data.draw(body(reason=reasons) | json_values),
        "/api/v1/series/plan/": pattern
        | data.draw(
            body(
                first_date=st.dates().map(str),
                weekdays=st.lists(st.integers(-1, 9), max_size=9),
                time=st.times().map(str),
                count=st.integers(-1, 120),
                resources=lists,
                any_of=st.lists(body(kind=st.sampled_from(["room", "device"])), max_size=3),
                **common,
            )
        ),
        "/api/v1/series/": {
            "patient": wish["patient"],
            "type": wish["type"],
            "occurrences": data.draw(
                st.lists(body(unplaced=st.booleans(), minutes=minutes, **when), max_size=4)
            ),
        },
    }
    path = data.draw(st.sampled_from(sorted(bodies)))
    method = api.patch if path == f"{URL}{visit.pk}/" else api.post
    answer = method(path, bodies[path])
    assert answer.status_code in (200, 201, 400, 409), (path, bodies[path], answer.content)
    if answer.status_code == 400:
        assert answer.json()


# --- what it costs --------------------------------------------------------------------------------------------------------
def test_booking_asks_ten_questions(api, wish):
    answer, queries = queries_of(lambda: api.post(URL, wish))
    assert (answer.status_code, queries) == (201, 11)  # the first with a therapist notes who treats whom
    answer, queries = queries_of(lambda: api.post(URL, wish | {"start": at("12:00").isoformat()}))
    assert (answer.status_code, queries) == (201, 10)


@pytest.mark.parametrize("count", [1, 12])
def test_a_series_asks_as_much_for_one_visit_as_for_twelve(api, pattern, count):
    wish = series_of(api, pattern | {"count": count})
    answer, queries = queries_of(lambda: api.post("/api/v1/series/", wish))
    assert (answer.status_code, queries) == (201, 12)
    answer, queries = queries_of(lambda: api.post("/api/v1/series/plan/", pattern))
    assert (answer.status_code, queries) == (200, 6)


@pytest.mark.parametrize("visits", [1, 12])
def test_a_list_asks_as_much_for_one_visit_as_for_many(api, pattern, visits):
    api.post("/api/v1/series/", series_of(api, pattern | {"count": visits}))
    answer, queries = queries_of(lambda: api.get(URL))
    assert (len(answer.json()["results"]), queries) == (visits, 6)


@pytest.mark.parametrize("resources", [1, 12])
def test_resources_and_free_starts_ask_as_much_for_one_as_for_many(api, kind, clinic, resources):
    for _number in range(resources):
        factories.make_resource(clinic, "therapist")
    answer, queries = queries_of(lambda: api.get("/api/v1/resources/"))
    assert (answer.json()["count"], queries) == (resources, 5)
    answer, queries = queries_of(lambda: api.get("/api/v1/availability/", {"type": kind.pk}))
    assert (answer.status_code, queries) == (200, 7)
    assert Resource.objects.count() == resources
    assert not Booking.objects.exists()
