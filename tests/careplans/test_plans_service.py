"""What must hold of plans whoever asks: what is signed stays, one of two signs, a new fact stops what it must."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from careplans.models import CarePlan, ClinicPrescription, Goal, HomePrescription, ItemStatus, Phase
from careplans.services import plans, trees
from careplans.services.checking import recheck_plans
from careplans.signals import items_paused, plan_changed, plan_signed
from catalogue.models import Exercise
from clinic import tenancy
from clinic.access import Role
from patients.models import SafetyFlag
from patients.signals import safety_changed
from tests import factories
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, flag, reasons_for, sign

TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}
STRETCH = {"exercise": "calf-stretch-wall", "side": "left"}


@pytest.fixture
def ready(patient):
    diagnose(patient)
    answer_all(patient)
    return patient


@pytest.fixture
def draft(ready, physio):
    return plans.create_plan(ready.pk, by=physio, protocol_id=PROTOCOL)


@pytest.fixture
def running(draft, physio):
    return sign(draft, physio)


def fresh(plan):
    return CarePlan.objects.with_content().get(pk=plan.pk)


def with_tens(plan, physio):
    body = {"phases": [{"name": "Calm", "clinic": [TENS], "home": [STRETCH]}]}
    return plans.save_draft(plan.pk, body, by=physio, if_match="*")


# --- drafting -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("side", "expected"), [("right", "right"), (None, "left"), ("both", None)])
def test_the_side_is_the_diagnosiss_else_the_subtypes(patient, physio, side, expected):
    diagnose(patient, "sciatica-left", side=side)
    plan = trees.tree(plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL))
    sides = {item["side"] for item in trees.items(plan, "home")}
    assert sides - {None} == ({expected} - {None})


def test_struck_through_diagnoses_are_no_diagnoses(patient, physio):
    kept = diagnose(patient)
    diagnose(patient, voided_at=timezone.now())
    diagnose(patient, status="resolved")
    assert plans.create_plan(patient.pk, by=physio).diagnosis_ids == [kept.pk]


def test_a_clinics_own_exercise_may_be_prescribed_and_another_clinics_not(
    draft, physio, other_clinic, clinic
):
    shipped = Exercise.objects.get(slug="calf-stretch-wall")

    def own(of):
        with tenancy.scope(of.pk):
            row = Exercise(clinic=of)
            row.fill({**shipped.data, "name": {"en": "Our stretch", "hi": "", "bn": ""}})
            row.save()
            return row

    mine = own(clinic)
    body = {"phases": [{"home": [{"exercise": str(mine.pk)}]}]}
    tree = trees.tree(plans.save_draft(draft.pk, body, by=physio, if_match="*"))
    assert trees.items(tree, "home")[0]["exercise"] == str(mine.pk)
    assert trees.items(tree, "home")[0]["sets"] == shipped.data["dosage"]["sets"]["default"]


def test_an_autosave_of_one_field_is_one_line_of_history(draft, physio):
    from django.apps import apps

    events = apps.get_model("careplans.ClinicPrescriptionEvent").objects
    before = events.count()
    tree = trees.tree(draft)
    tree["phases"][0]["clinic"][0]["note"] = "Left side first."
    plans.save_draft(draft.pk, tree, by=physio, if_match=draft.etag)
    assert events.count() == before + 1


def test_saving_asks_as_much_for_one_item_as_for_many(draft, physio, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    def cost(items):
        body = {"phases": [{"clinic": [TENS] * items, "home": [STRETCH] * items}] * items}
        plan = plans.save_draft(draft.pk, body, by=physio, if_match="*")
        tree = trees.tree(plan)
        for item in (*trees.items(tree, "clinic"), *trees.items(tree, "home")):
            item["note"] = "changed"
        with CaptureQueriesContext(connection) as queries:
            plans.save_draft(draft.pk, tree, by=physio, if_match="*")
        return len(queries)

    assert cost(1) == cost(5)


def test_what_came_into_plans_later_changes_no_older_hash(draft, physio):
    """A version signed before there was a place for help, levels or a daily limit has the hash that it had then."""
    said = trees.canonical(fresh(draft)).decode()
    assert not any(f'"{name}"' in said for name in trees.CAME_LATER)
    tree = trees.tree(fresh(draft))
    for change in ({"daily_minutes_max": 30}, {"goals": [{"text": "Walk", "weight": 2}]}):
        before = trees.content_hash(fresh(draft))
        body = {"phases": tree["phases"], "goals": tree["goals"], **change}
        plans.save_draft(draft.pk, body, by=physio, if_match="*")
        assert trees.content_hash(fresh(draft)) != before


# --- signing ------------------------------------------------------------------------------------------------------------
def test_signing_says_so_to_the_apps_above(draft, physio):
    heard = []
    plan_signed.connect(lambda **kwargs: heard.append(kwargs), weak=False, dispatch_uid="test")
    try:
        plan = sign(draft, physio)
        new = sign(plans.amend_plan(plan.pk, by=physio, reason="x"), physio)
    finally:
        plan_signed.disconnect(dispatch_uid="test")
    assert [(each["plan"], each["replaced"], each["by"]) for each in heard] == [
        (plan, None, physio),
        (new, plan, physio),
    ]


def test_the_seal_is_the_hash_of_the_canonical_content(running):
    plan = fresh(running)
    content = trees.canonical(plan)
    assert hashlib.sha256(content).hexdigest() == plan.content_sha256
    kept = json.loads(content)
    assert kept["catalogue"]["exercises"].keys() == {
        item["exercise"] for item in trees.items(trees.tree(plan), "home")
    }
    assert kept["catalogue"]["protocol"]["id"] == PROTOCOL
    assert not {"status", "signed_at", "current_phase"} & kept.keys()


def test_the_hash_outlives_whatever_may_still_change(running, physio):
    plans.set_phase(running.pk, by=physio, phase_id=running.phases.last().pk, reason="Better.")
    running.home_items.update(status=ItemStatus.PAUSED, status_reason="Why")
    plans.hold(running.pk, by=physio, reason="Away.")
    assert trees.content_hash(fresh(running)) == running.content_sha256


def test_other_content_has_another_hash(draft, physio):
    before = trees.content_hash(fresh(draft))
    tree = trees.tree(draft)
    tree["phases"][0]["clinic"][0]["minutes"] += 1
    assert trees.content_hash(plans.save_draft(draft.pk, tree, by=physio, if_match="*")) != before


def test_overrides_are_kept_for_the_rules_that_fired(ready, draft, physio):
    flag(ready, "osteoporosis")
    reasons = reasons_for(draft)
    assert reasons
    plan = plans.sign_plan(draft.pk, by=physio, overrides=reasons | {"not-fired": "A reason long enough."})
    assert plan.overrides == reasons
    assert {finding["rule"] for finding in plan.findings} == set(reasons)


def test_a_warning_needs_fifteen_characters(ready, draft, physio):
    plans.save_draft(draft.pk, {"phases": [{"home": [STRETCH]}]}, by=physio, if_match="*")
    flag(ready, "osteoporosis")
    reasons = reasons_for(fresh(draft))
    assert reasons
    with pytest.raises(plans.ReasonNeeded) as refusal:
        plans.sign_plan(draft.pk, by=physio, overrides=dict.fromkeys(reasons, "x" * 14))
    assert {each["rule"] for each in refusal.value.extra["findings"]} == set(reasons)
    plans.sign_plan(draft.pk, by=physio, overrides=dict.fromkeys(reasons, "x" * 15))


def test_an_answer_that_has_run_out_is_asked_for_again(ready, draft, physio):
    ready.safety_answers.update(answered_on=date(2020, 1, 1))
    with pytest.raises(plans.Unanswered) as refusal:
        sign(draft, physio)
    assert refusal.value.extra["unknown"]


def test_not_sure_is_no_answer(draft, ready, physio):
    ready.safety_answers.update(present=None)
    with pytest.raises(plans.Unanswered):
        sign(draft, physio)


def test_a_draft_of_a_version_that_was_replaced_meanwhile_is_stale(running, physio):
    new = plans.amend_plan(running.pk, by=physio, reason="x")
    # what cannot come about through the services: the draft's base is not the version signed last
    CarePlan.objects.filter(pk=new.pk).update(replaces=None)
    with pytest.raises(plans.Stale):
        sign(new, physio)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_signs_and_the_other_is_told():
    clinic = factories.make_clinic()
    physio = factories.make_access(clinic, Role.PHYSIOTHERAPIST)
    patient = factories.make_patient(clinic)
    with tenancy.scope(clinic.pk):
        diagnose(patient)
        answer_all(patient)
        draft = plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL)
        reasons = reasons_for(draft)
    together = Barrier(2)

    def press(_who):
        try:
            with tenancy.scope(clinic.pk):
                together.wait(timeout=10)
                return plans.sign_plan(draft.pk, by=physio, overrides=reasons).status
        except plans.Stale as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(press, range(2))) == ["active", "stale"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_amend_at_once_one_gets_the_draft():
    clinic = factories.make_clinic()
    physio = factories.make_access(clinic, Role.PHYSIOTHERAPIST)
    patient = factories.make_patient(clinic)
    with tenancy.scope(clinic.pk):
        diagnose(patient)
        answer_all(patient)
        running = sign(plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL), physio)
    together = Barrier(2)

    def press(_who):
        try:
            with tenancy.scope(clinic.pk):
                together.wait(timeout=10)
                return plans.amend_plan(running.pk, by=physio, reason="x").status
        except plans.DraftExists as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(press, range(2))) == ["draft", "draft_exists"]


@pytest.mark.django_db(transaction=True)
def test_a_fact_told_while_somebody_signs_is_not_lost():
    """Whichever comes first: the signature is refused, or the item is paused."""
    clinic = factories.make_clinic()
    physio = factories.make_access(clinic, Role.PHYSIOTHERAPIST)
    patient = factories.make_patient(clinic)
    with tenancy.scope(clinic.pk):
        diagnose(patient)
        answer_all(patient)
        draft = with_tens(plans.create_plan(patient.pk, by=physio), physio)
        reasons = reasons_for(draft)
    together = Barrier(2)

    def press(_nothing):
        try:
            with tenancy.scope(clinic.pk):
                together.wait(timeout=10)
                return plans.sign_plan(draft.pk, by=physio, overrides=reasons).status
        except plans.Blocked as refusal:
            return refusal.code
        finally:
            connection.close()

    def tell(_nothing):
        try:
            with tenancy.scope(clinic.pk):
                together.wait(timeout=10)
                flag(patient, "cardiac-pacemaker")
                safety_changed.send(type(patient), patient=patient, by=physio)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        signing, telling = people.submit(press, None), people.submit(tell, None)
        telling.result()
        outcome = signing.result()
    with tenancy.scope(clinic.pk):
        item = ClinicPrescription.objects.get(plan=draft)
        assert (outcome, item.status) in (("active", "paused"), ("blocked", "active"))


# --- the seal -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE careplans_careplan SET overrides = '{}', start_date = '2020-01-01' WHERE id = %(plan)s",
        "UPDATE careplans_careplan SET content_sha256 = 'x' WHERE id = %(plan)s",
        "UPDATE careplans_careplan SET signed_at = NULL, status = 'draft' WHERE id = %(plan)s",
        "DELETE FROM careplans_careplan WHERE id = %(plan)s",
        "UPDATE careplans_phase SET name = 'x' WHERE plan_id = %(plan)s",
        "DELETE FROM careplans_goal WHERE plan_id = %(plan)s",
        "UPDATE careplans_goal SET text = 'x' WHERE plan_id = %(plan)s",
        "UPDATE careplans_clinicprescription SET minutes = 1 WHERE plan_id = %(plan)s",
        "UPDATE careplans_homeprescription SET sets = 1, reps = 1 WHERE plan_id = %(plan)s",
        "DELETE FROM careplans_homeprescription WHERE plan_id = %(plan)s",
        "DELETE FROM careplans_plandiagnosis WHERE plan_id = %(plan)s",
        'INSERT INTO careplans_goal (id, clinic_id, plan_id, "order", text, benefit)'
        " SELECT gen_random_uuid(), clinic_id, id, 9, 'x', '' FROM careplans_careplan WHERE id = %(plan)s",
    ],
)
def test_what_is_signed_cannot_be_changed_by_any_statement(running, statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("tonus_app",)
        with pytest.raises(IntegrityError, match="a signed plan does not change"), transaction.atomic():
            cursor.execute(statement, {"plan": running.pk})


def test_what_is_state_and_not_content_still_changes(running):
    CarePlan.objects.filter(pk=running.pk).update(status="on-hold", status_reason="x")
    assert HomePrescription.objects.filter(plan=running).update(status="paused", status_reason="x")


# --- versions -------------------------------------------------------------------------------------------------------------
def test_lineages_run_through_versions(running, physio):
    new = plans.amend_plan(running.pk, by=physio, reason="x")
    assert new.lineage_id == running.lineage_id
    for model in (ClinicPrescription, HomePrescription):
        lineages = [
            set(model.objects.filter(plan=plan).values_list("lineage_id", flat=True))
            for plan in (running, new)
        ]
        assert lineages[0] == lineages[1] != set()
    assert Phase.objects.filter(plan=new).count() == running.phases.count()
    assert Goal.objects.filter(plan=new).count() == running.goals.count()


def test_what_a_person_paused_stays_paused_in_the_next_version(running, physio):
    running.home_items.update(status=ItemStatus.PAUSED, status_reason="Why")
    new = plans.amend_plan(running.pk, by=physio, reason="x")
    assert set(new.home_items.values_list("status", "status_reason")) == {("paused", "Why")}


def test_changes_of_state_are_told(running, physio):
    heard = []
    plan_changed.connect(lambda plan, **_kwargs: heard.append(plan.status), weak=False, dispatch_uid="test")
    try:
        plans.hold(running.pk, by=physio, reason="Away.")
        plans.resume(running.pk, by=physio)
        plans.complete(running.pk, by=physio)
    finally:
        plan_changed.disconnect(dispatch_uid="test")
    assert heard == ["on-hold", "active", "completed"]


# --- a new fact -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def with_electricity(draft, physio):
    with_tens(draft, physio)
    return sign(fresh(draft), physio)


def test_a_new_block_pauses_what_it_stops_and_says_why(with_electricity, ready, physio):
    heard = []
    items_paused.connect(lambda **kwargs: heard.append(kwargs), weak=False, dispatch_uid="test")
    flag(ready, "cardiac-pacemaker")
    try:
        safety_changed.send(type(ready), patient=ready, by=physio)
    finally:
        items_paused.disconnect(dispatch_uid="test")
    tens = ClinicPrescription.objects.get(plan=with_electricity)
    assert tens.status == "paused"
    assert "pacemaker" in tens.status_reason.lower()
    assert HomePrescription.objects.get(plan=with_electricity).status == "active"
    assert CarePlan.objects.get(pk=with_electricity.pk).status == "active"
    [told] = heard
    assert (told["clinic_items"], told["home_items"], told["by"]) == ([tens], [], physio)


def test_a_plan_is_left_alone_by_what_does_not_concern_it(with_electricity, ready):
    flag(ready, "anticoagulant")
    assert recheck_plans(ready) == []
    assert ClinicPrescription.objects.get(plan=with_electricity).status == "active"


def test_what_was_cleared_at_signing_is_not_paused_again(ready, draft, physio):
    with_tens(draft, physio)
    flag(ready, "dvt-current", "left-calf")
    plan = fresh(draft)
    blocks = [finding for finding in plans_findings(plan) if finding.blocks]
    assert blocks
    assert {block.override for block in blocks} == {"with-medical-clearance"}
    sign(plan, physio)
    assert recheck_plans(ready) == []
    SafetyFlag.objects.filter(patient=ready).update(note="again")
    assert recheck_plans(ready) == []


def plans_findings(plan):
    from careplans.services.checking import check_plan

    return check_plan(plan).findings


def test_drafts_and_ended_plans_are_not_touched(with_electricity, ready, physio):
    plans.complete(with_electricity.pk, by=physio)
    flag(ready, "cardiac-pacemaker")
    assert recheck_plans(ready) == []


def test_a_start_is_today_or_later_on_the_clinics_clock(draft, physio, clinic):
    late = timezone.now().replace(hour=20, minute=0)  # already tomorrow in Kolkata
    today = timezone.localdate(late, clinic.zone)
    assert today == late.date() + timedelta(days=1)
    assert sign(draft, physio, now=late).start_date == today
