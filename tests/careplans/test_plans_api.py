"""Plans by API: the shapes of the contract, every refusal and the order in which they come."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careplans.models import CarePlan
from clinic.access import Role
from patients.models import ChartRead
from tests import factories
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, flag, reasons_for, sign
from tests.conftest import outside

TREE = {
    *(
        "id",
        "lineage_id",
        "version",
        "replaces",
        "status",
        "status_reason",
        "patient",
        "diagnoses",
        "protocol",
    ),
    *("start_date", "current_phase", "amend_reason", "goals", "phases", "overrides", "findings"),
    "daily_minutes_max",
    *("created_at", "updated_at", "signed_at", "signed_by", "content_sha256"),
}
CLINIC_ITEM = {
    *("id", "lineage_id", "modality", "sites", "dosage", "minutes", "visits_per_week", "note"),
    *("status", "status_reason"),
}
HOME_ITEM = {
    *("id", "lineage_id", "exercise", "side", "assistance", "sets", "reps", "hold_s", "rest_s", "note"),
    *("days_of_week", "times", "status", "status_reason"),
}
TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}
HEAT = {"modality": "hot-pack", "sites": ["left-calf"]}
STRETCH = {"exercise": "calf-stretch-wall", "side": "left"}


@pytest.fixture
def physio_api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def ready(patient):
    """The patient with sciatica on the left, the safety screen answered."""
    diagnose(patient)
    answer_all(patient)
    return patient


@pytest.fixture
def draft(ready, physio_api):
    """A draft from the protocol, as the API answers it, with its ETag."""
    return create(physio_api, ready, protocol=PROTOCOL)


def create(api, patient, **body):
    answer = api.post("/api/v1/plans/", {"patient": str(patient.pk), **body}, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json() | {"etag": answer["ETag"]}


def put(api, plan, tree, etag=None):
    headers = {"HTTP_IF_MATCH": etag or plan["etag"]} if etag != "" else {}
    return api.put(f"/api/v1/plans/{plan['id']}/", tree, format="json", **headers)


def post(api, plan, action, body=None, **headers):
    return api.post(f"/api/v1/plans/{plan['id']}/{action}/", body or {}, format="json", **headers)


def signed(plan, by, **kwargs):
    sign(CarePlan.objects.with_content().get(pk=plan["id"]), by, **kwargs)
    return plan


def one_phase(clinic=(), home=(), **phase):
    return {
        "phases": [{"name": "Calm", "weeks": 2, "clinic": list(clinic), "home": list(home), **phase}],
        "goals": [],
    }


# --- create and read ---------------------------------------------------------------------------------------------------
def test_a_plan_from_nothing_is_an_empty_draft(physio_api, ready):
    plan = create(physio_api, ready)
    assert plan.keys() == TREE | {"etag"}
    assert plan | {"status": "draft", "version": 1, "replaces": None, "protocol": None} == plan
    assert plan | {"goals": [], "phases": [], "start_date": None, "current_phase": None} == plan
    assert len(plan["diagnoses"]) == 1


def test_a_plan_from_a_protocol_is_dosed_and_turned_to_the_side(draft):
    assert draft["protocol"] == PROTOCOL
    assert [phase["order"] for phase in draft["phases"]] == list(range(1, len(draft["phases"]) + 1))
    for phase in draft["phases"]:
        assert {"id", "name", "order", "weeks", "entry", "progress_when", "clinic", "home"} <= phase.keys()
        assert all(item.keys() == CLINIC_ITEM for item in phase["clinic"])
        assert all(item.keys() == HOME_ITEM for item in phase["home"])
    assert {item["side"] for phase in draft["phases"] for item in phase["home"]} <= {"left", None}
    assert draft["goals"][0].keys() >= {"id", "text", "measure", "baseline", "target", "due_on"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "patient"),
        ({"patient": "x"}, "patient"),
        ({"patient": "0199aaaa-0000-7000-8000-000000000000"}, "patient"),
        ({"protocol": "no-such"}, "protocol"),
        ({"diagnoses": ["0199aaaa-0000-7000-8000-000000000000"]}, "diagnoses"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_a_new_plan_names_must_be_there(physio_api, ready, body, field):
    body = body if "patient" in body or not body else {"patient": str(ready.pk), **body}
    answer = physio_api.post("/api/v1/plans/", body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()


def test_another_clinics_patient_reads_like_one_that_is_not_there(physio_api, other_clinic):
    with outside():
        foreign = factories.make_patient(other_clinic)
    answer = physio_api.post("/api/v1/plans/", {"patient": str(foreign.pk)}, format="json")
    assert answer.json() == {"patient": ["There is no such patient."]}


def test_reading_answers_what_creating_answered(physio_api, draft):
    answer = physio_api.get(f"/api/v1/plans/{draft['id']}/")
    assert answer.json() | {"etag": answer["ETag"]} == draft


@pytest.mark.parametrize("items", [1, 6])
def test_the_whole_tree_costs_five_queries_whatever_its_size(physio_api, ready, items):
    plan = create(physio_api, ready)
    tree = one_phase([TENS] * items, [STRETCH] * items)
    tree["phases"] *= items
    assert put(physio_api, plan, tree).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        physio_api.get(f"/api/v1/plans/{plan['id']}/")
    assert len(reading(queries)) == 5  # token, identities, clinic, the plan; and that it was read


def reading(queries):
    """Leave out what is no statement on a table: savepoints, the setting of the wall."""
    skipped = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "BEGIN", "COMMIT", "SELECT nullif(current_setting")
    statements = [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(skipped)]
    return [sql for sql in statements if not sql.startswith("SELECT set_config") or "INSERT" in sql]


@pytest.mark.parametrize("plans", [1, 3])
def test_lists_say_what_plans_there_are_in_as_many_queries(physio_api, ready, plans):
    for _each in range(plans):
        create(physio_api, ready, protocol=PROTOCOL)
    with CaptureQueriesContext(connection) as queries:
        answer = physio_api.get("/api/v1/plans/")
    assert answer.json()["count"] == plans
    assert len(reading(queries)) == 5


def test_lists_are_narrowed_by_patient_and_status(physio_api, physio, ready, draft):
    running = signed(create(physio_api, ready, protocol=PROTOCOL), physio)

    def ids(query):
        return [plan["id"] for plan in physio_api.get(f"/api/v1/plans/{query}").json()["results"]]

    assert ids(f"?patient={ready.pk}") == [running["id"], draft["id"]]
    assert ids("?status=active") == [running["id"]]
    assert ids("?patient=0199aaaa-0000-7000-8000-000000000000") == []
    assert physio_api.get("/api/v1/plans/?patient=x").status_code == 400
    assert physio_api.get("/api/v1/plans/?status=x").status_code == 400


def test_opening_a_plan_is_noted_in_the_record(physio_api, physio, ready, draft):
    physio_api.get(f"/api/v1/plans/{draft['id']}/", headers={"X-Request-ID": "req-1"})
    noted = ChartRead.objects.filter(patient=ready).values_list("user", "what", "request_id")
    assert list(noted) == [(physio.user_id, "plan", "req-1")]


# --- who may ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "read", "write", "signs"),
    [
        (Role.PHYSIOTHERAPIST, 200, 200, 200),
        (Role.ASSISTANT, 404, 404, 403),  # does not treat this patient
        (Role.ADMIN, 200, 403, 403),
        (Role.FRONT_DESK, 403, 403, 403),
        (Role.PATIENT, 403, 403, 403),
    ],
)
def test_who_may_read_write_and_sign(role, read, write, signs, draft, api_for):
    api = api_for(role)
    assert api.get(f"/api/v1/plans/{draft['id']}/").status_code == read
    assert put(api, draft, one_phase([TENS]), etag="*").status_code == write
    answer = post(api, draft, "sign")
    assert answer.status_code == signs if signs != 200 else answer.status_code in (200, 409)


def test_an_assistant_drafts_for_those_they_treat_and_signs_nothing(draft, ready, member, api_for):
    from patients.models import CareTeam

    assistant = member(Role.ASSISTANT)
    CareTeam.objects.create(clinic_id=ready.clinic_id, patient=ready, member_id=assistant.member_id)
    api = api_for(assistant)
    assert put(api, draft, one_phase([TENS])).status_code == 200
    assert post(api, draft, "check").status_code == 200
    for action in ("sign", "hold", "resume", "complete", "revoke", "phase"):
        assert post(api, draft, action, {"reason": "x"}).status_code == 403


# --- save ---------------------------------------------------------------------------------------------------------------
def test_the_tree_that_was_read_may_be_put_back(physio_api, draft):
    etag = draft.pop("etag")
    answer = put(physio_api, draft, draft, etag)
    assert answer.status_code == 200
    moved = ("updated_at",)
    assert {k: v for k, v in answer.json().items() if k not in moved} == {
        k: v for k, v in draft.items() if k not in moved
    }
    assert answer["ETag"] != etag


def test_what_is_left_out_takes_its_default_and_what_is_missing_goes(physio_api, draft):
    kept = draft["phases"][0]["home"][0]
    tree = {
        "phases": [
            {"id": draft["phases"][0]["id"], "clinic": [TENS], "home": [{"id": kept["id"], **STRETCH}]}
        ]
    }
    plan = put(physio_api, draft, tree).json()
    [phase] = plan["phases"]
    assert phase["id"] == draft["phases"][0]["id"]
    assert (phase["name"], phase["weeks"], phase["entry"]) == ("Phase 1", 2, "")
    [tens], [stretch] = phase["clinic"], phase["home"]
    assert tens["dosage"]["frequency"] == 100
    assert (tens["visits_per_week"], tens["note"], tens["status"]) == (2, "", "active")
    assert (stretch["id"], stretch["lineage_id"]) == (kept["id"], kept["lineage_id"])
    assert (stretch["sets"], stretch["times"]) == (1, ["08:00", "19:00"])
    assert plan["goals"] == []
    assert plan["diagnoses"] == draft["diagnoses"]


def test_an_item_moves_to_another_phase_with_its_id(physio_api, draft):
    first, second = draft["phases"][:2]
    second["clinic"].append(first["clinic"].pop())
    plan = put(physio_api, draft, {"phases": draft["phases"], "goals": draft["goals"]}).json()
    assert plan["phases"][:2] == [first, second]


def test_a_quarter_visit_a_week_stays_one(physio_api, draft):
    plan = put(physio_api, draft, one_phase([TENS | {"visits_per_week": 0.25}])).json()
    assert plan["phases"][0]["clinic"][0]["visits_per_week"] == 0.25


def test_phases_come_in_their_order(physio_api, draft):
    tree = {"phases": [{"name": "Late", "order": 7}, {"name": "Early", "order": 2}]}
    plan = put(physio_api, draft, tree).json()
    assert [(phase["name"], phase["order"]) for phase in plan["phases"]] == [("Early", 1), ("Late", 2)]


def test_goals_keep_the_kind_of_their_values(physio_api, draft):
    goals = [
        {"text": "Pain down", "measure": "nprs", "baseline": 6, "target": 3, "due_on": "2027-01-15"},
        {"text": "Tone down", "measure": "modified-ashworth", "baseline": "2", "target": "1+"},
        {"text": "Walk to the shop"},
    ]
    saved = put(physio_api, draft, {"phases": [], "goals": goals}).json()["goals"]
    assert [(g["baseline"], g["target"], g["due_on"]) for g in saved] == [
        (6, 3, "2027-01-15"),
        ("2", "1+", None),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        (
            one_phase([TENS | {"dosage": {"frequency": 9999}}]),
            ["phases", 0, "clinic", 0, "dosage", "frequency"],
        ),
        (one_phase([TENS | {"dosage": {"colour": 1}}]), ["phases", 0, "clinic", 0, "dosage", "colour"]),
        (
            one_phase([TENS | {"dosage": {"frequency": "100"}}]),
            ["phases", 0, "clinic", 0, "dosage", "frequency"],
        ),
        (one_phase([TENS, TENS | {"minutes": 0}]), ["phases", 0, "clinic", 1, "minutes"]),
        (one_phase([TENS | {"visits_per_week": 15}]), ["phases", 0, "clinic", 0, "visits_per_week"]),
        (one_phase([TENS | {"visits_per_week": 0.333}]), ["phases", 0, "clinic", 0, "visits_per_week"]),
        (one_phase([TENS | {"sites": ["left-wing"]}]), ["phases", 0, "clinic", 0, "sites"]),
        (one_phase([{"modality": "magic"}]), ["phases", 0, "clinic", 0, "modality"]),
        (one_phase([{}]), ["phases", 0, "clinic", 0, "modality"]),
        (one_phase([TENS | {"colour": 1}]), ["phases", 0, "clinic", 0, "colour"]),
        (one_phase([TENS | {"note": "\0"}]), ["phases", 0, "clinic", 0, "note"]),
        (one_phase(home=[STRETCH | {"sets": 3}]), ["phases", 0, "home", 0, "sets"]),
        (one_phase(home=[STRETCH | {"days_of_week": [8]}]), ["phases", 0, "home", 0, "days_of_week"]),
        (one_phase(home=[STRETCH | {"days_of_week": []}]), ["phases", 0, "home", 0, "days_of_week"]),
        (one_phase(home=[STRETCH | {"times": ["8"]}]), ["phases", 0, "home", 0, "times"]),
        (
            one_phase(home=[STRETCH | {"times": ["08:00", "12:00", "16:00", "20:00"]}]),
            ["phases", 0, "home", 0, "times"],
        ),
        (one_phase(home=[STRETCH | {"side": "both"}]), ["phases", 0, "home", 0, "side"]),
        (one_phase(home=[STRETCH | {"assistance": "magic"}]), ["phases", 0, "home", 0, "assistance"]),
        (one_phase(home=[{"exercise": "handstand"}]), ["phases", 0, "home", 0, "exercise"]),
        (one_phase(weeks=0), ["phases", 0, "weeks"]),
        (one_phase(weeks="many"), ["phases", 0, "weeks"]),
        (one_phase(name="x" * 151), ["phases", 0, "name"]),
        (one_phase(education=["alchemy"]), ["phases", 0, "education"]),
        (one_phase(id="0199aaaa-0000-7000-8000-000000000000"), ["phases", 0, "id"]),
        (
            one_phase([TENS | {"id": "0199aaaa-0000-7000-8000-000000000000"}]),
            ["phases", 0, "clinic", 0, "id"],
        ),
        ({"goals": [{"text": ""}]}, ["goals", 0, "text"]),
        ({"goals": [{"text": "x", "measure": "luck"}]}, ["goals", 0, "measure"]),
        ({"goals": [{"text": "x", "measure": "nprs", "target": 11}]}, ["goals", 0, "target"]),
        ({"goals": [{"text": "x", "due_on": "2027-02-30"}]}, ["goals", 0, "due_on"]),
        ({"goals": [{"text": "x", "target": [1]}]}, ["goals", 0, "target"]),
        ({"goals": [{"text": "x", "gas": ["a", "b"]}]}, ["goals", 0, "gas"]),
        ({"goals": [{"text": "x", "gas": ["a" * 201] * 5}]}, ["goals", 0, "gas"]),
        ({"goals": [{"text": "x", "weight": 10}]}, ["goals", 0, "weight"]),
        ({"daily_minutes_max": 4}, ["daily_minutes_max"]),
        ({"daily_minutes_max": 241}, ["daily_minutes_max"]),
        ({"phases": {}}, ["phases"]),
        ({"phases": ["x"]}, ["phases", 0]),
        ({"start_date": "soon"}, ["start_date"]),
        ({"diagnoses": ["0199aaaa-0000-7000-8000-000000000000"]}, ["diagnoses"]),
        ({"colour": 1}, ["colour"]),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else ".".join(map(str, value)),
)
def test_a_wrong_value_is_refused_at_its_field(physio_api, draft, tree, where):
    answer = put(physio_api, draft, tree)
    assert answer.status_code == 400, answer.json()
    found = answer.json()
    for key in where:
        found = found[str(key)]
    assert found


def test_an_id_that_stands_twice_is_refused(physio_api, draft):
    phase = draft["phases"][0]
    answer = put(physio_api, draft, {"phases": [phase | {"clinic": [phase["clinic"][0]] * 2}]})
    assert answer.json()["phases"]["0"]["clinic"]["1"] == {"id": ["This stands in the plan twice."]}


@pytest.mark.parametrize("body", [[], "x", 1, [{}]])
def test_what_is_no_tree_at_all_is_refused(physio_api, draft, body):
    assert put(physio_api, draft, body).status_code == 400


def test_saving_names_the_version_that_was_read(physio_api, draft):
    tree = one_phase([TENS])
    assert put(physio_api, draft, tree, etag="").status_code == 428
    assert put(physio_api, draft, tree, etag='"other"').status_code == 412
    assert put(physio_api, draft, tree, etag=f"W/{draft['etag']}").status_code == 200
    assert put(physio_api, draft, tree).status_code == 412  # somebody saved since
    assert put(physio_api, draft, tree, etag="*").status_code == 200


def test_refusals_come_in_the_order_of_the_contract(physio_api, physio, draft, api_for):
    bad, good = one_phase([{}]), one_phase([TENS])
    missing = {"id": "0199aaaa-0000-7000-8000-000000000000"}
    assert put(api_for(Role.FRONT_DESK), missing, bad, etag="").status_code == 403
    assert put(physio_api, missing, bad, etag="").status_code == 404
    assert put(physio_api, draft, bad, etag="").status_code == 400
    assert put(physio_api, draft, good, etag="").status_code == 428
    signed(draft, physio)
    assert put(physio_api, draft, good, etag="").json()["code"] == "signed"
    assert put(physio_api, draft, good, etag='"other"').json()["code"] == "signed"


def test_patch_replaces_only_the_parts_it_names(physio_api, draft):
    url = f"/api/v1/plans/{draft['id']}/"
    assert physio_api.patch(url, {"goals": []}, format="json").status_code == 428
    answer = physio_api.patch(url, {"goals": [{"text": "Walk"}]}, format="json", HTTP_IF_MATCH=draft["etag"])
    assert [goal["text"] for goal in answer.json()["goals"]] == ["Walk"]
    assert answer.json()["phases"] == draft["phases"]


# --- check and sign ---------------------------------------------------------------------------------------------------
def test_check_tells_what_stands_against_the_plan(physio_api, patient):
    flag(patient, "cardiac-pacemaker")
    plan = create(physio_api, patient)
    item = put(physio_api, plan, one_phase([TENS])).json()["phases"][0]["clinic"][0]
    check = post(physio_api, plan, "check").json()
    block = next(each for each in check["findings"] if each["severity"] == "block")
    assert block.keys() >= {"rule", "severity", "override", "prescription", "modality", "message", "source"}
    assert (block["prescription"], block["modality"]) == (item["id"], "tens-conventional")
    assert "implanted-defibrillator" in check["unknown"]
    assert "cardiac-pacemaker" not in check["unknown"]
    assert post(physio_api, plan, "check", {"colour": 1}).status_code == 400


def test_reasons_against_a_signature_come_in_order(physio_api, physio, patient):
    plan = create(physio_api, patient)
    tree = put(physio_api, plan, one_phase([TENS, HEAT])).json()
    assert post(physio_api, plan, "sign", HTTP_IF_MATCH=plan["etag"]).json()["code"] == "stale"
    answer = post(physio_api, plan, "sign")
    assert (answer.status_code, answer.json()["code"]) == (409, "unanswered")
    assert answer.json()["unknown"] == post(physio_api, plan, "check").json()["unknown"] != []
    answer_all(patient)
    flag(patient, "cardiac-pacemaker")
    answer = post(physio_api, plan, "sign").json()
    assert answer["code"] == "blocked"
    assert {each["severity"] for each in answer["findings"]} == {"block"}
    put(physio_api, plan, tree | {"phases": one_phase([HEAT])["phases"]}, etag="*")
    flag(patient, "reduced-sensation", "left-calf")
    findings = post(physio_api, plan, "check").json()["findings"]
    short = {each["rule"]: "too short" for each in findings}
    answer = post(physio_api, plan, "sign", {"overrides": short}).json()
    assert answer["code"] in ("needs_reason", "blocked")
    signed(plan, physio)


def test_a_signed_plan_carries_what_it_was_signed_with(physio_api, ready, draft):
    plan = CarePlan.objects.with_content().get(pk=draft["id"])
    overrides = reasons_for(plan)
    answer = post(physio_api, draft, "sign", {"overrides": overrides}, HTTP_IF_MATCH=draft["etag"])
    assert answer.status_code == 200, answer.json()
    tree = answer.json()
    assert tree["status"] == "active"
    assert tree["current_phase"] == tree["phases"][0]["id"]
    assert tree["start_date"] == timezone.localdate(timezone=ready.clinic.zone).isoformat()
    assert tree["overrides"] == overrides
    assert len(tree["content_sha256"]) == 64
    assert answer["ETag"] != draft["etag"]
    for action, body in (("sign", {}),):
        assert post(physio_api, draft, action, body).json()["code"] == "stale"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start_date": "2020-01-01"}, "start_date"),
        ({"start_date": "2999-01-01"}, "start_date"),
        ({"start_date": "x"}, "start_date"),
        ({"overrides": []}, "overrides"),
        ({"overrides": {"a-rule": 5}}, "overrides"),
        ({"overrides": {"a-rule": {"doctor": "x", "colour": 1}}}, "overrides"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_malformed_signature_is_refused_at_the_field(physio_api, draft, body, field):
    answer = post(physio_api, draft, "sign", body)
    assert answer.status_code == 400
    assert field in answer.json()


def test_a_plan_may_start_later(physio_api, physio, draft):
    later = timezone.localdate() + timedelta(days=7)
    signed(draft, physio, start_date=later)
    assert physio_api.get(f"/api/v1/plans/{draft['id']}/").json()["start_date"] == later.isoformat()


# --- afterwards -------------------------------------------------------------------------------------------------------
def test_amending_copies_the_tree_into_the_next_version(physio_api, physio, draft):
    signed(draft, physio)
    answer = post(physio_api, draft, "amend", {"reason": "Pain is down."})
    assert answer.status_code == 201
    new = answer.json()
    assert (new["version"], new["replaces"], new["status"]) == (2, draft["id"], "draft")

    def content(tree):
        skip = ("id", "status_reason")
        return [
            [{k: v for k, v in item.items() if k not in skip} for item in phase[kind]]
            for phase in tree["phases"]
            for kind in ("clinic", "home")
        ]

    assert content(new) == content(draft)
    assert [goal["text"] for goal in new["goals"]] == [goal["text"] for goal in draft["goals"]]
    assert not {phase["id"] for phase in new["phases"]} & {phase["id"] for phase in draft["phases"]}
    again = post(physio_api, draft, "amend", {"reason": "Again."})
    assert (again.status_code, again.json()["code"], again.json()["id"]) == (409, "draft_exists", new["id"])
    assert physio_api.get(f"/api/v1/plans/{draft['id']}/").json()["status"] == "active"


def test_signing_the_amendment_supersedes_the_version_before(physio_api, physio, draft):
    signed(draft, physio)
    new = post(physio_api, draft, "amend", {"reason": "Pain is down."}).json()
    signed(new, physio)
    assert physio_api.get(f"/api/v1/plans/{draft['id']}/").json()["status"] == "superseded"
    assert physio_api.get(f"/api/v1/plans/{new['id']}/").json()["status"] == "active"
    assert post(physio_api, draft, "amend", {"reason": "Late."}).json()["code"] == "state"


def test_a_plan_goes_through_its_states(physio_api, physio, draft):
    signed(draft, physio)

    def go(action, **body):
        answer = post(physio_api, draft, action, {"reason": "Because.", **body})
        return answer.json().get("code") or answer.json()["status"]

    second = draft["phases"][1]["id"]
    assert go("resume") == "state"
    assert go("phase", phase=second) == "active"
    assert physio_api.get(f"/api/v1/plans/{draft['id']}/").json()["current_phase"] == second
    assert go("hold") == "on-hold"
    assert go("phase", phase=second) == "state"
    assert go("resume") == "active"
    assert go("complete") == "completed"
    assert [go(action) for action in ("hold", "resume", "complete", "revoke", "amend")] == ["state"] * 5


def test_a_draft_has_no_states_to_go_through(physio_api, draft):
    for action in ("hold", "resume", "complete", "revoke"):
        assert post(physio_api, draft, action, {"reason": "x"}).json()["code"] == "state"


def test_revoking_says_why(physio_api, physio, draft):
    signed(draft, physio)
    assert post(physio_api, draft, "revoke").status_code == 400
    assert (
        post(physio_api, draft, "revoke", {"reason": "Wrong patient."}).json()["status_reason"]
        == "Wrong patient."
    )


def test_a_phase_of_another_plan_is_refused(physio_api, physio, draft, ready):
    signed(draft, physio)
    other = create(physio_api, ready, protocol=PROTOCOL)
    answer = post(physio_api, draft, "phase", {"phase": other["phases"][0]["id"], "reason": "x"})
    assert answer.status_code == 400
    assert "phase" in answer.json()


# --- differences ------------------------------------------------------------------------------------------------------
def test_a_copy_of_an_earlier_plan_is_begun_and_a_draft_discarded(physio_api, physio, draft, ready):
    signed(draft, physio)
    copied = create(physio_api, ready, copy_of=draft["id"])
    assert [phase["name"] for phase in copied["phases"]] == [phase["name"] for phase in draft["phases"]]
    address = f"/api/v1/plans/{copied['id']}/"
    assert physio_api.delete(address).status_code == 428
    assert physio_api.delete(address, headers={"If-Match": '"old"'}).status_code == 412
    assert physio_api.delete(address, headers={"If-Match": copied["etag"]}).status_code == 204
    assert physio_api.get(address).status_code == 404
    refused = physio_api.delete(f"/api/v1/plans/{draft['id']}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "signed")
    body = {"patient": str(ready.pk), "copy_of": copied["id"]}
    assert physio_api.post("/api/v1/plans/", body, format="json").json().keys() == {"copy_of"}


def test_help_levels_and_the_daily_limit_are_kept_amended_and_compared(physio_api, physio, draft):
    goal = {"text": "Walk", "gas": ["a", "b", "c", "d", "e"], "weight": 4}
    body = one_phase([TENS], [STRETCH | {"assistance": "passive"}])
    plan = put(physio_api, draft, body | {"goals": [goal], "daily_minutes_max": 30}).json()
    assert plan["phases"][0]["home"][0]["assistance"] == "passive"
    assert (plan["goals"][0]["gas"], plan["goals"][0]["weight"]) == (goal["gas"], 4)
    signed(plan, physio)
    new = post(physio_api, plan, "amend", {"reason": "x"}).json()
    assert new["daily_minutes_max"] == 30
    assert new["goals"][0]["gas"] == goal["gas"]
    etag = physio_api.get(f"/api/v1/plans/{new['id']}/")["ETag"]
    new["daily_minutes_max"] = 20
    new["goals"][0] |= {"gas": [], "weight": 1}
    new["phases"][0]["home"][0]["assistance"] = "active-assisted"
    assert put(physio_api, new, new, etag).status_code == 200
    answer = physio_api.get(f"/api/v1/plans/{new['id']}/diff/").json()
    assert [change["text"] for change in answer["changes"]] == [
        "At home: At most, minutes a day 30 → 20",
        "Walk: Levels -2: a; -1: b; 0: c; +1: d; +2: e → –",
        "Walk: Weight 4 → 1",
        "Calf stretch at the wall: Help Passive: moved by a person or a device → Active, helping along",
    ]


def test_differences_are_sentences(physio_api, physio, draft):
    plan = put(physio_api, draft, one_phase([TENS, HEAT], [STRETCH])).json()
    signed(plan, physio)
    new = post(physio_api, plan, "amend", {"reason": "x"}).json()
    etag = physio_api.get(f"/api/v1/plans/{new['id']}/")["ETag"]
    tens, _heat = new["phases"][0]["clinic"]
    tens["dosage"]["frequency"] = 80
    [stretch] = new["phases"][0]["home"]
    new["phases"][0] |= {"clinic": [tens], "weeks": 3, "home": [stretch | {"times": ["07:30"]}]}
    new["goals"] = [{"text": "Walk to the shop"}]
    assert put(physio_api, new, new, etag).status_code == 200
    answer = physio_api.get(f"/api/v1/plans/{new['id']}/diff/").json()
    assert answer["against"] == plan["id"]
    assert [change["text"] for change in answer["changes"]] == [
        "Walk to the shop: new",
        "Calm: Weeks 2 → 3",
        "TENS, conventional (high rate, sensory): Frequency 100 Hz → 80 Hz",
        "Hot pack (moist heat): removed",
        "Calf stretch at the wall: Times 08:00, 19:00 → 07:30",
    ]


def test_differences_are_against_a_version_that_one_may_see(physio_api, draft, ready):
    other = create(physio_api, ready, protocol=PROTOCOL)
    url = f"/api/v1/plans/{draft['id']}/diff/"
    assert (
        len(physio_api.get(f"{url}?against={other['id']}").json()["changes"]) > 10
    )  # nothing shares a lineage
    assert physio_api.get(url).status_code == 400  # it replaces nothing
    assert physio_api.get(f"{url}?against=x").status_code == 400
    assert physio_api.get(f"{url}?against=0199aaaa-0000-7000-8000-000000000000").status_code == 400
