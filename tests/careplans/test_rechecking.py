"""Plans that run are checked again when facts, rules or the day change: what is stopped, what is told, and what is kept of it."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careplans import tasks
from careplans.models import CarePlan, ClinicPrescription, HomePrescription, PlanAlert, Recheck
from careplans.safety import read_rule
from careplans.services import checking, plans, rechecking, trees
from careplans.services.changes import diff
from careplans.services.checking import recheck_plans
from careplans.signals import items_paused
from catalogue import knowledge, loading
from catalogue import services as library
from catalogue.reading import read
from clinic import audit, tenancy
from clinic.access import Role
from patients import services as people
from patients.models import Diagnosis, SafetyAnswer, SafetyFlag
from tests import factories
from tests.careplans.plans import answer_all, diagnose, flag, sign
from tests.conftest import outside

SHIPPED = pickle.dumps(read())
TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}
HEAT = {"modality": "hot-pack", "sites": ["left-calf"]}
RUB = {"modality": "soft-tissue-massage", "sites": ["left-calf"]}
STRETCH = {"exercise": "calf-stretch-wall", "side": "left"}


def treat(patient, by, *clinic, home=(), **kwargs):
    """Sign a plan of these treatments and exercises."""
    plan = plans.create_plan(patient.pk, by=by)
    body = {"phases": [{"name": "Calm", "clinic": list(clinic), "home": list(home)}]}
    plans.save_draft(plan.pk, body, by=by, if_match="*")
    return sign(CarePlan.objects.with_content().select_related("patient").get(pk=plan.pk), by, **kwargs)


@pytest.fixture
def ready(patient):
    diagnose(patient, "diabetic-polyneuropathy")
    answer_all(patient)
    return patient


@pytest.fixture
def running(ready, physio):
    return treat(ready, physio, TENS, HEAT, home=[STRETCH])


def states(plan):
    """Return the states of a plan's treatments by modality."""
    return dict(ClinicPrescription.objects.filter(plan=plan).values_list("modality_id", "status"))


def alert(plan):
    return PlanAlert.objects.filter(plan=plan).first()


def rules(plan, severity="warn"):
    found = alert(plan)
    return [row["rule"] for row in found.findings if row["severity"] == severity] if found else []


# --- whatever changes a fact -----------------------------------------------------------------------------------------
def a_flag(patient, by):
    people.record_flag(patient.pk, "broken-skin", by=by, regions=["left-calf"])


def an_answer(patient, by):
    people.answer_safety_screen(
        patient.pk, {"broken-skin": {"present": True, "regions": ["left-calf"]}}, by=by
    )


def another_place(patient, by):
    row = people.record_flag(patient.pk, "broken-skin", by=by, regions=["right-palm"])
    assert set(states(CarePlan.objects.get(patient=patient)).values()) == {"active"}
    people.change_flag(row.pk, {"regions": ["left-calf"]}, by=by)


def a_disorder(patient, by):
    people.record_diagnosis(patient.pk, {"condition": "sciatica-bilateral"}, by=by)


def another_level(patient, by):
    row = people.record_diagnosis(patient.pk, {"condition": "sci-paraplegia-complete", "level": "T10"}, by=by)
    people.change_diagnosis(row.pk, {"level": "T4"}, by=by)


def a_medicine(patient, by):
    told = {"name": "Tab. Warfarin", "dose": 5, "unit": "mg", "per_day": 1}
    people.record_medication(patient.pk, told, by=by)


def another_medicine(patient, by):
    told = {"name": "Vitamin K", "dose": 5, "unit": "mg", "per_day": 1}
    row = people.record_medication(patient.pk, told, by=by)
    people.change_medication(row.pk, {"name": "Warfarin"}, by=by)


@pytest.mark.parametrize(
    ("change", "items", "found"),
    [
        (a_flag, [TENS, HEAT], {"es-broken-skin", "heat-broken-skin"}),
        (an_answer, [TENS, HEAT], {"es-broken-skin", "heat-broken-skin"}),
        (another_place, [TENS, HEAT], {"es-broken-skin", "heat-broken-skin"}),
        (a_disorder, [RUB], {"both-sided-sciatica"}),
        (another_level, [TENS], {"tens-ad-risk"}),
        (a_medicine, [RUB], {"manual-anticoagulant"}),
        (another_medicine, [RUB], {"manual-anticoagulant"}),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_whatever_changes_a_fact_checks_the_plans_again(ready, physio, change, items, found):
    plan = treat(ready, physio, *items)
    change(ready, physio)
    row = alert(plan)
    assert {each["rule"] for each in row.findings} == found
    assert row.cause == "fact"
    blocked = {each["modality"] for each in row.findings if each["severity"] == "block"}
    assert {key for key, status in states(plan).items() if status == "paused"} == blocked


def test_a_merge_brings_the_others_facts_and_an_undo_takes_them_away(clinic, ready, physio, member, running):
    with outside():
        other = factories.make_patient(clinic, given_name="Anania", phone="+919830099999")
    people.record_flag(other.pk, "electrode-allergy", by=physio)
    done = people.merge(ready.pk, other.pk, by=physio)
    assert rules(running) == ["es-electrode-allergy"]
    people.undo_merge(done.pk, by=physio)
    assert rules(running) == []


def struck_flag(patient, by):
    people.void_flag(people.record_flag(patient.pk, "electrode-allergy", by=by).pk, "Slip", by=by)


def ended_flag(patient, by):
    people.end_flag(people.record_flag(patient.pk, "electrode-allergy", by=by).pk, by=by)


def resolved(patient, by):
    row = people.record_diagnosis(patient.pk, {"condition": "sciatica-left", "side": "left"}, by=by)
    assert rules(CarePlan.objects.get(patient=patient)) == ["tens-sciatica-guideline"]
    people.change_diagnosis(row.pk, {"status": "resolved"}, by=by)


def struck_diagnosis(patient, by):
    row = people.record_diagnosis(patient.pk, {"condition": "sciatica-left", "side": "left"}, by=by)
    people.void_diagnosis(row.pk, "Slip", by=by)


@pytest.mark.parametrize("change", [struck_flag, ended_flag, resolved, struck_diagnosis])
def test_a_warning_goes_with_what_caused_it_and_the_history_keeps_it(ready, physio, change):
    plan = treat(ready, physio, TENS)
    change(ready, physio)
    assert alert(plan).findings == []
    kept = apps.get_model("careplans.PlanAlertEvent").objects.filter(pgh_obj_id=alert(plan).pk)
    assert [len(row.findings) for row in kept.order_by("pgh_id")] == [1, 0]


def test_what_is_paused_stays_so_when_its_cause_has_gone(ready, physio, running):
    row = people.record_flag(ready.pk, "broken-skin", by=physio, regions=["left-calf"])
    people.void_flag(row.pk, "Slip", by=physio)
    assert states(running) == {"tens-conventional": "paused", "hot-pack": "paused"}
    with pytest.raises(IntegrityError, match="signing the next version"), transaction.atomic():
        ClinicPrescription.objects.filter(plan=running).update(status="active")
    draft = plans.amend_plan(running.pk, by=physio, reason="The entry was a slip.")
    people.answer_safety_screen(ready.pk, {"broken-skin": {"present": False}}, by=physio)
    assert set(states(sign(draft, physio)).values()) == {"active"}


def test_what_a_check_paused_is_taken_up_again_by_a_signature_that_was_told(
    ready, physio, running, client_for
):
    row = people.record_flag(ready.pk, "broken-skin", by=physio, regions=["left-calf"])
    people.void_flag(row.pk, "Slip", by=physio)
    draft = plans.amend_plan(running.pk, by=physio, reason="The entry was a slip.")
    why = knowledge.knowledge().rules["es-broken-skin"]["message"]
    tens = ClinicPrescription.objects.get(plan=draft, modality="tens-conventional")
    assert (tens.status, tens.status_reason) == ("active", why)
    page = client_for(physio).get(f"/patients/{ready.pk}/plan/draft/").content.decode()
    assert "Was paused." in page
    assert "in use again once you sign" in page
    body = {"phases": trees.tree(CarePlan.objects.with_content().get(pk=draft.pk))["phases"]}
    plans.save_draft(draft.pk, body, by=physio, if_match="*", partial=True)  # an autosave does not forget it
    old, new = (CarePlan.objects.with_content().get(pk=each.pk) for each in (running, draft))
    told = [(change["field"], change["old"], change["new"]) for change in diff(old, new)]
    assert told == [("status", "Paused", "In use")] * 2
    people.answer_safety_screen(ready.pk, {"broken-skin": {"present": False}}, by=physio)
    signed = sign(new, physio)
    assert set(signed.clinic_items.values_list("status", "status_reason")) == {("active", "")}


def test_what_a_person_paused_before_a_check_would_have_stays_a_persons(ready, physio):
    plan = plans.create_plan(ready.pk, by=physio)
    body = {"phases": [{"name": "Calm", "clinic": [TENS | {"status": "paused"}]}]}
    plans.save_draft(plan.pk, body, by=physio, if_match="*")
    signed = sign(CarePlan.objects.with_content().get(pk=plan.pk), physio)
    people.record_flag(ready.pk, "broken-skin", by=physio, regions=["left-calf"])
    draft = plans.amend_plan(signed.pk, by=physio, reason="Healed.")
    assert states(draft) == {"tens-conventional": "paused"}


# --- what is told, and kept ------------------------------------------------------------------------------------------
def test_a_pause_says_why_on_the_item_in_the_alert_and_in_the_audit(ready, physio, running, client_for):
    people.record_flag(ready.pk, "broken-skin", by=physio, regions=["left-calf"])
    tens = ClinicPrescription.objects.get(plan=running, modality="tens-conventional")
    assert (tens.status, tens.status_reason) == (
        "paused",
        knowledge.knowledge().rules["es-broken-skin"]["message"],
    )
    assert alert(running).findings[0] | {"message": ""} == {
        "rule": "es-broken-skin",
        "severity": "block",
        "override": "not-allowed",
        "prescription": str(tens.pk),
        "modality": "tens-conventional",
        "message": "",
        "source": "houghton-2010",
        "flags": ["broken-skin"],
    }
    told = {entry.what for entry in audit.recent(physio, patient=ready.pk, most=1000)[0]}
    assert {"careplans.PlanAlert", "careplans.ClinicPrescription"} <= told
    page = client_for(physio).get(f"/patients/{ready.pk}/plan/").content.decode()
    assert 'data-rule="es-broken-skin"' in page
    assert "Found since it was signed" in page


def test_a_new_warning_pauses_nothing_and_stands_until_the_next_version_is_signed(ready, physio, running):
    people.record_flag(ready.pk, "electrode-allergy", by=physio)
    assert set(states(running).values()) == {"active"}
    assert rules(running) == ["es-electrode-allergy"]
    draft = plans.amend_plan(running.pk, by=physio, reason="Other electrodes.")
    with pytest.raises(plans.ReasonNeeded):
        plans.sign_plan(draft.pk, by=physio)
    signed = sign(draft, physio)
    assert recheck_plans(ready) == []
    assert rules(signed) == []


def test_a_warning_with_a_reason_on_record_is_not_told_again(ready, physio):
    flag(ready, "electrode-allergy")
    plan = treat(ready, physio, TENS)
    recheck_plans(ready)
    assert alert(plan) is None


def test_what_is_paused_is_not_warned_of_besides(ready, physio, running):
    people.record_flag(ready.pk, "cardiac-pacemaker", by=physio)
    people.record_flag(ready.pk, "electrode-allergy", by=physio)
    assert (rules(running, "block"), rules(running)) == (["tens-pacemaker"], [])


def test_a_plan_on_hold_is_checked_too(ready, physio, running):
    plans.hold(running.pk, by=physio, reason="Away.")
    people.record_flag(ready.pk, "cardiac-pacemaker", by=physio)
    assert states(running)["tens-conventional"] == "paused"


# --- what was known at signing ---------------------------------------------------------------------------------------
def test_a_second_clot_is_not_the_one_that_was_cleared(ready, physio):
    first = flag(ready, "dvt-current", "left-calf")
    plan = treat(ready, physio, TENS)
    recheck_plans(ready)
    assert states(plan) == {"tens-conventional": "active"}
    people.end_flag(first.pk, by=physio)
    people.record_flag(ready.pk, "dvt-current", by=physio, regions=["left-calf"])
    assert states(plan) == {"tens-conventional": "paused"}


def test_a_flag_that_reaches_further_than_what_was_cleared_is_new(ready, physio):
    row = flag(ready, "dvt-current", "left-calf")
    plan = treat(ready, physio, TENS)
    people.change_flag(row.pk, {"regions": ["left-calf", "left-shin"]}, by=physio)
    assert states(plan) == {"tens-conventional": "paused"}


def test_finding_a_flag_still_so_or_in_fewer_places_is_nothing_new(ready, physio):
    row = flag(ready, "dvt-current", "left-calf", "left-shin")
    plan = treat(ready, physio, TENS)
    people.answer_safety_screen(ready.pk, {"dvt-current": {"present": True}}, by=physio)
    people.change_flag(row.pk, {"regions": ["left-calf"]}, by=physio)
    assert states(plan) == {"tens-conventional": "active"}


def load(edition):
    """Load an edition as the owner of the tables, and be the app again."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        loading.load(edition)
        cursor.execute("SET ROLE tonus_app")


# --- an exercise of the clinic's own ------------------------------------------------------------------------------------
def own_exercise(by, **more):
    entry = knowledge.knowledge().exercises["calf-stretch-wall"]
    same = ("modality", "body_regions", "position", "laterality", "dosage", "stop_if", "families", "benefits")
    texts = {"name": {"en": "Own"}, "steps": {"en": ["Do it"]}}
    return library.add(library.EXERCISES, {**{key: entry[key] for key in same}, **texts, **more}, by=by)


@pytest.fixture
def tag_and_flag():
    """A tag of exercises and a flag with which a rule blocks them, whatever the exercise else is."""
    known = knowledge.knowledge()
    rule = next(
        rule
        for rule in known.rules.current
        if rule["severity"] == "block"
        and rule.get("exercise_tags")
        and list(rule["when"]) == ["flags_any"]
        and not known.flags[rule["when"]["flags_any"][0]].get("expires_days")
        and "calf-stretch-wall" in known.exercises
        and known.exercises["calf-stretch-wall"]["modality"]
        in read_rule(rule, known.modalities.values()).modalities
    )
    return rule["exercise_tags"][0], rule["when"]["flags_any"][0], rule["id"]


def test_an_exercise_is_held_against_new_flags_as_it_was_signed_too(ready, physio, tag_and_flag):
    tag, name, rule = tag_and_flag
    row = own_exercise(physio, tags=[tag])
    plan = treat(ready, physio, home=[{"exercise": row.public_id}])
    library.change(library.EXERCISES, row.pk, {"tags": []}, by=physio)
    people.record_flag(ready.pk, name, by=physio)
    assert rule in rules(plan, "block")
    assert list(plan.home_items.values_list("status", flat=True)) == ["paused"]


def test_a_danger_found_in_an_exercise_stops_it_at_once_in_plans_that_run(ready, physio, tag_and_flag):
    tag, name, rule = tag_and_flag
    flag(ready, name)
    row = own_exercise(physio, tags=[])
    plan = treat(ready, physio, home=[{"exercise": row.public_id}])
    library.change(library.EXERCISES, row.pk, {"tags": [tag]}, by=physio)
    assert rule in rules(plan, "block")
    assert alert(plan).cause == "own"
    item = plan.home_items.get()
    assert item.status == "paused"
    assert item.status_reason.startswith("An exercise of the clinic was changed.")


# --- a new edition ---------------------------------------------------------------------------------------------------
@pytest.fixture
def new_rule(running):
    """Load an edition in which TENS is not for polyneuropathy, as the owner of the tables does."""
    edition = pickle.loads(SHIPPED)
    edition["rules"].append(
        {
            "id": "no-tens-here",
            "modalities": ["tens-conventional"],
            "when": {"conditions_any": ["peripheral-neuropathy"]},
            "severity": "block",
            "override": "not-allowed",
            "message": "Not for these people any more.",
            "source": "good-practice",
        }
    )

    yield lambda: load(edition)
    knowledge.forget()


def test_a_changed_rule_stops_what_it_must_in_plans_that_run(clinic, running, new_rule, ready):
    rechecking.recheck_clinic(clinic.pk)
    heard = []
    new_rule()
    items_paused.connect(lambda **kwargs: heard.append(kwargs), weak=False, dispatch_uid="test")
    try:
        done = rechecking.recheck_clinic(clinic.pk)
    finally:
        items_paused.disconnect(dispatch_uid="test")
    assert (done.plans, done.paused, done.alerts) == (1, 1, 1)
    item = ClinicPrescription.objects.get(plan=running, modality="tens-conventional")
    assert (item.status, item.status_reason) == (
        "paused",
        "The safety rules changed. Not for these people any more.",
    )
    assert (alert(running).cause, rules(running, "block")) == ("rules", ["no-tens-here"])
    assert [told["clinic_items"] for told in heard] == [[item]]


def test_a_rule_that_only_warned_and_now_forbids_stops_what_was_signed_with_a_reason(clinic, ready, physio):
    flag(ready, "electrode-allergy")
    plan = treat(ready, physio, TENS, HEAT)
    edition = pickle.loads(SHIPPED)
    rule = next(each for each in edition["rules"] if each["id"] == "es-electrode-allergy")
    rule |= {"severity": "block", "override": "not-allowed"}
    try:
        load(edition)
        rechecking.recheck_clinic(clinic.pk)
    finally:
        knowledge.forget()
    assert states(plan) == {"tens-conventional": "paused", "hot-pack": "active"}
    assert rules(plan, "block") == ["es-electrode-allergy"]


def test_a_signature_is_by_the_rules_in_force_and_not_by_those_in_memory(
    ready, physio, new_rule, monkeypatch
):
    plan = plans.create_plan(ready.pk, by=physio)
    plans.save_draft(plan.pk, {"phases": [{"clinic": [TENS]}]}, by=physio, if_match="*")
    monkeypatch.setattr(knowledge, "forget", lambda: None)  # as in the other processes
    new_rule()
    with pytest.raises(plans.Blocked) as refused:
        plans.sign_plan(plan.pk, by=physio)
    assert [each["rule"] for each in refused.value.extra["findings"]] == ["no-tens-here"]
    monkeypatch.undo()


def test_an_edition_is_checked_once_and_a_day_once(clinic, running, new_rule):
    today = timezone.now()
    assert rechecking.recheck_clinic(clinic.pk, today).plans == 1
    assert rechecking.recheck_clinic(clinic.pk, today).plans == 0
    new_rule()
    assert rechecking.recheck_clinic(clinic.pk, today).plans == 1
    assert rechecking.recheck_clinic(clinic.pk, today + timedelta(days=1)).plans == 1
    assert rechecking.recheck_clinic(clinic.pk, today + timedelta(days=1)).plans == 0


def test_a_check_goes_on_where_it_was_broken_off(clinic, ready, running, physio, monkeypatch):
    more = []
    for number in range(3):
        with outside():
            other = factories.make_patient(clinic, phone=f"+91983000000{number}")
        answer_all(other)
        more.append(treat(other, physio, TENS))
    monkeypatch.setattr(rechecking, "BATCH", 2)
    looked_at = []

    def breaks(clinic_id, ids, **kwargs):
        if len(looked_at) == 2:
            raise RuntimeError("out of power")
        looked_at.extend(ids)
        return checking.recheck(clinic_id, ids, **kwargs)

    monkeypatch.setattr(rechecking, "recheck", breaks)
    with pytest.raises(RuntimeError):
        rechecking.recheck_clinic(clinic.pk)
    monkeypatch.setattr(rechecking, "recheck", checking.recheck)
    assert rechecking.recheck_clinic(clinic.pk).plans == 2
    assert Recheck.objects.get(clinic=clinic).finished_at


@pytest.mark.django_db(transaction=True)
def test_two_who_check_a_clinic_at_once_check_each_patient_once(monkeypatch):
    clinic = factories.make_clinic()
    by = factories.make_access(clinic, Role.PHYSIOTHERAPIST)
    with tenancy.scope(clinic.pk):
        for number in range(4):
            patient = factories.make_patient(clinic, phone=f"+91983000000{number}")
            answer_all(patient)
            treat(patient, by, TENS)
    monkeypatch.setattr(rechecking, "BATCH", 1)
    looked_at, together = [], Barrier(2)

    def counts(clinic_id, ids, **kwargs):
        looked_at.extend(ids)
        return checking.recheck(clinic_id, ids, **kwargs)

    monkeypatch.setattr(rechecking, "recheck", counts)

    def check(_nothing):
        try:
            together.wait(timeout=10)
            return rechecking.recheck_clinic(clinic.pk).plans
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        assert sum(people.map(check, range(2))) == 4
    assert len(set(looked_at)) == len(looked_at) == 4
    with tenancy.scope(clinic.pk):
        assert Recheck.objects.get().finished_at


def test_every_clinic_is_served_and_one_that_fails_holds_up_nobody(
    clinic, other_clinic, running, monkeypatch
):
    served, really = [], rechecking.recheck_clinic

    def fails_for_the_first(clinic_id):
        served.append(clinic_id)
        if len(served) == 1:
            raise RuntimeError("broken")
        return really(clinic_id)

    monkeypatch.setattr(rechecking, "recheck_clinic", fails_for_the_first)
    with outside(), pytest.raises(RuntimeError):
        tasks.recheck_running_plans()
    assert set(served) >= {clinic.pk, other_clinic.pk}


def test_the_command_says_what_it_did(clinic, running):
    out = StringIO()
    with outside():
        call_command("recheck_plans", stdout=out)
    assert f"{clinic.pk}: 1 plans checked, 0 paused in part, 0 alerts changed" in out.getvalue()


def test_a_check_asks_no_more_for_many_plans_than_for_one(clinic, ready, physio):
    treat(ready, physio, TENS, HEAT)
    ids = [ready.pk]

    def cost():
        with CaptureQueriesContext(connection) as queries:
            checking.recheck(clinic.pk, ids, cause="day")
        return len(queries)

    one = cost()
    for number in range(4):
        with outside():
            other = factories.make_patient(clinic, phone=f"+91983000000{number}")
        answer_all(other)
        treat(other, physio, TENS, HEAT, home=[STRETCH])
        ids.append(other.pk)
    assert cost() == one


# --- a new day -------------------------------------------------------------------------------------------------------
def in_days(days):
    return timezone.now() + timedelta(days=days)


def test_an_answer_that_has_run_out_is_asked_again_and_pauses_nothing(clinic, running, ready, physio):
    assert (
        rechecking.recheck_clinic(clinic.pk, in_days(14)).alerts == 0
    )  # 14 days: the last on which it holds
    done = rechecking.recheck_clinic(clinic.pk, in_days(15))
    assert (done.paused, done.alerts) == (0, 1)
    assert set(states(running).values()) == {"active"}
    assert {"broken-skin", "dvt-current"} <= set(alert(running).unknown)
    assert alert(running).cause == "day"
    answers = {each: {"present": False} for each in alert(running).unknown}
    SafetyAnswer.objects.filter(patient=ready).update(answered_on=timezone.localdate() - timedelta(days=99))
    people.answer_safety_screen(ready.pk, answers, by=physio)
    assert not {"broken-skin", "dvt-current"} & set(alert(running).unknown)


def test_a_critical_flag_that_has_run_out_is_no_all_clear(clinic, ready, physio, running):
    people.record_flag(ready.pk, "broken-skin", by=physio, regions=["left-calf"])
    rechecking.recheck_clinic(clinic.pk, in_days(15))
    assert states(running)["tens-conventional"] == "paused"
    assert "broken-skin" in alert(running).unknown


def test_a_flag_begins_to_count_on_its_day(clinic, ready, running):
    day = timezone.localdate() + timedelta(days=3)
    SafetyFlag.objects.create(clinic=clinic, patient=ready, flag_id="cardiac-pacemaker", since=day)
    rechecking.recheck_clinic(clinic.pk, in_days(2))
    assert states(running)["tens-conventional"] == "active"
    rechecking.recheck_clinic(clinic.pk, in_days(3))
    assert (states(running)["tens-conventional"], alert(running).cause) == ("paused", "day")


def test_a_flag_counts_to_the_day_before_its_last_on_the_clinics_clock(clinic, ready, physio):
    """In Kolkata a day begins five and a half hours before it does in London."""
    flag(ready, "electrode-allergy")
    plan = treat(ready, physio, HEAT)
    SafetyFlag.objects.filter(patient=ready).update(until=date(2030, 1, 10))
    late, early = (datetime(2030, 1, 9, hour, tzinfo=UTC) for hour in (18, 19))
    seen = []
    for moment in (late, early):
        run_day = timezone.localdate(moment, clinic.zone)
        seen.append("electrode-allergy" in people.patient_facts(ready, run_day).flags)
    assert seen == [True, False]
    rechecking.recheck_clinic(clinic.pk, early)
    assert Recheck.objects.get(clinic=clinic).day == date(2030, 1, 10)
    assert plan.status == "active"


@pytest.fixture
def for_children(running):
    """Load an edition in which TENS is not for anybody under 16, in the clinic either."""
    edition = pickle.loads(SHIPPED)
    rule = next(each for each in edition["rules"] if each["id"] == "es-age-home")
    rule |= {"when": {"age_below": 16}, "severity": "block", "override": "not-allowed"}
    load(edition)
    yield
    knowledge.forget()


def test_a_birth_date_put_right_checks_the_plans_again(ready, physio, running, for_children):
    people.update_patient(ready.pk, {"given_name": "Ananya"}, by=physio)
    assert alert(running) is None
    people.update_patient(ready.pk, {"date_of_birth": timezone.localdate() - timedelta(days=4000)}, by=physio)
    assert states(running) == {"tens-conventional": "paused", "hot-pack": "active"}
    assert rules(running, "block") == ["es-age-home"]


def test_a_birthday_ends_what_is_for_children_and_pauses_stay(clinic, ready, physio, running, for_children):
    born = timezone.localdate() - timedelta(days=10)
    people.update_patient(ready.pk, {"date_of_birth": born.replace(year=born.year - 15)}, by=physio)
    assert rules(running, "block") == ["es-age-home"]
    rechecking.recheck_clinic(clinic.pk, in_days(340))
    assert rules(running, "block") == ["es-age-home"]
    rechecking.recheck_clinic(clinic.pk, in_days(360))
    assert rules(running, "block") == []
    assert states(running)["tens-conventional"] == "paused"


# --- the caseload ----------------------------------------------------------------------------------------------------
def test_the_caseload_tells_of_a_new_caution(ready, physio, running, client_for):
    people.set_therapist(ready.pk, physio.member_id, by=physio)
    people.record_flag(ready.pk, "electrode-allergy", by=physio)
    page = client_for(physio).get("/caseload/").content.decode()
    assert "New caution: TENS" in page
    assert HomePrescription.objects.filter(plan=running, status="active").exists()
    chart = client_for(physio).get(f"/patients/{ready.pk}/").content.decode()
    assert "1 new caution" in chart
    assert Diagnosis.objects.filter(patient=ready).exists()
