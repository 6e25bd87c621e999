"""Whatever is sent as a plan or as what a phone kept, the answer is a refusal or a success: never a crash."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from careplans.services import home, plans
from clinic.errors import RuleBroken

NOW = datetime(2027, 1, 4, 6, 30, tzinfo=UTC)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["\0", "\ud800", "x" * 3000, "0199aaaa-0000-7000-8000-000000000000", "2027-02-30", "08:00", "1+"]
    ),
)
json = st.recursive(
    scalars,
    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=8), kids, max_size=3),
    max_leaves=6,
)


def shaped(**fields):
    """Objects of a known shape, of which any field may be anything, or be missing."""
    return st.fixed_dictionaries({}, optional={name: kinds | json for name, kinds in fields.items()}) | json


ids = st.sampled_from(["0199aaaa-0000-7000-8000-000000000000", "x"])
clinic_items = shaped(
    id=ids,
    modality=st.sampled_from(["tens-conventional", "hot-pack"]),
    sites=st.lists(st.sampled_from(["left-calf", "lower-back"]), max_size=3),
    dosage=st.dictionaries(st.sampled_from(["frequency", "duration", "colour"]), json, max_size=3),
    minutes=st.integers(-5, 200),
    visits_per_week=st.floats(-1, 20),
    note=st.text(),
    status=st.sampled_from(["active", "paused"]),
)
home_items = shaped(
    id=ids,
    exercise=st.sampled_from(["calf-stretch-wall", "glute-bridge"]),
    side=st.sampled_from(["left", "right", "both"]),
    sets=st.integers(-2, 10),
    reps=st.integers(-2, 50),
    days_of_week=st.lists(st.integers(0, 9), max_size=8),
    times=st.lists(st.sampled_from(["08:00", "19:00", "8", "25:00"]), max_size=5),
)
phases = shaped(
    id=ids,
    name=st.text(max_size=200),
    order=st.integers(-1, 5),
    weeks=st.integers(-1, 200),
    entry=st.text(),
    education=st.lists(st.sampled_from(["stay-active", "x"]), max_size=2),
    clinic=st.lists(clinic_items, max_size=2),
    home=st.lists(home_items, max_size=2),
)
goals = shaped(
    text=st.text(), measure=st.sampled_from(["nprs", "modified-ashworth"]), target=scalars, due_on=scalars
)
trees = shaped(
    phases=st.lists(phases, max_size=2), goals=st.lists(goals, max_size=2), diagnoses=json, start_date=scalars
)
events = shaped(
    id=ids | st.uuids().map(str),
    type=st.sampled_from(["log", "diary", "stop"]),
    occurred_at=st.sampled_from(
        ["2027-01-04T12:00:00+05:30", "2027-01-04T12:00:00", "9999-12-31T23:59:59-14:00"]
    ),
    data=shaped(
        prescription=ids,
        session=scalars,
        sets_done=scalars,
        date=scalars,
        pain=scalars,
        note=scalars,
        cue=scalars,
    ),
)
hostile = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def draft(patient, physio):
    return plans.create_plan(patient.pk, by=physio)


@hostile
@given(body=trees)
def test_any_tree_is_saved_or_refused(draft, physio, body):
    with suppress(ValidationError, RuleBroken):
        plans.save_draft(draft.pk, body, by=physio, if_match="*")


@hostile
@given(
    body=st.dictionaries(
        st.sampled_from(["events", "sent_at", "x"]), st.lists(events, max_size=4) | json, max_size=3
    )
)
def test_any_call_of_a_phone_is_answered_or_refused(patient, body):
    try:
        answers = home.sync(patient, body, now=NOW)
    except ValidationError:
        return
    assert {answer["status"] for answer in answers} <= {"accepted", "duplicate", "rejected"}


@hostile
@given(overrides=st.dictionaries(st.sampled_from(["tens-sciatica", "x"]), json, max_size=2) | json)
def test_any_reasons_sign_or_are_refused(draft, physio, overrides):
    with suppress(ValidationError, RuleBroken):
        plans.sign_plan(draft.pk, by=physio, overrides=overrides)
