"""Assessments by API: filled as a draft, signed once, sealed by the database, and read as progress."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from careplans.models import Addendum, Assessment, Measurement
from careplans.services import assessments, measuring, plans
from catalogue.knowledge import knowledge
from clinic.access import Role
from patients import services
from patients.models import SafetyFlag
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, sign
from tests.statements import statements_of

EMERGENCIES = ("saddle-numbness", "bladder-bowel-change")
SPASM = {"region": "left-calf", "kind": "spasm", "intensity": 6}


@pytest.fixture
def api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def url(patient):
    diagnose(patient)
    return f"/api/v1/patients/{patient.pk}/assessments/"


@pytest.fixture
def values(patient):
    return f"/api/v1/patients/{patient.pk}/measurements/"


def asked(kind="initial"):
    return {entry["id"]: False for entry in assessments.asked_of({"sciatica"}, kind)}


def filled(**more):
    """An initial assessment with every question answered no."""
    return {"kind": "initial", "red_flags": asked(), "body_chart": [SPASM], "notes": "Found.", **more}


def own(body):
    return f"/api/v1/assessments/{body['id']}/"


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_the_call_of_the_contract(api, url):
    told = {
        "kind": "initial",
        "red_flags": {"saddle-numbness": False},
        "body_chart": [SPASM],
        "measurements": [
            {"measure": "modified-ashworth", "value": "1+", "site": "gastrocnemius", "side": "left"}
        ],
        "notes": "…",
    }
    made = api.post(url, told)
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["red_flags"], body["notes"]) == ("draft", told["red_flags"], "…")
    assert body["body_chart"] == [SPASM]
    (value,) = body["measurements"]
    assert value | told["measurements"][0] == value
    assert body["missing"] == ["red_flags", "measurements"]
    assert body["advice"] == []
    assert api.get(url).json()["results"] == [body] == [api.get(own(body)).json()]
    assert api.patch(own(body), body).json() | {"updated_at": ""} == body | {"updated_at": ""}


def test_a_draft_is_changed_by_what_is_named(api, url):
    nprs, tug = {"measure": "nprs", "value": 6, "site": "left-calf"}, {"measure": "tug", "value": 14.2}
    made = api.post(url, filled(measurements=[nprs, tug])).json()
    first, second = made["measurements"]
    told = [{**first, "value": 5}, {"measure": "berg-balance", "value": 44}]
    changed = api.patch(own(made), {"measurements": told}).json()
    assert [(each["measure"], each["value"]) for each in changed["measurements"]] == [
        ("nprs", 5),
        ("berg-balance", 44),
    ]
    assert changed["measurements"][0]["id"] == first["id"]
    assert not Measurement.objects.filter(pk=second["id"]).exists()
    assert changed["notes"] == "Found."


def test_measurements_come_back_in_the_order_they_were_sent(api, url):
    told = [{"measure": "nprs", "value": value} for value in (7, 3, 9, 1, 5, 0, 8, 2, 6, 4)]
    made = api.post(url, filled(measurements=told)).json()
    assert [each["value"] for each in made["measurements"]] == [each["value"] for each in told]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "first"}, ["kind"]),
        ({"kind": None}, ["kind"]),
        ({"red_flags": {"hunger": True}}, ["red_flags", "hunger"]),
        ({"red_flags": {"saddle-numbness": "no"}}, ["red_flags", "saddle-numbness"]),
        ({"red_flags": []}, ["red_flags"]),
        ({"body_chart": [{"region": "tail", "kind": "pain"}]}, ["body_chart", "0", "region"]),
        ({"body_chart": [{"region": "left-calf", "kind": "joy"}]}, ["body_chart", "0", "kind"]),
        ({"body_chart": [{**SPASM, "intensity": 11}]}, ["body_chart", "0", "intensity"]),
        ({"body_chart": [{**SPASM, "spasm_type": "dance"}]}, ["body_chart", "0", "spasm_type"]),
        ({"measurements": [{"measure": "charm", "value": 1}]}, ["measurements", "0", "measure"]),
        ({"measurements": [{"measure": "nprs", "value": 11}]}, ["measurements", "0", "value"]),
        (
            {"measurements": [{"measure": "modified-ashworth", "value": "1.5", "site": "soleus"}]},
            ["measurements", "0", "value"],
        ),
        ({"measurements": [{"measure": "modified-ashworth", "value": "1"}]}, ["measurements", "0", "site"]),
        (
            {"measurements": [{"measure": "modified-ashworth", "value": "1", "site": "left-calf"}]},
            ["measurements", "0", "site"],
        ),
        ({"measurements": [{"measure": "nprs", "value": 1, "side": "up"}]}, ["measurements", "0", "side"]),
        ({"measurements": [{"measure": "nprs", "value": 1, "colour": 1}]}, ["measurements", "0", "colour"]),
        (
            {"measurements": [{"measure": "modified-tardieu", "site": "soleus", "inputs": {"r1": 9}}]},
            ["measurements", "0", "inputs", "r2"],
        ),
        ({"notes": "a\0"}, ["notes"]),
        ({"notes": "x" * 20_001}, ["notes"]),
        ({"mood": 1}, ["mood"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_refused_at_its_field(api, url, change, where):
    answer = api.post(url, filled() | change)
    assert answer.status_code == 400
    found = answer.json()
    for step in where:
        found = found[step] if isinstance(found, dict) else found[int(step)]
    assert found
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("told", "value"),
    [
        (
            {
                "measure": "joint-range-goniometry",
                "site": "knee",
                "motion": "flexion",
                "side": "left",
                "value": 120,
            },
            120,
        ),
        (
            {
                "measure": "modified-tardieu",
                "site": "soleus",
                "side": "right",
                "inputs": {"r1": -10, "r2": 5},
            },
            15,
        ),
        ({"measure": "timed-10m-walk", "inputs": {"seconds": 12.5, "pace": "usual"}}, 0.8),
        ({"measure": "nprs", "value": 3, "inputs": {"timing": "now"}}, 3),
    ],
)
def test_a_value_is_recorded_by_itself(api, values, told, value):
    made = api.post(values, told)
    assert made.status_code == 201, made.json()
    assert made.json()["value"] == value
    assert api.get(f"{values}?measure={told['measure']}").json()["count"] == 1
    assert api.get(f"{values}?measure=berg-balance").json()["count"] == 0
    assert api.get(f"{values}?from=2999-01-01").json()["count"] == 0


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"measure": "joint-range-goniometry", "site": "knee", "motion": "flexion", "value": 400}, "value"),
        ({"measure": "joint-range-goniometry", "site": "knee", "motion": "rotation", "value": 4}, "motion"),
        ({"measure": "joint-range-goniometry", "site": "tail", "motion": "flexion", "value": 4}, "site"),
        ({"measure": "nprs", "value": 4, "motion": "flexion"}, "motion"),
        ({"measure": "tug", "value": 12, "source": "patient"}, "source"),
        ({"measure": "tug", "value": 12, "measured_at": "2999-01-01T00:00:00Z"}, "measured_at"),
        ({"measure": "tug", "value": 12, "measured_at": "2026-01-01T00:00:00"}, "measured_at"),
        ({"measure": "home-adherence"}, "value"),
    ],
)
def test_a_value_that_cannot_be_is_refused(api, values, told, field):
    answer = api.post(values, told)
    assert (answer.status_code, list(answer.json())) == (400, [field])


# --- red flags ------------------------------------------------------------------------------------------------------
def test_a_red_flag_comes_back_with_advice_and_sets_its_safety_flag_at_once(api, url, patient):
    made = api.post(url, filled(red_flags=asked() | {"saddle-numbness": True})).json()
    (found,) = made["advice"]
    assert (found["red_flag"], found["urgency"]) == ("saddle-numbness", "emergency-now")
    assert found["advice"]
    assert SafetyFlag.objects.get(patient=patient).flag_id == "cauda-equina-suspected"


@pytest.mark.parametrize("answer", [True, None])
def test_a_standing_red_flag_needs_an_action_before_the_signature(api, url, answer):
    made = api.post(url, filled(red_flags=asked() | {"saddle-numbness": answer})).json()
    refused = api.post(f"{own(made)}sign/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "red_flag_action")
    signed = api.post(f"{own(made)}sign/", {"red_flag_action": "Sent to the emergency department."})
    assert signed.json()["red_flag_action"] == "Sent to the emergency department."
    assert signed.json()["status"] == "signed"


@pytest.mark.parametrize(("kind", "status"), [("initial", 409), ("review", 409), ("discharge", 200)])
def test_an_emergency_question_of_the_disorder_is_answered_first(api, url, kind, status):
    told = {key: value for key, value in asked(kind).items() if key != "saddle-numbness"}
    made = api.post(url, filled(kind=kind, red_flags=told)).json()
    answer = api.post(f"{own(made)}sign/", {})
    assert answer.status_code == status
    if status == 409:
        assert (answer.json()["code"], answer.json()["red_flags"]) == ("unanswered", ["saddle-numbness"])


# --- signed ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def signed(api, url):
    made = api.post(url, filled(measurements=[{"measure": "nprs", "value": 6}])).json()
    return api.post(f"{own(made)}sign/", {}).json()


def test_what_is_signed_is_told_so_and_only_added_to(api, signed, physio):
    assert (signed["status"], signed["signed_by"]["id"]) == ("signed", str(physio.member_id))
    value = f"/api/v1/measurements/{signed['measurements'][0]['id']}/"
    for refused in (
        api.patch(own(signed), {"notes": "x"}),
        api.post(f"{own(signed)}sign/", {}),
        api.patch(value, {"value": 2}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "signed")
    added = api.post(f"{own(signed)}addenda/", {"text": "Left, not right."})
    assert added.status_code == 201
    assert [each["text"] for each in added.json()["addenda"]] == ["Left, not right."]
    assert added.json() | {"addenda": []} == signed


def test_the_database_changes_nothing_that_is_signed(signed, patient, physio):
    row = Assessment.objects.get(pk=signed["id"])
    value = row.measurements.get()
    assessments.add_addendum(row.pk, "More.", by=physio)
    attempts = (
        lambda: Assessment.objects.filter(pk=row.pk).update(notes="x"),
        lambda: Assessment.objects.filter(pk=row.pk).update(signed_at=None, signed_by=None),
        lambda: Measurement.objects.filter(pk=value.pk).update(number=1),
        lambda: Measurement.objects.filter(pk=value.pk).update(assessment=None),
        lambda: Measurement.objects.filter(pk=value.pk).delete(),
        lambda: Addendum.objects.filter(assessment=row).update(text="x"),
        lambda: Addendum.objects.filter(assessment=row).delete(),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError, match=r"does not change|append only"), transaction.atomic():
            attempt()
    value.pk = None
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Measurement.objects.create(
            clinic_id=row.clinic_id,
            patient=patient,
            assessment=row,
            measure_id="nprs",
            value=1,
            number=1,
            source="patient",
        )


def test_a_value_of_it_may_be_struck_through(api, signed, values):
    value = signed["measurements"][0]["id"]
    assert api.post(f"/api/v1/measurements/{value}/void/", {"reason": "Misread"}).status_code == 200
    assert api.get(values).json()["count"] == 0
    assert api.get(own(signed)).json()["measurements"] == []


def test_one_entered_in_error_is_struck_through_with_its_values(api, signed, url, values):
    struck = api.post(f"{own(signed)}void/", {"reason": "Another patient's"}).json()
    assert struck["void_reason"] == "Another patient's"
    assert [api.get(each).json()["count"] for each in (url, values)] == [0, 0]
    assert api.post(f"{own(signed)}void/", {"reason": "x"}).json()["code"] == "voided"


def test_a_draft_has_no_addenda(api, url):
    made = api.post(url, filled()).json()
    assert api.post(f"{own(made)}addenda/", {"text": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("role", "statuses"),
    [(Role.ASSISTANT, (201, 403)), (Role.FRONT_DESK, (403, 403)), (Role.ADMIN, (403, 403))],
)
def test_who_may_fill_and_sign(api, url, role, statuses, member, api_for, patient, physio):
    from patients.services import set_therapist

    who = member(role)
    set_therapist(patient.pk, who.member_id, by=physio)
    theirs = api_for(who)
    made = api.post(url, filled()).json()
    assert (
        theirs.post(url, filled()).status_code,
        theirs.post(f"{own(made)}sign/", {}).status_code,
    ) == statuses


@pytest.mark.parametrize("count", [1, 8])
def test_lists_cost_the_same_however_long(api, url, count):
    value = {"measure": "nprs", "value": 3}
    for _ in range(count):
        made = api.post(url, filled(measurements=[value] * count)).json()
        api.post(f"{own(made)}sign/", {})
        api.post(f"{own(made)}addenda/", {"text": "x"})
    assert len(statements_of(lambda: api.get(url))) == 10


# --- progress -------------------------------------------------------------------------------------------------------
def measured(patient, by, measure, value, days_ago, **more):
    at = timezone.now() - timedelta(days=days_ago)
    return measuring.record_measurement(
        patient.pk, {"measure": measure, "value": value, "measured_at": at, **more}, by=by
    )


def found_in(answer, measure, benefit="pain-spasm"):
    series = next(each["series"] for each in answer.json()["benefits"] if each["id"] == benefit)
    return [each for each in series if each["measure"] == measure]


def test_progress_is_read_from_the_day_the_plan_was_signed(api, patient, physio):
    diagnose(patient)
    answer_all(patient)
    for value, days in ((9, 40), (8, 30), (5, 5)):
        measured(patient, physio, "nprs", value, days, site="left-calf")
    plan = plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL)
    sign(plan, physio, now=timezone.now() - timedelta(days=20))
    answer = api.get(f"/api/v1/patients/{patient.pk}/progress/")
    assert [each["id"] for each in answer.json()["benefits"]] == [
        "pain-spasm",
        "nerve-coordination",
        "range-of-motion",
        "medication",
        "quality-of-life",
    ]
    (series,) = found_in(answer, "nprs")
    assert (series["baseline"], series["latest"], series["change"]) == (8, 5, -3)
    assert (series["label"], series["important"], series["mcid"]) == ("improved", True, 2)
    assert [point["value"] for point in series["points"]] == [9, 8, 5]


def test_other_sides_and_other_ways_are_other_series(api, patient, physio):
    measured(patient, physio, "modified-ashworth", "2", 9, site="soleus", side="left")
    measured(patient, physio, "modified-ashworth", "1+", 1, site="soleus", side="left")
    measured(patient, physio, "modified-ashworth", "3", 1, site="soleus", side="right")
    for pace, seconds in (("usual", 12.5), ("fast", 8)):
        measured(patient, physio, "timed-10m-walk", None, 1, inputs={"seconds": seconds, "pace": pace})
    answer = api.get(f"/api/v1/patients/{patient.pk}/progress/")
    left, right = found_in(answer, "modified-ashworth")
    assert (left["baseline"], left["latest"], left["change"], left["label"]) == (3, 2, -1, "improved")
    assert (right["side"], right["change"], right["label"]) == ("right", None, "cannot-tell")
    assert len(found_in(answer, "timed-10m-walk", "nerve-coordination")) == 2


def test_a_value_under_other_conditions_is_not_compared(api, patient, physio):
    for value, hours, days in (("3", 1, 9), ("1", 8, 1)):
        conditions = {"position": "supine", "hours_since_dose": hours}
        measured(patient, physio, "modified-ashworth", value, days, site="soleus", conditions=conditions)
    (series,) = found_in(api.get(f"/api/v1/patients/{patient.pk}/progress/"), "modified-ashworth")
    assert [point["comparable"] for point in series["points"]] == [True, False]
    assert (series["label"], series["important"], series["change"]) == ("cannot-tell", None, -3)


def test_a_yes_taken_back_in_the_same_draft_takes_its_flag_back(patient, physio):
    sets = [entry for entry in knowledge().red_flags.current if entry.get("sets_flag")]
    first = sets[0]

    def counts():
        rows = SafetyFlag.objects.filter(patient=patient, flag=first["sets_flag"])
        return rows.standing().active().count()

    row = assessments.begin_assessment(
        patient.pk, {"kind": "review", "red_flags": {first["id"]: True}}, by=physio
    )
    assert counts() == 1
    assessments.save_assessment(row.pk, {"red_flags": {first["id"]: False}}, by=physio)
    assert counts() == 0
    struck = SafetyFlag.objects.get(patient=patient, flag=first["sets_flag"])
    assert struck.void_reason == "Answered otherwise in the same assessment."

    assessments.save_assessment(row.pk, {"red_flags": {first["id"]: True}}, by=physio)
    assert counts() == 1
    assessments.save_assessment(row.pk, {"red_flags": {first["id"]: None}}, by=physio)
    assert counts() == 1  # not sure is no all-clear
    assessments.save_assessment(row.pk, {"red_flags": {first["id"]: True}}, by=physio)
    services.record_flag(patient.pk, "epilepsy", by=physio)  # what somebody else put on record stays
    assessments.save_assessment(row.pk, {"red_flags": {}}, by=physio)
    assert SafetyFlag.objects.filter(patient=patient, flag="epilepsy").standing().active().exists()
    assert counts() == 0
