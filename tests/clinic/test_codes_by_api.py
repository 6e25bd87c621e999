"""One-time codes over the API, as programs and the installed portal use them."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.access import Role
from patients import codes
from patients.models import SignInCode
from patients.tasks import forget_codes
from tests import factories
from tests.conftest import ClinicAPIClient, outside

CODE, VERIFY, PROFILE = (f"/api/v1/auth/{name}/" for name in ("code", "code/verify", "profile"))
ADDRESS = "family@example.org"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def family(clinic, clock):
    """Two people behind one address; the second has a PIN."""
    found = []
    for name, pin in (("Ananya", ""), ("Bimal", make_password("4711"))):
        patient = factories.make_patient(clinic, given_name=name, email=ADDRESS, pin=pin)
        with outside():
            found.append(factories.make_access(clinic, Role.PATIENT, patient=patient))
    return found


@pytest.fixture
def api(db):
    return ClinicAPIClient()


def code_for(api, address=ADDRESS):
    assert api.post(CODE, {"email": address}).status_code == 202
    (code,) = re.findall(r"\d{6,}", mail.outbox[-1].subject + mail.outbox[-1].body)
    return code


def verify(api, code):
    return api.post(VERIFY, {"email": ADDRESS, "code": code})


def test_the_answer_is_the_same_whether_or_not_anybody_is_there(api, family):
    known, unknown = (api.post(CODE, {"email": email}) for email in (ADDRESS, "nobody@example.org"))
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.status_code == 202
    assert [message.to for message in mail.outbox] == [[ADDRESS]]


def test_a_code_lives_ten_minutes(api, family, clock):
    code = code_for(api)
    clock.shift(timedelta(minutes=9, seconds=59))
    assert verify(api, code).status_code == 200
    code = code_for(api)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert verify(api, code).status_code == 400


def test_five_wrong_tries_end_a_code(api, family):
    code = code_for(api)
    wrong = "000000" if code != "000000" else "111111"
    assert {verify(api, wrong).status_code for _ in range(5)} == {400}
    assert verify(api, code).status_code in (400, 429)


def test_with_several_people_the_token_serves_only_to_choose_one_of_them(api, family, clinic):
    answer = verify(api, code_for(api)).json()
    assert [(p["given_name"], p["patient"]) for p in answer["profiles"]] == [
        ("Ananya", str(family[0].patient_id)),
        ("Bimal", str(family[1].patient_id)),
    ]
    api.credentials(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    assert api.get("/api/v1/me/").status_code == 401
    with outside():
        stranger = factories.make_access(clinic, Role.PATIENT)
    refused = api.post(PROFILE, {"patient": str(stranger.patient_id)})
    assert (refused.status_code, list(refused.json())) == (400, ["patient"])
    chosen = api.post(PROFILE, {"patient": str(family[0].patient_id)}).json()
    api.credentials(HTTP_AUTHORIZATION=f"Token {chosen['token']}")
    assert api.get("/api/v1/me/").json()["name"] == "Ananya Sen"


def test_a_pin_is_asked_for_and_bears_five_wrong_tries(api, family):
    api.credentials(HTTP_AUTHORIZATION=f"Token {verify(api, code_for(api)).json()['token']}")
    body = {"patient": str(family[1].patient_id)}
    tries = [api.post(PROFILE, body)] + [api.post(PROFILE, body | {"pin": "0000"}) for _ in range(4)]
    assert [(answer.status_code, list(answer.json())) for answer in tries] == [(400, ["pin"])] * 5
    answer = api.post(PROFILE, body | {"pin": "4711"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(("shared", "lasts"), [(True, timedelta(hours=1)), (False, timedelta(days=30))])
def test_a_shared_device_is_signed_out_after_an_hour_and_ones_own_after_a_month(
    shared, lasts, api, family, clock
):
    api.credentials(HTTP_AUTHORIZATION=f"Token {verify(api, code_for(api)).json()['token']}")
    chosen = api.post(PROFILE, {"patient": str(family[0].patient_id), "shared_device": shared}).json()
    api.credentials(HTTP_AUTHORIZATION=f"Token {chosen['token']}")
    clock.shift(lasts - timedelta(seconds=1))
    assert api.get("/api/v1/me/").status_code == 200
    clock.shift(timedelta(seconds=2))
    assert api.get("/api/v1/me/").status_code == 401


def test_wrong_codes_count_whoever_else_is_signed_in(api, family, api_for, physio):
    """A refusal undoes what was written in the caller's clinic; a wrong try is written outside it."""
    code = code_for(api)
    insider = api_for(physio)
    wrong = "000000" if code != "000000" else "111111"
    assert {verify(insider, wrong).status_code for _try in range(5)} == {400}
    assert verify(insider, code).status_code == 400
    assert verify(api, code).status_code == 400


def test_an_unknown_address_costs_the_same_work_as_a_known_one(api, family, monkeypatch):
    work = []
    for name in ("make_password", "check_password"):
        real = getattr(codes, name)
        monkeypatch.setattr(codes, name, lambda *a, real=real, name=name: work.append(name) or real(*a))
    counted = []
    for email in (ADDRESS, "nobody@example.org"):
        work.clear()
        with CaptureQueriesContext(connection) as statements:
            api.post(CODE, {"email": email})
            api.post(VERIFY, {"email": email, "code": "000000"})
        counted.append(([*work], len(statements)))
    assert counted[0] == counted[1]
    assert counted[0][0] == ["make_password", "check_password"]


def test_a_provider_is_not_waited_for(api, family, settings, monkeypatch):
    """A mail server that takes its time would tell who is known."""
    settings.EMAIL_URL = "smtp://mail.example:25"
    answered, sent = threading.Event(), threading.Event()

    def slow(_backend, messages):
        answered.wait(20)
        mail.outbox.extend(messages)
        sent.set()

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    assert api.post(CODE, {"email": ADDRESS}).status_code == 202
    assert mail.outbox == []
    answered.set()
    assert sent.wait(20)
    assert mail.outbox[0].to == [ADDRESS]


def test_codes_that_are_over_are_deleted(api, family, clock):
    api.post(CODE, {"email": ADDRESS})
    clock.shift(timedelta(minutes=5))
    api.post(CODE, {"email": "nobody@example.org"})
    clock.shift(timedelta(minutes=5))
    forget_codes()
    assert SignInCode.objects.count() == 1
