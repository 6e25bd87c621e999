"""/api/v1/catalogue/ as the contract says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.knowledge import forget, knowledge
from catalogue.models import Exercise, HiddenEntry, Protocol
from clinic.ids import uuid7

API = "/api/v1/catalogue"
KINDS = ["conditions", "modalities", "exercises", "measures", "protocols", "flags", "rules", "red-flags"]


@pytest.fixture
def api(api_for):
    return api_for("physiotherapist")


@pytest.fixture
def own(api, stretch):
    """The id of an exercise that the clinic added."""
    return api.post(f"{API}/exercises/", stretch).json()["id"]


# --- reading -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_lists_are_pages_and_each_entry_is_read_at_its_own_address(api, kind):
    answer = api.get(f"{API}/{kind}/", {"page_size": 5}).json()
    assert set(answer) == {"count", "next", "previous", "results"}
    assert answer["previous"] is None
    assert len(answer["results"]) == 5
    assert "page=2" in answer["next"]
    first = answer["results"][0]
    assert api.get(f"{API}/{kind}/{first['id']}/").json() == first


@pytest.mark.parametrize(("size", "shown"), [(None, 50), ("200", 200), ("500", 200), ("0", 50)])
def test_page_size_is_50_and_at_most_200(api, size, shown):
    answer = api.get(f"{API}/rules/", {"page_size": size} if size else {}).json()
    assert (answer["count"], len(answer["results"])) == (290, shown)


def test_entries_have_the_fields_of_the_catalogue(api, content):
    for kind, key in [("modalities", "modalities"), ("measures", "measures"), ("red-flags", "red_flags")]:
        expected = content[key][0]
        assert api.get(f"{API}/{kind}/{expected['id']}/").json() == expected
    expected = content["exercises"][0]
    answer = api.get(f"{API}/exercises/{expected['id']}/").json()
    assert answer.pop("picture").keys() == {"moving", "panels", "still", "alt", "author", "licence"}
    assert answer == {**expected, "own": False}


def test_conditions_are_families_and_subtypes(api):
    results = api.get(f"{API}/conditions/").json()["results"]
    assert len(results) == 46
    family = next(entry for entry in results if entry["id"] == "sciatica")
    subtype = next(entry for entry in results if entry["id"] == "sciatica-bilateral")
    assert family["family"] is None
    assert subtype["family"] == "sciatica"
    assert subtype["id"] in [entry["id"] for entry in family["subtypes"]]


def test_condition_asks_for_what_concerns_it_best_match_first(api):
    results = api.get(f"{API}/protocols/", {"condition": "carpal-tunnel-syndrome"}).json()["results"]
    assert "carpal-tunnel-syndrome" in results[0]["subtypes"]
    assert {entry["family"] for entry in results} == {"peripheral-neuropathy"}
    answer = api.get(f"{API}/exercises/", {"condition": "gout"})
    assert (answer.status_code, answer.json()) == (400, {"condition": ["There is no such condition."]})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            "region=calf&position=wheelchair&helper=no",
            {"ankle-circles", "heel-raise-seated", "sciatic-slider-seated"},
        ),
        ("muscle=soleus&aim=strengthen", {"heel-raise", "heel-raise-seated"}),
        ("prop=coins", {"coin-pickup"}),
        ("prop=coins&prop=doorway&setting=home", {"coin-pickup", "pectoral-doorway-stretch"}),
        (
            "search=wall+calf&condition=sciatica&benefit=pain-spasm",
            {"calf-stretch-wall", "soleus-stretch-wall"},
        ),
        ("search=calf&origin=own", set()),
        ("search=moonwalk", set()),
    ],
)
def test_filters_narrow_the_exercises_and_combine(api, query, found):
    results = api.get(f"{API}/exercises/?{query}").json()["results"]
    assert (
        {entry["id"] for entry in results} >= found
        if "coins" in query
        else {entry["id"] for entry in results} == found
    )


@pytest.mark.parametrize(
    "name", ["region", "muscle", "aim", "position", "prop", "helper", "setting", "benefit", "origin"]
)
def test_an_unknown_value_of_a_filter_is_refused_at_the_parameter(api, name):
    answer = api.get(f"{API}/exercises/", {name: "moon"})
    assert (answer.status_code, answer.json()) == (400, {name: ["There is no “moon” here."]})


def test_ones_own_exercises_are_found_by_the_same_filters(api, own):
    results = api.get(f"{API}/exercises/", {"origin": "own", "region": "calf", "search": "stairs"}).json()[
        "results"
    ]
    assert [entry["id"] for entry in results] == [own]
    assert api.get(f"{API}/protocols/", {"origin": "own"}).json()["count"] == 0
    assert api.get(f"{API}/protocols/", {"search": "acute sciatica"}).json()["count"] > 0


def test_language_makes_one_string_of_a_translated_text(api):
    exercise = api.get(f"{API}/exercises/calf-stretch-wall/", {"language": "bn"}).json()
    assert exercise["name"] == "দেওয়ালে কাফ স্ট্রেচ"
    assert all(isinstance(step, str) for step in exercise["steps"])
    plain = api.get(f"{API}/exercises/calf-stretch-wall/").json()
    assert set(plain["name"]) == {"en", "hi", "bn"}
    assert api.get(f"{API}/exercises/", {"language": "fr"}).status_code == 400


def test_what_is_not_there_is_404(api):
    for kind in KINDS:
        assert api.get(f"{API}/{kind}/nothing-of-the-kind/").status_code == 404
        assert api.get(f"{API}/{kind}/{uuid7()}/").status_code == 404


def test_everybody_signed_in_reads_and_nobody_else(api_for, client):
    for role in ("assistant", "front_desk", "admin", "patient"):
        assert api_for(role).get(f"{API}/exercises/").status_code == 200
    assert client.get(f"{API}/exercises/").status_code == 401


def test_shipped_entries_cost_no_query_and_a_library_one(api, own):
    def queries(kind, size):
        with CaptureQueriesContext(connection) as seen:
            api.get(f"{API}/{kind}/", {"page_size": size})
        return len(seen)

    request_alone = queries("modalities", 1)
    assert queries("modalities", 200) == queries("rules", 200) == request_alone
    assert (
        queries("exercises", 1) == queries("exercises", 200) == queries("protocols", 200) == request_alone + 1
    )


# --- adding --------------------------------------------------------------------------------------------------------------
def test_an_exercise_of_ones_own_gets_a_uuid_and_defaults(api, stretch):
    answer = api.post(f"{API}/exercises/", stretch)
    made = answer.json()
    assert answer.status_code == 201
    row = Exercise.objects.get(pk=made["id"])
    assert (row.clinic_id, row.slug, row.name) == (api.who.clinic_id, "", "Calf stretch on the stairs")
    assert made == {
        **stretch,
        "id": str(row.pk),
        "own": True,
        "picture": None,
        "name": {"en": "Calf stretch on the stairs", "hi": "", "bn": ""},
        "steps": {"en": stretch["steps"]["en"], "hi": [], "bn": []},
        "aim": "",
        "tags": [],
        "target_muscles": [],
        "props": ["none"],
        "settings": ["home"],
        "helper_needed": False,
        "easier": None,
        "harder": None,
        "precaution_flags": [],
        "translation_status": "draft",
    }
    assert api.get(f"{API}/exercises/{row.pk}/").json() == made
    listed = api.get(f"{API}/exercises/", {"page_size": 200}).json()
    assert listed["count"] == 92
    assert listed["results"][-1] == made


def test_what_was_answered_may_be_sent_back(api, own):
    shipped = api.get(f"{API}/exercises/calf-stretch-wall/").json()
    assert api.post(f"{API}/exercises/", shipped).status_code == 201
    answer = api.get(f"{API}/exercises/{own}/").json()
    assert api.patch(f"{API}/exercises/{own}/", answer).json() == answer


def test_changing_ones_own(api, own):
    answer = api.patch(f"{API}/exercises/{own}/", {"aim": "Ease the calf.", "harder": "calf-stretch-wall"})
    assert answer.status_code == 200
    assert (answer.json()["aim"], answer.json()["harder"]) == ("Ease the calf.", "calf-stretch-wall")
    assert answer.json()["name"]["en"] == "Calf stretch on the stairs"


def test_a_protocol_of_ones_own(api, own, course):
    course["phases"][0]["home_exercises"].append({"exercise": own})
    course["phases"].append({**course["phases"][0], "name": "Go on"})
    answer = api.post(f"{API}/protocols/", course)
    made = answer.json()
    assert answer.status_code == 201
    assert made["total_weeks"] == 4
    assert [phase["id"] for phase in made["phases"]] == ["phase-1", "phase-2"]
    assert made["phases"][0]["visit_minutes"] == 45
    assert Protocol.objects.get(pk=made["id"]).clinic_id == api.who.clinic_id
    shorter = api.patch(f"{API}/protocols/{made['id']}/", {"phases": made["phases"][:1]})
    assert shorter.json()["total_weeks"] == 2


def test_a_shipped_protocol_can_be_copied(api):
    shipped = api.get(f"{API}/protocols/neuropathy-sensory-balance/").json()
    made = api.post(f"{API}/protocols/", {**shipped, "name": "Ours"}).json()
    assert {**made, "id": "", "own": False} == {**shipped, "id": "", "name": "Ours"}


# --- refusing ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"colour": "red"}, {"colour": ["This field is not known here."]}),
        ({"name": "Calf"}, {"name": ["Give the text by language: en, hi, bn."]}),
        ({"name": None}, {"name": ["Give the text by language: en, hi, bn."]}),
        ({"name": {"en": "Calf", "fr": "Mollet"}}, {"name": {"fr": ["This field is not known here."]}}),
        ({"name": {"en": "C" * 161}}, {"name": {"en": ["Use at most 160 characters."]}}),
        ({"name": {"en": "a\0b"}}, {"name": ["This text contains a character that cannot be stored."]}),
        ({"steps": {"en": []}}, {"steps": {"en": ["This may not be empty."]}}),
        ({"steps": {"en": ["Sit.", 7]}}, {"steps": {"en": {"1": ["Give a text."]}}}),
        ({"steps": {"en": ["Sit."], "hi": ["बैठें।", "उठें।"]}}, {"steps": {"hi": ["Give as many steps as in English."]}}),
        ({"modality": "ultrasound"}, {"modality": ["There is no “ultrasound” among the modalities."]}),
        ({"modality": ["x"]}, {"modality": ["Give an id."]}),
        ({"body_regions": []}, {"body_regions": ["This may not be empty."]}),
        ({"body_regions": ["tail"]}, {"body_regions": {"0": ["There is no “tail” among the body regions."]}}),
        ({"easier": "nothing"}, {"easier": ["There is no “nothing” among the exercises."]}),
        ({"position": "prone"}, {"tags": ["The tag prone and the position say different things."]}),
        ({"helper_needed": "yes"}, {"helper_needed": ["Give true or false."]}),
        ({"families": ["diabetic-polyneuropathy"]}, None),
        ({"dosage": {}}, None),
    ],
)  # fmt: skip
def test_exercises_are_refused_at_the_field(api, stretch, change, refusal):
    answer = api.post(f"{API}/exercises/", stretch | change)
    assert answer.status_code == 400
    assert answer.json() == refusal if refusal else set(answer.json()) == set(change)
    assert not Exercise.objects.exclude(clinic=None).exists()


def test_a_dose_is_refused_at_its_own_place(api, stretch):
    stretch["dosage"]["reps"]["max"] = 61
    stretch["dosage"]["sets"]["default"] = 3
    del stretch["dosage"]["rest_s"]
    assert api.post(f"{API}/exercises/", stretch).json() == {
        "dosage": {
            "reps": {"max": ["Give a number from 1 to 60."]},
            "sets": ["Out of order: 1, 3, 2."],
            "rest_s": ["This field is required."],
        }
    }


@pytest.mark.parametrize("body", [[], "text", 5, None, [{"name": "x"}]])
def test_a_body_that_is_no_object_is_refused(api, body):
    assert api.post(f"{API}/exercises/", body).status_code == 400
    assert api.post(f"{API}/protocols/", body).status_code == 400


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"phases": []}, {"phases": ["This may not be empty."]}),
        ({"phases": ["first"]}, {"phases": {"0": ["Give a mapping of names to values."]}}),
        ({"phases": None}, {"phases": ["Give a list."]}),
        ({"family": "gout"}, {"family": ["There is no “gout” among the families."]}),
        ({"subtypes": ["sciatica-bilateral"]}, {"subtypes": {"0": ["This condition is of another family."]}}),
        ({"total_weeks": 9}, {"total_weeks": ["The phases add up to 2 weeks."]}),
        ({"phases": [{"name": "Begin", "weeks": {"min": 1, "default": True, "max": 3}}]}, None),
    ],
)
def test_protocols_are_refused_at_the_field(api, course, change, refusal):
    answer = api.post(f"{API}/protocols/", course | change)
    assert answer.status_code == 400
    assert answer.json() == refusal if refusal else set(answer.json()) == set(change)


def test_a_dose_in_a_protocol_is_refused_at_its_own_place(api, course):
    course["phases"][0]["home_exercises"][0]["dosage"]["reps"] = 60
    assert api.post(f"{API}/protocols/", course).json() == {
        "phases": {"0": {"home_exercises": {"0": {"dosage": {"reps": ["Give a number from 2 to 5."]}}}}}
    }


def test_own_exercises_do_not_go_round(api, own, stretch):
    harder = api.post(f"{API}/exercises/", stretch | {"harder": own}).json()["id"]
    answer = api.patch(f"{API}/exercises/{own}/", {"harder": harder})
    assert (answer.status_code, answer.json()) == (400, {"harder": ["The harder exercises go round."]})
    assert api.patch(f"{API}/exercises/{own}/", {"easier": own}).status_code == 400


def test_own_exercises_outlive_what_they_lean_on(api, own, stretch, as_owner):
    """A shipped exercise was retired: who leans on it is still shown, and can be changed to lean on something else."""
    api.patch(f"{API}/exercises/{own}/", {"harder": "soleus-stretch-wall"})
    harder = api.post(f"{API}/exercises/", stretch | {"harder": own}).json()["id"]
    Exercise.objects.filter(slug="soleus-stretch-wall").update(active=False)
    forget()
    assert api.get(f"{API}/exercises/{own}/").json()["harder"] == "soleus-stretch-wall"
    assert api.patch(f"{API}/exercises/{harder}/", {"aim": "Ease the calf."}).status_code == 200
    assert set(api.patch(f"{API}/exercises/{own}/", {"aim": "Ease the calf."}).json()) == {"harder"}
    assert api.patch(f"{API}/exercises/{own}/", {"harder": None}).status_code == 200


def test_a_process_that_knows_the_version_before_leaves_out_what_is_new(api, as_owner):
    knowledge()
    row = Exercise.objects.get(slug="calf-stretch-wall")
    Exercise.objects.create(slug="brand-new", name="New", modality_id=row.modality_id, data=row.data)
    assert api.get(f"{API}/exercises/").json()["count"] == 91


def test_what_ships_is_not_changed(api):
    answer = api.patch(f"{API}/exercises/calf-stretch-wall/", {"aim": "Other."})
    assert (answer.status_code, answer.json()["code"]) == (409, "shipped")
    for kind in ("conditions", "rules"):
        assert api.post(f"{API}/{kind}/", {}).status_code == 405
    assert api.delete(f"{API}/exercises/calf-stretch-wall/").status_code == 405


def test_only_those_who_may_add(api_for, own, stretch):
    for role, status in [("admin", 201), ("assistant", 403), ("front_desk", 403), ("patient", 403)]:
        api = api_for(role)
        assert api.post(f"{API}/exercises/", stretch).status_code == status
        assert api.patch(f"{API}/exercises/{own}/", {}).status_code == (200 if status == 201 else 403)


def test_another_clinics_own_entries_are_not_there(api, own, api_for, other_clinic, course):
    stranger = api_for("physiotherapist", clinic=other_clinic)
    assert stranger.get(f"{API}/exercises/{own}/").status_code == 404
    assert stranger.patch(f"{API}/exercises/{own}/", {"aim": "Ours."}).status_code == 404
    assert stranger.get(f"{API}/exercises/").json()["count"] == 91
    course["phases"][0]["home_exercises"][0] = {"exercise": own}
    answer = stranger.post(f"{API}/protocols/", course)
    assert answer.json() == {
        "phases": {
            "0": {"home_exercises": {"0": {"exercise": [f"There is no “{own}” among the exercises."]}}}
        }
    }


def test_hidden_entries_are_left_out_of_lists_but_can_be_read(api, clinic):
    row = Exercise.objects.get(slug="calf-stretch-wall")
    HiddenEntry.objects.create(clinic=clinic, exercise=row)
    listed = api.get(f"{API}/exercises/", {"page_size": 200}).json()
    assert listed["count"] == 90
    assert row.slug not in [entry["id"] for entry in listed["results"]]
    assert api.get(f"{API}/exercises/{row.slug}/").status_code == 200
