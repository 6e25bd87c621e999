"""The page of an assessment: saved field by field, by two tabs at once, with nothing that was typed ever lost."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.models import Assessment, Measurement
from careplans.pages import assessing
from careplans.services import assessments, filling, measuring
from catalogue.knowledge import knowledge
from tests.careplans.plans import diagnose
from tests.statements import statements_of

MAS = "value.modified-ashworth.soleus..left."
NPRS = "value.nprs....worst-24h"
SOME = [
    *(
        MAS,
        NPRS,
        "value.tug....",
        "value.modified-tardieu.soleus..left..r1",
        "value.modified-tardieu.soleus..left..r2",
    ),
    *(
        "value.joint-range-goniometry.knee.flexion.left.active",
        "value.timed-10m-walk....usual.seconds",
        "notes",
    ),
    *("item.patient-specific-functional-scale.0.activity", "item.patient-specific-functional-scale.0.rating"),
    *(
        "mark.left-calf.spasm",
        "mark.left-calf.spasm.intensity",
        "hours_since_dose",
        "position.modified-ashworth",
        "nothing",
    ),
]
TELLING = [
    "0",
    "1+",
    "1.5",
    "-7",
    "1e9",
    "nan",
    "999999999999999999999",
    "9,5",
    "\u0967",
    "1",
    "yes",
    "supine",
    "",
]


@pytest.fixture
def row(patient, physio):
    diagnose(patient)
    return assessments.begin_assessment(patient.pk, {"kind": "initial"}, by=physio)


@pytest.fixture
def browser(physio, client_for):
    return client_for(physio)


@pytest.fixture
def save(browser, row):
    def send(renew=(), status=200, **changes):
        told = {name: [was, now] for name, (was, now) in changes.items()}
        answer = browser.post(
            f"/assessments/{row.pk}/",
            json.dumps({"changes": told, "renew": list(renew)}),
            content_type="application/json",
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


def values(row):
    return {(v.measure_id, v.site, v.side): v.value for v in Measurement.objects.filter(assessment=row)}


def test_each_field_becomes_what_the_record_keeps(save, row, physio):
    told = {
        "flag.saddle-numbness": "no",
        "mark.left-calf.spasm": "1",
        "mark.left-calf.spasm.intensity": "7",
        "mark.left-calf.spasm.trigger": "At night",
        "mark.left-calf.spasm.wakes_at_night": "yes",
        NPRS: "6",
        MAS: "1+",
        "position.modified-ashworth": "supine",
        "hours_since_dose": "2,5",
        "item.patient-specific-functional-scale.0.activity": "Climbing stairs",
        "item.patient-specific-functional-scale.0.rating": "4",
        "notes": "  Walks with a stick.\n",
    }
    body = save(**{name: ("", now) for name, now in told.items()})
    assert (body["errors"], body["conflicts"]) == ({}, {})
    row.refresh_from_db()
    assert row.red_flags == {"saddle-numbness": False}
    assert row.body_chart == [
        {
            "region": "left-calf",
            "kind": "spasm",
            "intensity": 7,
            "trigger": "At night",
            "wakes_at_night": True,
        }
    ]
    assert row.notes == told["notes"]
    found = {v.measure_id: v for v in Measurement.objects.filter(assessment=row)}
    assert found["modified-ashworth"].value == "1+"
    assert found["modified-ashworth"].conditions == {
        "position": "supine",
        "hours_since_dose": 2.5,
        "rater": physio.name,
    }
    assert (found["nprs"].value, found["nprs"].inputs) == (6, {"timing": "worst-24h"})
    assert found["patient-specific-functional-scale"].value == 4
    assert body["state"] == {"kind": "initial", **told}
    assert filling.state(filling.drafted(row.pk, physio)) == body["state"]


def test_what_is_no_value_stays_as_typed_and_takes_the_old_value_off_the_record(save, row):
    save(**{MAS: ("", "2")})
    body = save(**{MAS: ("2", "1.5"), NPRS: ("", "11"), "notes": ("", "kept")})
    assert body["errors"] == {
        MAS: "Choose one of: 0, 1, 1+, 2, 3, 4.",
        NPRS: "Enter a number from 0 to 10.",
    }
    assert values(row) == {}
    assert body["state"][MAS] == "1.5"
    assert body["state"]["notes"] == "kept"
    assert save(**{MAS: ("1.5", "3")})["errors"] == {NPRS: "Enter a number from 0 to 10."}
    assert values(row) == {("modified-ashworth", "soleus", "left"): "3"}


def test_half_of_a_pair_waits_for_the_other(save, row):
    r1, r2 = (f"value.modified-tardieu.soleus..left..{name}" for name in ("r1", "r2"))
    assert save(**{r1: ("", "-10")})["errors"] == {r2: "Enter this too."}
    assert values(row) == {}
    assert save(**{r2: ("", "15")})["errors"] == {}
    assert values(row) == {("modified-tardieu", "soleus", "left"): 25}
    assert save(**{r2: ("15", "-30")})["errors"].keys() == {r2}


def test_a_wrong_condition_is_told_at_its_field_and_takes_no_value_away(save, row):
    body = save(
        **{MAS: ("", "2"), "hours_since_dose": ("", "soon"), "position.modified-ashworth": ("", "flying")}
    )
    assert body["errors"] == {
        "hours_since_dose": "Enter hours, 0 to 1000.",
        "position.modified-ashworth": "There is no such position.",
    }
    assert values(row) == {("modified-ashworth", "soleus", "left"): "2"}
    assert body["state"]["hours_since_dose"] == "soon"


@given(
    changes=st.dictionaries(
        st.sampled_from(SOME), st.text(max_size=12) | st.sampled_from(TELLING), max_size=6
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_input_breaks_it_or_is_scored_outside_its_range(row, physio, changes):
    before = filling.state(filling.drafted(row.pk, physio))
    told = {name: (before.get(name, ""), now.replace("\0", "")) for name, now in changes.items()}
    saved = filling.fill_form(row.pk, told, by=physio)
    assert saved.conflicts == {}
    for name in saved.errors.keys() & told.keys():  # what is no value comes back as it was typed
        assert saved.state.get(name, "") == told[name][1].strip()
    for value in Measurement.objects.filter(assessment=row):
        limits = knowledge().measures[value.measure_id]["value"]
        assert limits.get("min", 0) <= value.number <= limits.get("max", 400)


def test_two_tabs_fill_different_fields_and_see_each_other(save):
    save(**{"notes": ("", "One")})
    body = save(**{NPRS: ("", "4")})
    assert (body["conflicts"], body["state"]["notes"]) == ({}, "One")


def test_of_two_in_one_field_the_second_is_told_and_nothing_is_overwritten(save, row):
    save(**{"notes": ("", "One")})
    body = save(**{"notes": ("", "Other"), NPRS: ("", "4")})
    assert body["conflicts"] == {"notes": "One"}
    assert body["state"]["notes"] == "One"
    assert body["state"][NPRS] == "4"
    assert save(**{"notes": ("One", "Other")})["conflicts"] == {}
    row.refresh_from_db()
    assert row.notes == "Other"


def test_sent_twice_is_saved_once(save, row):
    for _time in range(2):
        assert save(**{NPRS: ("", "4")})["conflicts"] == {}
    assert len(values(row)) == 1
    pk = Measurement.objects.get().pk
    save(**{NPRS: ("4", "5")})
    assert Measurement.objects.get().pk == pk


def test_an_emptied_field_leaves_the_record(save, row):
    save(**{NPRS: ("", "4"), "mark.left-calf.pain": ("", "1"), "mark.left-calf.pain.intensity": ("", "3")})
    body = save(**{NPRS: ("4", ""), "mark.left-calf.pain": ("1", "")})
    assert body["state"] == {"kind": "initial"}
    row.refresh_from_db()
    assert (row.body_chart, values(row)) == ([], {})


def test_what_another_program_sent_is_kept(save, row, physio):
    mark = {"region": "left-calf", "kind": "pain"}
    told = [
        {"measure": "nprs", "value": 3, "inputs": {"timing": "now"}},
        {"measure": "nprs", "value": 5, "inputs": {"timing": "now"}},
        {"measure": "modified-ashworth", "value": "1", "site": "soleus", "conditions": {"rater": "AB"}},
    ]
    assessments.save_assessment(
        row.pk, {"measurements": told, "body_chart": [mark, {**mark, "intensity": 2}]}, by=physio
    )
    save(**{"value.nprs....now": ("3", "4"), "mark.left-calf.pain.intensity": ("", "9")})
    assert sorted(v.value for v in Measurement.objects.filter(measure="nprs")) == [4, 5]
    assert Measurement.objects.get(measure="modified-ashworth").conditions == {"rater": "AB"}
    row.refresh_from_db()
    assert [each.get("intensity") for each in row.body_chart] == [9, 2]


def test_a_closed_assessment_refuses(save, row, physio):
    asked = {entry["id"]: False for entry in assessments.asked_of({"sciatica"}, "initial")}
    assessments.save_assessment(row.pk, {"red_flags": asked}, by=physio)
    assessments.sign_assessment(row.pk, by=physio)
    assert "signed" in save(status=409, notes=("", "late"))["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"changes": 3}',
        b'{"changes": {"notes": "x"}}',
        b'{"changes": {"notes": ["", "a\\u0000"]}}',
        b"\xff",
        b"[" * 5000,
    ],
)
def test_what_is_no_change_is_refused(browser, row, body):
    answer = browser.post(f"/assessments/{row.pk}/", body, content_type="application/json")
    assert answer.status_code == 400


def test_unknown_fields_are_ignored(save):
    strange = (
        "entered_by",
        "value.nprs",
        "value.no-such....",
        "flag.none",
        "mark.left-calf.itch",
        "row.x",
        "typed",
        "value......",
    )
    body = save(**dict.fromkeys(strange, ("", "1")))
    assert (body["state"], body["errors"]) == ({"kind": "initial"}, {})
    body = save(**{"mark.no-such.pain": ("", "1"), "value.nprs.no-such...now": ("", "1")})
    assert body["errors"].keys() == {"mark.no-such.pain", "value.nprs.no-such...now"}


# --- pages ------------------------------------------------------------------------------------------------------------
def test_the_page_asks_what_the_disorder_asks_and_measures_what_is_usual(browser, row):
    page = browser.get(f"/assessments/{row.pk}/").content.decode()
    for name in (
        "flag.saddle-numbness",
        NPRS,
        "value.straight-leg-raise-angle...left.",
        'data-stopwatch="value.five-times-sit-to-stand',
    ):
        assert name in page
    assert "value.modified-ashworth" not in page


def test_a_measure_and_a_place_are_added(save):
    body = save(
        renew=["measures"],
        **{"row.modified-ashworth..": ("", "1"), "row.modified-ashworth.soleus.": ("", "1")},
    )
    assert f'name="{MAS}"' in body["parts"]["measures"]


def test_the_last_value_stands_beside_the_new_one_with_what_changed(save, row, patient, physio):
    told = {
        "measure": "nprs",
        "value": 8,
        "inputs": {"timing": "worst-24h"},
        "measured_at": timezone.now() - timedelta(days=30),
    }
    measuring.record_measurement(patient.pk, told, by=physio)
    line = save(**{NPRS: ("", "4")})["scores"][NPRS]
    assert "was 8" in line
    assert "improved" in line


def test_values_under_other_conditions_are_not_compared(save, row, patient, physio):
    told = {
        "measure": "modified-ashworth",
        "value": "3",
        "site": "soleus",
        "side": "left",
        "conditions": {"position": "prone"},
    }
    measuring.record_measurement(
        patient.pk, told | {"measured_at": timezone.now() - timedelta(days=30)}, by=physio
    )
    line = save(**{MAS: ("", "1"), "position.modified-ashworth": ("", "supine")})["scores"][MAS]
    assert "not comparable" in line
    assert "improved" not in line


def test_an_emergency_stops_the_other_steps_until_an_action_stands_there(save):
    stopped = save(**{"flag.saddle-numbness": ("", "yes")})["parts"]["stop"]
    assert "data-stopped" in stopped
    assert "referral" in stopped
    going = save(**{"red_flag_action": ("", "Sent to hospital.")})["parts"]["stop"]
    assert "data-stopped" not in going


def test_the_referral_letter_says_who_what_and_where(browser, row, save, patient):
    assert browser.get(f"/assessments/{row.pk}/referral/").status_code == 404
    save(**{"flag.saddle-numbness": ("", "yes"), "mark.left-calf.pain": ("", "1")})
    letter = browser.get(f"/assessments/{row.pk}/referral/").content.decode()
    for words in (patient.name, "Urgent referral", "Cauda equina", "Left calf"):
        assert words in letter


def test_without_script_the_whole_form_is_saved_and_a_newer_one_is_not_overwritten(browser, row):
    url = f"/assessments/{row.pk}/"
    sent = {
        "revision": "1",
        "notes": "One",
        NPRS: "4",
        "add_region": "left-calf",
        "add_kind": "pain",
        "add_measure": "tug",
    }
    assert browser.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert (row.notes, row.body_chart, len(values(row))) == (
        "One",
        [{"region": "left-calf", "kind": "pain"}],
        1,
    )
    assert "value.tug" in browser.get(url).content.decode()
    stale = browser.post(url, {"revision": "1", "notes": "Two"})
    assert stale.status_code == 409
    assert "Two" in stale.content.decode()
    row.refresh_from_db()
    assert row.notes == "One"
    wrong = browser.post(url, {"revision": "2", NPRS: "12", "notes": "Three"}, follow=True).content.decode()
    assert "Enter a number from 0 to 10." in wrong
    assert 'value="12"' in wrong
    assert browser.post(url, {"revision": "3", "do": "clear:mark.left-calf.pain"}).status_code == 302
    assert Assessment.objects.get().body_chart == []


def test_signing_waits_for_what_is_wrong_and_for_the_emergency_questions(browser, row, save):
    sign = f"/assessments/{row.pk}/sign/"
    save(**{NPRS: ("", "11")})
    assert browser.post(sign).status_code == 422
    save(**{NPRS: ("11", "")})
    browser.post(sign)
    assert not Assessment.objects.get().signed_at
    save(**{f"flag.{entry['id']}": ("", "no") for entry in assessments.asked_of({"sciatica"}, "initial")})
    browser.post(sign)
    assert Assessment.objects.get().signed_at
    page = browser.get(f"/assessments/{row.pk}/").content.decode()
    assert "Signed" in page
    browser.post(f"/assessments/{row.pk}/add/", {"text": "Later."})
    assert "Later." in browser.get(f"/assessments/{row.pk}/").content.decode()
    assert browser.post(f"/assessments/{row.pk}/add/", {"text": "x" * 5001}).status_code == 422


def test_two_body_charts_are_compared(browser, patient, physio):
    def chart(*marks):
        return assessments.begin_assessment(
            patient.pk, {"kind": "review", "body_chart": list(marks)}, by=physio
        )

    calf = {"region": "left-calf", "kind": "spasm"}
    chart({**calf, "intensity": 7}, {"region": "left-sole", "kind": "numbness"})
    chart({**calf, "intensity": 3}, {"region": "right-calf", "kind": "pain"})
    url = f"/patients/{patient.pk}/body-chart/"
    for way in ("", "?as=overlay"):
        page = browser.get(url + way).content.decode()
        assert [word in page for word in (">weaker<", ">not marked<", ">new<", "7/10", "3/10")] == [True] * 5


@pytest.mark.parametrize("values", [1, 40], ids=["1 value", "40 values"])
def test_the_page_costs_the_same_however_much_is_measured(browser, row, physio, values):
    muscles = knowledge().vocabulary["muscle_groups"][:values]
    told = [{"measure": "mrc-strength", "value": "4", "site": muscle, "side": "left"} for muscle in muscles]
    assessments.save_assessment(row.pk, {"measurements": told}, by=physio)
    assert len(statements_of(lambda: browser.get(f"/assessments/{row.pk}/"))) == 14


# --- how a measure goes ---------------------------------------------------------------------------------------------------
def test_values_are_drawn_by_their_days_and_a_small_change_looks_small():
    days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21)]
    of_ten, of_hundred = ({"value": {"min": 0, "max": most}} for most in (10, 100))
    assert assessing.course(days, [2, 6, 4], of_ten)["points"] == "4.0,27.0 53.0,3.0 102.0,15.0"
    assert assessing.course(days, [44, 45, 44.5], of_hundred)["points"] == "4.0,15.5 53.0,14.5 102.0,15.0"
    assert assessing.course(days, [5, 5, 5], of_ten)["points"] == "4.0,15.0 53.0,15.0 102.0,15.0"
    grades = {"value": {"choices": ["0", "1", "1+", "2", "3", "4"]}}
    assert assessing.course(days[:2], [0, 5], grades)["points"] == "4.0,27.0 102.0,3.0"
    assert assessing.course(days[:1] * 2, [1, 2], of_ten) is not None  # twice on one day
    assert assessing.course(days[:1], [1], of_ten) is None


def test_what_is_wrong_is_named_with_a_way_there(patient, physio):
    diagnose(patient)
    row = assessments.begin_assessment(patient.pk, {"kind": "review"}, by=physio)
    errors = {
        "value.modified-ashworth.soleus..left.": "wrong",
        "value.modified-ashworth.soleus..left..quality": "wrong",
        "value.nprs....now": "wrong",
        "mark.left-calf.pain.intensity": "wrong",
        "hours_since_dose": "wrong",
        "item.patient-specific-functional-scale.1": "wrong",
    }
    shown = assessing.Assessing(row, {}, errors)
    assert [each["label"] for each in shown.wrong] == [
        "Modified Ashworth Scale, Soleus, Left",
        "Numeric pain rating, 0 to 10",
        "Left calf",
        "Hours since the last antispastic dose",
        "Patient-Specific Functional Scale, average",
    ]
    assert next(each["name"] for each in shown.wrong) == "value.modified-ashworth.soleus..left."
    steps = {each["id"]: (each["state"], each["said"]) for each in shown.steps}
    assert (steps["chart"], steps["measures"]) == (("warn", "1 to correct"), ("warn", "5 to correct"))
    assert steps["sign"][0] == "warn"
