"""The caseload and the chart: who sees what, how they are reached, what they cost."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from careplans.models import (
    Assessment,
    CarePlan,
    DiaryEntry,
    ExerciseLog,
    HomePrescription,
    ItemStatus,
    StopReport,
)
from careplans.services import assessments, measuring, plans
from clinic.access import Role
from patients import services as people
from patients.models import CareTeam, ChartRead
from scheduling.models import Appointment, Booking
from tests import factories
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, flag, sign
from tests.conftest import outside, sign_in
from tests.statements import statements_of
from workspace.caseload import caseload
from workspace.charts import head_of
from workspace.drawing import diary_plot


@pytest.fixture
def browser(client_for, physio):
    return client_for(physio)


@pytest.fixture
def desk_browser(client_for, desk):
    return client_for(desk)


def today(clinic):
    return timezone.localdate(timezone=clinic.zone)


def treated(patient, who, role="treating"):
    told = {"clinic_id": patient.clinic_id, "role": role}
    return CareTeam.objects.update_or_create(patient=patient, member_id=who.member_id, defaults=told)[0]


def planned(patient, by, protocol=PROTOCOL, signed=True):
    """A plan from a protocol; signed two weeks ago."""
    plan = plans.create_plan(patient.pk, by=by, protocol_id=protocol)
    if not signed:
        return plan
    before = timezone.now() - timedelta(days=14)
    return sign(CarePlan.objects.with_content().get(pk=plan.pk), by, now=before)


def log(patient, plan, days_ago, pain=3):
    item = HomePrescription.objects.filter(plan=plan).first()
    day = today(patient.clinic) - timedelta(days=days_ago)
    return ExerciseLog.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        prescription=item,
        lineage_id=item.lineage_id,
        day=day,
        session="08:00",
        occurred_at=timezone.now() - timedelta(days=days_ago),
        pain_after=pain,
    )


def visit(patient, starts, status="booked", member=None, room=None):
    span = factories.minutes_from(starts, 0, 45)
    row = Appointment.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        type=factories.make_type(patient.clinic),
        span=span,
        status=status,
    )
    for resource in filter(None, (member, room)):
        Booking.objects.create(clinic_id=patient.clinic_id, appointment=row, resource=resource, span=span)
    return row


def stop(patient, **fields):
    told = {"cue": "sharp-pain", "note": "Left calf", "occurred_at": timezone.now(), **fields}
    return StopReport.objects.create(clinic_id=patient.clinic_id, patient=patient, **told)


def page_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def ready(patient):
    diagnose(patient)
    answer_all(patient)
    return patient


# --- the caseload ---------------------------------------------------------------------------------------------------------
def test_the_caseload_counts_the_work_and_says_the_reason_first(browser, ready, physio):
    treated(ready, physio)
    plan = planned(ready, physio)
    log(ready, plan, days_ago=9)
    page = page_of(browser.get("/caseload/"))
    assert "1 person in your care." in page
    assert "1 needs you." in page
    assert "No home exercise for 8 days" in page
    assert "Sciatica, left" in page
    assert f'href="/patients/{ready.pk}/"' in page


def test_somebody_who_stopped_is_first_and_called(browser, ready, physio, clinic):
    other = factories.make_patient(clinic, given_name="Aaa")
    for person in (ready, other):
        treated(person, physio)
    planned(other, physio, protocol=None, signed=False)
    stop(ready)
    page = page_of(browser.get("/caseload/"))
    assert "1 of them now." in page
    assert page.index("Stopped: sharp pain") < page.index("waits for a signature")
    assert "“Left calf”" in page
    assert f'href="tel:{ready.phone}"' in page


def test_what_a_new_safety_fact_paused_is_named(browser, ready, physio):
    treated(ready, physio)
    plan = planned(ready, physio)
    item = HomePrescription.objects.filter(phase=plan.current_phase_id).first()
    HomePrescription.objects.filter(pk=item.pk).update(
        status=ItemStatus.PAUSED, status_reason="The sole is numb."
    )
    page = page_of(browser.get("/caseload/"))
    assert "Paused for safety:" in page
    assert "The sole is numb." in page


def test_pain_that_rose_is_a_reason(browser, ready, physio):
    treated(ready, physio)
    plan = planned(ready, physio)
    for days_ago, pain in ((0, 6), (1, 6), (2, 6), (6, 3), (8, 3), (10, 3)):
        log(ready, plan, days_ago, pain)
    page = page_of(browser.get("/caseload/"))
    assert "Pain up 3 points" in page
    assert "3 to 6 out of 10" in page


def test_a_plan_without_a_booked_visit_leads_to_the_series(browser, ready, physio):
    treated(ready, physio)
    plan = planned(ready, physio)
    for day in range(14):
        log(ready, plan, day)
    page = page_of(browser.get("/caseload/"))
    assert "No visit booked" in page
    assert f'href="/calendar/series/?patient={ready.pk}"' in page


def test_groups_hold_everybody_once(browser, clinic, physio):
    for name in ("New", "Newer"):
        treated(factories.make_patient(clinic, given_name=name), physio)
    needs_you = page_of(browser.get("/caseload/"))
    assert "Nobody needs you right now" in needs_you
    new = page_of(browser.get("/caseload/?group=new"))
    assert "New Sen" in new
    assert "Newer Sen" in new
    assert "Registered on" in new
    assert "New Sen" not in page_of(browser.get("/caseload/?group=on-track"))
    assert "Nobody needs you right now" in page_of(browser.get("/caseload/?group=what"))


def test_only_people_in_ones_care_are_in_the_caseload(client_for, member, clinic):
    assistant, other = member(Role.ASSISTANT), member(Role.PHYSIOTHERAPIST)
    treated(factories.make_patient(clinic, given_name="Mine"), assistant)
    treated(factories.make_patient(clinic, given_name="Theirs"), other)
    page = page_of(client_for(assistant).get("/caseload/?group=new"))
    assert "Mine Sen" in page
    assert "Theirs" not in page


def test_an_empty_caseload_says_how_people_come_here(browser, patient):
    page = page_of(browser.get("/caseload/"))
    assert "Nobody is in your care yet" in page
    assert "Ananya" not in page


def test_an_assistant_opens_a_draft_and_does_not_sign(client_for, member, patient, physio):
    assistant = member(Role.ASSISTANT)
    treated(patient, assistant)
    planned(patient, physio, protocol=None, signed=False)
    page = page_of(client_for(assistant).get("/caseload/"))
    assert "waits for a signature" in page
    assert ">Sign<" not in page


def test_todays_visits_stand_beside_with_their_room_and_why_to_look(browser, ready, physio, clinic):
    me = factories.make_resource(clinic, "therapist", member_id=physio.member_id)
    room = factories.make_resource(clinic, "room", name="Room 7")
    treated(ready, physio)
    stop(ready)
    half_past_ten = datetime.combine(today(clinic), time(10, 30), clinic.zone)
    visit(ready, half_past_ten, member=me, room=room)
    visit(factories.make_patient(clinic, given_name="Elsewhere"), half_past_ten)
    page = page_of(browser.get("/caseload/"))
    rail = page[page.index('id="h-day"') :]
    assert "10:30" in rail
    assert "Room 7" in rail
    assert "Stopped: sharp pain" in rail
    assert "Elsewhere" not in rail


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMIN], ids=str)
def test_the_caseload_is_for_those_who_treat(client_for, role):
    assert client_for(role).get("/caseload/").status_code == 403


@pytest.mark.parametrize("rows", [1, 25], ids=["one row", "25 rows"])
def test_the_caseload_costs_as_much_for_25_people_as_for_one(browser, clinic, physio, rows):
    me = factories.make_resource(clinic, "therapist", member_id=physio.member_id)
    six = datetime.combine(today(clinic), time(6), clinic.zone)
    for number in range(rows):
        person = factories.make_patient(clinic, given_name=f"Person {number}")
        diagnose(person)
        answer_all(person)
        treated(person, physio)
        log(person, planned(person, physio), 1)
        visit(person, six + timedelta(minutes=45 * number), member=me)
    browser.get("/caseload/")
    assert len(statements_of(lambda: browser.get("/caseload/"))) == 7


# --- seen to --------------------------------------------------------------------------------------------------------------
def test_a_stop_that_was_seen_to_asks_no_more_and_keeps_who_saw_to_it(browser, ready, physio):
    treated(ready, physio)
    row = stop(ready)
    assert "Stopped an exercise: sharp pain" in page_of(browser.get(f"/patients/{ready.pk}/"))
    answer = browser.post(f"/stops/{row.pk}/seen/")
    assert answer["Location"] == f"/patients/{ready.pk}/"
    row.refresh_from_db()
    assert (row.seen_by_id, row.seen_at is not None) == (physio.member_id, True)
    assert "Stopped" not in page_of(browser.get("/caseload/"))


def test_of_two_who_see_to_a_stop_the_first_stays(browser, client_for, ready, physio):
    row = stop(ready)
    browser.post(f"/stops/{row.pk}/seen/")
    client_for(Role.PHYSIOTHERAPIST).post(f"/stops/{row.pk}/seen/")
    row.refresh_from_db()
    assert row.seen_by_id == physio.member_id


def test_the_desk_and_another_clinic_see_to_nothing(desk_browser, ready, other_clinic):
    row = stop(ready)
    assert desk_browser.post(f"/stops/{row.pk}/seen/").status_code == 403
    with outside():
        stranger = sign_in(factories.make_access(other_clinic, Role.PHYSIOTHERAPIST))
    assert stranger.post(f"/stops/{row.pk}/seen/").status_code == 404
    row.refresh_from_db()
    assert row.seen_at is None


# --- the chart ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def full(ready, physio, clinic):
    """A patient with everything a chart shows."""
    flag(ready, "absent-sensation", "left-sole")
    people.set_therapist(ready.pk, physio.member_id, by=physio)
    plan = planned(ready, physio)
    for days_ago in range(10):
        log(ready, plan, days_ago)
    ahead = timezone.now().replace(microsecond=0) + timedelta(days=2)
    visit(ready, ahead)
    visit(ready, timezone.now() - timedelta(days=3), status="done")
    stop(ready)
    return ready


def test_the_chart_shows_who_what_and_how_far(browser, full, physio):
    page = page_of(browser.get(f"/patients/{full.pk}/"))
    for said in (
        "Ananya Sen",
        "P-000001",
        "Left sole",
        "Sciatica, left",
        "Phase 1:",
        "1 used, 1 booked of",
        str(physio.name),
        "Visits to come",
        "Home exercise on 7 of 7 days",
    ):
        assert said in page
    for tab in ("plan", "visits", "safety"):
        assert f'href="/patients/{full.pk}/{tab}/"' in page
    assert f"/patients/{full.pk}/access/" not in page


def test_what_was_stopped_is_named(browser, ready, physio):
    plan = planned(ready, physio)
    treated(ready, physio)
    item = HomePrescription.objects.filter(plan=plan).first()
    StopReport.objects.create(
        clinic_id=ready.clinic_id,
        patient=ready,
        prescription=item,
        cue="sharp-pain",
        occurred_at=timezone.now(),
    )
    name = item.exercise.entry["name"]["en"]
    for page in ("/caseload/", f"/patients/{ready.pk}/"):
        shown = page_of(browser.get(page))
        assert "sharp pain" in shown
        assert f"{name}." in shown


def test_weeks_and_visits_run_on_through_the_versions_of_a_plan(ready, physio):
    with timezone.override(ready.clinic.zone):
        first = planned(ready, physio)
        treated(ready, physio)
        visit(ready, timezone.now() - timedelta(days=10), "done")
        before = head_of(ready, physio)
        sign(plans.amend_plan(first.pk, by=physio, reason="Better."), physio)
        after = head_of(ready, physio)
        (row,) = caseload(physio)
    assert after.plan.version == 2
    assert before.plan_weeks == after.plan_weeks == (3, 8)
    assert (before.visits["used"], after.visits["used"]) == (1, 1)
    assert row.facts.plan.starts == first.start_date
    assert row.facts.visits_left == after.visits["left"]


def test_an_assessment_falls_due_by_date_by_visits_and_by_change(browser, desk_browser, ready, physio):
    with timezone.override(ready.clinic.zone):
        plan = planned(ready, physio)
        treated(ready, physio)
        visit(ready, timezone.now() + timedelta(days=2))
        for days_ago in range(14):
            log(ready, plan, days_ago)
        assert head_of(ready, physio).due[0].why == "Not assessed since the plan began."
        assessed(ready, physio, days_ago=1)
        assert head_of(ready, physio).due == []
        later = head_of(ready, physio, timezone.now() + timedelta(days=40))
        assert ["weeks since the last one" in each.why for each in later.due] == [True]

        measuring.record_measurement(ready.pk, {"measure": "nprs", "value": 9}, by=physio)
        (changed,) = head_of(ready, physio).due
        assert changed.why == "Numeric pain rating, 0 to 10 went from 4 to 9."
        (row,) = caseload(physio)
        assert row.facts.due == [changed]
        shown = page_of(browser.get("/caseload/"))
        assert changed.why in shown
        assert f"/patients/{ready.pk}/assessments/" in shown
        assert "due since" in page_of(browser.get(f"/patients/{ready.pk}/"))
        assert "due since" not in page_of(desk_browser.get(f"/patients/{ready.pk}/"))

        plans.hold(plan.pk, by=physio, reason="Away.")
        assert "Assessment due" not in page_of(browser.get("/caseload/"))


def test_half_of_the_visits_used_asks_for_an_assessment(ready, physio):
    with timezone.override(ready.clinic.zone):
        planned(ready, physio)
        assessed(ready, physio, days_ago=13)
        wanted = -(-head_of(ready, physio).visits["planned"] // 2)
        for number in range(wanted):
            visit(ready, timezone.now() - timedelta(days=4, hours=-number), "done")
            due = head_of(ready, physio).due
            assert bool(due) is (number == wanted - 1)
        assert (
            due[0].why == f"Half of the {head_of(ready, physio).visits['planned']} planned visits are used."
        )


def assessed(patient, by, days_ago):
    told = {"kind": "initial", "measurements": [{"measure": "nprs", "value": 4}]}
    answers = {entry["id"]: False for entry in assessments.asked_of({"sciatica"}, "initial")}
    row = assessments.begin_assessment(patient.pk, told | {"red_flags": answers}, by=by)
    then = timezone.now() - timedelta(days=days_ago)
    Assessment.objects.filter(pk=row.pk).update(entered_at=then)
    assessments.sign_assessment(row.pk, by=by)


def test_the_desk_sees_who_it_is_the_visits_and_what_to_beware_of(desk_browser, full):
    for rest in ("", "visits/", "safety/", "edit/"):
        page = page_of(desk_browser.get(f"/patients/{full.pk}/{rest}"))
        assert "Ananya Sen" in page
        for clinical in (
            "ciatica",
            "M54",
            "Phase 1",
            "Stopped an exercise",
            "Home exercise",
            "Pain and spasm",
        ):
            assert clinical not in page, (rest, clinical)
    page = page_of(desk_browser.get(f"/patients/{full.pk}/"))
    assert "Left sole" in page
    assert "1 used, 1 booked of" in page
    assert f"/patients/{full.pk}/plan/" not in page


def test_the_admin_reads_the_chart_and_who_opened_it(client_for, browser, full, physio):
    browser.get(f"/patients/{full.pk}/")
    admin = client_for(Role.ADMIN)
    page = page_of(admin.get(f"/patients/{full.pk}/"))
    assert "Sciatica, left" in page
    assert "I have seen to it" not in page
    assert physio.name in page_of(admin.get(f"/patients/{full.pk}/access/"))
    assert browser.get(f"/patients/{full.pk}/access/").status_code == 403


def test_opening_a_chart_is_noted(browser, patient, physio):
    browser.get(f"/patients/{patient.pk}/")
    assert list(ChartRead.objects.values_list("patient_id", "user_id", "what")) == [
        (patient.pk, physio.user_id, "record")
    ]


def test_a_new_patient_is_asked_for_a_diagnosis_and_a_plan(browser, patient):
    page = page_of(browser.get(f"/patients/{patient.pk}/"))
    for said in ("No diagnosis yet", "Start a plan", "No visit booked", "Nothing reported from home yet"):
        assert said in page


def test_visits_are_grouped_by_what_is_to_come(browser, full):
    page = page_of(browser.get(f"/patients/{full.pk}/visits/"))
    assert (
        page.index("To come") < page.index("Booked</span>") < page.index("Before") < page.index("Done</span>")
    )


@pytest.mark.parametrize("rest", ["", "visits/"], ids=["chart", "visits"])
def test_another_clinics_patient_and_one_an_assistant_does_not_treat_are_not_there(
    client_for, patient, other_clinic, rest
):
    with outside():
        stranger = sign_in(factories.make_access(other_clinic, Role.PHYSIOTHERAPIST))
    for browser in (stranger, client_for(Role.ASSISTANT)):
        assert browser.get(f"/patients/{patient.pk}/{rest}").status_code == 404
    assert stranger.get(f"/patients/{uuid4()}/{rest}").status_code == 404
    assert not ChartRead.objects.exists()


@pytest.mark.parametrize("more", [0, 20], ids=["few rows", "many rows"])
def test_a_chart_costs_ten_queries_however_much_is_on_record(browser, full, clinic, more):
    for number in range(more):
        visit(full, timezone.now() + timedelta(days=10 + number))
        diagnose(full)
        flag(full, "metal-implant", "left-calf")
        stop(full)
    browser.get(f"/patients/{full.pk}/")
    assert len(statements_of(lambda: browser.get(f"/patients/{full.pk}/"))) <= 10
    assert len(statements_of(lambda: browser.get(f"/patients/{full.pk}/visits/"))) <= 10


# --- the diary --------------------------------------------------------------------------------------------------------------
def wrote(patient, days_ago, **fields):
    day = today(patient.clinic) - timedelta(days=days_ago)
    return DiaryEntry.objects.create(clinic_id=patient.clinic_id, patient=patient, day=day, **fields)


def test_the_diary_tells_each_day_the_newest_first(browser, full):
    wrote(
        full, 1, pain=4, spasm_count=6, spasm_severity=2, sleep=7, medication_taken=True, note="Slept badly"
    )
    wrote(full, 40, pain=9, note="Long ago")
    page = page_of(browser.get(f"/patients/{full.pk}/diary/"))
    for said in (
        "Pain 4 of 10", "6 spasms", "severity 2", "Sleep 7 of 10", "Medicine taken", "“Slept badly”", "1 exercise done",
        "pain after up to 3", "Stopped:",
    ):  # fmt: skip
        assert said in page
    assert "Long ago" not in page
    assert "?until=" in page
    assert "Newer" not in page
    before = today(full.clinic) - timedelta(days=30)
    older = page_of(browser.get(f"/patients/{full.pk}/diary/", {"until": before.isoformat()}))
    assert "Long ago" in older
    assert "Newer" in older
    assert ChartRead.objects.filter(patient=full, what="diary").count() == 2


@pytest.mark.parametrize("until", ["", "tomorrow", "9999-12-31", "0001-01-01", "2026-13-45"])
def test_no_day_is_impossible_to_ask_for(browser, ready, until):
    page = page_of(browser.get(f"/patients/{ready.pk}/diary/", {"until": until}))
    assert "Nothing told in these weeks" in page


def test_the_desk_reads_no_diary(desk_browser, ready):
    assert desk_browser.get(f"/patients/{ready.pk}/diary/").status_code == 403
    assert f"/patients/{ready.pk}/diary/" not in page_of(desk_browser.get(f"/patients/{ready.pk}/"))


def test_the_diary_asks_as_often_for_many_days_as_for_none(browser, full):
    address = f"/patients/{full.pk}/diary/"
    browser.get(address)
    few = len(statements_of(lambda: browser.get(address)))
    for days_ago in range(1, 27):
        wrote(full, days_ago, pain=3, spasm_count=days_ago)
        stop(full)
    assert len(statements_of(lambda: browser.get(address))) == few <= 12


def test_a_diary_is_drawn_where_something_was_told():
    told = [
        SimpleNamespace(pain=pain, spasms=spasms) for pain, spasms in ((0, None), (10, 20), (None, 0), (5, 5))
    ]
    plot = diary_plot(told)
    assert [y for _x, y in plot.dots] == [114, 15, 64.5]
    assert plot.most == 20
    assert [round(height) for *_xyw, height in plot.bars] == [99, 25]
    assert diary_plot([SimpleNamespace(pain=None, spasms=None)] * 3) is None
    assert diary_plot([]) is None


def test_a_diagnosis_struck_through_is_shown_crossed_out_and_counts_no_more(browser, ready, physio):
    row = people.record_diagnosis(
        ready.pk, {"condition": "carpal-tunnel-syndrome", "side": "left"}, by=physio
    )
    people.void_diagnosis(row.pk, "Another patient's", by=physio)
    page = page_of(browser.get(f"/patients/{ready.pk}/"))
    assert "<s>Carpal tunnel syndrome" in page
    assert "Struck through: Another patient&#x27;s" in page
    assert len(head_of(ready, physio).diagnoses) == 1


# --- documents --------------------------------------------------------------------------------------------------------------
def test_what_is_signed_and_letters_are_listed_the_newest_first(browser, ready, physio):
    address = f"/patients/{ready.pk}/documents/"
    assert "Nothing to print yet" in page_of(browser.get(address))
    planned(ready, physio)
    assessed(ready, physio, days_ago=1)
    raised = assessments.begin_assessment(
        ready.pk,
        {"kind": "review", "red_flags": {"saddle-numbness": True}, "red_flag_action": "Sent on"},
        by=physio,
    )
    page = page_of(browser.get(address))
    assert (
        page.index("Referral letter") < page.index("Initial assessment") < page.index("Care plan, version 1")
    )
    assert f'href="/assessments/{raised.pk}/referral/"' in page
    assert "Sent on" in page
    assert "Review assessment" not in page  # a draft is no document
    assert ChartRead.objects.filter(patient=ready, what="documents").count() == 2
    few = len(statements_of(lambda: browser.get(address)))
    for _n in range(5):
        assessed(ready, physio, days_ago=1)
    assert len(statements_of(lambda: browser.get(address))) == few <= 12


def test_the_desk_has_no_documents(desk_browser, ready):
    assert desk_browser.get(f"/patients/{ready.pk}/documents/").status_code == 403
    assert "/documents/" not in page_of(desk_browser.get(f"/patients/{ready.pk}/"))
