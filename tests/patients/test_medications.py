"""Medicines: each dose with its time, and how much of a reference dose they make together."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from careplans.models import CarePlan
from careplans.services import plans
from patients import services
from patients.models import Medication, SafetyFlag
from patients.services.medications import weighed_as
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, sign
from tests.patients.test_safety_screen import NOBODY

BACLOFEN = {"name": "Baclofen", "drug_class": "muscle-relaxant", "dose": 10, "unit": "mg", "per_day": 2.5}


@pytest.fixture
def api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def url(patient):
    return f"/api/v1/patients/{patient.pk}/medications/"


def test_a_medicine_is_recorded_and_its_answer_may_be_sent_back(api, url, physio):
    made = api.post(url, {**BACLOFEN, "started_on": "2026-05-01"})
    assert made.status_code == 201
    body = made.json()
    assert body | {**BACLOFEN, "started_on": "2026-05-01", "stopped_on": None} == body
    assert body["entered_by"]["id"] == str(physio.member_id)
    own = f"/api/v1/medications/{body['id']}/"
    assert api.get(url).json()["results"] == [body] == [api.get(own).json()]
    assert api.patch(own, body).json() == body


def test_only_what_is_named_changes(api, url):
    made = api.post(url, {**BACLOFEN, "started_on": "2026-05-01"}).json()
    changed = api.patch(f"/api/v1/medications/{made['id']}/", {"stopped_on": "2026-06-01"}).json()
    assert changed == made | {"stopped_on": "2026-06-01"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"dose": 0}, "dose"),
        ({"dose": "10"}, "dose"),
        ({"dose": True}, "dose"),
        ({"dose": 1e12}, "dose"),
        ({"dose": 0.0001}, "dose"),
        ({"per_day": -1}, "per_day"),
        ({"per_day": None}, "per_day"),
        ({"drug_class": "magic"}, "drug_class"),
        ({"started_on": "2999-01-01"}, "started_on"),
        ({"started_on": "1960-01-01"}, "started_on"),  # before she was born
        ({"started_on": "2026-05-01", "stopped_on": "2026-04-30"}, "stopped_on"),
        ({"colour": "white"}, "colour"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(api, url, change, field):
    answer = api.post(url, {**BACLOFEN, **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Medication.objects.exists()


def test_one_entered_in_error_is_struck_through_and_stays(api, url):
    own = f"/api/v1/medications/{api.post(url, BACLOFEN).json()['id']}/"
    struck = api.post(f"{own}void/", {"reason": "Another patient's"}).json()
    assert struck["void_reason"] == "Another patient's"
    assert api.get(url).json()["results"] == []
    assert api.get(own).json() == struck
    for again in (api.patch(own, {"dose": 5}), api.post(f"{own}void/", {"reason": "x"})):
        assert (again.status_code, again.json()["code"]) == (409, "voided")


def test_the_desk_sees_no_medicine(api_for, desk, url):
    for answer in (api_for(desk).get(url), api_for(desk).post(url, BACLOFEN)):
        assert answer.status_code == 403


def test_nothing_is_found_that_is_not_there(api):
    assert api.get(f"/api/v1/patients/{NOBODY}/medications/").status_code == 404
    assert api.patch(f"/api/v1/medications/{NOBODY}/", {}).status_code == 404


def test_the_database_takes_no_dose_of_nothing(patient, physio):
    row = services.record_medication(patient.pk, {"name": "Baclofen", "dose": 10, "per_day": 3}, by=physio)
    for wrong in ({"dose": 0}, {"per_day": 0}, {"started_on": "2026-05-02", "stopped_on": "2026-05-01"}):
        with pytest.raises(IntegrityError, match="medication_"), transaction.atomic():
            Medication.objects.filter(pk=row.pk).update(**wrong)


# --- burden ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Baclofen", "baclofen-oral"),
        ("Tab. BACLOFEN 10", "baclofen-oral"),
        ("gabapentin (generic)", "gabapentin"),
        ("Aspirin", None),
        ("Baclofenol", None),
        ("", None),
    ],
)
def test_a_medicine_is_weighed_under_its_name(name, key):
    assert weighed_as(name) == key


def test_the_burden_of_a_day_is_in_reference_doses(patient, physio):
    """Baclofen 25 of 50 mg is 0.5; gabapentin 900 of 1800 mg is 0.5; what is not weighed does not count."""
    today = timezone.localdate()
    told = [
        {"name": "Baclofen", "dose": 10, "per_day": 2.5},
        {"name": "Gabapentin", "dose": 300, "per_day": 3, "started_on": today - timedelta(days=5)},
        {"name": "Tizanidine", "dose": 4, "per_day": 3, "stopped_on": today - timedelta(days=1)},
        {"name": "Aspirin", "dose": 75, "per_day": 1},
        {"name": "Diazepam", "dose": 2, "per_day": 5, "unit": "tablets"},
    ]
    for fields in told:
        services.record_medication(patient.pk, fields, by=physio)
    rows = list(Medication.objects.filter(patient=patient))
    burden = {days: services.burden(rows, today - timedelta(days=days)) for days in (0, 1, 6)}
    assert burden == {0: 1.0, 1: 2.0, 6: 1.5}
    assert services.burden([row for row in rows if row.name == "Aspirin"], today) is None


# --- the page -------------------------------------------------------------------------------------------------------------
TYPED = {
    "name": "Baclofen",
    "drug_class": "muscle-relaxant",
    "dose": "10",
    "unit": "mg",
    "per_day": "2.5",
    "started_on": "",
}


@pytest.fixture
def page(patient):
    return f"/patients/{patient.pk}/medicines/"


@pytest.fixture
def browser(physio, client_for):
    return client_for(physio)


def shown(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_a_medicine_is_typed_stopped_and_struck_through(browser, page, patient):
    assert "No medicine on record" in shown(browser.get(page))
    assert browser.post(f"{page}new/", TYPED)["Location"] == page
    html = shown(browser.get(page))
    assert "10 mg, 2.5 × a day" in html
    assert "0.5 × the reference dose a day" in html
    row = Medication.objects.get(patient=patient)
    browser.post(f"/medicines/{row.pk}/stop/")
    row.refresh_from_db()
    assert row.stopped_on == timezone.localdate()
    browser.post(f"/medicines/{row.pk}/void/", {"reason": "Another patient's"})
    assert "Struck through: Another patient&#x27;s" in shown(browser.get(page))
    assert "struck through" in shown(browser.post(f"/medicines/{row.pk}/stop/", follow=True))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"dose": "0"}, "dose"),
        ({"dose": "much"}, "dose"),
        ({"per_day": "-1"}, "per_day"),
        ({"drug_class": "magic"}, "drug_class"),
        ({"started_on": "2999-01-01"}, "started_on"),
        ({"name": "a\0"}, "name"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_it_and_nothing_is_lost(browser, page, change, field):
    html = shown(browser.post(f"{page}new/", TYPED | {"unit": "mg/ml"} | change), 422)
    assert f'id="id_{field}_error"' in html
    assert 'value="mg/ml"' in html
    assert not Medication.objects.exists()


def test_the_desk_has_no_page_of_medicines(client_for, desk, page):
    assert client_for(desk).get(page).status_code == 403
    assert "medicines/" not in shown(client_for(desk).get(page.removesuffix("medicines/")))


def test_the_ratio_is_that_of_two_weeks_means(patient, physio):
    """30 mg a day in the week of the baseline; 30, 30, 30, then 15, 15, 15, 15 mg in the last: 150 of 210 is 71 %."""
    today = timezone.localdate()
    dose = {"name": "Baclofen", "drug_class": "muscle-relaxant", "dose": 10}
    changed = today - timedelta(days=3)
    services.record_medication(
        patient.pk, {**dose, "per_day": 3, "stopped_on": changed - timedelta(days=1)}, by=physio
    )
    services.record_medication(patient.pk, {**dose, "per_day": 1.5, "started_on": changed}, by=physio)
    rows = list(Medication.objects.filter(patient=patient))
    assert services.dose_ratio(rows, today - timedelta(days=30), today) == 71
    assert services.dose_ratio(rows, today - timedelta(days=30), changed - timedelta(days=1)) == 100
    assert services.dose_ratio([], today, today) is None


def test_what_is_taken_is_held_against_the_day_the_first_plan_was_signed(browser, page, patient, physio):
    services.record_medication(
        patient.pk, {"name": "Baclofen", "dose": 10, "per_day": 3, "drug_class": "muscle-relaxant"}, by=physio
    )
    assert "Once a plan is signed" in shown(browser.get(page))
    diagnose(patient)
    answer_all(patient)
    plan = plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL)
    sign(CarePlan.objects.with_content().get(pk=plan.pk), physio, now=timezone.now() - timedelta(days=20))
    html = shown(browser.get(page))
    assert "100 %" in html
    assert "As much is taken now." in html


# --- what medicines say of safety -----------------------------------------------------------------------------------------
def flags(patient):
    rows = SafetyFlag.objects.filter(patient=patient).standing().active()
    return set(rows.values_list("flag_id", flat=True))


@pytest.mark.parametrize(
    ("told", "sets"),
    [
        ({"name": "Warfarin"}, {"anticoagulant"}),
        ({"name": "Tab.Warfarin"}, {"anticoagulant"}),
        ({"name": "warfarin-sodium 5mg"}, {"anticoagulant"}),
        ({"name": "Aspirin+Heparin"}, {"anticoagulant"}),
        ({"name": "Warfarin5"}, {"anticoagulant"}),
        ({"name": "Heparinoid gel"}, set()),
        ({"name": "Tab. Apixaban 5"}, {"anticoagulant"}),
        ({"name": "Insulin glargine"}, {"hypoglycaemia-risk"}),
        ({"name": "Pregabalin"}, {"sedating-medicine"}),
        ({"name": "Vitamin D"}, set()),
        ({"name": "Warfarin", "stopped_on": date(2026, 5, 1)}, set()),  # taken no more
    ],
)
def test_a_medicine_says_itself_what_to_beware_of(patient, physio, told, sets):
    services.record_medication(patient.pk, {"dose": 5, "per_day": 1, **told}, by=physio)
    assert flags(patient) == sets


def test_a_changed_antispasm_medicine_is_to_be_heeded_for_two_weeks(patient, physio):
    today = timezone.localdate()
    dose = {"name": "Dantrolene", "drug_class": "muscle-relaxant", "dose": 25, "per_day": 2}
    row = services.record_medication(
        patient.pk, {**dose, "started_on": today - timedelta(days=15)}, by=physio
    )
    assert flags(patient) == set()
    services.change_medication(row.pk, {"stopped_on": today}, by=physio)
    assert flags(patient) == {"antispasm-medicine-change"}


def test_none_of_these_does_not_contradict_the_medicines(browser, patient, physio):
    services.record_medication(patient.pk, {"name": "Warfarin", "dose": 5, "per_day": 1}, by=physio)
    browser.post(f"/patients/{patient.pk}/safety/screen/", {"none_of": "medicine", "asked-drug-patch": "1"})
    assert "anticoagulant" in flags(patient)
    assert "Blood thinners" in shown(browser.get(f"/patients/{patient.pk}/"))


def test_a_medicine_may_have_been_stopped_on_an_earlier_day(browser, page, patient, physio):
    told = {"name": "Baclofen", "dose": 10, "per_day": 3, "started_on": date(2026, 5, 1)}
    row = services.record_medication(patient.pk, told, by=physio)
    for typed, said in (
        ("2026-04-30", "before the first day"),
        ("2999-01-01", "still to come"),
        ("soon", "valid date"),
        ("2026-05-20", "20 May 2026 is its last day"),
    ):
        answer = browser.post(f"/medicines/{row.pk}/stop/", {"stopped_on": typed}, follow=True)
        assert said in shown(answer), typed
    row.refresh_from_db()
    assert row.stopped_on == date(2026, 5, 20)
