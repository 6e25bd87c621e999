"""What a review found in several places: input that crashed, addresses in logs, tokens and notices that outlived their cause."""

import io
import json
import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
import structlog
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.access import Role
from clinic.logs import Formatter, drop_personal
from clinic.middleware import ENDS
from clinic.services import deactivate_member
from reminders.models import Reminder, State
from scheduling import services
from tests import factories
from tests.conftest import ClinicAPIClient, ClinicClient, outside

pytestmark = pytest.mark.django_db


def test_a_session_cookie_with_a_nul_is_no_session():
    browser = ClinicClient()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "abcdefgh12\000345678901234567890"
    assert browser.get("/sign-in/").status_code == 200


@pytest.mark.parametrize("depth", [150, 400, 600, 5000])
def test_json_without_a_bottom_is_refused(depth, api_for, desk):
    body = '{"given_name": "A", "address": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    answer = api_for(desk).post("/api/v1/patients/", body, content_type="application/json")
    assert answer.status_code == 400


def test_free_times_of_the_end_of_the_calendar_are_refused(api_for, desk, clinic):
    kind = factories.make_type(clinic)
    answer = api_for(desk).get(f"/api/v1/availability/?type={kind.pk}&from=9999-12-31")
    assert (answer.status_code, list(answer.json())) == (400, ["from"])


@pytest.mark.parametrize("name", ["request", "event"])
def test_what_lets_somebody_in_is_not_logged(name):
    for address in ("/me/go/abc:def/", "/password/reset/key/1-abc-def/"):
        said = drop_personal(None, "", {name: f"GET {address}?next=x"})[name]
        assert "abc" not in said


@pytest.mark.parametrize(
    "logger", [logging.getLogger("ours"), structlog.get_logger("ours")], ids=["library", "ours"]
)
def test_a_traceback_is_logged_without_what_is_in_the_row(logger, clinic):
    handler = logging.StreamHandler(written := io.StringIO())
    handler.setFormatter(Formatter())
    logging.getLogger("ours").addHandler(handler)
    factories.make_user(email="ruma@example.org")
    try:
        with transaction.atomic():
            factories.make_user(email="RUMA@example.org")
    except IntegrityError:
        logger.exception("not saved: ruma@example.org, +91 98300 12345")
    finally:
        logging.getLogger("ours").removeHandler(handler)
    line = json.loads(written.getvalue())
    assert "user_email_once" in line["exception"]
    assert line["event"] == "not saved: …@…, +…"
    assert "ruma" not in written.getvalue().lower()


def test_a_new_password_ends_the_tokens_of_the_old(api_for, client_for, physio):
    program, browser = api_for(physio), client_for(physio)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session.save()
    new = {
        "oldpassword": factories.PASSWORD,
        "password1": "Kolkata-rain-2027",
        "password2": "Kolkata-rain-2027",
    }
    assert program.get("/api/v1/auth/me/").status_code == 200
    assert browser.post("/password/change/", new).status_code == 302
    assert program.get("/api/v1/auth/me/").status_code == 401


def test_a_password_set_by_a_mailed_link_ends_the_tokens_of_the_old(api_for, physio):
    program, browser = api_for(physio), ClinicClient()
    browser.post("/password/reset/", {"email": factories.user_of(physio).email})
    (link,) = re.findall(r"http://[^/]+(/password/reset/key/\S+)", mail.outbox[-1].body)
    form = browser.get(link)["Location"]
    assert program.get("/api/v1/auth/me/").status_code == 200
    browser.post(form, {"password1": "Kolkata-rain-2027", "password2": "Kolkata-rain-2027"})
    assert program.get("/api/v1/auth/me/").status_code == 401


def test_a_visit_that_is_restored_is_not_told_to_be_cancelled(clinic, patient, desk):
    start = (timezone.now() + timedelta(days=3)).replace(hour=5, minute=0, second=0, microsecond=0)
    while start.isoweekday() > 5:
        start += timedelta(days=1)
    room, kind = factories.make_resource(clinic), factories.make_type(clinic)
    visit = services.book(
        {"patient": patient.pk, "type": kind.pk, "start": start, "resources": [room.pk]}, by=desk
    )
    services.cancel(visit.pk, by=desk, reason="called")
    services.restore(visit.pk, by=desk)
    waiting = Reminder.objects.filter(appointment=visit, state=State.PENDING)
    assert json.dumps([row.facts for row in waiting]).count("cancelled") == 0
    assert waiting.exists()


def test_a_code_never_goes_to_an_address_that_only_looks_alike(clinic):
    patient = factories.make_patient(clinic, email="mike@example.org")
    with outside():
        factories.make_access(clinic, "patient", patient=patient)
    for told, sent in (("mi\u212ae@example.org", 0), ("mike@example.org", 1)):
        assert ClinicAPIClient().post("/api/v1/auth/code/", {"email": told}).status_code == 202
        assert len(mail.outbox) == sent


def test_who_leaves_one_clinic_stays_signed_in_at_the_other(clinic, other_clinic, member, api_for):
    admin, physio = member("admin"), member("physiotherapist")
    with outside():
        elsewhere = factories.make_member(other_clinic, "physiotherapist", user=factories.user_of(physio))
    program = api_for(physio)
    deactivate_member(physio.member_id, by=admin)
    assert program.get("/api/v1/auth/me/").json()["clinic"]["slug"] == "other"
    assert elsewhere.is_active


def test_a_program_on_a_shared_device_is_told_that_the_hour_is_over(clinic, patient, client_for):
    with outside():
        me = factories.make_access(clinic, Role.PATIENT, patient=patient)
    browser = client_for(me)
    session = browser.session
    session[ENDS] = int(timezone.now().timestamp()) - 5
    session.save()
    answer = browser.post("/api/v1/me/sync/", {"events": []}, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


def test_a_sync_under_one_key_is_answered_once(clinic, patient, api_for):
    with outside():
        api = api_for(factories.make_access(clinic, Role.PATIENT, patient=patient))
    now = timezone.now()
    event = {"id": str(uuid4()), "type": "diary", "occurred_at": now.isoformat()}

    def send(pain):
        data = {"date": timezone.localdate().isoformat(), "pain": pain}
        body = {"events": [event | {"data": data}]}
        return api.post("/api/v1/me/sync/", body, format="json", HTTP_IDEMPOTENCY_KEY="k1")

    first, again, other = send(3), send(3), send(9)
    assert first.json()["results"][0]["status"] == "accepted"
    assert (again.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
