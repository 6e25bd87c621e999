"""What a draft can do beside being saved: go back a step, be a copy, be thrown away, become a protocol, have its goals scored."""

from dataclasses import replace

import pytest
from rest_framework.serializers import ValidationError

from careplans.models import CarePlan, DraftStep, HomePrescription, Measurement
from careplans.services import attainment, plans, steps, trees
from careplans.services.changes import diff
from careplans.services.protocols import keep_as_protocol
from catalogue.models import Protocol
from catalogue.services import PROTOCOLS, offered
from patients.models import CareTeam
from tests import factories
from tests.careplans.plans import PROTOCOL, SCIATICA, answer_all, diagnose, sign

TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}
STRETCH = {"exercise": "calf-stretch-wall", "side": "left"}
LEVELS = ["8", "6", "4", "2", "0"]


@pytest.fixture
def ready(patient):
    diagnose(patient)
    answer_all(patient)
    return patient


@pytest.fixture
def draft(ready, physio):
    return plans.create_plan(ready.pk, by=physio, protocol_id=PROTOCOL)


def tree(plan):
    return trees.tree(CarePlan.objects.with_content().get(pk=plan.pk))


def saved(plan, physio, **parts):
    now = tree(plan)
    body = {"phases": now["phases"], "goals": now["goals"], **parts}
    return plans.save_draft(plan.pk, body, by=physio, if_match="*")


# --- back and forward -----------------------------------------------------------------------------------------------------
def test_going_back_brings_what_was_removed_with_its_lineage(draft, physio):
    before = tree(draft)
    saved(draft, physio, phases=before["phases"][:1], goals=[])
    plans.undo(draft.pk, by=physio, if_match="*")
    after = tree(draft)
    assert after["phases"] == before["phases"]
    assert after["goals"] == before["goals"]


def test_each_step_goes_back_and_forward_again(draft, physio):
    begun = tree(draft)["phases"]
    for name in ("One", "Two", "Three"):
        phases = tree(draft)["phases"]
        phases[0]["name"] = name
        saved(draft, physio, phases=phases)
    seen = []
    for turn in (plans.undo, plans.undo, plans.undo, plans.undo, plans.redo, plans.redo):
        turn(draft.pk, by=physio, if_match="*")
        seen.append(tree(draft)["phases"][0]["name"])
    first = begun[0]["name"]
    assert seen == ["Two", "One", first, first, "One", "Two"]


def test_a_new_save_leaves_no_way_forward(draft, physio):
    phases = tree(draft)["phases"]
    phases[0]["name"] = "One"
    saved(draft, physio, phases=phases)
    plans.undo(draft.pk, by=physio, if_match="*")
    assert steps.ways(draft) == {"back": False, "forward": True}
    phases[0]["name"] = "Other"
    saved(draft, physio, phases=phases)
    assert steps.ways(draft) == {"back": True, "forward": False}


def test_saving_the_same_again_is_no_step(draft, physio):
    saved(draft, physio)
    assert steps.ways(draft) == {"back": False, "forward": False}


def test_the_daily_limit_and_the_start_go_back_too(draft, physio):
    saved(draft, physio, daily_minutes_max=20, start_date="2099-01-01")
    plans.undo(draft.pk, by=physio, if_match="*")
    assert (tree(draft)["daily_minutes_max"], tree(draft)["start_date"]) == (None, None)
    plans.redo(draft.pk, by=physio, if_match="*")
    assert (tree(draft)["daily_minutes_max"], tree(draft)["start_date"]) == (20, "2099-01-01")


def test_no_more_steps_are_kept_than_enough(draft, physio, monkeypatch):
    monkeypatch.setattr(steps, "KEPT", 3)
    for minutes in range(10, 16):
        saved(draft, physio, daily_minutes_max=minutes)
    kept = DraftStep.objects.filter(plan=draft)
    assert [step.content["daily_minutes_max"] for step in kept] == [14, 13, 12]


def test_steps_end_with_the_signature_and_with_the_draft(draft, physio):
    saved(draft, physio, daily_minutes_max=20)
    sign(draft, physio)
    assert not DraftStep.objects.exists()
    with pytest.raises(plans.PlanSigned):
        plans.undo(draft.pk, by=physio, if_match="*")


def test_who_read_an_older_draft_is_told_and_changes_nothing(draft, physio):
    saved(draft, physio, daily_minutes_max=20)
    with pytest.raises(plans.SavedMeanwhile):
        plans.undo(draft.pk, by=physio, if_match=draft.etag)
    assert tree(draft)["daily_minutes_max"] == 20


# --- signed ---------------------------------------------------------------------------------------------------------------
def test_who_signs_treats_the_patient_and_is_told_of_clashes(draft, physio, ready):
    assert not CareTeam.objects.filter(patient=ready).exists()
    sign(draft, physio)
    joined = CareTeam.objects.get(patient=ready)
    assert (joined.member_id, joined.role) == (physio.member_id, "responsible")


# --- thrown away ------------------------------------------------------------------------------------------------------------
def test_a_draft_can_be_discarded_and_the_signed_version_stays(draft, physio):
    running = sign(draft, physio)
    amended = plans.amend_plan(running.pk, by=physio, reason="Too much")
    plans.discard_draft(amended.pk, by=physio, if_match="*")
    assert list(CarePlan.objects.values_list("pk", flat=True)) == [running.pk]
    again = plans.amend_plan(running.pk, by=physio, reason="Too much after all")
    assert again.version == 2


def test_a_signed_version_cannot_be_discarded(draft, physio):
    running = sign(draft, physio)
    with pytest.raises(plans.PlanSigned):
        plans.discard_draft(running.pk, by=physio, if_match="*")


# --- a copy of an earlier plan ----------------------------------------------------------------------------------------------
def test_a_copy_has_the_content_and_a_life_of_its_own(draft, physio, ready):
    saved(draft, physio, daily_minutes_max=25)
    ended = sign(draft, physio)
    plans.complete(ended.pk, by=physio)
    copied = tree(plans.create_plan(ready.pk, by=physio, copy_of=ended.pk))
    was = tree(ended)
    assert trees.without_ids(copied) == trees.without_ids(was)
    assert copied["daily_minutes_max"] == 25
    assert copied["protocol"] == PROTOCOL
    assert (copied["version"], copied["replaces"]) == (1, None)
    assert copied["lineage_id"] != was["lineage_id"]
    lineages = [
        {item["lineage_id"] for kind in ("clinic", "home") for item in trees.items(each, kind)}
        for each in (copied, was)
    ]
    assert not lineages[0] & lineages[1]


def paused_first(draft, physio):
    """Pause the first exercise by hand and sign."""
    phases = tree(draft)["phases"]
    phases[0]["home"][0]["status"] = "paused"
    saved(draft, physio, phases=phases)
    return sign(draft, physio)


def state_of_first(plan):
    first = tree(plan)["phases"][0]["home"][0]
    return first["status"], first["status_reason"]


def test_what_is_paused_stays_so_in_a_copy_with_its_reason(draft, physio, ready):
    ended = paused_first(draft, physio)
    item = tree(ended)["phases"][0]["home"][0]["id"]
    HomePrescription.objects.filter(pk=item).update(status_reason="A clot.")
    copied = plans.create_plan(ready.pk, by=physio, copy_of=ended.pk)
    assert state_of_first(copied) == ("paused", "A clot.")
    saved(copied, physio)
    assert state_of_first(copied) == ("paused", "A clot.")


def test_what_a_person_paused_stays_so_in_the_next_version_until_somebody_takes_it_up(draft, physio):
    running = paused_first(draft, physio)
    amended = plans.amend_plan(running.pk, by=physio, reason="Other")
    assert state_of_first(amended) == ("paused", "")
    signed = CarePlan.objects.with_content().get(pk=running.pk)
    assert diff(signed, CarePlan.objects.with_content().get(pk=amended.pk)) == []
    phases = tree(amended)["phases"]
    phases[0]["home"][0]["status"] = "active"
    saved(amended, physio, phases=phases)
    found = diff(signed, CarePlan.objects.with_content().get(pk=amended.pk))
    assert [change["text"].split(": ")[1] for change in found] == ["State Paused → In use"]
    assert state_of_first(sign(CarePlan.objects.with_content().get(pk=amended.pk), physio)) == ("active", "")


def test_only_a_signed_plan_of_the_same_patient_is_copied(draft, physio, clinic):
    other = factories.make_patient(clinic)
    for told in (draft.pk, other.pk):
        with pytest.raises(ValidationError) as refusal:
            plans.create_plan(other.pk, by=physio, copy_of=told)
        assert "copy_of" in refusal.value.detail


# --- goals: what they begin from, how far they are reached -------------------------------------------------------------------
def test_goals_of_a_protocol_begin_from_what_was_measured(ready, physio):
    from careplans.services.measuring import record_measurement

    record_measurement(ready.pk, {"measure": "nprs", "value": 7}, by=physio)
    goals = tree(plans.create_plan(ready.pk, by=physio, protocol_id=PROTOCOL))["goals"]
    pain = next(goal for goal in goals if goal["measure"] == "nprs")
    assert pain["baseline"] == 7
    assert pain["target"] < 7
    assert "[" not in pain["text"].replace("[what matters to the patient]", "")


def scaled(draft, physio):
    goals = [
        {"text": "Less pain", "measure": "nprs", "baseline": 8, "target": 4, "gas": LEVELS, "weight": 4},
        {"text": "Walk to the market", "gas": ["not", "gate", "lane", "market", "back"], "weight": 1},
        {"text": "Sleep"},
    ]
    return sign(saved(draft, physio, goals=goals), physio)


def test_scoring_goals_records_the_t_score_by_their_weights(draft, physio):
    plan = scaled(draft, physio)
    pain, walk, _sleep = tree(plan)["goals"]
    found = attainment.score_goals(plan.pk, {pain["id"]: 1, walk["id"]: -1}, by=physio)
    # 50 + 10 (4·1 - 1·1) / sqrt(0.7 (16 + 1) + 0.3 · 25)
    assert found.number == pytest.approx(50 + 30 / (0.7 * 17 + 0.3 * 25) ** 0.5, abs=0.05)
    assert attainment.latest_score(plan) == found
    assert Measurement.objects.get().inputs == {
        "items": [{"weight": 4, "attainment": 1}, {"weight": 1, "attainment": -1}]
    }


def test_every_goal_as_expected_is_fifty(draft, physio):
    plan = scaled(draft, physio)
    goals = tree(plan)["goals"][:2]
    assert attainment.score_goals(plan.pk, {goal["id"]: 0 for goal in goals}, by=physio).number == 50


@pytest.mark.parametrize("level", [3, -3, 0.5, "x"])
def test_a_level_that_is_none_is_refused_at_its_goal(draft, physio, level):
    plan = scaled(draft, physio)
    goal = tree(plan)["goals"][0]["id"]
    with pytest.raises(ValidationError) as refusal:
        attainment.score_goals(plan.pk, {goal: level}, by=physio)
    assert goal in refusal.value.detail
    assert not Measurement.objects.exists()


def test_goals_without_levels_or_of_nobody_cannot_be_scored(draft, physio):
    plan = scaled(draft, physio)
    sleep = tree(plan)["goals"][2]["id"]
    for told in ({sleep: 1}, {"goals-0": 1}, {}):
        with pytest.raises(ValidationError):
            attainment.score_goals(plan.pk, told, by=physio)


# --- a protocol of the clinic -------------------------------------------------------------------------------------------------
def test_a_plan_becomes_a_protocol_that_makes_the_same_plan(draft, physio, ready):
    phases = tree(draft)["phases"]
    phases[0]["clinic"] = [TENS | {"dosage": {"frequency": 90}, "minutes": 30, "visits_per_week": 3}]
    phases[0]["home"] = [STRETCH | {"reps": 5, "times": ["08:00"], "days_of_week": [1, 3, 5, 6]}]
    saved(draft, physio, phases=phases)
    kept = keep_as_protocol(draft.pk, name="Our sciatica", by=physio)
    assert kept.subtypes == [SCIATICA]
    again = tree(plans.create_plan(ready.pk, by=physio, protocol_id=kept.public_id))
    was = tree(draft)

    def doses(content):
        return [
            {key: value for key, value in item.items() if key not in ("id", "lineage_id", "note")}
            for kind in ("clinic", "home")
            for item in trees.items(content, kind)
        ]

    assert doses(again) == doses(was)
    assert [phase["name"] for phase in again["phases"]] == [phase["name"] for phase in was["phases"]]
    assert kept.public_id in {entry["id"] for entry in offered(PROTOCOLS, physio, condition=SCIATICA)}


def test_nothing_of_the_patient_goes_into_a_protocol(draft, physio, patient):
    phases = tree(draft)["phases"]
    for kind in ("clinic", "home"):
        for item in phases[0][kind]:
            item["note"] = f"{patient.given_name} said so"
    saved(draft, physio, phases=phases, goals=[{"text": f"{patient.given_name} walks to the temple"}])
    kept = keep_as_protocol(draft.pk, name="Ours", by=physio)
    assert patient.given_name not in str(kept.data)
    assert "temple" not in str(kept.data)


MINE = "When Rina Ghosh sleeps through"


def with_own_words(draft, physio):
    phases = tree(draft)["phases"]
    phases[0] |= {"name": "Mrs Ghosh, calm", "progress_when": MINE}
    saved(draft, physio, phases=phases)
    return draft.protocol.entry["phases"][0]


def test_words_of_the_plan_stay_behind_and_the_protocols_own_stand(draft, physio):
    usual = with_own_words(draft, physio)
    phase = keep_as_protocol(draft.pk, name="Ours", by=physio).entry["phases"][0]
    same = ("name", "goal", "entry_criteria", "hold_or_stop_criteria")
    assert {key: phase[key] for key in same} == {key: usual[key] for key in same}
    assert phase["progression_criteria"] == []


def test_words_that_somebody_read_and_ticked_go_along(draft, physio):
    usual = with_own_words(draft, physio)
    phase = keep_as_protocol(draft.pk, name="Ours", by=physio, keep_text=True).entry["phases"][0]
    assert (phase["name"], phase["progression_criteria"]) == ("Mrs Ghosh, calm", [MINE])
    assert phase["hold_or_stop_criteria"] == usual["hold_or_stop_criteria"]


def test_phases_of_no_protocol_are_numbered(ready, physio):
    plan = plans.create_plan(ready.pk, by=physio)
    body = {"phases": [{"name": MINE, "entry": MINE, "home": [STRETCH]}, {"name": MINE, "home": [STRETCH]}]}
    plans.save_draft(plan.pk, body, by=physio, if_match="*")
    phases = keep_as_protocol(plan.pk, name="Ours", by=physio).entry["phases"]
    assert [(phase["name"], phase["entry_criteria"]) for phase in phases] == [
        ("Phase 1", []),
        ("Phase 2", []),
    ]


def test_what_is_paused_is_not_prescribed_to_the_next_patient(draft, physio):
    gone = tree(draft)["phases"][0]["home"][0]["exercise"]
    kept = keep_as_protocol(paused_first(draft, physio).pk, name="Ours", by=physio)
    assert gone not in {item["exercise"] for item in kept.entry["phases"][0]["home_exercises"]}


def test_left_and_right_are_one_exercise_in_the_gentler_dose(draft, physio):
    phases = tree(draft)["phases"]
    right = STRETCH | {"side": "right", "sets": 1, "reps": 3, "rest_s": 60}
    phases[0]["home"] = [STRETCH | {"sets": 2, "reps": 2, "rest_s": 30}, right]
    saved(draft, physio, phases=phases)
    items = keep_as_protocol(draft.pk, name="Ours", by=physio).entry["phases"][0]["home_exercises"]
    assert [item["exercise"] for item in items] == [STRETCH["exercise"]]
    assert [items[0]["dosage"][name] for name in ("sets", "reps", "rest_s")] == [1, 2, 60]


def test_the_page_lists_the_words_that_are_left_out_unless_ticked(draft, physio, client_for):
    with_own_words(draft, physio)
    sign(draft, physio)
    client, address = client_for(physio), f"/patients/{draft.patient_id}/plan/"
    page = client.get(address).content.decode()
    assert MINE in page.partition('id="keep-words"')[2]
    for ticked in ({}, {"keep_text": "yes"}):
        client.post(f"{address}1/protocol/", {"name": f"Ours {len(ticked)}", **ticked})
        row = Protocol.objects.get(clinic_id=draft.clinic_id, name=f"Ours {len(ticked)}")
        assert (MINE in str(row.entry)) is bool(ticked)


def test_what_cannot_stand_in_a_protocol_is_said_at_its_name(patient, physio):
    plan = plans.create_plan(patient.pk, by=physio)
    with pytest.raises(ValidationError) as refusal:
        keep_as_protocol(plan.pk, name="Empty", by=physio)
    assert refusal.value.detail["name"]
    assert not Protocol.objects.exclude(clinic=None).exists()


def test_another_clinics_plan_is_not_there(draft, physio, other_clinic):
    stranger = replace(physio, clinic_id=other_clinic.pk)
    for use in (
        lambda: keep_as_protocol(draft.pk, name="Theirs", by=stranger),
        lambda: plans.undo(draft.pk, by=stranger, if_match="*"),
        lambda: plans.discard_draft(draft.pk, by=stranger, if_match="*"),
        lambda: attainment.score_goals(draft.pk, {}, by=stranger),
    ):
        with pytest.raises(CarePlan.DoesNotExist):
            use()
