"""Keeping promises, against a mail server and an SMS provider that are really there."""

from collections import Counter
from datetime import date, time, timedelta

import pytest

from bench.measure import Queries
from careplans.services import home, plans
from clinic import tenancy
from clinic.models import Clinic
from patients.models import Consent, Patient
from reminders import services
from reminders.models import Kind, Preference, Reminder, State
from scheduling.services import cancel, check_in, no_show
from tests import factories
from tests.conftest import outside
from tests.reminders.desk import HOUR, NOON, STRETCH, agree, beat, end_of, notice, pending, prescribe
from tests.scheduling.visits import booked


@pytest.fixture
def visit(patient, desk):
    """On Wednesday at noon; its notice is out already."""
    visit = booked(desk, patient, factories.make_resource(patient.clinic), start=NOON + timedelta(days=2))
    Reminder.objects.filter(kind=Kind.NOTICE).delete()
    return visit


def prefer(patient, **fields):
    Preference.objects.create(clinic_id=patient.clinic_id, patient=patient, **fields)


def log_session(patient, plan, session, noon):
    for item in plan.phases.first().home_items.all():
        event = {
            "id": "0192f0c1-7c1e-7cc3-9e63-2f8a5b6c7d8e",
            "type": "log",
            "occurred_at": noon.isoformat(),
            "data": {"prescription": str(item.pk), "session": session, "sets_done": 1},
        }
        assert home.sync(patient, {"events": [event]}, now=noon)[0]["status"] == "accepted"


# --- e-mail -----------------------------------------------------------------------------------------------------------
def test_a_mail_arrives(patient, post):
    row = notice(patient)
    assert beat() == Counter(sent=1)
    (mail,) = post.mails
    assert (mail["To"], mail["Message-ID"]) == (patient.email, f"<{row.pk}@127.0.0.1>")
    assert mail["From"].startswith("Alipore Nerve Clinic <")
    assert mail["Auto-Submitted"] == "auto-generated"
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error, row.provider_id) == (
        "sent",
        1,
        "",
        f"<{row.pk}@127.0.0.1>",
    )
    assert row.finished_at == NOON


def test_what_is_not_due_waits(patient, post):
    row = notice(patient, NOON + timedelta(seconds=1))
    assert beat() == Counter()
    assert end_of(row) == ("pending", "")


def test_a_batch_is_sent_over_one_connection(patient, post):
    for _ in range(5):
        notice(patient)
    assert beat() == Counter(sent=5)
    assert (len(post.mails), post.connections) == (5, 1)


def test_a_batch_of_several_clinics_is_sent_over_one_connection(patient, post, other_clinic):
    with outside():
        stranger = factories.make_patient(other_clinic)
        with tenancy.scope(other_clinic.pk):
            agree(stranger)
            notice(stranger)
        with tenancy.scope(patient.clinic_id):
            notice(patient)
        claimed = services.claim(NOON)
        assert services.deliver(claimed, NOON, now=NOON) == Counter(sent=2)
    assert {mail["From"].split(" <")[0] for mail in post.mails} == {"Alipore Nerve Clinic", "Other Clinic"}
    assert post.connections == 1


def test_an_address_that_is_refused_fails_at_once_and_the_chain_goes_on(patient, plan, post):
    post.refused[patient.email] = "550 no such mailbox"
    (row,) = pending()
    assert beat(row.due_at) == Counter(failed=1)
    assert end_of(row) == ("failed", "the mail server refused the address (550)")
    (after,) = pending()
    assert after.due_at - row.due_at == 13 * HOUR


def test_one_refused_address_keeps_no_other_mail(patient, post):
    other = factories.make_patient(patient.clinic, email="other@example.org")
    agree(other)
    post.refused[patient.email] = "550 no such mailbox"
    rows = [notice(patient), notice(other), notice(other)]
    assert beat() == Counter(failed=1, sent=2)
    assert [end_of(row)[0] for row in rows] == ["failed", "sent", "sent"]


def test_a_busy_server_is_tried_again_later_with_the_same_message_id(patient, post):
    row = notice(patient)
    post.answer = "451 try later"
    assert beat() == Counter(later=1)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "SMTPDataError")
    assert timedelta(seconds=30) <= row.due_at - NOON <= timedelta(seconds=45)
    post.answer = "250 OK"
    assert beat(row.due_at) == Counter(sent=1)
    assert post.mails[0]["Message-ID"] == f"<{row.pk}@127.0.0.1>"


def test_waits_double_until_the_last_try_fails(patient, post):
    post.answer = "451 try later"
    row, now, waits = notice(patient), NOON, []
    while row.state != State.FAILED:
        assert sum(beat(now).values()) == 1
        row.refresh_from_db()
        waits.append((row.due_at - now) / timedelta(seconds=30))
        now = max(row.due_at, now)
    assert row.attempts == 9
    assert all(
        2**n <= wait <= 1.5 * 2**n for n, wait in enumerate(waits[:-1])
    )  # noon and four hours: not yet quiet


def test_a_server_that_is_away_costs_a_batch_one_try(patient, post):
    rows = [notice(patient) for _ in range(3)]
    post.controller.stop()
    assert beat() == Counter(later=3)
    assert {end_of(row) for row in rows} == {("pending", "ConnectionRefusedError")}
    assert [row.attempts for row in rows] == [1, 1, 1]


def test_what_no_try_can_save_in_time_fails(patient, post):
    post.answer = "451 try later"
    row = notice(patient, useless_after=NOON + timedelta(seconds=20))
    assert beat() == Counter(failed=1)
    assert end_of(row) == ("failed", "SMTPDataError")


def test_a_connection_that_breaks_is_opened_anew(patient, post):
    rows = [notice(patient) for _ in range(3)]
    post.answer = "421 shutting down"  # the server says so and hangs up
    beat()
    post.answer = "250 OK"
    again = max(Reminder.objects.filter(pk__in=[row.pk for row in rows]).values_list("due_at", flat=True))
    assert beat(again) == Counter(sent=3)


# --- text messages ----------------------------------------------------------------------------------------------------
@pytest.fixture
def by_phone(patient):
    prefer(patient, channels=["sms"])
    return patient


def test_an_sms_arrives(by_phone, phone_company):
    row = notice(by_phone)
    assert beat() == Counter(sent=1)
    (sent,) = phone_company.sent
    assert (sent["to"], sent["key"]) == (by_phone.phone, str(row.pk))
    assert "You have a message from Alipore Nerve Clinic." in sent["text"]
    row.refresh_from_db()
    assert (row.provider_id, row.channel) == ("sms-1", "sms")


@pytest.mark.parametrize(
    ("status", "end", "why"),
    [(422, "failed", "the SMS provider refused it (422)"), (503, "pending", "HTTPError"), (429, "pending", "HTTPError")],
)  # fmt: skip
def test_a_provider_that_says_no(status, end, why, by_phone, phone_company):
    phone_company.answer = (status, b"")
    row = notice(by_phone)
    beat()
    assert end_of(row) == (end, why)


@pytest.mark.parametrize("body", [b"", b"OK", b"[1]", b'{"id": null}'])
def test_a_provider_that_took_it_is_believed_whatever_it_says(body, by_phone, phone_company):
    phone_company.answer = (200, body)
    row = notice(by_phone)
    assert beat() == Counter(sent=1)
    row.refresh_from_db()
    assert row.provider_id == str(row.pk)


def test_a_provider_that_is_away_costs_a_batch_one_try(by_phone, phone_company):
    rows = [notice(by_phone) for _ in range(3)]
    phone_company.shutdown()
    phone_company.server_close()
    assert beat() == Counter(later=3)
    assert {end_of(row) for row in rows} == {("pending", "ConnectionRefusedError")}


def test_without_a_provider_a_text_message_fails_and_says_why(by_phone, settings):
    settings.SMS_URL = ""
    row = notice(by_phone)
    assert beat() == Counter(failed=1)
    assert end_of(row) == ("failed", "no SMS provider is set (TONUS_SMS_URL)")


def test_the_way_is_the_one_wanted_when_it_goes_out(patient, post, phone_company):
    notice(patient, channel="sms")
    assert beat() == Counter(sent=1)
    assert (len(post.mails), phone_company.sent) == (1, [])
    prefer(patient, channels=["in-app"])
    row = notice(patient)
    assert beat() == Counter(sent=1)
    row.refresh_from_db()
    assert (len(post.mails), row.channel) == (1, "in-app")


# --- still wanted? ----------------------------------------------------------------------------------------------------
def test_without_consent_nothing_goes_out(patient, post):
    Consent.objects.filter(patient=patient).update(withdrawn_at=NOON)
    row = notice(patient)
    assert beat() == Counter(skipped=1)
    assert (end_of(row), post.mails) == (("skipped", "no consent"), [])


def test_what_is_too_late_is_not_sent(patient, post):
    row = notice(patient, NOON - 3 * HOUR, useless_after=NOON)
    assert beat() == Counter(skipped=1)
    assert (end_of(row), post.mails) == (("skipped", "too late"), [])


@pytest.mark.parametrize("fields", [{"archived_at": NOON}, {"deceased_on": date(2027, 1, 3)}])
def test_whoever_left_is_not_written_to(fields, patient, post):
    row = notice(patient)
    Patient.objects.filter(pk=patient.pk).update(**fields)
    assert beat() == Counter(skipped=1)
    assert (end_of(row), post.mails) == (("skipped", "no longer a patient"), [])


@pytest.mark.parametrize("became", ["cancelled", "missed", "arrived"])
def test_a_visit_that_is_not_to_come_is_not_reminded_of(became, visit, desk, post):
    (row, _later) = pending()
    with outside():
        claimed = services.claim(row.due_at)
    if became == "arrived":
        check_in(visit.pk, by=desk)
    else:
        {"cancelled": cancel, "missed": no_show}[became](visit.pk, by=desk, reason="Ill.")
    with outside():
        assert services.deliver(claimed, row.due_at, now=row.due_at) == Counter(skipped=1)
    assert end_of(row) == ("skipped", "visit not to come")


def test_a_visit_that_moved_while_its_reminder_was_claimed_is_not_told_wrongly(visit, post):
    (row, _later) = pending()
    Reminder.objects.filter(pk=row.pk).update(facts={"start": NOON.isoformat()})
    assert beat(row.due_at) == Counter(skipped=1)
    assert end_of(row) == ("skipped", "visit has moved")


def test_a_session_already_done_is_not_nagged_about(patient, plan, post, noon):
    (row,) = pending()
    log_session(patient, plan, "19:00", NOON)
    assert beat(row.due_at) == Counter(skipped=1)
    assert (end_of(row), post.mails) == (("skipped", "already done"), [])
    assert [after.due_at - row.due_at for after in pending()] == [13 * HOUR]


def test_a_session_done_while_its_reminder_had_to_wait_is_not_nagged_about(patient, plan, post):
    """The row's time moves with a second try; the session stays what it was."""
    (row,) = pending()
    post.answer = "451 try later"
    assert beat(row.due_at) == Counter(later=1)
    post.answer = "250 OK"
    log_session(patient, plan, "19:00", row.due_at)
    row.refresh_from_db()
    assert beat(row.due_at) == Counter(skipped=1)
    assert end_of(row) == ("skipped", "already done")


def test_another_session_of_the_day_does_not_count(patient, plan, post):
    (row,) = pending()
    log_session(patient, plan, "08:00", NOON)
    assert beat(row.due_at) == Counter(sent=1)


def test_half_a_session_is_reminded_of(patient, physio, post):
    plan = prescribe(
        patient,
        physio,
        *({"exercise": one, "times": ["19:00"]} for one in ("calf-stretch-wall", "glute-bridge")),
    )
    first = plan.phases.first().home_items.first()
    event = {
        "id": "0192f0c1-7c1e-7cc3-9e63-2f8a5b6c7d8e",
        "type": "log",
        "occurred_at": NOON.isoformat(),
        "data": {"prescription": str(first.pk), "session": "19:00"},
    }
    home.sync(patient, {"events": [event]}, now=NOON)
    (row,) = pending()
    assert beat(row.due_at) == Counter(sent=1)


def test_a_plan_put_on_hold_while_its_reminder_was_claimed_is_silent(plan, physio, post):
    (row,) = pending()
    with outside():
        claimed = services.claim(row.due_at)
    plans.hold(plan.pk, by=physio, reason="Away.")
    with outside():
        assert services.deliver(claimed, row.due_at, now=row.due_at) == Counter(skipped=1)
    assert end_of(row) == ("skipped", "plan not running")
    assert pending() == []


def test_reminders_turned_off_while_claimed_are_silent(patient, plan, post):
    (row,) = pending()
    prefer(patient, exercise_reminders=False)
    assert beat(row.due_at) == Counter(skipped=1)
    assert (end_of(row), pending()) == (("skipped", "not wanted"), [])


def test_quiet_hours_hold_a_message_back_until_the_morning(patient, post):
    row = notice(patient, NOON + 10 * HOUR)  # 22:00
    assert beat(row.due_at) == Counter(later=1)
    row.refresh_from_db()
    assert (row.state, row.due_at, row.attempts) == ("pending", NOON + 19 * HOUR, 0)
    assert beat(row.due_at) == Counter(sent=1)


def test_what_would_be_stale_in_the_morning_is_let_go(patient, post):
    row = notice(patient, NOON + 10 * HOUR, useless_after=NOON + 12 * HOUR)
    assert beat(row.due_at) == Counter(skipped=1)
    assert end_of(row) == ("skipped", "quiet hours")


def test_quiet_hours_are_the_patients_own_where_they_chose(patient, post):
    prefer(patient, quiet_from=time(11), quiet_until=time(13))
    row = notice(patient)
    assert beat() == Counter(later=1)
    row.refresh_from_db()
    assert row.due_at == NOON + HOUR


def test_quiet_hours_are_those_of_the_patients_clock(patient, post):
    Patient.objects.filter(pk=patient.pk).update(timezone="Pacific/Auckland")  # 19:30 there
    row = notice(patient, NOON + 2 * HOUR)
    assert beat(row.due_at) == Counter(later=1)
    row.refresh_from_db()
    assert row.due_at == NOON + 11.5 * HOUR


def test_an_invitation_needs_no_consent_to_reminders(patient, post):
    Consent.objects.filter(patient=patient).delete()
    services.promise_invitation(patient)
    assert beat() == Counter(sent=1)
    assert "/sign-in/code/" in post.texts()[0]


def test_an_outage_ends_without_a_burst(patient, plan, post):
    """A day later: the reminder of yesterday is let go, the next one is that of the session to come."""
    assert beat(NOON + 24 * HOUR) == Counter(skipped=1)
    assert post.mails == []
    assert [row.due_at - NOON for row in pending()] == [31 * HOUR]


# --- clocks that change -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "session", "utc"),
    [
        (date(2027, 3, 27), "08:00", ["06:00", "06:00"]),  # from winter's 07:00 on: 08:00 stays 08:00
        (date(2027, 3, 27), "02:30", ["01:30", "00:30"]),  # a time that the clocks skip comes an hour later
        (date(2027, 10, 30), "02:30", ["00:30", "01:30"]),  # one that they show twice is the first
    ],
    ids=["spring", "skipped", "twice"],
)
def test_a_session_keeps_its_hour_when_clocks_change(today, session, utc, clinic, physio, noon, post):
    Clinic.objects.filter(pk=clinic.pk).update(
        timezone="Europe/Berlin", quiet_from=time(0), quiet_until=time(0)
    )
    patient = factories.make_patient(Clinic.objects.get(pk=clinic.pk))
    agree(patient)
    noon.move_to(factories.NINE_ON_MONDAY.replace(year=today.year, month=today.month, day=today.day, hour=9))
    prescribe(patient, physio, {**STRETCH, "times": [session]})
    seen = []
    for _ in utc:
        (row,) = pending()
        seen.append(f"{row.due_at:%H:%M}")
        assert beat(row.due_at) == Counter(sent=1)
    assert seen == utc


# --- claims -----------------------------------------------------------------------------------------------------------
def test_a_task_that_comes_twice_sends_once(patient, post):
    notice(patient)
    with outside():
        claimed = services.claim(NOON)
        assert services.deliver(claimed, NOON, now=NOON) == Counter(sent=1)
        assert services.deliver(claimed, NOON, now=NOON) == Counter()
    assert len(post.mails) == 1


def test_a_claim_that_was_left_over_is_taken_again_and_the_late_one_sends_nothing(patient, post):
    row = notice(patient)
    with outside():
        first = services.claim(NOON)
        assert services.claim(NOON + services.LEASE) == []
        late = NOON + services.LEASE + timedelta(seconds=1)
        second = services.claim(late)
        assert first == second == [(str(patient.clinic_id), str(row.pk))]
        assert services.deliver(first, NOON, now=late) == Counter()
        assert services.deliver(second, late, now=late) == Counter(sent=1)
    assert len(post.mails) == 1


def test_what_a_slow_provider_leaves_over_waits_for_another_task(patient, post, monkeypatch):
    monkeypatch.setattr("reminders.services.delivery.SEND_WITHIN", timedelta())
    rows = [notice(patient) for _ in range(3)]
    assert beat() == Counter(later=3)
    assert {end_of(row) for row in rows} == {("pending", "")}
    assert [row.attempts for row in rows] == [0, 0, 0]


@pytest.mark.parametrize("rows", [1, 20])
def test_a_batch_costs_the_same_queries_whatever_its_size(rows, patient, plan, physio, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for _ in range(rows - 1):
        other = factories.make_patient(patient.clinic)
        agree(other)
        prescribe(other, physio, STRETCH)
    due = NOON + 7 * HOUR
    claimed = services.claim(due)
    with Queries() as queries:
        assert services.deliver(claimed, due, now=due) == Counter(sent=rows)
    # take, rows, clinic, consents, logs; write down, plans, their zone, what is promised, items, the promise
    assert len(queries.statements) == 11
