"""Diagnoses: code, side and level, what is missing is named, and the flags that follow from them."""

import re
from datetime import date

import pytest
from django.utils import timezone

from catalogue.knowledge import knowledge
from clinic.access import Role
from patients import derived, services, wording
from patients.models import Diagnosis, SafetyFlag
from tests import factories

NOBODY = "0199aaaa-0000-7000-8000-000000000000"
DYSREFLEXIA = "autonomic-dysreflexia-risk"


@pytest.fixture
def api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def url(patient):
    return f"/api/v1/patients/{patient.pk}/diagnoses/"


def record(api, url, condition, **fields):
    answer = api.post(url, {"condition": condition, **fields})
    assert answer.status_code == 201, answer.json()
    return answer.json()


@pytest.fixture
def due(api, patient):
    return lambda: api.get(f"/api/v1/patients/{patient.pk}/safety-screen/").json()["due"]


def test_a_diagnosis_is_recorded_as_told(api, url, patient, physio):
    told = {
        "icd10": "g35",
        "side": "left",
        "level": "l5",
        "qualifiers": {"edss": 3.5},
        "onset_date": "2020-05-01",
    }
    body = record(api, url, "ms-relapsing-remitting", **told)
    assert body | {"icd10": "G35", "side": "left", "level": "L5", "qualifiers": {"edss": 3.5}} == body
    assert body | {"family": "multiple-sclerosis", "status": "active", "patient": str(patient.pk)} == body
    assert body["entered_by"]["id"] == str(physio.member_id)
    assert api.get(url).json()["results"] == [body] == [api.get(f"/api/v1/diagnoses/{body['id']}/").json()]


def test_side_and_code_left_out_are_the_subtypes_own(api, url):
    body = record(api, url, "sciatica-left", side=None)
    assert (body["side"], body["icd10"]) == ("left", "M54.3")


def test_what_is_missing_is_named_and_never_refused(api, url):
    body = record(api, url, "sci-tetraplegia-incomplete")
    assert {"level", "ais-grade"} <= set(body["missing"])
    told = {"level": "C6", "qualifiers": {"ais": "C"}}
    changed = api.patch(f"/api/v1/diagnoses/{body['id']}/", told).json()
    assert not {"level", "ais-grade"} & set(changed["missing"])
    assert changed["qualifiers"] == {"ais": "C"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"condition": None}, "condition"),
        ({"condition": "no-such"}, "condition"),
        ({"icd10": "35"}, "icd10"),
        ({"icd10": "G35" * 5}, "icd10"),
        ({"side": "up"}, "side"),
        ({"level": "L9"}, "level"),
        ({"level": "here"}, "level"),
        ({"qualifiers": {"irritability": "furious"}}, "qualifiers"),
        ({"qualifiers": {"onset-date": "2020-13-01"}}, "qualifiers"),
        ({"qualifiers": {"x" * 41: 1}}, "qualifiers"),
        ({"qualifiers": {"x": {"deep": 1}}}, "qualifiers"),
        ({"qualifiers": []}, "qualifiers"),
        ({"qualifiers": {"x": 1e300}}, "qualifiers"),
        ({"onset_date": "2999-01-01"}, "onset_date"),
        ({"onset_date": "1950-01-01"}, "onset_date"),  # before she was born
        ({"status": "cured"}, "status"),
        ({"colour": "red"}, "colour"),
    ],
    ids=range(17),
)
def test_a_wrong_diagnosis_is_refused_at_its_field(api, url, change, field):
    answer = api.post(url, {"condition": "sciatica-left", **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Diagnosis.objects.exists()


def test_only_what_is_named_changes_and_the_answer_may_be_sent_back(api, url):
    body = record(api, url, "sciatica-left", level="L5")
    at = f"/api/v1/diagnoses/{body['id']}/"
    assert api.patch(at, body).json() == body
    assert api.patch(at, {"status": "resolved"}).json() == {**body, "status": "resolved"}


def test_what_was_entered_in_error_is_struck_through(api, url):
    body = record(api, url, "sciatica-left")
    at = f"/api/v1/diagnoses/{body['id']}/"
    assert api.post(f"{at}void/", {"reason": "Other person."}).json()["void_reason"] == "Other person."
    assert api.get(url).json()["results"] == []
    assert api.patch(at, {"level": "L5"}).json()["code"] == "voided"


def test_refusals_of_diagnoses_come_in_order(client, api_for, api, url):
    at, bad = f"/api/v1/diagnoses/{NOBODY}/", {"x": 1}
    assert client.patch(at, bad, content_type="application/json").status_code == 401
    assert api_for(Role.FRONT_DESK).patch(at, bad).status_code == 403
    assert api_for(Role.ADMIN).patch(at, bad).status_code == 403
    assert api.patch(at, bad).status_code == 404
    assert api.post(url, bad).status_code == 400


# --- flags that follow ----------------------------------------------------------------------------------------------------
def test_a_high_cord_injury_sets_the_risk_of_dysreflexia_without_asking(api, url, due):
    record(api, url, "sci-tetraplegia-complete", level="C6", qualifiers={"ais": "A"})
    assert SafetyFlag.objects.get().flag_id == DYSREFLEXIA
    assert DYSREFLEXIA not in due()


def test_a_cord_injury_whose_level_is_not_known_is_asked_about_until_it_is(api, url, due):
    body = record(api, url, "sci-paraplegia-incomplete")
    assert not SafetyFlag.objects.exists()
    assert {DYSREFLEXIA, "orthostatic-hypotension"} <= set(due())
    told = {"level": "L2", "qualifiers": {"ais-grade": "C"}}
    api.patch(f"/api/v1/diagnoses/{body['id']}/", told)
    assert "orthostatic-hypotension" not in due()
    assert not SafetyFlag.objects.exists()


def test_what_follows_but_wants_confirming_is_asked(api, url, due):
    record(api, url, "sci-tetraplegia-complete", level="C6", qualifiers={"ais": "A"})
    assert "orthostatic-hypotension" in due()


def test_nothing_follows_from_what_is_resolved_or_struck_through(api, url, due):
    body = record(api, url, "sci-paraplegia-incomplete")
    api.post(f"/api/v1/diagnoses/{body['id']}/void/", {"reason": "x"})
    record(api, url, "sci-paraplegia-incomplete", status="resolved")
    assert "orthostatic-hypotension" not in due()


def test_a_flag_that_runs_is_not_set_twice(api, url):
    for _n in range(2):
        record(api, url, "sci-tetraplegia-complete", level="C6", qualifiers={"ais": "A"})
    assert SafetyFlag.objects.count() == 1


@pytest.mark.parametrize(
    ("subtype", "level", "grade", "sets", "asks"),
    [
        ("sci-tetraplegia-complete", "T6", "A", True, False),
        ("sci-tetraplegia-complete", None, None, True, False),  # every level it may have lies above
        ("sci-paraplegia-complete", "T7", "A", False, False),
        ("sci-paraplegia-complete", None, "A", False, True),
        ("sci-conus-medullaris", None, None, False, False),
        ("sci-recovered-ais-e", "C5", None, False, False),
    ],
)
def test_a_level_says_yes_no_or_ask(subtype, level, grade, sets, asks):
    known = knowledge().conditions
    facts = derived.Facts(
        family=known["spinal-cord-injury"],
        subtype=known[subtype],
        level=level,
        qualifiers={"ais-grade": grade} if grade else {},
        onset=None,
    )
    found = derived.derive(facts, date(2027, 1, 4))
    assert (DYSREFLEXIA in found.set, DYSREFLEXIA in found.ask) == (sets, asks)


def test_the_engine_learns_what_is_known(patient, physio):
    services.record_diagnosis(patient.pk, {"condition": "sciatica-left"}, by=physio)
    services.record_flag(patient.pk, "metal-implant", by=physio, regions=["left-calf"])
    services.answer_safety_screen(patient.pk, {"epilepsy": {"present": False}}, by=physio)
    facts = services.patient_facts(patient)
    assert facts.flags == {"metal-implant": ("left-calf",)}
    assert facts.conditions == {"sciatica", "sciatica-left"}
    assert facts.answered == {"metal-implant", "epilepsy"}
    assert facts.age == patient.age(timezone.localdate())


def test_what_is_asked_for_a_diagnosis_tells_it_to_nobody_who_may_not_know(
    patient, physio, api_for, client_for, desk
):
    """A cord injury of which the level is missing sets no flag yet, and asks for one."""
    screen, page = f"/api/v1/patients/{patient.pk}/safety-screen/", f"/patients/{patient.pk}/safety/"

    def seen_by(who):
        html = client_for(who).get(page).content.decode().split("<main")[1]
        return set(api_for(who).get(screen).json()["due"]), re.sub(r'csrf\S+" value="\w+"', "", html)

    due, _page = seen_by(physio)
    by_the_desk = seen_by(desk)
    told = {"condition": "sci-paraplegia-complete", "qualifiers": {"ais": "A"}}
    services.record_diagnosis(patient.pk, told, by=physio)
    assert seen_by(physio)[0] > due
    assert seen_by(desk) == by_the_desk


# --- who treats whom ------------------------------------------------------------------------------------------------------
def test_the_first_physiotherapist_becomes_responsible(clinic, desk, physio, member):
    patient = factories.make_patient(clinic)
    assistant = member(Role.ASSISTANT)
    services.join_care_team(patient.pk, [assistant.member_id], by=desk)
    services.join_care_team(patient.pk, [physio.member_id, assistant.member_id], by=desk)
    roles = dict(patient.care_team.values_list("member_id", "role"))
    assert roles == {assistant.member_id: "treating", physio.member_id: "responsible"}


def test_who_was_responsible_goes_on_treating(patient, physio, member, desk):
    other = member(Role.PHYSIOTHERAPIST)
    for who in (physio, other):
        services.set_therapist(patient.pk, who.member_id, by=desk)
    assert dict(patient.care_team.values_list("member_id", "role")) == {
        physio.member_id: "treating",
        other.member_id: "responsible",
    }
    services.set_therapist(patient.pk, None, by=desk)
    assert set(patient.care_team.values_list("role", flat=True)) == {"treating"}


# --- found by code or words -------------------------------------------------------------------------------------------------
@pytest.fixture
def page(physio, client_for, patient):
    browser, address = client_for(physio), f"/patients/{patient.pk}/diagnoses/new/"
    return lambda **query: browser.get(address, query).content.decode()


def test_a_disorder_is_found_by_code_or_words_and_chosen_with_its_code(page):
    assert "?condition=common-peroneal-neuropathy&amp;code=G57.3" in page(find="foot drop")
    assert "?condition=sciatica-left&amp;code=M54.32" in page(find="m5432")
    assert 'value="M54.32"' in page(condition="sciatica-left", code="M54.32")
    assert 'value="M54.3"' in page(condition="sciatica-left", code="G35")  # no code of it
    for nothing in ("zzz", "<qq>", "Z99"):
        assert "Nothing here is coded" in page(find=nothing)


def test_what_to_heed_with_a_disorder_is_shown_at_once(page):
    html = page(condition="diabetic-polyneuropathy")
    assert "Check glucose plan before exercise" in html  # of the subtype
    assert "No home heat or ice on numb feet or hands." in html  # of its family
    assert wording.flag("hypoglycaemia-risk") in html  # to ask about


def test_the_catalogue_answers_a_search_for_conditions(api):
    found = api.get("/api/v1/catalogue/conditions/", {"q": "foot drop"}).json()["results"]
    assert [each["id"] for each in found] == ["common-peroneal-neuropathy"]
    assert api.get("/api/v1/catalogue/conditions/", {"q": "zzz"}).json()["results"] == []


@pytest.mark.parametrize(("condition", "asks"), [("ms-relapsing-remitting", True), ("sciatica-left", False)])
def test_whether_stiffness_is_of_use_is_asked_where_the_upper_motor_neuron_is_hurt(
    api, url, patient, physio, client_for, desk, condition, asks
):
    api.post(url, {"condition": condition})
    screen = f"/api/v1/patients/{patient.pk}/safety-screen/"
    assert (derived.USEFUL_TONE in api.get(screen).json()["usual"]) is asks
    assert derived.USEFUL_TONE not in api.get(screen).json()["due"]  # it may stay open
    question = f'name="answer-{derived.USEFUL_TONE}"'
    page = f"/patients/{patient.pk}/safety/"
    assert (question in client_for(physio).get(page).content.decode()) is asks
    assert question not in client_for(desk).get(page).content.decode()  # it would tell the disorder


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"icd10": "G35.A"}, "G35.A is the code of: Relapsing-remitting MS."),
        ({"icd10": "G57.3"}, "This diagnosis is on record already."),
    ],
)
def test_a_code_of_something_else_and_a_diagnosis_twice_are_refused_on_the_page(
    api, url, physio, client_for, patient, told, said
):
    api.post(url, {"condition": "common-peroneal-neuropathy", "side": "left"})
    typed = {"condition": "common-peroneal-neuropathy", "side": "left", "status": "active", **told}
    answer = client_for(physio).post(f"/patients/{patient.pk}/diagnoses/new/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Diagnosis.objects.filter(patient=patient).count() == 1
    other = client_for(physio).post(
        f"/patients/{patient.pk}/diagnoses/new/", typed | {"side": "right", "icd10": "G57.3"}
    )
    assert other.status_code == 302
