"""What a phone sends: taken once, each by itself, by its own clock put right; and the patient's day it becomes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.serializers import ValidationError

from careplans.models import DiaryEntry, ExerciseLog, StopReport, SyncEvent
from careplans.services import home, plans
from careplans.signals import exercise_logged
from clinic import tenancy
from clinic.access import Role
from tests import factories
from tests.careplans.plans import answer_all, diagnose, sign

NOON = datetime(2027, 1, 4, 6, 30, tzinfo=UTC)  # a Monday, 12:00 in Kolkata
STRETCH = {"exercise": "calf-stretch-wall", "side": "left", "times": ["08:00", "19:00"]}
BRIDGE = {"exercise": "glute-bridge", "times": ["19:00"], "days_of_week": [1, 3, 5]}


def prescribe(patient, by, *home_items, **phase):
    plan = plans.create_plan(patient.pk, by=by)
    body = {
        "phases": [{"name": "Calm", "home": list(home_items), **phase}, {"name": "Later", "home": [STRETCH]}]
    }
    plans.save_draft(plan.pk, body, by=by, if_match="*")
    return sign(type(plan).objects.with_content().get(pk=plan.pk), by, now=NOON - timedelta(days=7))


@pytest.fixture
def running(patient, physio):
    diagnose(patient)
    answer_all(patient)
    return prescribe(patient, physio, STRETCH, BRIDGE)


@pytest.fixture
def stretch(running):
    return running.phases.first().home_items.first()


def log(item, at=NOON, event_id=None, **data):
    data = {"prescription": str(item.pk), "session": None, "sets_done": 1, **data}
    return {"id": str(event_id or uuid4()), "type": "log", "occurred_at": at.isoformat(), "data": data}


def diary(at=NOON, event_id=None, **data):
    data = {"date": "2027-01-04", **data}
    return {"id": str(event_id or uuid4()), "type": "diary", "occurred_at": at.isoformat(), "data": data}


def stop(item=None, at=NOON, **data):
    data = {"prescription": item and str(item.pk), "cue": "sharp-pain", "note": "", **data}
    return {"id": str(uuid4()), "type": "stop", "occurred_at": at.isoformat(), "data": data}


def send(patient, *events, now=NOON, **body):
    answers = home.sync(patient, {"events": list(events), **body}, now=now)
    assert [answer["id"] for answer in answers] == [event.get("id") for event in events]
    return [answer["status"] for answer in answers]


# --- the day ------------------------------------------------------------------------------------------------------------
def test_today_is_every_session_of_the_local_day(patient, running, clinic):
    day = home.today(patient, clinic=clinic, now=NOON)
    assert day["date"] == "2027-01-04"
    assert [(s["time"], len(s["exercises"])) for s in day["sessions"]] == [("08:00", 1), ("19:00", 2)]
    exercise = day["sessions"][0]["exercises"][0]
    assert exercise.keys() >= {
        "prescription",
        "lineage_id",
        "exercise",
        "side",
        "sets",
        "reps",
        "hold_s",
        "done",
    }
    assert exercise["exercise"].keys() >= {"id", "name", "steps", "picture", "stop_if"}
    assert (exercise["exercise"]["id"], exercise["done"]) == ("calf-stretch-wall", False)
    assert all(
        isinstance(text, str) for text in (*exercise["exercise"]["steps"], *exercise["exercise"]["stop_if"])
    )


def test_today_speaks_the_patients_language(patient, running, clinic):
    exercise = home.today(patient, clinic=clinic, language="bn", now=NOON)["sessions"][0]["exercises"][0][
        "exercise"
    ]
    assert exercise["name"] == "দেওয়ালে কাফ স্ট্রেচ"


@pytest.mark.parametrize("items", [1, 5])
def test_today_costs_two_queries(patient, physio, clinic, items):
    diagnose(patient)
    answer_all(patient)
    prescribe(patient, physio, *[STRETCH] * items)
    with CaptureQueriesContext(connection) as queries:
        day = home.today(patient, clinic=clinic, now=NOON)
    assert len(day["sessions"][0]["exercises"]) == items
    assert len(queries) == 2


def test_today_is_the_phase_that_somebody_began(patient, running, physio, clinic):
    plans.set_phase(running.pk, by=physio, phase_id=running.phases.last().pk)
    assert [len(s["exercises"]) for s in home.today(patient, clinic=clinic, now=NOON)["sessions"]] == [1, 1]


def test_nothing_is_due_before_the_start_or_on_hold(patient, running, physio, clinic):
    assert home.today(patient, clinic=clinic, now=NOON - timedelta(days=30))["sessions"] == []
    plans.hold(running.pk, by=physio, reason="Away.")
    assert home.today(patient, clinic=clinic, now=NOON)["sessions"] == []


def test_the_day_is_that_of_the_patients_own_clock(patient, running, clinic):
    patient.timezone = "Pacific/Auckland"
    assert home.today(patient, clinic=clinic, now=NOON + timedelta(hours=6))["date"] == "2027-01-05"


def test_my_plan_names_its_phases(patient, running, clinic):
    phases = home.my_plan(patient)["phases"]
    assert [(phase["name"], phase["current"], len(phase["home"])) for phase in phases] == [
        ("Calm", True, 2),
        ("Later", False, 1),
    ]


# --- logs ---------------------------------------------------------------------------------------------------------------
def test_a_log_marks_its_session_done(patient, stretch, clinic):
    assert send(patient, log(stretch, session="08:00", pain_before=4, pain_after=2, note="Fine")) == [
        "accepted"
    ]
    kept = ExerciseLog.objects.get()
    assert (kept.lineage_id, f"{kept.day}", f"{kept.session:%H:%M}") == (
        stretch.lineage_id,
        "2027-01-04",
        "08:00",
    )
    assert (kept.sets_done, kept.pain_before, kept.pain_after, kept.note) == (1, 4, 2, "Fine")
    day = home.today(patient, clinic=clinic, now=NOON)
    assert [[each["done"] for each in s["exercises"]] for s in day["sessions"]] == [[True], [False, False]]


def test_without_a_session_a_log_is_of_the_nearest(patient, stretch):
    send(
        patient,
        log(stretch, at=NOON),
        log(stretch, at=NOON + timedelta(hours=5)),
        now=NOON + timedelta(hours=6),
    )
    assert sorted(f"{each.session:%H:%M}" for each in ExerciseLog.objects.all()) == ["08:00", "19:00"]


def test_two_logs_of_one_session_are_two_logs(patient, stretch):
    assert send(patient, log(stretch, session="08:00"), log(stretch, session="08:00")) == ["accepted"] * 2
    assert ExerciseLog.objects.count() == 2


def test_the_same_event_counts_once(patient, stretch):
    event = log(stretch)
    assert send(patient, event, event) == ["accepted", "duplicate"]
    assert send(patient, event) == ["duplicate"]
    assert ExerciseLog.objects.count() == SyncEvent.objects.count() == 1


def test_an_event_id_counts_per_patient(clinic, patient, physio, stretch):
    other = factories.make_patient(clinic)
    event_id = uuid4()
    assert send(patient, diary(event_id=event_id, pain=3)) == ["accepted"]
    assert send(other, diary(event_id=event_id, pain=3)) == ["accepted"]


def test_an_earlier_versions_exercise_counts_by_its_lineage(patient, running, stretch, physio, clinic):
    sign(plans.amend_plan(running.pk, by=physio, reason="x"), physio, now=NOON - timedelta(days=1))
    assert send(patient, log(stretch, session="08:00")) == ["accepted"]
    assert home.today(patient, clinic=clinic, now=NOON)["sessions"][0]["exercises"][0]["done"]


def test_an_exercise_paused_meanwhile_is_taken(patient, stretch):
    type(stretch).objects.filter(pk=stretch.pk).update(status="paused")
    assert send(patient, log(stretch)) == ["accepted"]


def test_what_is_in_no_plan_of_theirs_is_rejected(clinic, patient, physio, stretch):
    other = factories.make_patient(clinic)
    assert send(other, log(stretch)) == ["rejected"]
    draft = plans.create_plan(patient.pk, by=physio)
    body = {"phases": [{"home": [STRETCH]}]}
    item = plans.save_draft(draft.pk, body, by=physio, if_match="*").home_items.get()
    assert send(patient, log(item)) == ["rejected"]  # nobody signed it


@pytest.mark.parametrize(
    ("data", "cue"),
    [
        ({"too_painful": True}, "too-painful"),
        ({"pain_before": 2, "pain_after": 5}, "pain-rise"),
        ({"pain_before": 2, "pain_after": 4}, None),
        ({"pain_after": 9}, None),
    ],
)
def test_the_clinic_is_told_when_it_hurt(patient, stretch, data, cue):
    assert send(patient, log(stretch, **data)) == ["accepted"]
    assert list(StopReport.objects.values_list("cue", flat=True)) == ([cue] if cue else [])
    assert type(stretch).objects.get(pk=stretch.pk).status == "active"


def test_a_log_is_told_to_the_apps_above(patient, stretch):
    heard = []
    exercise_logged.connect(lambda log, **_kwargs: heard.append(log), weak=False, dispatch_uid="test")
    try:
        send(patient, log(stretch))
    finally:
        exercise_logged.disconnect(dispatch_uid="test")
    assert heard == [ExerciseLog.objects.get()]


# --- diary and stops ----------------------------------------------------------------------------------------------------
def test_a_later_word_wins_field_by_field(patient):
    assert (
        send(patient, diary(pain=4, sleep=6), diary(at=NOON + timedelta(minutes=5), pain=3))
        == ["accepted"] * 2
    )
    assert send(patient, diary(at=NOON - timedelta(hours=1), pain=9, spasm_count=2)) == ["accepted"]
    entry = DiaryEntry.objects.get()
    assert (entry.pain, entry.sleep, entry.spasm_count) == (3, 6, 2)


def test_a_stop_tells_the_clinic(patient, stretch):
    assert send(patient, stop(stretch), stop(None, cue="saddle-numbness")) == ["accepted"] * 2
    assert set(StopReport.objects.values_list("cue", "prescription")) == {
        ("sharp-pain", stretch.pk),
        ("saddle-numbness", None),
    }


# --- what is bad is rejected alone ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "spoil",
    [
        {"type": "dance"},
        {"occurred_at": "2027-01-04T12:00:00"},
        {"occurred_at": "soon"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": "9999-12-31T23:59:59-12:00"},
        {"occurred_at": (NOON + timedelta(minutes=11)).isoformat()},
        {"id": "x"},
        {"id": None},
        {"id": ["x"]},
        {"data": None},
        {"data": {}},
        {"data": {"date": "2027-01-04", "pain": 11}},
        {"data": {"date": "2027-01-04", "pain": "a"}},
        {"data": {"date": "2027-01-04", "note": "\0"}},
        {"data": {"date": "2027-01-04", "note": "x" * 1001}},
        {"data": {"date": "2027-01-04", "colour": 1}},
        {"data": {"date": "2027-02-01"}},
        {"data": {"date": "2027-02-30"}},
        {"colour": 1},
        {"type": "stop", "data": {"cue": "no-such"}},
        {"type": "stop", "data": {}},
        {"type": "log", "data": {"prescription": "0ab29e26-a6d3-45ea-bd9b-1bc8df3c7939"}},
        {"type": "log", "data": {"prescription": "x"}},
    ],
    ids=str,
)
def test_a_bad_event_is_rejected_alone(patient, spoil):
    good = diary(pain=2)
    assert send(patient, diary() | spoil, good) == ["rejected", "accepted"]
    assert SyncEvent.objects.count() == 1


@pytest.mark.parametrize("event", [None, "x", 5, [], {}])
def test_what_is_no_event_is_rejected_alone(patient, event):
    answers = home.sync(patient, {"events": [event, diary(pain=2)]}, now=NOON)
    assert [answer["status"] for answer in answers] == ["rejected", "accepted"]
    assert answers[0]["detail"]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"events": {}}, {"events": [], "colour": 1}, {"events": [], "sent_at": "x"}]
)
def test_what_is_no_call_is_refused(patient, body):
    with pytest.raises(ValidationError):
        home.sync(patient, body, now=NOON)


def test_over_five_hundred_events_are_refused_and_none_is_taken(patient):
    with pytest.raises(ValidationError):
        send(patient, *[diary(pain=1)] * 501)
    assert not SyncEvent.objects.exists()


# --- clocks ---------------------------------------------------------------------------------------------------------------
def test_a_wrong_clock_is_put_right(patient, stretch):
    ahead = timedelta(days=2)
    sent_at = (NOON + ahead).isoformat()
    assert send(patient, log(stretch, at=NOON + ahead - timedelta(hours=4)), sent_at=sent_at) == ["accepted"]
    kept = ExerciseLog.objects.get()
    assert (kept.occurred_at, f"{kept.session:%H:%M}") == (NOON - timedelta(hours=4), "08:00")


def test_a_right_clock_is_left_alone(patient, stretch):
    at = NOON - timedelta(hours=1)
    send(patient, log(stretch, at=at), sent_at=(NOON - timedelta(seconds=30)).isoformat())
    assert ExerciseLog.objects.get().occurred_at == at


@pytest.mark.parametrize(("minutes", "status"), [(9, "accepted"), (11, "rejected")])
def test_ten_minutes_ahead_is_a_clock_that_is_a_little_wrong(patient, minutes, status):
    assert send(patient, diary(at=NOON + timedelta(minutes=minutes), pain=1)) == [status]


# --- races ----------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_calls_with_the_same_events_take_each_once():
    clinic = factories.make_clinic()
    physio = factories.make_access(clinic, Role.PHYSIOTHERAPIST)
    patient = factories.make_patient(clinic)
    with tenancy.scope(clinic.pk):
        diagnose(patient)
        answer_all(patient)
        item = prescribe(patient, physio, STRETCH).phases.first().home_items.first()
    events = [log(item) if place % 2 else diary(pain=place % 10) for place in range(30)]
    together = Barrier(2)

    def call(order):
        try:
            with tenancy.scope(clinic.pk):
                together.wait(timeout=10)
                return [
                    answer["status"] for answer in home.sync(patient, {"events": events[::order]}, now=NOON)
                ]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as phones:
        answers = [status for each in phones.map(call, [1, -1]) for status in each]
    assert (answers.count("accepted"), answers.count("duplicate")) == (30, 30)
    with tenancy.scope(clinic.pk):
        assert ExerciseLog.objects.count() == 15


@pytest.mark.parametrize(("day", "status"), [("1999-12-31", "rejected"), ("2000-01-01", "accepted")])
def test_a_diary_begins_with_this_century(patient, day, status):
    assert send(patient, diary(date=day, pain=1)) == [status]
