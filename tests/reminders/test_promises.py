"""Promises: made in the transaction of what they are about, once, and taken back with it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from careplans.models import HomePrescription
from careplans.services import plans
from careplans.signals import items_paused
from clinic import tenancy
from patients.services import people
from reminders import services
from reminders.models import Kind, Preference, PreferenceEvent, Reminder, State
from scheduling.services import book_series, cancel, move, restore
from tests import factories
from tests.careplans.plans import sign
from tests.conftest import outside
from tests.reminders.desk import BRIDGE, NOON, STRETCH, agree, beat, notice, pending, prescribe
from tests.scheduling.visits import booked

TOMORROW_AT_TEN = NOON + timedelta(hours=22)


@pytest.fixture
def visit(patient, desk):
    return booked(desk, patient, factories.make_resource(patient.clinic), start=NOON + timedelta(days=2))


def told(**about):
    return [
        (row.kind, row.facts.get("about") or row.occurrence.split(":")[0], row.due_at - NOON)
        for row in pending(**about)
    ]


def due(plan):
    return [(row.due_at - NOON) for row in pending(plan=plan)]


# --- visits -----------------------------------------------------------------------------------------------------------
def test_a_booking_promises_a_notice_and_a_reminder_a_day_and_two_hours_before(visit):
    assert told() == [
        (Kind.NOTICE, "booked", timedelta()),
        (Kind.APPOINTMENT, "24h", timedelta(days=1)),
        (Kind.APPOINTMENT, "2h", timedelta(hours=46)),
    ]
    assert {row.useless_after for row in pending()} == {visit.start}


def test_what_is_undone_promises_nothing(patient, desk):
    room = factories.make_resource(patient.clinic)
    with transaction.atomic():
        booked(desk, patient, room, start=TOMORROW_AT_TEN)
        assert len(pending()) == 2
        transaction.set_rollback(True)
    assert pending() == []


def test_a_series_is_told_in_one_notice(patient, desk):
    room, kind = factories.make_resource(patient.clinic), factories.make_type(patient.clinic)
    wanted = [
        {"start": NOON + timedelta(days=day), "minutes": 45, "resources": [room.pk]} for day in (2, 4, 7)
    ]
    with_one_unplaced = [*wanted, {"start": NOON + timedelta(days=9), "minutes": 45, "unplaced": True}]
    book_series({"patient": patient.pk, "type": kind.pk, "occurrences": with_one_unplaced}, by=desk)
    assert [row[1] for row in told(kind=Kind.NOTICE)] == ["series"]
    assert [row[1] for row in told(kind=Kind.APPOINTMENT)] == ["24h", "2h"] * 3


def test_a_moved_visit_is_promised_at_its_new_time_only(visit, desk):
    there, back = visit.start + timedelta(days=1), visit.start
    move(visit.pk, {"start": there}, by=desk)
    assert told()[1:] == [
        (Kind.APPOINTMENT, "24h", timedelta(days=2)),
        (Kind.APPOINTMENT, "2h", timedelta(hours=70)),
    ]
    move(visit.pk, {"start": back}, by=desk)
    assert told()[0][:2] == (Kind.NOTICE, "moved")
    assert [row.due_at - NOON for row in pending(kind=Kind.APPOINTMENT)] == [
        timedelta(days=1),
        timedelta(hours=46),
    ]


def test_a_cancelled_visit_leaves_only_the_news_of_it(visit, desk):
    cancel(visit.pk, by=desk, reason="Ill.")
    assert told() == [(Kind.NOTICE, "cancelled", timedelta())]
    restore(visit.pk, by=desk)
    assert [row[1] for row in told(kind=Kind.APPOINTMENT)] == ["24h", "2h"]


def test_nothing_is_promised_twice(visit):
    before = Reminder.objects.count()
    services.promise_visits([visit], "booked", now=NOON)
    services.promise_visits([visit], "booked", now=NOON)
    assert Reminder.objects.count() == before
    row = pending(kind=Kind.APPOINTMENT)[0]
    row.pk = uuid4()
    with pytest.raises(IntegrityError, match="reminder_promised_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_sent_reminder_is_not_promised_again_for_the_same_time(visit, desk):
    Reminder.objects.filter(occurrence__startswith="24h").update(state=State.SENT)
    move(visit.pk, {"start": visit.start + timedelta(hours=1)}, by=desk)
    move(visit.pk, {"start": visit.start}, by=desk)
    ours = Reminder.objects.filter(occurrence=f"24h:{visit.start.isoformat()}")
    assert [row.state for row in ours] == [State.SENT]


# --- exercises: exactly one pending row a running plan ---------------------------------------------------------------
def test_signing_promises_the_next_session(plan):
    assert due(plan) == [timedelta(hours=7)]  # today at 19:00; 08:00 is behind us


def test_a_signature_that_is_undone_promises_nothing(patient, physio):
    with transaction.atomic():
        prescribe(patient, physio, STRETCH)
        assert len(pending()) == 1
        transaction.set_rollback(True)
    assert pending() == []


def test_the_chain_goes_on_from_session_to_session(plan, noon):
    seen = []
    for _ in range(4):
        (row,) = pending(plan=plan)
        seen.append((row.due_at - NOON) / timedelta(hours=1))
        beat(row.due_at)
    assert seen == [7, 20, 31, 44]


def test_an_amendment_takes_the_chain_over(plan, physio):
    draft = plans.amend_plan(plan.pk, by=physio, reason="Less.")
    body = {"phases": [{"name": "Calm", "home": [{**STRETCH, "times": ["21:00"]}]}]}
    plans.save_draft(draft.pk, body, by=physio, if_match="*")
    new = sign(type(draft).objects.with_content().get(pk=draft.pk), physio)
    assert (due(plan), due(new)) == ([], [timedelta(hours=9)])


def test_a_plan_on_hold_is_silent_until_it_goes_on(plan, physio):
    plans.hold(plan.pk, by=physio, reason="Away.")
    assert due(plan) == []
    plans.resume(plan.pk, by=physio)
    assert due(plan) == [timedelta(hours=7)]


def test_another_phase_has_its_own_sessions(patient, physio):
    plan = prescribe(patient, physio, {**STRETCH, "times": ["20:30"]})
    assert due(plan) == [timedelta(hours=8.5)]
    plans.set_phase(plan.pk, by=physio, phase_id=plan.phases.last().pk)
    assert due(plan) == [timedelta(hours=7)]


def test_a_paused_exercise_gives_its_session_up(patient, physio):
    plan = prescribe(patient, physio, {**BRIDGE, "times": ["18:00"]}, STRETCH)
    assert due(plan) == [timedelta(hours=6)]
    HomePrescription.objects.filter(plan=plan, exercise__slug="glute-bridge").update(status="paused")
    items_paused.send(type(plan), plan=plan, by=None, clinic_items=[], home_items=[])
    assert due(plan) == [timedelta(hours=7)]


def test_who_wants_no_exercise_reminders_gets_none(plan, api_for, patient, member):
    api = api_for(factories.make_access(patient.clinic, "patient", patient=patient))
    assert api.patch("/api/v1/me/", {"exercise_reminders": False}).status_code == 200
    assert due(plan) == []
    assert api.patch("/api/v1/me/", {"exercise_reminders": True}).status_code == 200
    assert due(plan) == [timedelta(hours=7)]


def test_what_is_promised_meanwhile_is_not_promised_beside_a_claim(plan):
    """A reminder on its way is the plan's one promise; whatever changes now, its end promises the next."""
    with outside():
        services.claim(NOON + timedelta(hours=7))
    assert services.promise_exercises(plan, after=NOON) == 0
    assert Reminder.objects.filter(plan=plan).count() == 1


# --- people who come and go -------------------------------------------------------------------------------------------
def test_an_invitation_is_told_at_once(patient, desk):
    people.invite(patient.pk, by=desk)
    assert told() == [(Kind.OTHER, "invited", timedelta())]


@pytest.mark.parametrize("leaving", ["archived", "died"])
def test_whoever_leaves_is_written_to_no_more(leaving, visit, plan, patient, desk):
    assert pending()
    if leaving == "archived":
        people.archive(patient.pk, by=desk)
    else:
        people.update_patient(patient.pk, {"deceased_on": date(2027, 1, 3)}, by=desk)
    assert pending() == []


# --- repair -----------------------------------------------------------------------------------------------------------
def test_a_lost_promise_is_made_again(plan, patient, physio):
    other = factories.make_patient(patient.clinic)
    prescribe(other, physio, STRETCH)
    Reminder.objects.filter(plan=plan).delete()
    with outside():
        assert services.reconcile(patient.clinic_id) == 1
        assert services.reconcile(patient.clinic_id) == 0
    assert due(plan) == [timedelta(hours=7)]
    assert Reminder.objects.filter(patient=other).count() == 1


def test_repair_leaves_a_claim_and_a_plan_on_hold_alone(plan, patient, physio):
    with outside():
        services.claim(NOON + timedelta(hours=7))
        assert services.reconcile(patient.clinic_id) == 0
    plans.hold(plan.pk, by=physio, reason="Away.")
    Reminder.objects.filter(plan=plan).delete()
    with outside():
        assert services.reconcile(patient.clinic_id) == 0


def test_repair_goes_by_clinic(plan, patient, other_clinic):
    Reminder.objects.filter(plan=plan).delete()
    with outside():
        assert services.reconcile(other_clinic.pk) == 0
    assert pending() == []


def test_promises_of_a_clinic_stay_behind_its_wall(patient, other_clinic):
    notice(patient)
    with outside(), tenancy.scope(other_clinic.pk):
        assert Reminder.objects.count() == 0
        stranger = factories.make_patient(other_clinic)
        agree(stranger)


def test_preferences_are_history(patient):
    Preference.objects.create(clinic_id=patient.clinic_id, patient=patient, channels=["sms"])
    assert PreferenceEvent.objects.filter(patient=patient).count() == 1
