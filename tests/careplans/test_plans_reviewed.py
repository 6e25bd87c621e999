"""What a review found: questions that only look answered, blocks without a flag, values that are no number."""

import pytest

from careplans.models import CarePlan
from careplans.services import plans
from careplans.services.checking import check_plan
from patients import services
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, reasons_for, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(patient, physio):
    diagnose(patient)
    return plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL)


def fresh(plan):
    return CarePlan.objects.with_content().get(pk=plan.pk)


@pytest.mark.parametrize("last", ["struck through", "not sure"])
def test_a_yes_taken_back_leaves_its_question_open_and_the_plan_unsigned(draft, patient, physio, last):
    question = "implanted-neurostimulator"
    assert question in check_plan(fresh(draft)).unknown
    answer_all(patient)
    services.answer_safety_screen(
        patient.pk, {question: {"present": True, "regions": ["lower-back"]}}, by=physio
    )
    if last == "struck through":
        services.void_flag(patient.flags.get(flag=question).pk, "wrong person", by=physio)
    else:
        services.answer_safety_screen(patient.pk, {question: {"present": False}}, by=physio)
        services.answer_safety_screen(patient.pk, {question: {"present": None}}, by=physio)
    assert question in services.safety_screen(patient, by=physio)["due"]
    assert question in check_plan(fresh(draft)).unknown
    with pytest.raises(plans.Unanswered):
        plans.sign_plan(draft.pk, by=physio, overrides=reasons_for(fresh(draft)))


def test_a_block_that_a_diagnosis_alone_raises_pauses_what_it_stops(draft, patient, physio):
    answer_all(patient)
    plan = sign(fresh(draft), physio)
    assert not [finding for finding in check_plan(fresh(plan)).findings if finding.blocks]
    services.record_diagnosis(patient.pk, {"condition": "sciatica-bilateral"}, by=physio)
    blocked = {f.prescription for f in check_plan(fresh(plan)).findings if f.blocks}
    rows = [*plan.clinic_items.all(), *plan.home_items.all()]
    assert blocked
    assert {str(row.pk) for row in rows if row.status == "paused"} == blocked


@pytest.mark.parametrize("told", ["nan", "inf", "-inf", "Infinity", "1_000", "007x", "1e400"])
def test_a_value_that_is_no_number_stays_a_text(draft, physio, told):
    saved = plans.save_draft(
        draft.pk, {"goals": [{"text": "walk", "baseline": told}], "phases": []}, by=physio, if_match="*"
    )
    from careplans.services import trees

    assert trees.tree(saved)["goals"][0]["baseline"] == told


@pytest.mark.parametrize("body", ['{"goals": [{"text": "w", "baseline": 1e400}], "phases": []}'])
def test_a_number_without_an_end_is_refused_at_its_field(draft, api_for, physio, body):
    answer = api_for(physio).put(
        f"/api/v1/plans/{draft.pk}/", body, content_type="application/json", HTTP_IF_MATCH="*"
    )
    assert answer.status_code == 400
